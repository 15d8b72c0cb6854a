//! The newsletter, from asking for it to the click that ends it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use crate::support::{Answer, Mail, Options, Smtp, both, secrets, until};

const SUBSCRIBE: &str = "mutation Subscribe($input: SubscribeToNewsletterInput!) { subscribeToNewsletter(input: $input) { errors { code path } } }";
const CONFIRM: &str = "mutation Confirm($input: ConfirmNewsletterSubscriptionInput!) { confirmNewsletterSubscription(input: $input) { errors { code path } } }";
const END: &str = "mutation End($input: UnsubscribeFromNewsletterInput!) { unsubscribeFromNewsletter(input: $input) { errors { code path } } }";
const LIST: &str = "query List($filter: NewsletterSubscriptionFilter) { newsletterSubscriptions(filter: $filter, orderBy: { field: EMAIL, direction: ASC }) {
    totalCount nodes { id email status source address subscribedAt unsubscribedAt createdAt } } }";
const EXPORT: &str = "query Export($filter: NewsletterSubscriptionFilter) { exportNewsletterSubscriptions(filter: $filter) { name content rows } }";

async fn subscribe(desk: &Desk, email: &str) -> Answer {
    desk.web.run(SUBSCRIBE, json!({ "input": { "email": email, "source": "footer" } })).await.ok()
}

async fn list(who: &Person) -> Vec<Value> {
    who.client.run(LIST, json!({})).await.ok().list("newsletterSubscriptions.nodes").to_vec()
}

async fn status(who: &Person) -> Value {
    list(who).await.first().map(|row| row["status"].clone()).unwrap_or_default()
}

/// The token of a mail's link, behind this.
fn token(desk: &Desk, mail: &Mail, before: &str) -> String {
    let text = mail.text();
    let at = text.find(before).unwrap_or_else(|| panic!("no {before} in {text}")) + before.len();
    let token: String = text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect();
    secrets::used(desk.server.base(), &token);
    token
}

async fn open(backend: crate::support::Backend, smtp: &Smtp) -> Desk {
    let options = Options::new().smtp(smtp).env("FRONTDESK_PUBLIC_URL", "https://desk.example.com");
    Desk::open_with(backend, options).await
}

