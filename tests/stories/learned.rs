//! What others of this field learned the hard way, and this desk does not have to.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, Person, SOON};
use super::notifications::{FEED, assign, told};
use super::organisation::change;
use super::roles::{make_role, role, run};
use super::self_service::{code, options, token_of};
use crate::support::{Backend, Mail, Options, Smtp, both, until};

const ACCEPT: &str = "mutation($token: String!, $password: String!) { acceptInvitation(input: { token: $token, name: \
    \"Bea\", password: $password }) { email errors { code message path } } }";
const WHO: &str = "{ viewer { user { id email ... on Staff { role { name } department { name } } } } }";

both! {
    /// A link that somebody opens who is signed in as somebody else, with a password that is refused first, is good all the
    /// same; and it changes nothing of whose window it was.
    async fn an_invitation_outlives_the_wrong_window(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let admin = desk.admin().await;
        let cleo = desk.colleague("cleo@example.com", "Cleo", "VIEWER").await;
        let invite = json!({ "email": "bea@example.com", "roleId": role(&admin, "STAFF").await });
        change(&admin.client, "inviteStaff", invite, "invitation { id }").await.ok();
        let token = token_of(&smtp.next_mail(SOON).await, "accept-invitation");
        let accept = async |password: &str| cleo.client.run(ACCEPT, json!({ "token": token, "password": password })).await;

        let weak = accept("password1234").await;
        assert_eq!(weak.user_errors("acceptInvitation")[0].path, "input.password");
        assert_eq!(accept(PASSWORD).await.ok().string("acceptInvitation.email"), "bea@example.com");

        let bea = desk.sign_in("bea@example.com", PASSWORD).await;
        for (person, email, role) in [(&cleo, "cleo@example.com", "VIEWER"), (&bea, "bea@example.com", "STAFF")] {
            let who = run(person, WHO, json!({})).await;
            let expected = json!({ "id": person.id, "email": email, "role": { "name": role }, "department": null });
            assert_eq!(who.data("viewer.user"), &expected);
        }
    }

    /// A department that is closed while an invitation into it is open keeps nobody out. A role that is out of use does, and
    /// once it is back the same link is good.
    async fn what_is_closed_meanwhile_loses_no_invitation(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let admin = desk.admin().await;
        let hall = make_role(&admin, "Hall", &["VIEW_STAFF"]).await;
        let made = change(&admin.client, "createDepartment", json!({ "name": "Care" }), "department { id }").await.ok();
        let care = made.string("createDepartment.department.id");
        let invite = json!({ "email": "bea@example.com", "roleId": hall, "departmentId": care });
        change(&admin.client, "inviteStaff", invite, "invitation { id }").await.ok();
        let token = token_of(&smtp.next_mail(SOON).await, "accept-invitation");
        let accept = async || desk.web.run(ACCEPT, json!({ "token": token, "password": PASSWORD })).await;

        change(&admin.client, "updateDepartment", json!({ "departmentId": care, "isActive": false }), "department { id }").await.ok();
        change(&admin.client, "updateRole", json!({ "roleId": hall, "isActive": false }), "role { id }").await.ok();
        assert_eq!(code(&accept().await, "acceptInvitation"), "NOT_AVAILABLE");
        let open = run(&admin, "{ invitations { nodes { status } } }", json!({})).await;
        assert_eq!(open.data("invitations.nodes"), &json!([{ "status": "PENDING" }]));
        change(&admin.client, "updateRole", json!({ "roleId": hall, "isActive": true }), "role { id }").await.ok();
        accept().await.ok();
        let bea = desk.sign_in("bea@example.com", PASSWORD).await;
        let who = run(&bea, WHO, json!({})).await;
        assert_eq!((who.data("viewer.user.role.name"), who.data("viewer.user.department")), (&json!("Hall"), &Value::Null));
    }

    /// Rows of one and the same instant, more of them than a page holds, each come once, both ways; and one of that instant
    /// that comes after the end was read comes next.
    async fn a_page_of_one_instant_is_left_behind(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        for n in 0..23 {
            desk.message(&format!("Visitor {n}"), "Hello").await;
        }
        let sql = desk.sql().await;
        let one_instant = async || {
            sql.run("UPDATE messages SET created_at = (SELECT min(created_at) FROM messages), \
                updated_at = (SELECT min(created_at) FROM messages)").await;
            sql.run("UPDATE visitors SET first_visit_at = (SELECT min(first_visit_at) FROM visitors), \
                last_visit_at = (SELECT min(first_visit_at) FROM visitors)").await;
        };
        one_instant().await;
        for (list, field) in [
            ("messages", "CREATED_AT"), ("messages", "UPDATED_AT"), ("visitors", "FIRST_VISIT_AT"), ("visitors", "LAST_VISIT_AT"),
        ] {
            let (forward, _) = leaf(&admin, list, &format!("{field}, direction: ASC"), false, Value::Null).await;
            let (backward, _) = leaf(&admin, list, &format!("{field}, direction: ASC"), true, Value::Null).await;
            let (down, _) = leaf(&admin, list, &format!("{field}, direction: DESC"), false, Value::Null).await;
            assert_eq!(forward.len(), 23, "{list} by {field}");
            assert_eq!(forward.iter().collect::<HashSet<_>>().len(), 23, "{list} by {field}: something came twice");
            assert_eq!(forward.iter().rev().collect::<Vec<_>>(), backward.iter().collect::<Vec<_>>(), "{list} by {field}");
            assert_eq!(backward, down, "{list} by {field}");
        }
        let (_, end) = leaf(&admin, "messages", "CREATED_AT, direction: ASC", false, Value::Null).await;
        let late = desk.message("Late", "Hello").await;
        one_instant().await;
        assert_eq!(leaf(&admin, "messages", "CREATED_AT, direction: ASC", false, end).await.0, [late]);
    }

    /// What was read is kept for thirty days to the hour, and not for days of the calendar.
    async fn thirty_days_are_not_a_day_less(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        for name in ["Older", "Younger"] {
            assign(&admin, &desk.message(name, "Hello").await, &bea).await;
        }
        let rows = told(&bea, "MESSAGE_ASSIGNED", 2).await;
        change(&bea.client, "markNotificationsRead", json!({ "ids": [rows[0]["id"], rows[1]["id"]] }), "unreadCount").await.ok();
        let sql = desk.sql().await;
        let ago = |hours: &str| {
            if sql.is_sqlite() {
                format!("strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-30 days', '{hours} hours')")
            } else {
                format!("now() - interval '30 days' + interval '{hours} hours'")
            }
        };
        let older = "id = (SELECT id FROM notifications ORDER BY created_at, id LIMIT 1)";
        // In one statement, so that the cleaner sees both or none.
        let at = format!("CASE WHEN {older} THEN {} ELSE {} END", ago("-1"), ago("+1"));
        sql.run(&format!("UPDATE notifications SET created_at = {at}, read_at = {at}")).await;
        let left = until("what is older is gone", SOON, async || {
            let feed = run(&bea, FEED, json!({})).await;
            let rows = feed.list("notifications.nodes").to_vec();
            (rows.len() < 2).then_some(rows)
        }).await;
        assert_eq!(left.iter().map(|row| &row["id"]).collect::<Vec<_>>(), [&rows[0]["id"]]);
    }

    /// A long subject in any script and a name with signs of its own arrive whole: every encoded word is short and made of
    /// whole letters, and the address stays one.
    async fn headers_arrive_whole(backend) {
        let smtp = Smtp::start().await;
        let (desk, admin) = with_mail(backend, &smtp).await;
        let name = "Zo\u{eb} \"Zed\" O'Neil, GmbH & Co.";
        for service in [
            "\u{e1a}\u{e23}\u{e34}\u{e01}\u{e32}\u{e23}\u{e2b}\u{e49}\u{e2d}\u{e07}\u{e19}\u{e49}\u{e33}".repeat(12),
            "Gesch\u{e4}ftskonto er\u{f6}ffnen f\u{fc}r 249143 ".repeat(5).trim().to_owned(),
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{1f6c1} ".repeat(20).trim().to_owned(),
            "=?utf-8?Q?no_word?= of ours".to_owned(),
        ] {
            let input = json!({ "name": name, "email": "zoe@visitors.example", "content": "Hello", "service": service });
            let message = desk.submit(input).await.string("submitMessage.receipt.messageId");
            admin.reply(&message, "Hello yourself").await;
            let mail = smtp.next_mail(SOON).await;
            assert_eq!(mail.to, ["zoe@visitors.example"]);
            let to = mail.header("To").unwrap_or_default();
            assert!(to.contains("Zo\u{eb}") && to.contains("GmbH & Co.") && to.ends_with(" <zoe@visitors.example>"), "{to}");
            let (head, _) = mail.raw.split_once("\r\n\r\n").expect("a head");
            assert!(head.is_ascii() && head.lines().all(|line| line.len() <= 998), "{head}");
            let subject = mail.subject();
            assert!(subject.contains(&service), "{subject}\n{head}");
            for word in encoded_words(&mail) {
                assert!(word.len() <= 75, "{word}");
                let parts: Vec<_> = word.split('?').collect();
                let [_, "utf-8", "b", text, _] = parts[..] else { panic!("an encoded word: {word}") };
                let bytes = STANDARD.decode(text).unwrap_or_else(|error| panic!("{word}: {error}"));
                assert!(String::from_utf8(bytes).is_ok(), "{word} ends within a letter");
            }
        }
    }

    /// Two messages of one visitor are two threads, whatever was answered in between; and each keeps its own.
    async fn two_messages_of_one_visitor_are_two_threads(backend) {
        let smtp = Smtp::start().await;
        let (desk, admin) = with_mail(backend, &smtp).await;
        let write = async |token: Value| {
            let input = json!({ "name": "Ann", "email": "ann@visitors.example", "content": "help", "visitorToken": token });
            let receipt = desk.submit(input).await;
            (receipt.string("submitMessage.receipt.messageId"), receipt.data("submitMessage.receipt.visitorToken").clone())
        };
        let (first, token) = write(Value::Null).await;
        let (second, _) = write(token).await;
        let mut thread = Vec::new();
        for message in [&first, &second, &first] {
            let reply = admin.reply(message, "Here it is").await;
            let mail = smtp.next_mail(SOON).await;
            assert_eq!(mail.header("Message-ID"), Some(format!("<{reply}@acme.example>")));
            thread.push((reply, mail.header("In-Reply-To").unwrap_or_default(), mail.header("References").unwrap_or_default()));
        }
        let id = |id: &str| format!("<{id}@acme.example>");
        let parents: Vec<_> = thread.iter().map(|(_, parent, all)| (parent.clone(), all.clone())).collect();
        let answered = id(&thread[0].0);
        assert_eq!(parents, [
            (id(&first), id(&first)),
            (id(&second), id(&second)),
            (answered.clone(), format!("{} {answered}", id(&first))),
        ]);
    }

    /// What a spreadsheet would compute is a name here like any other, and comes back sign by sign.
    async fn a_formula_is_a_name(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let names = ["=1+1", "-2+3", "@SUM(A1:A9)", "+1", "a \"quote\", a comma; and 'one'", "=cmd|' /C calc'!A1"];
        for (n, name) in names.into_iter().enumerate() {
            let input = json!({ "email": format!("c{n}@example.com"), "name": name, "firstName": name, "company": name });
            let made = change(&admin.client, "createClient", input, "client { name firstName company }").await.ok();
            assert_eq!(made.data("createClient.client"), &json!({ "name": name, "firstName": name, "company": name }));
            let content = format!("{name}\n\"{name}\",{name}\t{name}");
            let input = json!({ "name": name, "email": format!("v{n}@visitors.example"), "content": content });
            let message = desk.submit(input).await.string("submitMessage.receipt.messageId");
            let read = "query($id: ID!) { message(id: $id) { name content } }";
            let read = run(&admin, read, json!({ "id": message })).await;
            assert_eq!(read.data("message"), &json!({ "name": name, "content": content }));
        }
    }
}

