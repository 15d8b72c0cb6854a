//! GraphQL over HTTP: the list of what stock servers get wrong, point by point.

use std::time::Duration;

use async_graphql::parser::types::OperationType;
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{GRAPHQL, JSON, Server, digest, soon};
use crate::http::gate;

async fn post(server: &Server, accept: &str, body: Value) -> (u16, Value) {
    let response = Client::new().post(server.url()).header(ACCEPT, accept).json(&body).send().await.unwrap();
    read(response).await
}

async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    assert!(header(&response, "content-type").ends_with("json; charset=utf-8"));
    let body = response.text().await.unwrap();
    (status, serde_json::from_str(&body).expect(&body))
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[track_caller]
fn code(body: &Value) -> &str {
    assert!(body["errors"][0]["message"].is_string(), "{body}");
    assert!(body["errors"][0]["extensions"]["requestId"].is_string(), "{body}");
    body["errors"][0]["extensions"]["code"].as_str().unwrap()
}

#[tokio::test]
async fn the_media_type_is_negotiated() {
    let server = Server::start().await;
    for (accept, expected) in [
        (None, "application/json; charset=utf-8"),
        (Some("*/*"), "application/json; charset=utf-8"),
        (Some(JSON), "application/json; charset=utf-8"),
        (Some(GRAPHQL), "application/graphql-response+json; charset=utf-8"),
    ] {
        let mut request = Client::new().post(server.url()).json(&json!({"query": "{hello}"}));
        if let Some(accept) = accept {
            request = request.header(ACCEPT, accept);
        }
        let response = request.send().await.unwrap();
        assert_eq!(header(&response, "content-type"), expected);
        assert_eq!(response.status(), 200);
        assert_eq!(response.json::<Value>().await.unwrap()["data"]["hello"], "world");
    }
    let (status, body) = post(&server, "text/html", json!({"query": "{hello}"})).await;
    assert_eq!((status, code(&body)), (406, "NOT_ACCEPTABLE"));
}

#[tokio::test]
async fn errors_of_the_request_have_no_data_and_their_status() {
    let server = Server::start().await;
    for (body, expected) in [
        (json!({"query": "{"}), "GRAPHQL_PARSE_FAILED"),
        (json!({"query": "{nothing}"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "{hello{a}}"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "{...a}"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "query($a:Int){hello}"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "{hello @none}"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "{echo}"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "{echo(n:1,n:2)}"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "{a:echo(n:1) a:echo(n:2)}"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "{echo(n:\"x\")}"}), "BAD_USER_INPUT"),
        (json!({"query": "query($n:Int!){echo(n:$n)}"}), "BAD_USER_INPUT"),
        (json!({"query": "query($n:Int!){echo(n:$n)}", "variables": {"n": null}}), "BAD_USER_INPUT"),
        (json!({"query": "query($n:Int!){echo(n:$n)}", "variables": {"n": "x"}}), "BAD_USER_INPUT"),
        (json!({"query": "query A{hello} query B{hello}"}), "OPERATION_RESOLUTION_FAILURE"),
        (json!({"query": "query A{hello}", "operationName": "C"}), "OPERATION_RESOLUTION_FAILURE"),
        (json!({"query": gate::tests::bomb()}), "QUERY_TOO_COMPLEX"),
    ] {
        for (accept, expected_status) in [(JSON, 200), (GRAPHQL, 400)] {
            let (status, answer) = soon(post(&server, accept, body.clone())).await;
            assert_eq!((status, code(&answer)), (expected_status, expected), "{body} {answer}");
            assert!(answer.get("data").is_none(), "{answer}");
        }
    }
}

#[tokio::test]
async fn malformed_requests_are_400_whatever_the_media_type() {
    let server = Server::start().await;
    for body in [
        json!({"query": 7}),
        json!({}),
        json!({"query": "{hello}", "variables": []}),
        json!({"query": "{hello}", "operationName": 7}),
        json!({"query": "{hello}", "extensions": "x"}),
        json!([{"query": "{hello}"}]),
        json!("{hello}"),
        json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "xyz"}}}),
    ] {
        for accept in [JSON, GRAPHQL] {
            let (status, answer) = post(&server, accept, body.clone()).await;
            assert_eq!((status, code(&answer)), (400, "BAD_REQUEST"), "{body}");
            assert_eq!(answer["errors"][0]["extensions"]["retryable"], false, "{body}");
        }
    }
    let response =
        Client::new().post(server.url()).header(CONTENT_TYPE, JSON).body("{\"query\":").send().await.unwrap();
    let (status, answer) = read(response).await;
    assert_eq!((status, code(&answer)), (400, "BAD_REQUEST"));
    assert!(!answer.to_string().contains("InvalidRequest"));
    let (_, answer) = post(&server, JSON, json!([{"query": "{hello}"}])).await;
    assert!(answer.to_string().contains("Batching is not enabled"));
}

