//! Which form of answer a client takes: the `Accept` header (RFC 9110, 12.5.1; GraphQL over HTTP, media types).

use http::{HeaderMap, HeaderValue, header};

/// A form of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `application/graphql-response+json`: the status speaks of GraphQL.
    GraphqlResponse,
    /// `application/json`, for older clients: the status is 200 where GraphQL alone is concerned.
    Json,
    /// `text/event-stream`.
    EventStream,
}

impl Format {
    /// The `Content-Type` of an answer; what cannot be a stream of events is JSON.
    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json | Self::EventStream => "application/json; charset=utf-8",
        })
    }
}

/// What was negotiated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accept {
    /// The form the client likes best; of equals, the one it names first.
    pub format: Format,
    /// Whether it also takes a stream of events. Some clients name every form they know and mean: JSON for queries, a
    /// stream for subscriptions.
    pub stream: bool,
}

/// Negotiates. `None` when the client takes nothing we have.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<Accept> {
    let mut best: Option<(Format, u16)> = None;
    let mut stream = false;
    let mut given = false;
    for value in headers.get_all(header::ACCEPT) {
        for range in value.to_str().ok()?.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let Some(name) = parts.next().filter(|name| !name.is_empty()) else {
                continue;
            };
            given = true;
            let Some(format) = format(name) else { continue };
            let Some(weight) = weight(parts) else { continue };
            stream |= format == Format::EventStream;
            if best.is_none_or(|(_, found)| weight > found) {
                best = Some((format, weight));
            }
        }
    }
    let format = match best {
        Some((format, _)) => format,
        None if given => return None,
        None => Format::Json,
    };
    Some(Accept { format, stream })
}

fn format(range: &str) -> Option<Format> {
    let is = |name: &str| range.eq_ignore_ascii_case(name);
    if is("application/graphql-response+json") {
        Some(Format::GraphqlResponse)
    } else if is("application/json") || is("*/*") || is("application/*") {
        Some(Format::Json)
    } else if is("text/event-stream") {
        Some(Format::EventStream)
    } else {
        None
    }
}

/// The weight in thousandths; `None` for a range that excludes, or that wants another charset than ours.
fn weight<'a>(parameters: impl Iterator<Item = &'a str>) -> Option<u16> {
    let mut weight = 1000;
    for parameter in parameters {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.trim().trim_matches('"');
        if name.trim().eq_ignore_ascii_case("q") {
            let quality: f32 = value.parse().ok().filter(|q| (0.0..=1.0).contains(q))?;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
            let thousandths = (quality * 1000.0) as u16;
            weight = thousandths;
        } else if name.trim().eq_ignore_ascii_case("charset") && !is_utf8(value) {
            return None;
        }
    }
    (weight > 0).then_some(weight)
}

/// Whether a body's `Content-Type` is `application/json`. Any other is refused: a browser sends the simple ones
/// (`text/plain`, forms, multipart) across origins without asking first.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    parts.next().is_some_and(|name| name.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.eq_ignore_ascii_case("charset") => is_utf8(value.trim_matches('"')),
            _ => true,
        })
}

fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::{Accept, Format, is_json, negotiate};

    fn accept(value: &'static str) -> Option<Accept> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(value));
        negotiate(&headers)
    }

    #[test]
    fn the_form_the_client_likes_best_wins() {
        use Format::{EventStream, GraphqlResponse, Json};
        for (value, format, stream) in [
            ("*/*", Json, false),
            ("application/*", Json, false),
            ("", Json, false),
            ("application/json", Json, false),
            ("application/graphql-response+json", GraphqlResponse, false),
            ("Application/GraphQL-Response+JSON; charset=UTF-8", GraphqlResponse, false),
            ("text/html, application/json;q=0.5, application/graphql-response+json;q=0.9", GraphqlResponse, false),
            ("application/json, application/graphql-response+json", Json, false),
            ("application/graphql-response+json;q=0, */*;q=0.1", Json, false),
            ("text/event-stream", EventStream, true),
            (
                "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
                GraphqlResponse,
                true,
            ),
        ] {
            assert_eq!(accept(value), Some(Accept { format, stream }), "{value}");
        }
        for value in
            ["text/html", "application/xml, image/*", "application/json;q=0", "application/json;charset=latin1"]
        {
            assert_eq!(accept(value), None, "{value}");
        }
        assert_eq!(negotiate(&HeaderMap::new()).map(|accept| accept.format), Some(Json));
    }

    #[test]
    fn only_json_in_utf8_is_a_body() {
        for (value, fits) in [
            ("application/json", true),
            ("application/json; charset=utf-8", true),
            ("application/JSON;charset=\"UTF-8\"", true),
            ("application/json; charset=utf-16", false),
            ("text/plain", false),
            ("text/plain; application/json", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=x", false),
            ("application/graphql", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
            assert_eq!(is_json(&headers), fits, "{value}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
