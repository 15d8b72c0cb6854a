//! The main job: a visitor writes, a colleague takes it and answers, and everybody can see that it happened.

use serde_json::{Value, json};

use super::desk::{ASSIGN, Desk, REPLY, SOON, number};
use crate::support::{Options, Smtp, Socket, both};

const INBOX: &str = "query Inbox($filter: MessageFilter) { messages(filter: $filter) { totalCount nodes {
    id name email company service content status pageUrl visitor { name email source pageViews } assignee { id name }
    replies { nodes { id content emailStatus author { name } } } } } }";
const AUDIT: &str =
    "query Trail($id: ID!) { auditLogs(filter: { resourceId: $id }, orderBy: [{ field: AT, direction: ASC }]) {
    nodes { eventType success actor { id } actorEmail oldValues newValues hash sequence requestId } } }";

both! {
    /// A visitor sends the form of the website. A staff member signs in, sees the message and who wrote it, takes it and
    /// replies twice. The visitor gets two mails that belong together; a colleague sees every step live; the audit trail
    /// tells who did what, and proves to be whole.
    async fn a_message_becomes_a_conversation(backend) {
        let smtp = Smtp::start().await;
        let from = "Acme Front Desk <desk@acme.example>";
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp).env("FRONTDESK_MAIL_FROM", from)).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea Berg", "STAFF").await;
        let mut live = desk.follow(&admin, json!({ "after": "0" })).await;

        let receipt = desk.submit(json!({
            "name": "Zoë Ångström", "email": "zoe@visitor.example", "company": "Ångström AB", "service": "Webbplats",
            "content": "Hej! Kan ni hjälpa oss?\nMed vänlig hälsning", "source": "google",
            "pageUrl": "https://acme.example/kontakt",
        })).await;
        let message = receipt.string("submitMessage.receipt.messageId");
        let received = step(&mut live, "MessageReceived", &message).await;
        assert_eq!((&received["actor"], &received["message"]["name"]), (&Value::Null, &json!("Zoë Ångström")));

        let inbox = bea.client.run(INBOX, json!({})).await.ok();
        assert_eq!(inbox.data("messages"), &json!({ "totalCount": 1, "nodes": [{
            "id": message, "name": "Zoë Ångström", "email": "zoe@visitor.example", "company": "Ångström AB",
            "service": "Webbplats", "content": "Hej! Kan ni hjälpa oss?\nMed vänlig hälsning", "status": "NEW",
            "pageUrl": "https://acme.example/kontakt", "assignee": null,
            "visitor": { "name": "Zoë Ångström", "email": "zoe@visitor.example", "source": "google", "pageViews": 1 },
            "replies": { "nodes": [] },
        }] }));

        let taken = bea.client.run(ASSIGN, json!({ "input": { "messageId": message, "assigneeId": bea.id } })).await.ok();
        assert_eq!(taken.data("assignMessage.message.assignee"), &json!({ "id": bea.id, "name": "Bea Berg" }));
        let assigned = step(&mut live, "MessageAssigned", &message).await;
        assert_eq!(assigned["actor"], json!({ "id": bea.id, "name": "Bea Berg" }));
        assert_eq!((&assigned["previousAssignee"], &assigned["newAssignee"]["id"]), (&Value::Null, &json!(bea.id)));

        let input = json!({ "messageId": message, "content": "Gärna!\n.\nVi ringer i morgon." });
        let replied = bea.client.run(REPLY, json!({ "input": input })).await.ok();
        assert_eq!(replied.string("replyToMessage.reply.emailStatus"), "QUEUED");
        assert_eq!(replied.string("replyToMessage.message.status"), "IN_PROGRESS");
        let first = replied.string("replyToMessage.reply.id");
        let event = step(&mut live, "MessageReplied", &message).await;
        assert_eq!((&event["actor"]["id"], &event["reply"]["id"]), (&json!(bea.id), &json!(first)));
        let mail = smtp.next_mail(SOON).await;
        assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("desk@acme.example", ["zoe@visitor.example".to_owned()].as_slice()));
        let header = |name: &str| mail.header(name).unwrap_or_default();
        assert_eq!(header("From").replace('"', ""), from);
        assert_eq!(header("To").replace('"', ""), "Zoë Ångström <zoe@visitor.example>");
        assert_eq!(mail.subject(), "Re: Webbplats");
        let text = mail.text().replace("\r\n", "\n");
        let quoted = text.strip_prefix("Gärna!\n.\nVi ringer i morgon.\n\n").expect("the answer first");
        assert!(quoted.trim_end().ends_with(", Zoë Ångström:\n> Hej! Kan ni hjälpa oss?\n> Med vänlig hälsning"), "{text}");
        let (thread, own) = (format!("<{message}@acme.example>"), format!("<{first}@acme.example>"));
        assert_eq!((header("Message-ID"), header("In-Reply-To"), header("References")), (own.clone(), thread.clone(), thread.clone()));
        let delivered = step(&mut live, "ReplyDelivered", &message).await;
        assert_eq!((&delivered["actor"], &delivered["reply"]), (&Value::Null, &json!({ "id": first, "emailStatus": "SENT" })));

        let second = bea.reply(&message, "Passar klockan tio?").await;
        let mail = smtp.next_mail(SOON).await;
        assert_eq!(mail.header("Message-ID"), Some(format!("<{second}@acme.example>")));
        assert_eq!((mail.header("In-Reply-To"), mail.header("References")), (Some(own.clone()), Some(format!("{thread} {own}"))));
        step(&mut live, "MessageReplied", &message).await;
        step(&mut live, "ReplyDelivered", &message).await;

        let mine = bea.client.run(INBOX, json!({ "filter": { "assigneeId": { "eq": "me" } } })).await.ok();
        let replies: Vec<_> = mine.list("messages.nodes.0.replies.nodes").iter().map(|r| (&r["id"], &r["emailStatus"], &r["author"]["name"])).collect();
        let (sent, name) = (json!("SENT"), json!("Bea Berg"));
        assert_eq!(replies, [(&json!(first), &sent, &name), (&json!(second), &sent, &name)]);

        let trail = admin.client.run(AUDIT, json!({ "id": message })).await.ok();
        let told: Vec<_> = trail.list("auditLogs.nodes").iter().map(|row| {
            assert_eq!(row["hash"].as_str().map(str::len), Some(64), "{row}");
            assert!(number(&row["sequence"]) > 0 && row["success"] == true && row["requestId"].as_str().is_some_and(|id| !id.is_empty()));
            (row["eventType"].as_str().unwrap_or_default(), row["actorEmail"].as_str(), row["oldValues"].clone(), row["newValues"].clone())
        }).collect();
        let by = Some("bea@example.com");
        let values: Vec<_> = told.iter().map(|(kind, actor, ..)| (*kind, *actor)).collect();
        assert_eq!(values, [("message.received", None), ("message.assigned", by), ("message.replied", by), ("message.replied", by)]);
        assert_eq!((&told[0].2, &told[0].3["status"]), (&Value::Null, &json!("new")));
        assert_eq!(told[1].2, json!({ "assigneeId": null }));
        // The trail keeps bare UUIDs of what it tells of.
        assert_eq!(told[1].3["assigneeId"].as_str().map(bare), Some(bare(&bea.id)));
        assert_eq!((&told[2].2["status"], &told[2].3["status"]), (&json!("new"), &json!("in_progress")));
        assert_eq!((&told[3].2["status"], &told[3].3["status"]), (&json!("in_progress"), &json!("in_progress")));
        let trail = admin.client.run(AUDIT, json!({ "id": first })).await.ok();
        let row = trail.data("auditLogs.nodes.0");
        assert_eq!((&row["eventType"], &row["actor"]), (&json!("reply.delivered"), &Value::Null));
        assert_eq!((&row["oldValues"], &row["newValues"]), (&json!({ "emailStatus": "queued" }), &json!({ "emailStatus": "sent" })));

        let verdict = desk.cli_ok(&["audit", "verify"], "");
        assert!(verdict.starts_with("whole: ") && verdict.trim_end().ends_with(", 0 unsealed"), "{verdict}");
    }
}

/// The next live event, which must be this one about this message; sequences only rise.
async fn step(live: &mut Socket, kind: &str, message: &str) -> Value {
    let frame = live.next(SOON).await;
    let event = frame.data("inboxEvents").clone();
    assert_eq!((event["__typename"].as_str(), event["message"]["id"].as_str()), (Some(kind), Some(message)), "{event}");
    assert!(number(&event["sequence"]) > 0 && event["at"].is_string(), "{event}");
    event
}

/// An id without its prefix.
fn bare(id: &str) -> String {
    id.rsplit('_').next().unwrap_or_default().replace('-', "")
}
