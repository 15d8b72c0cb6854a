//! Files by links that are good by themselves: `GET /files/<link>` and `PUT /uploads/<link>`.

use std::{
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use audit::ErrorSource;
use axum::{
    Json, Router,
    body::{Body, BodyDataStream},
    extract::{Path, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE,
            CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
    routing::{get, put},
};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use kernel::{
    Actor, Cx, Error, ProblemCode, Result, Tenant,
    crypto::hex,
    db::TenantKey,
    events::{Envelope, Note, Resource, Severity},
    files::{Content, File, Link, is_shown},
    id::{ExportId, PersonExportId, TypedId},
};
use serde_json::json;

use crate::{http::RequestId, wiring::app::App};

/// How long a sender may be silent.
const PAUSE: Duration = Duration::from_secs(30);
/// How long somebody who was refused may go on sending.
const POLITE: Duration = Duration::from_secs(2);

/// The routes. They ask for no sign-in: whoever made the link was asked.
pub fn router(app: Arc<App>) -> Router {
    Router::new().route("/files/{link}", get(download)).route("/uploads/{link}", put(upload)).with_state(app)
}

/// The tenant of a link, as far as it is served.
async fn tenant(app: &App, link: &str) -> Result<Arc<Tenant>> {
    let none = || Error::NotFound { what: "File" };
    app.served(TenantKey::Id(Link::tenant_of(link).ok_or_else(none)?)).await?.ok_or_else(none)
}

async fn download(State(app): State<Arc<App>>, Path(link): Path<String>, request: Request) -> Response {
    let id = RequestId::of(request.extensions());
    let mut response = match send(&app, &link, request.headers(), &id).await {
        Ok(response) => response,
        Err(error) => refused(&error, &id),
    };
    // Whatever a browser takes it for, it can do nothing with it but save or show it.
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn send(app: &App, link: &str, asked: &HeaderMap, id: &str) -> Result<Response> {
    let tenant = tenant(app, link).await?;
    let cx = Cx::new(app.source.clone(), tenant.clone(), Actor::Anonymous, id);
    let (file, until) = app.files.linked(app.db.keyring(), &app.db.reader(&cx).await?, &cx, link).await?;
    match file.owner_kind.as_deref() {
        Some(ExportId::PREFIX) => exported(app, &cx, &file, "Export").await?,
        Some(PersonExportId::PREFIX) => exported(app, &cx, &file, "PersonExport").await?,
        _ => {}
    }
    let mut headers = headers(&file, until, cx.now);
    let tag = headers.get(ETAG).cloned();
    let says = |name: &HeaderName| asked.get(name).filter(|value| tag.as_ref() == Some(*value)).is_some();
    if tag.as_ref().is_some_and(|tag| holds(asked, tag)) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let size = file.bytes();
    // A part of what it was before is no part of what it is; but what has an id never changes.
    let range = asked.get(RANGE).filter(|_| !asked.contains_key(IF_RANGE) || says(&IF_RANGE));
    let (status, range) = match range.and_then(|range| part(range.to_str().ok()?, size)) {
        None => (StatusCode::OK, 0..size),
        Some(Err(())) => {
            headers.insert(CONTENT_RANGE, value(&format!("bytes */{size}")));
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
        Some(Ok(range)) => {
            headers.insert(CONTENT_RANGE, value(&format!("bytes {}-{}/{size}", range.start, range.end - 1)));
            (StatusCode::PARTIAL_CONTENT, range)
        }
    };
    headers.insert(CONTENT_LENGTH, (range.end - range.start).into());
    let fault = |error: &Error| app.errors.fault(&cx, ErrorSource::Api, "a file could not be read", error);
    let content = app.files.read(&tenant, &file, range).await.inspect_err(fault)?;
    Ok((status, headers, Body::from_stream(content)).into_response())
}

/// That an export is taken along is in the audit trail before it is handed out. Only who asked for it is given its link.
async fn exported(app: &App, cx: &Cx, file: &File, kind: &'static str) -> Result<()> {
    let note = Note {
        kind: "data.export",
        severity: Severity::Medium,
        failure: None,
        resource: file.owner_id.map(|id| Resource { kind, id }),
        details: json!({ "file": file.name, "bytes": file.size }),
    };
    app.db.record(cx, vec![Envelope::note(cx, note)]).await
}

/// Whether who asks has what has this tag (RFC 9110, 13.1.2): it is one of theirs, whatever a proxy made of it on the way.
fn holds(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    let held = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    held.flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|held| held == "*" || held.trim_start_matches("W/") == tag)
}

/// One range of bytes that somebody asks for (RFC 9110, 14.1.2); `None` for what is none, which is ignored.
fn part(text: &str, size: u64) -> Option<std::result::Result<Range<u64>, ()>> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    let number =
        |text: &str| (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<u64>().ok());
    let range = match (number(from), number(to)) {
        (Some(from), Some(to)) => from?..to?.saturating_add(1).min(size),
        (Some(from), None) if to.is_empty() => from?..size,
        (None, Some(last)) if from.is_empty() => size.saturating_sub(last?)..size,
        _ => return None,
    };
    Some(if range.is_empty() { Err(()) } else { Ok(range) })
}

fn headers(file: &File, until: DateTime<Utc>, now: DateTime<Utc>) -> HeaderMap {
    let kind = match file.content_type.as_deref().filter(|kind| is_shown(kind)) {
        Some("text/plain") => "text/plain; charset=utf-8",
        Some(kind) => kind,
        None => "application/octet-stream",
    };
    // Whoever has the link may keep what it leads to for as long as it is good; nobody in between may.
    let seconds = (until - now).num_seconds().max(0);
    [
        (CONTENT_TYPE, value(kind)),
        (CONTENT_DISPOSITION, value(&disposition(&file.name))),
        (CACHE_CONTROL, value(&format!("private, max-age={seconds}, immutable"))),
        (ETAG, value(&format!("\"{}\"", hex(file.sha256.as_deref().unwrap_or_default())))),
        (ACCEPT_RANGES, HeaderValue::from_static("bytes")),
    ]
    .into_iter()
    .collect()
}

/// `Content-Disposition` (RFC 6266): to be saved, under a name that old clients read and one that is right.
fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%;".contains(c) { c } else { '_' }).collect();
    let exact = name.bytes().fold(String::new(), |text, byte| match byte {
        byte if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) => text + &char::from(byte).to_string(),
        byte => text + &format!("%{byte:02X}"),
    });
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

/// A header's value; what cannot be one, and none of ours is that, is left empty.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

async fn upload(State(app): State<Arc<App>>, Path(link): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let id = RequestId::of(&parts.extensions);
    match receive(&app, &link, &parts.headers, body, &id).await {
        Ok(file) => {
            let said = json!({ "id": file.id, "name": file.name, "size": file.bytes(), "contentType": file.content_type,
                "sha256": hex(file.sha256.as_deref().unwrap_or_default()) });
            (StatusCode::CREATED, Json(said)).into_response()
        }
        Err(error) => refused(&error, &id),
    }
}

async fn receive(app: &App, link: &str, headers: &HeaderMap, body: Body, id: &str) -> Result<File> {
    let unread = Arc::new(Mutex::new(Some(body.into_data_stream())));
    let taken = async {
        let tenant = tenant(app, link).await?;
        if headers.get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
            return Err(Error::invalid("file", ProblemCode::InvalidFormat, "must not be compressed for the way"));
        }
        let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        // Who made the link was somebody; who sends by it need not say so.
        let cx = Cx::new(app.source.clone(), tenant, Actor::Anonymous, id);
        app.files.receive_begun(&app.db, &cx, link, announced, content(unread.clone())).await
    };
    let taken = taken.await;
    let left = unread.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(mut left) = left.filter(|_| taken.is_err()) {
        // Whoever is still sending when the connection closes hears no answer.
        let all = async { while let Some(Ok(_)) = left.next().await {} };
        let _ = tokio::time::timeout(POLITE, all).await;
    }
    taken
}

