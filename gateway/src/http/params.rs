//! The parameters of a GraphQL request, from a JSON body, a query string or a WebSocket payload, strictly typed.
//!
//! <https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters>

use async_graphql::{Value as ConstValue, Variables};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::uploads::Uploads;

/// What a client asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Params {
    /// The document; may be absent where `extensions.persistedQuery` names one.
    pub query: Option<String>,
    /// Which of its operations.
    pub operation_name: Option<String>,
    variables: Option<Variables>,
    extensions: Option<Map<String, Value>>,
    /// Files that came with it.
    #[serde(skip)]
    pub uploads: Uploads,
}

impl Params {
    /// From a JSON text.
    ///
    /// # Errors
    /// What is wrong with it, in words for the client.
    pub fn from_json(body: &[u8]) -> Result<Self, String> {
        // Serde reads a struct from an array too, so arrays are told apart first.
        match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'[') => Err("Batching is not enabled: send one operation a request".to_owned()),
            Some(b'{') => serde_json::from_slice(body).map_err(|error| explain(body, &error)),
            _ => Err("The body must be a JSON object".to_owned()),
        }
    }

    /// From the query string of a URL.
    ///
    /// # Errors
    /// What is wrong with it, in words for the client.
    pub fn from_query(query: &str) -> Result<Self, String> {
        let mut params = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let twice = match &*name {
                "query" => params.query.replace(value.into_owned()).is_some(),
                // The form of a URL knows no null: an empty name is none.
                "operationName" if value.is_empty() => false,
                "operationName" => params.operation_name.replace(value.into_owned()).is_some(),
                "variables" => replace(&mut params.variables, &name, &value)?,
                "extensions" => replace(&mut params.extensions, &name, &value)?,
                _ => false,
            };
            if twice {
                return Err(format!("The parameter `{name}` is given twice"));
            }
        }
        Ok(params)
    }

    /// Puts the mark of a file where it belongs: at a path such as `variables.input.file`, which holds null until then.
    ///
    /// # Errors
    /// When there is no such place.
    pub fn mark(&mut self, path: &str, mark: String) -> Result<(), String> {
        let place = || {
            format!(
                "There is no place for a file at `{}`: it must be a variable that is null",
                path.chars().take(100).collect::<String>()
            )
        };
        let mut steps = path.split('.');
        let (Some("variables"), Some(first)) = (steps.next(), steps.next()) else { return Err(place()) };
        let mut at = self.variables.as_mut().and_then(|all| all.get_mut(first)).ok_or_else(place)?;
        for step in steps {
            let next = match at {
                ConstValue::Object(fields) => fields.get_mut(step),
                ConstValue::List(items) => step.parse::<usize>().ok().and_then(|index| items.get_mut(index)),
                _ => None,
            };
            at = next.ok_or_else(place)?;
        }
        if *at != ConstValue::Null {
            return Err(place());
        }
        *at = ConstValue::String(mark);
        Ok(())
    }

    /// Takes the variables out.
    pub fn take_variables(&mut self) -> Variables {
        self.variables.take().unwrap_or_default()
    }

    /// The hash of `extensions.persistedQuery` (Apollo's automatic persisted queries, version 1), where there is one.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn persisted(&self) -> Result<Option<[u8; 32]>, String> {
        let Some(persisted) = self.extension("persistedQuery") else {
            return Ok(None);
        };
        let hash = persisted.get("sha256Hash").and_then(Value::as_str);
        match (persisted.get("version").and_then(Value::as_u64), hash.and_then(unhex)) {
            (Some(1), Some(hash)) => Ok(Some(hash)),
            _ => Err("Invalid `extensions.persistedQuery`: version 1 and a SHA-256 in hex are expected".to_owned()),
        }
    }

    /// `extensions.idempotencyKey`.
    ///
    /// # Errors
    /// When it is not a valid key.
    pub fn take_idempotency_key(&mut self) -> Result<Option<String>, String> {
        match self.extension("idempotencyKey") {
            None => Ok(None),
            Some(Value::String(key)) if is_key(key) => Ok(Some(key.clone())),
            Some(_) => Err(format!("`extensions.idempotencyKey` must be {KEY}")),
        }
    }

    fn extension(&self, name: &str) -> Option<&Value> {
        let value = self.extensions.as_ref()?.get(name)?;
        (!value.is_null()).then_some(value)
    }
}

