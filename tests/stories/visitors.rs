//! How a visitor is known again, and by whom not.

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::support::both;

const WHO: &str = "query Who($id: ID!) { message(id: $id) { visitor { id name email source pageViews messageCount firstVisitAt lastVisitAt
    messages { nodes { id } } } } }";

both! {
    /// The browser kept the token: the visitor is the same, whatever they type as name and address this time.
    async fn the_token_knows_its_visitor(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (first, token) = write(&desk, json!({ "name": "Ann", "email": "ann@example.com", "source": "google" })).await;
        let before = visitor(&admin, &first).await;
        assert_eq!((&before["pageViews"], &before["source"]), (&json!(1), &json!("google")));
        let (second, again) = write(&desk, json!({ "name": "Ann B.", "email": "ann@work.example", "source": "mail", "visitorToken": token })).await;
        assert_eq!(again, token, "the token stays");
        let after = visitor(&admin, &second).await;
        assert_eq!(after["id"], before["id"]);
        assert_eq!((&after["pageViews"], &after["messageCount"]), (&json!(2), &json!(2)));
        assert_eq!((&after["name"], &after["email"], &after["source"]), (&json!("Ann B."), &json!("ann@work.example"), &json!("google")));
        assert_eq!(after["firstVisitAt"], before["firstVisitAt"]);
        assert!(after["lastVisitAt"].as_str() > before["lastVisitAt"].as_str());
        assert_eq!(after["messages"]["nodes"], json!([{ "id": second }, { "id": first }]));
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
        let (anns, same) = write(&desk, json!({ "name": "Ann", "email": "ann@home.example", "visitorToken": token })).await;
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
