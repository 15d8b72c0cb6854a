//! GraphQL over server-sent events, distinct connections mode: one operation a request, its results as `next` events,
//! then `complete`. <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>

use std::{convert::Infallible, pin::Pin, sync::Arc, time::Duration};

use async_graphql::parser::types::OperationType;
use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, future, stream};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use tokio_util::sync::CancellationToken;

use super::{
    accept::Format,
    answer::{self, Charge},
    backend::{Backend, EndReason, Peer, SessionEnd, Transport},
    errors::{self, Rejection},
    observe::{OpenSocket, Watch},
    operate::{Selected, Shared},
};

const COMPLETE: &[u8] = b"event: complete\ndata: \n\n";
const KEEP_ALIVE: &[u8] = b":\n\n";

type Results = Pin<Box<dyn Stream<Item = Result<async_graphql::Response, Rejection>> + Send>>;

/// Answers an operation with a stream of events.
pub(super) async fn answer<B: Backend>(
    shared: &Arc<Shared<B>>,
    parts: &Parts,
    peer: Peer,
    selected: Selected,
    mut watch: Watch,
) -> Response {
    let id = peer.request_id.clone();
    watch.transport(Transport::Sse);
    match start(shared, parts, &peer, selected).await {
        Ok((events, headers)) => {
            let stream = events.into_stream(watch, shared.config.sse_keep_alive, id);
            let mut response = respond(Body::from_stream(stream));
            response.headers_mut().extend(headers);
            response
        }
        Err(rejection) => {
            watch.rejected(&rejection.errors);
            refuse(rejection, &id)
        }
    }
}

/// What is wrong: in an event where it is about the operation, since a browser shows no body of a failed one.
pub(super) fn refuse(rejection: Rejection, id: &str) -> Response {
    if rejection.lenient { refused(rejection, id) } else { answer::rejected(rejection, Format::EventStream, id) }
}

/// The stream of an operation that was not executed.
fn refused(mut rejection: Rejection, id: &str) -> Response {
    errors::finish(&mut rejection.errors, id);
    let mut body = next(|out| answer::write_errors(out, &rejection.errors));
    body.extend_from_slice(COMPLETE);
    respond(Body::from(body))
}

fn respond(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    // Proxies of the nginx kind would hold events back otherwise.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

async fn start<B: Backend>(
    shared: &Arc<Shared<B>>,
    parts: &Parts,
    peer: &Peer,
    selected: Selected,
) -> Result<(Events, HeaderMap), Rejection> {
    // An `EventSource` needs no preflight, so its origin is checked here.
    if !shared.origins.allow(parts) {
        return Err(Rejection::http(StatusCode::FORBIDDEN, "FORBIDDEN", "This origin is not allowed"));
    }
    let kind = selected.kind();
    let ready = shared.prepare(peer, selected, Transport::Sse).await?;
    let (results, end): (Results, _) = if kind == OperationType::Subscription {
        let end = shared.connect(peer).await??;
        (Box::pin(shared.stream(ready.request)), end)
    } else {
        let shared = shared.clone();
        let result = async move { shared.execute(ready.request, kind, &ready.known, ready.deadline).await };
        (Box::pin(stream::once(result)), None)
    };
    let events = Events { results, end, shutdown: shared.shutdown.clone(), charge: ready.charge };
    Ok((events, ready.headers))
}

/// A running operation, on its way to become events.
struct Events {
    results: Results,
    end: Option<SessionEnd>,
    shutdown: CancellationToken,
    charge: Charge,
}

impl Events {
    /// Polled by the connection, so a reader that is slow makes the operation wait and nothing piles up.
    fn into_stream(
        self,
        watch: Watch,
        keep_alive: Duration,
        id: String,
    ) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
        let open = OpenSocket::count(Transport::Sse);
        stream::unfold(Some((self, watch, id, open)), move |state| async move {
            let (mut events, mut watch, id, open) = state?;
            let (chunk, last) = events.step(&mut watch, keep_alive, &id).await?;
            Some((Ok(chunk), (!last).then_some((events, watch, id, open))))
        })
    }

    /// The next piece of the body, and whether it is the last. `None` ends the stream without `complete`, so that the
    /// client comes back: that is for a server that stops.
    async fn step(&mut self, watch: &mut Watch, keep_alive: Duration, id: &str) -> Option<(Bytes, bool)> {
        let end = async {
            match &mut self.end {
                Some(end) => end.await,
                None => future::pending().await,
            }
        };
        let result = tokio::select! {
            biased;
            () = self.shutdown.cancelled() => return None,
            reason = end => Some(Err(ended(reason))),
            result = self.results.next() => result,
            () = tokio::time::sleep(keep_alive) => return Some((KEEP_ALIVE.into(), false)),
        };
        Some(match result {
            None => {
                watch.finished();
                (COMPLETE.into(), true)
            }
            Some(Ok(mut response)) => {
                errors::finish(&mut response.errors, id);
                watch.executed(&response.errors);
                let event = next(|out| answer::write(out, &response, self.charge));
                (event.into(), false)
            }
            Some(Err(mut rejection)) => {
                errors::finish(&mut rejection.errors, id);
                watch.rejected(&rejection.errors);
                let mut event = next(|out| answer::write_errors(out, &rejection.errors));
                event.extend_from_slice(COMPLETE);
                (event.into(), true)
            }
        })
    }
}

/// What a client is told when its session ends under a subscription.
fn ended(reason: EndReason) -> Rejection {
    Rejection::request(match reason {
        EndReason::Expired => errors::coded("UNAUTHENTICATED", "The session has expired", None),
        EndReason::Revoked => errors::coded("FORBIDDEN", "Access was taken away", None),
    })
}

/// A `next` event around what `write` appends; JSON has no line breaks of its own, so one `data` line holds it.
fn next(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut event = Vec::with_capacity(1024);
    event.extend_from_slice(b"event: next\ndata: ");
    write(&mut event);
    event.extend_from_slice(b"\n\n");
    event
}