/// A body as it comes, as long as it comes; taken when it is first asked for.
fn content(unread: Arc<Mutex<Option<BodyDataStream>>>) -> Content {
    let begun = stream::once(async move { unread.lock().unwrap_or_else(PoisonError::into_inner).take() });
    let chunks = begun.flat_map(|body| {
        stream::unfold(body, |chunks| async move {
            let mut chunks = chunks?;
            let broken = |message: &str| Err(Error::invalid("file", ProblemCode::InvalidFormat, message));
            match tokio::time::timeout(PAUSE, chunks.next()).await {
                Ok(None) => None,
                Ok(Some(Ok(bytes))) => Some((Ok(bytes), Some(chunks))),
                Ok(Some(Err(_))) => Some((broken("broke off"), None)),
                Err(_) => Some((broken("took too long to arrive"), None)),
            }
        })
    });
    chunks.boxed()
}

fn refused(error: &Error, id: &str) -> Response {
    let status = match error {
        Error::NotFound { .. } => StatusCode::NOT_FOUND,
        Error::Conflict { .. } | Error::Outdated { .. } => StatusCode::CONFLICT,
        Error::Invalid(problems) if problems.iter().any(|problem| problem.code == ProblemCode::TooLong) => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        Error::Invalid(_) => StatusCode::BAD_REQUEST,
        Error::Unavailable { detail } => {
            tracing::warn!(request_id = id, %detail, "a file could not be kept or read");
            StatusCode::SERVICE_UNAVAILABLE
        }
        error => {
            tracing::error!(request_id = id, ?error, "a file could not be kept or read");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    let message = match error {
        Error::Invalid(problems) => {
            problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("; ")
        }
        Error::NotFound { .. } => "there is no such file, or the link has ended".into(),
        error => error.to_string(),
    };
    let error = json!({ "errors": [{ "message": message,
        "extensions": { "code": error.code(), "requestId": id, "retryable": error.retryable() } }] });
    (status, Json(error)).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::IF_NONE_MATCH};

    use super::{disposition, holds, part};

    #[test]
    fn who_has_it_says_so_in_several_ways() {
        let tag = HeaderValue::from_static("\"ab\"");
        let held = |value: &'static str| {
            holds(&HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(value))]), &tag)
        };
        for is_it in ["\"ab\"", "W/\"ab\"", "\"x\", W/\"ab\"", "*"] {
            assert!(held(is_it), "{is_it}");
        }
        for other in ["\"a\"", "ab", "", "W/\"abc\""] {
            assert!(!held(other), "{other}");
        }
        assert!(!holds(&HeaderMap::new(), &tag));
    }

    #[test]
    fn a_part_is_one_range_inside() {
        for (text, range) in [
            ("bytes=0-0", Some(Ok(0..1))),
            ("bytes=2-", Some(Ok(2..10))),
            ("bytes=-3", Some(Ok(7..10))),
            ("bytes=-30", Some(Ok(0..10))),
            ("bytes=5-100", Some(Ok(5..10))),
            ("bytes=10-", Some(Err(()))),
            ("bytes=-0", Some(Err(()))),
            ("bytes=5-4", Some(Err(()))),
            ("bytes=0-1,3-4", None),
            ("bytes=-", None),
            ("bytes=a-b", None),
            ("bytes=99999999999999999999-", None),
            ("lines=0-1", None),
        ] {
            assert_eq!(part(text, 10), range, "{text}");
        }
    }

    #[test]
    fn a_name_cannot_leave_its_header() {
        assert_eq!(disposition("a.txt"), "attachment; filename=\"a.txt\"; filename*=UTF-8''a.txt");
        assert_eq!(
            disposition("Füh\"r;\r\n%.pdf"),
            "attachment; filename=\"F_h_r____.pdf\"; filename*=UTF-8''F%C3%BCh%22r%3B%0D%0A%25.pdf"
        );
    }
}
