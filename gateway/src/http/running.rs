//! An operation on a WebSocket, in its own task.

use std::{panic::AssertUnwindSafe, pin::pin, sync::Arc};

use async_graphql::parser::types::OperationType;
use axum::extract::ws::Message;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc;

use super::{
    backend::{Backend, Peer, Transport},
    errors::{self, Rejection},
    observe::Watch,
    operate::{self, Shared},
    params::Params,
    protocol,
};

/// Something an operation has to say.
pub(super) struct Event {
    pub id: Arc<str>,
    /// Which operation of that id.
    pub serial: u64,
    pub message: Message,
    /// Whether it is over with this.
    pub last: bool,
}

/// What an operation needs to run.
pub(super) struct Running<B> {
    pub shared: Arc<Shared<B>>,
    pub peer: Peer,
    pub sender: mpsc::Sender<Event>,
    pub id: Arc<str>,
    pub serial: u64,
}

impl<B: Backend> Running<B> {
    /// Always ends with a last message, so that the client never waits for nothing.
    pub async fn run(self, params: Params) {
        let mut watch = Watch::start(
            self.shared.names.clone(),
            Transport::WebSocket,
            &self.peer.request_id,
            self.peer.trace.clone(),
        );
        let work = AssertUnwindSafe(self.operate(params, &mut watch)).catch_unwind().await;
        let result = work.unwrap_or_else(|_| Err(operate::panicked()));
        let last = match result {
            Ok(()) => protocol::complete(&self.id),
            Err(mut rejection) => {
                errors::finish(&mut rejection.errors, &self.peer.request_id);
                watch.rejected(&rejection.errors);
                protocol::error(&self.id, &rejection.errors)
            }
        };
        drop(watch);
        self.say(last, true).await;
    }

    async fn operate(&self, mut params: Params, watch: &mut Watch) -> Result<(), Rejection> {
        let key = params.take_idempotency_key().map_err(Rejection::malformed)?;
        let selected = self.shared.select(params).await?;
        let kind = selected.kind();
        watch.operation(selected.name(), kind);
        let peer = Peer { idempotency_key: key, ..self.peer.clone() };
        let ready = self.shared.prepare(&peer, selected, Transport::WebSocket).await?;
        let mut first = true;
        let mut report = async |mut response: async_graphql::Response, watch: &mut Watch| {
            // Errors from before the execution are the protocol's `error`, not the result that `next` carries.
            if std::mem::take(&mut first) && errors::is_request_error(&response) {
                return Err(Rejection { errors: std::mem::take(&mut response.errors), ..Rejection::internal() });
            }
            errors::finish(&mut response.errors, &self.peer.request_id);
            watch.executed(&response.errors);
            self.say(protocol::next(&self.id, &response, ready.charge), false).await;
            Ok(())
        };
        if kind == OperationType::Subscription {
            let mut results = pin!(self.shared.stream(ready.request));
            while let Some(result) = results.next().await {
                report(result?, watch).await?;
            }
            watch.finished();
            return Ok(());
        }
        let response = self.shared.execute(ready.request, kind, &ready.known, ready.deadline).await?;
        report(response, watch).await
    }

    async fn say(&self, message: Message, last: bool) {
        let event = Event { id: self.id.clone(), serial: self.serial, message, last };
        // Nobody listens any more once the socket is gone; this task is then about to be aborted.
        let _ = self.sender.send(event).await;
    }
}
