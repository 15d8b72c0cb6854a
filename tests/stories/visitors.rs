//! How a visitor is known again, and by whom not.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::bookings::{CANCEL, MOVE, book, daily, day, open, service, slots};
use super::chats::{SEND, begin, start};
use super::desk::{Desk, Person, SOON};
use crate::support::{both, until};

const WHO: &str = "query Who($id: ID!) { message(id: $id) { visitor { id name email source pageViews messageCount firstVisitAt lastVisitAt
    messages { nodes { id } } } } }";

both! {
    /// The browser kept the token and the address is the same: so is the visitor, whatever name they type this time.
    async fn the_token_knows_its_visitor(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (first, token) = write(&desk, json!({ "name": "Ann", "email": "ann@example.com", "source": "google" })).await;
        let before = visitor(&admin, &first).await;
        assert_eq!((&before["pageViews"], &before["source"]), (&json!(1), &json!("google")));
        let (second, again) = write(&desk, json!({ "name": "Ann B.", "email": "ANN@example.com", "source": "mail", "visitorToken": token })).await;
        assert_eq!(again, token, "the token stays");
        let after = visitor(&admin, &second).await;
        assert_eq!(after["id"], before["id"]);
        assert_eq!((&after["pageViews"], &after["messageCount"]), (&json!(2), &json!(2)));
        assert_eq!((&after["name"], &after["email"], &after["source"]), (&json!("Ann B."), &json!("ann@example.com"), &json!("google")));
        assert_eq!(after["firstVisitAt"], before["firstVisitAt"]);
        assert!(after["lastVisitAt"].as_str() > before["lastVisitAt"].as_str());
        assert_eq!(after["messages"]["nodes"], json!([{ "id": second }, { "id": first }]));
    }

    /// Whoever writes in their chat, ends it, or moves or cancels their booking was there then, at the program that asked.
    async fn who_comes_back_by_a_token_was_there(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        let chat = begin(&desk, "Vera", "Hello?").await;
        open(&admin, None, daily("09:00", "17:00")).await;
        let advice = service(&admin, json!({ "name": "Advice" })).await;
        let date = day(&admin, 3).await;
        let free = slots(&desk.web, &advice, date, date).await;
        let booked = book(&desk.web, &advice, &free[0]["startsAt"], "Vera", json!({})).await.string("bookConsultation.receipt.token");
        let end = "mutation($input: ChatInput!) { endChat(input: $input) { errors { code } } }";
        let phone = desk.web.header("User-Agent", "Telephone/1.0");
        let key = |more: Value| {
            let mut key = chat.key();
            key.as_object_mut().expect("fields").extend(more.as_object().cloned().expect("fields"));
            json!({ "input": key })
        };
        for (document, variables) in [
            (SEND, key(json!({ "content": "Still here" }))),
            (end, key(json!({}))),
            (MOVE, json!({ "token": booked, "at": free[1]["startsAt"] })),
            (CANCEL, json!({ "token": booked })),
        ] {
            sql.run("UPDATE visitors SET last_visit_at = '2020-01-01T00:00:00+00:00', agent = 'Nothing', address = NULL").await;
            phone.run(document, variables).await.ok();
            let seen = "{ visitors { nodes { pageViews lastVisitAt agent address } } }";
            let seen = admin.client.run(seen, Value::Null).await.ok();
            let one = seen.data("visitors.nodes.0");
            assert_eq!((&one["pageViews"], &one["agent"]), (&json!(2), &json!("Telephone/1.0")), "{document}");
            assert!(one["lastVisitAt"].as_str() > Some("2021") && one["address"].is_string(), "{document}: {one}");
        }
    }

    /// Several windows come at once with an address that is new: that is one visitor, who wrote them all.
    async fn who_comes_several_times_at_once_is_one(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let texts: Vec<_> = (0..12).map(|n| json!({ "name": "Ann", "email": "ann@example.com", "content": format!("Number {n}") })).collect();
        join_all(texts.into_iter().map(|input| desk.submit(input))).await;
        let all = "{ visitors { totalCount nodes { email messageCount } } }";
        let all = admin.client.run(all, Value::Null).await.ok();
        let one = json!({ "totalCount": 1, "nodes": [{ "email": "ann@example.com", "messageCount": 12 }] });
        assert_eq!(all.data("visitors"), &one);
    }

    /// Without the token the address will do to put messages together, in any case. It is no proof of anything: whoever
    /// knows the address does not get the visitor's token, and the visitor's token stays good.
    async fn an_address_is_no_proof(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (first, token) = write(&desk, json!({ "name": "Ann", "email": "ann@example.com" })).await;
        let ann = visitor(&admin, &first).await["id"].clone();
        let (claimed, other) = write(&desk, json!({ "name": "Eve", "email": "ANN@example.com" })).await;
        assert_ne!(other, token);
        assert_eq!(visitor(&admin, &claimed).await["id"], ann);
        // What Eve got opens nothing of Ann's: with another address she is somebody else.
        let (eves, _) = write(&desk, json!({ "name": "Eve", "email": "eve@example.com", "visitorToken": other })).await;
        assert_ne!(visitor(&admin, &eves).await["id"], ann);
        let (anns, same) = write(&desk, json!({ "name": "Ann", "email": "ann@example.com", "visitorToken": token })).await;
        assert_eq!((&visitor(&admin, &anns).await["id"], same), (&ann, token.clone()));
        for wrong in ["", "fdv_nonsense", "'; --", &"x".repeat(5000), &token[..token.len() - 1], &token.to_uppercase()] {
            let (message, given) = write(&desk, json!({ "name": "Mallory", "email": "mallory@example.com", "visitorToken": wrong })).await;
            assert!(given != wrong && given != token);
            assert_ne!(visitor(&admin, &message).await["id"], ann, "{wrong}");
        }
    }

    /// A program fills the field that people do not see. It gets a receipt like everybody else's, and nobody at the desk
    /// ever hears of it.
    async fn a_trap_is_sprung_in_silence(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (real, token) = write(&desk, json!({ "name": "Ann", "email": "ann@example.com", "website": "" })).await;
        let (fake, faked) = write(&desk, json!({ "name": "Bot", "email": "bot@example.com", "website": "https://spam.example" })).await;
        assert_eq!((fake.len(), faked.len(), fake.starts_with("msg_"), &faked[..4]), (real.len(), token.len(), true, &token[..4]));
        let all = admin.client.run("{ messages { nodes { id } } visitors { totalCount } auditLogs(filter: { eventType: { eq: \"message.received\" } }) { totalCount } }", json!({})).await.ok();
        assert_eq!(all.data(""), &json!({ "messages": { "nodes": [{ "id": real }] }, "visitors": { "totalCount": 1 }, "auditLogs": { "totalCount": 1 } }));
        let none = admin.client.run("query One($id: ID!) { message(id: $id) { id } }", json!({ "id": fake })).await.ok();
        assert_eq!(none.data("message"), &Value::Null);
    }

    /// Everything that is wrong with a form is said at once, and nothing of it is kept.
    async fn a_form_is_corrected_in_one_go(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let input = json!({ "name": " ", "email": "ann@example.com", "content": "x".repeat(20_001), "company": "y".repeat(201), "service": "a\u{0}b" });
        let refused = desk.web.run(super::desk::SUBMIT, json!({ "input": input })).await;
        assert_eq!(refused.data("submitMessage.receipt"), &Value::Null);
        let mut errors: Vec<_> = refused.user_errors("submitMessage").into_iter().map(|e| (e.path, e.code)).collect();
        errors.sort();
        let expected = [("input.company", "TOO_LONG"), ("input.content", "TOO_LONG"), ("input.name", "BLANK"), ("input.service", "INVALID_FORMAT")];
        assert_eq!(errors, expected.map(|(path, code)| (path.to_owned(), code.to_owned())));
        let most = json!({ "name": "ü".repeat(200), "email": "ann@example.com", "content": "ß".repeat(20_000), "company": "🦀".repeat(200) });
        desk.submit(most).await;
        let all = admin.client.run("{ messages { totalCount nodes { name company content } } }", json!({})).await.ok();
        assert_eq!(all.data("messages.totalCount"), &json!(1));
        assert_eq!(all.string("messages.nodes.0.content").chars().count(), 20_000);
        assert_eq!(all.string("messages.nodes.0.company"), "🦀".repeat(200));
    }
}

