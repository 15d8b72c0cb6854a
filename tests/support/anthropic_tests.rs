use serde_json::{Value, json};

use super::{Anthropic, MODEL};

fn good() -> Value {
    json!({ "model": MODEL, "max_tokens": 10, "messages": [{ "role": "user", "content": "Hello" }] })
}

fn with(field: &str, value: Value) -> String {
    let mut body = good();
    body[field] = value;
    body.to_string()
}

fn without(field: &str) -> String {
    let mut body = good();
    body.as_object_mut().expect("an object").remove(field);
    body.to_string()
}

/// It refuses what the real one refuses, with the same status and type.
#[tokio::test]
async fn what_the_real_one_refuses_is_refused() {
    let api = Anthropic::start().await;
    let (key, version, json) =
        (("x-api-key", api.key.as_str()), ("anthropic-version", "2023-06-01"), ("content-type", "application/json"));
    let all = [key, version, json];
    assert_eq!(api.ask(&all, &good().to_string()).await, (200, String::new()));
    for (headers, code) in
        [(&[version, json][..], 401), (&[("x-api-key", "other"), version, json], 401), (&[key, json], 400)]
    {
        assert_eq!(api.ask(headers, &good().to_string()).await.0, code, "{headers:?}");
    }
    let message = |role: &str, content: Value| json!({ "role": role, "content": content });
    let hello = || json!("Hello");
    let invalid = (400, "invalid_request_error".to_owned());
    for body in [
        without("model"),
        without("max_tokens"),
        without("messages"),
        with("max_tokens", json!(0)),
        with("max_tokens", json!(1_000_000)),
        with("messages", json!([])),
        with("messages", json!([message("assistant", hello())])),
        with("messages", json!([message("user", hello()), message("user", hello())])),
        with("messages", json!([message("user", json!(""))])),
        with("messages", json!([message("user", json!([]))])),
        with("messages", json!([message("user", json!([{ "type": "text", "text": " " }]))])),
        with("messages", json!([message("user", json!([{ "type": "spell", "text": "x" }]))])),
        with("messages", json!([message("user", json!("x".repeat(1_000_000)))])),
        with("documents", json!([])),
        "nothing".to_owned(),
    ] {
        assert_eq!(api.ask(&all, &body).await, invalid, "{body:.100}");
    }
    assert_eq!(api.ask(&all, &with("model", json!("claude-nobody"))).await, (404, "not_found_error".to_owned()));
}
