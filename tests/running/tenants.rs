//! Several companies on one server.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{SUBMIT, Site, enter, forgotten, messages, submission, submit, token, until};
use crate::support::{Backend, Client, PATIENCE, Server, Smtp, Socket, both};

const ACME: &str = "the password of acme 1";
const BOLT: &str = "the password of bolt 2";
const WHOSE: &str = "query Whose { viewer { tenant { slug } } }";

/// How many tenants share one server. 200 show what 500 do: they are three times the 64 whose files are kept open and twelve times
/// the 16 connections of the pool, so each finds its place taken by others whenever it is asked, and all of them are more than may
/// be open at a time.
const MANY: usize = 200;
/// How many of them ask at a time: more than there are connections. All at once would wait longer for one than anybody should.
const AT_ONCE: usize = 32;

/// A site with two tenants, and a server on it.
async fn two(backend: Backend) -> (Site, Server) {
    let site = Site::new(backend);
    site.tenant("acme", ACME).await;
    site.tenant("bolt", BOLT).await;
    let server = site.serve().await;
    (site, server)
}

/// The tenant that the server takes a client's request for; the code of the refusal where it takes none.
async fn whose(client: &Client) -> String {
    let answer = client.run(WHOSE, Value::Null).await;
    if answer.errors().is_empty() { answer.string("viewer.tenant.slug") } else { answer.error_code().to_owned() }
}

const FORGOT: &str =
    "mutation Forgot($email: EmailAddress!) { requestPasswordReset(input: { email: $email }) { errors { code } } }";
const RESET: &str = "mutation Reset($token: String!, $password: String!) {
    resetPassword(input: { token: $token, newPassword: $password }) { errors { code } } }";

