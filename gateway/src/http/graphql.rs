//! GraphQL over HTTP, as its specification says: <https://graphql.github.io/graphql-over-http/draft/>.

use std::{sync::Arc, time::Duration};

use async_graphql::parser::types::OperationType;
use axum::{
    body::{Body, BodyDataStream},
    extract::{Request, State},
    response::Response,
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, Method, StatusCode, header, request::Parts};
use tokio::time::timeout;

use super::{
    accept::{self, Accept, Format},
    answer,
    backend::{Backend, Peer, Transport},
    cached,
    compress::Compressible,
    errors::Rejection,
    multipart::{self, Bounds},
    observe::Watch,
    operate::{Selected, Shared},
    params::Params,
    peer,
    request_id::RequestId,
    sse, ws,
};

const METHODS: &str = "GET, POST";

/// Everything that comes to `/graphql`.
pub(super) async fn endpoint<B: Backend>(State(shared): State<Arc<Shared<B>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if ws::is_upgrade(&parts) {
        return ws::upgrade(shared, parts).await;
    }
    let id = RequestId::of(&parts.extensions);
    let Some(accept) = accept::negotiate(&parts.headers) else {
        let rejection = Rejection::http(
            StatusCode::NOT_ACCEPTABLE,
            "NOT_ACCEPTABLE",
            "The answer can be application/graphql-response+json, application/json or text/event-stream",
        );
        return answer::rejected(rejection, Format::Json, &id);
    };
    let mut watch = Watch::start(shared.names.clone(), Transport::Http, &id, RequestId::trace_of(&parts.extensions));
    let taken = async {
        let peer = peer::of(&parts, &shared.config.trusted_proxies)?;
        let params = match multipart::boundary(&parts.headers).filter(|_| parts.method == Method::POST) {
            Some(boundary) => with_files(&shared, &parts, &peer, body, boundary).await?,
            None => params(&shared, &parts, body).await?,
        };
        Ok::<_, Rejection>((peer, params))
    };
    match taken.await {
        Ok((peer, params)) => operate(&shared, &parts, accept, peer, params, watch).await,
        Err(rejection) => {
            watch.rejected(&rejection.errors);
            answer::rejected(rejection, accept.format, &id)
        }
    }
}

async fn operate<B: Backend>(
    shared: &Arc<Shared<B>>,
    parts: &Parts,
    accept: Accept,
    peer: Peer,
    params: Params,
    mut watch: Watch,
) -> Response {
    let id = peer.request_id.clone();
    let selected = match shared.select(params).await {
        Ok(selected) => selected,
        Err(rejection) => {
            watch.rejected(&rejection.errors);
            return refuse(rejection, accept.format, &id);
        }
    };
    let kind = selected.kind();
    watch.operation(selected.name(), kind);
    if parts.method == Method::GET && kind == OperationType::Mutation {
        let mut rejection = not_allowed("A mutation must be sent by POST");
        rejection.allow = Some("POST");
        watch.rejected(&rejection.errors);
        return answer::rejected(rejection, accept.format, &id);
    }
    if accept.format == Format::EventStream || (accept.stream && kind == OperationType::Subscription) {
        return sse::answer(shared, parts, peer, selected, watch).await;
    }
    match execute(shared, parts, &peer, selected, accept.format, &mut watch).await {
        Ok(response) => response,
        Err(rejection) => {
            watch.rejected(&rejection.errors);
            answer::rejected(rejection, accept.format, &id)
        }
    }
}

async fn execute<B: Backend>(
    shared: &Shared<B>,
    parts: &Parts,
    peer: &Peer,
    selected: Selected,
    format: Format,
    watch: &mut Watch,
) -> Result<Response, Rejection> {
    let kind = selected.kind();
    if kind == OperationType::Subscription {
        return Err(Rejection::http(
            StatusCode::NOT_ACCEPTABLE,
            "NOT_ACCEPTABLE",
            "A subscription needs a WebSocket (graphql-transport-ws) or Accept: text/event-stream",
        ));
    }
    let ready = shared.prepare(peer, selected, Transport::Http).await?;
    let mut response = shared.execute(ready.request, kind, &ready.known, ready.deadline).await?;
    let hash = |bytes: &[u8]| shared.backend.sha256(bytes);
    let mark = |headers: &mut HeaderMap, status: &mut StatusCode, body: &mut Vec<u8>, whole| {
        cached::mark(parts, headers, status, body, whole, hash);
    };
    let mut answer = answer::executed(&mut response, ready.charge, format, ready.headers, &peer.request_id, mark);
    if kind == OperationType::Query {
        answer.extensions_mut().insert(Compressible);
    }
    watch.executed(&response.errors);
    Ok(answer)
}

