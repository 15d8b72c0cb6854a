//! What came of an operation, for the logs of errors and of what was slow.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use async_graphql::{PathSegment, Request, Response, ServerError};
use audit::{ErrorLevel, ErrorSource, Occurrence, SlowOperationSeen};
use kernel::{Cx, Error, crypto};
use serde_json::json;

use crate::{
    background::{
        errors::{SHORTEST, level_of, user_of},
        panics,
    },
    http::code_of,
    wiring::app::App,
};

/// How many errors of one answer are noted.
const ERRORS: usize = 10;
/// The fields by which people come in.
const SIGNING_IN: &[&str] = &[
    "acceptInvitation",
    "beginOidcSignIn",
    "completeOidcSignIn",
    "refreshSession",
    "registerClient",
    "requestPasswordReset",
    "resetPassword",
    "signIn",
    "verifyEmail",
];

/// What is known of an operation before it is run, kept with its request.
pub struct Asked {
    /// Its cost, in values of the answer.
    pub cost: u64,
    /// When it came.
    pub started: Instant,
}

/// An operation that is being run. When it is dropped, whether answered or given up, it is over.
pub struct Watched {
    app: Arc<App>,
    cx: Cx,
    asked: Asked,
    document: [u8; 32],
}

impl Watched {
    /// What is about to be run.
    pub fn new(app: &Arc<App>, cx: Cx, asked: &Asked, request: &Request) -> Self {
        let asked = Asked { cost: asked.cost, started: asked.started };
        Self { app: app.clone(), cx, asked, document: crypto::sha256(request.query.as_bytes()) }
    }

    /// Notes the faults of ours in an answer.
    pub fn answered(&self, response: &Response) {
        note(&self.app, &self.cx, response);
    }

    /// Notes the panic that was just caught.
    pub fn panicked(&self) {
        self.app.errors.panicked(&self.cx, ErrorSource::Api, "an operation", &panics::caught());
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let took = self.asked.started.elapsed();
        if took < SHORTEST {
            return;
        }
        let cx = &self.cx;
        let seen = SlowOperationSeen {
            at: cx.source().now(),
            document_hash: crypto::hex(&self.document),
            operation: cx.origin.operation.clone(),
            cost: self.asked.cost,
            statements: cx.counters.statements.load(Ordering::Relaxed),
            duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            user: user_of(cx),
            request_id: cx.request_id.to_string(),
            correlation_id: cx.correlation_id().to_owned(),
        };
        self.app.errors.slow(cx, seen);
    }
}

/// Notes the faults of ours in an answer, each once.
pub fn note(app: &App, cx: &Cx, response: &Response) {
    let mut noted: Vec<Occurrence> = Vec::new();
    for error in &response.errors {
        let code = code_of(error);
        if !matches!(code, "INTERNAL_SERVER_ERROR" | "UNAVAILABLE") || noted.len() >= ERRORS {
            continue;
        }
        let place = place(error);
        let cause = error.source.as_ref().and_then(|source| source.downcast_ref::<Error>());
        let (level, said) = match cause {
            Some(cause) => (level_of(cause), cause.detail()),
            // What a resolver turned into a text of its own.
            None => (ErrorLevel::Error, error.message.clone()),
        };
        let field = place.split('.').next().unwrap_or_default();
        let source = if SIGNING_IN.contains(&field) { ErrorSource::Auth } else { ErrorSource::Api };
        let error = Occurrence::new(cx.source().now(), level, source, code, &said);
        if !noted.contains(&error) {
            noted.push(error.clone());
            app.errors.note(cx, error, json!({ "path": place }));
        }
    }
}

/// Where an error stands, without the numbers of rows.
fn place(error: &ServerError) -> String {
    let names = error.path.iter().filter_map(|segment| match segment {
        PathSegment::Field(name) => Some(name.as_str()),
        PathSegment::Index(_) => None,
    });
    names.collect::<Vec<_>>().join(".").chars().take(200).collect()
}
