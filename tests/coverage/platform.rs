//! The platform and the tenants do not mix: whoever keeps the one reads nothing of the others, and the other way round.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use super::audit::counts;
use super::fixtures::{arguments, put};
use super::harness::{Harness, Home, PASSWORD, Things, sign_in};
use super::sdl::{Root, Sdl};
use super::sql::Sql;
use crate::running::on_record;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Client, Socket, both, until};

/// A platform administrator's address.
const KEEPER: &str = "keeper@platform.example";
const NOWHERE: &str = "tnt_0190a5f0000070008000000000000000";

/// Valid arguments of an operation of the platform.
pub fn of_platform(root: &Root) -> Value {
    let id = json!({ "input": { "id": NOWHERE } });
    match root.name.as_str() {
        "signInPlatform" => json!({ "input": { "email": KEEPER, "password": "something wrong" } }),
        "tenants" => json!({}),
        "tenant" => json!({ "id": NOWHERE }),
        "createTenant" => {
            json!({ "input": { "slug": "acme", "name": "Acme", "tier": "FREE", "adminEmail": "a@example.com",
            "adminName": "Ada", "adminPassword": PASSWORD } })
        }
        "updateTenant" | "resumeTenant" => id,
        "suspendTenant" => put(id, "input.reason", json!("unpaid")),
        name => panic!("{name} has no arguments in tests/coverage/platform.rs"),
    }
}

/// A signed-in platform administrator.
pub async fn keeper(stand: &Harness) -> Client {
    stand.cli(&["platform-admin", "add", KEEPER], PASSWORD);
    let nobody = Client::new(stand.server.base());
    let sign_in = "mutation($p: String!) { signInPlatform(input: { email: \"keeper@platform.example\", password: $p }) { \
        session { accessToken } errors { code } } }";
    let answer = nobody.run(sign_in, json!({ "p": PASSWORD })).await.ok();
    nobody.bearer(&answer.string("signInPlatform.session.accessToken"))
}

