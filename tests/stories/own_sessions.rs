//! Seeing where one is signed in, and ending it from elsewhere.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::desk::{Desk, FOLLOW, PASSWORD, Person, REFRESH, SIGN_IN, SOON, credentials};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Options, Socket, both, until};

const SESSIONS: &str =
    "query Mine { viewer { sessions(first: 10) { totalCount nodes { id browser operatingSystem userAgent
    address refreshes createdAt lastActiveAt expiresAt revokedAt isCurrent user { id } } } } }";
const SESSIONS_OF: &str = "query Theirs($id: ID!) { sessions(userId: $id) { nodes { id isCurrent user { id } } } }";
const REVOKE: &str = "mutation Revoke($id: ID!) { revokeSession(input: { sessionId: $id }) {
    session { id revokedAt } errors { code path } } }";
const REVOKE_ALL: &str = "mutation RevokeAll($input: RevokeAllSessionsInput!) { revokeAllSessions(input: $input) {
    revoked errors { code path } } }";
const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

both! {
    /// Bea sees her telephone and her desk in the list, loses the telephone, and ends its session from the desk: its
    /// access is over at once, and whoever holds it hears nothing any more.
    async fn a_session_is_ended_from_another_one(backend) {
        let desk = Desk::open(backend).await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let phone = from(&desk, FIREFOX, "bea@example.com").await;
        let refreshed = desk.web.run(REFRESH, json!({ "input": { "refreshToken": phone.refresh } })).await.ok();
        let refresh = refreshed.string("refreshSession.session.refreshToken");

        let seen = bea.client.run(SESSIONS, json!({})).await.ok();
        assert_eq!(seen.data("viewer.sessions.totalCount"), &json!(2));
        let [lost, here] = seen.list("viewer.sessions.nodes") else { panic!("{seen}") };
        assert_eq!((&lost["isCurrent"], &here["isCurrent"]), (&json!(false), &json!(true)), "the newest first");
        assert_eq!((&lost["browser"], &lost["operatingSystem"]), (&json!("Firefox"), &json!("Windows")));
        assert_eq!((&lost["refreshes"], &here["refreshes"]), (&json!(1), &json!(0)));
        assert!(lost["userAgent"] == FIREFOX && lost["address"] == "127.0.0.1" && lost["revokedAt"].is_null(), "{lost}");
        assert_eq!(lost["user"]["id"], json!(bea.id));
        assert!(time(&lost["createdAt"]) < time(&lost["lastActiveAt"]));
        assert_eq!(time(&lost["expiresAt"]) - time(&lost["lastActiveAt"]), TimeDelta::days(30));

        let mut socket = desk.follow(&phone, json!({ "after": "0" })).await;
        let mut stream = phone.client.stream(FOLLOW, json!({ "after": "0" })).await;
        let first = desk.message("Earlier", "Hello").await;
        while socket.next(SOON).await.data("inboxEvents.message.id") != &json!(first) {}
        stream.next(SOON).await.expect("an event");

        let id = lost["id"].as_str().expect("an id");
        let revoked = bea.client.run(REVOKE, json!({ "id": id })).await.ok();
        assert!(revoked.data("revokeSession.session.revokedAt").is_string());
        assert!(!phone.is_in().await, "at once");
        let since = Instant::now();
        desk.message("Later", "Hello").await;
        while let Some(frame) = socket.next_or_closed(SOON).await {
            assert!(!frame.payload.to_string().contains("Later"), "{frame:?}");
        }
        assert!(matches!(socket.close_code().await, 4401 | 4403));
        while let Some(event) = stream.next(SOON).await {
            assert!(!event.json().to_string().contains("Later"), "{event:?}");
        }
        assert!(since.elapsed() < Duration::from_secs(4), "ended after {:?}", since.elapsed());
        let refused = desk.web.run(REFRESH, json!({ "input": { "refreshToken": refresh } })).await;
        assert_eq!(refused.user_errors("refreshSession")[0].code, "INVALID_TOKEN");

        assert!(bea.is_in().await, "the desk goes on");
        bea.client.run(REVOKE, json!({ "id": id })).await.ok();
        let left = bea.client.run(SESSIONS, json!({})).await.ok();
        assert_eq!(left.list("viewer.sessions.nodes").len(), 1);
    }

    /// Other people's sessions are for those who may manage them; for everybody else they are not there.
    async fn sessions_of_others_are_for_those_who_may(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (ada, bea) = (desk.colleague("ada@example.com", "Ada", "STAFF").await, desk.colleague("bea@example.com", "Bea", "STAFF").await);
        let again = desk.sign_in("bea@example.com", PASSWORD).await;
        let theirs = admin.client.run(SESSIONS_OF, json!({ "id": bea.id })).await.ok();
        let nodes = theirs.list("sessions.nodes");
        assert!(nodes.len() == 2 && nodes.iter().all(|node| node["isCurrent"] == false && node["user"]["id"] == json!(bea.id)));

        assert_eq!(ada.client.run(SESSIONS_OF, json!({ "id": bea.id })).await.error_code(), "FORBIDDEN");
        let missing = ada.client.run(REVOKE, json!({ "id": "ses_0190a5f0000070008000000000000000" })).await;
        let foreign = ada.client.run(REVOKE, json!({ "id": nodes[0]["id"] })).await;
        assert_eq!((missing.error_code(), foreign.error_code()), ("NOT_FOUND", "NOT_FOUND"));
        let all = json!({ "input": { "userId": bea.id } });
        assert_eq!(ada.client.run(REVOKE_ALL, all.clone()).await.error_code(), "FORBIDDEN");
        assert!(bea.is_in().await && again.is_in().await);

        let ended = admin.client.run(REVOKE_ALL, all).await.ok();
        assert_eq!(ended.data("revokeAllSessions.revoked"), &json!(2));
        assert!(!bea.is_in().await && !again.is_in().await && admin.is_in().await && ada.is_in().await);
    }

    /// Somebody ends all their sessions but the one that they sit at, and then that one too.
    async fn all_sessions_are_ended_together(backend) {
        let desk = Desk::open(backend).await;
        let (one, two, here) = (desk.admin().await, desk.admin().await, desk.admin().await);
        let rest = here.client.run(REVOKE_ALL, json!({ "input": {} })).await.ok();
        assert_eq!(rest.data("revokeAllSessions.revoked"), &json!(2));
        assert!(!one.is_in().await && !two.is_in().await && here.is_in().await);
        here.client.run(REVOKE_ALL, json!({ "input": { "exceptCurrent": false } })).await.ok();
        assert!(!here.is_in().await);
    }

    /// A company's settings make sessions shorter than the server's, never longer; from the next refresh on they hold for
    /// those that are open.
    async fn a_company_says_how_long_sessions_last(backend) {
        let options = Options::new().env("FRONTDESK_SESSION_IDLE", "10d").env("FRONTDESK_SESSION_ABSOLUTE", "20d");
        let desk = Desk::open_with(backend, options).await;
        let admin = desk.admin().await;
        let set = async |key: &str, days: i32| {
            let set = "mutation($input: SetSettingInput!) { setSetting(input: $input) { errors { code message } } }";
            admin.client.run(set, json!({ "input": { "key": key, "value": days } })).await.ok();
        };
        let promised = async |refresh: Option<&str>| {
            let tokens = "{ session { refreshToken refreshTokenExpiresAt } errors { code } }";
            let answer = match refresh {
                Some(token) => {
                    let refresh = format!("mutation($t: String!) {{ s: refreshSession(input: {{ refreshToken: $t }}) {tokens} }}");
                    desk.web.run(&refresh, json!({ "t": token })).await.ok()
                }
                None => {
                    let sign_in = format!("mutation($input: SignInInput!) {{ s: signIn(input: $input) {tokens} }}");
                    desk.web.run(&sign_in, credentials(ADMIN_EMAIL, ADMIN_PASSWORD)).await.ok()
                }
            };
            #[expect(clippy::disallowed_methods, reason = "promised times are held against the wall's clock")]
            let hours = (time(answer.data("s.session.refreshTokenExpiresAt")) - Utc::now()).num_hours();
            (hours + 1, answer.string("s.session.refreshToken"))
        };
        assert_eq!(promised(None).await.0, 10 * 24, "where nothing is set the server's hold");
        set("session.idle_days", 2).await;
        let (hours, token) = promised(None).await;
        assert_eq!(hours, 2 * 24);
        set("session.absolute_days", 1).await;
        assert_eq!(promised(Some(&token)).await.0, 24);
        set("session.idle_days", 80).await;
        set("session.absolute_days", 300).await;
        assert_eq!(promised(None).await.0, 10 * 24, "the server's are the longest");
    }

    /// A session that rests too long ends, and so does one that never rests, when its time is up. What it is promised at
    /// each refresh is what it gets.
    async fn sessions_end_by_rest_and_by_age(backend) {
        let options = Options::new().env("FRONTDESK_SESSION_IDLE", "10d").env("FRONTDESK_SESSION_ABSOLUTE", "20d");
        let desk = Desk::open_with(backend, options).await;
        let sql = desk.sql().await;
        #[expect(clippy::disallowed_methods, reason = "promised times are held against the wall's clock")]
        let now = Utc::now();
        let days = |since: DateTime<Utc>| (since - now).num_hours() as f64 / 24.0;

        let admin = desk.admin().await;
        let seen = admin.client.run(SESSIONS, json!({})).await.ok();
        let promised = days(time(&seen.data("viewer.sessions.nodes.0.expiresAt").clone()));
        assert!((9.9..10.1).contains(&promised), "{promised}");

        // It was opened 15 days ago, and has five to go.
        sql.run(&format!("UPDATE sessions SET created_at = '{}'", (now - TimeDelta::days(15)).to_rfc3339())).await;
        let refresh = "mutation($token: String!) { refreshSession(input: { refreshToken: $token }) {
            session { accessToken refreshToken refreshTokenExpiresAt } errors { code } } }";
        let renewed = desk.web.run(refresh, json!({ "token": admin.refresh })).await.ok();
        let promised = days(time(renewed.data("refreshSession.session.refreshTokenExpiresAt")));
        assert!((4.9..5.1).contains(&promised), "{promised}");

        // 21 days ago: too old, whatever it was promised.
        sql.run(&format!("UPDATE sessions SET created_at = '{}'", (now - TimeDelta::days(21)).to_rfc3339())).await;
        let token = renewed.string("refreshSession.session.refreshToken");
        let refused = desk.web.run(refresh, json!({ "token": token })).await;
        assert_eq!(refused.user_errors("refreshSession")[0].code, "INVALID_TOKEN");

        // Not refreshed for 11 days, under a rule that was laxer when it was promised more.
        let rested = desk.admin().await;
        let past = |days| (now - TimeDelta::days(days)).to_rfc3339();
        sql.run(&format!("UPDATE sessions SET created_at = '{0}', last_active_at = '{0}'", past(11))).await;
        let refused = desk.web.run(refresh, json!({ "token": rested.refresh })).await;
        assert_eq!(refused.user_errors("refreshSession")[0].code, "INVALID_TOKEN");

        // An access token is not longer good than its session.
        let last = desk.admin().await;
        assert!(last.is_in().await);
        sql.run(&format!("UPDATE sessions SET expires_at = '{}'", past(1))).await;
        until("its access ends", Duration::from_secs(5), async || (!last.is_in().await).then_some(())).await;
        let mut socket = Socket::open(desk.server.base(), &[]).await;
        socket.send(json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {}", last.access) } })).await;
        assert!(matches!(socket.close_code().await, 4401 | 4403));
    }
}

/// Somebody signs in with a browser.
async fn from(desk: &Desk, agent: &str, email: &str) -> Person {
    let web = desk.web.header("user-agent", agent);
    let answer: Answer = web.run(SIGN_IN, credentials(email, PASSWORD)).await.ok();
    let access = answer.string("signIn.session.accessToken");
    Person {
        client: web.bearer(&access),
        id: answer.string("signIn.session.viewer.user.id"),
        refresh: answer.string("signIn.session.refreshToken"),
        access,
    }
}

#[track_caller]
fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no time: {value}"))
}
