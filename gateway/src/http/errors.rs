//! What goes wrong, in the one form clients see: GraphQL `errors` with `extensions { code, requestId, retryable }`.
//!
//! An error that carries a code was written by the product for its clients and passes as it is. Everything else is
//! either one of the executor's own words about the document or the input, told by its wording, or it is masked.

use std::time::Duration;

use async_graphql::{Pos, Response, ServerError, Value};
use http::{HeaderMap, StatusCode};

use super::backend::Failure;

/// More errors than this say nothing more; a hostile document could have thousands.
const MAX_ERRORS: usize = 100;

/// An error with `extensions.code`.
pub(super) fn coded(code: &str, message: impl Into<String>, pos: Option<Pos>) -> ServerError {
    let mut error = ServerError::new(message, pos);
    error.extensions.get_or_insert_default().set("code", code);
    error
}

/// Why an operation was not executed, and how HTTP puts it.
#[derive(Debug)]
pub(super) struct Rejection {
    /// What to say; never empty.
    pub errors: Vec<ServerError>,
    /// The status.
    pub status: StatusCode,
    /// Whether the status is 200 where the answer is `application/json`, as the specification of GraphQL over HTTP asks
    /// for everything that is a matter of GraphQL rather than of HTTP.
    pub lenient: bool,
    /// Sent as `Retry-After`.
    pub retry_after: Option<Duration>,
    /// Sent as `Allow`.
    pub allow: Option<&'static str>,
    /// Sent too.
    pub headers: Box<HeaderMap>,
}

impl Rejection {
    /// The document, the variables or the caller are at fault.
    pub fn request(error: ServerError) -> Self {
        Self {
            errors: vec![error],
            status: StatusCode::BAD_REQUEST,
            lenient: true,
            retry_after: None,
            allow: None,
            headers: Box::default(),
        }
    }

    /// The HTTP request or the server is at fault: the same status whatever the media type.
    pub fn http(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, lenient: false, ..Self::request(coded(code, message, None)) }
    }

    /// The request is not one of GraphQL over HTTP.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::http(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// A fault of ours, details in the log.
    pub fn internal() -> Self {
        Self::http(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR", "Internal error")
    }

    /// The operation took longer than it may.
    pub fn timeout(mutation: bool) -> Self {
        let message = if mutation {
            "The operation took too long and was given up. It may or may not have taken effect: \
             repeat it with the same idempotency key, or look before repeating it"
        } else {
            "The operation took too long and was given up"
        };
        Self::http(StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", message).retryable(true)
    }

    pub fn retryable(mut self, retryable: bool) -> Self {
        for error in &mut self.errors {
            error.extensions.get_or_insert_default().set("retryable", retryable);
        }
        self
    }
}

impl From<ServerError> for Rejection {
    fn from(error: ServerError) -> Self {
        Self::request(error)
    }
}

impl From<Failure> for Rejection {
    fn from(failure: Failure) -> Self {
        let mut error = coded(failure.code, failure.message, None);
        if let Some(wait) = failure.retry_after {
            // For those who see no headers.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            error.extensions.get_or_insert_default().set("retryAfterSeconds", seconds);
        }
        let (status, lenient) = match failure.code {
            "UNAUTHENTICATED" => (StatusCode::UNAUTHORIZED, true),
            "FORBIDDEN" => (StatusCode::FORBIDDEN, true),
            "CONFLICT" => (StatusCode::CONFLICT, true),
            "RATE_LIMITED" => (StatusCode::TOO_MANY_REQUESTS, false),
            "UNAVAILABLE" => (StatusCode::SERVICE_UNAVAILABLE, false),
            "INTERNAL_SERVER_ERROR" => (StatusCode::INTERNAL_SERVER_ERROR, false),
            _ => (StatusCode::BAD_REQUEST, true),
        };
        let (retry_after, headers) = (failure.retry_after, failure.headers);
        Self { status, lenient, retry_after, headers, ..Self::request(error) }.retryable(failure.retryable)
    }
}

/// The executor's words about the document, which come before execution; by their beginning, from its source.
const VALIDATION: &[&str] = &[
    "Cannot query field \"",
    "Directive \"",
    "Duplicate directive \"",
    "Field \"",
    "Fields \"",
    "Fragment \"",
    "Fragment cannot ",
    "Invalid default value for argument: ",
    "Operation name required in request.",
    "Query is nested too deep.",
    "Query is too complex.",
    "Schema is not configured for ",
    "Subscriptions are not supported on this transport.",
    "The Upload type is only allowed ",
    "The amount of aliases of the query ",
    "The number of directives on the field `",
    "The recursion depth of the query ",
    "There can only be one ",
    "Unknown argument \"",
    "Unknown directive \"",
    "Unknown field \"",
    "Unknown fragment: \"",
    "Unknown operation named \"",
    "Unknown type \"",
    "Variable \"",
    "recursion limit exceeded.",
];

/// Its words about literals and variables before execution.
const COERCION: &str = "Invalid value for argument ";

/// Its words about input while a resolver's parameters are parsed, which have a path. They repeat the client's own
/// value and the name of a type.
const INPUT: &[&str] = &["Expected input type \"", "Failed to parse \""];

/// What the client may read of an error without a code.
fn classify(error: &ServerError) -> Option<&'static str> {
    // A resolver that turns some error of its own into a GraphQL error leaves it here as the source; the executor does
    // not, so such a text is never mistaken for one of the executor's.
    if error.source.is_some() {
        return None;
    }
    let starts = |beginning: &&str| error.message.starts_with(beginning);
    if error.path.is_empty() {
        if error.message.starts_with(COERCION) {
            return Some("BAD_USER_INPUT");
        }
        if VALIDATION.iter().any(starts) {
            return Some("GRAPHQL_VALIDATION_FAILED");
        }
    }
    INPUT.iter().any(starts).then_some("BAD_USER_INPUT")
}

/// Codes, masks and stamps the errors of a response.
pub(super) fn finish(errors: &mut Vec<ServerError>, request_id: &str) {
    errors.truncate(MAX_ERRORS);
    for error in errors {
        let coded =
            matches!(error.extensions.as_ref().and_then(|e| e.get("code")), Some(Value::String(_) | Value::Enum(_)));
        let code = if coded { None } else { Some(classify(error)) };
        let extensions = error.extensions.get_or_insert_default();
        match code {
            None => {}
            Some(Some(code)) => extensions.set("code", code),
            Some(None) => {
                tracing::error!(
                    request_id,
                    path = ?error.path,
                    error = error.message,
                    "an error without a code was masked"
                );
                "Internal error".clone_into(&mut error.message);
                *extensions = Default::default();
                extensions.set("code", "INTERNAL_SERVER_ERROR");
            }
        }
        extensions.set("requestId", request_id);
        // What nobody said may succeed later does not: a document, a transport.
        if extensions.get("retryable").is_none() {
            extensions.set("retryable", false);
        }
    }
}

/// Whether the response is that of a request that was never executed: no data, and no error that points into it.
pub(super) fn is_request_error(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// The code under which the client reads an error of an answer.
pub fn code_of(error: &ServerError) -> &str {
    match code(error) {
        "" => classify(error).unwrap_or("INTERNAL_SERVER_ERROR"),
        code => code,
    }
}

/// The code of an error, for logs.
pub(super) fn code(error: &ServerError) -> &str {
    match error.extensions.as_ref().and_then(|e| e.get("code")) {
        Some(Value::String(code)) => code,
        Some(Value::Enum(code)) => code,
        _ => "",
    }
}
