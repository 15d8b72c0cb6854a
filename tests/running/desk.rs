//! The few things that these stories do at the desk itself.

use serde_json::{Value, json};

use crate::support::{Client, PATIENCE, Server, until};

/// A visitor writes.
pub const SUBMIT: &str = "mutation Submit($input: SubmitMessageInput!) { submitMessage(input: $input) { receipt { messageId } errors { message } } }";

/// Staff reply.
pub const REPLY: &str = "mutation Reply($input: ReplyToMessageInput!) { \
     replyToMessage(input: $input) { reply { id } errors { message } } }";

const SIGN_IN: &str = "mutation SignIn($email: String!, $password: String!) { \
     signIn(input: { email: $email, password: $password }) { session { accessToken } errors { message } } }";

/// A client of a server's tenant, signed in.
pub async fn enter(client: &Client, email: &str, password: &str) -> Client {
    client.bearer(&token(client, email, password).await)
}

/// An access token.
pub async fn token(client: &Client, email: &str, password: &str) -> String {
    let answer = client.run(SIGN_IN, json!({ "email": email, "password": password })).await.ok();
    answer.string("signIn.session.accessToken")
}

/// Variables of [`SUBMIT`].
pub fn submission(content: &str) -> Value {
    json!({ "input": { "name": "Vera Visitor", "email": "vera@example.com", "content": content } })
}

/// A visitor writes this; returns the message's id.
pub async fn submit(client: &Client, content: &str) -> String {
    client.run(SUBMIT, submission(content)).await.ok().string("submitMessage.receipt.messageId")
}

/// The texts of all messages that a client sees, newest first; at most 100.
pub async fn messages(client: &Client) -> Vec<String> {
    let answer = client.run("query Texts { messages(first: 100) { nodes { content } } }", Value::Null).await.ok();
    answer.list("messages.nodes").iter().map(|node| node["content"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The sum of a metric's lines that contain all of these parts; none where there is no such line.
pub async fn metric(server: &Server, parts: &[&str]) -> Option<f64> {
    let scraped = Client::new(server.base()).get("/metrics").await.text;
    let lines = scraped.lines().filter(|line| !line.starts_with('#') && parts.iter().all(|part| line.contains(part)));
    lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).reduce(|a, b| a + b)
}

/// Waits until every read that was answered is on record.
pub async fn on_record(server: &Server) {
    until("what was read is on record", PATIENCE, async || {
        let waiting = metric(server, &["frontdesk_reads_waiting"]).await.unwrap_or_default();
        (waiting == 0.0).then_some(())
    })
    .await;
}

/// What the error of an answer says without what differs from request to request.
pub fn forgotten(mut answer: Value) -> Value {
    for error in answer["errors"].as_array_mut().into_iter().flatten() {
        if let Some(extensions) = error["extensions"].as_object_mut() {
            extensions.remove("requestId");
        }
    }
    answer
}
