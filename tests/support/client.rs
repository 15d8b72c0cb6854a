//! A GraphQL client over HTTP, for asserting on whole answers.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use super::form;
use super::sse::Sse;
use super::{PATIENCE, secrets};

/// Asks one server. The settings return a client that differs in them; both share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    headers: HeaderMap,
}

impl Client {
    /// A client that is nobody yet.
    pub fn new(base: &str) -> Self {
        // A connection that rests is given up before the server does so (10 s): a request on one that is just being closed
        // is lost.
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).pool_idle_timeout(Duration::from_secs(5));
        // The servers speak plain HTTP; reading all authorities of the world takes longer than asking one of them.
        let http = http.tls_certs_only([]).build().expect("a client");
        Self { http, base: base.trim_end_matches('/').to_owned(), headers: HeaderMap::new() }
    }

    /// With `Authorization: Bearer …`: an access token or an API key.
    pub fn bearer(&self, token: &str) -> Self {
        secrets::used(&self.base, token);
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// Without `Authorization`.
    pub fn nobody(&self) -> Self {
        let mut other = self.clone();
        other.headers.remove(AUTHORIZATION);
        other
    }

    /// With `X-Tenant: slug`.
    pub fn tenant(&self, slug: &str) -> Self {
        self.header("x-tenant", slug)
    }

    /// With `Idempotency-Key`.
    pub fn idempotency_key(&self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With this header instead of any of its name.
    pub fn header(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        let name = HeaderName::from_bytes(name.as_bytes()).expect("the name of a header");
        other.headers.insert(name, HeaderValue::from_str(value).expect("the value of a header"));
        other
    }

    /// The server's base.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Runs an operation; panics when the server does not answer.
    pub async fn run(&self, query: &str, variables: Value) -> Answer {
        match self.try_run(query, variables).await {
            Ok(answer) => answer,
            Err(error) => panic!("no answer to {query}\n{error:?}"),
        }
    }

    /// Runs an operation on a server that may die meanwhile: no answer means that nobody knows.
    pub async fn try_run(&self, query: &str, variables: Value) -> reqwest::Result<Answer> {
        self.try_post(json!({ "query": query, "variables": variables })).await
    }

    /// Posts a GraphQL request as it stands: with an operationName, extensions, or as a batch.
    pub async fn post(&self, request: Value) -> Answer {
        let asked = request.to_string();
        match self.try_post(request).await {
            Ok(answer) => answer,
            Err(error) => panic!("no answer to {asked}\n{error:?}"),
        }
    }

    async fn try_post(&self, mut request: Value) -> reqwest::Result<Answer> {
        secrets::told(&self.base, &request);
        let files = form::take_files(&mut request);
        let asked = request.to_string();
        let posted = if files.is_empty() {
            self.request(Method::POST, "/graphql").body(asked.clone()).send().await?
        } else {
            self.form(form::body(&asked, &files)).send().await?
        };
        let answer = Answer::read(asked, posted).await?;
        secrets::told(&self.base, &answer.json["data"]);
        Ok(answer)
    }

    /// Sends this body as it is to a path, with the client's headers; JSON unless a content-type header says otherwise.
    pub async fn send(&self, method: Method, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        let asked = format!("{method} {path}");
        let sent = self.request(method, path).body(body).send().await;
        Answer::read(asked, sent.expect("an answer")).await.expect("a whole answer")
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "").await
    }

    /// A multipart request with this body.
    pub fn form(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        let ours = self.header(CONTENT_TYPE.as_str(), form::TYPE).header("graphql-require-preflight", "1");
        ours.request(Method::POST, "/graphql").body(body)
    }

    /// Sends a request that was finished by hand.
    pub async fn finish(&self, request: RequestBuilder) -> Answer {
        Answer::read("a request".to_owned(), request.send().await.expect("an answer")).await.expect("a whole answer")
    }

    /// Subscribes by server-sent events.
    pub async fn stream(&self, query: &str, variables: Value) -> Sse {
        let request = json!({ "query": query, "variables": variables });
        secrets::told(&self.base, &request);
        let asked = request.to_string();
        let ours = self.header(ACCEPT.as_str(), "text/event-stream");
        // Streams outlive the time that an answer may take.
        let sent = ours.request(Method::POST, "/graphql").timeout(Duration::from_hours(1)).body(asked).send().await;
        Sse::new(sent.expect("an answer")).await
    }

    /// A request with the client's headers, to be finished by hand. It is JSON where no header says otherwise.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut headers = self.headers.clone();
        for (name, value) in
            [(CONTENT_TYPE, "application/json"), (ACCEPT, "application/graphql-response+json, */*;q=0.5")]
        {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        self.http.request(method, format!("{}{path}", self.base)).headers(headers)
    }
}

