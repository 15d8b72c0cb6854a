//! Every change can be proved afterwards: one audit row each, which nobody can alter without being found out.

use std::time::Duration;

use serde_json::{Value, json};

use super::fixtures::{arguments, is_public, put};
use super::harness::{
    Harness, Home, PASSWORD, Things, allow_registration, answer_chat, begin_chat, invite, own_session, plant, session,
    sign_in, write,
};
use super::own_access::own_access;
use super::refusals::refused;
use super::sdl::{Root, Sdl, named};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Backend, Client, both, until};

async fn run(client: &Client, sdl: &Sdl, root: &Root, variables: Value) -> Answer {
    client.run(&sdl.document("Change", root, 1, 2), variables).await
}

/// What is its own record (when, by whom, from where) and no change of anything at the desk, and what is only counted:
/// `docs/audit.md` says so. The only ones.
const UNTOLD: [&str; 2] = ["recordEvents", "recordHelpView"];

/// How many audit rows, of them successes, and how many events; without what Frontdesk does by itself, in its own time.
pub async fn counts(home: &Home) -> (i64, i64, i64) {
    let of = async |sql: &str| home.sql.number(sql).await;
    // Reads are written a moment later.
    let changes =
        "FROM audit_logs WHERE actor_kind <> 'system' AND kind NOT LIKE 'data.%' AND kind <> 'request.refused'";
    (
        of(&format!("SELECT count(*) {changes}")).await,
        of(&format!("SELECT count(*) {changes} AND success")).await,
        of("SELECT count(*) FROM outbox o JOIN audit_logs a ON a.id = o.id WHERE actor_kind <> 'system' AND topic IS NOT NULL").await,
    )
}

