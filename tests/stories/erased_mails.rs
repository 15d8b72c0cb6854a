//! Mails that wait go with whom they are to, and with what they tell of.

use serde_json::json;

use super::bookings::{book, daily, day, open, service, slots};
use super::desk::{Desk, Person, SOON};
use super::erasures::{confirmed, over, second};
use super::roles::make_role;
use super::trail::trail;
use crate::coverage::sql::Sql;
use crate::support::{Options, Smtp, both, until};

const INVITE: &str = "mutation($email: EmailAddress!, $role: ID!) { inviteStaff(input: { email: $email, name: \"Ada\", roleId: $role }) { \
    invitation { id } errors { code message path } } }";
const REVOKE: &str =
    "mutation($id: ID!) { revokeInvitation(input: { invitationId: $id }) { invitation { id } errors { message } } }";
const SUBSCRIBE: &str =
    "mutation($email: EmailAddress!) { subscribeToNewsletter(input: { email: $email }) { errors { code path } } }";
const LETTERS: &str = "SELECT count(*) FROM jobs WHERE kind = 'identity.deliver_mail'";
/// So many tries are more than a story sees.
const AWAY: usize = 10_000;

async fn subscribe(desk: &Desk, sql: &Sql, email: &str) {
    desk.web.run(SUBSCRIBE, json!({ "email": email })).await.ok();
    let asking = "SELECT count(*) FROM jobs WHERE kind = 'inbox.ask_subscriber'";
    until("the letter is written", SOON, async || (sql.number(asking).await == 0).then_some(())).await;
}

async fn invite(admin: &Person, email: &str) -> String {
    let role = make_role(admin, &format!("Role of {email}"), &["VIEW_MESSAGES"]).await;
    let invited = admin.client.run(INVITE, json!({ "email": email, "role": role })).await.ok();
    invited.string("inviteStaff.invitation.id")
}

both! {
    /// While the mail server is away somebody is invited, books and asks for the newsletter. Then they are erased: of their mails none
    /// waits any more, nor one that was given up, and when the server is back only others get theirs.
    async fn who_was_erased_gets_no_mail_that_waited(backend) {
        let smtp = Smtp::start().await;
        smtp.refuse_next(AWAY, 451);
        let quick = Options::new().smtp(&smtp).env("FRONTDESK_JOB_LEASE", "1s").env("FRONTDESK_SWEEP_INTERVAL", "1s");
        let mut desk = Desk::open_with(backend, quick).await;
        let admin = desk.admin().await;
        let sam = second(&desk, &admin, "sam").await;
        let sql = desk.sql().await;
        open(&admin, None, daily("09:00", "17:00")).await;
        let advice = service(&admin, json!({ "name": "Advice", "staffIds": [admin.id] })).await;
        let date = day(&admin, 10).await;
        let free = slots(&desk.web, &advice, date, date).await;
        subscribe(&desk, &sql, "bob@visitors.example").await;
        invite(&admin, "ada@visitors.example").await;
        // As if it had failed twelve times.
        let newest = "SELECT id FROM jobs WHERE kind = 'identity.deliver_mail' ORDER BY id DESC LIMIT 1";
        sql.run(&format!("UPDATE jobs SET state = 'dead' WHERE id = ({newest})")).await;
        book(&desk.web, &advice, &free[0]["startsAt"], "Ada", json!({})).await.string("bookConsultation.receipt.consultationId");
        subscribe(&desk, &sql, "ada@visitors.example").await;
        assert!(sql.number(LETTERS).await >= 4, "all wait");

        let erasure = confirmed((&admin, &sam), "ada@visitors.example", "PERSON").await;
        let done = over(&admin, &erasure["id"]).await;
        assert_eq!(done["status"], "DONE", "{done}");
        let counts = done["counts"].as_array().expect("counts");
        let jobs = counts.iter().find(|one| one["table"] == "jobs").unwrap_or_else(|| panic!("{done}"));
        assert!(jobs["rows"].as_i64() >= Some(3), "{done}");
        assert_eq!(sql.number("SELECT count(*) FROM jobs WHERE state = 'dead'").await, 0);

        let back = Smtp::start().await;
        desk.server.restart_with(Options::new().smtp(&back)).await;
        let due = "UPDATE jobs SET run_at = created_at WHERE kind = 'identity.deliver_mail'";
        until("all mails went out", SOON, async || {
            sql.run(due).await;
            (sql.number(LETTERS).await == 0).then_some(())
        }).await;
        let mails = back.mails();
        assert!(mails.iter().any(|mail| mail.to == ["bob@visitors.example"]), "{mails:?}");
        assert!(mails.iter().all(|mail| !mail.raw.contains("ada@visitors.example")), "{mails:?}");
    }

    /// An invitation is revoked while its mail waits: the mail does not go out, and the trail says so.
    async fn a_revoked_invitation_is_not_mailed(backend) {
        let smtp = Smtp::start().await;
        smtp.refuse_next(AWAY, 451);
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
        let admin = desk.admin().await;
        let invitation = invite(&admin, "bea@example.com").await;
        smtp.attempted(1, SOON).await;
        admin.client.run(REVOKE, json!({ "id": invitation })).await.ok();
        let withheld = until("it is withheld", SOON, async || {
            trail(&admin, json!({ "eventType": { "eq": "letter.withheld" } })).await.first().cloned()
        }).await;
        assert!(withheld.to_string().contains("bea@example.com"), "{withheld}");
        assert_eq!(desk.sql().await.number(LETTERS).await, 0);
        // The next one has a link that is good, and waits.
        invite(&admin, "cleo@example.com").await;
        smtp.attempted(smtp.attempts() + 1, SOON).await;
        assert_eq!(trail(&admin, json!({ "eventType": { "eq": "letter.withheld" } })).await.len(), 1);
    }
}
