//! Those who keep the platform, the companies on it, and what a company may use.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Site, enter, messages, submit, token, until};
use crate::support::{Answer, Backend, Client, Options, PATIENCE, Server, Socket, both};

const KEEPER: &str = "keeper@platform.example";
const SECRET: &str = "the password of the keeper 3";
const FIRST: &str = "the first password of acme 4";

const SIGN_IN: &str = "mutation SignIn($email: String!, $password: String!) { signInPlatform(input: { email: $email, \
    password: $password }) { session { accessToken email } errors { code path } } }";
const CREATE: &str = "mutation Create($input: CreateTenantInput!) { createTenant(input: $input) { tenant { id slug tier hosts \
    isActive } errors { code path message } } }";
const UPDATE: &str = "mutation Update($input: UpdateTenantInput!) { updateTenant(input: $input) { tenant { name tier hosts \
    limits { staffSeats requestsPerMinute storageBytes } ownLimits { staffSeats requestsPerMinute storageBytes } } \
    errors { code path message } } }";
const SUSPEND: &str = "mutation Suspend($input: SuspendTenantInput!) { suspendTenant(input: $input) { tenant { isActive \
    suspendedAt suspendedReason } errors { code path } } }";
const RESUME: &str = "mutation Resume($input: ResumeTenantInput!) { resumeTenant(input: $input) { tenant { isActive \
    suspendedAt suspendedReason } errors { code path } } }";
const WHOSE: &str = "query Whose { viewer { tenant { slug } } }";

const SET_AVATAR: &str =
    "mutation Set($image: String!) { setAvatar(input: { image: $image }) { errors { code message path } } }";
/// A picture of one pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// A server, and its keeper signed in.
async fn kept(site: &Site, options: Options) -> (Server, Client) {
    let server = site.serve_with(options).await;
    site.run_saying(["platform-admin", "add", "Keeper@Platform.example"], SECRET).await.ok();
    let nobody = Client::new(server.base());
    let session = nobody.run(SIGN_IN, json!({ "email": KEEPER, "password": SECRET })).await.ok();
    let keeper = nobody.bearer(&session.string("signInPlatform.session.accessToken"));
    (server, keeper)
}

/// Makes a company; returns its id.
async fn create(keeper: &Client, slug: &str, tier: &str, hosts: &[&str]) -> String {
    keeper.run(CREATE, json!({ "input": wanted(slug, tier, hosts) })).await.ok().string("createTenant.tenant.id")
}

fn wanted(slug: &str, tier: &str, hosts: &[&str]) -> Value {
    json!({ "slug": slug, "name": format!("The {slug}"), "tier": tier, "hosts": hosts, "adminEmail": "boss@example.com",
        "adminName": "The Boss", "adminPassword": FIRST })
}

async fn whose(client: &Client) -> String {
    let answer = client.run(WHOSE, Value::Null).await;
    if answer.errors().is_empty() { answer.string("viewer.tenant.slug") } else { answer.error_code().to_owned() }
}

