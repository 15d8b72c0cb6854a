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

/// The id of a request, in the request's extensions.
#[derive(Clone, Debug)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id of the request these extensions belong to; a new one where the edge has not seen the request.
    #[must_use]
    pub fn of(extensions: &Extensions) -> String {
        extensions.get::<Self>().map_or_else(fresh, |id| id.0.to_string())
    }

    /// The client's own, if it can go into a log line as it is; else a new one.
    pub(super) fn from_headers(headers: &HeaderMap) -> Self {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
        match given.filter(|id| is_legal(id)) {
            Some(id) => Self(id.into()),
            None => Self(fresh().into()),
        }
    }

    /// The id as text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_legal(id: &str) -> bool {
    (1..=128).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// Unique across processes and restarts; not a secret. A random number for the process, and a counter.
fn fresh() -> String {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0_u8));
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{:016x}{:08x}", *PROCESS, COUNT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::{fresh, is_legal};

    #[test]
    fn ids_are_legal_and_differ() {
        assert!(is_legal(&fresh()));
        assert_ne!(fresh(), fresh());
        for id in ["", "a b", "a\nb", "ä", &"x".repeat(129)] {
            assert!(!is_legal(id), "{id}");
        }
        assert!(is_legal("A-z.0_9"));
    }
}