/// An error leads to a field that the mutation has, or to all of its input.
fn names_a_field(sdl: &Sdl, root: &Root, error: &Value) {
    let path: Vec<_> = error["path"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if root.arguments.is_empty() {
        return assert_eq!(path, ["input"], "{} takes nothing: {error}", root.name);
    }
    let argument =
        root.arguments.iter().find(|argument| path.first().is_some_and(|first| argument.name.node == *first));
    let argument = argument.unwrap_or_else(|| panic!("{} has no such argument: {error}", root.name));
    let fields = sdl.input_fields(named(&argument.ty.node));
    let is_there =
        path.get(1).is_none_or(|name| name.is_empty() || fields.iter().any(|field| field.name.node == *name));
    assert!(is_there, "{} has no such field: {error}", root.name);
}

/// It changes nothing, so it leaves nothing.
const EPHEMERAL: &str = "setTyping";

/// Arguments with which a mutation goes well; those that need a secret get it from a session.
async fn going_well(root: &Root, home: &Home, own: &Things) -> Value {
    if let Some(variables) = super::crm::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::sync::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::exports::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::retention::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::errors::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::erasures::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::person_exports::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::effectiveness::going_well(root, home).await {
        return variables;
    }
    if let Some(variables) = super::bookings::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::projects::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::conversations::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::social::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::help::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::tickets::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::leads::going_well(root, home, own).await {
        return variables;
    }
    if let Some(variables) = super::comments::going_well(root, home, own).await {
        return variables;
    }
    match root.name.as_str() {
        "signIn" => json!({ "input": { "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD } }),
        "refreshSession" => {
            let token = session(&home.visitor, ADMIN_EMAIL, ADMIN_PASSWORD).await.string("signIn.session.refreshToken");
            json!({ "input": { "refreshToken": token } })
        }
        "resetSetting" | "resetEmailTemplate" | "testSmtp" => {
            let before = match root.name.as_str() {
                "resetSetting" => ("setSetting", json!({ "key": "ui.theme", "scope": "PERSONAL", "value": "light" })),
                "resetEmailTemplate" => ("updateEmailTemplate", json!({ "key": "TEST_MAIL", "subject": "It works" })),
                // Nobody is there, which is an answer too.
                _ => (
                    "updateSmtpSettings",
                    json!({ "host": "127.0.0.1", "port": 25, "encryption": "NONE", "fromEmail": "desk@example.com" }),
                ),
            };
            let sdl = Sdl::exported();
            let first = mutations(&sdl).into_iter().find(|root| root.name == before.0).expect("a mutation");
            run(&home.admin, &sdl, &first, json!({ "input": before.1 })).await.ok();
            arguments(root, own)
        }
        // Of a provider that tells of its people by webhook nobody gives up an account.
        "unlinkExternalIdentity" => {
            home.sql.run("UPDATE external_identities SET revision = 0").await;
            arguments(root, own)
        }
        "revokeSession" => {
            let elsewhere = sign_in(&home.visitor, ADMIN_EMAIL, ADMIN_PASSWORD).await;
            put(arguments(root, own), "input.sessionId", json!(own_session(&elsewhere).await))
        }
        "registerClient" => {
            allow_registration(home).await;
            // Somebody who is known gets a mail, and nobody is added a moment later.
            put(arguments(root, own), "input.email", json!(ADMIN_EMAIL))
        }
        "verifyEmail" => put(arguments(root, own), "input.token", json!(planted(home, "verify_email").await)),
        "resetPassword" => put(arguments(root, own), "input.token", json!(planted(home, "reset_password").await)),
        "confirmEmailChange" => {
            put(arguments(root, own), "input.token", json!(planted(home, "change_email_new").await))
        }
        "acceptInvitation" => {
            let token = format!("fdi_{}", "a".repeat(43));
            invite(home, "accepting@example.com", &token).await;
            put(arguments(root, own), "input.token", json!(token))
        }
        "requestEmailChange" => put(arguments(root, own), "input.password", json!(ADMIN_PASSWORD)),
        "completeOidcSignIn" => json!({ "input": own.elsewhere.back(home).await }),
        // What is read already would change nothing.
        "markNotificationsRead" => {
            home.sql.run("UPDATE notifications SET read_at = NULL").await;
            arguments(root, own)
        }
        "confirmNewsletterSubscription" => {
            let token = format!("fdn_{}", "c".repeat(43));
            super::website::plant(home, "confirming@example.com", "pending", "confirm_hash", &token).await;
            put(arguments(root, own), "input.token", json!(token))
        }
        "unsubscribeFromNewsletter" => {
            let token = format!("fdu_{}", "u".repeat(43));
            super::website::plant(home, "leaving@example.com", "subscribed", "unsubscribe_hash", &token).await;
            put(arguments(root, own), "input.token", json!(token))
        }
        // The fixtures' message is the administrator's already.
        "assignMessage" => put(arguments(root, own), "input.assigneeId", Value::Null),
        // The fixtures' chats are used up by other tests of this kind: each gets one of its own, as far along as it must be.
        "claimChat" | "transferChat" => {
            let chat = begin_chat(home, "Eve", "eve@example.com").await;
            put(arguments(root, own), "input.chatId", json!(chat.id))
        }
        "sendChatMessage" | "endChat" | "rateChat" | "markChatRead" | "requestChatTranscript" | "setTyping" => {
            let chat = begin_chat(home, "Eve", "eve@example.com").await;
            answer_chat(home, &chat.id).await;
            let arguments = put(arguments(root, own), "input.chatId", json!(chat.id));
            put(arguments, "input.chatToken", json!(chat.token))
        }
        // What is done already would change nothing.
        "reactivateStaff" => {
            undo(home, "deactivateStaff", arguments(root, own)).await;
            arguments(root, own)
        }
        "reactivateClient" => {
            undo(home, "deactivateClient", arguments(root, own)).await;
            arguments(root, own)
        }
        "revokePermission" => {
            undo(home, "grantPermission", arguments(root, own)).await;
            arguments(root, own)
        }
        _ => super::desk::going_well(root, home, own).await.unwrap_or_else(|| arguments(root, own)),
    }
}

/// Does the contrary of what is to be done.
async fn undo(home: &Home, mutation: &str, variables: Value) {
    let input = match mutation {
        "grantPermission" => "PersonPermissionInput".to_owned(),
        name => format!("{}{}Input", name[..1].to_uppercase(), &name[1..]),
    };
    let document = format!("mutation($input: {input}!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}");
    home.admin.run(&document, variables).await.ok();
}

/// A token that is good.
async fn planted(home: &Home, purpose: &str) -> String {
    let letter = purpose.chars().next_back().expect("a letter").to_string();
    let token = format!("fdo_{}", letter.repeat(43));
    plant(home, purpose, &token, r#"{"email":"changed@example.com"}"#).await;
    token
}

fn mutations(sdl: &Sdl) -> Vec<Root> {
    sdl.roots().into_iter().filter(|root| root.operation == "mutation").collect()
}

/// What is done with two tickets is told of each of them.
const OF_BOTH: [&str; 4] = ["linkTickets", "unlinkTickets", "mergeTickets", "unmergeTicket"];

both! {
    /// Each mutation that goes well leaves exactly one audit row and one event, under the same id, with who and what.
    async fn every_change_leaves_one_row_and_one_event(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let sdl = Sdl::exported();
        for root in mutations(&sdl) {
            let variables = going_well(&root, &home, &own).await;
            let client = match root.name.as_str() {
                "signOut" => sign_in(&home.visitor, ADMIN_EMAIL, ADMIN_PASSWORD).await,
                _ if is_public(&root) => home.visitor.clone(),
                _ => home.admin.clone(),
            };
            let (client, variables) = own_access(&root, &stand, &home).await.unwrap_or((client, variables));
            let before = counts(&home).await;
            let id = format!("change-{}", root.name);
            run(&client.header("x-request-id", &id), &sdl, &root, variables).await.ok();
            let after = counts(&home).await;
            if UNTOLD.contains(&root.name.as_str()) || root.name == EPHEMERAL {
                assert_eq!(after, before, "{}", root.name);
                continue;
            }
            let rows = if OF_BOTH.contains(&root.name.as_str()) { 2 } else { 1 };
            assert_eq!(after, (before.0 + rows, before.1 + rows, before.2 + rows), "{}", root.name);
            let row = format!(
                "FROM audit_logs a JOIN outbox o ON o.id = a.id WHERE a.request_id = '{id}' AND a.kind = o.kind AND \
                    a.actor_sealed IS NOT NULL AND a.address IS NULL"
            );
            assert_eq!(home.sql.number(&format!("SELECT count(*) {row}")).await, rows, "{}", root.name);
            let kept = "query($id: String!) { auditLogs(filter: { requestId: { eq: $id } }) { nodes { actorEmail address } } }";
            let kept = home.admin.run(kept, json!({ "id": id })).await.ok();
            assert_eq!(kept.data("auditLogs.nodes.0.address"), "127.0.0.1", "{}", root.name);
            if root.requires.is_some() {
                assert_eq!(kept.data("auditLogs.nodes.0.actorEmail"), ADMIN_EMAIL, "{}", root.name);
            }
        }
        // What was done, and how serious it is, is as the published table says.
        let published = super::architecture::published();
        let kept = "SELECT DISTINCT kind || ' ' || action || ' ' || severity FROM audit_logs WHERE failure IS NULL";
        let wrong: Vec<_> = home.sql.texts(kept).await.into_iter().filter(|row| !published.contains(row)).collect();
        assert_eq!(wrong, Vec::<String>::new(), "rows that docs/audit.md does not know");
    }

    /// What a signed-in person tries and is refused leaves one row that says so, and no event.
    async fn every_refusal_leaves_one_row(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let sdl = Sdl::exported();
        let viewer = stand.colleague(&home, "viewer@example.com", "VIEWER").await;
        let held = viewer.run("{ viewer { permissions } }", Value::Null).await.ok();
        let held = held.list("viewer.permissions");
        let mut tried = 0;
        for root in mutations(&sdl) {
            let mut attempts: Vec<_> =
                refused(&root, &own).into_iter().map(|variables| (&home.admin, variables)).collect();
            if root.requires.as_ref().is_some_and(|needed| !held.iter().any(|held| held == needed)) {
                attempts.push((&viewer, arguments(&root, &own)));
            }
            for (client, variables) in attempts {
                let before = counts(&home).await;
                let answer = run(client, &sdl, &root, variables).await;
                let payload = &answer.json["data"][&root.name]["errors"];
                assert!(!answer.errors().is_empty() || payload.as_array().is_some_and(|e| !e.is_empty()), "{answer}");
                for error in payload.as_array().into_iter().flatten() {
                    names_a_field(&sdl, &root, error);
                }
                let after = counts(&home).await;
                assert_eq!(after, (before.0 + 1, before.1, before.2), "{}: {answer}", root.name);
                tried += 1;
            }
        }
        assert!(tried >= 9, "{tried} refusals");
        let unknown = home.sql.texts("SELECT DISTINCT failure FROM audit_logs WHERE NOT success AND failure IS NOT NULL ORDER BY 1").await;
        assert_eq!(unknown, ["BAD_USER_INPUT", "FORBIDDEN", "NOT_FOUND"]);
    }

    /// A failed sign-in leaves one row, with the address and without the password; so does a stolen refresh token.
    async fn failed_sign_ins_are_on_record(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let document =
            "mutation($e: String!, $p: String!) { signIn(input: { email: $e, password: $p }) { errors { code } } }";
        for email in [ADMIN_EMAIL, "stranger@example.com"] {
            let before = counts(&home).await;
            let refused = home.visitor.run(document, json!({ "e": email, "p": "a wrong password 3" })).await;
            assert_eq!(refused.user_errors("signIn")[0].code, "INVALID_CREDENTIALS");
            let after = counts(&home).await;
            assert_eq!((after.0, after.1), (before.0 + 1, before.1), "{email}");
            let tried = "{ auditLogs(first: 1, filter: { eventType: { eq: \"session.refused\" } }) { nodes { newValues } } }";
            let tried = home.admin.run(tried, Value::Null).await.ok();
            assert_eq!(tried.data("auditLogs.nodes.0.newValues.email"), email);
            assert!(!tried.text.contains("a wrong password"), "{tried}");
            // In the table neither stands in the clear.
            let like = format!("SELECT count(*) FROM audit_logs WHERE CAST(new_values AS text) LIKE '%{email}%'");
            assert_eq!(home.sql.number(&like).await, 0);
        }
        let opened = session(&home.visitor, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let token = opened.string("signIn.session.refreshToken");
        let refresh = "mutation($t: String!) { refreshSession(input: { refreshToken: $t }) { errors { code } } }";
        home.visitor.run(refresh, json!({ "t": token })).await.ok();
        home.sql.run("UPDATE refresh_tokens SET used_at = '2026-01-01T00:00:00+00:00' WHERE used_at IS NOT NULL").await;
        let reused = home.visitor.run(refresh, json!({ "t": token })).await;
        assert_eq!(reused.user_errors("refreshSession")[0].code, "INVALID_TOKEN");
        let critical =
            home.admin.run("{ auditLogs(first: 1, filter: { severity: { eq: CRITICAL } }) { nodes { eventType severity success } } }", Value::Null).await.ok();
        assert_eq!(
            critical.data("auditLogs.nodes.0"),
            &json!({ "eventType": "session.reused", "severity": "CRITICAL", "success": false })
        );
    }

    /// No operation takes an audit row's id, or returns one, but to read it; and the database itself refuses to change one.
    async fn nothing_alters_the_trail(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        Things::make(&home).await;
        let sdl = Sdl::exported();
        for root in mutations(&sdl) {
            let ty = named(&root.ty).to_owned();
            assert!(
                !sdl.fields(&ty).iter().any(|field| named(&field.ty.node).starts_with("AuditLog")),
                "{ty}"
            );
        }
        let mut statements: Vec<String> = Vec::new();
        for (table, column) in [("audit_logs", "kind"), ("audit_chain", "hash")] {
            statements.push(format!("UPDATE {table} SET {column} = {column}"));
            statements.push(format!("DELETE FROM {table}"));
            if backend == Backend::Postgres {
                statements.push(format!("TRUNCATE {table} CASCADE"));
            }
        }
        for statement in statements {
            let before = (home.sql.count("audit_logs").await, home.sql.count("audit_chain").await);
            let refused = home.sql.try_run(&statement).await.expect_err("append-only").to_string();
            assert!(refused.contains("append-only"), "{statement}: {refused}");
            // What Frontdesk notes by itself meanwhile comes on top.
            let after = (home.sql.count("audit_logs").await, home.sql.count("audit_chain").await);
            assert!(after.0 >= before.0 && after.1 >= before.1, "{statement}: {before:?}, then {after:?}");
        }
    }

    /// `frontdesk audit verify` finds the trail whole, and names the first row of it that somebody with the run of the
    /// database altered, removed, or cut from the chain.
    async fn tampering_is_found(backend) {
        for (tampering, names_row, reason) in [
            ("UPDATE audit_logs SET actor_email = 'mallory@example.com' WHERE id = ROW", true, "altered"),
            (
                "UPDATE audit_chain SET hash = (SELECT hash FROM audit_chain WHERE sequence = 1) WHERE sequence = \
                    NUMBER",
                true,
                "altered",
            ),
            ("DELETE FROM audit_logs WHERE id = ROW", true, "the audit row is missing"),
            ("DELETE FROM audit_chain WHERE sequence = NUMBER", false, "the link with this number is missing"),
            ("DELETE FROM audit_chain WHERE sequence >= NUMBER", false, "ends before its recorded head"),
        ] {
            // What reads the trail is not to add to it while it is meddled with.
            let quiet = crate::support::Options::new().env("FRONTDESK_AUDIT_LIST_READS", "0");
            let stand = Harness::start_with(backend, quiet).await;
            let home = stand.main().await;
            for name in ["Ada", "Bea", "Cleo"] {
                write(&home, name, &format!("{name}@example.com"), "Hello").await;
            }
            until("all rows are sealed", Duration::from_secs(30), async || {
                (home.sql.count("audit_logs").await == home.sql.count("audit_chain").await).then_some(())
            })
            .await;
            let rows = home.sql.count("audit_logs").await;
            assert!(stand.cli(&["audit", "verify"], "").starts_with(&format!("whole: {rows} rows")));
            let number = rows - 1;
            let row = home.admin.run("{ auditLogs(first: 2) { nodes { id sequence } } }", Value::Null).await.ok();
            assert_eq!(row.string("auditLogs.nodes.1.sequence"), number.to_string());
            let id = row.string("auditLogs.nodes.1.id");
            unlock(&home, backend).await;
            let literal = format!("(SELECT audit_log_id FROM audit_chain WHERE sequence = {number})");
            home.sql.run(&tampering.replace("ROW", &literal).replace("NUMBER", &number.to_string())).await;
            let found = stand.try_cli(&["audit", "verify"], "");
            let said = String::from_utf8_lossy(&[found.stdout, found.stderr].concat()).into_owned();
            assert!(!found.status.success(), "{tampering}: {said}");
            assert!(
                said.contains(&format!("BROKEN at sequence {number}")) && said.contains(reason),
                "{tampering}: {said}"
            );
            assert_eq!(said.contains(&id), names_row, "{tampering}: {said}");
        }
    }

    /// A row that nobody did, put into the trail behind the server's back, is found too.
    async fn a_forged_row_is_found(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        Things::make(&home).await;
        let hex = "0190a5f0000070008000000000000001";
        let id = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
        let forge = format!(
            "INSERT INTO audit_logs (id, at, kind, severity, success, actor_kind, actor_email, request_id) \
             SELECT {id}, at, kind, severity, success, actor_kind, 'mallory@example.com', request_id FROM audit_logs LIMIT 1"
        );
        home.sql.run(&forge).await;
        let found = stand.try_cli(&["audit", "verify"], "");
        let said = String::from_utf8_lossy(&[found.stdout, found.stderr].concat()).into_owned();
        assert!(!found.status.success() && said.contains(&format!("aud_{hex}")), "{said}");
        assert!(said.contains("inserted"), "{said}");
    }

    /// People without VIEW_AUDIT_LOG read nothing of the trail, by no way.
    async fn the_trail_is_for_those_who_may_see_it(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        stand.colleague(&home, "staff@example.com", "STAFF").await;
        let staff = sign_in(&home.visitor, "staff@example.com", PASSWORD).await;
        let list = staff.run("{ auditLogs { totalCount nodes { id } } }", Value::Null).await;
        assert_eq!(list.error_code(), "FORBIDDEN");
        let nodes =
            staff.run("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": [own.audit] })).await.ok();
        assert!(nodes.data("nodes.0").is_null());
        let seen =
            home.admin.run("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": [own.audit] })).await.ok();
        assert_eq!(seen.string("nodes.0.id"), own.audit);
    }
}

/// What somebody with the run of the database can do: take away the triggers and the references.
async fn unlock(home: &Home, backend: Backend) {
    if backend == Backend::Postgres {
        home.sql.run("SET session_replication_role = replica").await;
        return;
    }
    for trigger in home.sql.texts("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_%'").await
    {
        home.sql.run(&format!("DROP TRIGGER {trigger}")).await;
    }
    home.sql.run("PRAGMA foreign_keys = OFF").await;
}
