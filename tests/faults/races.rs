//! Many who want the same thing at the same time.

use std::collections::HashMap;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::running::{REPLY, SUBMIT, Site, enter, messages, submission, submit, token, until};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Backend, Client, PATIENCE, Smtp, both};

const SET: &str = "mutation Set($id: ID!, $status: MessageStatus!) { \
     setMessageStatus(input: { messageId: $id, status: $status }) { message { status } errors { code } } }";
const ASSIGN: &str = "mutation Assign($id: ID!, $to: ID) { \
     assignMessage(input: { messageId: $id, assigneeId: $to }) { message { assignee { id } } errors { code } } }";
const TRAIL: &str = "query Trail($id: ID!, $kind: String!) { auditLogs(first: 100, orderBy: [{ field: AT, direction: ASC }], \
     filter: { resourceId: $id, success: true, eventType: { eq: $kind } }) { nodes { sequence oldValues newValues } } }";

/// Whether a write was made; a loser must have been told that it is one.
fn won(answer: &Answer) -> bool {
    if answer.errors().is_empty() {
        return true;
    }
    assert_eq!(answer.error_code(), "CONFLICT", "{answer}");
    assert_eq!(answer.json["errors"][0]["extensions"]["retryable"], Value::Bool(true), "{answer}");
    false
}

/// The changes of one kind that the audit trail has of a message, from and to, in the order of the chain.
async fn trail(client: &Client, id: &str, kind: &str, field: &str) -> Vec<(Value, Value)> {
    let answer = client.run(TRAIL, json!({ "id": id, "kind": kind })).await.ok();
    let mut rows: Vec<_> = answer.list("auditLogs.nodes").to_vec();
    rows.sort_by_key(|row| row["sequence"].as_str().and_then(|number| number.parse::<u64>().ok()));
    rows.iter().map(|row| (row["oldValues"][field].clone(), row["newValues"][field].clone())).collect()
}

both! {
    /// Fifty changes of one message at once: none is lost. The audit trail tells of a chain in which each change begins
    /// where the one before ended, and its end is how the message is.
    async fn no_change_of_a_message_is_lost(backend) {
        let site = Site::new(backend);
        let server = site.serve().await;
        let nobody = Client::new(server.base());
        let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let me = staff.run("query Me { viewer { user { id } } }", Value::Null).await.ok().string("viewer.user.id");
        let id = submit(&nobody, "everybody wants me").await;

        let statuses = ["IN_PROGRESS", "ARCHIVED"];
        let set = (0..25).map(|number| staff.run(SET, json!({ "id": id, "status": statuses[number % 2] })));
        let to = |number| if number % 2 == 0 { Value::from(me.clone()) } else { Value::Null };
        let assign = (0..25).map(|number| staff.run(ASSIGN, json!({ "id": id, "to": to(number) })));
        let (set, assigned) = tokio::join!(join_all(set), join_all(assign));
        let wins = set.iter().chain(&assigned).filter(|answer| won(answer)).count();
        assert!(wins >= 2, "somebody wins");

        let sealed = async || (site.count("main", "SELECT count(*) FROM outbox WHERE sequence IS NULL").await == 0).then_some(());
        until("the trail is sealed", PATIENCE, sealed).await;
        let look = "query Look($id: ID!) { message(id: $id) { status assignee { id } } }";
        let message = staff.run(look, json!({ "id": id })).await.ok();
        for (kind, field, begin, end) in [
            ("message.status_changed", "status", json!("new"), json!(message.string("message.status").to_lowercase())),
            ("message.assigned", "assigneeId", Value::Null, message.data("message.assignee").get("id").cloned().unwrap_or_default()),
        ] {
            let trail = trail(&staff, &id, kind, field).await;
            assert!(!trail.is_empty(), "{kind}");
            let mut at = begin;
            for (from, to) in &trail {
                assert_eq!(*from, at, "{kind}: {trail:?}");
                assert_ne!(from, to, "{kind}: {trail:?}");
                at = to.clone();
            }
            assert_eq!(at, end, "{kind}: {trail:?}");
        }
        let version = "SELECT CAST(version AS text) FROM messages";
        let rows = "SELECT count(*) FROM audit_logs WHERE success AND kind IN ('message.assigned', 'message.status_changed')";
        let version = site.look(Some("main"), version).await.remove(0).parse::<i64>().expect("a number");
        assert_eq!(version - 1, site.count("main", rows).await, "every change of the row is in the trail");
    }

    /// The same request fifty times at once under one key, as a client with a bad network sends it: one effect, and one
    /// answer for all who are not told to ask again.
    async fn a_storm_of_retries_has_one_effect(backend) {
        let site = Site::new(backend);
        let server = site.serve().await;
        let nobody = Client::new(server.base());
        let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let keyed = nobody.idempotency_key("once");
        let answers = join_all((0..50).map(|_| keyed.run(SUBMIT, submission("only once")))).await;
        let mut ids: Vec<_> = answers.iter().filter(|answer| won(answer)).map(|answer| answer.string("submitMessage.receipt.messageId")).collect();
        assert!(!ids.is_empty());
        ids.dedup();
        assert_eq!(ids.len(), 1, "{ids:?}");
        assert_eq!(messages(&staff).await, ["only once"]);
        let other = keyed.run(SUBMIT, submission("something else")).await;
        assert_eq!(other.error_code(), "CONFLICT", "{other}");
        assert_eq!(other.json["errors"][0]["extensions"]["retryable"], Value::Bool(false), "{other}");
    }
}

/// Two servers on one database, both with workers: three hundred mails go out, each once, and both take part.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_share_one_queue() {
    let site = Site::new(Backend::Postgres);
    let (smtp, other_smtp) = (Smtp::start().await, Smtp::start().await);
    let one = site.serve_with(site.options().smtp(&smtp)).await;
    let other = site.serve_with(site.options().smtp(&other_smtp)).await;
    let nobody = [&one, &other].map(|server| Client::new(server.base()));
    let token = token(&nobody[0], ADMIN_EMAIL, ADMIN_PASSWORD).await;
    let staff = nobody.clone().map(|client| client.bearer(&token));
    let mut sent = Vec::new();
    for number in 0..10 {
        let id = submit(&nobody[number % 2], &format!("message {number}")).await;
        let replies = (0..30).map(|reply| {
            let input = json!({ "input": { "messageId": id, "content": format!("reply {number}-{reply}") } });
            staff[reply % 2].run(REPLY, input)
        });
        for answer in join_all(replies).await {
            sent.push(answer.ok().string("replyToMessage.reply.id"));
        }
    }
    let count = async || {
        let all = site.count("main", "SELECT count(*) FROM message_replies WHERE email_status = 'sent'").await;
        (all == 300).then_some(())
    };
    until("all mails are sent", PATIENCE, count).await;
    let mut texts: HashMap<String, usize> = HashMap::new();
    for mail in smtp.mails().into_iter().chain(other_smtp.mails()) {
        *texts.entry(mail.text().trim().to_owned()).or_default() += 1;
    }
    assert_eq!(texts.len(), 300);
    assert!(texts.values().all(|count| *count == 1), "{texts:?}");
    assert!(!smtp.mails().is_empty() && !other_smtp.mails().is_empty(), "both took part");
}
