//! People who come, change and go because a provider says so, in whatever order it says it.

use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, Person, SIGN_IN, SOON, credentials};
use super::self_service::allow_registration;
use crate::coverage::sql::Sql;
use crate::support::svix::{Sent, deleted, saved, secret};
use crate::support::{ADMIN_EMAIL, Backend, both, until};

const CREATE: &str = "mutation Create($input: CreateIdentityProviderInput!) { createIdentityProvider(input: $input) {
    identityProvider { id webhookPath } errors { code message path } } }";
const UPDATE: &str = "mutation Update($input: UpdateIdentityProviderInput!) { updateIdentityProvider(input: $input) {
    identityProvider { id previousWebhookSecretUntil } errors { code path } } }";

/// A desk with a provider that tells of its people.
struct Sync {
    desk: Desk,
    admin: Person,
    secret: String,
    provider: String,
    path: String,
}

impl Sync {
    /// New people are STAFF; who is a `boss` there is a MANAGER.
    async fn open(backend: Backend) -> Self {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        for (name, role) in [("bea", "STAFF"), ("mia", "MANAGER")] {
            desk.colleague(&format!("{name}@example.com"), name, role).await;
        }
        let staff = admin.client.run("{ staffMembers { nodes { role { id name } } } }", Value::Null).await.ok();
        let role = |name: &str| {
            let found = staff.list("staffMembers.nodes").iter().find(|node| node["role"]["name"] == name);
            found.expect("somebody")["role"]["id"].clone()
        };
        let secret = secret();
        let input = json!({ "name": "Clerk", "webhookSecret": secret, "creates": "STAFF", "createsWith": role("STAFF"),
            "mappedRoles": [{ "value": "boss", "id": role("MANAGER") }] });
        let made = admin.client.run(CREATE, json!({ "input": input })).await.ok();
        let text = |field: &str| made.string(&format!("createIdentityProvider.identityProvider.{field}"));
        let (provider, path) = (text("id"), text("webhookPath"));
        Self { desk, admin, secret, provider, path }
    }

    /// Delivers what is signed as it should be; the status.
    async fn tell(&self, event: &Value) -> u16 {
        Sent::new(&self.secret, event).to(&self.desk.web, &self.path).await.status
    }

    async fn told(&self, event: &Value) {
        assert_eq!(self.tell(event).await, 204, "{event}");
    }

    /// Name, role and whether they are active, of the one with this address.
    async fn seen(&self, email: &str) -> Option<(String, String, bool)> {
        let all = self
            .admin
            .client
            .run("{ staffMembers(first: 100) { nodes { email name isActive role { name } } } }", Value::Null);
        let all = all.await.ok();
        let found = all.list("staffMembers.nodes").iter().find(|node| node["email"] == email)?.clone();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Some((text(&found["name"]), text(&found["role"]["name"]), found["isActive"] == true))
    }

    async fn events(&self, kind: &str) -> Vec<Value> {
        let query = "query($kind: String!) { auditLogs(filter: { eventType: { eq: $kind } }) { nodes { severity actor { id } newValues } } }";
        let rows = self.admin.client.run(query, json!({ "kind": kind })).await.ok();
        rows.list("auditLogs.nodes").to_vec()
    }
}

fn is(name: &str, role: &str, active: bool) -> Option<(String, String, bool)> {
    Some((name.to_owned(), role.to_owned(), active))
}