both! {
    /// A link in a mail says whose page it leads to: by the company's own host name, the first where it has several, or by
    /// its slug at the public address. Whoever follows it comes to the right company, and to no other.
    async fn mailed_links_lead_to_their_company(backend) {
        let (site, smtp) = (Site::new(backend), Smtp::start().await);
        let hosts = ["tenant", "create", "acme", "--admin-email", "boss@example.com", "--host", "help.acme.example", "--host", "acme.example"];
        site.run_saying(hosts, &format!("{ACME}\n")).await.ok();
        site.tenant("bolt", BOLT).await;
        let options = site.options().smtp(&smtp).env("FRONTDESK_PUBLIC_URL", "https://desk.example.com/app");
        let server = site.serve_with(options).await;
        let nobody = Client::new(server.base());
        let (acme, bolt) = (nobody.header("host", "acme.example"), nobody.tenant("bolt"));
        let asked = async |client: &Client| {
            client.header("x-forwarded-host", "evil.example").run(FORGOT, json!({ "email": "boss@example.com" })).await.ok();
            let text = smtp.next_mail(PATIENCE).await.text();
            let link = text.split_whitespace().find(|word| word.starts_with("https://")).expect("a link").to_owned();
            let (page, token) = link.split_once("#token=").expect("a token");
            (page.to_owned(), token.to_owned())
        };
        let (page, own) = asked(&acme).await;
        assert_eq!(page, "https://help.acme.example/app/reset-password");
        let (page, theirs) = asked(&bolt).await;
        assert_eq!(page, "https://desk.example.com/app/reset-password?tenant=bolt");

        // What the pages do with what their addresses say.
        let (acme, bolt) = (nobody.header("host", "help.acme.example"), nobody.tenant("bolt"));
        let password = "violet harbour seven kettles";
        let with = |token: &str| json!({ "token": token, "password": password });
        for (client, token) in [(&acme, &theirs), (&bolt, &own)] {
            assert_eq!(client.run(RESET, with(token)).await.user_errors("resetPassword")[0].code, "INVALID_TOKEN");
        }
        for (client, token, slug) in [(&acme, &own, "acme"), (&bolt, &theirs, "bolt")] {
            client.run(RESET, with(token)).await.ok();
            assert_eq!(whose(&enter(client, "boss@example.com", password).await).await, slug);
        }
    }

    /// The same address may belong to somebody in either company: with a password of its own, and in reach of nothing
    /// of the other's, whatever id is asked for.
    async fn two_tenants_do_not_know_of_each_other(backend) {
        let (_site, server) = two(backend).await;
        let nobody = Client::new(server.base());
        let (acme, bolt) = (nobody.tenant("acme"), nobody.tenant("bolt"));
        let theirs = submit(&acme, "for acme").await;
        submit(&bolt, "for bolt").await;

        let acme = enter(&acme, "boss@example.com", ACME).await;
        let bolt = enter(&bolt, "boss@example.com", BOLT).await;
        assert_eq!((messages(&acme).await, messages(&bolt).await), (vec!["for acme".to_owned()], vec!["for bolt".to_owned()]));

        let sign_in = "mutation SignIn($password: String!) { signIn(input: { email: \"boss@example.com\", password: $password }) \
             { session { accessToken } errors { code } } }";
        let wrong = nobody.tenant("bolt").run(sign_in, json!({ "password": ACME })).await;
        assert_eq!(wrong.user_errors("signIn")[0].code, "INVALID_CREDENTIALS");

        let look = "query Look($id: ID!) { node(id: $id) { id } message(id: $id) { content } }";
        assert_eq!(acme.run(look, json!({ "id": theirs })).await.ok().string("message.content"), "for acme");
        let across = bolt.run(look, json!({ "id": theirs })).await.ok();
        let missing = bolt.run(look, json!({ "id": format!("msg_{:032x}", 1) })).await.ok();
        assert_eq!(across.json["data"], missing.json["data"]);

        let assign = "mutation Assign($id: ID!) { assignMessage(input: { messageId: $id }) { message { id } errors { code } } }";
        let across = bolt.run(assign, json!({ "id": theirs })).await;
        assert_eq!(across.error_code(), "NOT_FOUND", "{across}");
    }

    /// The tenant is the token's; else the one that owns the host name; else the header's; else the only one.
    async fn a_request_belongs_to_one_tenant(backend) {
        let site = Site::new(backend);
        let server = site.serve().await;
        let nobody = Client::new(server.base());
        assert_eq!(whose(&nobody).await, "main", "the only one");

        site.run_saying(["tenant", "create", "acme", "--host", "Help.Acme.Example", "--admin-email", "boss@example.com"], ACME)
            .await
            .ok();
        site.run(["tenant", "create", "bolt"]).await.ok();
        let none = async || (whose(&nobody).await == "NOT_FOUND").then_some(());
        until("with several tenants there is no only one", PATIENCE, none).await;

        assert_eq!(whose(&nobody.tenant("bolt")).await, "bolt");
        let at_home = nobody.header("host", "help.acme.example");
        assert_eq!(whose(&at_home).await, "acme");
        assert_eq!(whose(&nobody.header("host", "HELP.acme.example:8443")).await, "acme", "in any case, at any port");
        assert_eq!(whose(&at_home.tenant("bolt")).await, "acme", "the host name wins over the header");

        let signed_in = enter(&at_home, "boss@example.com", ACME).await;
        assert_eq!(whose(&signed_in.header("host", "elsewhere.example").tenant("bolt")).await, "acme", "the token wins over both");
        for unknown in ["nowhere", "Bolt", "bolt'--", "../bolt"] {
            assert_eq!(whose(&nobody.tenant(unknown)).await, "NOT_FOUND", "{unknown}");
        }
    }

    /// A suspended company is refused within seconds, on what it has open too; others go on; and when it comes back
    /// everything is where it was.
    async fn a_suspended_tenant_is_refused_and_comes_back(backend) {
        let (site, server) = two(backend).await;
        let nobody = Client::new(server.base());
        let acme = enter(&nobody.tenant("acme"), "boss@example.com", ACME).await;
        let bolt = enter(&nobody.tenant("bolt"), "boss@example.com", BOLT).await;
        submit(&nobody.tenant("acme"), "before").await;
        let token = token(&nobody.tenant("acme"), "boss@example.com", ACME).await;
        let mut socket = Socket::connect(server.base(), Some(&token)).await;
        socket.subscribe("1", "subscription { inboxEvents { sequence } }", Value::Null).await;

        site.run(["tenant", "suspend", "acme"]).await.ok();
        until("the suspended tenant is refused", PATIENCE, async || (whose(&acme).await == "FORBIDDEN").then_some(())).await;
        let closing = timeout(PATIENCE, socket.close_code()).await.expect("its open socket is closed");
        assert!(matches!(closing, 4401 | 4403), "{closing}");
        assert_eq!(whose(&nobody.tenant("acme")).await, "FORBIDDEN", "visitors too");
        assert_eq!(whose(&bolt).await, "bolt");
        submit(&nobody.tenant("bolt"), "meanwhile").await;
        let list = site.run(["tenant", "list"]).await.ok();
        assert!(list.line("acme").contains("suspended") && list.line("bolt").contains("active"), "{list}");

        // What is refused says nothing of the company: neither its name nor its id nor whether somebody is there.
        let refused = nobody.tenant("acme").run(WHOSE, Value::Null).await;
        let id = site.look(None, "SELECT name FROM tenants WHERE slug = 'acme'").await.remove(0);
        assert!(!refused.text.contains(&id) && !refused.text.contains("tnt_"), "{refused}");
        let other = nobody.tenant("acme").run("query Other { viewer { permissions } }", Value::Null).await;
        assert_eq!(forgotten(refused.json), forgotten(other.json));

        site.run(["tenant", "resume", "acme"]).await.ok();
        until("the tenant is back", PATIENCE, async || (whose(&acme).await == "acme").then_some(())).await;
        assert_eq!(messages(&acme).await, ["before"], "the old session goes on, and nothing was touched");
    }

    /// What cannot be a tenant is refused with the reason, and what there is already is not changed.
    async fn the_registry_keeps_order(backend) {
        let site = Site::new(backend);
        site.tenant("acme", ACME).await;
        for wrong in ["Acme", "1st", "a_b", "-x", "x-", ""] {
            let refused = site.run(["tenant", "create", "--", wrong]).await.refused();
            assert!(refused.err.contains("slug"), "{refused}");
        }
        let short = site.run_saying(["tenant", "create", "bolt", "--admin-email", "a@example.com"], "short\n").await.refused();
        assert!(short.err.contains("12 characters") && !short.err.contains("short\n"), "{short}");
        site.run(["tenant", "create", "bolt", "--name", "acme"]).await.refused();
        for unknown in ["suspend", "resume"] {
            let refused = site.run(["tenant", unknown, "nobody"]).await.refused();
            assert!(refused.err.contains("Tenant not found"), "{refused}");
        }
        let list = site.run(["tenant", "list"]).await.ok();
        assert_eq!(list.out.lines().count(), 1, "{list}");
        let line = list.line("acme");
        assert!(line.contains("active") && line.contains("up to date") && line.contains("tnt_"), "{list}");
    }
}

