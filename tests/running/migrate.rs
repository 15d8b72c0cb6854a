//! Bringing many tenants up to date.

use serde_json::Value;

use super::site::{ended, spawn};
use super::{Site, messages, submit, until};
use crate::support::{Backend, Client, PATIENCE, both};

/// How many tenants one migration goes through: enough to be killed in the middle of them.
const MANY: usize = 24;

/// What a schema that was never migrated lacks; every tenant's has it.
const UP_TO_DATE: &str = "SELECT slug FROM tenants WHERE schema_version IS NOT NULL AND migration_error IS NULL";

/// Puts tenants into the registry that have no schema yet, as a new version finds them that brings its own first one.
async fn add_rows(site: &Site, slugs: &[String]) {
    let (id, now) = match site.backend() {
        Backend::Postgres => ("'{}0000-0000-7000-8000-000000000000'", "now()"),
        Backend::Sqlite => ("X'{}0000000070008000000000000000'", "'2026-01-01T00:00:00+00:00'"),
    };
    let row = |(number, slug): (usize, &String)| {
        let id = id.replacen("{}", &format!("{:04x}", number + 1), 1);
        format!("({id}, '{slug}', '{slug}', 'free', 'tenant_{slug}', '{{}}', true, {now}, {now})")
    };
    let rows: Vec<_> = slugs.iter().enumerate().map(row).collect();
    let columns = "id, slug, name, tier, schema_name, settings, active, created_at, updated_at";
    site.meddle(None, &format!("INSERT INTO tenants ({columns}) VALUES {}", rows.join(", "))).await;
}

fn slugs(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("tenant{number:02}")).collect()
}

both! {
    /// A tenant whose schema is in the way of a migration is reported and refused; the others are brought up to date
    /// and served, and once the obstacle is gone the same command goes on.
    async fn one_broken_tenant_stops_no_other(backend) {
        let site = Site::new(backend);
        site.tenant("main", "a password for main 1").await;
        add_rows(&site, &slugs(3)).await;
        if backend == Backend::Postgres {
            site.meddle(None, "CREATE SCHEMA tenant_tenant02").await;
        } else {
            std::fs::write(site.file("tenant_tenant02"), "").expect("an empty file");
        }
        site.meddle(Some("tenant02"), "CREATE TABLE sessions (somebody_elses text)").await;

        let done = site.run(["migrate"]).await.refused();
        for fine in ["main", "tenant01", "tenant03"] {
            assert_eq!(done.line(fine), format!("{fine}: up to date"), "{done}");
        }
        assert!(done.line("tenant02").starts_with("tenant02: FAILED: ") && done.line("tenant02").contains("sessions"), "{done}");
        assert_eq!(done.line("3"), "3 of 4 tenants are up to date", "{done}");
        assert!(done.err.contains("tenant02") && !done.err.contains("tenant01"), "{done}");
        let list = site.run(["tenant", "list"]).await.ok();
        assert!(list.line("tenant02").contains("behind: ") && list.line("tenant02").contains("sessions"), "{list}");
        assert!(list.line("tenant01").contains("up to date"), "{list}");

        let server = site.serve().await;
        let nobody = Client::new(server.base());
        let ready = nobody.get("/readyz").await;
        assert_eq!((ready.status, &ready.json["behind"]), (200, &serde_json::json!(["tenant02"])), "{ready}");
        submit(&nobody.tenant("tenant01"), "we are open").await;
        let refused = nobody.tenant("tenant02").run("query Whose { viewer { tenant { slug } } }", Value::Null).await;
        assert_eq!((refused.status, refused.error_code()), (503, "UNAVAILABLE"), "{refused}");
        assert_eq!(refused.json["errors"][0]["extensions"]["retryable"], true, "{refused}");
        assert!(!refused.text.contains("sessions") && !refused.text.contains("tenant02"), "{refused}");

        // What ran before the obstacle stays, and is not run again.
        site.meddle(Some("tenant02"), "DROP TABLE sessions").await;
        let done = site.run(["migrate"]).await.ok();
        assert_eq!(done.line("tenant02"), "tenant02: up to date", "{done}");
        let server = &server;
        until("the server takes it by itself", PATIENCE, async || {
            let ready = Client::new(server.base()).get("/readyz").await;
            (ready.json["behind"] == serde_json::json!([])).then_some(())
        })
        .await;
        let served = async || {
            let answer = nobody.tenant("tenant02").run("query Whose { viewer { tenant { slug } } }", Value::Null).await;
            answer.errors().is_empty().then_some(())
        };
        until("the tenant is served", PATIENCE, served).await;
    }

    /// Killed in the middle, a migration of many tenants leaves each of them either as it was or done; the next run
    /// completes it, and one more changes nothing.
    async fn a_killed_migration_is_completed_by_the_next(backend) {
        let site = Site::new(backend);
        site.run(["migrate"]).await.ok();
        add_rows(&site, &slugs(MANY)).await;
        let mut child = spawn(site.command(["migrate"]));
        let done = async || {
            let done = site.look(None, UP_TO_DATE).await.len();
            (done > 0).then_some(done)
        };
        let before = until("the first tenant is done", PATIENCE, done).await;
        child.kill().expect("kill -9");
        assert_eq!(ended(child).await.code, -1, "it was still at it: {before} were done");
        let half = site.look(None, UP_TO_DATE).await.len();
        assert!(half < MANY, "some are left: {half} were done");

        let done = site.run(["migrate"]).await.ok();
        assert!(done.out.contains(&format!("{MANY} of {MANY} tenants are up to date")), "{done}");
        assert_eq!(site.look(None, UP_TO_DATE).await.len(), MANY);

        let picture = async || {
            let mut all = Vec::new();
            for slug in ["tenant01", "tenant13", "tenant24"] {
                let tables = match backend {
                    Backend::Postgres => "SELECT CAST(table_name || '.' || column_name AS text) FROM information_schema.columns \
                         WHERE table_schema = current_schema() ORDER BY 1",
                    Backend::Sqlite => "SELECT sql FROM sqlite_master ORDER BY name",
                };
                all.push(site.look(Some(slug), tables).await);
                all.push(site.look(Some(slug), "SELECT CAST(version || ' ' || applied_at AS text) FROM seaql_migrations ORDER BY 1").await);
            }
            all
        };
        let before = picture().await;
        assert!(before.iter().all(|part| part.len() >= 3), "{before:?}");
        assert!(before[0] == before[2] && before[2] == before[4], "all alike");
        site.run(["migrate"]).await.ok();
        assert_eq!(picture().await, before, "nothing is left to do");
    }

    /// A tenant gets a migration that it lacks although it has some with larger numbers: branches are merged in any order.
    async fn what_was_numbered_before_is_made_up_for(backend) {
        let site = Site::new(backend);
        site.tenant("main", "a password for main 1").await;
        let picture = async || {
            let columns = match backend {
                Backend::Postgres => "SELECT CAST(table_name || '.' || column_name AS text) FROM information_schema.columns \
                     WHERE table_schema = current_schema() ORDER BY 1",
                Backend::Sqlite => "SELECT m.name || '.' || p.name FROM sqlite_master m, pragma_table_info(m.name) p ORDER BY 1",
            };
            site.look(Some("main"), columns).await
        };
        let whole = picture().await;
        for table in ["invitations", "avatars", "one_time_tokens"] {
            site.meddle(Some("main"), &format!("DROP TABLE {table}")).await;
        }
        site.meddle(Some("main"), "DELETE FROM seaql_migrations WHERE version LIKE 'm0008%'").await;
        site.meddle(None, "UPDATE tenants SET schema_version = 'm0010_settings'").await;
        assert_ne!(picture().await, whole);
        assert_eq!(site.run(["migrate"]).await.ok().line("main"), "main: up to date");
        assert_eq!(picture().await, whole);
        submit(&Client::new(site.serve().await.base()), "we are open").await;
    }

    /// Data is not touched by running the same version's migrations again under a running server.
    async fn migrating_what_is_up_to_date_disturbs_nobody(backend) {
        let site = Site::new(backend);
        site.tenant("main", "a password for main 1").await;
        let server = site.serve().await;
        let nobody = Client::new(server.base());
        let boss = super::enter(&nobody, "boss@example.com", "a password for main 1").await;
        submit(&nobody, "before").await;
        let (done, ()) = tokio::join!(site.run(["migrate"]), async {
            for number in 0..10 {
                submit(&nobody, &format!("meanwhile {number}")).await;
            }
        });
        assert_eq!(done.ok().line("main"), "main: up to date");
        assert_eq!(messages(&boss).await.len(), 11);
    }
}