both! {
    /// Whoever asks gets a mail, and only who follows its link the newsletter. The mail that welcomes them ends it with one click of
    /// the mail program, or by the page that its link leads to.
    async fn nobody_gets_it_who_did_not_confirm_and_one_click_ends_it(backend) {
        let smtp = Smtp::start().await;
        let desk = open(backend, &smtp).await;
        let admin = desk.admin().await;
        let first = subscribe(&desk, "Ann@Example.com").await;
        let asked = smtp.next_mail(SOON).await;
        assert_eq!((asked.to.as_slice(), asked.header("List-Unsubscribe")), (["ann@example.com".to_owned()].as_slice(), None));
        assert_eq!(asked.header("Auto-Submitted"), Some("auto-generated".into()));
        let confirm = token(&desk, &asked, "https://desk.example.com/confirm-newsletter?tenant=main#token=");
        let row = list(&admin).await.remove(0);
        assert_eq!((&row["email"], &row["status"], &row["source"]), (&json!("ann@example.com"), &json!("PENDING"), &json!("footer")));
        assert_eq!((&row["address"], &row["subscribedAt"]), (&json!("127.0.0.1"), &Value::Null));

        // Asking again sends another link, and the first is good no more.
        subscribe(&desk, "ann@example.com").await;
        let newer = token(&desk, &smtp.next_mail(SOON).await, "#token=");
        for bad in [confirm.as_str(), "fdn_nonsense", ""] {
            let refused = desk.web.run(CONFIRM, json!({ "input": { "token": bad } })).await;
            assert_eq!((refused.user_errors("confirmNewsletterSubscription")[0].code.as_str(), status(&admin).await), ("INVALID_TOKEN", json!("PENDING")));
        }
        desk.web.run(CONFIRM, json!({ "input": { "token": newer } })).await.ok();
        let welcome = smtp.next_mail(SOON).await;
        // Who follows the link twice is told the same, and welcomed once.
        let twice = desk.web.run(CONFIRM, json!({ "input": { "token": newer } })).await.ok();
        assert!(twice.user_errors("confirmNewsletterSubscription").is_empty(), "{twice}");
        let row = list(&admin).await.remove(0);
        assert!(row["status"] == "SUBSCRIBED" && row["subscribedAt"].is_string(), "{row}");
        let link = welcome.header("List-Unsubscribe").expect("a header");
        assert_eq!(welcome.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
        let path = link.trim_start_matches("<https://desk.example.com").trim_end_matches('>').to_owned();
        let end = token(&desk, &welcome, "https://desk.example.com/newsletter/unsubscribe?tenant=main&token=");
        assert_eq!(path, format!("/newsletter/unsubscribe?tenant=main&token={end}"));

        // Who has it already is asked nothing, and the answer is the same; the next mail is somebody else's.
        let known = subscribe(&desk, "ann@example.com").await;
        assert_eq!(known.json["data"], first.json["data"]);
        subscribe(&desk, "bob@example.com").await;
        assert_eq!(smtp.next_mail(SOON).await.to, ["bob@example.com"]);

        // Following the link changes nothing; what a mail program posts does, twice as well as once.
        let page = desk.web.get(&path).await;
        assert!(page.status == 200 && page.text.contains("<form method=\"post\">") && page.header("content-security-policy").contains("default-src 'none'"), "{page}");
        assert_eq!(status(&admin).await, "SUBSCRIBED");
        let form = desk.web.header("content-type", "application/x-www-form-urlencoded");
        for _ in 0..2 {
            let ended = form.send(Method::POST, &path, "List-Unsubscribe=One-Click").await;
            assert_eq!(ended.status, 200, "{ended}");
        }
        let row = list(&admin).await.remove(0);
        assert!(row["status"] == "UNSUBSCRIBED" && row["unsubscribedAt"].is_string() && row["subscribedAt"].is_string(), "{row}");
        let old = desk.web.run(CONFIRM, json!({ "input": { "token": newer } })).await;
        assert_eq!((old.user_errors("confirmNewsletterSubscription")[0].code.as_str(), status(&admin).await), ("INVALID_TOKEN", json!("UNSUBSCRIBED")));
        for wrong in ["/newsletter/unsubscribe?tenant=main&token=fdu_nonsense", "/newsletter/unsubscribe?tenant=other&token=x", "/newsletter/unsubscribe"] {
            assert_eq!(form.send(Method::POST, wrong, "List-Unsubscribe=One-Click").await.status, 404, "{wrong}");
        }

        // Who comes back is asked again, and has ended it until then.
        subscribe(&desk, "ann@example.com").await;
        let again = token(&desk, &smtp.next_mail(SOON).await, "#token=");
        assert_eq!(status(&admin).await, "UNSUBSCRIBED");
        desk.web.run(CONFIRM, json!({ "input": { "token": again } })).await.ok();
        assert_eq!(status(&admin).await, "SUBSCRIBED");
        let ended = token(&desk, &smtp.next_mail(SOON).await, "&token=");
        assert_eq!(ended, end, "the link of an early mail ends it, too");
        let wrong = desk.web.run(END, json!({ "input": { "token": format!("{end}A") } })).await;
        assert_eq!(wrong.user_errors("unsubscribeFromNewsletter")[0].path, "input.token");
        desk.web.run(END, json!({ "input": { "token": end } })).await.ok();
        assert_eq!(status(&admin).await, "UNSUBSCRIBED");
        let trail = "{ auditLogs(filter: { resourceType: { eq: \"NewsletterSubscription\" }, success: true }) { nodes { eventType } } }";
        let trail = admin.client.run(trail, Value::Null).await.ok();
        let kinds: Vec<_> = trail.list("auditLogs.nodes").iter().rev().map(|row| row["eventType"].clone()).collect();
        let (in_it, out) = ("newsletter.subscribed", "newsletter.unsubscribed");
        assert_eq!(kinds, [in_it, out, in_it, out]);
    }

    /// A program that fills the trap is thanked and forgotten; what is no address is said; and nobody can have somebody else's
    /// mailbox filled.
    async fn asking_is_bounded(backend) {
        let smtp = Smtp::start().await;
        let options = Options::new().smtp(&smtp).env("FRONTDESK_PUBLIC_URL", "https://desk.example.com");
        let desk = Desk::limited(backend, options).await;
        let trap = json!({ "input": { "email": "bot@example.com", "website": "https://spam.example" } });
        desk.web.run(SUBSCRIBE, trap).await.ok();
        let wrong = desk.web.run(SUBSCRIBE, json!({ "input": { "email": "ann" } })).await;
        assert_eq!(wrong.user_errors("subscribeToNewsletter")[0].path, "input.email");
        for _ in 0..6 {
            subscribe(&desk, "ann@example.com").await;
        }
        let sql = desk.sql().await;
        let done = "SELECT count(*) FROM jobs WHERE kind = 'inbox.ask_subscriber'";
        until("all are worked off", SOON, async || (sql.number(done).await == 0).then_some(())).await;
        smtp.attempted(4, SOON).await;
        subscribe(&desk, "bob@example.com").await;
        let last = until("Bob's mail", SOON, async || smtp.mails().into_iter().find(|mail| mail.to == ["bob@example.com"])).await;
        assert_eq!(last.subject(), "Confirm your subscription");
        assert_eq!(smtp.mails().len(), 5, "four of Ann's, none of the program's");
        assert_eq!(sql.count("newsletter_subscriptions").await, 2);
    }

    /// Staff who may find who subscribed, and take the list along as a file that runs nothing (B45). That they did is on record;
    /// others see nothing of it.
    async fn the_list_is_taken_along_by_those_who_may(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        for (email, source) in [("=1+1@example.com", "@x"), ("+49@example.com", "a \"b\", c"), ("zoe@example.com", "-2+3")] {
            desk.web.run(SUBSCRIBE, json!({ "input": { "email": email, "source": source } })).await.ok();
        }
        until("all are asked", SOON, async || (list(&admin).await.len() == 3).then_some(())).await;
        let sql = desk.sql().await;
        sql.run("UPDATE newsletter_subscriptions SET status = 'subscribed', subscribed_at = '2026-05-01T10:00:00+00:00', \
            created_at = '2026-05-01T09:00:00+00:00' WHERE email <> 'zoe@example.com'").await;
        let found = admin.client.run(LIST, json!({ "filter": { "status": { "eq": "SUBSCRIBED" }, "email": { "in": ["=1+1@EXAMPLE.com"] } } })).await.ok();
        assert_eq!(found.data("newsletterSubscriptions.nodes.0.source"), "@x", "a program reads it as it is");
        let file = admin.client.run(EXPORT, json!({ "filter": { "status": { "eq": "SUBSCRIBED" } } })).await.ok();
        let content = file.string("exportNewsletterSubscriptions.content");
        let mut lines: Vec<_> = content.split_terminator("\r\n").collect();
        assert_eq!(lines.remove(0), "email,status,source,subscribed_at,unsubscribed_at,created_at,ip_address");
        lines.sort_unstable();
        assert_eq!(lines, [
            "'+49@example.com,subscribed,\"a \"\"b\"\", c\",2026-05-01T10:00:00Z,,2026-05-01T09:00:00Z,127.0.0.1",
            "'=1+1@example.com,subscribed,'@x,2026-05-01T10:00:00Z,,2026-05-01T09:00:00Z,127.0.0.1",
        ]);
        assert_eq!(file.data("exportNewsletterSubscriptions.rows"), 2);
        let trail = "{ auditLogs(filter: { eventType: { eq: \"data.export\" } }) { nodes { action severity actorEmail details } } }";
        let trail = admin.client.run(trail, Value::Null).await.ok();
        let details = json!({ "field": "exportNewsletterSubscriptions", "kind": "NewsletterSubscription", "count": 2 });
        assert_eq!(trail.data("auditLogs.nodes"), &json!([{ "action": "EXPORT", "severity": "MEDIUM", "actorEmail": crate::support::ADMIN_EMAIL, "details": details }]));

        // A manager sees who subscribed, and not from where.
        let bea = desk.colleague("bea@example.com", "Bea", "MANAGER").await;
        assert_eq!(list(&bea).await[0]["address"], Value::Null);
        assert!(!bea.client.run(EXPORT, json!({})).await.ok().text.contains("127.0.0.1"));
        let staff = desk.colleague("cem@example.com", "Cem", "STAFF").await;
        for query in [LIST, EXPORT] {
            assert_eq!(staff.client.run(query, json!({})).await.error_code(), "FORBIDDEN");
        }
    }

    /// What nobody confirmed within 30 days is removed, and its link is good no more; what was ended is remembered.
    async fn what_nobody_confirms_goes(backend) {
        let smtp = Smtp::start().await;
        let options = Options::new().smtp(&smtp).env("FRONTDESK_PUBLIC_URL", "https://desk.example.com");
        let desk = Desk::open_with(backend, options.env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        let mut tokens = Vec::new();
        for email in ["ann@example.com", "bob@example.com"] {
            subscribe(&desk, email).await;
            tokens.push(token(&desk, &smtp.next_mail(SOON).await, "#token="));
        }
        sql.run("UPDATE newsletter_subscriptions SET status = 'unsubscribed' WHERE email = 'bob@example.com'").await;
        sql.run("UPDATE newsletter_subscriptions SET requested_at = '2020-01-01T00:00:00+00:00'").await;
        until("Ann's is gone", Duration::from_secs(20), async || (list(&admin).await.len() == 1).then_some(())).await;
        assert_eq!(list(&admin).await[0]["email"], "bob@example.com");
        for token in tokens {
            let refused = desk.web.run(CONFIRM, json!({ "input": { "token": token } })).await;
            assert_eq!(refused.user_errors("confirmNewsletterSubscription")[0].code, "INVALID_TOKEN");
        }
    }
}
