//! What the audit trail says, and how it is asked.

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::support::{Options, both, until};

const TRAIL: &str = "query Trail($filter: AuditLogFilter) { auditLogs(first: 100, filter: $filter) { totalCount nodes { id \
    eventType action severity success failureCode error actorEmail address requestId correlationId resourceType oldValues \
    newValues details metadata } } }";

/// The rows that a filter leaves, the newest first.
pub async fn trail(reader: &Person, filter: Value) -> Vec<Value> {
    let read = reader.client.run(TRAIL, json!({ "filter": filter })).await.ok();
    read.list("auditLogs.nodes").to_vec()
}

/// The names of the events that a filter leaves.
async fn kinds(reader: &Person, filter: Value) -> Vec<String> {
    let rows = trail(reader, filter).await;
    rows.iter().map(|row| row["eventType"].as_str().expect("a name").to_owned()).collect()
}

both! {
    /// A request that is a part of a trace leaves the trace's id in its row, in that of the job it queued, and in the log;
    /// one that is not leaves its own.
    async fn what_came_of_one_request_is_found_together(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let message = desk.message("Ada", "Do you calculate?").await;
        let trace = "0af7651916cd43dd8448eb211c80319c";
        let client = admin.client.header("traceparent", &format!("00-{trace}-b7ad6b7169203331-01"));
        let reply = "mutation Answer($id: ID!) { replyToMessage(input: { messageId: $id, content: \"Yes.\" }) { errors { code } } }";
        let replied = client.run(reply, json!({ "id": message })).await.ok();
        let both = || async {
            let rows = trail(&admin, json!({ "correlationId": { "eq": trace } })).await;
            (rows.len() == 2).then_some(rows)
        };
        let rows = until("the mail is out", super::desk::SOON, both).await;
        let of = |kind: &str| rows.iter().find(|row| row["eventType"] == kind).expect("a row").clone();
        let (first, second) = (of("message.replied"), of("reply.delivered"));
        assert_eq!(first["requestId"], replied.header("x-request-id"));
        assert_eq!(first["metadata"], json!({ "transport": "http", "operation": "Answer" }));
        assert_eq!((&first["action"], &first["severity"]), (&json!("CREATE"), &json!("LOW")));
        assert_eq!(second["metadata"]["transport"], "job");
        assert!(second["metadata"]["job"].as_str().is_some_and(|job| job.starts_with("job_")), "{second}");
        assert_ne!(second["requestId"], first["requestId"]);
        desk.server.said(&format!("correlation_id=\"{trace}\"")).await;

        // Without a trace, or with what is none, a request is its own.
        for (header, value) in [("x-request-id", "by-itself-1"), ("traceparent", "00-0-0-0")] {
            let client = admin.client.header(header, value);
            let answer = client.run(reply, json!({ "id": message })).await.ok();
            let id = answer.header("x-request-id").to_owned();
            let rows = trail(&admin, json!({ "correlationId": { "eq": id } })).await;
            let own = rows.iter().find(|row| row["eventType"] == "message.replied").expect("its row");
            assert_eq!((&own["requestId"], &own["correlationId"]), (&json!(id), &json!(id)));
        }
    }

    /// The trail is asked by severity, action, kind of thing, session, request, address and the actor's address, and by the
    /// names of other products; what is refused says why.
    async fn the_trail_is_asked_by_what_it_says(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_RATE_LIMITS", "off")).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "VIEWER").await;
        let message = desk.message("Ada", "Do you calculate?").await;
        let close = "mutation Close($id: ID!) { setMessageStatus(input: { messageId: $id, status: ARCHIVED }) { errors { code } } }";
        let closed = admin.client.header("x-request-id", "close-it").run(close, json!({ "id": message })).await.ok();
        assert_eq!(closed.header("x-request-id"), "close-it");
        bea.client.run(close, json!({ "id": message })).await;
        let role = "mutation { createRole(input: { name: \"DESK\", permissions: [VIEW_MESSAGES] }) { errors { code } } }";
        admin.client.run(role, Value::Null).await.ok();
        let theme = "mutation { setSetting(input: { key: \"ui.theme\", scope: PERSONAL, value: \"dark\" }) { errors { code } } }";
        admin.client.run(theme, Value::Null).await.ok();
        let wrong = json!({ "input": { "email": "bea@example.com", "password": "not what it is 4" } });
        desk.web.run(super::desk::SIGN_IN, wrong).await;
        bea.client.run(super::desk::SIGN_OUT, Value::Null).await.ok();

        let by = async |filter: Value| kinds(&admin, filter).await;
        assert_eq!(by(json!({ "severity": { "eq": "HIGH" } })).await, ["role.saved"]);
        assert_eq!(by(json!({ "severity": { "in": ["MEDIUM", "CRITICAL"] } })).await, ["session.refused", "message.set_status"]);
        assert!(by(json!({ "severity": { "ne": "LOW" } })).await.len() == 3);
        assert_eq!(by(json!({ "action": { "eq": "DELETE" } })).await, ["session.ended"]);
        assert_eq!(by(json!({ "resourceType": { "eq": "Role" } })).await, ["role.saved"]);
        assert_eq!(by(json!({ "requestId": { "eq": "close-it" } })).await, ["message.status_changed"]);
        let email = json!({ "eq": " BEA@example.com" });
        assert_eq!(by(json!({ "actorEmail": email, "success": false })).await, ["message.set_status"]);
        assert!(by(json!({ "address": { "eq": "192.0.2.99" } })).await.is_empty());
        assert!(by(json!({ "address": { "eq": "127.0.0.1" } })).await.len() > 5);
        let session = bea.client.run("{ sessions { nodes { id } } }", Value::Null).await;
        assert_eq!(session.error_code(), "UNAUTHENTICATED");
        let rows = trail(&admin, json!({ "eventType": { "eq": "session.ended" } })).await;
        let of = admin.client.run(
            "query($id: ID!) { node(id: $id) { ... on AuditLog { sessionId } } }", json!({ "id": rows[0]["id"] })).await.ok();
        let session = json!({ "eq": of.string("node.sessionId") });
        assert_eq!(by(json!({ "sessionId": session })).await, ["session.ended", "message.set_status"]);
        assert_eq!(by(json!({ "failureCode": { "eq": "FORBIDDEN" } })).await, ["message.set_status"]);
        for (kind, event) in [("ANONYMOUS", "message.received"), ("STAFF", "role.saved")] {
            assert_eq!(by(json!({ "actorKind": { "eq": kind }, "eventType": { "eq": event } })).await, [event]);
            assert!(by(json!({ "actorKind": { "in": ["CLIENT", "PLATFORM"] }, "eventType": { "eq": event } })).await.is_empty());
        }
        assert!(by(json!({ "apiKeyId": { "eq": "key_0190a5f0000070008000000000000000" } })).await.is_empty());

        for (name, found) in [
            ("auth.failed_login", vec!["session.refused"]),
            ("auth.logout", vec!["session.ended"]),
            ("settings.update", vec!["setting.changed"]),
            ("permission.denied", vec!["message.set_status"]),
            ("data.update", vec!["message.status_changed"]),
            ("data.delete", vec![]),
            ("message.received", vec!["message.received"]),
        ] {
            let rows = by(json!({ "eventType": { "eq": name } })).await;
            assert_eq!(rows, found, "{name}");
        }
        assert!(by(json!({ "eventType": { "in": ["auth.login", "nothing.at_all"] } })).await.iter().all(|kind| kind == "session.opened"));
        let made = by(json!({ "eventType": { "eq": "data.create" } })).await;
        assert!(made.contains(&"role.saved".to_owned()) && !made.contains(&"session.opened".to_owned()), "{made:?}");
        // Without what was read, which goes on record while this looks at it.
        let written = async |filter: Value| {
            let kinds = by(filter).await.into_iter();
            kinds.filter(|kind| !kind.starts_with("data.") && kind != "request.refused").collect::<Vec<_>>()
        };
        let all = written(json!({})).await;
        let others = written(json!({ "eventType": { "ne": "auth.login" } })).await;
        assert_eq!(others.len(), all.iter().filter(|kind| *kind != "session.opened").count());

        let refused = &trail(&admin, json!({ "eventType": { "eq": "permission.denied" } })).await[0];
        assert_eq!(refused["error"], "this needs the permission MANAGE_MESSAGES");
        assert_eq!((&refused["action"], &refused["severity"]), (&json!("UPDATE"), &json!("MEDIUM")));
        let failed = &trail(&admin, json!({ "eventType": { "eq": "auth.failed_login" } })).await[0];
        assert!(failed["error"].as_str().is_some_and(|why| !why.is_empty()), "{failed}");
    }

    /// Rows that were written with the words of before are shown and found with today's.
    async fn old_words_are_read_as_todays(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        let hex = "0190a5f0000070008000000000000077";
        let id = if sql.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
        let old = "INSERT INTO audit_logs (id, at, kind, severity, success, actor_kind, request_id, old_values)";
        sql.run(&format!("{old} SELECT {id}, at, 'person.deactivated', 'warning', success, 'system', 'long-ago', '{{}}' FROM audit_logs LIMIT 1")).await;
        let rows = trail(&admin, json!({ "severity": { "eq": "MEDIUM" } })).await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        let row = &rows[0];
        assert_eq!((&row["action"], &row["severity"]), (&json!("DELETE"), &json!("MEDIUM")));
        assert_eq!(row["correlationId"], "long-ago");
        assert_eq!(kinds(&admin, json!({ "correlationId": { "eq": "long-ago" } })).await, ["person.deactivated"]);
    }

    /// Who reads what others wrote and who they are leaves a row that says what: a list, a search, one thing by its id, what is
    /// followed. What is one's own, and what holds nobody's data, leaves none. A process that stops writes what it gathered.
    async fn reads_are_on_record(backend) {
        let mut desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let (one, two) = (desk.message("Ada", "Do you calculate?").await, desk.message("Bob", "Do you?").await);
        let list = "query Page { messages(first: 10) { nodes { id content visitor { name } } } }";
        bea.client.run(list, Value::Null).await.ok();
        let search = "query Find($f: MessageFilter) { found: messages(filter: $f) { edges { node { name } } } }";
        bea.client.run(search, json!({ "f": { "text": "calculate" } })).await.ok();
        bea.client.run("query One($id: ID!) { node(id: $id) { ... on Message { content } } }", json!({ "id": one })).await.ok();
        for own in ["{ viewer { user { name email } } }", "{ departments { nodes { name } } }", "{ messages { totalCount nodes { id } } }",
            "{ notifications { nodes { body } } }", "{ sessions { nodes { address } } }"] {
            bea.client.run(own, Value::Null).await.ok();
        }
        desk.server.terminate();
        desk.server.wait().await;
        desk.server.restart().await;
        let admin = Person { client: crate::support::Client::new(desk.server.base()).bearer(&admin.access), ..admin };

        let rows = trail(&admin, json!({ "action": { "eq": "READ" }, "actorEmail": { "eq": "bea@example.com" } })).await;
        let said: Vec<_> = rows.iter().rev().map(|row| (row["eventType"].clone(), row["details"]["fields"][0].clone())).collect();
        assert_eq!(said, [
            (json!("data.read"), json!({ "field": "messages", "kind": "Message", "count": 2, "ids": [two, one], "with": ["Visitor"] })),
            (json!("data.search"), json!({ "field": "messages", "kind": "Message", "count": 1 })),
            (json!("data.read"), json!({ "field": "node", "kind": "Message", "count": 1, "ids": [one] })),
        ]);
        assert_eq!(rows[2]["metadata"], json!({ "transport": "http", "operation": "Page" }));
        assert_eq!((&rows[0]["resourceType"], &rows[0]["severity"]), (&json!("Message"), &json!("LOW")));
        let of_one = trail(&admin, json!({ "resourceType": { "eq": "Message" }, "eventType": { "eq": "data.read" } })).await;
        assert_eq!(of_one.len(), 1);
    }

    /// The same page asked for again and again is one row that says how often; of lists only a part is kept where that is set,
    /// of searches and single things all.
    async fn what_is_asked_again_and_again_is_said_once(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_AUDIT_LIST_READS", "0")).await;
        let admin = desk.admin().await;
        desk.message("Ada", "Do you calculate?").await;
        for _ in 0..5 {
            admin.client.run("{ messages { nodes { name } } }", Value::Null).await.ok();
            admin.client.run("{ messages(filter: { text: \"ada\" }) { nodes { name } } }", Value::Null).await.ok();
        }
        let searches = async || {
            let rows = trail(&admin, json!({ "eventType": { "eq": "data.search" } })).await;
            let times: u64 = rows.iter().map(|row| row["details"]["times"].as_u64().unwrap_or(1)).sum();
            (times == 5).then_some(rows.len())
        };
        let rows = until("all searches are on record", super::desk::SOON, searches).await;
        assert!(rows < 5, "{rows} rows");
        let lists = trail(&admin, json!({ "eventType": { "eq": "data.read" } })).await;
        let messages = lists.iter().filter(|row| row["details"]["fields"][0]["field"] == "messages").count();
        assert_eq!(messages, 0, "{lists:?}");
    }

    /// What somebody may not read, and what somebody asks who is not signed in, is on record too; of one address only so much.
    async fn refused_reads_are_on_record(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let refused = bea.client.run("query Peek { auditLogs { nodes { id actorEmail } } }", Value::Null).await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
        let denied = async || trail(&admin, json!({ "eventType": { "eq": "permission.denied" } })).await.pop();
        let row = until("the refusal is on record", super::desk::SOON, denied).await;
        assert_eq!((&row["eventType"], &row["failureCode"], &row["success"]), (&json!("data.read"), &json!("FORBIDDEN"), &json!(false)));
        assert_eq!(row["details"], json!({ "refused": ["auditLogs"] }));
        assert_eq!((&row["actorEmail"], &row["error"]), (&json!("bea@example.com"), &json!("this needs the permission VIEW_AUDIT_LOG")));

        for _ in 0..15 {
            assert_eq!(desk.web.run("{ messages { nodes { name } } }", Value::Null).await.error_code(), "UNAUTHENTICATED");
            let assign = "mutation Take($id: ID!) { assignMessage(input: { messageId: $id }) { errors { code } } }";
            let id = json!({ "id": "msg_0190a5f0000070008000000000000000" });
            assert_eq!(desk.web.run(assign, id).await.error_code(), "UNAUTHENTICATED");
            desk.web.bearer("no token").run("{ viewer { user { id } } }", Value::Null).await;
        }
        let unauthorized = async || {
            let rows = trail(&admin, json!({ "eventType": { "eq": "unauthorized.access" } })).await;
            let times: u64 = rows.iter().map(|row| row["details"]["times"].as_u64().unwrap_or(1)).sum();
            (times >= 20).then_some((times, rows))
        };
        let (times, rows) = until("they are on record", super::desk::SOON, unauthorized).await;
        assert_eq!(times, 20, "no more of one address");
        let kinds = ["data.read", "request.refused"];
        assert!(kinds.iter().all(|kind| rows.iter().any(|row| row["eventType"] == *kind)), "{rows:?}");
        assert!(rows.iter().all(|row| row["address"] == "127.0.0.1" && row["actorEmail"].is_null()), "{rows:?}");
    }

    /// Somebody whose address changed is forgotten: neither address, nor name, nor where they came from is in the trail, in the
    /// events, or found by a filter, in the database or through the API; the chain is whole, and others' rows are as they were.
    async fn a_forgotten_person_is_nowhere_in_the_trail(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea.before@example.com", "Bea Beforehand", "STAFF").await;
        let rename = "mutation($id: ID!) { updateStaff(input: { staffId: $id, name: \"Bea Afterwards\", phone: \"+49 30 777\" }) { errors { code } } }";
        admin.client.run(rename, json!({ "id": bea.id })).await.ok();
        let wrong = json!({ "input": { "email": "bea.before@example.com", "password": "not what it is 4" } });
        desk.web.run(super::desk::SIGN_IN, wrong).await;
        let key = "mutation { createApiKey(input: { name: \"Report\", permissions: [VIEW_MESSAGES] }) { errors { code } } }";
        bea.client.header("user-agent", "Beas-Browser/7").run(key, Value::Null).await;
        let email = json!({ "actorEmail": { "eq": "bea.before@example.com" } });
        let before = trail(&admin, email.clone()).await;
        assert!(!before.is_empty(), "she did something");
        let whole = trail(&admin, json!({})).await;
        assert!(serde_json::to_string(&whole).expect("JSON").contains("Bea Afterwards"));
        let ours: Vec<_> = whole.iter().filter(|row| row["actorEmail"] == crate::support::ADMIN_EMAIL && row["action"] != "READ").cloned().collect();

        // What is kept says nothing of her in the clear even before.
        let sql = desk.sql().await;
        let clear = async |what: &str| {
            let mut found = 0;
            for column in ["actor_email", "address", "agent", "CAST(old_values AS text)", "CAST(new_values AS text)", "CAST(details AS text)"] {
                found += sql.number(&format!("SELECT count(*) FROM audit_logs WHERE {column} LIKE '%{what}%'")).await;
            }
            found + sql.number(&format!("SELECT count(*) FROM outbox WHERE CAST(payload AS text) LIKE '%{what}%'")).await
        };
        for what in ["bea.before", "Bea B", "Bea A", "30 777", "4930777", "127.0.0.1", "Beas-Browser"] {
            assert_eq!(clear(what).await, 0, "{what}");
        }

        // That there is a key of hers was told her by mail, which is about her address.
        let told = async || (sql.number("SELECT count(*) FROM audit_logs WHERE kind LIKE 'letter.%'").await > 0).then_some(());
        until("she was told", super::desk::SOON, told).await;
        let forgotten = desk.cli_ok(&["audit", "forget", &bea.id, "--email", "bea.before@example.com"], "");
        assert!(forgotten.contains("2 keys destroyed"), "{forgotten}");
        let gone = async || trail(&admin, email.clone()).await.is_empty().then_some(());
        until("nothing is found by her address", super::desk::SOON, gone).await;
        let erased = async || {
            let rows = admin.client.run("{ auditLogs(first: 100) { nodes { actorEmail address userAgent oldValues newValues details isErased } } }",
                Value::Null).await.ok();
            let said = ["bea.before", "Bea B", "Bea A", "30 777", "4930777", "Beas-Browser"];
            (!said.iter().any(|said| rows.text.contains(said)) && rows.text.contains("\"isErased\":true")).then_some(())
        };
        until("nothing says anything of her", super::desk::SOON, erased).await;
        let rows = trail(&admin, json!({ "eventType": { "eq": "person.forgotten" } })).await;
        assert_eq!((&rows[0]["severity"], &rows[0]["action"], &rows[0]["details"]), (&json!("HIGH"), &json!("DELETE"), &json!({ "keys": 2 })));
        let still: Vec<_> = trail(&admin, json!({ "actorEmail": { "eq": crate::support::ADMIN_EMAIL }, "not": { "action": { "eq": "READ" } } })).await;
        let values = |rows: &[Value]| rows.iter().map(|row| (row["id"].clone(), row["actorEmail"].clone())).collect::<Vec<_>>();
        assert_eq!(values(&still), values(&ours), "who else did something is still there");
        assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "));
        // A second time there is nothing to forget, and she may come back under a key of her own.
        assert!(desk.cli_ok(&["audit", "forget", &bea.id], "").contains("0 keys destroyed"));
        bea.client.run(key, Value::Null).await;
        assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "));
    }

    /// The trail is signed up to a time and its rows up to there go; nothing else goes, before or after. What is left is proved
    /// from there on, and a checkpoint that is not ours is found.
    async fn the_oldest_rows_go_behind_a_checkpoint(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        for name in ["Ada", "Bob", "Cleo"] {
            desk.message(name, "Hello").await;
        }
        let sql = desk.sql().await;
        let refused = async |statement: &str| {
            let refused = sql.try_run(statement).await.expect_err("append-only").to_string();
            assert!(refused.contains("append-only"), "{statement}: {refused}");
        };
        let first = "(SELECT audit_log_id FROM audit_chain WHERE sequence = 1)";
        let sealed = async || (sql.count("audit_logs").await == sql.count("audit_chain").await).then_some(());
        until("all is sealed", super::desk::SOON, sealed).await;
        refused(&format!("DELETE FROM audit_logs WHERE id = {first}")).await;
        assert!(desk.cli_ok(&["audit", "checkpoint", "--before", "1d"], "").contains("nothing new to sign"));
        assert!(desk.cli_ok(&["audit", "checkpoint", "--before", "2126-01-01T00:00:00Z"], "").starts_with("checkpoint at "));
        let signed = sql.number("SELECT max(sequence) FROM audit_checkpoints").await;
        assert!(signed >= 3, "{signed}");
        refused("UPDATE audit_checkpoints SET sequence = sequence + 100").await;
        refused("DELETE FROM audit_checkpoints").await;
        refused(&format!("DELETE FROM audit_logs WHERE id NOT IN (SELECT audit_log_id FROM audit_chain WHERE sequence <= {signed})")).await;
        refused(&format!("DELETE FROM audit_chain WHERE sequence > {signed}")).await;
        let from = format!(", those up to {signed} by a checkpoint");
        assert!(desk.cli_ok(&["audit", "verify"], "").contains(&from));
        assert!(!desk.cli_ok(&["audit", "verify", "--all"], "").contains("by a checkpoint"));

        let removed = desk.cli_ok(&["audit", "checkpoint", "--before", "1d", "--remove"], "");
        assert!(removed.contains(&format!("{signed} rows removed")), "{removed}");
        assert_eq!(sql.number(&format!("SELECT count(*) FROM audit_chain WHERE sequence <= {signed}")).await, 0);
        assert!(desk.cli_ok(&["audit", "verify"], "").contains(&from));
        assert!(desk.cli_ok(&["audit", "verify", "--all"], "").contains(&from));
        let told = trail(&admin, json!({ "eventType": { "in": ["audit.checkpoint_created", "audit.rows_removed"] } })).await;
        assert_eq!(told.len(), 2);
        assert_eq!(told[0]["details"]["count"], signed);

        // Somebody with the run of the database who makes a checkpoint of their own is found.
        let id = if sql.is_sqlite() { "x'0190a5f0000070008000000000000099'" } else { "'0190a5f0000070008000000000000099'::uuid" };
        sql.run(&format!(
            "INSERT INTO audit_checkpoints SELECT {id}, sequence + 1, hash, rows + 1, at, key_id, signature FROM audit_checkpoints"
        )).await;
        let found = desk.cli(&["audit", "verify"], "");
        let said = String::from_utf8_lossy(&[found.stdout, found.stderr].concat()).into_owned();
        assert!(!found.status.success() && said.contains("altered, or is not ours"), "{said}");
    }
}
