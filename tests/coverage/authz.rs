//! Who may do what, for every field at the root of the schema and every id that can be given to one.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::fixtures::{PUBLIC, arguments, is_for_clients, is_public, kinds, put};
use super::harness::{Harness, Home, PASSWORD, Things, sign_in};
use super::platform::{keeper, of_platform};
use super::sdl::{Root, Sdl, named};
use crate::running::on_record;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Client, Socket, both, chance};

/// May go down.
const PUBLIC_AT_MOST: usize = 40;

/// What no key does, whatever it holds: it would outlive the session that its owner began it in, or is its owner's own.
const IN_A_SESSION_ONLY: [&str; 40] = [
    "askAssistant",
    "assistantEvents",
    "assistantSession",
    "assistantSessions",
    "beginTotpEnrolment",
    "changePassword",
    "completeCrmConnection",
    "confirmTotp",
    "connectB2Chat",
    "connectCrmWithKey",
    "createApiKey",
    "createIdentityProvider",
    "deactivateIdentityProvider",
    "deleteAssistantSession",
    "disableTotp",
    "markAllNotificationsRead",
    "markNotificationsRead",
    "notificationPreferences",
    "notifications",
    "ownTeamsChannel",
    "regenerateRecoveryCodes",
    "removeAvatar",
    "requestEmailChange",
    "requestOwnExport",
    "resetSetting",
    "revokeAllSessions",
    "revokeApiKey",
    "revokeSession",
    "setAvatar",
    "setNotificationPreference",
    "setOwnTeamsChannel",
    "setSetting",
    "signOut",
    "startCrmConnection",
    "testOwnTeamsChannel",
    "unlinkExternalIdentity",
    "unreadNotificationCount",
    "updateIdentityProvider",
    "updateProfile",
    "updateSmtpSettings",
];

/// Everybody may listen to it, and hears nothing for as long as nothing is told to them.
const OWN_FEED: &str = "notificationEvents";

/// What is not tried with each role, because nothing is to be learnt from it: one ends the session that tries, the others
/// wait, the last for a ticket of a client who has none. May only shrink.
const NOT_BY_ROLE: [&str; 3] = ["signOut", OWN_FEED, "ticketEvents"];

const SOON: Duration = Duration::from_secs(30);

/// The answer of a root field; of a subscription the first one.
async fn ask(client: &Client, sdl: &Sdl, root: &Root, variables: Value) -> Value {
    let mut answer = if root.operation == "subscription" {
        let mut stream = client.stream(&sdl.document("Ask", root, 1, 2), variables).await;
        stream.next(SOON).await.expect("a first answer").json()
    } else if named(&root.ty) == "Node" {
        // All of every kind is more than a document may ask for: what is found is asked for all that its kind has.
        let found = client.run(&sdl.document_of("Ask", root, &[]), variables.clone()).await.json;
        let found_at = &found["data"][&root.name];
        let all = found_at.as_array().map_or(std::slice::from_ref(found_at), Vec::as_slice);
        let kinds: BTreeSet<&str> = all.iter().filter_map(|one| one["__typename"].as_str()).collect();
        let kinds: Vec<_> = kinds.into_iter().collect();
        if kinds.is_empty() { found } else { client.run(&sdl.document_of("Ask", root, &kinds), variables).await.json }
    } else {
        client.run(&sdl.document("Ask", root, 1, 2), variables).await.json
    };
    // What differs between two answers that say the same.
    if let Some(errors) = answer["errors"].as_array_mut() {
        for error in errors {
            error["extensions"].as_object_mut().expect("extensions").remove("requestId");
        }
    }
    answer
}

fn codes(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().filter_map(|error| error["extensions"]["code"].as_str()).collect()
}

