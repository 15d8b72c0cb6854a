//! Mails between two chairs: the mail server took one, and we do not know it.

use std::time::Duration;

use serde_json::json;

use crate::running::{REPLY, Site, enter, submit, until};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Client, Fault, Mail, PATIENCE, Server, Smtp, both};

/// A lease that no test lives to see the end of: what waits for it never comes.
const NEVER: &str = "1h";

/// A server whose mail server does this with the first mail, which has just been begun; and a client. A job whose worker died
/// is begun again after this lease.
async fn mailing(site: &Site, smtp: &Smtp, fault: Fault, lease: &str) -> (Server, Client) {
    let options = site.options().smtp(smtp).env("FRONTDESK_SWEEP_INTERVAL", "1s");
    let server = site.serve_with(options.env("FRONTDESK_JOB_LEASE", lease)).await;
    let nobody = Client::new(server.base());
    let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
    smtp.script([fault]);
    let id = submit(&nobody, "hello").await;
    staff.run(REPLY, json!({ "input": { "messageId": id, "content": "hello yourself" } })).await.ok();
    smtp.texts(1, PATIENCE).await;
    (server, staff)
}

/// Waits until the one reply is sent, and sees that this is noted once.
async fn noted_once(site: &Site) {
    let sent =
        async || (site.look(Some("main"), "SELECT email_status FROM message_replies").await == ["sent"]).then_some(());
    until("the reply is sent", PATIENCE, sent).await;
    assert_eq!(site.count("main", "SELECT count(*) FROM audit_logs WHERE kind = 'reply.delivered'").await, 1);
    assert_eq!(site.count("main", "SELECT count(*) FROM jobs").await, 0);
}

/// Both mails are the same one, which is how the receiver's mail program knows to show one.
fn same(one: &Mail, other: &Mail) {
    let id = one.header("message-id").expect("a Message-ID");
    assert!(id.len() > 10, "{id}");
    assert_eq!(other.header("message-id"), Some(id));
    assert_eq!(one.text(), other.text());
    assert_eq!(one.to, other.to);
}

both! {
    /// The server is killed while the mail server thinks about a mail that it then takes. After the restart the mail is
    /// sent again, as soon as nobody else can be at it, under the same Message-ID.
    async fn a_crash_during_a_delivery_repeats_the_same_mail(backend) {
        let (site, smtp) = (Site::new(backend), Smtp::start().await);
        let (mut server, _staff) = mailing(&site, &smtp, Fault::Delay(Duration::from_secs(2)), "5s").await;
        server.kill9().await;
        server.restart().await;
        let first = smtp.next_mail(PATIENCE).await;
        let again = smtp.next_mail(PATIENCE).await;
        same(&first, &again);
        noted_once(&site).await;
        assert_eq!(smtp.mails().len(), 2);
    }

    /// The mail server takes a mail and hangs up before it says so.
    async fn an_answer_that_is_lost_repeats_the_same_mail(backend) {
        let (site, smtp) = (Site::new(backend), Smtp::start().await);
        let (_server, staff) = mailing(&site, &smtp, Fault::DropAfterAccepting, NEVER).await;
        let first = smtp.next_mail(PATIENCE).await;
        same(&first, &smtp.next_mail(PATIENCE).await);
        noted_once(&site).await;
        drop(staff);
    }

    /// The mail server thinks long about one mail; a later one goes out meanwhile.
    async fn a_mail_that_hangs_holds_up_no_other(backend) {
        let (site, smtp) = (Site::new(backend), Smtp::start().await);
        let (server, staff) = mailing(&site, &smtp, Fault::Delay(Duration::from_secs(15)), NEVER).await;
        let id = submit(&Client::new(server.base()), "another").await;
        staff.run(REPLY, json!({ "input": { "messageId": id, "content": "this one is quick" } })).await.ok();
        let mail = smtp.next_mail(PATIENCE).await;
        assert!(mail.text().contains("this one is quick"), "{}", mail.text());
    }

    /// Told to stop in the middle of a delivery, the server finishes it: nothing is sent twice, and nothing waits for a
    /// lease to end.
    async fn a_delivery_is_finished_before_the_server_stops(backend) {
        let (site, smtp) = (Site::new(backend), Smtp::start().await);
        let (mut server, _staff) = mailing(&site, &smtp, Fault::Delay(Duration::from_secs(2)), NEVER).await;
        server.terminate();
        assert_eq!(server.wait().await.code(), Some(0), "{}", server.output());
        assert_eq!(smtp.mails().len(), 1, "it was sent");
        noted_once(&site).await;
        server.restart().await;
        assert_eq!(smtp.attempts(), 1);
    }

    /// Many mails wait at once. What came of each is noted while more are begun, although one connection writes an SQLite
    /// file: none holds up the others until a lease ends, and none goes out twice.
    async fn many_mails_go_out_once_each(backend) {
        const MANY: usize = 60;
        let (site, smtp) = (Site::new(backend), Smtp::start().await);
        let server = site.serve_with(site.options().smtp(&smtp).env("FRONTDESK_JOB_LEASE", NEVER)).await;
        let nobody = Client::new(server.base());
        let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let id = submit(&nobody, "hello").await;
        for n in 0..MANY {
            staff.run(REPLY, json!({ "input": { "messageId": id, "content": format!("answer {n}") } })).await.ok();
        }
        let done = async || (site.count("main", "SELECT count(*) FROM jobs").await == 0).then_some(());
        until("all are sent", PATIENCE, done).await;
        assert_eq!(smtp.attempts(), MANY);
        assert!(!server.output().contains("looking for"), "{}", server.output());
    }

    /// What came of a mail could not be noted, since others were always faster. That is tried again soon, and not only
    /// when the worker's lease ends.
    async fn a_lost_race_is_run_again_soon(backend) {
        let (site, smtp) = (Site::new(backend), Smtp::start().await);
        let server = site.serve_with(site.options().smtp(&smtp).env("FRONTDESK_JOB_LEASE", NEVER)).await;
        let nobody = Client::new(server.base());
        let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let id = submit(&nobody, "hello").await;
        // A unique index that a delivered reply violates is what losing a race looks like.
        site.meddle(Some("main"), "CREATE UNIQUE INDEX one_delivery ON audit_logs (kind) WHERE kind IN ('reply.delivered')").await;
        for _ in 0..2 {
            staff.run(REPLY, json!({ "input": { "messageId": id, "content": "hello yourself" } })).await.ok();
        }
        let noted = async || site.look(Some("main"), "SELECT last_error FROM jobs").await.first().filter(|why| why.contains("Conflict")).map(drop);
        until("the failure is noted", PATIENCE, noted).await;
        site.meddle(Some("main"), "DROP INDEX one_delivery").await;
        let done = async || (site.count("main", "SELECT count(*) FROM jobs").await == 0).then_some(());
        until("it is run again", PATIENCE, done).await;
    }
}
