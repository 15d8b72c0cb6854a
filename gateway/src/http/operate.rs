//! The way every operation takes, whatever transport it came by: document → gate → cost → product.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{Name, Request, Response, Value, Variables, parser::types::OperationType};
use futures_util::{FutureExt, Stream, StreamExt, stream};
use http::HeaderMap;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{
    HttpConfig,
    answer::Charge,
    backend::{Backend, Failure, Operation, Peer, Prepared, SessionEnd, Transport},
    cors::Origins,
    cost,
    documents::Documents,
    errors::{self, Rejection},
    gate::{Document, Facts},
    observe::Names,
    params::Params,
    validated::Validated,
};

/// What the handlers share.
pub(super) struct Shared<B> {
    pub backend: Arc<B>,
    pub config: HttpConfig,
    pub documents: Documents,
    pub origins: Arc<Origins>,
    pub names: Arc<Names>,
    pub shutdown: CancellationToken,
}

/// An operation that has passed the gate.
pub(super) struct Selected {
    document: Arc<Document>,
    index: usize,
    params: Params,
    variables: Variables,
    /// Its cost, for the answer.
    pub charge: Charge,
}

impl Selected {
    fn facts(&self) -> &Facts {
        &self.document.operations[self.index]
    }

    pub fn kind(&self) -> OperationType {
        self.facts().kind
    }

    pub fn name(&self) -> Option<&Name> {
        self.facts().name.as_ref()
    }
}

/// An operation the product has taken on.
pub(super) struct Ready {
    pub request: Request,
    pub headers: HeaderMap,
    pub charge: Charge,
    pub known: Validated,
    /// When the time that the operation may take is over.
    pub deadline: Instant,
}

impl<B: Backend> Shared<B> {
    /// Finds the operation and holds it against the limits. Nothing is executed and nobody asked yet.
    pub async fn select(&self, mut params: Params) -> Result<Selected, Rejection> {
        let persisted = params.persisted().map_err(Rejection::malformed)?;
        let document = match (params.query.as_deref().filter(|text| !text.is_empty()), persisted) {
            (Some(text), None) => self.documents.by_text(text).await?,
            (Some(text), Some(hash)) => {
                let sha256 = |bytes: &[u8]| self.backend.sha256(bytes);
                self.documents.persist(text, hash, sha256).await?
            }
            (None, Some(hash)) => self.documents.by_hash(&hash).await?,
            (None, None) => {
                return Err(Rejection::malformed("The parameter `query` is missing"));
            }
        };
        let index = choose(&document, params.operation_name.as_deref())?;
        let facts = &document.operations[index];
        let variables = params.take_variables();
        for (name, expected) in &facts.required {
            if matches!(variables.get(name), None | Some(Value::Null)) {
                return Err(Rejection::request(errors::coded(
                    "BAD_USER_INPUT",
                    format!("Variable \"${name}\" of required type \"{expected}\" was not provided"),
                    None,
                )));
            }
        }
        let limits = &self.config.limits;
        let requested = match facts.cost {
            Some(cost) => cost,
            None => {
                let definition = document.ast.operations.iter().find(|(name, _)| *name == facts.name.as_ref());
                let cost = definition.map_or(0, |(_, definition)| {
                    cost::estimate(&document.ast, &definition.node, Some(&variables)).values
                });
                cost::check(cost, limits)?;
                cost
            }
        };
        Ok(Selected { index, params, variables, charge: Charge { requested, limit: limits.cost }, document })
    }

    /// Hands the operation to the product's `prepare`, within the time an operation may take.
    pub async fn prepare(&self, peer: &Peer, selected: Selected, transport: Transport) -> Result<Ready, Rejection> {
        let kind = selected.kind();
        let body_hash = (kind == OperationType::Mutation && peer.idempotency_key.is_some())
            .then(|| self.backend.sha256(&canonical(&selected)));
        let label = self.names.label(selected.name(), false);
        let cost = selected.charge.requested;
        let introspects = selected.document.introspects;
        let operation =
            Operation { kind, name: selected.name().cloned(), label, cost, body_hash, transport, introspects };
        let charge = selected.charge;
        let uploads = selected.params.uploads.clone();
        let known = Validated::new(selected.document.clone(), selected.index, &selected.variables);
        let text = match selected.params.query {
            Some(text) if !text.is_empty() => text,
            _ => selected.document.text.to_string(),
        };
        let mut request = Request::new(text).variables(selected.variables).data(uploads);
        request.operation_name = operation.name.as_ref().map(ToString::to_string);
        request.set_parsed_query(selected.document.ast.clone());
        let deadline = self.deadline();
        let prepared = self.guard(deadline, false, self.backend.prepare(peer, &operation, request)).await??;
        let Prepared { request, headers } = prepared;
        Ok(Ready { request, headers, charge, known, deadline })
    }

