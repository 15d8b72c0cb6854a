//! A request that is sent again because nobody knows whether it arrived has one effect and one answer.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{ASSIGN, Desk, REPLY, SIGN_IN, SUBMIT, credentials};
use super::roles::{colleague, make_role, run};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Client, Options, PATIENCE, Smtp, both, until};

const TIMES: usize = 50;

both! {
    /// A phone on a bad line sends the form fifty times at once: one message, fifty equal receipts.
    async fn fifty_forms_are_one_message(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let input = json!({ "input": { "name": "Ann", "email": "ann@example.com", "content": "Hello" } });
        let answer = storm(&desk.web.idempotency_key("form-1"), SUBMIT, &input).await;
        let all = admin.client.run("{ messages { nodes { id } } visitors { nodes { pageViews } } }", json!({})).await.ok();
        assert_eq!(all.data("messages.nodes"), &json!([{ "id": answer.data("submitMessage.receipt.messageId") }]));
        assert_eq!(all.data("visitors.nodes"), &json!([{ "pageViews": 1 }]));
        let other = desk.web.idempotency_key("form-2").run(SUBMIT, input).await.ok();
        assert_ne!(other.data("submitMessage.receipt.messageId"), answer.data("submitMessage.receipt.messageId"));
    }

    /// Fifty replies under one key are one reply and one mail.
    async fn fifty_replies_are_one_mail(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
        let admin = desk.admin().await;
        let message = desk.message("Ann", "Hello").await;
        let input = json!({ "input": { "messageId": message, "content": "Hello yourself" } });
        let answer = storm(&admin.client.idempotency_key("reply-1"), REPLY, &input).await;
        let reply = answer.string("replyToMessage.reply.id");
        smtp.next_mail(super::desk::SOON).await;
        let query = "query Replies($id: ID!) { message(id: $id) { replies { nodes { id } } } }";
        let all = admin.client.run(query, json!({ "id": message })).await.ok();
        assert_eq!(all.data("message.replies.nodes"), &json!([{ "id": reply }]));
        let other = desk.message("Bob", "Me").await;
        admin.reply(&other, "You").await;
        smtp.next_mail(super::desk::SOON).await;
        assert_eq!(smtp.mails().len(), 2, "one for Ann, one for Bob");
    }

    /// Fifty sign-ins under one key are one session with one pair of tokens, and fifty refusals are one refusal.
    async fn fifty_sign_ins_are_one_session(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let client = desk.web.idempotency_key("sign-in-1");
        let answer = storm(&client, SIGN_IN, &credentials(ADMIN_EMAIL, ADMIN_PASSWORD)).await;
        let inside = desk.web.bearer(&answer.string("signIn.session.accessToken"));
        inside.run("{ viewer { user { id } } }", json!({})).await.ok();
        let refused = storm(&desk.web.idempotency_key("sign-in-2"), SIGN_IN, &credentials(ADMIN_EMAIL, "wrong wrong wrong")).await;
        assert_eq!(refused.user_errors("signIn")[0].code, "INVALID_CREDENTIALS");
        let count = "query Count($kind: String!) { auditLogs(filter: { eventType: { eq: $kind } }) { totalCount } }";
        for (kind, expected) in [("session.opened", 2), ("session.refused", 1)] {
            let all = admin.client.run(count, json!({ "kind": kind })).await.ok();
            assert_eq!(all.data("auditLogs.totalCount"), &json!(expected), "{kind}");
        }
    }

    /// A key belongs to its request: the same key with anything else in it is a mistake of the client, and has no effect.
    async fn a_key_is_good_for_one_request(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let client = desk.web.idempotency_key("k");
        let form = |content: &str| json!({ "input": { "name": "Ann", "email": "ann@example.com", "content": content } });
        let first = client.run(SUBMIT, form("one")).await.ok();
        let refused = client.run(SUBMIT, form("two")).await;
        assert_eq!(refused.error_code(), "CONFLICT");
        assert_eq!(refused.errors()[0]["extensions"]["retryable"], json!(false));
        assert_eq!(client.run(&format!("{SUBMIT} "), form("one")).await.error_code(), "CONFLICT");
        assert_eq!(client.run(SUBMIT, form("one")).await.ok().json["data"], first.json["data"]);
        let all = admin.client.run("{ messages { totalCount } }", json!({})).await.ok();
        assert_eq!(all.data("messages.totalCount"), &json!(1));
        // Refused input had no effect, so it may be corrected under the same key.
        let client = desk.web.idempotency_key("corrected");
        assert_eq!(client.run(SUBMIT, form("")).await.user_errors("submitMessage")[0].code, "BLANK");
        client.run(SUBMIT, form("three")).await.ok();
    }

    /// Two changes in one document each have their own effect and their own answer.
    async fn each_field_has_its_own_answer(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let document = "mutation Two($a: SubmitMessageInput!, $b: SubmitMessageInput!) {
            a: submitMessage(input: $a) { receipt { messageId } errors { code } }
            b: submitMessage(input: $b) { receipt { messageId } errors { code } } }";
        let form = |name: &str| json!({ "name": name, "email": "ann@example.com", "content": "Hello" });
        let variables = json!({ "a": form("Ann"), "b": form("Bob") });
        let client = desk.web.idempotency_key("two");
        let first = client.run(document, variables.clone()).await.ok();
        assert_ne!(first.data("a.receipt.messageId"), first.data("b.receipt.messageId"));
        let again = client.run(document, variables).await.ok();
        assert_eq!(again.json["data"], first.json["data"]);
        let all = admin.client.run("{ messages { nodes { name } } }", json!({})).await.ok();
        assert_eq!(all.data("messages.nodes"), &json!([{ "name": "Bob" }, { "name": "Ann" }]));
    }

    /// Two people who happen on the same key do not get in each other's way, nor see each other's answers.
    async fn a_key_belongs_to_its_person(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let message = desk.message("Ann", "Hello").await;
        let reply = |content: &str| json!({ "input": { "messageId": message, "content": content, "sendEmail": false } });
        let mut ids = Vec::new();
        for (person, content) in [(&admin, "same"), (&bea, "same")] {
            let answer = person.client.idempotency_key("1").run(REPLY, reply(content)).await.ok();
            assert_eq!(answer.data("replyToMessage.reply.author.id"), &json!(person.id));
            ids.push(answer.string("replyToMessage.reply.id"));
        }
        assert_ne!(ids[0], ids[1]);
        let other = bea.client.idempotency_key("2").run(REPLY, reply("hers")).await.ok();
        let own = admin.client.idempotency_key("2").run(REPLY, reply("his")).await.ok();
        assert_ne!(other.data("replyToMessage.reply.id"), own.data("replyToMessage.reply.id"));
    }

    /// Who repeats a request after its thing has become somebody else's reads nothing of it, and undoes nothing. What was
    /// removed by the request itself is still its answer.
    async fn an_answer_is_for_who_still_sees_it(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own", &["VIEW_MESSAGES", "MANAGE_MESSAGES", "SEE_ASSIGNED"]).await;
        let ann = colleague(&desk, &admin, "ann", &role, json!({})).await;
        let message = desk.message("Vera", "The boiler is cold.").await;
        let give = async |to: &str| {
            run(&admin, ASSIGN, json!({ "input": { "messageId": message, "assigneeId": to } })).await;
        };
        give(&ann.id).await;
        let keyed = ann.client.idempotency_key("status");
        let set = "mutation($input: SetMessageStatusInput!) { setMessageStatus(input: $input) { message { content status } errors { code } } }";
        let input = json!({ "input": { "messageId": message, "status": "IN_PROGRESS" } });
        let first = keyed.run(set, input.clone()).await.ok();
        assert_eq!(keyed.run(set, input.clone()).await.ok().json["data"], first.json["data"]);
        give(&admin.id).await;
        let again = keyed.run(set, input.clone()).await;
        assert_eq!(again.error_code(), "NOT_FOUND", "{again}");
        let all = admin.client.run("{ messages { nodes { status } } }", json!({})).await.ok();
        assert_eq!(all.data("messages.nodes"), &json!([{ "status": "IN_PROGRESS" }]));
        give(&ann.id).await;
        assert_eq!(keyed.run(set, input).await.ok().json["data"], first.json["data"]);

        let save = "mutation($id: ID!) { saveDraft(input: { entityId: $id, content: \"Dear Vera\" }) { draft { id } errors { code } } }";
        run(&ann, save, json!({ "id": message })).await;
        let keyed = ann.client.idempotency_key("gone");
        let discard = "mutation($id: ID!) { discardDraft(input: { entityId: $id }) { draft { id content } errors { code } } }";
        let first = keyed.run(discard, json!({ "id": message })).await.ok();
        assert_eq!(first.data("discardDraft.draft.content"), "Dear Vera");
        assert_eq!(keyed.run(discard, json!({ "id": message })).await.ok().json["data"], first.json["data"]);
    }

    /// The answer outlives the server's crash, and what has changed since does not change it.
    async fn the_answer_survives_a_crash(backend) {
        let mut desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let form = json!({ "input": { "name": "Ann", "email": "ann@example.com", "content": "Hello" } });
        let sent = desk.web.idempotency_key("form").run(SUBMIT, form.clone()).await.ok();
        let message = sent.string("submitMessage.receipt.messageId");
        let reply = json!({ "input": { "messageId": message, "content": "Hello yourself", "sendEmail": false } });
        let replied = admin.client.idempotency_key("reply").run(REPLY, reply.clone()).await.ok();
        let opened = desk.web.idempotency_key("door").run(SIGN_IN, credentials(ADMIN_EMAIL, ADMIN_PASSWORD)).await.ok();
        desk.server.restart().await;
        let again = desk.web.idempotency_key("form").run(SUBMIT, form).await.ok();
        assert_eq!(again.json["data"], sent.json["data"]);
        let again = admin.client.idempotency_key("reply").run(REPLY, reply).await.ok();
        assert_eq!(again.json["data"], replied.json["data"]);
        let again = desk.web.idempotency_key("door").run(SIGN_IN, credentials(ADMIN_EMAIL, ADMIN_PASSWORD)).await.ok();
        assert_eq!(again.json["data"], opened.json["data"]);
        let all = admin.client.run("{ messages { nodes { replies { totalCount } } } }", json!({})).await.ok();
        assert_eq!(all.data("messages.nodes"), &json!([{ "replies": { "totalCount": 1 } }]));
    }
}

/// Sends one request many times at once; returns the one answer that all of them got.
async fn storm(client: &Client, query: &str, variables: &Value) -> Answer {
    let ask = async || {
        until("an answer", PATIENCE, async || {
            let answer = client.run(query, variables.clone()).await;
            // A machine with too much to do asks some of them to come again.
            let again = answer.errors().first().is_some_and(|error| error["extensions"]["retryable"] == true);
            (!again).then_some(answer)
        })
        .await
    };
    let mut answers = join_all((0..TIMES).map(|_| ask())).await;
    let answer = answers.pop().expect("an answer");
    assert!(answer.errors().is_empty(), "{answer}");
    for other in answers {
        assert_eq!((other.status, &other.json["data"]), (200, &answer.json["data"]), "{other}");
    }
    answer
}