/// What came back. Its readers panic with all of it when it is not what the test takes it for.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The HTTP headers.
    pub headers: HeaderMap,
    /// The body as JSON; null where it is none.
    pub json: Value,
    /// The body as text.
    pub text: String,
    asked: String,
}

/// One entry of a payload's `errors`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserError {
    /// The code, where the operation asked for it.
    pub code: String,
    /// The message, where the operation asked for it.
    pub message: String,
    /// The path, joined by dots, where the operation asked for it.
    pub path: String,
}

impl Answer {
    async fn read(asked: String, response: Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Self { status, headers, json, text, asked })
    }

    /// The value at a dotted path below `data`, such as `messages.nodes.0.id`; null counts as a value.
    #[track_caller]
    pub fn data(&self, path: &str) -> &Value {
        let mut value = &self.json["data"];
        for step in path.split('.').filter(|step| !step.is_empty()) {
            let next = match value {
                Value::Array(items) => step.parse::<usize>().ok().and_then(|index| items.get(index)),
                _ => value.get(step),
            };
            value = next.unwrap_or_else(|| self.fail(&format!("no {step:?} of {path:?} in the data")));
        }
        value
    }

    /// The string at a path below `data`.
    #[track_caller]
    pub fn string(&self, path: &str) -> String {
        match self.data(path) {
            Value::String(string) => string.clone(),
            _ => self.fail(&format!("{path:?} is no string")),
        }
    }

    /// The items of the list at a path below `data`.
    #[track_caller]
    pub fn list(&self, path: &str) -> &[Value] {
        self.data(path).as_array().unwrap_or_else(|| self.fail(&format!("{path:?} is no list")))
    }

    /// Panics unless the status is 200 and there are no errors, the payloads' own included.
    #[track_caller]
    pub fn ok(self) -> Self {
        if self.status != 200 || !self.json["data"].is_object() || !self.errors().is_empty() {
            self.fail("this should have gone well");
        }
        for (field, payload) in self.json["data"].as_object().into_iter().flatten() {
            if payload["errors"].as_array().is_some_and(|errors| !errors.is_empty()) {
                self.fail(&format!("{field} should have gone well"));
            }
        }
        self
    }

    /// The top-level errors; empty where there are none.
    pub fn errors(&self) -> &[Value] {
        self.json["errors"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The code of the one top-level error.
    #[track_caller]
    pub fn error_code(&self) -> &str {
        match self.errors() {
            [error] => error["extensions"]["code"].as_str().unwrap_or_else(|| self.fail("the error has no code")),
            errors => self.fail(&format!("one error expected, not {}", errors.len())),
        }
    }

    /// What a mutation's payload says that a person can correct; empty when it went well.
    #[track_caller]
    pub fn user_errors(&self, mutation: &str) -> Vec<UserError> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let errors = self.list(&format!("{mutation}.errors")).iter().map(|error| UserError {
            code: text(&error["code"]),
            message: text(&error["message"]),
            path: error["path"].as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join("."),
        });
        errors.collect()
    }

    /// The value of an HTTP header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[track_caller]
    fn fail(&self, why: &str) -> ! {
        panic!("{why}\n{self}")
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "asked:  {}\nstatus: {}", self.asked, self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        if self.json.is_null() { write!(f, "{}", self.text) } else { write!(f, "{:#}", self.json) }
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