#[tokio::test]
async fn get_is_for_queries() {
    let server = Server::start().await;
    let client = Client::new();
    let get = |query: &str| client.get(format!("{}?{query}", server.url())).send();
    let (status, body) = read(get("query=%7Bhello%7D").await.unwrap()).await;
    assert_eq!((status, &body["data"]["hello"]), (200, &json!("world")));
    let (_, body) =
        read(get("query=query(%24n:Int!)%7Becho(n:%24n)%7D&variables=%7B%22n%22:3%7D").await.unwrap()).await;
    assert_eq!(body["data"]["echo"], 3);

    for accept in [JSON, GRAPHQL, "text/event-stream"] {
        let response = client
            .get(format!("{}?query=mutation%7Btouch%7D", server.url()))
            .header(ACCEPT, accept)
            .send()
            .await
            .unwrap();
        assert_eq!(header(&response, "allow"), "POST");
        let (status, body) = read(response).await;
        assert_eq!((status, code(&body)), (405, "METHOD_NOT_ALLOWED"));
    }
    let (status, body) = read(get("query=%7Bhello%7D&variables=7").await.unwrap()).await;
    assert_eq!((status, code(&body)), (400, "BAD_REQUEST"));
    assert!(server.seen().iter().all(|(_, operation)| operation.kind == OperationType::Query));
}

