//! Responses on the wire: one serialisation, straight from the executor's values.

use std::collections::BTreeMap;

use async_graphql::{Response, ServerError, Value};
use axum::body::Body;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeStruct},
};

use super::{
    accept::Format,
    errors::{self, Rejection},
};

/// The cost of an operation, for `extensions.cost`.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Charge {
    pub requested: u64,
    pub limit: u64,
}

/// The JSON of a response; `data` is left out where the request was never executed.
struct Wire<'a> {
    errors: &'a [ServerError],
    data: Option<&'a Value>,
    extensions: Extensions<'a>,
}

struct Extensions<'a> {
    product: &'a BTreeMap<String, Value>,
    cost: Option<Charge>,
}

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("Response", 3)?;
        if !self.errors.is_empty() {
            map.serialize_field("errors", self.errors)?;
        }
        if let Some(data) = self.data {
            map.serialize_field("data", data)?;
        }
        if self.extensions.cost.is_some() || !self.extensions.product.is_empty() {
            map.serialize_field("extensions", &self.extensions)?;
        }
        map.end()
    }
}

impl Serialize for Extensions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(cost) = &self.cost {
            map.serialize_entry("cost", cost)?;
        }
        for (name, value) in self.product {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

const NOTHING: &BTreeMap<String, Value> = &BTreeMap::new();

/// Appends the JSON of an executed response.
pub(super) fn write(out: &mut Vec<u8>, response: &Response, cost: Charge) {
    write_json(
        out,
        &Wire {
            errors: &response.errors,
            data: (!errors::is_request_error(response)).then_some(&response.data),
            extensions: Extensions { product: &response.extensions, cost: Some(cost) },
        },
    );
}

/// Appends the JSON of errors alone.
pub(super) fn write_errors(out: &mut Vec<u8>, errors: &[ServerError]) {
    write_json(out, &Wire { errors, data: None, extensions: Extensions { product: NOTHING, cost: None } });
}

/// Appends JSON; a value that cannot be written (there is none) becomes an internal error rather than half an answer.
pub(super) fn write_json(out: &mut Vec<u8>, value: &impl Serialize) {
    let start = out.len();
    if let Err(error) = serde_json::to_writer(&mut *out, value) {
        tracing::error!(%error, "a response could not be serialised");
        out.truncate(start);
        out.extend_from_slice(
            br#"{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}"#,
        );
    }
}

/// The HTTP answer to an executed operation; `mark` sees it, and whether nothing went wrong, before it is sent.
pub(super) fn executed(
    response: &mut Response,
    cost: Charge,
    format: Format,
    headers: HeaderMap,
    request_id: &str,
    mark: impl FnOnce(&mut HeaderMap, &mut StatusCode, &mut Vec<u8>, bool),
) -> axum::response::Response {
    errors::finish(&mut response.errors, request_id);
    let mut body = Vec::with_capacity(4096);
    write(&mut body, response, cost);
    let mut status = if format == Format::GraphqlResponse && errors::is_request_error(response) {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let mut headers = headers;
    append(&mut headers, std::mem::take(&mut response.http_headers));
    headers.insert(header::CONTENT_TYPE, format.content_type());
    mark(&mut headers, &mut status, &mut body, response.errors.is_empty());
    let mut answer = axum::response::Response::new(Body::from(body));
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    answer
}

/// Adds what the resolvers set, keeping several values of one name.
fn append(headers: &mut HeaderMap, more: HeaderMap) {
    let mut current = None;
    for (name, value) in more {
        current = name.or(current);
        if let Some(name) = &current {
            headers.append(name.clone(), value);
        }
    }
}

/// The HTTP answer to what was not executed.
pub(super) fn rejected(mut rejection: Rejection, format: Format, request_id: &str) -> axum::response::Response {
    errors::finish(&mut rejection.errors, request_id);
    let mut body = Vec::with_capacity(256);
    write_errors(&mut body, &rejection.errors);
    let mut answer = axum::response::Response::new(Body::from(body));
    if !(rejection.lenient && format == Format::Json) {
        *answer.status_mut() = rejection.status;
    }
    let headers = answer.headers_mut();
    append(headers, *rejection.headers);
    headers.insert(header::CONTENT_TYPE, format.content_type());
    if let Some(wait) = rejection.retry_after {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(allow) = rejection.allow {
        headers.insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    answer
}
