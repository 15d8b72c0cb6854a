//! Public comments go by mail to the clients who see them, in one thread; internal ones to none.

use serde_json::{Value, json};

use super::desk::{Desk, SOON};
use super::roles::run;
use super::ticket_comments::{buyer, said, ticket};
use crate::support::{Fault, Mail, Options, Smtp, both, until};

const MAILS: &str =
    "query($id: ID!) { node(id: $id) { ... on TicketComment { mails { status error sentAt to { id } } } } }";
const WATCH: &str =
    "mutation($id: ID!, $who: ID) { watchTicket(input: { ticketId: $id, userId: $who }) { errors { code message } } }";

fn recipients(mails: &[Mail]) -> Vec<String> {
    let mut to: Vec<_> = mails.iter().flat_map(|mail| mail.to.clone()).collect();
    to.sort();
    to
}

both! {
    /// Staff answer twice and the client once: they get our two answers in one thread under one subject with the number, not
    /// their own, and not what is internal. A mail that may have been taken comes again as the same mail.
    async fn a_conversation_goes_by_mail(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp).env("FRONTDESK_MAIL_FROM", "Acme <desk@acme.example>")).await;
        let admin = desk.admin().await;
        let ann = buyer(&desk, &admin, "ann").await;
        let ticket = ticket(&ann, "The mast creaks").await;
        let number = run(&admin, "query($id: ID!) { ticket(id: $id) { number } }", json!({ "id": ticket })).await.string("ticket.number");

        said(&admin, &ticket, "She is in a hurry", json!({ "visibility": "INTERNAL" })).await;
        let file = super::files::send(&admin.client, "masts.pdf", "%PDF-1.7 masts").await.ok().string("uploadFile.file.id");
        let first = said(&admin, &ticket, "Which mast?\nThe front one?", json!({ "fileIds": [file] })).await;
        let mail = smtp.next_mail(SOON).await;
        assert_eq!((mail.to.as_slice(), mail.subject()), (["ann@clients.example".to_owned()].as_slice(), format!("[{number}] The mast creaks")));
        let text = mail.text();
        assert!(text.contains("Which mast?") && text.contains("masts.pdf") && text.contains(&number), "{text}");
        let thread = mail.header("In-Reply-To").expect("a thread");
        assert!(thread.starts_with(&format!("<{ticket}@")), "{thread}");
        assert_eq!(mail.header("References").as_ref(), Some(&thread));
        let begun = mail.header("Message-ID").expect("an id");
        assert!(begun.starts_with(&format!("<{first}.")), "{begun}");
        assert_eq!(mail.header("Auto-Submitted"), None, "a person wrote it");

        said(&ann, &ticket, "The mizzenmast", json!({})).await;
        let rename = "mutation($id: ID!) { updateTicket(input: { ticketId: $id, title: \"Another title\" }) { errors { message } } }";
        run(&admin, rename, json!({ "id": ticket })).await;
        smtp.script([Fault::DropAfterAccepting]);
        let second = said(&admin, &ticket, "We come tomorrow", json!({})).await;
        let mail = smtp.next_mail(SOON).await;
        assert_eq!(mail.subject(), format!("[{number}] The mast creaks"), "the thread keeps its subject");
        assert_eq!(mail.header("In-Reply-To"), Some(begun.clone()));
        assert_eq!(mail.header("References"), Some(format!("{thread} {begun}")));
        let state = until("it was sent", SOON, async || {
            let state = run(&admin, MAILS, json!({ "id": second })).await;
            (state.data("node.mails.0.status") == "SENT").then_some(state)
        }).await;
        assert_eq!((state.data("node.mails.0.to.id"), state.list("node.mails").len()), (&json!(ann.id), 1));
        let ids: Vec<_> = smtp.mails().iter().filter_map(|mail| mail.header("Message-ID")).collect();
        assert!(ids[1..].iter().all(|id| id.starts_with(&format!("<{second}."))) && matches!(ids.len(), 2 | 3), "{ids:?}");
        assert_eq!(run(&ann, MAILS, json!({ "id": second })).await.data("node.mails"), &json!([]), "nothing for a client");
        let all: String = smtp.mails().iter().map(Mail::text).collect();
        assert!(!all.contains("hurry") && !all.contains("mizzenmast"), "{all}");
    }

    /// What is written while an earlier comment waits for the mail server waits too: they arrive in their order.
    async fn comments_on_one_ticket_arrive_in_their_order(backend) {
        let smtp = Smtp::start().await;
        smtp.refuse_next(2, 451);
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
        let admin = desk.admin().await;
        let ann = buyer(&desk, &admin, "ann").await;
        let ticket = ticket(&ann, "The mast creaks").await;
        let first = said(&admin, &ticket, "Which mast?", json!({})).await;
        smtp.attempted(2, SOON).await;
        // The next try of the first is four seconds away.
        let second = said(&admin, &ticket, "We come tomorrow", json!({})).await;
        for comment in [first, second] {
            let id = smtp.next_mail(SOON).await.header("Message-ID").unwrap_or_default();
            assert!(id.starts_with(&format!("<{comment}.")), "{id}");
        }
        assert_eq!(smtp.attempts(), 4, "who waits does not try");
    }

    /// Clients who watch get it too, while they see the ticket; colleagues do not by mail. A refused mailbox is final and said; a
    /// company that words it otherwise is heeded, and one that switches it off sends none.
    async fn who_watches_gets_it_while_they_see_it(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let (ann, bob) = (buyer(&desk, &admin, "ann").await, buyer(&desk, &admin, "bob").await);
        let ticket = ticket(&ann, "Help").await;
        run(&bea, WATCH, json!({ "id": ticket })).await;
        run(&ann, WATCH, json!({ "id": ticket })).await;
        // As if he had seen it once.
        let sql = desk.sql().await;
        let row = |id: &str| super::files::id(&sql, id);
        sql.run(&format!(
            "INSERT INTO ticket_watchers (ticket_id, user_id, created_at) SELECT {}, id, created_at FROM users WHERE id = {}",
            row(&ticket), row(&bob.id)
        )).await;

        let first = said(&admin, &ticket, "Hello", json!({})).await;
        let states = until("each stands somewhere", SOON, async || {
            let state = run(&admin, MAILS, json!({ "id": first })).await;
            let mut states: Vec<_> = state.list("node.mails").iter().map(|mail| mail["status"].clone()).collect();
            states.sort_by_key(ToString::to_string);
            (!states.contains(&json!("QUEUED"))).then_some(states)
        }).await;
        assert_eq!(states, [json!("SENT"), json!("WITHHELD")]);
        assert_eq!(smtp.next_mail(SOON).await.to, ["ann@clients.example"]);
        assert_eq!(recipients(&smtp.mails()).len(), 1);

        smtp.refuse_next(1, 550);
        let refused = said(&admin, &ticket, "Again", json!({})).await;
        let state = until("it was given up", SOON, async || {
            let state = run(&admin, MAILS, json!({ "id": refused })).await;
            state.list("node.mails").iter().find(|mail| mail["status"] == "FAILED").cloned()
        }).await;
        assert!(state["error"].as_str().is_some_and(|why| why.contains("550")), "{state}");
        let failed = "{ auditLogs(first: 1, filter: { eventType: { eq: \"ticket_comment.failed\" } }) { totalCount nodes { success } } }";
        assert_eq!(run(&admin, failed, Value::Null).await.data("auditLogs.totalCount"), &json!(1));

        let word = "mutation($subject: String) { updateEmailTemplate(input: { key: TICKET_COMMENT, subject: $subject, text: \"{{author}} says {{content}}\", html: \"<p>{{content}}</p>\" }) { errors { code message } } }";
        assert!(run(&admin, word, json!({ "subject": "{{title}} ({{number}})" })).await.user_errors("updateEmailTemplate").is_empty());
        let other = super::ticket_comments::ticket(&ann, "Other").await;
        said(&bea, &other, "Worded", json!({})).await;
        let mail = smtp.next_mail(SOON).await;
        assert!(mail.subject().starts_with("Other (TKT-"), "{}", mail.subject());
        assert_eq!(mail.text().trim(), "Bea says Worded");
        let off = "mutation { updateEmailTemplate(input: { key: TICKET_COMMENT, isActive: false }) { errors { code message } } }";
        run(&admin, off, Value::Null).await;
        let silent = said(&bea, &other, "Unheard", json!({})).await;
        until("it is withheld", SOON, async || {
            let state = run(&admin, MAILS, json!({ "id": silent })).await;
            (state.data("node.mails.0.status") == "WITHHELD").then_some(())
        }).await;
        assert_eq!(recipients(&smtp.mails()).len(), 2);
    }
}
