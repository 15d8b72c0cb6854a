//! The transports as hostile and as particular clients meet them, on the real server.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::harness::{Harness, PASSWORD, Things, session, sign_in};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Client, Options, Smtp, Socket, both};

const SOON: Duration = Duration::from_secs(30);

/// Ten fragments, each spreading the next eight times: 8^10 fields from 800 bytes.
fn bomb() -> String {
    let mut text = String::from("query{...h0}");
    for level in 0..10 {
        let spread = format!("...h{} ", level + 1).repeat(8);
        let _ = write!(text, "fragment h{level} on Query{{{spread}}}");
    }
    text + "fragment h10 on Query{__typename}"
}

/// The fastest of a few, in a machine that does other things too.
async fn fastest(mut once: impl AsyncFnMut()) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let started = Instant::now();
        once().await;
        best = best.min(started.elapsed());
    }
    best
}

both! {
    /// The document that stops a stock server is refused in a moment, on HTTP, on a socket and as a stream.
    async fn the_fragment_bomb_is_refused_in_a_moment(backend) {
        let stand = Harness::start(backend).await;
        let client = Client::new(stand.server.base());
        let bomb = bomb();
        assert!(bomb.len() < 1_000);
        let over_http =
            fastest(async || assert_eq!(client.run(&bomb, Value::Null).await.error_code(), "QUERY_TOO_COMPLEX")).await;
        let mut socket = Socket::connect(stand.server.base(), None).await;
        let mut id = 0;
        let over_ws = fastest(async || {
            id += 1;
            socket.subscribe(&id.to_string(), &bomb, Value::Null).await;
            let frame = socket.next(SOON).await;
            assert_eq!(
                (frame.kind.as_str(), &frame.payload[0]["extensions"]["code"]),
                ("error", &json!("QUERY_TOO_COMPLEX"))
            );
        })
        .await;
        let streaming = client.header("accept", "text/event-stream");
        let over_sse =
            fastest(async || assert!(streaming.run(&bomb, Value::Null).await.text.contains("QUERY_TOO_COMPLEX"))).await;
        for took in [over_http, over_ws, over_sse] {
            assert!(took < Duration::from_millis(100), "{over_http:?} {over_ws:?} {over_sse:?}");
        }
        client.run("{ viewer { tenant { slug } } }", Value::Null).await.ok();
    }

    /// What is no JSON body is not read, what asks for something else is told so, and a GET changes nothing.
    async fn media_types_and_methods_are_minded(backend) {
        let stand = Harness::start(backend).await;
        let client = Client::new(stand.server.base());
        let body = r#"{"query":"{ viewer { tenant { slug } } }"}"#;
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-16",
            "application/graphql",
        ] {
            let answer = client.header("content-type", kind).send(Method::POST, "/graphql", body).await;
            assert_eq!(answer.status, 415, "{kind}: {answer}");
        }
        for (accept, kind) in [
            ("application/graphql-response+json", "application/graphql-response+json; charset=utf-8"),
            ("application/json", "application/json; charset=utf-8"),
            ("*/*", "application/json; charset=utf-8"),
        ] {
            let answer = client.header("accept", accept).send(Method::POST, "/graphql", body).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, kind));
        }
        assert_eq!(client.header("accept", "text/html").send(Method::POST, "/graphql", body).await.status, 406);
        for method in [Method::PUT, Method::DELETE, Method::PATCH] {
            let answer = client.send(method, "/graphql", body).await;
            assert_eq!(answer.status, 405);
            assert!(answer.header("allow").contains("POST"));
        }
        let read = client.get("/graphql?query=%7B__typename%7D").await;
        assert_eq!((read.status, read.string("__typename")), (200, "Query".to_owned()));
        let write = client.get("/graphql?query=mutation%7BsignOut%7Berrors%7Bcode%7D%7D%7D").await;
        assert_eq!(write.status, 405, "{write}");
        let long = format!(r#"{{"query":"{{ __typename }}","variables":{{"x":"{}"}}}}"#, "x".repeat(2 * 1024 * 1024));
        assert_eq!(client.send(Method::POST, "/graphql", long).await.status, 413);
        let batch = client.send(Method::POST, "/graphql", format!("[{body},{body}]")).await;
        assert_eq!(batch.status, 400, "batches are off");
    }

    /// Pages of listed origins may read answers; others get none of the headers, and no socket.
    async fn other_origins_are_kept_out(backend) {
        let stand =
            Harness::start_with(backend, Options::new().env("FRONTDESK_CORS_ORIGINS", "https://desk.example.com")).await;
        let client = Client::new(stand.server.base());
        for (origin, allowed) in
            [("https://desk.example.com", "https://desk.example.com"), ("https://evil.example.com", ""), ("null", "")]
        {
            let ours = client.header("origin", origin);
            let answer = ours.run("{ __typename }", Value::Null).await;
            assert_eq!(answer.header("access-control-allow-origin"), allowed);
            assert_eq!(answer.header("access-control-allow-credentials"), "");
            let asked = ours
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "content-type");
            let preflight = asked.send(Method::OPTIONS, "/graphql", "").await;
            assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, allowed));
            assert_eq!(preflight.header("access-control-allow-methods").is_empty(), allowed.is_empty());
            let socket = Socket::try_open(stand.server.base(), &[("origin", origin)]).await;
            assert_eq!(socket.is_ok(), !allowed.is_empty(), "{origin}");
        }
        let own = stand.server.base().to_owned();
        Socket::open(&own, &[("origin", &own)]).await;
    }

    /// A legal request id comes back and stands in the audit trail; another is replaced.
    async fn request_ids_are_echoed(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let status =
            "mutation($id: ID!) { setMessageStatus(input: { messageId: $id, status: ARCHIVED }) { errors { code } } }";
        let named = home.admin.header("x-request-id", "story-42").run(status, json!({ "id": own.message })).await.ok();
        assert_eq!(named.header("x-request-id"), "story-42");
        let row = home.admin.run("{ auditLogs(first: 1) { nodes { requestId } } }", Value::Null).await.ok();
        assert_eq!(row.string("auditLogs.nodes.0.requestId"), "story-42");
        let refused =
            home.visitor.header("x-request-id", "story-43").run("{ messages { totalCount } }", Value::Null).await;
        assert_eq!(refused.errors()[0]["extensions"]["requestId"], "story-43");
        for bad in ["a b", "<script>", &"x".repeat(129)] {
            let answer = home.visitor.header("x-request-id", bad).get("/healthz").await;
            assert!(answer.header("x-request-id") != bad && !answer.header("x-request-id").is_empty());
        }
    }

    /// A subscription by server-sent events tells what happens, and a query is answered as a stream of one.
    async fn events_are_streamed(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let follow = "subscription { inboxEvents(after: \"0\") { __typename sequence ... on MessageReceived { message \
            { id } } } }";
        let mut stream = home.admin.stream(follow, Value::Null).await;
        let message = super::harness::write(&home, "Ada", "ada@example.com", "Hello").await;
        let event = stream.next(SOON).await.expect("an event");
        assert_eq!(
            (event.event.as_str(), &event.json()["data"]["inboxEvents"]["message"]["id"]),
            ("next", &json!(message))
        );
        let mut once = home.admin.stream("{ __typename }", Value::Null).await;
        assert_eq!(
            once.next(SOON).await.expect("an answer").json(),
            json!({ "data": { "__typename": "Query" }, "extensions": once_extensions() })
        );
        assert_eq!(once.next(SOON).await.expect("the end").event, "complete");
        assert_eq!(once.next(SOON).await, None);
    }

    /// Each way to misuse a socket is answered with the code that the protocol has for it.
    async fn sockets_are_closed_with_the_codes_of_the_protocol(backend) {
        let stand = Harness::start(backend).await;
        let base = stand.server.base();
        let open = async || Socket::open(base, &[]).await;
        let subscribe = |id: &str| json!({ "type": "subscribe", "id": id, "payload": { "query": "{ __typename }" } });

        for garbage in [
            Message::text("no JSON"),
            Message::text("[]"),
            Message::text(r#"{"type":"unheard of"}"#),
            Message::text(r#"{"id":"1"}"#),
            Message::binary(vec![1, 2, 3]),
        ] {
            let mut socket = open().await;
            socket.send_raw(garbage).await;
            assert_eq!(socket.close_code().await, 4400);
        }
        let mut early = open().await;
        early.send(subscribe("1")).await;
        assert_eq!(early.close_code().await, 4401);

        let mut forged = open().await;
        forged.send(json!({ "type": "connection_init", "payload": { "authorization": "Bearer forged" } })).await;
        assert_eq!(forged.close_code().await, 4403);

        let (mut other, _) = tokio_tungstenite::connect_async(format!("{}/graphql", base.replacen("http", "ws", 1)))
            .await
            .expect("a socket");
        let Some(Ok(Message::Close(Some(frame)))) = other.next().await else {
            panic!("no subprotocol, no conversation")
        };
        assert_eq!(u16::from(frame.code), 4406);

        let mut silent = open().await;
        let opened = Instant::now();
        assert_eq!(silent.close_code().await, 4408);
        assert!(opened.elapsed() < SOON, "after ten seconds");

        let mut twice = Socket::connect(base, None).await;
        twice.send(json!({ "type": "connection_init" })).await;
        assert_eq!(twice.close_code().await, 4429);

        let home = stand.main().await;
        let token = session(&home.visitor, ADMIN_EMAIL, ADMIN_PASSWORD).await.string("signIn.session.accessToken");
        let mut same = Socket::connect(base, Some(&token)).await;
        for _ in 0..2 {
            same.subscribe("one", "subscription { inboxEvents { sequence } }", Value::Null).await;
        }
        assert_eq!(same.close_code().await, 4409);

        let mut huge = Socket::connect(base, None).await;
        huge.subscribe("1", &"x".repeat(300 * 1024), Value::Null).await;
        assert_eq!(huge.close_code().await, 1009);

        let mut ended = Socket::connect(base, Some(&token)).await;
        home.visitor.bearer(&token).run("mutation { signOut { errors { code } } }", Value::Null).await.ok();
        assert_eq!(ended.close_code().await, 4403, "the session was ended elsewhere");
    }

    /// After a day's work no password and no token stands in the log, in a file, or in the database.
    async fn secrets_are_kept_nowhere(backend) {
        let smtp = Smtp::start().await;
        let options =
            Options::new().smtp(&smtp).env("FRONTDESK_LOG", "debug,sqlx=debug,sea_orm=debug,hyper=info,h2=info");
        let stand = Harness::start_with(backend, options).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let mut secrets = vec![ADMIN_PASSWORD.to_owned(), PASSWORD.to_owned(), "a wrong password 4".to_owned()];
        stand.colleague(&home, "colleague@example.com", "STAFF").await;

        let opened = session(&home.visitor, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let keep = |answer: &crate::support::Answer, path: &str, secrets: &mut Vec<String>| {
            for token in ["accessToken", "refreshToken"] {
                secrets.push(answer.string(&format!("{path}.{token}")));
            }
        };
        keep(&opened, "signIn.session", &mut secrets);
        let refresh = "mutation($t: String!) { refreshSession(input: { refreshToken: $t }) { session { accessToken \
            refreshToken } errors { code } } }";
        let token = json!({ "t": opened.string("signIn.session.refreshToken") });
        // Under a key the answer is kept, so that it can be given again.
        let keyed = home.visitor.idempotency_key("keep-it");
        let renewed = keyed.run(refresh, token.clone()).await.ok();
        keep(&renewed, "refreshSession.session", &mut secrets);
        assert_eq!(keyed.run(refresh, token.clone()).await.ok().json["data"], renewed.json["data"]);
        home.visitor.run(refresh, token).await;
        let wrong = "mutation { signIn(input: { email: \"a wrong password 4\", password: \"a wrong password 4\" }) { \
            errors { code } } }";
        home.visitor.run(wrong, Value::Null).await;
        // As a variable, as a literal, in a header that is none, in a document that is no document, in an address.
        let astray = home.visitor.bearer("fda.astray.5").run("{ viewer { user { id } } }", Value::Null).await;
        assert!(!astray.errors().is_empty());
        secrets.push("fda.astray.5".to_owned());
        home.visitor
            .run(&format!("mutation {{ signIn(input: {{ password: \"{ADMIN_PASSWORD}\" }} "), Value::Null)
            .await;
        let visitor = home.visitor.run(
            "mutation { submitMessage(input: { name: \"V\", email: \"v@example.com\", content: \"Hello\" }) { receipt \
                { visitorToken } errors { code } } }",
            Value::Null,
        ).await.ok();
        secrets.push(visitor.string("submitMessage.receipt.visitorToken"));
        let mail = "mutation($id: ID!) { replyToMessage(input: { messageId: $id, content: \"By mail.\" }) { reply { \
            id } errors { code } } }";
        home.admin.run(mail, json!({ "id": own.message })).await.ok();
        smtp.next_mail(SOON).await;
        let socket_token =
            session(&home.visitor, ADMIN_EMAIL, ADMIN_PASSWORD).await.string("signIn.session.accessToken");
        let mut socket = Socket::connect(stand.server.base(), Some(&socket_token)).await;
        socket.subscribe("1", "{ viewer { user { id } } }", Value::Null).await;
        assert_eq!(socket.next(SOON).await.kind, "next");
        secrets.push(socket_token);
        secrets.push(stand.server.setting("FRONTDESK_SECRET_KEY").expect("a key").to_owned());

        // The list of secrets is a list of what was really used.
        sign_in(&home.visitor, "colleague@example.com", PASSWORD).await;
        assert!(stand.server.output().len() > 1_000, "the log says something");
        let tables = home.sql.everything().await;
        assert!(tables.contains("colleague@example.com") && tables.len() > 1_000);
        for secret in &secrets {
            assert_eq!(stand.server.places_of(secret), Vec::<String>::new(), "{secret:.12}…");
            let hex = secret.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"));
            assert!(!tables.contains(secret.as_str()) && !tables.contains(&hex), "{secret:.12}… is in a table");
        }
    }
}

fn once_extensions() -> Value {
    json!({ "cost": { "requested": 1, "limit": 10000 } })
}
