//! Which other origins may use the API from a browser: exact ones from the configuration, and no others.
//!
//! There are no cookies, so no credentials are allowed either. A page of an origin that is not listed cannot send us
//! anything but what it could always send: `application/json` makes the browser ask first.

use std::collections::HashSet;

use axum::{body::Body, extract::Request, response::Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};

use super::peer;

/// The listed origins.
pub(super) struct Origins(HashSet<HeaderValue>);

impl Origins {
    /// Origins are `scheme://host[:port]`, without a slash at the end; what is no header value is left out.
    pub fn new(origins: &[String]) -> Self {
        Self(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect())
    }

    /// Whether a request that needs no preflight (WebSocket, GET of a stream) may come from where it does: not from a
    /// browser, from our own pages, or from a listed origin.
    pub fn allow(&self, parts: &Parts) -> bool {
        let Some(origin) = parts.headers.get(header::ORIGIN) else {
            return true;
        };
        self.0.contains(origin)
            || origin.to_str().ok().zip(peer::host(parts)).is_some_and(|(origin, host)| is_same(origin, host))
    }

    /// The answer to a preflight; `None` when the request is not one.
    pub fn preflight(&self, request: &Request) -> Option<Response> {
        let headers = request.headers();
        if request.method() != Method::OPTIONS
            || !headers.contains_key(header::ORIGIN)
            || !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        {
            return None;
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let listed = headers.get(header::ORIGIN).is_some_and(|origin| self.0.contains(origin));
        if listed {
            for (name, value) in [
                (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT"),
                (
                    header::ACCESS_CONTROL_ALLOW_HEADERS,
                    "authorization, content-type, idempotency-key, traceparent, x-request-id, x-tenant, graphql-require-preflight, \
                     apollo-require-preflight, x-apollo-operation-name",
                ),
                (header::ACCESS_CONTROL_MAX_AGE, "600"),
            ] {
                response.headers_mut().insert(name, HeaderValue::from_static(value));
            }
        }
        Some(response)
    }

    /// Lets a listed origin read the answer.
    pub fn expose(&self, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = origin.filter(|origin| self.0.contains(*origin)) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                // Not `Authorization`, which a star never means; there are no credentials to pair it with.
                HeaderValue::from_static("*"),
            );
        }
    }
}

/// Whether an origin is the host the request was sent to. The scheme is not compared: a proxy may have taken TLS off.
fn is_same(origin: &str, host: &str) -> bool {
    let (authority, port) = match origin.split_once("://") {
        Some(("https", authority)) => (authority, ":443"),
        Some(("http", authority)) => (authority, ":80"),
        _ => return false,
    };
    let bare = |text: &str| text.strip_suffix(port).unwrap_or(text).to_ascii_lowercase();
    bare(authority) == bare(host)
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn same_origin_is_the_same_host_and_port() {
        for (origin, host, same) in [
            ("http://a.test", "a.test", true),
            ("https://A.test", "a.test:443", true),
            ("http://a.test:8080", "a.test:8080", true),
            ("http://a.test:8080", "a.test", false),
            ("http://a.test", "a.test:8080", false),
            ("http://evil.test", "a.test", false),
            ("http://a.test.evil.test", "a.test", false),
            ("null", "a.test", false),
            ("file://", "", false),
        ] {
            assert_eq!(is_same(origin, host), same, "{origin} {host}");
        }
    }
}
