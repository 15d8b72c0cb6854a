//! Signing in, staying in and getting out.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, REFRESH, SIGN_IN, SIGN_OUT, SOON, credentials};
use crate::support::timing::expect_alike;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Options, both, until};

/// The longest that access outlives what ended it.
const AT_ONCE: Duration = Duration::from_secs(5);

both! {
    /// A wrong password, an unknown address, somebody who was let go and nonsense get the same answer: nobody learns who
    /// works here.
    async fn a_refused_sign_in_tells_nothing(backend) {
        let desk = Desk::open(backend).await;
        desk.cli_ok(&["staff", "add", "gone@example.com", "--name", "Gone", "--role", "STAFF"], PASSWORD);
        desk.cli_ok(&["staff", "deactivate", "gone@example.com"], "");
        let wrong = desk.web.run(SIGN_IN, credentials(ADMIN_EMAIL, "not the password")).await;
        assert_eq!(wrong.data("signIn.session"), &Value::Null);
        assert_eq!(wrong.data("signIn.errors.0.code"), "INVALID_CREDENTIALS");
        for (email, password) in [
            ("nobody@example.com", ADMIN_PASSWORD), ("gone@example.com", PASSWORD), ("", ""), ("no address", "x"),
            (ADMIN_EMAIL, ""), ("admin@example.com\u{0}", ADMIN_PASSWORD), (ADMIN_EMAIL, &"x".repeat(5000)),
        ] {
            let answer = desk.web.run(SIGN_IN, credentials(email, password)).await;
            assert_eq!((answer.status, &answer.json), (wrong.status, &wrong.json), "{email:?}");
        }
        let typed = desk.sign_in("  Admin@EXAMPLE.com ", ADMIN_PASSWORD).await;
        assert!(typed.is_in().await, "case and blanks around an address do not matter");
    }

    /// Nor does the time that it takes tell who works here.
    async fn a_refused_sign_in_takes_the_same_time(backend) {
        let desk = Desk::open(backend).await;
        expect_alike("on.example", 40, ADMIN_EMAIL, async |email: &str| {
            let answer = desk.web.run(SIGN_IN, credentials(email, "not the password")).await;
            assert_eq!(answer.user_errors("signIn")[0].code, "INVALID_CREDENTIALS");
        })
        .await;
    }

    /// Each refresh token is good once. Somebody who uses one again, later than a second window or a lost answer would, holds
    /// a stolen copy, or was stolen from: the session ends for both, with its access tokens.
    async fn a_refresh_token_used_twice_ends_its_session(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let other = desk.admin().await;
        let next = refresh(&desk, &admin.refresh).await.ok();
        let (access, second) = (next.string("refreshSession.session.accessToken"), next.string("refreshSession.session.refreshToken"));
        assert_ne!(second, admin.refresh);
        let renewed = super::desk::Person { client: desk.web.bearer(&access), access, ..admin.clone() };
        assert!(renewed.is_in().await);

        age_uses(&desk).await;
        let replayed = refresh(&desk, &admin.refresh).await;
        assert_eq!(replayed.data("refreshSession.session"), &Value::Null);
        let [error] = replayed.user_errors("refreshSession").try_into().expect("one error");
        assert_eq!((error.code.as_str(), error.path.as_str()), ("INVALID_TOKEN", "input.refreshToken"));
        for token in [second.as_str(), "fdr_nonsense", "", &"x".repeat(3000)] {
            let refused = refresh(&desk, token).await;
            assert_eq!(refused.data("refreshSession"), replayed.data("refreshSession"), "{token}");
        }
        for person in [&admin, &renewed] {
            until("the session's access ends", AT_ONCE, async || (!person.is_in().await).then_some(())).await;
        }
        assert!(other.is_in().await, "their other session goes on");
        let trail = other.client.run("{ auditLogs(filter: { eventType: { eq: \"session.reused\" } }) { nodes { severity success } } }", json!({})).await.ok();
        assert_eq!(trail.data("auditLogs.nodes"), &json!([{ "severity": "CRITICAL", "success": false }]));
    }

    /// Two windows find that their session needs renewing and send the same token, one after the other or at once; an answer
    /// gets lost and is asked for again. Everybody goes on, with what they were given, whoever came first.
    async fn two_windows_renew_with_one_token(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let mut given = Vec::new();
        for _ in 0..2 {
            given.push(refresh(&desk, &admin.refresh).await.ok());
        }
        let bob = desk.admin().await;
        given.extend(join_all((0..4).map(|_| refresh(&desk, &bob.refresh))).await);
        let mut tokens = Vec::new();
        for answer in &given {
            let access = answer.string("refreshSession.session.accessToken");
            assert!(super::desk::Person { client: desk.web.bearer(&access), ..admin.clone() }.is_in().await);
            tokens.push(answer.string("refreshSession.session.refreshToken"));
        }
        tokens.sort_unstable();
        tokens.dedup();
        assert_eq!(tokens.len(), 6, "each has one of their own");
        // Each goes on by itself, and an age later a copy of the first token ends them all.
        let mut next = Vec::new();
        for token in &tokens {
            next.push(refresh(&desk, token).await.ok().string("refreshSession.session.refreshToken"));
        }
        let trail = "{ auditLogs(filter: { eventType: { eq: \"session.refreshed\" } }) { nodes { newValues } } }";
        let trail = admin.client.run(trail, json!({})).await.ok();
        let again = trail.list("auditLogs.nodes").iter().filter(|row| row["newValues"]["again"] == true).count();
        assert_eq!((trail.list("auditLogs.nodes").len(), again), (12, 4), "an auditor sees who came again");
        age_uses(&desk).await;
        for first in [&admin.refresh, &bob.refresh] {
            assert_eq!(refresh(&desk, first).await.user_errors("refreshSession")[0].code, "INVALID_TOKEN");
        }
        for token in &next {
            assert_eq!(refresh(&desk, token).await.user_errors("refreshSession")[0].code, "INVALID_TOKEN");
        }
    }

    /// Who signed out comes back by no token, however fresh its first use is, and that is no alarm.
    async fn the_grace_brings_no_ended_session_back(backend) {
        let desk = Desk::open(backend).await;
        let (admin, other) = (desk.admin().await, desk.admin().await);
        refresh(&desk, &admin.refresh).await.ok();
        admin.client.run(SIGN_OUT, json!({})).await.ok();
        assert_eq!(refresh(&desk, &admin.refresh).await.user_errors("refreshSession")[0].code, "INVALID_TOKEN");
        let alarms = "{ auditLogs(filter: { eventType: { eq: \"session.reused\" } }) { totalCount } }";
        assert_eq!(other.client.run(alarms, json!({})).await.ok().data("auditLogs.totalCount"), &json!(0));
    }

    /// Sessions and refresh tokens are kept for thirty days after their end, so that a copy is known for one, and then no more.
    async fn what_ended_long_ago_is_removed(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let (kept, gone) = (desk.admin().await, desk.admin().await);
        let next = refresh(&desk, &kept.refresh).await.ok().string("refreshSession.session.refreshToken");
        gone.client.run(SIGN_OUT, json!({})).await.ok();
        let last = desk.admin().await;
        last.client.run(SIGN_OUT, json!({})).await.ok();
        let sql = desk.sql().await;
        let ago = |days: u32| match sql.is_sqlite() {
            true => format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-{days} days')"),
            false => format!("now() - interval '{days} days'"),
        };
        assert_eq!((sql.count("sessions").await, sql.count("refresh_tokens").await), (3, 4));
        // One ended 31 days ago, early; another 29 days ago.
        let first = "SELECT id FROM sessions WHERE revoked_at IS NOT NULL ORDER BY created_at LIMIT 1";
        sql.run(&format!("UPDATE sessions SET revoked_at = {} WHERE revoked_at IS NOT NULL", ago(29))).await;
        sql.run(&format!("UPDATE sessions SET revoked_at = {} WHERE id = ({first})", ago(31))).await;
        until("what ended first is gone", SOON, async || (sql.count("sessions").await == 2).then_some(())).await;
        assert_eq!(sql.count("refresh_tokens").await, 3, "with its token, which was never used");
        // Of the one that lives the first token was used 31 days ago.
        sql.run(&format!("UPDATE refresh_tokens SET used_at = {} WHERE used_at IS NOT NULL", ago(31))).await;
        until("a token that was used is gone", SOON, async || (sql.count("refresh_tokens").await == 2).then_some(())).await;
        refresh(&desk, &kept.refresh).await.user_errors("refreshSession");
        refresh(&desk, &next).await.ok();
        assert_eq!(sql.number("SELECT count(*) FROM refresh_tokens WHERE replaced_by IS NOT NULL").await, 1);
    }

    /// Four windows refresh with the same token at the same time where there is no grace: at most one of them stays in, and
    /// the others are told what somebody is told who comes too late.
    async fn parallel_refreshes_leave_at_most_one_heir(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_REFRESH_GRACE", "0s")).await;
        for _ in 0..5 {
            let admin = desk.admin().await;
            let answers = join_all((0..4).map(|_| refresh(&desk, &admin.refresh))).await;
            let mut heirs = Vec::new();
            for answer in &answers {
                match answer.data("refreshSession.session").get("refreshToken").and_then(Value::as_str) {
                    Some(token) => heirs.push(token.to_owned()),
                    None => assert_eq!(answer.user_errors("refreshSession")[0].code, "INVALID_TOKEN", "{answer}"),
                }
            }
            assert!(heirs.len() <= 1, "{answers:?}");
            // The token was used more than once, so whoever won it has it no longer.
            for heir in heirs {
                assert_eq!(refresh(&desk, &heir).await.user_errors("refreshSession")[0].code, "INVALID_TOKEN");
            }
            until("access ends", AT_ONCE, async || (!admin.is_in().await).then_some(())).await;
        }
    }

    /// Who signs out is out, in this session and no other, and their refresh token with them.
    async fn signing_out_ends_access(backend) {
        let desk = Desk::open(backend).await;
        let (admin, other) = (desk.admin().await, desk.admin().await);
        admin.client.run(SIGN_OUT, json!({})).await.ok();
        assert!(!admin.is_in().await);
        assert_eq!(refresh(&desk, &admin.refresh).await.user_errors("refreshSession")[0].code, "INVALID_TOKEN");
        assert!(other.is_in().await);
        assert_eq!(admin.client.run(SIGN_OUT, json!({})).await.error_code(), "UNAUTHENTICATED");
        assert_eq!(desk.web.run(SIGN_OUT, json!({})).await.error_code(), "UNAUTHENTICATED");
    }

    /// Who is let go is out within seconds, however many sessions they have.
    async fn deactivation_ends_access(backend) {
        let desk = Desk::open(backend).await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let again = desk.sign_in("bea@example.com", PASSWORD).await;
        assert!(bea.is_in().await && again.is_in().await);
        desk.cli_ok(&["staff", "deactivate", "BEA@example.com"], "");
        for person in [&bea, &again] {
            until("their access ends", AT_ONCE, async || (!person.is_in().await).then_some(())).await;
            assert_eq!(refresh(&desk, &person.refresh).await.user_errors("refreshSession")[0].code, "INVALID_TOKEN");
        }
    }

    /// The door is never locked from the inside with nobody left who has the key.
    async fn the_last_administrator_stays(backend) {
        let desk = Desk::open(backend).await;
        desk.colleague("bea@example.com", "Bea", "MANAGER").await;
        let refused = desk.cli(&["staff", "deactivate", ADMIN_EMAIL], "");
        assert!(!refused.status.success());
        assert!(String::from_utf8_lossy(&refused.stderr).contains("last active administrator"), "{refused:?}");
        let admin = desk.admin().await;
        // Somebody who may not everything could never give again what only this one holds.
        desk.colleague("lesser@example.com", "Lesser", "ADMIN").await;
        assert!(!desk.cli(&["staff", "deactivate", ADMIN_EMAIL], "").status.success());
        let second = desk.colleague("second@example.com", "Second", "SUPER_ADMIN").await;
        desk.cli_ok(&["staff", "deactivate", ADMIN_EMAIL], "");
        until("the first one's access ends", AT_ONCE, async || (!admin.is_in().await).then_some(())).await;
        assert!(second.is_in().await);
        assert!(!desk.cli(&["staff", "deactivate", "second@example.com"], "").status.success());
    }
}

/// Lets a long time pass since the tokens were used that were.
async fn age_uses(desk: &Desk) {
    let used = "UPDATE refresh_tokens SET used_at = '2026-01-01T00:00:00+00:00' WHERE used_at IS NOT NULL";
    desk.sql().await.run(used).await;
}

async fn refresh(desk: &Desk, token: &str) -> Answer {
    desk.web.run(REFRESH, json!({ "input": { "refreshToken": token } })).await
}