/// What is wrong, in the form that the client takes.
fn refuse(rejection: Rejection, format: Format, id: &str) -> Response {
    match format {
        Format::EventStream => sse::refuse(rejection, id),
        format => answer::rejected(rejection, format, id),
    }
}

fn not_allowed(message: &'static str) -> Rejection {
    Rejection { allow: Some(METHODS), ..Rejection::http(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message) }
}

/// The parameters of a request, from wherever its method has them.
async fn params<B>(shared: &Shared<B>, parts: &Parts, body: Body) -> Result<Params, Rejection> {
    if parts.method == Method::GET {
        return Params::from_query(parts.uri.query().unwrap_or_default()).map_err(Rejection::malformed);
    }
    if parts.method != Method::POST {
        return Err(not_allowed("Only GET and POST are understood here"));
    }
    if !accept::is_json(&parts.headers) {
        return Err(Rejection::http(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            "The body must be application/json in UTF-8",
        ));
    }
    let limit = shared.config.body_bytes;
    let body = timeout(shared.config.body_timeout, read(parts, body, limit)).await.map_err(|_| {
        Rejection::http(StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", "The body took too long to arrive")
            .retryable(true)
    })??;
    Params::from_json(&body).map_err(Rejection::malformed)
}

/// The parameters of a request with files. They are read only of those who may send any.
async fn with_files<B: Backend>(
    shared: &Shared<B>,
    parts: &Parts,
    peer: &Peer,
    body: Body,
    boundary: String,
) -> Result<Params, Rejection> {
    let config = &shared.config;
    let taken = async {
        multipart::asked_first(&parts.headers)?;
        if !shared.origins.allow(parts) {
            return Err(Rejection::http(StatusCode::FORBIDDEN, "FORBIDDEN", "This origin may not send files"));
        }
        shared.may_upload(peer).await
    };
    if let Err(rejection) = taken.await {
        discard(&mut body.into_data_stream(), 8 * config.body_bytes).await;
        return Err(rejection);
    }
    let bounds = Bounds {
        operations: config.body_bytes,
        files: config.upload_bytes,
        pause: config.body_timeout,
        whole: config.upload_timeout,
    };
    multipart::read(parts, body, boundary, &bounds).await
}

/// Reads on for a second and throws away, so that the client hears the answer: one that is still sending when the
/// connection closes sees a reset instead. Bounded, since nobody has to be polite to a flood.
async fn discard(chunks: &mut BodyDataStream, most: usize) {
    let all = async {
        let mut left = most;
        while let Some(Ok(chunk)) = chunks.next().await {
            left = left.saturating_sub(chunk.len());
            if left == 0 {
                break;
            }
        }
    };
    let _ = timeout(Duration::from_secs(1), all).await;
}

/// Reads a body of at most `limit` bytes, and not a byte more than that into memory.
async fn read(parts: &Parts, body: Body, limit: usize) -> Result<Bytes, Rejection> {
    let too_large = || {
        Rejection::http(
            StatusCode::PAYLOAD_TOO_LARGE,
            "PAYLOAD_TOO_LARGE",
            format!("The body is larger than {limit} bytes"),
        )
    };
    let announced =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let mut chunks = body.into_data_stream();
    if let Some(length) = announced.filter(|length| *length > limit as u64) {
        if length <= 8 * limit as u64 {
            discard(&mut chunks, 8 * limit).await;
        }
        return Err(too_large());
    }
    // Mostly there is one chunk, which needs no copy.
    let (mut first, mut rest) = (Bytes::new(), BytesMut::new());
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Rejection::malformed("The body broke off"))?;
        if first.len() + rest.len() + chunk.len() > limit {
            return Err(too_large());
        }
        if first.is_empty() && rest.is_empty() {
            first = chunk;
        } else {
            if rest.is_empty() {
                rest.extend_from_slice(&std::mem::take(&mut first));
            }
            rest.extend_from_slice(&chunk);
        }
    }
    Ok(if rest.is_empty() { first } else { rest.freeze() })
}
