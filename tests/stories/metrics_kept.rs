//! Numbers follow what happens: live chats, tickets, and chats of B2Chat's; and days are counted ahead.

use serde_json::{Value, json};

use super::chats::{CLAIM, SEND, begin};
use super::desk::{Desk, Person};
use super::metrics::{ask, by, chat, counted, instant, one, put, recount, rows};
use super::tickets::{change, plain};
use crate::support::{PATIENCE, both, until};

/// Today and the days around it.
fn now() -> Value {
    #[expect(clippy::disallowed_methods, reason = "what happens now is counted")]
    let today = chrono::Utc::now().date_naive();
    json!({ "from": today - chrono::TimeDelta::days(2), "to": today + chrono::TimeDelta::days(2) })
}

fn only(kind: &str) -> Value {
    let mut filter = now();
    filter["kinds"] = json!([kind]);
    filter
}

/// Waits until a metric counts so many.
async fn becomes(who: &Person, filter: &Value, metric: &str, count: i32) {
    until(&format!("{metric} {count}"), PATIENCE, async || {
        (one(who, filter, metric).await["count"] == json!(count)).then_some(())
    })
    .await;
}

both! {
    /// A live chat is counted from its first line on, and as it is after each step.
    async fn a_live_chat_is_followed(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let filter = only("LIVE_CHAT");
        let chat = begin(&desk, "Ada", "Hello?").await;
        becomes(&admin, &filter, "VOLUME", 1).await;
        assert_eq!(one(&admin, &filter, "UNASSIGNED").await["count"], json!(1));
        assert_eq!(one(&admin, &filter, "RESPONSE_TIME").await["average"], Value::Null);
        admin.client.run(CLAIM, json!({ "input": { "chatId": chat.id } })).await.ok();
        becomes(&admin, &filter, "PICKUP_TIME", 1).await;
        assert_eq!(one(&admin, &filter, "UNASSIGNED").await["count"], json!(0));
        assert_eq!(by(&admin, &filter, "AGENT", "VOLUME", "count").await, [(json!(admin.id), json!(1))]);
        admin.client.run(SEND, json!({ "input": { "chatId": chat.id, "content": "Hello!" } })).await.ok();
        becomes(&admin, &filter, "RESPONSE_TIME", 1).await;
        assert_eq!(one(&admin, &filter, "OPEN_BACKLOG").await["count"], json!(1));

        let tag = "mutation { createTag(input: { name: \"Größe\", color: \"#102030\" }) { tag { id } errors { message } } }";
        let tag = admin.client.run(tag, Value::Null).await.ok().string("createTag.tag.id");
        let add = "mutation($input: TagsInput!) { addTags(input: $input) { errors { message } } }";
        admin.client.run(add, json!({ "input": { "entityId": chat.id, "tagIds": [tag] } })).await.ok();
        let mut tagged = filter.clone();
        tagged["tag"] = json!("größe");
        becomes(&admin, &tagged, "VOLUME", 1).await;
        let rename = "mutation($input: UpdateTagInput!) { updateTag(input: $input) { errors { message } } }";
        admin.client.run(rename, json!({ "input": { "tagId": tag, "name": "Small", "color": "#102030" } })).await.ok();
        becomes(&admin, &tagged, "VOLUME", 0).await;
        tagged["tag"] = json!("small");
        becomes(&admin, &tagged, "VOLUME", 1).await;

        let end = "mutation($input: ChatInput!) { endChat(input: $input) { errors { message } } }";
        admin.client.run(end, json!({ "input": { "chatId": chat.id } })).await.ok();
        becomes(&admin, &filter, "CLOSED", 1).await;
        assert_eq!(one(&admin, &filter, "OPEN_BACKLOG").await["count"], json!(0));
        let behind = rows(&admin, &filter, "RESOLUTION_TIME").await.ok();
        let row = behind.data("metricRows.nodes.0");
        assert_eq!((&row["thingId"], &row["liveChat"]["id"]), (&json!(chat.id), &json!(chat.id)));
        assert_eq!(row["b2chatChat"], Value::Null);
        assert_eq!((&row["status"], &row["channel"], &row["priority"]), (&json!("CLOSED"), &json!("website"), &Value::Null));

        // Who may not see the chat has the number alone.
        let reader = super::roles::make_role(&admin, "NUMBERS", &["VIEW_ANALYTICS"]).await;
        drop(reader);
        let nora = desk.colleague("nora@example.com", "Nora", "NUMBERS").await;
        assert_eq!(one(&nora, &filter, "VOLUME").await["count"], json!(1));
        assert_eq!(rows(&nora, &filter, "VOLUME").await.ok().data("metricRows.totalCount"), &json!(0));
    }

    /// A ticket too: medium is normal, resolved is over, and open again is open.
    async fn a_ticket_is_followed(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let filter = only("TICKET");
        let ticket = plain(&admin.client, "Kettle").await;
        becomes(&admin, &filter, "VOLUME", 1).await;
        assert_eq!(by(&admin, &filter, "PRIORITY", "VOLUME", "count").await, [(json!("NORMAL"), json!(1))]);
        let assign = json!({ "ticketId": ticket, "assigneeId": admin.id });
        let assigned = change(&admin.client, "assignTicket", assign).await.ok();
        assert!(assigned.user_errors("assignTicket").is_empty(), "{assigned}");
        becomes(&admin, &filter, "PICKUP_TIME", 1).await;
        let comment = "mutation($input: AddTicketCommentInput!) { addTicketComment(input: $input) { errors { code message path } } }";
        let said = json!({ "ticketId": ticket, "content": "We look at it.", "visibility": "PUBLIC" });
        let said = admin.client.run(comment, json!({ "input": said })).await.ok();
        assert!(said.user_errors("addTicketComment").is_empty(), "{said}");
        becomes(&admin, &filter, "RESPONSE_TIME", 1).await;
        for (status, closed) in [("RESOLVED", 1), ("OPEN", 0)] {
            let set = json!({ "ticketId": ticket, "status": status });
            let set = change(&admin.client, "setTicketStatus", set).await.ok();
            assert!(set.user_errors("setTicketStatus").is_empty(), "{set}");
            becomes(&admin, &filter, "CLOSED", closed).await;
            becomes(&admin, &filter, "RESOLUTION_TIME", closed).await;
            becomes(&admin, &filter, "OPEN_BACKLOG", 1 - closed).await;
        }
        let behind = rows(&admin, &filter, "VOLUME").await.ok();
        let row = behind.data("metricRows.nodes.0");
        assert_eq!((&row["thingId"], &row["ticket"]["id"]), (&json!(ticket), &json!(ticket)));
    }

    /// What colleagues say among themselves answers nobody: a ticket with internal comments and notes alone has no first response,
    /// and is in no mean of them (B77).
    async fn what_is_internal_is_no_response(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let filter = only("TICKET");
        let [quiet, answered] = [plain(&admin.client, "Kettle").await, plain(&admin.client, "Lamp").await];
        let comment = "mutation($input: AddTicketCommentInput!) { addTicketComment(input: $input) { errors { code message path } } }";
        let note = "mutation($input: AddInternalNoteInput!) { addInternalNote(input: $input) { errors { code message path } } }";
        for (document, input) in [
            (comment, json!({ "ticketId": quiet, "content": "Who takes it?", "visibility": "INTERNAL" })),
            (note, json!({ "entityId": quiet, "content": "Ask Ben" })),
            (comment, json!({ "ticketId": answered, "content": "We look at it.", "visibility": "PUBLIC" })),
        ] {
            let said = admin.client.run(document, json!({ "input": input })).await.ok();
            assert!(["addTicketComment", "addInternalNote"].iter().all(|name| said.json["data"][name]["errors"].as_array().is_none_or(Vec::is_empty)), "{said}");
        }
        becomes(&admin, &filter, "VOLUME", 2).await;
        for metric in ["RESPONSE_TIME", "FIRST_RESPONSE_TIME"] {
            becomes(&admin, &filter, metric, 1).await;
            let behind = rows(&admin, &filter, metric).await.ok();
            let known: Vec<_> = behind.list("metricRows.nodes").iter().map(|row| row["thingId"].clone()).collect();
            assert!(known.contains(&json!(answered)), "{metric}: {behind}");
        }
    }

    /// One that goes into another is no ticket of its own, and resolves nothing; it is one again once it is out.
    async fn a_merged_ticket_counts_with_the_other(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let filter = only("TICKET");
        let [twice, kept] = [plain(&admin.client, "Kettle").await, plain(&admin.client, "Kettle again").await];
        becomes(&admin, &filter, "VOLUME", 2).await;
        let merge = json!({ "fromId": twice, "intoId": kept });
        let merged = change(&admin.client, "mergeTickets", merge).await.ok();
        assert!(merged.user_errors("mergeTickets").is_empty(), "{merged}");
        becomes(&admin, &filter, "VOLUME", 1).await;
        becomes(&admin, &filter, "CLOSED", 0).await;
        becomes(&admin, &filter, "OPEN_BACKLOG", 1).await;
        let unmerged = change(&admin.client, "unmergeTicket", json!({ "ticketId": twice })).await.ok();
        assert!(unmerged.user_errors("unmergeTicket").is_empty(), "{unmerged}");
        becomes(&admin, &filter, "VOLUME", 2).await;
        becomes(&admin, &filter, "OPEN_BACKLOG", 2).await;
    }

    /// Days are counted ahead in the background; numbers are the same before that and after it, and after each change.
    async fn days_are_counted_ahead(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        let filter = json!({ "from": "2026-03-01", "to": "2026-03-31" });
        let chats: Vec<_> = (1..=20).map(|number| chat(number, &format!("2026-03-{number:02} 10:00:00"))).collect();
        put(&sql, &chats).await;
        recount(&admin, &sql).await;
        assert_eq!(sql.number("SELECT count(*) FROM metric_days").await, 20);
        assert_eq!(sql.number("SELECT sum(things) FROM metric_days").await, 20);
        let fields = "values { metric now { count average } } groups(by: DAY) { groups { key values { now { count average } } } }";
        let ahead = ask(&admin, &filter, fields).await.ok().json["data"].clone();
        // The same where no day is counted ahead: from the facts themselves.
        sql.run("UPDATE metric_days SET mark = mark + 1").await;
        assert_eq!(ask(&admin, &filter, fields).await.ok().json["data"], ahead);
        // And where only some are.
        sql.run("UPDATE metric_days SET counted = mark WHERE day % 3 = 0").await;
        assert_eq!(ask(&admin, &filter, fields).await.ok().json["data"], ahead);

        // One is answered, one is gone, one began on another day, and one is new.
        let mut answered = chat(1, "2026-03-01 10:00:00");
        answered.answered = Some(instant("2026-03-01 10:05:00"));
        let mut gone = chat(2, "2026-03-02 10:00:00");
        gone.is_deleted = true;
        put(&sql, &[answered, gone, chat(3, "2026-03-25 10:00:00"), chat(21, "2026-03-31 23:59:59")]).await;
        recount(&admin, &sql).await;
        let days = by(&admin, &filter, "DAY", "VOLUME", "count").await;
        let days: Vec<_> = days.into_iter().map(|(_, count)| count.as_i64().unwrap_or_default()).collect();
        assert_eq!((days[0], days[1], days[2], days[24], days[30]), (1, 0, 0, 1, 1));
        assert_eq!(one(&admin, &filter, "RESPONSE_TIME").await["average"], json!(300.0));
        counted(&sql).await;
        assert_eq!(sql.number("SELECT sum(things) FROM metric_days").await, 20);
    }
}
