//! The newsletter's end, with one click (RFC 8058): `POST /newsletter/unsubscribe?token=…`.
//!
//! Mail programs post by themselves when somebody says that they want no more; who follows the link in the mail sees a page that
//! asks first, since programs that look for harm follow links too.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Query, Request, State},
    http::{
        StatusCode,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST},
        request::Parts,
    },
    response::{IntoResponse, Response},
    routing::get,
};
use inbox::unsubscribe_from_newsletter;
use kernel::{Actor, Cx, Error, Result, cx::Origin, db::TenantKey};
use serde::Deserialize;

use crate::{http::RequestId, wiring::app::App};

/// The page holds a form that leads back here, and nothing else.
const POLICY: &str = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What stands in the address.
#[derive(Deserialize)]
struct Asked {
    tenant: Option<String>,
    token: Option<String>,
}

/// The route. It asks for no sign-in: the token is the proof.
pub fn router(app: Arc<App>) -> Router {
    Router::new().route("/newsletter/unsubscribe", get(ask).post(end)).with_state(app)
}

async fn ask() -> Response {
    page(
        StatusCode::OK,
        "<p>Do you want the newsletter no more?</p><form method=\"post\"><button>Unsubscribe</button></form>",
    )
}

async fn end(State(app): State<Arc<App>>, Query(asked): Query<Asked>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    match unsubscribe(&app, &asked, &parts).await {
        Ok(()) => page(StatusCode::OK, "<p>You are unsubscribed.</p>"),
        Err(Error::Invalid(_) | Error::NotFound { .. }) => {
            page(StatusCode::NOT_FOUND, "<p>This link is not good any more.</p>")
        }
        Err(error) => {
            tracing::warn!(request_id = RequestId::of(&parts.extensions), ?error, "a subscription was not ended");
            page(StatusCode::SERVICE_UNAVAILABLE, "<p>Try again later.</p>")
        }
    }
}

async fn unsubscribe(app: &App, asked: &Asked, parts: &Parts) -> Result<()> {
    let missing = || Error::NotFound { what: "Tenant" };
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    let by_host = match host.and_then(kernel::tenant::host_key) {
        Some(host) => app.served(TenantKey::Host(host)).await?,
        None => None,
    };
    let tenant = match (by_host, &asked.tenant) {
        (Some(tenant), _) => Some(tenant),
        (None, Some(slug)) if kernel::tenant::is_slug(slug) => app.served(TenantKey::Slug(slug.clone())).await?,
        (None, Some(_)) => None,
        (None, None) => app.served(TenantKey::Only).await?,
    };
    let extensions = &parts.extensions;
    let origin = Origin { transport: Some("http"), ..Origin::default() };
    let cx = Cx::new(app.source.clone(), tenant.ok_or_else(missing)?, Actor::Anonymous, RequestId::of(extensions))
        .from(origin)
        .correlated(RequestId::trace_of(extensions));
    let (cx, token) = (&cx, asked.token.as_deref().unwrap_or_default());
    app.db
        .transact(cx, "newsletter.unsubscribe", |tx| async move {
            unsubscribe_from_newsletter(&tx, cx, token).await.map(drop)
        })
        .await
}

fn page(status: StatusCode, body: &str) -> Response {
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY)];
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Newsletter</title></head>\n<body>{body}</body></html>\n"
    );
    (status, headers, page).into_response()
}
