//! The playground at `/graphiql`: a page that loads nothing from anywhere but this server.
//!
//! The page itself is committed (`web/src`) and always embedded. React, GraphiQL and graphql-ws come from npm at build
//! time (`make web`) and are embedded as Brotli; a server built without them answers with a page that says so.

use std::{
    collections::BTreeMap,
    sync::{LazyLock, OnceLock},
};

use axum::{
    Extension, Router,
    extract::Path,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
            IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
    routing::get,
};

use crate::http::Compressible;

include!(concat!(env!("OUT_DIR"), "/graphiql_assets.rs"));

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// One embedded file: name, content type, bytes.
type Asset = (&'static str, &'static str, &'static [u8]);

/// The page and what it says where npm's files are missing.
const INDEX: Asset = ("", HTML, include_bytes!("../../web/src/index.html"));
const MISSING: Asset = ("", HTML, include_bytes!("../../web/src/missing.html"));

/// The page's own files.
const SOURCES: [Asset; 8] = [
    ("app.css", "text/css; charset=utf-8", include_bytes!("../../web/src/app.css")),
    ("app.js", SCRIPT, include_bytes!("../../web/src/app.js")),
    ("examples.js", SCRIPT, include_bytes!("../../web/src/examples.js")),
    ("fetcher.js", SCRIPT, include_bytes!("../../web/src/fetcher.js")),
    ("http.js", SCRIPT, include_bytes!("../../web/src/http.js")),
    ("session.js", SCRIPT, include_bytes!("../../web/src/session.js")),
    ("storage.js", SCRIPT, include_bytes!("../../web/src/storage.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("../../web/src/icon.svg")),
];

/// What the page may load and who may show it. Styles need `unsafe-inline` (the editor and the dialogs set them from
/// script); scripts do not. `'self'` covers the WebSocket of the same origin. Forms are handled by script alone, so that
/// a password can never be submitted into an address.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src data:; connect-src 'self'; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The routes `/graphiql` and `/graphiql/{file}`.
pub fn router() -> Router {
    Router::new().route("/graphiql", get(page)).route("/graphiql/{file}", get(file))
}

/// A file ready to be sent, with the hash that tells browsers whether theirs is still good.
struct Served {
    kind: &'static str,
    bytes: &'static [u8],
    /// Where the bytes are Brotli: what they were, for the few who do not take it, once one asks.
    packed: Option<OnceLock<Vec<u8>>>,
    etag: HeaderValue,
}

impl Served {
    fn plain((_, kind, bytes): Asset) -> Self {
        Self { kind, bytes, packed: None, etag: etag(bytes) }
    }

    fn packed(asset: Asset) -> Self {
        Self { packed: Some(OnceLock::new()), ..Self::plain(asset) }
    }
}

/// What was packed as Brotli.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    if let Err(error) = brotli::BrotliDecompress(&mut &bytes[..], &mut plain) {
        tracing::error!(%error, "a file of the playground could not be unpacked");
    }
    plain
}

static PAGE: LazyLock<Served> = LazyLock::new(|| Served::plain(page_for(ASSETS)));
static FILES: LazyLock<BTreeMap<&'static str, Served>> = LazyLock::new(|| {
    let own = SOURCES.iter().map(|asset| (asset.0, Served::plain(*asset)));
    own.chain(ASSETS.iter().map(|asset| (asset.0, Served::packed(*asset)))).collect()
});

async fn page(headers: HeaderMap) -> Response {
    respond(&PAGE, &headers)
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match FILES.get(name.as_str()) {
        Some(served) => respond(served, &headers),
        None => (StatusCode::NOT_FOUND, protection(), "There is no such file.\n").into_response(),
    }
}

/// The playground, or the page that says what is missing.
fn page_for(assets: &[Asset]) -> Asset {
    if assets.is_empty() { MISSING } else { INDEX }
}

/// Browsers keep every file and ask each time whether it changed: a new server is never met with an old page.
fn respond(served: &'static Served, request: &HeaderMap) -> Response {
    let caching = [(CACHE_CONTROL, HeaderValue::from_static("no-cache")), (ETAG, served.etag.clone())];
    if is_fresh(request, &served.etag) {
        return (StatusCode::NOT_MODIFIED, protection(), caching).into_response();
    }
    let kind = [(CONTENT_TYPE, served.kind)];
    match &served.packed {
        Some(_) if takes_brotli(request) => {
            let packed = [(CONTENT_ENCODING, "br"), (VARY, "accept-encoding")];
            (protection(), caching, kind, packed, served.bytes).into_response()
        }
        packed => {
            let plain = packed.as_ref().map(|plain| plain.get_or_init(|| unpacked(served.bytes)).as_slice());
            (protection(), caching, kind, Extension(Compressible), plain.unwrap_or(served.bytes)).into_response()
        }
    }
}

/// Whether `Accept-Encoding` names Brotli, and not with the weight 0.
fn takes_brotli(request: &HeaderMap) -> bool {
    let named = request.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case("br") && !refused
    })
}

