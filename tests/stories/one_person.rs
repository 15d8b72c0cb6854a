//! A person who writes, chats and books: one history, and the same tools for all of it.

use serde_json::{Value, json};

use super::bookings::{book, daily, day, open, service, slots};
use super::desk::{Desk, Person};
use crate::support::both;

const NOTED: &str = "mutation Note($of: ID!, $tag: ID!) {
    addTags(input: { entityId: $of, tagIds: [$tag] }) { tags { name } errors { code path } }
    addInternalNote(input: { entityId: $of, content: \"A quiet voice\" }) { internalNote { id } errors { code path } }
    saveDraft(input: { entityId: $of, content: \"We are\" }) { draft { version } errors { code path } } }";

/// What hangs on a thing.
async fn hangs_on(who: &Person, id: &str) -> Value {
    const PARTS: &str = "id tags { name } internalNotes { nodes { content } } draft { content }";
    let query = format!(
        "query Hangs($id: ID!) {{ node(id: $id) {{ ... on Message {{ {PARTS} }} ... on Chat {{ {PARTS} }} ... on Consultation {{ {PARTS} }} }} }}"
    );
    who.client.run(&query, json!({ "id": id })).await.ok().data("node").clone()
}

both! {
    /// Ann writes, chats and books under one address. Colleagues tag each of the three, note something of it and begin an
    /// answer; each list finds its own by the tag; the answer takes its draft with it; her timeline has all three, and when she
    /// turns out to be somebody else too, all of it goes along, and back.
    async fn who_writes_chats_and_books_is_one_person(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let message = desk.submit(json!({ "name": "Ann", "email": "ann@example.com", "content": "Hello" })).await;
        let token = message.string("submitMessage.receipt.visitorToken");
        let message = message.string("submitMessage.receipt.messageId");
        let begin = "mutation($input: StartChatInput!) { startChat(input: $input) { receipt { chatId } errors { code path } } }";
        let input = json!({ "name": "Ann", "email": "ann@example.com", "content": "Is somebody there?", "visitorToken": token });
        let chat = desk.web.run(begin, json!({ "input": input })).await.ok().string("startChat.receipt.chatId");
        open(&admin, None, daily("09:00", "17:00")).await;
        let advice = service(&admin, json!({ "name": "Advice" })).await;
        let date = day(&admin, 3).await;
        let at = slots(&desk.web, &advice, date, date).await[0]["startsAt"].clone();
        let more = json!({ "email": "ann@example.com", "visitorToken": token });
        book(&desk.web, &advice, &at, "Ann", more).await.ok();
        let booked = admin.client.run("{ consultations { nodes { id } } }", Value::Null).await.ok().string("consultations.nodes.0.id");

        let make = "mutation { createTag(input: { name: \"Regular\", color: \"#112233\" }) { tag { id } errors { code path } } }";
        let tag = admin.client.run(make, Value::Null).await.ok().string("createTag.tag.id");
        let (cho, things) = (desk.colleague("cho@example.com", "Cho", "VIEWER").await, [&message, &chat, &booked]);
        for thing in things {
            admin.client.run(NOTED, json!({ "of": thing, "tag": tag })).await.ok().string("addInternalNote.internalNote.id");
            let (own, others) = (hangs_on(&admin, thing).await, hangs_on(&cho, thing).await);
            assert_eq!(own["tags"], json!([{ "name": "Regular" }]));
            assert_eq!(own["internalNotes"]["nodes"], json!([{ "content": "A quiet voice" }]));
            assert_eq!((&own["draft"], &others["draft"]), (&json!({ "content": "We are" }), &Value::Null), "one's own");
            assert_eq!(cho.client.run(NOTED, json!({ "of": thing, "tag": tag })).await.error_code(), "FORBIDDEN");
        }
        let by = "query($tag: [ID!]) { messages(filter: { tags: { any: $tag } }) { nodes { id } } chats(filter: { tags: { any: $tag } }) { nodes { id } }
            consultations(filter: { tags: { any: $tag } }) { nodes { id } } none: chats(filter: { tags: { none: $tag } }) { totalCount } }";
        let found = admin.client.run(by, json!({ "tag": [tag] })).await.ok();
        for (list, id) in [("messages", &message), ("chats", &chat), ("consultations", &booked)] {
            assert_eq!(found.data(&format!("{list}.nodes")), &json!([{ "id": id }]));
        }
        assert_eq!(found.data("none.totalCount"), &json!(0));

        let answer = "mutation($id: ID!) { claimChat(input: { chatId: $id }) { errors { code } }
            sendChatMessage(input: { chatId: $id, content: \"We are here\" }) { message { id } errors { code path } } }";
        admin.client.run(answer, json!({ "id": chat })).await.ok().string("sendChatMessage.message.id");
        assert_eq!(hangs_on(&admin, &chat).await["draft"], Value::Null, "the answer was it");
        assert_ne!(hangs_on(&admin, &message).await["draft"], Value::Null);

        let timeline = "query($id: ID!) { message(id: $id) { visitor { id timeline { totalCount nodes { item { id } } } } } }";
        let of = async |message: &str| {
            let seen = admin.client.run(timeline, json!({ "id": message })).await.ok();
            let mut items: Vec<_> = seen.list("message.visitor.timeline.nodes").iter().map(|entry| entry["item"]["id"].as_str().expect("an id").to_owned()).collect();
            assert_eq!(seen.data("message.visitor.timeline.totalCount"), &json!(items.len()));
            items.sort();
            (seen.string("message.visitor.id"), items)
        };
        let mut all = things.map(Clone::clone).to_vec();
        all.sort();
        let (ann, items) = of(&message).await;
        assert_eq!(items, all, "newest first, of every kind");
        let other = desk.submit(json!({ "name": "Ann", "email": "ann@work.example", "content": "At work" })).await.string("submitMessage.receipt.messageId");
        let (work, _) = of(&other).await;
        let merge = "mutation($from: ID!, $into: ID!) { mergeVisitors(input: { fromId: $from, intoId: $into }) { visitor { id } errors { code path } } }";
        admin.client.run(merge, json!({ "from": ann, "into": work })).await.ok().string("mergeVisitors.visitor.id");
        let (one, items) = of(&message).await;
        assert_eq!((&one, items.len()), (&work, 4));
        let back = "mutation($id: ID!) { unmergeVisitor(input: { visitorId: $id }) { visitor { id } errors { code path } } }";
        admin.client.run(back, json!({ "id": ann })).await.ok().string("unmergeVisitor.visitor.id");
        assert_eq!(of(&message).await, (ann, all), "each has what they had");
    }
}
