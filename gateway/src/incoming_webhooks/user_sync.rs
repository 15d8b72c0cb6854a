//! What other services tell us: changes to people, signed in the way of Svix.
//!
//! `POST /webhooks/svix/<tenant's slug>/<provider's id>`. The path names the tenant, as senders cannot set headers and
//! one host name may serve many tenants. An unknown tenant or provider is answered like a wrong signature.

use std::{sync::Arc, time::Duration};

use audit::ErrorSource;
use axum::{
    Json, Router,
    body::to_bytes,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use identity::{UserDelivery, sync_external_user};
use kernel::{Actor, Cx, Error, Result, cx::Origin, db::TenantKey, id::IdentityProviderId};
use serde_json::json;

use crate::{
    http::RequestId,
    wiring::{app::App, bridges::InTransaction},
};

/// The longest delivery, in bytes.
const LONGEST: usize = 256 * 1024;
/// Time for a delivery to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// The routes.
pub fn router(app: Arc<App>) -> Router {
    Router::new().route("/webhooks/svix/{tenant}/{provider}", post(svix)).with_state(app)
}

async fn svix(
    State(app): State<Arc<App>>,
    Path((tenant, provider)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (id, trace) = (RequestId::of(&parts.extensions), RequestId::trace_of(&parts.extensions));
    let body = match tokio::time::timeout(PATIENCE, to_bytes(body, LONGEST)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return said(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", &id),
        Err(_) => return said(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", &id),
    };
    let taken = take(&app, &tenant, &provider, &parts.headers, &body, (&id, trace.clone())).await;
    let outcome = taken.as_ref().map_or_else(Error::code, |()| "ok");
    metrics::counter!("frontdesk_user_sync_total", "outcome" => outcome).increment(1);
    match taken {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            // Other senders' mistakes are no faults of ours; neither is written with what was sent.
            let correlation_id = trace.as_deref().unwrap_or(&id);
            tracing::warn!(request_id = id, correlation_id, tenant, provider, ?error, "a delivery was not taken");
            let status = match &error {
                Error::Unauthenticated | Error::NotFound { .. } => StatusCode::UNAUTHORIZED,
                Error::Invalid(_) => StatusCode::BAD_REQUEST,
                _ => StatusCode::SERVICE_UNAVAILABLE,
            };
            let code = match status {
                StatusCode::UNAUTHORIZED => "UNAUTHENTICATED",
                StatusCode::BAD_REQUEST => "BAD_REQUEST",
                _ => "UNAVAILABLE",
            };
            said(status, code, &id)
        }
    }
}

fn said(status: StatusCode, code: &str, request_id: &str) -> Response {
    let error = json!({ "errors": [{ "message": "the delivery was not taken",
        "extensions": { "code": code, "requestId": request_id } }] });
    (status, Json(error)).into_response()
}

async fn take(
    app: &App,
    tenant: &str,
    provider: &str,
    headers: &HeaderMap,
    body: &[u8],
    (request_id, trace): (&str, Option<Arc<str>>),
) -> Result<()> {
    let slug = Some(tenant).filter(|slug| kernel::tenant::is_slug(slug)).ok_or(Error::Unauthenticated)?;
    let provider: IdentityProviderId = provider.parse().map_err(|_| Error::Unauthenticated)?;
    let found = app.db.tenant(TenantKey::Slug(slug.to_owned())).await?;
    let tenant = found.filter(|tenant| tenant.active).ok_or(Error::Unauthenticated)?;
    if tenant.schema_version.as_deref() != Some(crate::wiring::tenants::version()) {
        return Err(Error::unavailable(format!("tenant {} is not migrated", tenant.slug)));
    }
    // The same scheme under the names of Standard Webhooks, which some senders use.
    let header = |name: &str| {
        let value = headers.get(format!("svix-{name}")).or_else(|| headers.get(format!("webhook-{name}")));
        value.and_then(|value| value.to_str().ok()).ok_or(Error::Unauthenticated)
    };
    let delivery =
        UserDelivery { id: header("id")?, timestamp: header("timestamp")?, signature: header("signature")?, body };
    let origin = Origin { transport: Some("webhook"), ..Origin::default() };
    let cx = Cx::new(app.source.clone(), tenant, Actor::System, request_id).from(origin).correlated(trace);
    let (cx, heard) = (&cx, &identity::hear(&app.db, &cx, provider, &delivery).await?);
    let changed = app.db.transact(cx, "external_user.sync", |tx| async move {
        sync_external_user(&tx, &InTransaction(&tx), cx, &app.catalog, heard).await
    });
    let changed = changed.await;
    let fault = |error: &Error| app.errors.fault(cx, ErrorSource::Webhook, "a delivery was not taken", error);
    if let Some(changed) = changed.inspect_err(fault)? {
        app.directory.forget(cx.tenant.id, changed);
    }
    Ok(())
}
