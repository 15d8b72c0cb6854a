//! What every answer has, whatever the route: a request id, security headers, the CORS headers, fewer bytes where that
//! tells nothing, and a body even when a handler panics.

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
};
use futures_util::FutureExt;
use http::{HeaderValue, header};

use super::{
    accept::Format,
    answer, compress,
    cors::Origins,
    operate,
    request_id::{HEADER, RequestId},
};

/// Lays the edge around routes.
pub(super) fn wrap(routes: Router, origins: Arc<Origins>) -> Router {
    routes.layer(compress::layer()).layer(middleware::from_fn_with_state(origins, edge))
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
                .unwrap_or_else(|_| answer::rejected(operate::panicked(), Format::Json, id.as_str()))
        }
    };
    let headers = response.headers_mut();
    origins.expose(origin.as_ref(), headers);
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
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