#[tokio::test]
async fn other_methods_and_content_types_are_refused() {
    let server = Server::start().await;
    let client = Client::new();
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"] {
        let response = client
            .request(method.parse().unwrap(), server.url())
            .header(CONTENT_TYPE, JSON)
            .body("{\"query\":\"{hello}\"}")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 405, "{method}");
        assert_eq!(response.headers()[ALLOW], "GET, POST");
    }
    for content_type in ["", "text/plain", "application/x-www-form-urlencoded", "application/graphql"] {
        let mut request = client.post(server.url()).body("{\"query\":\"mutation{touch}\"}");
        if !content_type.is_empty() {
            request = request.header(CONTENT_TYPE, content_type);
        }
        let (status, body) = read(request.send().await.unwrap()).await;
        assert_eq!((status, code(&body)), (415, "UNSUPPORTED_MEDIA_TYPE"), "{content_type}");
    }
    assert!(server.seen().is_empty());
    let elsewhere = client.get(format!("http://{}/x", server.address)).send().await.unwrap();
    assert_eq!(header(&elsewhere, "x-content-type-options"), "nosniff");
    let (status, body) = read(elsewhere).await;
    assert_eq!((status, code(&body)), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn bodies_are_limited_in_size_and_time() {
    let server = Server::with(|config| {
        config.body_bytes = 10_000;
        config.body_timeout = Duration::from_millis(50);
    })
    .await;
    let large = json!({"query": "{hello}", "variables": {"a": "x".repeat(10_000)}});
    let (status, body) = post(&server, JSON, large).await;
    assert_eq!((status, code(&body)), (413, "PAYLOAD_TOO_LARGE"));

    // Without a length: the limit holds while the body comes in.
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head =
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..3 {
        let chunk = format!("{:x}\r\n{}\r\n", 5_000, " ".repeat(5_000));
        stream.write_all(chunk.as_bytes()).await.unwrap();
    }
    assert!(status_line(&mut stream).await.contains("413"));

    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(status_line(&mut stream).await.contains("408"));
}

async fn status_line(stream: &mut TcpStream) -> String {
    let mut answer = vec![0; 12];
    soon(stream.read_exact(&mut answer)).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    let server = Server::with(|config| config.execution_timeout = Duration::from_millis(50)).await;
    let (status, body) = soon(post(&server, JSON, json!({"query": "{never}"}))).await;
    assert_eq!((status, code(&body)), (504, "TIMEOUT"));
    assert_eq!(body["errors"][0]["extensions"]["retryable"], true);
    let (_, body) = soon(post(&server, JSON, json!({"query": "mutation{stall}"}))).await;
    assert!(body.to_string().contains("may or may not have taken effect"));
}

#[tokio::test]
async fn internal_text_is_masked_and_panics_are_answered() {
    let server = Server::start().await;
    for query in ["{leak}", "{parse}"] {
        let (status, body) = post(&server, GRAPHQL, json!({ "query": query })).await;
        assert_eq!((status, code(&body)), (200, "INTERNAL_SERVER_ERROR"));
        assert_eq!(body["errors"][0]["message"], "Internal error");
        assert!(body["errors"][0]["path"].is_array() && body.get("data").is_some());
    }
    let (_, body) = post(&server, JSON, json!({"query": "{coded}"})).await;
    assert_eq!((code(&body), &body["errors"][0]["message"]), ("NOT_FOUND", &json!("No such row")));

    let client = Client::new();
    for (query, token) in [("{boom}", ""), ("{hello}", "Bearer boom")] {
        let request = client.post(server.url()).header("authorization", token);
        let response = request.json(&json!({ "query": query })).send().await.unwrap();
        let (status, body) = read(response).await;
        assert_eq!((status, code(&body)), (500, "INTERNAL_SERVER_ERROR"));
        assert!(!body.to_string().contains("secret"));
    }
}

#[tokio::test]
async fn failures_of_the_product_have_their_status() {
    let server = Server::start().await;
    for (token, accept, status, expected) in [
        ("Bearer bad", GRAPHQL, 401, "UNAUTHENTICATED"),
        ("Bearer bad", JSON, 200, "UNAUTHENTICATED"),
        ("Bearer busy", GRAPHQL, 429, "RATE_LIMITED"),
        ("Bearer busy", JSON, 429, "RATE_LIMITED"),
        ("Bearer down", GRAPHQL, 503, "UNAVAILABLE"),
        ("Bearer down", JSON, 503, "UNAVAILABLE"),
    ] {
        let response = Client::new()
            .post(server.url())
            .header(ACCEPT, accept)
            .header("authorization", token)
            .json(&json!({"query": "{hello}"}))
            .send()
            .await
            .unwrap();
        let wait = header(&response, "retry-after").to_owned();
        let (found, body) = read(response).await;
        assert_eq!((found, code(&body)), (status, expected));
        assert_eq!(wait == "2", expected == "RATE_LIMITED");
    }
}

#[tokio::test]
async fn every_answer_has_an_id_and_the_security_headers() {
    let server = Server::start().await;
    let client = Client::new();
    let send = |id: &'static str| {
        client.post(server.url()).header("x-request-id", id).json(&json!({"query": "{nothing}"})).send()
    };
    for (given, kept) in [("abc-1._Z", true), ("a b", false), ("a\"b", false), ("", false)] {
        let response = send(given).await.unwrap();
        let id = header(&response, "x-request-id").to_owned();
        assert_eq!(id == given, kept, "{id}");
        assert_eq!(header(&response, "cache-control"), "no-store");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        let (_, body) = read(response).await;
        assert_eq!(body["errors"][0]["extensions"]["requestId"], id);
    }
    let response = client.put(server.url()).send().await.unwrap();
    assert_eq!(header(&response, "x-request-id").len(), 24);
}

#[tokio::test]
async fn only_listed_origins_may_read() {
    let server = Server::start().await;
    for (origin, allowed) in [("https://desk.test", true), ("https://evil.test", false), ("null", false)] {
        let preflight = Client::new()
            .request(reqwest::Method::OPTIONS, server.url())
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .send()
            .await
            .unwrap();
        assert_eq!(preflight.status(), 204);
        let answer = Client::new()
            .post(server.url())
            .header("origin", origin)
            .json(&json!({"query": "{hello}"}))
            .send()
            .await
            .unwrap();
        for response in [preflight, answer] {
            let expected = if allowed { origin } else { "" };
            assert_eq!(header(&response, "access-control-allow-origin"), expected);
            assert_eq!(header(&response, "access-control-allow-credentials"), "");
            assert_eq!(header(&response, "vary"), "Origin");
        }
    }
}