/// The codes of an answer's errors; a subscription's first event has them in its own way.
async fn codes(client: &Client, sdl: &Sdl, root: &Root, variables: Value) -> Vec<String> {
    let document = sdl.document("Ask", root, 1, 2);
    let json = match root.operation {
        "subscription" => client.stream(&document, variables).await.next(SOON).await.expect("an answer").json(),
        _ => client.run(&document, variables).await.json,
    };
    let errors = json["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Puts off what is to be done later, such as ending a silent chat, or trying once more what nobody answers, until long after the
/// test; and waits for what is due.
#[expect(clippy::disallowed_methods, reason = "jobs are due by the server's clock")]
async fn put_off(home: &Home) {
    let long = Utc::now() + TimeDelta::days(1);
    let due = format!("SELECT count(*) FROM jobs WHERE state = 'queued' AND run_at < '{}'", long.to_rfc3339());
    until("no job is due", SOON, async || {
        let soon = Utc::now() + TimeDelta::seconds(5);
        let later = format!("run_at > '{}' AND run_at < '{}'", soon.to_rfc3339(), long.to_rfc3339());
        home.sql.run(&format!("UPDATE jobs SET run_at = '{}' WHERE {later}", long.to_rfc3339())).await;
        (home.sql.number(&due).await == 0).then_some(())
    })
    .await;
}

/// Everything that a tenant has in its tables, once nothing is on its way there.
async fn settled(stand: &Harness, home: &Home) -> String {
    let unsealed = "SELECT count(*) FROM outbox WHERE sequence IS NULL";
    let mut known = String::new();
    until("nothing is on its way", SOON, async || {
        on_record(&stand.server).await;
        until("all is sealed", SOON, async || (home.sql.number(unsealed).await == 0).then_some(())).await;
        let now = home.sql.everything().await;
        let same = now == known;
        known.clone_from(&now);
        same.then_some(now)
    })
    .await
}

const SOON: std::time::Duration = std::time::Duration::from_secs(30);

both! {
    /// Every operation of a tenant, read or write or followed, with one's own things or none, answers a platform
    /// administrator FORBIDDEN, whichever tenant they name; and nothing is written there.
    async fn a_platform_administrator_is_nobody_in_a_tenant(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let sdl = Sdl::exported();
        let keeper = keeper(&stand).await;
        put_off(&home).await;
        let before = settled(&stand, &home).await;
        for root in sdl.roots() {
            for client in [&keeper, &keeper.tenant("main")] {
                let answer = codes(client, &sdl, &root, arguments(&root, &own)).await;
                assert_eq!(answer, ["FORBIDDEN"], "{} {}", root.operation, root.name);
            }
        }
        // Beside an operation of the platform, and through fragments, too.
        for document in ["{ tenants { totalCount } viewer { permissions } }", "{ ...F } fragment F on Query { tenants { totalCount } }"] {
            assert_eq!(keeper.run(document, Value::Null).await.error_code(), "FORBIDDEN", "{document}");
        }
        let mut socket = Socket::open(stand.server.base(), &[]).await;
        let token = keeper.request(reqwest::Method::POST, "/").build().expect("a request").headers()["authorization"].clone();
        let token = token.to_str().expect("text").to_owned();
        socket.send(json!({ "type": "connection_init", "payload": { "authorization": token } })).await;
        assert!(matches!(socket.close_code().await, 4401 | 4403), "no socket is opened");
        let after = settled(&stand, &home).await;
        let news: Vec<_> = after.lines().zip(before.lines()).filter(|(after, before)| after != before).take(10).collect();
        assert!(after == before, "something was written: {news:#?}");
    }

    /// Every operation of the platform answers UNAUTHENTICATED signed out, without needing a tenant, and FORBIDDEN to
    /// people of a tenant, its administrator too; to a platform administrator neither.
    async fn the_platform_is_for_its_administrators(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        // From now on there is no only tenant that a request could mean.
        stand.tenant("other").await;
        let sdl = Sdl::exported();
        stand.colleague(&home, "viewer@example.com", "VIEWER").await;
        let made = "mutation { createApiKey(input: { name: \"Everything\", permissions: [MANAGE_SETTINGS] }) { key } }";
        let key = home.admin.run(made, Value::Null).await.ok().string("createApiKey.key");
        let (nobody, keeper) = (Client::new(stand.server.base()), keeper(&stand).await);
        let roots = sdl.platform_roots();
        for root in roots.iter().filter(|root| root.name != "signInPlatform") {
            for stranger in [&nobody, &nobody.tenant("main"), &nobody.bearer("nonsense")] {
                assert_eq!(codes(stranger, &sdl, root, of_platform(root)).await, ["UNAUTHENTICATED"], "{}", root.name);
            }
            for person in [&home.admin, &nobody.bearer(&key)] {
                assert_eq!(codes(person, &sdl, root, of_platform(root)).await, ["FORBIDDEN"], "{}", root.name);
            }
        }
        for root in &roots {
            let answer = codes(&keeper, &sdl, root, of_platform(root)).await;
            assert!(!answer.contains(&"FORBIDDEN".into()) && !answer.contains(&"UNAUTHENTICATED".into()), "{} {answer:?}", root.name);
        }
        let refused = sdl.document("Ask", &roots.into_iter().find(|root| root.name == "signInPlatform").expect("it"), 1, 1);
        let answer = nobody.run(&refused, json!({ "input": { "email": KEEPER, "password": "something wrong" } })).await;
        assert_eq!(answer.user_errors("signInPlatform")[0].code, "INVALID_CREDENTIALS");

        let registry = Sql::open(stand.url(), None).await;
        assert!(registry.count("platform_events").await > 1);
        for alter in ["UPDATE platform_events SET kind = 'x'", "DELETE FROM platform_events"] {
            assert!(registry.try_run(alter).await.is_err(), "the record of the platform is append-only: {alter}");
        }

        // A deactivated administrator's token is none at once.
        stand.cli(&["platform-admin", "deactivate", KEEPER], "");
        assert_eq!(keeper.run("{ tenants { totalCount } }", Value::Null).await.error_code(), "UNAUTHENTICATED");
        let again = nobody.run(&refused, json!({ "input": { "email": KEEPER, "password": PASSWORD } })).await;
        assert_eq!(again.user_errors("signInPlatform")[0].code, "INVALID_CREDENTIALS");
        sign_in(&home.visitor, "viewer@example.com", PASSWORD).await;
    }

    /// Each thing that is done to a tenant leaves one row and one event in it, which name the platform administrator, and one
    /// row in the record of the platform; the tenant's chain is whole afterwards.
    async fn a_tenants_trail_tells_what_was_done_to_it(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let sdl = Sdl::exported();
        let keeper = keeper(&stand).await;
        let registry = Sql::open(stand.url(), None).await;
        let main = keeper.run("{ tenants { nodes { id } } }", Value::Null).await.ok().string("tenants.nodes.0.id");
        let mutations = sdl.platform_roots().into_iter().filter(|root| root.operation == "mutation");
        // From Z to A, so that it is suspended before it is resumed.
        let mut mutations: Vec<_> = mutations.filter(|root| root.name != "signInPlatform").collect();
        mutations.sort_by(|one, other| other.name.cmp(&one.name));
        for root in mutations {
            let made = root.name == "createTenant";
            let variables = if made { of_platform(&root) } else { put(of_platform(&root), "input.id", json!(main)) };
            let before = (counts(&home).await, registry.count("platform_events").await);
            let id = format!("change-{}", root.name);
            keeper.header("x-request-id", &id).run(&sdl.document("Change", &root, 1, 2), variables).await.ok();
            let (rows, good, events) = before.0;
            let expected = if made { ((rows, good, events), before.1 + 2) } else { ((rows + 1, good + 1, events + 1), before.1 + 1) };
            assert_eq!((counts(&home).await, registry.count("platform_events").await), expected, "{}", root.name);
            let schema = registry.texts("SELECT schema_name FROM tenants WHERE slug = 'acme'").await;
            let sql = if made { &Sql::open(stand.url(), Some(&schema[0])).await } else { &home.sql };
            let row = "FROM audit_logs a JOIN outbox o ON o.id = a.id AND o.kind = a.kind WHERE a.resource_kind = 'Tenant' AND a.success";
            let who = sql.texts(&format!("SELECT a.actor_kind {row} AND a.request_id = '{id}' AND a.actor_sealed IS NOT NULL")).await;
            assert_eq!(who, ["platform"], "{}", root.name);
        }
        let seen = home.admin.run("{ auditLogs(first: 1, filter: { eventType: { eq: \"tenant.changed\" } }) { nodes { actorKind \
            actorEmail actor { id } } } }", Value::Null).await;
        let seen = seen.ok();
        assert_eq!(seen.data("auditLogs.nodes"), &json!([{ "actorKind": "PLATFORM", "actorEmail": KEEPER, "actor": null }]));
        for slug in ["main", "acme"] {
            stand.cli(&["audit", "verify", "--tenant", slug], "");
        }
    }

    /// Nothing of a suspended tenant is in reach: every operation, of whomever, is answered alike and without data.
    async fn a_suspended_tenant_answers_nothing(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let sdl = Sdl::exported();
        let made = "mutation { createApiKey(input: { name: \"Everything\", permissions: [VIEW_MESSAGES] }) { key } }";
        let key = home.visitor.bearer(&home.admin.run(made, Value::Null).await.ok().string("createApiKey.key"));
        let keeper = keeper(&stand).await;
        let main = keeper.run("{ tenants { nodes { id } } }", Value::Null).await.ok().string("tenants.nodes.0.id");
        let suspend = "mutation($id: ID!) { suspendTenant(input: { id: $id, reason: \"unpaid\" }) { errors { code } } }";
        put_off(&home).await;
        keeper.run(suspend, json!({ "id": main })).await.ok();
        let before = settled(&stand, &home).await;
        let right = json!({ "input": { "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD } });
        let mut said = BTreeSet::new();
        for root in sdl.roots() {
            for client in [&home.admin, &key, &home.visitor] {
                let variables = if root.name == "signIn" { right.clone() } else { arguments(&root, &own) };
                let document = sdl.document("Ask", &root, 1, 2);
                let json = match root.operation {
                    "subscription" => client.stream(&document, variables).await.next(SOON).await.expect("an answer").json(),
                    _ => client.run(&document, variables).await.json,
                };
                assert_eq!((&json["errors"][0]["extensions"]["code"], json.get("data")), (&json!("FORBIDDEN"), None), "{} {json}", root.name);
                said.insert(json["errors"][0]["message"].to_string());
            }
        }
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(settled(&stand, &home).await, before);
    }

    /// Slugs, names and hosts that cannot be: refused by field, nothing is made, and nothing breaks.
    async fn what_cannot_be_a_tenant_is_refused(backend) {
        let stand = Harness::start(backend).await;
        let keeper = keeper(&stand).await;
        let sdl = Sdl::exported();
        let root = sdl.platform_roots().into_iter().find(|root| root.name == "createTenant").expect("it");
        let document = sdl.document("Make", &root, 1, 2);
        let long = "a".repeat(10_000);
        let odd = ["", " ", "a\u{0}b", "\u{202e}abc", "a\nb", "b\u{fc}cher", "'; DROP TABLE tenants; --", "../etc", "~tenant", &long];
        let hosts = odd.iter().filter(|text| **text != "b\u{fc}cher").chain(&["a_b.example", "http://a.example", "a:80", "*.a"]);
        let slugs = odd.iter().chain(&["Acme", "1st", "x-", "-x", "a_b", "public"][..5]);
        let names = odd.iter().filter(|text| text.trim().is_empty() || text.contains(['\0', '\n']) || text.len() > 200);
        let places = slugs.map(|text| ("slug", json!(text))).chain(hosts.map(|text| ("hosts", json!([text]))));
        let many = (0..21).map(|n| format!("h{n}.example")).collect::<Vec<_>>();
        let rest = [
            ("hosts", json!(many)),
            ("adminEmail", json!("nobody")),
            ("adminName", json!("")),
            ("adminPassword", json!("short")),
            ("adminPassword", json!(long)),
        ];
        for (field, value) in places.chain(names.map(|text| ("name", json!(text)))).chain(rest) {
            let answer = keeper.run(&document, put(of_platform(&root), &format!("input.{field}"), value.clone())).await;
            let errors = answer.user_errors("createTenant");
            assert!(errors.iter().any(|error| error.path == format!("input.{field}")), "{field} {value:.60}: {answer}");
        }
        let list = keeper.run("{ tenants { totalCount nodes { slug } } }", Value::Null).await.ok();
        assert_eq!(list.data("tenants"), &json!({ "totalCount": 1, "nodes": [{ "slug": "main" }] }));
        for (operation, name) in [("query", "tenant"), ("mutation", "updateTenant"), ("mutation", "suspendTenant")] {
            let root = sdl.platform_roots().into_iter().find(|root| root.name == name).expect("it");
            let document = sdl.document("Bad", &root, 1, 2);
            let place = if operation == "query" { "id" } else { "input.id" };
            for bad in ["", "x", "stf_0190a5f0000070008000000000000000", "tnt_\u{0}", &long] {
                let answer = keeper.run(&document, put(of_platform(&root), place, json!(bad))).await;
                assert_eq!(answer.error_code(), "BAD_USER_INPUT", "{name} {bad:.40}");
            }
        }
    }
}
