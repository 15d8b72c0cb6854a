//! What every answer has, whatever the route: a request id, security headers, the CORS headers, and a body even when a
//! handler panics.

use std::{
    hash::{BuildHasher, RandomState},
    panic::AssertUnwindSafe,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
};
use futures_util::FutureExt;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, header};

use super::{accept::Format, answer, cors::Origins, operate};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, in the request's extensions.
#[derive(Clone, Debug)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id of the request these extensions belong to; a new one outside of [`wrap`].
    #[must_use]
    pub fn of(extensions: &Extensions) -> String {
        extensions.get::<Self>().map_or_else(fresh, |id| id.0.to_string())
    }

    /// The client's own, if it can go into a log line as it is; else a new one.
    fn from_headers(headers: &HeaderMap) -> Self {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
        match given.filter(|id| is_legal(id)) {
            Some(id) => Self(id.into()),
            None => Self(fresh().into()),
        }
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

/// Lays the edge around routes.
pub(super) fn wrap(routes: Router, origins: Arc<Origins>) -> Router {
    routes.layer(middleware::from_fn_with_state(origins, edge))
}

async fn edge(State(origins): State<Arc<Origins>>, mut request: Request, next: Next) -> Response {
    let id = RequestId::from_headers(request.headers());
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = match origins.preflight(&request) {
        Some(answer) => answer,
        None => {
            request.extensions_mut().insert(id.clone());
            AssertUnwindSafe(next.run(request))
                .catch_unwind()
                .await
                .unwrap_or_else(|_| answer::rejected(operate::panicked(), Format::Json, &id.0))
        }
    };
    let headers = response.headers_mut();
    origins.expose(origin.as_ref(), headers);
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(HEADER, value);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        // A route that knows better (a file with a hash in its name) is left alone.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
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