/// Two operators, or two hosts of a rolling update, run the command at the same time: they take turns, and both end
/// well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_migrations_at_the_same_time_take_turns() {
    let site = Site::new(Backend::Postgres);
    site.run(["migrate"]).await.ok();
    add_rows(&site, &slugs(MANY)).await;
    let (one, other) = tokio::join!(site.run(["migrate"]), site.run(["migrate"]));
    for done in [one, other] {
        assert!(done.ok().out.contains(&format!("{MANY} of {MANY} tenants are up to date")));
    }
    let versions = "SELECT CAST(count(*) || ' ' || count(DISTINCT version) AS text) FROM seaql_migrations";
    let counts = site.look(Some("tenant07"), versions).await.remove(0);
    let (all, distinct) = counts.split_once(' ').expect("two numbers");
    assert_eq!(all, distinct, "no migration ran twice");
}

/// The first start of several servers on one empty database: one makes the registry and the first tenant, with one
/// administrator, and all serve it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_first_starts_at_the_same_time_make_one_tenant() {
    let site = Site::new(Backend::Postgres);
    let (one, other) = tokio::join!(site.serve(), site.serve());
    for server in [&one, &other] {
        submit(&Client::new(server.base()), "hello").await;
    }
    assert_eq!(site.look(None, "SELECT slug FROM tenants").await, ["main"]);
    assert_eq!(site.count("main", "SELECT count(*) FROM users").await, 1);
    assert_eq!(site.count("main", "SELECT count(*) FROM messages").await, 2);
    let verified = site.run(["audit", "verify"]).await.ok();
    assert!(verified.out.starts_with("whole: "), "{verified}");
}