fn protection() -> [(HeaderName, &'static str); 3] {
    [(CONTENT_SECURITY_POLICY, POLICY), (X_CONTENT_TYPE_OPTIONS, "nosniff"), (REFERRER_POLICY, "no-referrer")]
}

/// Whether one of the tags in `If-None-Match` (weak or strong, or `*`) is the file's.
fn is_fresh(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let held = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    held.flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || strong(tag) == strong(etag.to_str().unwrap_or_default()))
}

fn strong(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// The FNV-1a hash of the content: equal on every server of the same build. It tells versions apart; it proves nothing. Weak,
/// since a file is the same however it was compressed.
fn etag(bytes: &[u8]) -> HeaderValue {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    HeaderValue::from_str(&format!("W/\"{hash:016x}\"")).unwrap_or_else(|_| HeaderValue::from_static("W/\"0\""))
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::Request,
    };
    use tower::ServiceExt as _;

    use super::*;

    async fn get_with(path: &str, tag: Option<&str>) -> Response {
        let mut request = Request::get(path);
        if let Some(tag) = tag {
            request = request.header(IF_NONE_MATCH, tag);
        }
        router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn text(response: Response) -> String {
        String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
    }

    fn header(response: &Response, name: HeaderName) -> &str {
        response.headers().get(&name).map_or("", |value| value.to_str().unwrap())
    }

    #[tokio::test]
    async fn the_page_and_every_file_carry_the_protection_and_their_type() {
        let paths = FILES.iter().map(|(name, served)| (format!("/graphiql/{name}"), served.kind));
        for (path, kind) in paths.chain([("/graphiql".to_owned(), HTML)]) {
            let response = get_with(&path, None).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(header(&response, CONTENT_TYPE), kind, "{path}");
            assert_eq!(header(&response, CONTENT_SECURITY_POLICY), POLICY, "{path}");
            assert_eq!(header(&response, X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
            assert_eq!(header(&response, REFERRER_POLICY), "no-referrer", "{path}");
        }
    }

    #[test]
    fn the_policy_runs_no_inline_script_and_knows_no_other_origin() {
        let scripts = POLICY.split(';').map(str::trim).find(|rule| rule.starts_with("script-src"));
        assert_eq!(scripts, Some("script-src 'self'"));
        assert!(POLICY.starts_with("default-src 'none';"));
        assert!(!POLICY.contains("http") && !POLICY.contains('*') && !POLICY.contains("unsafe-eval"));
    }

    #[tokio::test]
    async fn a_file_the_browser_holds_is_not_sent_again() {
        let first = get_with("/graphiql/app.js", None).await;
        let tag = header(&first, ETAG).to_owned();
        assert_eq!(header(&first, CACHE_CONTROL), "no-cache");
        for held in [tag.clone(), tag.replace("W/", ""), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = get_with("/graphiql/app.js", Some(&held)).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{held}");
            assert_eq!(header(&again, ETAG), tag);
            assert_eq!(text(again).await, "");
        }
        assert_eq!(get_with("/graphiql/app.js", Some("\"other\"")).await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn what_is_not_in_the_list_is_not_found() {
        for path in ["/graphiql/nothing.js", "/graphiql/index.html", "/graphiql/..%2FCargo.toml"] {
            let response = get_with(path, None).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
            assert_eq!(header(&response, X_CONTENT_TYPE_OPTIONS), "nosniff");
        }
    }

    #[test]
    fn without_the_files_from_npm_the_page_says_which_command_provides_them() {
        let (_, kind, bytes) = page_for(&[]);
        let page = str::from_utf8(bytes).unwrap();
        assert_eq!(kind, HTML);
        assert!(page.contains("make web") && page.contains("Node 20"), "{page}");
        assert_eq!(page_for(&[("react.min.js", SCRIPT, b"")]).2, INDEX.2);
    }

    #[test]
    fn pages_hold_nothing_inline_and_name_only_files_that_exist() {
        let from_npm = [
            "react.min.js",
            "react-dom.min.js",
            "graphiql.min.js",
            "graphiql.min.css",
            "graphql-ws.min.js",
            "licences.txt",
        ];
        for (_, _, bytes) in [INDEX, MISSING] {
            let page = str::from_utf8(bytes).unwrap();
            for inline in [
                "<style",
                "style=",
                " onclick",
                " onload",
                " onsubmit",
                "javascript:",
                "<script>",
                "//unpkg",
                "https://",
            ] {
                assert!(!page.contains(inline), "{inline}");
            }
            for part in page.split("\"/graphiql/").skip(1) {
                let name = part.split('"').next().unwrap_or_default();
                assert!(from_npm.contains(&name) || SOURCES.iter().any(|source| source.0 == name), "{name}");
            }
        }
        for (name, _, _) in ASSETS {
            assert!(from_npm.contains(name), "{name}");
        }
    }
}