both! {
    /// A company is made, its administrator comes in and must choose a password; it is suspended, with what it has open,
    /// and resumed; its own trail tells who did all that, and the platform's record too.
    async fn a_company_is_made_suspended_and_resumed(backend) {
        let site = Site::new(backend);
        let (server, keeper) = kept(&site, site.options()).await;
        let id = create(&keeper, "acme", "FREE", &[]).await;
        let again = keeper.run(CREATE, json!({ "input": wanted("acme", "FREE", &[]) })).await;
        assert_eq!(again.user_errors("createTenant")[0].path, "input.slug");
        assert_eq!(again.user_errors("createTenant")[0].code, "NOT_AVAILABLE");
        // A company's name is its own, whatever its case and what nobody sees in it (B83).
        for same in ["THE ACME", "The A\u{200b}cme"] {
            let mut input = wanted("other", "FREE", &[]);
            input["name"] = json!(same);
            let taken = keeper.run(CREATE, json!({ "input": input })).await;
            assert_eq!(taken.user_errors("createTenant")[0].path, "input.name", "{same}");
        }

        // Its first administrator was given a password, so they must choose another before anything else.
        let acme = Client::new(server.base()).tenant("acme");
        let first = enter(&acme, "boss@example.com", FIRST).await;
        assert_eq!(whose(&first).await, "acme");
        let early = first.run("{ staffMembers { totalCount } }", Value::Null).await;
        assert_eq!(early.error_code(), "PASSWORD_CHANGE_REQUIRED");

        site.run_saying(["staff", "add", "--tenant", "acme", "--name", "Ann", "--role", "ADMIN", "ann@example.com"], FIRST).await.ok();
        let ann = enter(&acme, "ann@example.com", FIRST).await;
        submit(&acme, "before").await;
        let token = token(&acme, "ann@example.com", FIRST).await;
        let mut socket = Socket::connect(server.base(), Some(&token)).await;
        socket.subscribe("1", "subscription { inboxEvents { sequence } }", Value::Null).await;

        let suspended = keeper.run(SUSPEND, json!({ "input": { "id": id, "reason": "The bill of May" } })).await.ok();
        assert_eq!(suspended.data("suspendTenant.tenant.isActive"), &json!(false));
        assert_eq!(suspended.string("suspendTenant.tenant.suspendedReason"), "The bill of May");
        assert_eq!((whose(&ann).await.as_str(), whose(&acme).await.as_str()), ("FORBIDDEN", "FORBIDDEN"), "in this process at once");
        let closing = timeout(PATIENCE, socket.close_code()).await.expect("its open socket is closed");
        assert!(matches!(closing, 4401 | 4403), "{closing}");
        let resumed = keeper.run(RESUME, json!({ "input": { "id": id } })).await.ok();
        assert_eq!(resumed.data("resumeTenant.tenant"), &json!({ "isActive": true, "suspendedAt": null, "suspendedReason": null }));
        assert_eq!(messages(&ann).await, ["before"], "nothing was touched, and the session goes on");

        let renamed = json!({ "input": { "id": id, "name": "Acme & Sons", "tier": "PRO" } });
        assert_eq!(keeper.run(UPDATE, renamed).await.ok().string("updateTenant.tenant.tier"), "PRO");
        let trail = "{ auditLogs(orderBy: { field: AT, direction: ASC }, filter: { eventType: { in: [\"tenant.created\", \"tenant.suspended\", \
            \"tenant.resumed\", \"tenant.changed\"] } }) { nodes { eventType actorEmail oldValues newValues } } }";
        let trail = ann.run(trail, Value::Null).await.ok();
        let rows = trail.list("auditLogs.nodes");
        let kinds: Vec<_> = rows.iter().map(|row| row["eventType"].as_str().unwrap_or_default()).collect();
        assert_eq!(kinds, ["tenant.created", "tenant.suspended", "tenant.resumed", "tenant.changed"]);
        assert!(rows.iter().all(|row| row["actorEmail"] == KEEPER), "{trail}");
        assert_eq!(rows[1]["newValues"]["reason"], "The bill of May");
        assert_eq!((&rows[3]["oldValues"]["tier"], &rows[3]["newValues"]["tier"]), (&json!("free"), &json!("pro")));
        assert_eq!(rows[3]["newValues"]["name"], "Acme & Sons");
        let kinds = site.look(Some("acme"), "SELECT DISTINCT actor_kind FROM audit_logs WHERE kind LIKE 'tenant.%'").await;
        assert_eq!(kinds, ["platform"]);

        let events = site.run(["platform-admin", "events"]).await.ok();
        for kind in ["platform_session.opened", "tenant.opened", "tenant.created", "tenant.suspended", "tenant.changed"] {
            assert!(events.out.contains(kind), "{kind}: {events}");
        }
        for secret in [SECRET, FIRST] {
            assert!(!events.out.contains(secret) && server.places_of(secret).is_empty(), "{events}");
            assert!(site.files_with(secret).is_empty(), "{:?}", site.files_with(secret));
        }
    }

    /// What broke off while a company was made is not served, and goes on when it is made again.
    async fn a_half_made_company_is_made_again(backend) {
        let site = Site::new(backend);
        let (server, keeper) = kept(&site, site.options()).await;
        let id = create(&keeper, "acme", "FREE", &["old.example"]).await;
        // As it stands just before the last step.
        site.meddle(None, &format!("UPDATE tenants SET active = {} WHERE slug = 'acme'", no(&site))).await;
        let acme = Client::new(server.base()).tenant("acme");
        until("it is not served", PATIENCE, async || (whose(&acme).await == "NOT_FOUND").then_some(())).await;
        let refused = keeper.run(SUSPEND, json!({ "input": { "id": id, "reason": "x" } })).await;
        assert_eq!(refused.user_errors("suspendTenant")[0].code, "NOT_ALLOWED");
        assert_eq!(create(&keeper, "acme", "PRO", &["new.example"]).await, id, "it is the same one");
        enter(&acme, "boss@example.com", FIRST).await;
        let seen = keeper.run("query($id: ID!) { tenant(id: $id) { tier hosts isActive } }", json!({ "id": id })).await.ok();
        assert_eq!(seen.data("tenant"), &json!({ "tier": "PRO", "hosts": ["new.example"], "isActive": true }));
    }

    /// A company answers on each of its hosts, in whatever form they are written; no two have the same; and a host that
    /// moves takes its requests along.
    async fn hosts_lead_to_their_company(backend) {
        let site = Site::new(backend);
        let (server, keeper) = kept(&site, site.options()).await;
        let acme = create(&keeper, "acme", "FREE", &["Help.Acme.Example.", "b\u{fc}cher.example"]).await;
        let bolt = create(&keeper, "bolt", "FREE", &["bolt.example"]).await;
        let at = |host: &str| Client::new(server.base()).header("host", host);
        for host in ["help.acme.example", "HELP.acme.example:8443", "help.acme.example.", "xn--bcher-kva.example"] {
            assert_eq!(whose(&at(host)).await, "acme", "{host}");
        }
        assert_eq!(whose(&at("bolt.example")).await, "bolt");
        assert_eq!(whose(&at("xhelp.acme.example")).await, "NOT_FOUND");

        let taken = keeper.run(UPDATE, json!({ "input": { "id": bolt, "hosts": ["bolt.example", "B\u{dc}CHER.example"] } })).await;
        let errors = taken.user_errors("updateTenant");
        assert_eq!((errors[0].code.as_str(), errors[0].path.as_str()), ("NOT_AVAILABLE", "input.hosts"));
        assert_eq!(whose(&at("bolt.example")).await, "bolt", "nothing was changed");
        let taken = keeper.run(CREATE, json!({ "input": wanted("cork", "FREE", &["bolt.example"]) })).await;
        assert_eq!(taken.user_errors("createTenant")[0].path, "input.hosts");

        let fewer = keeper.run(UPDATE, json!({ "input": { "id": acme, "hosts": ["help.acme.example"] } })).await.ok();
        assert_eq!(fewer.data("updateTenant.tenant.hosts"), &json!(["help.acme.example"]));
        keeper.run(UPDATE, json!({ "input": { "id": bolt, "hosts": ["xn--bcher-kva.example"] } })).await.ok();
        assert_eq!(whose(&at("xn--bcher-kva.example")).await, "bolt");
        assert_eq!(whose(&at("bolt.example")).await, "NOT_FOUND");
    }

    /// So many seats, so many active colleagues, however many are added at once.
    async fn the_last_seat_is_taken_once(backend) {
        let site = Site::new(backend);
        let (server, keeper) = kept(&site, site.options()).await;
        let id = create(&keeper, "acme", "FREE", &[]).await;
        let add = async |name: String| {
            site.run_saying(["staff", "add", "--tenant", "acme", "--name", &name, "--role", "ADMIN", &format!("{name}@example.com")], FIRST).await
        };
        // The first administrator has one of five.
        let done = join_all((0..8).map(|n| add(format!("colleague-{n}")))).await;
        let (added, refused): (Vec<_>, Vec<_>) = done.iter().partition(|done| done.code == 0);
        assert_eq!((added.len(), refused.len()), (4, 4), "{done:?}");
        assert!(refused.iter().all(|done| done.err.contains("all 5 seats")), "{refused:?}");
        let active = "SELECT count(*) FROM users WHERE is_active AND kind = 'staff'";
        assert_eq!(site.count("acme", active).await, 5);

        // A seat that is given up can be taken again, and one more where the company has limits of its own.
        let left = done.iter().position(|done| done.code == 0).expect("somebody who was added");
        site.run(["staff", "deactivate", "--tenant", "acme", &format!("colleague-{left}@example.com")]).await.ok();
        add("ann".into()).await.ok();
        add("bea".into()).await.refused();
        let own = json!({ "input": { "id": id, "limits": { "staffSeats": 6, "storageBytes": 5_000_000_000_u64 } } });
        let limits = keeper.run(UPDATE, own).await.ok();
        assert_eq!(limits.data("updateTenant.tenant.limits"),
            &json!({ "staffSeats": 6, "requestsPerMinute": 600, "storageBytes": 5e9 }));
        add("bea".into()).await.ok();
        assert_eq!(site.count("acme", active).await, 6);

        let ann = enter(&Client::new(server.base()).tenant("acme"), "ann@example.com", FIRST).await;
        let report = "{ viewer { tenant { tier limits { staffSeats storageBytes } usage { staffSeats storageBytes } } } }";
        let expected = json!({ "tier": "FREE", "limits": { "staffSeats": 6, "storageBytes": 5e9 }, "usage": { "staffSeats": 6, "storageBytes": 0.0 } });
        assert_eq!(ann.run(report, Value::Null).await.ok().data("viewer.tenant"), &expected);
        let stranger = Client::new(server.base()).tenant("acme").run(report, Value::Null).await.ok();
        assert_eq!(stranger.data("viewer.tenant"), &json!({ "tier": null, "limits": null, "usage": null }));

        // Over HTTP too, whichever way somebody comes to be active: two seats are free, and as many get one.
        let more = json!({ "input": { "id": id, "limits": { "staffSeats": 8 } } });
        keeper.run(UPDATE, more).await.ok();
        let roles = ann.run("{ roles(first: 100) { nodes { id name } } }", Value::Null).await.ok();
        let role = roles.list("roles.nodes").iter().find(|role| role["name"] == "STAFF").expect("a role")["id"].clone();
        let known = ann.run("{ staffMembers(filter: { isActive: false }) { nodes { id } } }", Value::Null).await.ok();
        let boss = known.string("staffMembers.nodes.0.id");
        let hire = "mutation Hire($email: EmailAddress!, $role: ID!) { createStaff(input: { email: $email, name: \"New\", roleId: $role }) { \
            staff { id } errors { code message } } }";
        let again = "mutation Again($id: ID!) { reactivateStaff(input: { staffId: $id }) { staff { id } errors { code message } } }";
        let hired = join_all((0..6).map(|n| ann.run(hire, json!({ "email": format!("new-{n}@example.com"), "role": role }))));
        let (hired, back) = tokio::join!(hired, ann.run(again, json!({ "id": boss })));
        let problems: Vec<_> = hired.iter().flat_map(|answer| answer.user_errors("createStaff"))
            .chain(back.user_errors("reactivateStaff")).collect();
        assert_eq!(problems.len(), 5, "{problems:?}");
        assert!(problems.iter().all(|problem| problem.code == "NOT_ALLOWED"), "{problems:?}");
        assert_eq!(site.count("acme", active).await, 8);
        // A client takes no seat.
        let client = "mutation { createClient(input: { email: \"client@example.com\", name: \"Cleo\" }) { errors { code } } }";
        ann.run(client, Value::Null).await.ok();

        // The tier's again, and what cannot be a limit.
        let tiers = keeper.run(UPDATE, json!({ "input": { "id": id, "limits": { "staffSeats": null } } })).await.ok();
        assert_eq!(tiers.data("updateTenant.tenant.ownLimits"),
            &json!({ "staffSeats": null, "requestsPerMinute": null, "storageBytes": 5e9 }));
        for (field, bad) in [("staffSeats", json!(0)), ("requestsPerMinute", json!(-1)), ("storageBytes", json!(0.5)), ("storageBytes", json!(1e300))] {
            let refused = keeper.run(UPDATE, json!({ "input": { "id": id, "limits": { field: bad } } })).await;
            assert_eq!(refused.user_errors("updateTenant")[0].path, format!("input.limits.{field}"), "{bad}");
        }
    }

    /// What is uploaded is counted, and past the limit nothing is stored; what is removed makes room again.
    async fn storage_is_full_at_its_limit(backend) {
        let site = Site::new(backend);
        let (server, keeper) = kept(&site, site.options().env("FRONTDESK_RATE_LIMITS", "on")).await;
        let id = create(&keeper, "acme", "FREE", &[]).await;
        let acme = Client::new(server.base()).tenant("acme");
        for name in ["ann", "bob"] {
            let email = format!("{name}@example.com");
            site.run_saying(["staff", "add", "--tenant", "acme", "--name", name, "--role", "SUPER_ADMIN", &email], FIRST).await.ok();
        }
        let (ann, bob) = (enter(&acme, "ann@example.com", FIRST).await, enter(&acme, "bob@example.com", FIRST).await);
        let set = async |who: &Client| who.run(SET_AVATAR, json!({ "image": PIXEL })).await;
        let remove = async |who: &Client| who.run("mutation { removeAvatar { errors { code } } }", Value::Null).await.ok();
        let used = async || {
            let usage = "{ viewer { tenant { usage { storageBytes staffSeats requestsPerMinute } } } }";
            ann.run(usage, Value::Null).await.ok().data("viewer.tenant.usage").clone()
        };
        let limit = async |bytes: u64| {
            keeper.run(UPDATE, json!({ "input": { "id": id, "limits": { "storageBytes": bytes } } })).await.ok();
        };
        assert_eq!(used().await["storageBytes"], json!(0.0));
        set(&ann).await.ok();
        let seen = used().await;
        let one = seen["storageBytes"].as_f64().filter(|bytes| *bytes > 0.0).expect("a picture");
        assert_eq!((&seen["staffSeats"], &seen["requestsPerMinute"]), (&json!(3), &json!(3)), "three requests of people, this one among them");

        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundred bytes")]
        let (one, two) = (one as u64, 2 * one as u64);
        limit(two - 1).await;
        let full = set(&bob).await;
        let [error] = full.user_errors("setAvatar").try_into().expect("one error");
        assert_eq!((error.code.as_str(), error.message.as_str()), ("NOT_ALLOWED", "there is no room left for files of this size"));
        let pictures = "SELECT count(*) FROM files WHERE stored_at IS NOT NULL";
        assert_eq!((site.count("acme", pictures).await, used().await["storageBytes"].as_f64()), (1, seen["storageBytes"].as_f64()));
        // Another picture in the place of one's own needs no more room than it had.
        set(&ann).await.ok();
        remove(&ann).await;
        assert_eq!((site.count("acme", pictures).await, used().await["storageBytes"].clone()), (0, json!(0.0)));
        set(&bob).await.ok();
        limit(two).await;
        set(&ann).await.ok();
        // What is there beyond a lower limit stays, and only more is refused.
        limit(one).await;
        assert_eq!(site.count("acme", pictures).await, 2);
        remove(&bob).await;
        assert_eq!(set(&bob).await.user_errors("setAvatar")[0].code, "NOT_ALLOWED");
    }

    /// So many requests a minute, of strangers and of colleagues each, and then 429 with the time to wait; other companies
    /// notice nothing; and where limits are off there is none.
    async fn requests_are_counted_by_company(backend) {
        let site = Site::new(backend);
        let (mut server, keeper) = kept(&site, site.options().env("FRONTDESK_RATE_LIMITS", "on")).await;
        create(&keeper, "bolt", "ENTERPRISE", &[]).await;
        let id = create(&keeper, "acme", "FREE", &[]).await;
        let nobody = Client::new(server.base());
        let (acme, bolt) = (nobody.tenant("acme"), nobody.tenant("bolt"));
        let boss = enter(&acme, "boss@example.com", FIRST).await;
        keeper.run(UPDATE, json!({ "input": { "id": id, "limits": { "requestsPerMinute": 5 } } })).await.ok();

        let headers = |answer: &Answer| ["limit", "remaining", "reset"].map(|name| {
            answer.header(&format!("ratelimit-{name}")).parse::<u64>().ok()
        });
        for left in (0..5).rev() {
            let [limit, remaining, reset] = headers(&boss.run(WHOSE, Value::Null).await.ok());
            assert_eq!((limit, remaining), (Some(5), Some(left)));
            assert!(reset.is_some_and(|reset| (1..=60).contains(&reset)), "{reset:?}");
        }
        let refused = boss.run(WHOSE, Value::Null).await;
        assert_eq!((refused.status, refused.error_code()), (429, "RATE_LIMITED"), "{refused}");
        assert_eq!(refused.errors()[0]["extensions"]["retryable"], true);
        let [limit, remaining, reset] = headers(&refused);
        assert_eq!((limit, remaining), (Some(5), Some(0)));
        assert_eq!(refused.header("retry-after").parse::<u64>().ok(), reset, "both tell when");
        assert!(reset.is_some_and(|reset| (1..=72).contains(&reset)), "{reset:?}");

        // Strangers have an allowance of their own: one of it went on signing in.
        for left in (0..4).rev() {
            let answer = acme.run(WHOSE, Value::Null).await.ok();
            assert_eq!(headers(&answer)[1], Some(left));
        }
        assert_eq!(acme.run(WHOSE, Value::Null).await.status, 429);
        let mut socket = Socket::open(server.base(), &[("x-tenant", "acme")]).await;
        socket.send(json!({ "type": "connection_init", "payload": {} })).await;
        assert_eq!(socket.next(PATIENCE).await.kind, "connection_ack");
        socket.subscribe("1", WHOSE, Value::Null).await;
        let frame = socket.next(PATIENCE).await;
        assert_eq!(frame.payload[0]["extensions"]["code"], "RATE_LIMITED", "over sockets too: {frame:?}");
        for _ in 0..10 {
            let answer = bolt.run(WHOSE, Value::Null).await.ok();
            assert_eq!(headers(&answer), [None; 3], "no limit, no headers");
        }
        keeper.run("{ tenants { totalCount } }", Value::Null).await.ok();

        server.restart_with(Options::new().env("FRONTDESK_RATE_LIMITS", "off")).await;
        for _ in 0..10 {
            assert_eq!(headers(&acme.run(WHOSE, Value::Null).await.ok()), [None; 3]);
        }
    }

    /// Guessing a keeper's password is limited by account, in the registry; success forgets the attempts.
    async fn guessing_a_keepers_password_is_limited(backend) {
        let site = Site::new(backend);
        let (server, _) = kept(&site, site.options().env("FRONTDESK_RATE_LIMITS", "on")).await;
        let nobody = Client::new(server.base());
        let attempt = async |email: &str, password: &str| {
            let answer = nobody.run(SIGN_IN, json!({ "email": email, "password": password })).await;
            match answer.errors() {
                [] => answer.user_errors("signInPlatform").first().map_or("ok".to_owned(), |error| error.code.clone()),
                _ => answer.error_code().to_owned(),
            }
        };
        for _ in 0..9 {
            assert_eq!(attempt(KEEPER, "something wrong").await, "INVALID_CREDENTIALS");
        }
        assert_eq!(attempt(" KEEPER@platform.example ", SECRET).await, "ok");
        for email in [KEEPER, "unknown@platform.example"] {
            let mut answers = Vec::new();
            for _ in 0..11 {
                answers.push(attempt(email, "something wrong").await);
            }
            // Of the thirty from one address, 22 are used after the first round.
            assert_eq!(answers[..8], vec!["INVALID_CREDENTIALS"; 8], "{email}");
            assert_eq!(answers[10], "RATE_LIMITED", "{email}");
        }
        assert_eq!(attempt(KEEPER, SECRET).await, "RATE_LIMITED", "the right one too");
        let refused = "SELECT kind FROM platform_events WHERE kind = 'platform_session.refused' AND NOT success";
        assert_eq!(site.look(None, refused).await.len(), 9 + 10 + 8, "what was counted and let through is on record");
    }
}

