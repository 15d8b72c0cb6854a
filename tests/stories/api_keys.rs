//! Programs that act for a person.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{FOLLOW, SOON};
use super::organisation::change;
use crate::coverage::harness::{Harness, Home, assign, reply, write};
use crate::support::{ADMIN_EMAIL, Answer, Backend, Client, Socket, both, chance, until};

/// The longest that a key outlives what ended it.
const AT_ONCE: Duration = Duration::from_secs(5);

/// The most keys of one person.
const MOST: i64 = 50;

const LOOK: &str = "{ viewer { user { email } permissions } messages { nodes { id } } }";
const MESSAGES: [&str; 3] = ["VIEW_MESSAGES", "MANAGE_MESSAGES", "SEE_ALL"];

/// A new key: its text and its id.
async fn key(owner: &Client, permissions: &[&str], expires_at: Option<String>) -> (String, String) {
    let made = create(owner, permissions, expires_at).await.ok();
    (made.string("createApiKey.key"), made.string("createApiKey.apiKey.id"))
}

async fn create(owner: &Client, permissions: &[&str], expires_at: Option<String>) -> Answer {
    create_named(owner, &chance::name("Nightly report"), permissions, expires_at).await
}

async fn create_named(owner: &Client, name: &str, permissions: &[&str], expires_at: Option<String>) -> Answer {
    let input = json!({ "name": name, "permissions": permissions, "expiresAt": expires_at });
    change(owner, "createApiKey", input, "key apiKey { id name prefix permissions expiresAt }").await
}

async fn revoke(client: &Client, id: &str) -> Answer {
    change(client, "revokeApiKey", json!({ "apiKeyId": id }), "apiKey { id revokedAt }").await
}

/// Whether the key is one; what it is not is said as to everybody who is signed out.
async fn is_good(client: &Client) -> bool {
    let answer = client.run("{ viewer { user { email } } }", Value::Null).await;
    if !answer.errors().is_empty() {
        assert_eq!((answer.error_code(), answer.status), ("UNAUTHENTICATED", 401), "{answer}");
    }
    answer.errors().is_empty() && !answer.data("viewer.user").is_null()
}

/// A socket that was opened with a key and has heard something.
async fn listening(stand: &Harness, home: &Home, key: &str) -> Socket {
    write(home, "Ada", "ada@example.com", "Hello").await;
    let mut socket = Socket::connect(stand.server.base(), Some(key)).await;
    socket.subscribe("live", FOLLOW, json!({ "after": "0" })).await;
    socket.next(SOON).await.data("inboxEvents.sequence");
    socket
}

