//! Answers that are the same for everybody: a browser, or whatever stands between, may keep them for a moment and asks afterwards
//! whether they still hold.
//!
//! The product says that an answer is one (`Cache-Control: public …` in the headers that it prepares). It stays so where it was
//! asked for by GET, nothing went wrong, and no resolver said otherwise; else nobody keeps it.

use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH, VARY},
    request::Parts,
};

/// What the answer depends on beside its address. Who is signed in gets answers of their own.
const DEPENDS_ON: &str = "Accept, Accept-Encoding, Authorization, X-Tenant";

/// Whether the answer with these headers may be kept. Where it may not, no header says so from here on.
fn may_be_kept(request: &Parts, headers: &mut HeaderMap, whole: bool) -> bool {
    let public = |value: &HeaderValue| value.as_bytes().starts_with(b"public");
    let mut said = headers.get_all(CACHE_CONTROL).iter();
    let (first, more) = (said.next().is_some_and(public), said.next().is_some());
    if !first {
        return false;
    }
    if request.method == Method::GET && whole && !more {
        return true;
    }
    // What a resolver said, if one did, stays.
    let other = headers.get_all(CACHE_CONTROL).iter().find(|value| !public(value)).cloned();
    headers.remove(CACHE_CONTROL);
    if let Some(other) = other {
        headers.insert(CACHE_CONTROL, other);
    }
    false
}

/// Marks an answer that may be kept, and leaves its body out where whoever asks has it already. `whole`: nothing went wrong.
pub(super) fn mark(
    request: &Parts,
    headers: &mut HeaderMap,
    status: &mut StatusCode,
    body: &mut Vec<u8>,
    whole: bool,
    hash: impl Fn(&[u8]) -> [u8; 32],
) {
    if !may_be_kept(request, headers, whole) {
        return;
    }
    let tag = hash(body)[..16].iter().fold(String::new(), |tag, byte| format!("{tag}{byte:02x}"));
    // Weak: it is the same answer however it was compressed.
    let Ok(tag) = HeaderValue::from_str(&format!("W/\"{tag}\"")) else { return };
    let held = request.headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let own = strong(tag.to_str().unwrap_or_default());
    if held.flat_map(|value| value.split(',')).any(|held| held.trim() == "*" || strong(held) == own) {
        *status = StatusCode::NOT_MODIFIED;
        body.clear();
    }
    headers.insert(ETAG, tag);
    headers.append(VARY, HeaderValue::from_static(DEPENDS_ON));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: Method, held: Option<&str>) -> Parts {
        let mut request = http::Request::builder().method(method);
        if let Some(held) = held {
            request = request.header(IF_NONE_MATCH, held);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn marked(request: &Parts, said: &[&'static str], whole: bool) -> (StatusCode, HeaderMap, Vec<u8>) {
        let (mut headers, mut status, mut body) = (HeaderMap::new(), StatusCode::OK, b"{}".to_vec());
        for said in said {
            headers.append(CACHE_CONTROL, HeaderValue::from_static(said));
        }
        mark(request, &mut headers, &mut status, &mut body, whole, |_| [7; 32]);
        (status, headers, body)
    }

    #[test]
    fn what_is_the_same_for_everybody_is_kept_and_nothing_else() {
        let get = asked(Method::GET, None);
        let (status, headers, body) = marked(&get, &["public, max-age=60"], true);
        assert_eq!((status, body.as_slice()), (StatusCode::OK, &b"{}"[..]));
        let tag = headers[ETAG].to_str().unwrap().to_owned();
        assert!(tag.starts_with("W/\"0707") && headers[CACHE_CONTROL] == "public, max-age=60", "{headers:?}");
        for held in [tag.as_str(), "*", &format!("\"x\", {tag}")] {
            let (status, _, body) = marked(&asked(Method::GET, Some(held)), &["public, max-age=60"], true);
            assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0), "{held}");
        }
        let post = asked(Method::POST, Some(&tag));
        for (request, said, whole) in [
            (&post, &["public, max-age=60"][..], true),
            (&get, &["public, max-age=60"], false),
            (&get, &[], true),
            (&get, &["public, max-age=60", "no-store, no-transform"], true),
        ] {
            let (status, headers, body) = marked(request, said, whole);
            assert_eq!((status, body.len(), headers.contains_key(ETAG)), (StatusCode::OK, 2, false), "{said:?}");
            assert!(headers.get(CACHE_CONTROL).is_none_or(|value| value == "no-store, no-transform"), "{said:?}");
        }
    }
}