/// Makes tenants from `tenant-1` on, without people, until there are [`MANY`]; returns their slugs.
async fn many(site: &Site) -> Vec<String> {
    site.tenant("main", ACME).await;
    let slugs: Vec<String> = (1..MANY).map(|number| format!("tenant-{number}")).collect();
    let row = |(number, slug): (usize, &String)| {
        let number = number + 1;
        let id = match site.backend() {
            Backend::Postgres => format!("'{number:08x}-0000-7000-8000-000000000000'"),
            Backend::Sqlite => format!("x'{number:08x}000070008000000000000000'"),
        };
        let now = "'2026-01-01T00:00:00+00:00'";
        format!("({id}, '{slug}', '{slug}', 'free', 'tenant_{number}', '{{}}', true, {now}, {now})")
    };
    let rows: Vec<String> = slugs.iter().enumerate().map(row).collect();
    let columns = "id, slug, name, tier, schema_name, settings, active, created_at, updated_at";
    site.meddle(None, &format!("INSERT INTO tenants ({columns}) VALUES {}", rows.join(", "))).await;
    // Makes the schemas of what is in the registry, several at a time and in one process.
    site.run(["migrate"]).await.ok();
    slugs
}

/// In every tenant a visitor writes, three times.
async fn used(server: &Server, slugs: &[String]) {
    let nobody = Client::new(server.base());
    for round in 0..3 {
        let asked = slugs.iter().map(|slug| {
            let text = format!("{slug} {round}");
            let client = nobody.tenant(slug).idempotency_key(&text.replace(' ', "-"));
            async move {
                // A machine with too much to do asks some of them to come again.
                let taken = async || {
                    let answer = client.run(SUBMIT, submission(&text)).await;
                    let again = answer.errors().first().is_some_and(|error| error["extensions"]["retryable"] == true);
                    (!again).then_some(answer)
                };
                until("the message is taken", PATIENCE, taken).await.ok();
                let named = async || Some(whose(&client).await).filter(|slug| slug != "UNAVAILABLE");
                assert_eq!(until("the desk says its name", PATIENCE, named).await, *slug);
            }
        });
        stream::iter(asked).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    }
}

