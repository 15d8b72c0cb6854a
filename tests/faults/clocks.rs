//! The clock of a server jumps ahead, and back.

use serde_json::{Value, json};

use crate::running::{REPLY, Site, enter, messages, submit};
use crate::support::shim::Shim;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Client, PATIENCE, Smtp, both, until};

const SIGN_IN: &str = "mutation($email: String!, $password: String!) { signIn(input: { email: $email, password: $password }) { \
    session { accessToken refreshToken } errors { message } } }";
const REFRESH: &str = "mutation($token: String!) { refreshSession(input: { refreshToken: $token }) { session { accessToken refreshToken } errors { code } } }";
const HOUR: i64 = 3_600;

both! {
    /// An hour ahead: access tokens are over, and the session goes on with the next one; nobody is signed out. An hour back again: what
    /// was written and queued in that hour is there, mails go out at once, each once, the newest message is the one that came last by its
    /// clock, and the trail is whole.
    async fn a_clock_that_jumps_ends_nothing(backend) {
        let (site, shim, smtp) = (Site::new(backend), Shim::new(), Smtp::start().await);
        let server = site.serve_with(shim.options(site.options()).smtp(&smtp)).await;
        let web = Client::new(server.base());
        let begun = web.run(SIGN_IN, json!({ "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD })).await.ok();
        let (access, refresh) = (begun.string("signIn.session.accessToken"), begun.string("signIn.session.refreshToken"));
        let staff = web.bearer(&access);
        let first = submit(&web, "in time").await;
        let reply = async |staff: &Client, id: &str, text: &str| {
            staff.run(REPLY, json!({ "input": { "messageId": id, "content": text } })).await.ok()
        };
        reply(&staff, &first, "first").await;
        smtp.texts(1, PATIENCE).await;

        shim.clock(HOUR);
        let refused = staff.run("{ viewer { user { id } } }", Value::Null).await;
        assert!(refused.json["data"]["viewer"]["user"].is_null(), "the token is over: {refused}");
        let again = web.run(REFRESH, json!({ "token": refresh })).await.ok();
        let later = web.bearer(&again.string("refreshSession.session.accessToken"));
        let second = submit(&web, "an hour ahead").await;
        reply(&later, &second, "second").await;
        smtp.texts(2, PATIENCE).await;

        shim.clock(0);
        let me = later.run("{ viewer { user { email } } }", Value::Null).await.ok();
        assert_eq!(me.string("viewer.user.email"), ADMIN_EMAIL, "who signed in ahead is still signed in");
        let third = submit(&web, "back again").await;
        reply(&later, &third, "third").await;
        smtp.texts(3, PATIENCE).await;
        let renewed = web.run(REFRESH, json!({ "token": again.string("refreshSession.session.refreshToken") })).await.ok();
        let now = enter(&web, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        assert!(renewed.string("refreshSession.session.accessToken").len() > 20);
        assert_eq!(messages(&now).await, ["an hour ahead", "back again", "in time"]);

        shim.clock(-HOUR);
        let fourth = submit(&web, "an hour behind").await;
        let behind = enter(&web, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        reply(&behind, &fourth, "fourth").await;
        smtp.texts(4, PATIENCE).await;
        shim.clock(0);
        let sent = "SELECT count(*) FROM message_replies WHERE email_status = 'sent'";
        until("all is sent", PATIENCE, async || (site.count("main", sent).await == 4).then_some(())).await;
        until("all is sealed", PATIENCE, async || {
            (site.count("main", "SELECT count(*) FROM outbox WHERE sequence IS NULL").await == 0).then_some(())
        })
        .await;
        assert_eq!((smtp.mails().len(), site.count("main", "SELECT count(*) FROM jobs").await), (4, 0));
        let verified = site.run(["audit", "verify"]).await.ok();
        assert!(verified.out.starts_with("whole: "), "{verified}");
    }

    /// A clock that was ahead while something was queued, and was set back before it was done: the mail goes out at once, and not when
    /// the hour has come.
    async fn what_was_queued_ahead_is_done_at_once(backend) {
        let (site, shim, smtp) = (Site::new(backend), Shim::new(), Smtp::start().await);
        let options = shim.options(site.options()).smtp(&smtp).env("FRONTDESK_SWEEP_INTERVAL", "1s");
        let mut server = site.serve_with(options.env("FRONTDESK_WORKERS", "off")).await;
        shim.clock(HOUR);
        let web = Client::new(server.base());
        let staff = enter(&web, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let message = submit(&web, "an hour ahead").await;
        staff.run(REPLY, json!({ "input": { "messageId": message, "content": "at once" } })).await.ok();
        server.terminate();
        server.wait().await;
        shim.clock(0);
        server.restart_with(shim.options(site.options()).smtp(&smtp).env("FRONTDESK_SWEEP_INTERVAL", "1s").env("FRONTDESK_WORKERS", "on")).await;
        smtp.texts(1, PATIENCE).await;
        until("nothing waits", PATIENCE, async || (site.count("main", "SELECT count(*) FROM jobs").await == 0).then_some(())).await;
    }
}
