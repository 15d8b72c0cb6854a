//! The id of a request, by which its log lines, its errors and its audit rows are found.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use http::{Extensions, HeaderMap, HeaderName};

/// The header that it comes and goes in.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The header of W3C Trace Context by which a caller tells of which trace a request is a part.
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

/// The id of a request, in the request's extensions, with that of the trace it is a part of.
#[derive(Clone, Debug)]
pub struct RequestId {
    id: Arc<str>,
    trace: Option<Arc<str>>,
}

impl RequestId {
    /// The id of the request these extensions belong to; a new one where the edge has not seen the request.
    #[must_use]
    pub fn of(extensions: &Extensions) -> String {
        extensions.get::<Self>().map_or_else(fresh, |found| found.id.to_string())
    }

    /// The trace that the request these extensions belong to is a part of, where the caller told of one.
    #[must_use]
    pub fn trace_of(extensions: &Extensions) -> Option<Arc<str>> {
        extensions.get::<Self>().and_then(|found| found.trace.clone())
    }

    /// The client's own, if it can go into a log line as it is; else a new one.
    pub(super) fn from_headers(headers: &HeaderMap) -> Self {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
        let id = given.filter(|id| is_legal(id)).map_or_else(|| fresh().into(), Into::into);
        let trace = headers.get(TRACE_PARENT).and_then(|value| trace_id(value.to_str().ok()?)).map(Into::into);
        Self { id, trace }
    }

    /// The id as text.
    pub(super) fn as_str(&self) -> &str {
        &self.id
    }
}

fn is_legal(id: &str) -> bool {
    (1..=128).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// The trace id of a `traceparent`, 32 hexadecimal digits; `None` for one that is not as W3C Trace Context says. Of versions to
/// come, the beginning is as in this one.
fn trace_id(parent: &str) -> Option<&str> {
    let hex = |text: &str, digits: usize| {
        text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let some = |text: &str| text.bytes().any(|byte| byte != b'0');
    let mut parts = parent.splitn(5, '-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let whole = version != "00" || parts.next().is_none();
    let known = hex(version, 2) && version != "ff" && hex(trace, 32) && hex(span, 16) && hex(flags, 2);
    (whole && known && some(trace) && some(span)).then_some(trace)
}

/// Unique across processes and restarts; not a secret. A random number for the process, and a counter.
fn fresh() -> String {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0_u8));
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{:016x}{:08x}", *PROCESS, COUNT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::{fresh, is_legal, trace_id};

    #[test]
    fn ids_are_legal_and_differ() {
        assert!(is_legal(&fresh()));
        assert_ne!(fresh(), fresh());
        for id in ["", "a b", "a\nb", "ä", &"x".repeat(129)] {
            assert!(!is_legal(id), "{id}");
        }
        assert!(is_legal("A-z.0_9"));
    }

    #[test]
    fn only_traces_as_w3c_wants_them_are_taken() {
        let trace = "0af7651916cd43dd8448eb211c80319c";
        let given = |parent: &str| trace_id(parent).map(str::to_owned);
        assert_eq!(given(&format!("00-{trace}-b7ad6b7169203331-01")).as_deref(), Some(trace));
        assert_eq!(given(&format!("cc-{trace}-b7ad6b7169203331-01-what-comes-later")).as_deref(), Some(trace));
        for bad in [
            format!("00-{trace}-b7ad6b7169203331-01-more"),
            format!("ff-{trace}-b7ad6b7169203331-01"),
            format!("00-{trace}-0000000000000000-01"),
            format!("00-{}-b7ad6b7169203331-01", "0".repeat(32)),
            format!("00-{}-b7ad6b7169203331-01", trace.to_uppercase()),
            format!("00-{trace}-b7ad6b7169203331"),
            String::new(),
        ] {
            assert_eq!(given(&bad), None, "{bad}");
        }
    }
}