/// A desk with this mail server, and its administrator.
async fn with_mail(backend: Backend, smtp: &Smtp) -> (Desk, Person) {
    let options = Options::new().smtp(smtp).env("FRONTDESK_MAIL_FROM", "desk@acme.example");
    let desk = Desk::open_with(backend, options).await;
    let admin = desk.admin().await;
    (desk, admin)
}

/// The encoded words of the subject and of the address, as they came.
fn encoded_words(mail: &Mail) -> Vec<String> {
    let headers = mail.content.headers.iter().filter(|(name, _)| ["subject", "to"].contains(&&*name.to_lowercase()));
    let words = headers.flat_map(|(_, value)| value.split_whitespace());
    words.filter(|word| word.starts_with("=?") && word.ends_with("?=")).map(str::to_owned).collect()
}

/// Leafs through a list by fives from a cursor on; the ids as they came, and the last cursor.
async fn leaf(who: &Person, list: &str, order: &str, backward: bool, from: Value) -> (Vec<String>, Value) {
    let (size, at, more, end) = if backward {
        ("last", "before", "hasPreviousPage", "startCursor")
    } else {
        ("first", "after", "hasNextPage", "endCursor")
    };
    let query = format!(
        "query($at: String) {{ {list}({size}: 5, {at}: $at, orderBy: [{{ field: {order} }}]) {{ nodes {{ id }} pageInfo {{ {more} {end} }} }} }}"
    );
    let (mut seen, mut cursor) = (Vec::new(), from);
    loop {
        let page = run(who, &query, json!({ "at": cursor })).await;
        let ids = page.list(&format!("{list}.nodes")).iter().filter_map(|node| node["id"].as_str().map(str::to_owned));
        let ids: Vec<_> = ids.collect();
        assert!(ids.len() <= 5 && seen.len() < 100, "there is no end to it");
        seen.extend(if backward { ids.into_iter().rev().collect() } else { ids });
        cursor = page.data(&format!("{list}.pageInfo.{end}")).clone();
        if page.data(&format!("{list}.pageInfo.{more}")) == &json!(false) {
            return (seen, cursor);
        }
    }
}
