//! What whoever runs a server asks it, and how it stops.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{REPLY, SUBMIT, Site, enter, metric, submission, submit, token, until};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Client, PATIENCE, Smtp, Socket, both};

const SIGN_IN: &str = "mutation SignIn($email: String!, $password: String!) { \
     signIn(input: { email: $email, password: $password }) { session { accessToken refreshToken } errors { message } } }";

both! {
    /// What a load balancer, an orchestrator and a monitoring system ask for.
    async fn a_server_says_how_it_is_doing(backend) {
        let site = Site::new(backend);
        let smtp = Smtp::start().await;
        smtp.refuse_next(1000, 451);
        let server = site.serve_with(site.options().smtp(&smtp)).await;
        let nobody = Client::new(server.base());
        let (health, ready) = (nobody.get("/healthz").await, nobody.get("/readyz").await);
        assert_eq!((health.status, health.text.trim()), (200, "ok"));
        assert_eq!((ready.status, &ready.json["ready"], &ready.json["database"]), (200, &json!(true), &json!("ok")), "{ready}");

        let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let id = submit(&nobody, "hello").await;
        staff.run(REPLY, json!({ "input": { "messageId": id, "content": "hello yourself" } })).await.ok();
        staff.run("query Broken { nothing }", Value::Null).await;

        let scraped = nobody.get("/metrics").await;
        assert!(scraped.header("content-type").starts_with("text/plain; version=0.0.4"), "{scraped}");
        for (name, why) in [
            (&["frontdesk_requests_total{", "operation=\"Submit\"", "outcome=\"ok\""][..], "requests by operation"),
            (&["frontdesk_request_seconds_bucket{", "operation=\"Submit\"", "le=\"+Inf\""], "their latency"),
            (&["frontdesk_request_seconds_count{", "operation=\"Reply\""], "their number"),
            (&["frontdesk_jobs_queued"], "mails that wait"),
        ] {
            assert!(metric(&server, name).await.is_some_and(|value| value >= 1.0), "{why}: {scraped}");
        }
        for name in ["frontdesk_outbox_lag_seconds", "frontdesk_jobs_dead", "frontdesk_sql_statements_total"] {
            assert!(metric(&server, &[name]).await.is_some(), "{name}: {scraped}");
        }
        if backend == Backend::Postgres {
            assert!(metric(&server, &["frontdesk_database_connections "]).await.is_some_and(|open| open >= 1.0), "{scraped}");
        }
        assert!(!scraped.text.contains("Broken"), "an operation that never went well is no label");

        let _socket = Socket::connect(server.base(), None).await;
        until("the open socket is counted", PATIENCE, async || {
            metric(&server, &["frontdesk_open_sockets{"]).await.filter(|open| *open == 1.0)
        }).await;
    }

    /// SIGTERM: what was begun is finished and answered, sockets are told, and the process ends with 0 soon. A mutation
    /// that was answered is there after the next start.
    async fn a_server_that_stops_finishes_what_it_began(backend) {
        let site = Site::new(backend);
        let mut server = site.serve().await;
        let nobody = Client::new(server.base());
        let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let token = token(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let mut socket = Socket::connect(server.base(), Some(&token)).await;
        socket.subscribe("1", "subscription { inboxEvents { sequence } }", Value::Null).await;
        submit(&nobody, "before").await;
        socket.next(PATIENCE).await;

        // A mutation that has arrived but for its last byte when the signal comes.
        let body = json!({ "query": SUBMIT, "variables": submission("in flight") }).to_string();
        let mut slow = TcpStream::connect(("127.0.0.1", server.port())).await.expect("a connection");
        let (last, length) = (body.len() - 1, body.len());
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
             expect: 100-continue\r\n\r\n"
        );
        slow.write_all(head.as_bytes()).await.expect("the server reads");
        // It says so once it reads the body: from then on the request has begun.
        let mut go_on = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
        slow.read_exact(&mut go_on).await.expect("the server waits for the body");
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        slow.write_all(&body.as_bytes()[..last]).await.expect("the server reads");

        server.terminate();
        assert_eq!(socket.close_code().await, 1001, "going away");
        slow.write_all(&body.as_bytes()[last..]).await.expect("the server still reads");
        let mut answer = String::new();
        slow.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("messageId"), "{answer}");
        let status = server.wait().await;
        assert_eq!(status.code(), Some(0), "{}", server.output());
        assert!(!server.output().contains("cut off"), "nothing waited to be: {}", server.output());

        server.restart().await;
        assert_eq!(super::messages(&staff).await, ["in flight", "before"]);
    }

    /// Every line of the JSON log is a JSON object; the request's id leads from an answer to its line; and no password,
    /// token, key or text of a person is in any of them, at any level of our own.
    async fn logs_are_for_machines_and_hold_no_secrets(backend) {
        let site = Site::new(backend);
        let log = ("FRONTDESK_LOG", "debug,sqlx=info,hyper=info,h2=info");
        let server = site.serve_with(site.options().env("FRONTDESK_LOG_FORMAT", "json").env(log.0, log.1)).await;
        let nobody = Client::new(server.base());
        let signed_in = nobody.run(SIGN_IN, json!({ "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD })).await.ok();
        let tokens = ["accessToken", "refreshToken"].map(|name| signed_in.string(&format!("signIn.session.{name}")));
        nobody.run(SIGN_IN, json!({ "email": ADMIN_EMAIL, "password": "a mistyped password" })).await;
        nobody.bearer("not.a.token").run("query Whose { viewer { permissions } }", Value::Null).await;
        let asked = nobody.header("x-request-id", "trace-me-1234").bearer(&tokens[0]);
        let answer = asked.run(SUBMIT, submission("the private text of a visitor")).await.ok();
        assert_eq!(answer.header("x-request-id"), "trace-me-1234");
        nobody.send(Method::POST, "/graphql", "{ broken").await;
        server.terminate();
        server.wait().await;

        let output = server.output();
        let lines: Vec<&str> = output.lines().filter(|line| !line.starts_with("listening on ")).collect();
        let parsed: Vec<Value> = lines
            .iter()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect();
        assert!(parsed.iter().all(|line| line["timestamp"].is_string() && line["level"].is_string()), "{output}");
        let ours = parsed.iter().find(|line| line["fields"]["request_id"] == "trace-me-1234");
        let fields = &ours.unwrap_or_else(|| panic!("no line with the request's id:\n{output}"))["fields"];
        assert_eq!((&fields["operation"], &fields["kind"], &fields["outcome"]), (&json!("Submit"), &json!("mutation"), &json!("ok")));
        let key = server.setting("FRONTDESK_SECRET_KEY").expect("a key");
        for secret in [ADMIN_PASSWORD, "a mistyped password", &tokens[0], &tokens[1], key, "the private text", "not.a.token"] {
            assert!(!output.contains(secret), "{secret} is in the log:\n{output}");
        }
    }

    /// Words in the embedded search index and in the audit trail aside, no secret is at rest as it is: neither the
    /// password nor a token is anywhere below the server's folder or in its database.
    async fn no_secret_is_stored_as_it_is(backend) {
        let site = Site::new(backend);
        let server = site.serve().await;
        let nobody = Client::new(server.base());
        let keyed = nobody.idempotency_key("sign-in-1");
        let signed_in = keyed.run(SIGN_IN, json!({ "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD })).await.ok();
        let again = keyed.run(SIGN_IN, json!({ "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD })).await.ok();
        assert_eq!(signed_in.json["data"], again.json["data"], "the answer is kept for a day, tokens and all");
        server.kill9().await;
        let rows = match backend {
            Backend::Sqlite => String::new(),
            Backend::Postgres => {
                let sql = "SELECT query_to_xml('SELECT t::text FROM ' || quote_ident(table_name) || ' t', true, true, '')::text \
                     FROM information_schema.tables WHERE table_schema = current_schema()";
                site.look(Some("main"), sql).await.concat()
            }
        };
        let found = |text: &str| {
            let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            rows.contains(text) || rows.contains(&hex) || !site.files_with(text).is_empty()
        };
        assert!(found(ADMIN_EMAIL), "this is where they would be");
        let token = |name: &str| signed_in.string(&format!("signIn.session.{name}"));
        for secret in [ADMIN_PASSWORD.to_owned(), token("accessToken"), token("refreshToken")] {
            assert!(!found(&secret), "{secret}");
            assert_eq!(server.places_of(&secret), Vec::<String>::new());
        }
    }
}

/// Workers alone, beside a server whose own are off: mails go out, each once, and the server hears what came of them.
/// Stopped, a worker ends with 0.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_can_run_alone() {
    let site = Site::new(Backend::Postgres);
    let smtp = Smtp::start().await;
    let server = site.serve_with(site.options().env("FRONTDESK_WORKERS", "off").smtp(&smtp)).await;
    let nobody = Client::new(server.base());
    let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
    let id = submit(&nobody, "hello").await;
    let replied = staff.run(REPLY, json!({ "input": { "messageId": id, "content": "hello yourself" } })).await.ok();
    let reply = replied.string("replyToMessage.reply.id");
    until("the mail is queued", PATIENCE, async || {
        metric(&server, &["frontdesk_jobs_queued"]).await.filter(|queued| *queued == 1.0)
    })
    .await;
    assert_eq!(smtp.attempts(), 0, "nobody works");

    let mut command = site.command(["worker"]);
    command.env("FRONTDESK_SMTP_URL", smtp.url());
    let worker = super::site::spawn(command);
    let mail = smtp.next_mail(PATIENCE).await;
    assert_eq!(mail.text().lines().next(), Some("hello yourself"));
    let status = "query Status($id: ID!) { node(id: $id) { ... on MessageReply { emailStatus } } }";
    until("the reply is sent", PATIENCE, async || {
        let answer = staff.run(status, json!({ "id": reply })).await.ok();
        (answer.string("node.emailStatus") == "SENT").then_some(())
    })
    .await;
    let kill =
        std::process::Command::new("sh").args(["-c", "kill -TERM \"$1\"", "kill", &worker.id().to_string()]).status();
    assert!(kill.expect("sh starts").success());
    let done = super::site::ended(worker).await.ok();
    assert!(done.out.starts_with("working"), "{done}");
    assert_eq!(smtp.mails().len(), 1);
}