fn no(site: &Site) -> &'static str {
    if site.backend() == Backend::Sqlite { "0" } else { "false" }
}

/// Processes count together: what one of them let through, the others do not let through once more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_counted_by_all_processes() {
    let site = Site::new(Backend::Postgres);
    let limited = || site.options().env("FRONTDESK_RATE_LIMITS", "on");
    let (one, keeper) = kept(&site, limited()).await;
    let other = site.serve_with(limited()).await;
    let id = create(&keeper, "acme", "FREE", &[]).await;
    keeper.run(UPDATE, json!({ "input": { "id": id, "limits": { "requestsPerMinute": 1000 } } })).await.ok();
    let here = enter(&Client::new(one.base()).tenant("acme"), "boss@example.com", FIRST).await;
    let there = enter(&Client::new(other.base()).tenant("acme"), "boss@example.com", FIRST).await;
    join_all((0..300).map(|_| async { here.run(WHOSE, Value::Null).await.ok() })).await;
    let mut asked = 0;
    until("the other process has heard of it", PATIENCE, async || {
        asked += 1;
        let answer = there.run(WHOSE, Value::Null).await.ok();
        let left: u64 = answer.header("ratelimit-remaining").parse().expect("a number");
        (left + asked == 700).then_some(())
    })
    .await;
}
