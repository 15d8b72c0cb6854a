//! One log line and one set of metrics for each operation, on every transport. No variables, no secrets.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
    time::Instant,
};

use async_graphql::{Name, ServerError, parser::types::OperationType};

use super::{backend::Transport, errors};

/// Operation names are the client's to choose, so only so many become metrics labels; the rest is `other`.
const MAX_NAMES: usize = 200;
const MAX_LENGTH: usize = 64;

/// The operation names that are metrics labels in this process.
#[derive(Default)]
pub(super) struct Names(RwLock<HashSet<Arc<str>>>);

impl Names {
    /// The label of a name. A name becomes one by an operation that went well, so that noise does not use them up.
    pub fn label(&self, name: Option<&Name>, went_well: bool) -> Arc<str> {
        let Some(name) = name else {
            return "anonymous".into();
        };
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(name.as_str()).cloned();
        if let Some(label) = known {
            return label;
        }
        let legal = name.len() <= MAX_LENGTH && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
        if went_well && legal {
            let mut names = self.0.write().unwrap_or_else(PoisonError::into_inner);
            if names.len() < MAX_NAMES {
                let label: Arc<str> = name.as_str().into();
                names.insert(label.clone());
                return label;
            }
        }
        "other".into()
    }
}

/// An operation under way; reports itself when dropped, as cancelled unless it was told otherwise.
pub(super) struct Watch {
    names: Arc<Names>,
    started: Instant,
    transport: Transport,
    request_id: String,
    trace: Option<Arc<str>>,
    operation: Option<(Option<Name>, OperationType)>,
    outcome: &'static str,
    codes: Vec<String>,
}

impl Watch {
    pub fn start(names: Arc<Names>, transport: Transport, request_id: &str, trace: Option<Arc<str>>) -> Self {
        Self {
            names,
            started: Instant::now(),
            transport,
            request_id: request_id.to_owned(),
            trace,
            operation: None,
            outcome: "cancelled",
            codes: Vec::new(),
        }
    }

    /// Says by what it is answered, where that differs from how it came in.
    pub fn transport(&mut self, transport: Transport) {
        self.transport = transport;
    }

    /// Says which operation it is, once that is known.
    pub fn operation(&mut self, name: Option<&Name>, kind: OperationType) {
        self.operation = Some((name.cloned(), kind));
    }

    /// It was executed, with these errors in the answer.
    pub fn executed(&mut self, found: &[ServerError]) {
        self.outcome = if found.is_empty() { "ok" } else { "error" };
        self.note(found);
    }

    /// Its results came to their end.
    pub fn finished(&mut self) {
        if self.outcome == "cancelled" {
            self.outcome = "ok";
        }
    }

    /// It was not executed.
    pub fn rejected(&mut self, found: &[ServerError]) {
        self.outcome = "rejected";
        self.note(found);
    }

    fn note(&mut self, found: &[ServerError]) {
        for error in found {
            let code = errors::code(error);
            if self.codes.len() < 8 && !self.codes.iter().any(|known| known == code) {
                self.codes.push(code.to_owned());
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let elapsed = self.started.elapsed();
        let (label, kind) = match &self.operation {
            Some((name, kind)) => (
                self.names.label(name.as_ref(), self.outcome == "ok"),
                match kind {
                    OperationType::Query => "query",
                    OperationType::Mutation => "mutation",
                    OperationType::Subscription => "subscription",
                },
            ),
            None => ("unknown".into(), "unknown"),
        };
        let name = self
            .operation
            .as_ref()
            .and_then(|(name, _)| name.as_ref())
            .map_or("", |name| name.get(..MAX_LENGTH).unwrap_or(name));
        tracing::info!(
            request_id = self.request_id,
            correlation_id = self.trace.as_deref().unwrap_or(&self.request_id),
            transport = self.transport.as_str(),
            operation = name,
            kind,
            outcome = self.outcome,
            codes = ?self.codes,
            ms = (elapsed.as_secs_f64() * 100_000.0).round() / 100.0,
            "operation"
        );
        metrics::counter!(
            "frontdesk_requests_total",
            "operation" => label.clone(), "kind" => kind, "outcome" => self.outcome
        )
        .increment(1);
        metrics::histogram!("frontdesk_request_seconds", "operation" => label).record(elapsed.as_secs_f64());
    }
}

/// An open socket in the gauge `frontdesk_open_sockets{transport}`.
pub(super) struct OpenSocket(Transport);

impl OpenSocket {
    pub fn count(transport: Transport) -> Self {
        metrics::gauge!("frontdesk_open_sockets", "transport" => transport.as_str()).increment(1.0);
        Self(transport)
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        metrics::gauge!("frontdesk_open_sockets", "transport" => self.0.as_str()).decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Name;

    use super::{MAX_NAMES, Names};

    #[test]
    fn labels_are_bounded() {
        let names = Names::default();
        let label = |name: &str, well| names.label(Some(&Name::new(name)), well).to_string();
        assert_eq!(label("Inbox", false), "other");
        assert_eq!(label("Inbox", true), "Inbox");
        assert_eq!(label("Inbox", false), "Inbox");
        assert_eq!(label(&"x".repeat(65), true), "other");
        for number in 0..2 * MAX_NAMES {
            label(&format!("n{number}"), true);
        }
        assert_eq!(label("late", true), "other");
        assert_eq!(names.label(None, true).as_ref(), "anonymous");
    }
}