/// What an idempotency key is, for messages.
pub(super) const KEY: &str = "a string of 1 to 255 visible ASCII characters";

/// Whether a text may be an idempotency key.
pub(super) fn is_key(key: &str) -> bool {
    (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

fn replace<T: for<'de> Deserialize<'de>>(slot: &mut Option<T>, name: &str, value: &str) -> Result<bool, String> {
    if value.is_empty() {
        return Ok(false);
    }
    let parsed: Option<T> =
        serde_json::from_str(value).map_err(|_| format!("The parameter `{name}` must be a JSON object"))?;
    Ok(match parsed {
        Some(parsed) => slot.replace(parsed).is_some(),
        None => false,
    })
}

/// Says what is wrong with a body, in GraphQL's words where they fit. Not on the hot path, so a second look is fine.
fn explain(body: &[u8], error: &serde_json::Error) -> String {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
        return format!("The body is not valid JSON: {error}");
    };
    for (name, expected) in [
        ("query", "a string"),
        ("operationName", "a string or null"),
        ("variables", "an object or null"),
        ("extensions", "an object or null"),
    ] {
        let fits = match body.get(name) {
            None | Some(Value::Null) => true,
            Some(Value::String(_)) => expected.starts_with("a string"),
            Some(Value::Object(_)) => expected.starts_with("an object"),
            Some(_) => false,
        };
        if !fits {
            return format!("The parameter `{name}` must be {expected}");
        }
    }
    format!("The body is not a GraphQL request: {error}")
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    let mut bytes = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn every_parameter_has_its_type() {
        for body in [
            r#"{"query":1}"#,
            r#"{"query":["a"]}"#,
            r#"{"query":"{a}","operationName":1}"#,
            r#"{"query":"{a}","variables":"{}"}"#,
            r#"{"query":"{a}","variables":[]}"#,
            r#"{"query":"{a}","extensions":7}"#,
            r#"{"query":"{a}","extensions":[]}"#,
        ] {
            let error = Params::from_json(body.as_bytes()).unwrap_err();
            assert!(error.starts_with("The parameter `"), "{body}: {error}");
        }
        for body in [
            r#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#,
            r#" {"query":"{a}","variables":{"a":{"b":[1]}},"extensions":{},"more":1}"#,
        ] {
            Params::from_json(body.as_bytes()).unwrap();
        }
    }

    #[test]
    fn what_is_not_json_is_told_in_words() {
        for body in [&b"{"[..], b"{\"query\":\"\xff\"}", b"", b"null", b"7", b"{} {}"] {
            let error = Params::from_json(body).unwrap_err();
            assert!(error.starts_with("The body "), "{error}");
            assert!(!error.contains("BatchRequest") && !error.contains("untagged"));
        }
        assert!(Params::from_json(b" [{}]").unwrap_err().contains("Batching"));
    }

    #[test]
    fn a_query_string_has_the_same_parameters() {
        let mut params =
            Params::from_query("query=%7Ba%7D&operationName=&variables=%7B%22a%22%3A1%7D&extensions=null").unwrap();
        assert_eq!(params.query.as_deref(), Some("{a}"));
        assert_eq!(params.operation_name, None);
        assert_eq!(params.take_variables().len(), 1);
        Params::from_query("query=a&query=b").unwrap_err();
        Params::from_query("query=a&variables=1").unwrap_err();
        Params::from_query("query=a&variables=[]").unwrap_err();
    }
}