/// Everybody has what was written to them, and nothing else.
async fn kept_apart(site: &Site, slugs: &[String]) {
    for slug in [&slugs[0], &slugs[MANY / 2], &slugs[MANY - 2]] {
        let texts = site.look(Some(slug), "SELECT content FROM messages ORDER BY created_at").await;
        assert_eq!(texts, [0, 1, 2].map(|round| format!("{slug} {round}")));
    }
}

/// Asks for a number again and again while the work goes on; returns the highest.
async fn highest(mut ask: impl FnMut() -> usize, work: impl Future<Output = ()>) -> usize {
    let mut most = 0;
    let watch = async {
        loop {
            most = most.max(tokio::task::block_in_place(&mut ask));
            sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = watch => {}
        () = work => {}
    }
    most
}

/// Tenants share one pool: many take no more connections than there are in it, beside the one that listens and the one
/// that looks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tenants_share_one_pool() {
    let site = Site::new(Backend::Postgres);
    let slugs = many(&site).await;
    let server = site.serve().await;
    let sql =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'frontdesk'";
    let count = || site.database().psql(sql).parse().expect("a number");
    let most = highest(count, used(&server, &slugs)).await;
    // 16 in the pool, one that listens, one on its way in or out.
    assert!((2..=18).contains(&most), "{most} connections");
    kept_apart(&site, &slugs).await;
}

/// Files of tenants that nobody has used for a while are closed, so that many tenants take no more open files than some.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tenants_do_not_take_as_many_open_files() {
    let site = Site::new(Backend::Sqlite);
    let slugs = many(&site).await;
    let server = site.serve().await;
    let folder = format!("/proc/{}/fd", server.pid());
    let open = || {
        let links =
            std::fs::read_dir(&folder).expect("/proc").flatten().filter_map(|link| link.path().read_link().ok());
        let names = links.filter_map(|path| Some(path.file_name()?.to_str()?.strip_suffix(".db")?.to_owned()));
        names.filter(|name| name.starts_with("tenant_")).collect::<HashSet<_>>().len()
    };
    let most = highest(open, used(&server, &slugs)).await;
    // 64 are kept open, and who is being served may be on the way in or out.
    assert!((2..=64 + 2 * AT_ONCE).contains(&most), "the files of {most} tenants");
    kept_apart(&site, &slugs).await;
}