both! {
    /// A key does what it was made for and nothing else, in the name of its owner; the trail tells which key it was.
    async fn a_key_acts_for_its_owner(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let message = write(&home, "Ada", "ada@example.com", "Hello").await;
        let made = create(&home.admin, &MESSAGES, None).await.ok();
        let (text, id) = (made.string("createApiKey.key"), made.string("createApiKey.apiKey.id"));
        let (shape, prefix) = (text.split('_').take(2).collect::<Vec<_>>(), made.string("createApiKey.apiKey.prefix"));
        assert_eq!((shape, text.len(), prefix.len()), (vec!["fd", "live"], 8 + 32 + 1 + 43, 8));
        assert_eq!(&text[41..49], prefix);

        let program = home.visitor.nobody().bearer(&text);
        let seen = program.run(LOOK, Value::Null).await.ok();
        assert_eq!(seen.string("viewer.user.email"), ADMIN_EMAIL);
        assert_eq!(seen.data("viewer.permissions"), &json!(["MANAGE_MESSAGES", "SEE_ALL", "VIEW_MESSAGES"]));
        assert_eq!(seen.string("messages.nodes.0.id"), message);
        let set = json!({ "messageId": message, "status": "IN_PROGRESS" });
        change(&program, "setMessageStatus", set, "message { status }").await.ok();
        let trail = "{ auditLogs(first: 1, filter: { eventType: { eq: \"message.status_changed\" } }) { nodes { actorEmail sessionId \
            apiKeyId } } }";
        let trail = home.admin.run(trail, Value::Null).await.ok();
        assert_eq!(trail.data("auditLogs.nodes.0"), &json!({ "actorEmail": ADMIN_EMAIL, "sessionId": null, "apiKeyId": id }));
        until("the trail is sealed", AT_ONCE, async || {
            (home.sql.count("audit_logs").await == home.sql.count("audit_chain").await).then_some(())
        })
        .await;
        assert!(stand.cli(&["audit", "verify"], "").starts_with("whole"));

        assert_eq!(program.run("{ staffMembers { nodes { id } } }", Value::Null).await.error_code(), "FORBIDDEN");
        // What a person does for themselves no key does for them, whatever it may do otherwise.
        let (all, _) = key(&home.admin, &["USE_API_KEYS", "MANAGE_API_KEYS", "MANAGE_SESSIONS"], None).await;
        let all = home.visitor.nobody().bearer(&all);
        assert_eq!(create(&all, &["USE_API_KEYS"], None).await.error_code(), "FORBIDDEN");
        assert_eq!(revoke(&all, &id).await.error_code(), "FORBIDDEN");
        assert_eq!(all.run("mutation { signOut { errors { code } } }", Value::Null).await.error_code(), "FORBIDDEN");
        assert!(is_good(&program).await && is_good(&home.admin).await);

        let list = "{ apiKeys { totalCount nodes { id name prefix lastUsedAt owner { email } } } }";
        let noted = until("its use is noted", SOON, async || {
            let answer = home.admin.run(list, Value::Null).await.ok();
            let node = answer.list("apiKeys.nodes").iter().find(|node| node["id"] == json!(id)).cloned().expect("the key");
            node["lastUsedAt"].is_string().then_some(node)
        })
        .await;
        assert!(noted["name"].as_str().is_some_and(|name| name.starts_with("Nightly report")), "{noted}");
        assert_eq!((&noted["prefix"], &noted["owner"]["email"]), (&json!(prefix), &json!(ADMIN_EMAIL)));
    }

    /// Nobody gives a key what they do not hold, and what its owner loses it loses too.
    async fn a_key_never_may_more_than_its_owner(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let bea = stand.colleague(&home, "bea@example.com", "STAFF").await;
        for (permissions, code) in [(vec!["VIEW_MESSAGES", "VIEW_AUDIT_LOG"], "NOT_ALLOWED"), (vec![], "BLANK")] {
            let refused = create(&bea, &permissions, None).await;
            assert_eq!(refused.data("createApiKey.key"), &Value::Null);
            let [error] = refused.user_errors("createApiKey").try_into().expect("one error");
            assert_eq!((error.code.as_str(), error.path.as_str()), (code, "input.permissions"));
        }
        let past = create(&bea, &MESSAGES, Some("2026-01-01T00:00:00Z".into())).await;
        assert_eq!(past.user_errors("createApiKey")[0].path, "input.expiresAt");
        let viewer = stand.colleague(&home, "viewer@example.com", "VIEWER").await;
        assert_eq!(create(&viewer, &["VIEW_MESSAGES"], None).await.error_code(), "FORBIDDEN");

        let (text, _) = key(&bea, &MESSAGES, None).await;
        let program = home.visitor.bearer(&text);
        assert_eq!(program.run(LOOK, Value::Null).await.ok().list("viewer.permissions").len(), 3);
        // What came with the old role goes with it, as where somebody changes it.
        home.sql.run("DELETE FROM user_permissions WHERE user_id = (SELECT id FROM users WHERE email = 'bea@example.com')").await;
        home.sql.run("UPDATE users SET role_id = (SELECT id FROM roles WHERE name = 'VIEWER') WHERE email = 'bea@example.com'").await;
        let left = until("what the owner lost is lost", AT_ONCE, async || {
            let answer = program.run(LOOK, Value::Null).await.ok();
            (answer.list("viewer.permissions").len() < 3).then_some(answer)
        })
        .await;
        assert_eq!(left.data("viewer.permissions"), &json!(["SEE_ALL", "VIEW_MESSAGES"]));
        let gone = change(&program, "setMessageStatus", json!({ "messageId": "msg_0190a5f0000070008000000000000000", "status": "NEW" }), "").await;
        assert_eq!(gone.error_code(), "FORBIDDEN");
    }

    /// A key sees the work that its owner sees: that of their team, as long as it is theirs.
    async fn a_key_sees_what_its_owner_sees(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let eve = stand.person(&home, "eve@example.com", &["VIEW_MESSAGES", "SEE_TEAM", "SEE_ASSIGNED", "USE_API_KEYS"]).await;
        let eve_id = eve.run("{ viewer { user { id } } }", Value::Null).await.ok().string("viewer.user.id");
        let admin_id = home.admin.run("{ viewer { user { id } } }", Value::Null).await.ok().string("viewer.user.id");
        let (own, other, free) = (
            write(&home, "Ada", "ada@example.com", "Hello").await,
            write(&home, "Bob", "bob@example.com", "Hello").await,
            write(&home, "Cy", "cy@example.com", "Hello").await,
        );
        assign(&home, &own, &eve_id).await;
        assign(&home, &other, &admin_id).await;
        let (text, _) = key(&eve, &["VIEW_MESSAGES", "SEE_TEAM", "SEE_ASSIGNED"], None).await;
        let (blind, _) = key(&eve, &["VIEW_MESSAGES"], None).await;
        let program = home.visitor.bearer(&text);
        let ids = async |client: &Client| {
            let answer = client.run("{ messages { totalCount nodes { id } } }", Value::Null).await.ok();
            let mut ids: Vec<_> = answer.list("messages.nodes").iter().map(|node| node["id"].as_str().expect("an id").to_owned()).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(ids(&program).await, std::slice::from_ref(&own));
        assert!(ids(&home.visitor.bearer(&blind)).await.is_empty(), "visibility is given like the rest");
        assert_eq!(ids(&home.admin).await, [own.clone(), other.clone(), free]);
        let team = change(&home.admin, "createTeam", json!({ "name": "Day" }), "team { id }").await.ok().string("createTeam.team.id");
        for staff in [&eve_id, &admin_id] {
            change(&home.admin, "addTeamMember", json!({ "teamId": team, "staffId": staff }), "member { role }").await.ok();
        }
        until("the team's work is seen", AT_ONCE, async || (ids(&program).await == [own.clone(), other.clone()]).then_some(())).await;
        change(&home.admin, "removeTeamMember", json!({ "teamId": team, "staffId": eve_id }), "team { id }").await.ok();
        until("and no more", AT_ONCE, async || (ids(&program).await == [own.clone()]).then_some(())).await;
    }

    /// Revoked, a key is none at once and what listens with it is cut off; so it is when its owner is let go, and when its
    /// time is up.
    async fn a_key_ends(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let bea = stand.colleague(&home, "bea@example.com", "STAFF").await;
        let cleo = stand.colleague(&home, "cleo@example.com", "STAFF").await;

        let (text, id) = key(&bea, &MESSAGES, None).await;
        let program = home.visitor.bearer(&text);
        let mut socket = listening(&stand, &home, &text).await;
        let mut stream = program.stream(FOLLOW, json!({ "after": "0" })).await;
        stream.next(SOON).await.expect("an event");
        assert_eq!(revoke(&cleo, &id).await.error_code(), "NOT_FOUND", "somebody else's key is nothing");
        assert!(is_good(&program).await);
        let ended = revoke(&bea, &id).await.ok();
        assert!(ended.data("revokeApiKey.apiKey.revokedAt").is_string());
        assert!(!is_good(&program).await, "at once");
        assert!(matches!(socket.close_code().await, 4401 | 4403));
        while stream.next(SOON).await.is_some() {}
        assert_eq!(revoke(&bea, &id).await.ok().data("revokeApiKey"), ended.data("revokeApiKey"), "twice is no error");
        let mut again = Socket::open(stand.server.base(), &[]).await;
        again.send(json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {text}") } })).await;
        assert!(matches!(again.close_code().await, 4401 | 4403), "and does not get in again");

        // One with the permission ends other people's.
        let (theirs, id) = key(&cleo, &MESSAGES, None).await;
        let seen = home.admin.run("{ apiKeys(filter: { isActive: true }) { nodes { id } } }", Value::Null).await.ok();
        assert_eq!(seen.data("apiKeys.nodes"), &json!([{ "id": id }]));
        assert_eq!(bea.run("{ apiKeys(filter: { isActive: true }) { totalCount } }", Value::Null).await.ok().data("apiKeys.totalCount"), &json!(0));
        revoke(&home.admin, &id).await.ok();
        assert!(!is_good(&home.visitor.bearer(&theirs)).await);

        let (text, _) = key(&bea, &MESSAGES, None).await;
        let mut socket = listening(&stand, &home, &text).await;
        stand.cli(&["staff", "deactivate", "bea@example.com"], "");
        let program = home.visitor.bearer(&text);
        until("let go", AT_ONCE, async || (!is_good(&program).await).then_some(())).await;
        assert!(matches!(socket.close_code().await, 4401 | 4403));

        // A key whose time is up soon: it was good before.
        let soon = chrono::DateTime::parse_from_rfc3339(&home.admin.run(
            "{ auditLogs(first: 1) { nodes { at } } }", Value::Null).await.ok().string("auditLogs.nodes.0.at")).expect("a time");
        let end = soon + chrono::TimeDelta::seconds(6);
        let (text, _) = key(&cleo, &MESSAGES, Some(end.to_rfc3339())).await;
        let program = home.visitor.bearer(&text);
        assert!(is_good(&program).await);
        let mut socket = listening(&stand, &home, &text).await;
        until("its time is up", SOON, async || (!is_good(&program).await).then_some(())).await;
        assert!(matches!(socket.close_code().await, 4401 | 4403));
    }

    /// A key finds its own company whatever the headers say, and is none in another; what only looks like one is none.
    async fn a_key_is_of_one_company(backend) {
        let stand = Harness::start(backend).await;
        let (home, other) = (stand.tenant("ours").await, stand.tenant("theirs").await);
        let message = write(&home, "Ada", "ada@example.com", "Hello").await;
        write(&other, "Bob", "bob@example.com", "Hello").await;
        let (text, id) = key(&home.admin, &MESSAGES, None).await;
        let (theirs, _) = key(&other.admin, &MESSAGES, None).await;
        let nobody = home.visitor.nobody();
        let seen = nobody.tenant("theirs").bearer(&text).run("{ viewer { tenant { slug } } messages { nodes { id } } }", Value::Null).await.ok();
        assert_eq!((seen.string("viewer.tenant.slug"), seen.data("messages.nodes")), ("ours".into(), &json!([{ "id": message }])));
        assert_eq!(revoke(&other.admin, &id).await.error_code(), "NOT_FOUND");
        let swapped = format!("{}{}", &theirs[..41], &text[41..]);
        let nowhere = format!("fd_live_0190a5f0000070008000000000000000_{}", &text[41..]);
        let last = if text.ends_with('A') { "B" } else { "A" };
        for forged in [
            swapped, nowhere, format!("{}{last}", &text[..text.len() - 1]), text[..text.len() - 1].to_owned(), format!("{text}A"),
            text.to_uppercase(), text.replace("fd_live_", "fd_test_"), "fd_live_".to_owned(), format!("fd_live_{}", "x".repeat(6000)),
            format!("{}'", &text[..text.len() - 1]), text[41..].to_owned(), id,
        ] {
            assert!(!is_good(&nobody.tenant("ours").bearer(&forged)).await, "{forged:.100}");
        }
        assert!(is_good(&nobody.bearer(&text)).await);
    }

    /// Somebody has one key less than anybody may have, and makes several at the same moment: one is made.
    async fn nobody_has_more_keys_than_there_may_be(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        for _ in 0..MOST - 1 {
            create(&home.admin, &MESSAGES, None).await.ok();
        }
        let several = join_all((0..8).map(|_| create(&home.admin, &MESSAGES, None))).await;
        let made = several.iter().filter(|answer| answer.user_errors("createApiKey").is_empty()).count();
        assert_eq!(made, 1, "{several:?}");
        let open = "SELECT count(*) FROM api_keys WHERE revoked_at IS NULL";
        assert_eq!(home.sql.number(open).await, MOST);
    }

    /// The text of a key is shown once, and is nowhere: not in the log, not in the trail, not in the database.
    async fn a_key_is_nowhere_in_clear(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let keyed = home.admin.idempotency_key("key-1");
        let made = create_named(&keyed, "Nightly", &MESSAGES, None).await.ok();
        let again = create_named(&keyed, "Nightly", &MESSAGES, None).await.ok();
        assert_eq!(again.json["data"], made.json["data"], "the answer is kept for a day");
        let (text, id) = (made.string("createApiKey.key"), made.string("createApiKey.apiKey.id"));
        let message = write(&home, "Ada", "ada@example.com", "Hello").await;
        let program = home.visitor.bearer(&text);
        change(&program, "setMessageStatus", json!({ "messageId": message, "status": "IN_PROGRESS" }), "").await.ok();
        change(&program, "setMessageStatus", json!({ "messageId": message, "status": "NEW" }), "").await;
        change(&program, "createTeam", json!({ "name": "No" }), "").await;
        assert!(!is_good(&home.visitor.bearer(&text[..80])).await);
        reply(&home, &message).await;
        let secret = &text[41..];
        let everything = home.sql.everything().await;
        assert!(everything.contains(&made.string("createApiKey.apiKey.prefix")), "this is where it would be");
        assert!(!everything.contains(secret));
        let hex: String = secret.bytes().map(|byte| format!("{byte:02X}")).collect();
        assert!(!everything.contains(&hex));
        assert_eq!(stand.server.places_of(secret), Vec::<String>::new());
        let hash = if backend == Backend::Sqlite { "hex(hash)" } else { "upper(encode(hash, 'hex'))" };
        assert_eq!(home.sql.texts(&format!("SELECT {hash} FROM api_keys")).await[0].len(), 64);
        revoke(&home.admin, &id).await.ok();
    }
}