    /// Asks the product whether the caller may send files; within the time an operation may take.
    pub async fn may_upload(&self, peer: &Peer) -> Result<(), Rejection> {
        Ok(self.guard(self.deadline(), false, self.backend.may_upload(peer)).await??)
    }

    /// Asks the product to check a caller that stays; within the time an operation may take.
    pub async fn connect(&self, peer: &Peer) -> Result<Result<Option<SessionEnd>, Failure>, Rejection> {
        self.guard(self.deadline(), false, self.backend.connect(peer)).await
    }

    /// Runs a query or a mutation to its end, within what preparing it left of its time.
    pub async fn execute(
        &self,
        request: Request,
        kind: OperationType,
        known: &Validated,
        deadline: Instant,
    ) -> Result<Response, Rejection> {
        let mutation = kind == OperationType::Mutation;
        let response = self.guard(deadline, mutation, self.backend.execute(request, known.is_valid())).await?;
        known.learn(&response);
        Ok(response)
    }

    /// The results of a subscription; a panic is the last of them.
    pub fn stream(&self, request: Request) -> impl Stream<Item = Result<Response, Rejection>> + Send + use<B> {
        let backend = self.backend.clone();
        // Made inside the stream, so that a panic in the making is caught too.
        let results = stream::once(async move { backend.stream(request) }).flatten();
        AssertUnwindSafe(results).catch_unwind().map(|result| result.map_err(|_| panicked()))
    }

    /// When an operation that begins now has had its time.
    fn deadline(&self) -> Instant {
        Instant::now() + self.config.execution_timeout
    }

    /// Bounds the time and catches panics.
    async fn guard<T>(&self, deadline: Instant, mutation: bool, work: impl Future<Output = T>) -> Result<T, Rejection> {
        match timeout_at(deadline, AssertUnwindSafe(work).catch_unwind()).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_)) => Err(panicked()),
            Err(_) => Err(Rejection::timeout(mutation)),
        }
    }
}

/// The panic hook has the details already.
pub(super) fn panicked() -> Rejection {
    tracing::error!("a panic was caught while an operation was under way");
    Rejection::internal()
}

/// Which operation of the document is meant.
fn choose(document: &Document, name: Option<&str>) -> Result<usize, Rejection> {
    let found = match name.filter(|name| !name.is_empty()) {
        Some(name) => document
            .operations
            .iter()
            .position(|facts| facts.name.as_ref().is_some_and(|own| own == name))
            .ok_or("There is no operation of that name in the document"),
        None if document.operations.len() == 1 => Ok(0),
        None => Err("The document has several operations: `operationName` must name one"),
    };
    found.map_err(|message| Rejection::request(errors::coded("OPERATION_RESOLUTION_FAILURE", message, None)))
}

/// Query, operation name and variables as bytes: equal for equal requests, whatever the order of keys.
fn canonical(selected: &Selected) -> Vec<u8> {
    let name = selected.name().map_or("", |name| name.as_str());
    let text = &selected.document.text;
    let mut out = Vec::with_capacity(text.len() + 256);
    for part in [text, name] {
        out.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        out.extend_from_slice(part.as_bytes());
    }
    for (name, value) in selected.variables.iter() {
        super::answer::write_json(&mut out, name);
        write_canonical(&mut out, value);
    }
    selected.params.uploads.digest(&mut out);
    out
}

fn write_canonical(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::List(items) => {
            out.push(b'[');
            for item in items {
                write_canonical(out, item);
                out.push(b',');
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            let mut fields = fields.iter().collect::<Vec<_>>();
            fields.sort_unstable_by(|(a, _), (b, _)| a.as_str().cmp(b.as_str()));
            out.push(b'{');
            for (name, value) in fields {
                super::answer::write_json(out, name);
                write_canonical(out, value);
            }
            out.push(b'}');
        }
        scalar => super::answer::write_json(out, scalar),
    }
}