/// Sends the form; returns the message's id and the visitor's token.
async fn write(desk: &Desk, mut input: Value) -> (String, String) {
    input["content"] = json!("Hello");
    let answer = desk.submit(input).await;
    (answer.string("submitMessage.receipt.messageId"), answer.string("submitMessage.receipt.visitorToken"))
}

async fn visitor(admin: &Person, message: &str) -> Value {
    admin.client.run(WHO, json!({ "id": message })).await.ok().data("message.visitor").clone()
}

both! {
    /// Somebody else writes in Ann's browser, under their own address: that is their message, and Ann's record keeps her
    /// address and name. That both were seen in one browser is a hint, for whoever may know that they are one person; so is a
    /// second address of Ann's own.
    async fn another_address_is_another_visitor(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (first, token) = write(&desk, json!({ "name": "Ann", "email": "ann@example.com" })).await;
        let (bobs, kept) = write(&desk, json!({ "name": "Bob", "email": "bob@example.com", "visitorToken": token })).await;
        assert_eq!(kept, token, "the browser is still Ann's");
        let (later, _) = write(&desk, json!({ "name": "Robert", "email": "bob@example.com" })).await;
        let (ann, bob) = (visitor(&admin, &first).await, visitor(&admin, &bobs).await);
        assert_ne!(ann["id"], bob["id"]);
        assert_eq!((&ann["name"], &ann["email"], &ann["messageCount"]), (&json!("Ann"), &json!("ann@example.com"), &json!(1)));
        assert_eq!(visitor(&admin, &later).await["id"], bob["id"], "what Bob writes without a token is Bob's");
        assert_eq!((&bob["name"], &bob["messageCount"]), (&json!("Bob"), &json!(2)), "and his name is what he gave himself");
        let (again, _) = write(&desk, json!({ "name": "Ann", "email": "ann@example.com", "visitorToken": token })).await;
        assert_eq!(visitor(&admin, &again).await["id"], ann["id"]);
        let (work, _) = write(&desk, json!({ "name": "Ann", "email": "ann@work.example", "visitorToken": token })).await;
        let work = visitor(&admin, &work).await;
        let hints = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Visitor { email seenInSameBrowser { email } } } }";
        let hints = admin.client.run(hints, json!({ "ids": [ann["id"], bob["id"], work["id"]] })).await.ok();
        let of = |others: &[&str]| json!(others.iter().map(|email| json!({ "email": email })).collect::<Vec<_>>());
        assert_eq!(hints.data("nodes.0.seenInSameBrowser"), &of(&["bob@example.com", "ann@work.example"]));
        assert_eq!(hints.data("nodes.1.seenInSameBrowser"), &of(&["ann@example.com"]));
        assert_eq!(hints.data("nodes.2.seenInSameBrowser"), &of(&["ann@example.com"]));
    }

    /// So it is where somebody chats or books in Ann's browser, under their own address (B57).
    async fn another_address_is_another_visitor_in_chats_and_bookings(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (first, token) = write(&desk, json!({ "name": "Ann", "email": "ann@example.com" })).await;
        open(&admin, None, daily("09:00", "17:00")).await;
        let advice = service(&admin, json!({ "name": "Advice", "staffIds": [admin.id] })).await;
        let date = day(&admin, 10).await;
        let free = slots(&desk.web, &advice, date, date).await;
        let input = json!({ "name": "Bob", "email": "bob@visitors.example", "content": "Hello?", "visitorToken": token });
        let (_, begun) = start(&desk.web, input).await;
        let booked = book(&desk.web, &advice, &free[0]["startsAt"], "Cal", json!({ "visitorToken": token })).await.ok();
        assert_eq!(begun.string("startChat.receipt.visitorToken"), token, "the browser is still Ann's");
        assert_eq!(booked.string("bookConsultation.visitorToken"), token);
        let of = "{ chats { nodes { visitor { id name email } } } consultations { nodes { visitor { id name email } } } }";
        let of = admin.client.run(of, Value::Null).await.ok();
        let ann = visitor(&admin, &first).await;
        assert_eq!((&ann["name"], &ann["email"]), (&json!("Ann"), &json!("ann@example.com")));
        for (list, name) in [("chats", "Bob"), ("consultations", "Cal")] {
            let found = of.data(&format!("{list}.nodes.0.visitor"));
            assert_eq!((&found["name"], found["id"] != ann["id"]), (&json!(name), true), "{found}");
        }
    }

    /// From where somebody wrote is for those who may know it, and for nobody else who sees visitors.
    async fn addresses_of_visitors_have_a_permission(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "MANAGER").await;
        desk.web.header("user-agent", "Lynx/2.9").run(super::desk::SUBMIT, json!({ "input": { "name": "Ann", "email": "ann@example.com",
            "content": "Hello" } })).await.ok();
        let seen = async |who: &Person| {
            who.client.run("{ visitors { nodes { name address agent } } }", Value::Null).await.ok().data("visitors.nodes.0").clone()
        };
        assert_eq!(seen(&admin).await, json!({ "name": "Ann", "address": "127.0.0.1", "agent": "Lynx/2.9" }));
        assert_eq!(seen(&bea).await, json!({ "name": "Ann", "address": null, "agent": null }));
        let grant = "mutation($s: ID!) { grantPermission(input: { staffId: $s, permission: VIEW_VISITOR_ADDRESSES }) { errors { code } } }";
        admin.client.run(grant, json!({ "s": bea.id })).await.ok();
        until("it is granted", SOON, async || (seen(&bea).await["agent"] == "Lynx/2.9").then_some(())).await;
    }
}
