//! What social platforms tell us of the accounts that companies have connected.
//!
//! `/webhooks/social/<platform>`: `GET` is the platform's question whether the address is ours, `POST` a delivery. Its signature is
//! over the very bytes, so those are what is looked at. It names accounts and no company: whose they are the registry knows. An
//! account that nobody has is answered like one that somebody has, and nothing is written; what cannot be stored just now is not
//! acknowledged, and so told again. Each conversation is one transaction, and each message is taken once however often it comes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use audit::ErrorSource;
use axum::{
    Json, Router,
    body::to_bytes,
    extract::{Path, RawQuery, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use inbox::{Platform, TakeTold, Told, account_told_of, companies_told_of, hear, take_told};
use kernel::{Actor, Cx, Error, Result, Tx, cx::Origin, db::TenantKey, id::TenantId};
use serde_json::json;

use super::signatures::{Answer, answer, header, is_right};
use crate::{
    http::RequestId,
    wiring::{app::App, bridges::InTransaction},
};

/// The longest delivery, in bytes.
const LONGEST: usize = 2 * 1024 * 1024;
/// Time for a delivery to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// The routes.
pub fn router(app: Arc<App>) -> Router {
    Router::new().route("/webhooks/social/{platform}", get(asked).post(told)).with_state(app)
}

fn platform(name: &str) -> Option<Platform> {
    match name {
        "facebook" => Some(Platform::Facebook),
        "x" => Some(Platform::X),
        "linkedin" => Some(Platform::Linkedin),
        _ => None,
    }
}

fn word(platform: Platform) -> &'static str {
    match platform {
        Platform::Facebook => "facebook",
        Platform::X => "x",
        Platform::Linkedin => "linkedin",
    }
}

/// A platform asks whether the address is ours.
async fn asked(State(app): State<Arc<App>>, Path(name): Path<String>, RawQuery(query): RawQuery) -> Response {
    let Some(platform) = platform(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let Some(secret) = app.social.app_secret(platform) else { return StatusCode::NOT_FOUND.into_response() };
    let query = query.unwrap_or_default();
    let parameter = |name: &str| {
        let mut all = url::form_urlencoded::parse(query.as_bytes());
        all.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    };
    match answer(platform, secret, app.social.verify_token(), parameter) {
        Some(Answer::Text(text)) => text.into_response(),
        Some(Answer::Object(object)) => Json(object).into_response(),
        None => StatusCode::FORBIDDEN.into_response(),
    }
}

/// A platform tells something.
async fn told(State(app): State<Arc<App>>, Path(name): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (id, trace) = (RequestId::of(&parts.extensions), RequestId::trace_of(&parts.extensions));
    // It is heard out first: whoever still sends hears no answer.
    let body = match tokio::time::timeout(PATIENCE, to_bytes(body, LONGEST)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return said(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", &id),
        Err(_) => return said(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", &id),
    };
    let Some(platform) = platform(&name) else { return said(StatusCode::NOT_FOUND, "NOT_FOUND", &id) };
    let Some(secret) = app.social.app_secret(platform) else { return said(StatusCode::NOT_FOUND, "NOT_FOUND", &id) };
    let (outcome, response) = match take(&app, platform, secret, &parts.headers, &body, (&id, trace)).await {
        Ok(()) => ("ok", StatusCode::OK.into_response()),
        Err(Refused::Forged) => ("forged", said(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", &id)),
        Err(Refused::Unreadable(why)) => {
            tracing::warn!(request_id = id, platform = word(platform), why, "a delivery could not be read");
            ("unreadable", said(StatusCode::BAD_REQUEST, "BAD_REQUEST", &id))
        }
        Err(Refused::Later(error)) => {
            tracing::warn!(
                request_id = id,
                platform = word(platform),
                ?error,
                "a delivery was not taken; it will be repeated"
            );
            ("unavailable", said(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", &id))
        }
    };
    metrics::counter!("frontdesk_social_deliveries_total", "platform" => word(platform), "outcome" => outcome)
        .increment(1);
    response
}

fn said(status: StatusCode, code: &str, request_id: &str) -> Response {
    let error = json!({ "errors": [{ "message": "the delivery was not taken",
        "extensions": { "code": code, "requestId": request_id } }] });
    (status, Json(error)).into_response()
}

/// Why a delivery was not taken.
enum Refused {
    /// Whoever sent it is not the platform.
    Forged,
    /// It is no JSON object.
    Unreadable(&'static str),
    /// It could not be stored.
    Later(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Later(error)
    }
}

async fn take(
    app: &App,
    platform: Platform,
    secret: &str,
    headers: &HeaderMap,
    body: &[u8],
    (request_id, trace): (&str, Option<Arc<str>>),
) -> Result<(), Refused> {
    let mut signatures = headers.get_all(header(platform)).iter();
    // Of two nobody knows which one counts.
    let signature = signatures.next().filter(|_| signatures.next().is_none()).ok_or(Refused::Forged)?;
    if !is_right(platform, secret, body, signature.as_bytes()) {
        return Err(Refused::Forged);
    }
    let heard = hear(platform, body).map_err(Refused::Unreadable)?;
    for what in heard.passed_over {
        let count =
            metrics::counter!("frontdesk_social_passed_over_total", "platform" => word(platform), "what" => what);
        count.increment(1);
    }
    // By account and conversation, in the order in which it was told.
    let mut accounts: BTreeMap<String, BTreeMap<String, Vec<Told>>> = BTreeMap::new();
    for told in heard.told {
        let of = accounts.entry(told.account.clone()).or_default();
        of.entry(told.conversation.clone()).or_default().push(told);
    }
    for (account, conversations) in accounts {
        for tenant in companies_told_of(&app.db.control(), platform, &account).await? {
            take_for(app, tenant, (platform, &account), &conversations, (request_id, trace.clone())).await?;
        }
    }
    Ok(())
}

/// Takes what is told of one account for one company that has it.
async fn take_for(
    app: &App,
    tenant: TenantId,
    (platform, account): (Platform, &str),
    conversations: &BTreeMap<String, Vec<Told>>,
    (request_id, trace): (&str, Option<Arc<str>>),
) -> Result<()> {
    let Some(tenant) = app.db.tenant(TenantKey::Id(tenant)).await?.filter(|tenant| tenant.active) else {
        return Ok(());
    };
    if tenant.schema_version.as_deref() != Some(crate::wiring::tenants::version()) {
        return Err(Error::unavailable(format!("tenant {} is not migrated", tenant.slug)));
    }
    let origin = Origin { transport: Some("webhook"), ..Origin::default() };
    let cx = &Cx::new(app.source.clone(), tenant, Actor::System, request_id).from(origin).correlated(trace);
    // What a company has disconnected it is not told of, although the platform does not know that yet.
    let Some(account) = account_told_of(&app.db.reader(cx).await?, platform, account).await? else { return Ok(()) };
    for told in conversations.values() {
        let cmd = &TakeTold { account, told: told.clone() };
        let take = |tx: Tx| async move { take_told(&tx, &InTransaction(&tx), cx, cmd).await };
        let taken = app.db.transact(cx, "conversation.take", take).await;
        let fault = |error: &Error| app.errors.fault(cx, ErrorSource::Webhook, "a delivery was not taken", error);
        let new = taken.inspect_err(fault)?;
        metrics::counter!("frontdesk_social_messages_total", "platform" => word(platform)).increment(new);
    }
    Ok(())
}