both! {
    /// Somebody is added there, promoted, and removed; each step is taken once however often it is told, and is on record.
    async fn people_follow_their_provider(backend) {
        let sync = Sync::open(backend).await;
        let created = Sent::new(&sync.secret, &saved("user.created", "user_1", "Ada@Example.com", 1000, json!({})));
        for _ in 0..3 {
            assert_eq!(created.to(&sync.desk.web, &sync.path).await.status, 204);
        }
        assert_eq!(sync.seen("ada@example.com").await, is("Ada Lovelace", "STAFF", true));
        let [added] = sync.events("external_user.added").await.try_into().expect("one");
        assert_eq!((&added["actor"], &added["newValues"]["provider"]), (&Value::Null, &json!("Clerk")));

        let more = json!({ "last_name": "King", "public_metadata": { "role": "boss" } });
        sync.told(&saved("user.updated", "user_1", "ada.king@example.com", 2000, more)).await;
        assert_eq!(sync.seen("ada.king@example.com").await, is("Ada King", "MANAGER", true));
        assert_eq!(sync.seen("ada@example.com").await, None);
        let changed = sync.events("external_user.changed").await;
        assert_eq!(changed[0]["newValues"]["provider"], "Clerk");
        assert_eq!(changed[0]["newValues"]["granted"], json!([]), "what came with the role before goes with it");
        let told = "SELECT n.kind FROM notifications n JOIN users u ON u.id = n.user_id WHERE u.email = 'ada.king@example.com'";
        let sql = sync.desk.sql().await;
        until("she is told that her role is another", SOON, async || (sql.texts(told).await == ["access_changed"]).then_some(())).await;
        let unheard = json!({ "public_metadata": { "role": "SUPER_ADMIN" } });
        sync.told(&saved("user.updated", "user_1", "ada.king@example.com", 3000, unheard)).await;
        assert_eq!(sync.seen("ada.king@example.com").await, is("Ada Lovelace", "STAFF", true), "a word that is not mapped is none");

        sync.told(&deleted("user_1")).await;
        assert_eq!(sync.seen("ada.king@example.com").await, is("Ada Lovelace", "STAFF", false), "kept, but not let in");
        assert_eq!(sync.events("external_user.deactivated").await.len(), 1);
    }

    /// What is told late does not undo what is newer, and who was removed does not come back, whatever is told before,
    /// after and meanwhile.
    async fn old_news_is_no_news(backend) {
        let sync = Sync::open(backend).await;
        sync.told(&saved("user.updated", "user_1", "ada@example.com", 2000, json!({ "first_name": "Newer" }))).await;
        sync.told(&saved("user.created", "user_1", "ada@example.com", 1000, json!({ "first_name": "Older" }))).await;
        sync.told(&saved("user.updated", "user_1", "ada@example.com", 2000, json!({ "first_name": "Again" }))).await;
        assert_eq!(sync.seen("ada@example.com").await, is("Newer Lovelace", "STAFF", true));
        sync.told(&deleted("user_1")).await;
        for at in [1500, 9_999_999_999_999_i64] {
            sync.told(&saved("user.updated", "user_1", "ada@example.com", at, json!({ "first_name": "Ghost" }))).await;
        }
        sync.told(&deleted("user_1")).await;
        assert_eq!(sync.seen("ada@example.com").await, is("Newer Lovelace", "STAFF", false));
        // The removal may come before anything else is known.
        sync.told(&deleted("user_2")).await;
        sync.told(&saved("user.created", "user_2", "ghost@example.com", 5000, json!({}))).await;
        assert_eq!(sync.seen("ghost@example.com").await, None);
        // Told at the same time by two: one person.
        let both = [1, 2].map(|at| Sent::new(&sync.secret, &saved("user.updated", "user_3", "twin@example.com", at, json!({}))));
        let (first, second) = tokio::join!(both[0].to(&sync.desk.web, &sync.path), both[1].to(&sync.desk.web, &sync.path));
        assert_eq!((first.status, second.status), (204, 204));
        assert_eq!(sync.events("external_user.added").await.len(), 2);
    }

    /// Who signs with another secret, changes what was signed, or is late is not heard, and not told why.
    async fn only_the_provider_is_heard(backend) {
        let sync = Sync::open(backend).await;
        let web = &sync.desk.web;
        let event = saved("user.created", "user_1", "eve@example.com", 1000, json!({}));
        let sent = Sent::new(&sync.secret, &event);
        let strange = Sent { secret: secret(), ..sent.clone() };
        let wrong = strange.to(web, &sync.path).await;
        assert_eq!((wrong.status, wrong.error_code()), (401, "UNAUTHENTICATED"));
        let (early, late) = (Sent { at: sent.at + 400, ..sent.clone() }, Sent { at: sent.at - 400, ..sent.clone() });
        let altered = Sent { body: sent.body.replace("eve", "mal"), ..sent.clone() };
        let renamed = Sent { id: "msg_other".into(), ..sent.clone() };
        let nowhere = sync.path.replace("/main/", "/nobody/");
        let unknown = format!("/webhooks/svix/main/{}", "idp_0190a5f0000070008000000000000000");
        for (what, answer) in [
            ("early", early.to(web, &sync.path).await),
            ("late", late.to(web, &sync.path).await),
            ("altered", altered.signed_to(web, &sync.path, &sent.signature()).await),
            ("renamed", renamed.signed_to(web, &sync.path, &sent.signature()).await),
            ("unsigned", sent.signed_to(web, &sync.path, "").await),
            ("of another kind", sent.signed_to(web, &sync.path, &sent.signature().replace("v1,", "v2,")).await),
            ("for nobody", sent.to(web, &nowhere).await),
            ("for another provider", sent.to(web, &unknown).await),
            ("for something else", sent.to(web, "/webhooks/svix/main/msg_1").await),
        ] {
            assert_eq!((answer.status, answer.error_code()), (401, "UNAUTHENTICATED"), "{what}");
        }
        for nonsense in ["", "{}", "[1]", "{\"type\":\"user.updated\",\"data\":{\"id\":7}}"] {
            let sent = Sent { body: nonsense.into(), ..sent.clone() };
            assert_eq!(sent.to(web, &sync.path).await.status, 400, "{nonsense}");
        }
        let huge = Sent { body: "x".repeat(256 * 1024 + 1), ..sent.clone() };
        assert_eq!(huge.to(web, &sync.path).await.status, 413);
        assert_eq!(sync.tell(&json!({ "type": "organization.created", "data": {} })).await, 204, "nothing to us, and taken");
        assert_eq!(sync.seen("eve@example.com").await, None);
        assert_eq!(sent.to(web, &sync.path).await.status, 204, "the same, signed as it should be");
        assert!(sync.seen("eve@example.com").await.is_some());
        assert_eq!(sync.desk.server.places_of(&sync.secret), Vec::<String>::new());
    }

    /// The secret is changed: deliveries that were signed with the one before are heard for a while, none with the one
    /// before that, and none at all once the provider is out of use.
    async fn a_secret_is_changed_without_a_gap(backend) {
        let mut sync = Sync::open(backend).await;
        let change = async |sync: &Sync, new: Value| {
            let input = json!({ "identityProviderId": sync.provider, "webhookSecret": new });
            sync.admin.client.run(UPDATE, json!({ "input": input })).await.ok()
        };
        let (first, second) = (sync.secret.clone(), secret());
        change(&sync, json!(second)).await;
        sync.told(&saved("user.created", "user_1", "one@example.com", 1, json!({}))).await;
        sync.secret = second.clone();
        sync.told(&saved("user.created", "user_2", "two@example.com", 1, json!({}))).await;
        let third = secret();
        change(&sync, json!(third)).await;
        sync.told(&saved("user.created", "user_3", "three@example.com", 1, json!({}))).await;
        sync.secret = first;
        assert_eq!(sync.tell(&deleted("user_1")).await, 401);
        let none = json!({ "input": { "identityProviderId": sync.provider, "webhookSecret": null } });
        let refused = sync.admin.client.run(UPDATE, none).await;
        assert_eq!(refused.user_errors("updateIdentityProvider")[0].path, "input.issuer", "then it would be of no use");
        let off = json!({ "input": { "identityProviderId": sync.provider, "isActive": false } });
        sync.admin.client.run(UPDATE, off).await.ok();
        for old in [second, third] {
            sync.secret = old;
            assert_eq!(sync.tell(&deleted("user_1")).await, 401);
        }
        assert!(sync.seen("one@example.com").await.is_some_and(|(.., active)| active));
    }

    /// Who may decide how people sign in and little else tells nothing of those who may more: they are neither taken over,
    /// nor changed, nor removed, and that is on record.
    async fn those_above_who_set_it_up_are_spared(backend) {
        let sync = Sync::open(backend).await;
        let make = "mutation { createRole(input: { name: \"KEEPER\", permissions: [MANAGE_SIGN_IN] }) { role { id } errors { code } } }";
        sync.admin.client.run(make, Value::Null).await.ok();
        let keeper = sync.desk.colleague("keeper@example.com", "Keeper", "KEEPER").await;
        let own = secret();
        let made = keeper.client.run(CREATE, json!({ "input": { "name": "Mine", "webhookSecret": own } })).await.ok();
        let path = made.string("createIdentityProvider.identityProvider.webhookPath");
        for event in [saved("user.created", "u", ADMIN_EMAIL, 1000, json!({})), saved("user.updated", "u", ADMIN_EMAIL, 2000, json!({ "first_name": "Eve" })), deleted("u")] {
            assert_eq!(Sent::new(&own, &event).to(&sync.desk.web, &path).await.status, 204);
        }
        assert!(sync.admin.is_in().await);
        sync.desk.admin().await;
        let spared = sync.events("external_user.spared").await;
        assert_eq!(spared[0]["severity"], "CRITICAL");
        assert_eq!(spared[0]["newValues"], json!({ "provider": "Mine", "email": ADMIN_EMAIL }));

        // A provider that may tell of everybody may not once they have got hold of its secret.
        sync.desk.sql().await.run("UPDATE users SET email_verified_at = '2026-01-01T00:00:00+00:00' WHERE email = 'bea@example.com'").await;
        sync.told(&saved("user.created", "bea", "bea@example.com", 1000, json!({}))).await;
        let bea = sync.desk.sign_in("bea@example.com", PASSWORD).await.client;
        let own = bea.run("{ viewer { user { ... on Staff { externalIdentities { id } } } } }", Value::Null).await.ok();
        let unlink = "mutation($id: ID!) { unlinkExternalIdentity(input: { externalIdentityId: $id }) { errors { code path } } }";
        let kept = bea.run(unlink, json!({ "id": own.string("viewer.user.externalIdentities.0.id") })).await;
        assert_eq!(kept.user_errors("unlinkExternalIdentity")[0].code, "NOT_ALLOWED", "their removal there would find nobody here");
        let new = secret();
        let input = json!({ "identityProviderId": sync.provider, "webhookSecret": new, "creates": null, "createsWith": null, "mappedRoles": [] });
        keeper.client.run(UPDATE, json!({ "input": input })).await.ok();
        let sync = Sync { secret: new, ..sync };
        sync.told(&saved("user.updated", "bea", "eve@example.com", 2000, json!({}))).await;
        sync.told(&deleted("bea")).await;
        assert_eq!(sync.seen("bea@example.com").await, is("bea", "STAFF", true));
        assert_eq!(sync.events("external_user.spared").await.len(), 4);
    }

    /// Only a verified address finds somebody who is here already; a role that was given by hand stays; their sessions end
    /// when they are removed; and the last administrator stays, loudly.
    async fn who_is_here_already_is_found_by_a_verified_address(backend) {
        let sync = Sync::open(backend).await;
        let bea = sync.desk.sign_in("bea@example.com", PASSWORD).await;
        let unsure = json!({ "email_addresses": [{ "id": "idn_1", "email_address": "bea@example.com", "verification": { "status": "unverified" } }] });
        sync.told(&saved("user.created", "user_1", "bea@example.com", 1000, unsure)).await;
        assert!(bea.is_in().await, "nothing was linked");
        sync.told(&deleted("user_1")).await;
        assert_eq!(sync.seen("bea@example.com").await, is("bea", "STAFF", true));

        sync.told(&saved("user.created", "user_2", "bea@example.com", 1000, json!({}))).await;
        until("what was set up before ends", SOON, async || (!bea.is_in().await).then_some(())).await;
        let dead = sync.desk.web.run(SIGN_IN, credentials("bea@example.com", PASSWORD)).await;
        assert_eq!(dead.user_errors("signIn")[0].code, "INVALID_CREDENTIALS");
        sync.told(&deleted("user_2")).await;
        assert_eq!(sync.seen("bea@example.com").await.map(|(.., active)| active), Some(false));

        // The administrator is found, keeps their role, and is kept.
        sync.told(&saved("user.created", "user_3", ADMIN_EMAIL, 1000, json!({}))).await;
        let linked = sync.desk.cli(&["staff", "add", "second@example.com", "--name", "Second", "--role", "SUPER_ADMIN"], PASSWORD);
        assert!(linked.status.success());
        let second = sync.desk.sign_in("second@example.com", PASSWORD).await;
        let sync = Sync { admin: second, ..sync };
        sync.told(&saved("user.updated", "user_3", ADMIN_EMAIL, 2000, json!({ "public_metadata": { "role": "boss" } }))).await;
        assert_eq!(sync.seen(ADMIN_EMAIL).await.map(|(_, role, _)| role).as_deref(), Some("SUPER_ADMIN"));
        sync.told(&deleted("user_3")).await;
        assert_eq!(sync.seen(ADMIN_EMAIL).await.map(|(.., active)| active), Some(false), "another one is left");
        sync.told(&saved("user.created", "user_4", "second@example.com", 1000, json!({}))).await;
        sync.told(&deleted("user_4")).await;
        sync.desk.colleague("third@example.com", "Third", "ADMIN").await;
        let third = sync.desk.sign_in("third@example.com", PASSWORD).await;
        let sync = Sync { admin: third, ..sync };
        assert_eq!(sync.seen("second@example.com").await.map(|(.., active)| active), Some(true), "the last one stays");
        let kept = sync.events("external_user.last_administrator_kept").await;
        assert_eq!(kept[0]["severity"], "CRITICAL");
        assert_eq!(kept[0]["newValues"]["provider"], "Clerk");
    }

    /// A stranger registers with the address of somebody who is about to come by their provider: they come as a colleague all
    /// the same, and what the stranger set up is nothing.
    async fn a_registration_keeps_nobody_from_coming(backend) {
        let sync = Sync::open(backend).await;
        allow_registration(&sync.desk).await;
        let register = "mutation($p: String!) { registerClient(input: { email: \"ada@example.com\", name: \"Eve\", password: $p }) { errors { code } } }";
        sync.desk.web.run(register, json!({ "p": PASSWORD })).await.ok();
        let (sql, links) = (sync.desk.sql().await, "SELECT count(*) FROM one_time_tokens");
        until("the link is made", SOON, async || (sql.number(links).await == 1).then_some(())).await;
        sync.told(&saved("user.created", "user_1", "ada@example.com", 1000, json!({}))).await;
        assert_eq!(sync.seen("ada@example.com").await, is("Ada Lovelace", "STAFF", true));
        assert_eq!(sql.number(links).await, 0, "the stranger's link is dead");
        let clients = sync.admin.client.run("{ clients { totalCount } }", Value::Null).await.ok();
        assert_eq!(clients.data("clients.totalCount"), &json!(0));
    }

    /// No seat is free for somebody new: that is on record, and once there is one the next news of them is heard.
    async fn who_finds_no_seat_is_on_record(backend) {
        let sync = Sync::open(backend).await;
        let registry = Sql::open(sync.desk.server.setting("FRONTDESK_DATABASE_URL").expect("a setting"), None).await;
        registry.run("UPDATE tenants SET settings = '{\"limits\":{\"staff_seats\":3}}'").await;
        let full = "{ viewer { tenant { limits { staffSeats } } } }";
        until("the limit holds", SOON, async || {
            let limits = sync.admin.client.run(full, Value::Null).await.ok();
            (limits.data("viewer.tenant.limits.staffSeats") == &json!(3)).then_some(())
        })
        .await;
        sync.told(&saved("user.created", "user_1", "ada@example.com", 1000, json!({}))).await;
        assert_eq!(sync.seen("ada@example.com").await, None);
        let [row] = sync.events("external_user.no_seat").await.try_into().expect("one");
        assert_eq!((&row["severity"], &row["newValues"]), (&json!("CRITICAL"), &json!({ "provider": "Clerk", "email": "ada@example.com" })));
        registry.run("UPDATE tenants SET settings = '{}'").await;
        // What a company may use is believed for a moment.
        let mut at = 2000;
        until("there is room, and the next news of her are heard", SOON, async || {
            at += 1;
            sync.told(&saved("user.updated", "user_1", "ada@example.com", at, json!({}))).await;
            (sync.seen("ada@example.com").await == is("Ada Lovelace", "STAFF", true)).then_some(())
        })
        .await;
    }
}