both! {
    /// Signed out, every operation answers UNAUTHENTICATED, apart from the public ones of a list that only shrinks.
    async fn signed_out_only_the_public_operations_answer(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let sdl = Sdl::exported();
        let listed = PUBLIC.lines().filter(|line| !line.starts_with('#')).count();
        assert!(listed <= PUBLIC_AT_MOST, "the list of public operations may only shrink");
        let mut public = 0;
        for root in sdl.roots() {
            let answer = ask(&home.visitor, &sdl, &root, arguments(&root, &own)).await;
            if is_public(&root) {
                public += 1;
                assert!(codes(&answer).is_empty(), "{} is public: {answer}", root.name);
            } else {
                assert_eq!(codes(&answer), ["UNAUTHENTICATED"], "{} {answer}", root.name);
            }
        }
        assert_eq!(public, listed, "every line of the list names an operation that is there");
    }

    /// `@requires` in the schema says what happens: with every permission but that one FORBIDDEN, with that one alone not.
    async fn a_permission_is_what_the_schema_says(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let sdl = Sdl::exported();
        let all = sdl.values("Permission");
        let guarded: Vec<_> = sdl.roots().into_iter().filter(|root| root.requires.is_some()).collect();
        assert!(guarded.len() >= 10, "the schema guards {} operations", guarded.len());
        for permission in &all {
            let others: Vec<_> = all.iter().filter(|other| *other != permission).map(String::as_str).collect();
            let word = permission.to_lowercase();
            let without = stand.person(&home, &format!("without_{word}@example.com"), &others).await;
            // Without seeing anything a subscription would wait for ever for its first event.
            // Who exports something must see it as well.
            let seen = if permission == "EXPORT_DATA" { "VIEW_LEADS" } else { "SEE_ALL" };
            let with = stand.person(&home, &format!("with_{word}@example.com"), &[permission, "SEE_ALL", seen]).await;
            for root in guarded.iter().filter(|root| root.requires.as_ref() == Some(permission)) {
                let refused = ask(&without, &sdl, root, arguments(root, &own)).await;
                assert_eq!(codes(&refused), ["FORBIDDEN"], "{} without {permission}: {refused}", root.name);
                assert_eq!(refused["errors"][0]["extensions"]["permission"], permission.as_str(), "{}", root.name);
                // A subscription to what one may not see would wait for ever; it may be begun by those who may.
                let allowed = ask(&with, &sdl, root, arguments(root, &own)).await;
                assert!(!codes(&allowed).contains(&"FORBIDDEN"), "{} with {permission}: {allowed}", root.name);
            }
        }
    }

    /// Each built-in role may do what its permissions say, at every root field of a tenant; a client only what is theirs; and none of
    /// them anything of the platform. A platform administrator may do that and nothing in a tenant, not even what is public.
    async fn each_role_may_what_its_permissions_say(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let sdl = Sdl::exported();
        let asked = |root: &Root| !NOT_BY_ROLE.contains(&root.name.as_str()) && !is_public(root);
        let roots: Vec<_> = sdl.roots().into_iter().filter(asked).collect();
        let platform = sdl.platform_roots();
        for role in ["CLIENT", "VIEWER", "STAFF", "MANAGER", "ADMIN", "SUPER_ADMIN"] {
            let email = format!("role.{}@example.com", role.to_lowercase());
            let person = if role == "CLIENT" {
                stand.client(&home, &email).await
            } else {
                stand.colleague(&home, &email, role).await
            };
            let held = person.run("{ viewer { permissions } }", Value::Null).await.ok();
            let held = held.list("viewer.permissions");
            assert_eq!(role == "CLIENT", held.is_empty(), "{role} holds {held:?}");
            for root in &roots {
                let answer = ask(&person, &sdl, root, arguments(root, &own)).await;
                let theirs = role == "CLIENT" && is_for_clients(root);
                let may = theirs || root.requires.as_ref().is_none_or(|requires| held.iter().any(|held| held == requires));
                assert_eq!(codes(&answer).contains(&"FORBIDDEN"), !may, "{role} at {}: {answer}", root.name);
            }
            for root in &platform {
                let answer = ask(&person, &sdl, root, of_platform(root)).await;
                let may = root.name == "signInPlatform";
                assert_eq!(codes(&answer).contains(&"FORBIDDEN"), !may, "{role} at {}: {answer}", root.name);
            }
        }
        let keeper = keeper(&stand).await.tenant(&home.slug);
        for root in sdl.roots() {
            let answer = ask(&keeper, &sdl, &root, arguments(&root, &own)).await;
            // By their ids the companies are read, so those are asked for where the field is known.
            let data = root.name.starts_with("node").then_some(&Value::Null);
            assert_eq!((codes(&answer), answer.get("data")), (vec!["FORBIDDEN"], data), "the platform at {}: {answer}", root.name);
        }
        for root in &platform {
            let answer = ask(&keeper, &sdl, root, of_platform(root)).await;
            assert!(!codes(&answer).contains(&"FORBIDDEN"), "the platform at {}: {answer}", root.name);
        }
    }

    /// A key may what it was given, whatever its owner may, and nothing that is done in a session only.
    async fn a_key_may_what_it_was_given(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let sdl = Sdl::exported();
        let roots: Vec<_> = sdl.roots().into_iter().filter(|root| root.name != OWN_FEED && !is_public(root)).collect();
        assert!(IN_A_SESSION_ONLY.iter().all(|name| roots.iter().any(|root| root.name == *name)));
        let owner = stand.colleague(&home, "owner@example.com", "SUPER_ADMIN").await;
        let all = owner.run("{ viewer { permissions } }", Value::Null).await.ok();
        let all: Vec<_> = all.list("viewer.permissions").iter().map(|name| name.as_str().expect("a name").to_owned()).collect();
        for held in [vec!["VIEW_MESSAGES".to_owned(), "SEE_ALL".to_owned()], all] {
            let make = "mutation($name: String!, $held: [Permission!]!) { createApiKey(input: { name: $name, permissions: $held }) { key errors { \
                message } } }";
            let key = owner.run(make, json!({ "name": chance::name("key"), "held": held })).await.ok().string("createApiKey.key");
            let program = home.visitor.nobody().bearer(&key);
            for root in &roots {
                let answer = ask(&program, &sdl, root, arguments(root, &own)).await;
                let permitted = root.requires.as_ref().is_none_or(|requires| held.contains(requires));
                let may = permitted && !IN_A_SESSION_ONLY.contains(&root.name.as_str());
                assert_eq!(codes(&answer).contains(&"FORBIDDEN"), !may, "{held:?} at {}: {answer}", root.name);
            }
        }
    }

    /// What somebody may read links to nothing that they may not see: it is null there, and by its id.
    async fn what_links_to_what_may_not_be_seen_is_null(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let viewer = stand.colleague(&home, "viewer@example.com", "VIEWER").await;
        let of_audit = viewer.run("query($id: ID!) { node(id: $id) { id } }", json!({ "id": own.audit })).await.ok();
        assert!(of_audit.data("node").is_null(), "an audit row is nothing for a viewer");

        let reader = stand.person(&home, "reader@example.com", &["VIEW_MESSAGES", "SEE_ALL"]).await;
        let links = "query($id: ID!, $staff: ID!, $visitor: ID!) { message(id: $id) { content visitor { id } assignee \
            { id } \
            replies { nodes { content author { id } } } } s: node(id: $staff) { id } v: node(id: $visitor) { id } staff(id: $staff) { id } }";
        let seen =
            reader.run(links, json!({ "id": own.message, "staff": own.staff, "visitor": own.visitor })).await.ok();
        for hidden in ["message.visitor", "message.assignee", "message.replies.nodes.0.author", "s", "v", "staff"] {
            assert!(seen.data(hidden).is_null(), "{hidden}: {seen}");
        }
        assert_eq!(seen.string("message.replies.nodes.0.content"), "Soon.");
    }

    /// Another tenant's id is answered exactly like one that is nowhere, at every place that takes an id; one's own is
    /// answered differently, so the comparison means something.
    async fn ids_of_another_tenant_are_ids_of_nothing(backend) {
        let stand = Harness::start(backend).await;
        let (home, other) = (stand.tenant("ours").await, stand.tenant("theirs").await);
        let (mut own, mut theirs) = (Things::make(&home).await, Things::make(&other).await);
        let (roles, departments) = (roles_and_departments(&home).await, roles_and_departments(&other).await);
        let sdl = Sdl::exported();
        let mut places = 0;
        // The trail tells of a key once it was used.
        let key = "mutation { createApiKey(input: { name: \"Reader\", permissions: [VIEW_MESSAGES, SEE_ALL] }) { key apiKey { id } } }";
        let key = home.admin.run(key, Value::Null).await.ok();
        home.admin.bearer(&key.string("createApiKey.key")).run("{ messages { nodes { email } } }", Value::Null).await.ok();
        on_record(&stand.server).await;
        own.api_key = key.string("createApiKey.apiKey.id");
        for root in sdl.roots().iter().filter(|root| root.operation != "subscription") {
            if root.name == "attachToTicket" {
                // Another mutation has used it by now.
                own.file = super::comments::sent(&home).await;
            }
            if root.name == "removeTicketAttachment" {
                own.file = super::comments::attached(&home, &own.tickets.ticket).await;
            }
            if root.name == "tagLeads" {
                // Another mutation has merged it by now, and what went takes no tags.
                let part = "mutation($id: ID!) { unmergeLead(input: { leadId: $id }) { errors { code } } }";
                home.admin.run(part, json!({ "id": own.leads.other })).await;
            }
            if root.name == "updateInternalNote" {
                // Another mutation has taken it away by now.
                own.desk.note = super::desk::note(&home, &own.message).await;
            }
            for place in sdl.places_for(root, &["ID"]) {
                for kind in kinds(root, &place) {
                    if ["createHelpDocument", "updateHelpDocument"].contains(&root.name.as_str()) {
                        // A file is used once, and another mutation has taken the document away by now.
                        own.file = super::help::send(&home, "own.txt").await;
                        own.help.document = super::help::document(&home, &own.help.category).await;
                    }
                    let id = |things: &Things, other: &(String, String)| match *kind {
                        "rol" => other.0.clone(),
                        "dep" => other.1.clone(),
                        kind => things.of(kind).to_owned(),
                    };
                    let given = |id: String| match sdl.is_list(root, &place) {
                        true => json!([id]),
                        false => json!(id),
                    };
                    let with = |id: String| put(arguments(root, &own), &place, given(id));
                    let foreign = ask(&home.admin, &sdl, root, with(id(&theirs, &departments))).await;
                    let missing = format!("{kind}_0190a5f0000070008000000000000000");
                    let nothing = ask(&home.admin, &sdl, root, with(missing)).await;
                    assert_eq!(foreign, nothing, "{} with {kind} at {place}", root.name);
                    if root.name == "setTeamMemberRole" {
                        // Another mutation has taken them out by now.
                        let again = "mutation($t: ID!, $s: ID!) { addTeamMember(input: { teamId: $t, staffId: $s }) { errors { \
                            code } } }";
                        home.admin.run(again, json!({ "t": own.team, "s": own.staff })).await;
                    }
                    if root.name == "rescheduleConsultation" {
                        // Another mutation has called it off by now.
                        home.sql.run("UPDATE consultations SET status = 'scheduled'").await;
                    }
                    let mine = ask(&home.admin, &sdl, root, with(id(&own, &roles))).await;
                    assert_ne!(mine, nothing, "{} with one's own {kind} at {place}", root.name);
                    places += 1;
                }
            }
        }
        assert!(places >= 25, "{places} places take an id");

        // Events: one's own message is heard of, twice; another tenant's and a missing one never.
        let follow = sdl.roots().into_iter().find(|root| root.name == "inboxEvents").expect("a subscription");
        assert_eq!(sdl.places_for(&follow, &["ID"]), ["filter.messageId"]);
        let document = sdl.document("Follow", &follow, 1, 2);
        let admin = super::harness::session(&home.visitor, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let mut socket = Socket::connect(stand.server.base(), Some(&admin.string("signIn.session.accessToken"))).await;
        let missing = "msg_0190a5f0000070008000000000000000";
        for (name, id) in [("theirs", theirs.message.as_str()), ("missing", missing), ("own", own.message.as_str())] {
            let variables = json!({ "filter": { "messageId": id }, "after": "0" });
            socket.subscribe(name, &document, variables).await;
        }
        for _ in 0..2 {
            theirs.reply = super::harness::reply(&other, &theirs.message).await;
            own.reply = super::harness::reply(&home, &own.message).await;
            loop {
                let frame = socket.next(SOON).await;
                assert_eq!((frame.kind.as_str(), frame.id.as_str()), ("next", "own"), "{frame:?}");
                if frame.payload.to_string().contains(&own.reply) {
                    break;
                }
            }
        }
    }

    /// Whoever must do something first can do that, see who they are and leave, and nothing else, whatever they may.
    async fn a_duty_comes_before_everything(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let sdl = Sdl::exported();
        let yes = if home.is_sqlite() { "1" } else { "true" };
        let duties: [(_, _, &[&str]); 2] = [
            ("must_change_password", "PASSWORD_CHANGE_REQUIRED", &[]),
            ("requires_totp", "SECOND_FACTOR_REQUIRED", &["beginTotpEnrolment", "confirmTotp"]),
        ];
        for (column, code, ways) in duties {
            let email = format!("{column}@example.com");
            stand.colleague(&home, &email, "SUPER_ADMIN").await;
            let mark = match column {
                "requires_totp" => format!("UPDATE roles SET {column} = {yes} WHERE name = 'SUPER_ADMIN'"),
                _ => format!("UPDATE users SET {column} = {yes} WHERE email = '{email}'"),
            };
            home.sql.run(&mark).await;
            let person = sign_in(&home.visitor, &email, PASSWORD).await;
            let mut refused = 0;
            for root in sdl.roots().iter().filter(|root| !is_public(root) && root.name != "signOut") {
                let free = root.name == "changePassword" || ways.contains(&root.name.as_str());
                let expected: &[&str] = if free { &[] } else { &[code] };
                let answer = ask(&person, &sdl, root, arguments(root, &own)).await;
                assert_eq!(codes(&answer), expected, "{}: {answer}", root.name);
                refused += usize::from(!free);
            }
            assert!(refused > 20, "{refused} operations");
            let viewer = sdl.roots().into_iter().find(|root| root.name == "viewer").expect("viewer");
            assert!(codes(&ask(&person, &sdl, &viewer, Value::Null).await).is_empty());
            person.run("mutation { signOut { errors { code } } }", Value::Null).await.ok();
        }
    }

    /// A cursor is good for its own list of its own tenant, and only as it was given out.
    async fn cursors_belong_to_one_list_of_one_tenant(backend) {
        let stand = Harness::start(backend).await;
        let (home, other) = (stand.tenant("ours").await, stand.tenant("theirs").await);
        for home in [&home, &other] {
            Things::make(home).await;
        }
        let sdl = Sdl::exported();
        let lists: Vec<_> = sdl
            .roots()
            .into_iter()
            .filter(|root| root.arguments.iter().any(|a| a.name.node == "after") && root.operation == "query")
            .collect();
        assert!(lists.len() >= 4);
        let mut given = Vec::new();
        for list in &lists {
            let document = format!("{{ {} {{ pageInfo {{ endCursor }} }} }}", list.name);
            let cursor = async |home: &Home| {
                home.admin.run(&document, Value::Null).await.ok().string(&format!("{}.pageInfo.endCursor", list.name))
            };
            given.push((list.name.clone(), cursor(&home).await, cursor(&other).await));
        }
        for (list, own, theirs) in &given {
            for argument in ["after", "before"] {
                let document =
                    format!("query($cursor: String!) {{ {list}({argument}: $cursor) {{ nodes {{ __typename }} }} }}");
                let page = async |cursor: &str| home.admin.run(&document, json!({ "cursor": cursor })).await;
                page(own).await.ok();
                let mut bad =
                    vec![theirs.clone(), String::new(), "x".repeat(1_000_000), format!("{own}A"), own[1..].to_owned()];
                bad.extend(given.iter().filter(|(name, ..)| name != list).map(|(_, other_list, _)| other_list.clone()));
                for at in (0..own.len()).step_by(7) {
                    let letter = if own.as_bytes()[at] == b'A' { "B" } else { "A" };
                    bad.push(format!("{}{letter}{}", &own[..at], &own[at + 1..]));
                }
                for cursor in bad {
                    let asked = Instant::now();
                    let refused = page(&cursor).await;
                    assert_eq!(refused.error_code(), "BAD_USER_INPUT", "{list} {argument}: {cursor:.80}");
                    assert_eq!(refused.errors()[0]["extensions"]["fields"], json!([argument]));
                    assert!(asked.elapsed() < Duration::from_secs(2), "a bad cursor is cheap");
                }
            }
        }
    }

    /// A token speaks for its own tenant whatever the headers say, and is none in another.
    async fn a_token_reads_its_own_tenant_only(backend) {
        let stand = Harness::start(backend).await;
        let (home, other) = (stand.tenant("ours").await, stand.tenant("theirs").await);
        let (own, theirs) = (Things::make(&home).await, Things::make(&other).await);
        let everything = "{ viewer { tenant { slug } } messages { nodes { id } } visitors { nodes { id } } \
            staffMembers { nodes { id } } }";
        let plain = home.admin.run(everything, Value::Null).await.ok();
        let astray = home.admin.tenant(&other.slug).run(everything, Value::Null).await.ok();
        assert_eq!(plain.json["data"], astray.json["data"]);
        assert_eq!(astray.string("viewer.tenant.slug"), "ours");
        assert!(astray.text.contains(&own.message) && !astray.text.contains(&theirs.message));
        // A person of one tenant is nobody in the other.
        stand.colleague(&home, "only@example.com", "STAFF").await;
        let wrong = other.visitor.run(
            "mutation($p: String!) { signIn(input: { email: \"only@example.com\", password: $p }) { session { \
                accessToken } errors { code } } }",
            json!({ "p": PASSWORD }),
        ).await;
        assert_eq!(wrong.user_errors("signIn")[0].code, "INVALID_CREDENTIALS");
        sign_in(&home.visitor, "only@example.com", PASSWORD).await;
    }
}

/// The ids of the administrator's role and of their department, which is made for it.
async fn roles_and_departments(home: &Home) -> (String, String) {
    let hex = chance::bytes::<16>().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let id = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let at = "'2026-01-01T00:00:00+00:00'";
    home.sql
        .run(&format!("INSERT INTO departments (id, name, path, created_at, updated_at) VALUES ({id}, 'Care', '{hex}/', {at}, {at})"))
        .await;
    // With one below it.
    let below = if home.is_sqlite() {
        "x'0190a5f000007000a000000000000001'"
    } else {
        "'0190a5f000007000a000000000000001'::uuid"
    };
    home.sql
        .run(&format!(
            "INSERT INTO departments (id, name, path, level, parent_id, created_at, updated_at) \
             VALUES ({below}, 'Home care', '{hex}/0190a5f000007000a000000000000001/', 1, {id}, {at}, {at})"
        ))
        .await;
    home.sql.run(&format!("UPDATE users SET department_id = {id}")).await;
    home.sql.run(&format!("UPDATE chat_sessions SET department_id = {id}")).await;
    let staff = home.admin.run("{ viewer { user { id } } }", Value::Null).await.ok().string("viewer.user.id");
    let seen = home
        .admin
        .run("query($id: ID!) { staff(id: $id) { role { id } department { id } } }", json!({ "id": staff }))
        .await
        .ok();
    (seen.string("staff.role.id"), seen.string("staff.department.id"))
}