#[tokio::test]
async fn the_product_learns_who_asks_and_what() {
    let server = Server::start().await;
    let send = |variables: &'static str, key: &'static str| {
        Client::new()
            .post(server.url())
            .header(CONTENT_TYPE, JSON)
            .header("x-tenant", "acme")
            .header("idempotency-key", key)
            .header("user-agent", "u".repeat(1_000))
            .header("x-forwarded-for", "6.6.6.6")
            .body(format!("{{\"query\":\"mutation M($a:Int,$b:JSON){{touch(by:$a)}}\",\"variables\":{variables}}}"))
            .send()
    };
    send(r#"{"a":1,"b":{"x":1,"y":2}}"#, "k").await.unwrap();
    send(r#"{"b":{"y":2,"x":1},"a":1}"#, "k").await.unwrap();
    send(r#"{"b":{"y":2,"x":1},"a":2}"#, "k").await.unwrap();
    let seen = server.seen();
    let (peer, operation) = &seen[0];
    assert_eq!(peer.tenant.as_deref(), Some("acme"));
    assert_eq!(peer.idempotency_key.as_deref(), Some("k"));
    assert_eq!(peer.user_agent.as_ref().map(String::len), Some(512));
    assert_eq!(peer.host, Some(server.address.to_string()));
    assert_eq!(peer.address, server.address.ip());
    assert_eq!(operation.name.as_deref(), Some("M"));
    let hashes = seen.iter().map(|(_, operation)| operation.body_hash.unwrap()).collect::<Vec<_>>();
    assert_eq!(hashes[0], hashes[1]);
    assert_ne!(hashes[0], hashes[2]);
    let response = send("{}", "no spaces please").await.unwrap();
    assert_eq!(response.status(), 400);
}

#[tokio::test]
async fn the_product_may_add_headers_and_the_cost_is_told() {
    let server = Server::start().await;
    let body = json!({"query": "query($n:Int){rows(first:$n){nodes{id}}}", "variables": {"n": 10}});
    let response = Client::new().post(server.url()).json(&body).send().await.unwrap();
    assert_eq!(header(&response, "x-ratelimit-remaining"), "7");
    let (_, body) = read(response).await;
    assert_eq!(body["extensions"]["cost"], json!({"requested": 21, "limit": 10_000}));
    let wide = format!("query($n:Int){{rows(first:$n){{nodes{{{}}}}}}}", "id ".repeat(150));
    let (_, body) = post(&server, JSON, json!({"query": wide, "variables": {"n": 100}})).await;
    assert_eq!(code(&body), "QUERY_TOO_COMPLEX");
    assert_eq!(body["errors"][0]["extensions"]["cost"], json!({"requested": 15_101, "limit": 10_000}));
}

#[tokio::test]
async fn queries_can_be_persisted() {
    let server = Server::start().await;
    let hash = |text: &str| digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let extensions = |text: &str| json!({"persistedQuery": {"version": 1, "sha256Hash": hash(text)}});
    let by_hash = json!({"extensions": extensions("{hello}")});
    let (status, body) = post(&server, JSON, by_hash.clone()).await;
    assert_eq!((status, code(&body)), (200, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(body["errors"][0]["message"], "PersistedQueryNotFound");
    let wrong = json!({"query": "{rows{nodes{id}}}", "extensions": extensions("{hello}")});
    let (_, body) = post(&server, JSON, wrong).await;
    assert_eq!(code(&body), "BAD_USER_INPUT");
    let both = json!({"query": "{hello}", "extensions": extensions("{hello}")});
    for request in [both.clone(), by_hash.clone(), both, by_hash] {
        let (_, body) = post(&server, JSON, request).await;
        assert_eq!(body["data"]["hello"], "world");
    }
    let (_, body) = post(&server, JSON, json!({"extensions": extensions("{")})).await;
    assert_eq!(code(&body), "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn introspection_works_and_subscriptions_need_a_stream() {
    let server = Server::start().await;
    let query = include_str!("introspection.graphql").replace("specifiedByURL\n  isOneOf", "specifiedByURL");
    let (status, body) = post(&server, GRAPHQL, json!({ "query": query })).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["data"]["__schema"]["queryType"]["name"], "Query");
    let (status, body) = post(&server, JSON, json!({"query": "subscription{silence}"})).await;
    assert_eq!((status, code(&body)), (406, "NOT_ACCEPTABLE"));
}
