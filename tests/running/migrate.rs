//! Bringing many tenants up to date.

use std::process::Stdio;

use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::MigratorTrait;
use serde_json::Value;

use super::site::ended;
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
        // On a busy machine it warns of so many slow statements that it would wait for a reader.
        let mut migrate = site.command(["migrate"]);
        let mut child = migrate.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("frontdesk starts");
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
        // One that no later one builds on.
        site.meddle(Some("main"), "DROP TABLE tenant_usage").await;
        site.meddle(Some("main"), "DELETE FROM seaql_migrations WHERE version LIKE 'm0013%'").await;
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

/// The people and what belongs to them, as the release before 0018 left them.
const BEFORE: &str = "
INSERT INTO roles (id, name, built_in, created_at, updated_at) VALUES
    ({1}, 'STAFF', {yes}, {at}, {at}), ({2}, 'SUPER_ADMIN', {yes}, {at}, {at});
INSERT INTO roles (id, name, built_in, permissions, created_at, updated_at) VALUES ({3}, 'ANALYST', {no}, '[]', {at}, {at});
INSERT INTO departments (id, name, path, level, created_at, updated_at) VALUES ({4}, 'Sales', 'x/', 0, {at}, {at});
INSERT INTO departments (id, name, parent_id, path, level, description, created_at, updated_at)
    VALUES ({5}, 'sales', {4}, 'x/y/', 1, 'below', {at}, {at});
INSERT INTO users (id, kind, email, name, password_hash, role_id, department_id, is_active, token_version, created_at, updated_at) VALUES
    ({6}, 'staff', 'bea@example.com', 'Bea', '*', {1}, {5}, {no}, 1, {at}, {at}),
    ({7}, 'staff', 'ada@example.com', 'Ada', '*', {2}, {4}, {yes}, 1, {at}, {at}),
    ({8}, 'staff', 'ann@example.com', 'Ann', '*', {3}, NULL, {yes}, 1, {at}, {at});
INSERT INTO user_permissions (user_id, permission, granted_by, created_at) VALUES ({6}, 'MANAGE_CHATS', {7}, {at});
INSERT INTO sessions (id, user_id, token_version, created_at, last_active_at, expires_at, refreshes)
    VALUES ({9}, {6}, 1, {at}, {at}, {at}, 1);
INSERT INTO refresh_tokens (id, session_id, hash, created_at, expires_at, replaced_by) VALUES
    ({10}, {9}, {10b}, {at}, {at}, {11}), ({11}, {9}, {11b}, '2026-02-01T00:00:00+00:00', {at}, NULL), ({12}, {9}, {12b}, {at}, {at}, {13});
INSERT INTO email_templates (id, key, subject, html, text, updated_by, created_at, updated_at)
    VALUES ({14}, 'test_mail', 'S', 'H', 'T', {7}, {at}, {at});
INSERT INTO invitations (id, email, role_id, department_id, hash, created_at, expires_at) VALUES
    ({15}, 'cal@example.com', {1}, {5}, {10b}, {at}, {at});
";

both! {
    /// A company of the release before gets what is new, and nobody loses what they had: staff keep what their role held, a
    /// role of the company's own gives its name to the new one, departments keep their places and people.
    async fn what_was_there_before_0018_is_kept(backend) {
        let site = Site::new(backend);
        let connection = kernel::db::migration_connection(site.url(), None).await.expect("a connection");
        let all = migration::Tenant::migrations();
        let before = all.iter().position(|migration| migration.name() == "m0018_upkeep").expect("it");
        migration::Tenant::up(&connection, Some(u32::try_from(before).expect("few"))).await.expect("the release before");
        let sqlite = backend == Backend::Sqlite;
        let mut sql = BEFORE.replace("{at}", "'2026-01-01T00:00:00+00:00'");
        for (word, [lite, postgres]) in [("{yes}", ["1", "true"]), ("{no}", ["0", "false"])] {
            sql = sql.replace(word, if sqlite { lite } else { postgres });
        }
        for n in 1..=15 {
            let hex = format!("{n:032x}");
            let id = if sqlite { format!("x'{hex}'") } else { format!("'{hex}'") };
            let bytes = if sqlite { format!("x'{hex}'") } else { format!("'\\x{hex}'") };
            sql = sql.replace(&format!("{{{n}}}"), &id).replace(&format!("{{{n}b}}"), &bytes);
        }
        connection.execute_unprepared(&sql).await.expect("a company");
        migration::Tenant::up(&connection, None).await.expect("this release");
        let texts = async |sql: &str| {
            let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, []);
            let rows = connection.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{sql}\n{error}"));
            rows.iter().map(|row| row.try_get_by_index::<String>(0).expect("a text")).collect::<Vec<_>>()
        };
        let grants = "SELECT u.name || ' ' || p.permission FROM user_permissions p JOIN users u ON u.id = p.user_id ORDER BY 1";
        assert_eq!(texts(grants).await, ["Bea MANAGE_CHATS", "Bea MANAGE_CONSULTATIONS", "Bea MANAGE_CONVERSATIONS", "Bea MANAGE_LEADS", "Bea MANAGE_MESSAGES", "Bea MANAGE_TICKETS"]);
        let roles = "SELECT CAST(r.name AS text) || ' ' || CASE WHEN r.built_in THEN 'built in' ELSE 'own' END || ' ' ||
            CAST((SELECT count(*) FROM users u WHERE u.role_id = r.id) AS text) FROM roles r ORDER BY 1";
        assert_eq!(texts(roles).await, ["ANALYST built in 0", "ANALYST_00000003 own 1", "STAFF built in 1", "SUPER_ADMIN built in 1"]);
        let people = "SELECT u.name || ' ' || d.name || ' ' || CAST(d.level AS text) || coalesce(' ' || a.name, '') FROM users u
            JOIN departments d ON d.id = u.department_id LEFT JOIN departments a ON a.id = d.parent_id ORDER BY 1";
        assert_eq!(texts(people).await, ["Ada Sales 0", "Bea sales 1 Sales"]);
        let used = "SELECT CASE WHEN used_at IS NULL THEN 'unused' WHEN replaced_by IS NULL THEN 'used for what is gone'
            WHEN used_at = (SELECT created_at FROM refresh_tokens n WHERE n.id = t.replaced_by) THEN 'used then' ELSE 'wrong' END
            FROM refresh_tokens t ORDER BY id";
        assert_eq!(texts(used).await, ["used then", "unused", "used for what is gone"]);
        assert_eq!(texts("SELECT subject || CASE WHEN is_active THEN ' on' ELSE ' off' END FROM email_templates").await, ["S on"]);
        // The places of departments are still held, and their names are their siblings' only.
        let below = |n: u32, parent: &str| {
            let (hex, no) = (format!("{n:032x}"), if sqlite { "x" } else { "" });
            format!("INSERT INTO departments (id, name, name_folded, parent_id, path, level, created_at, updated_at)
                VALUES ({no}'{hex}', 'Sales', 'sales', {parent}, 'z/', 1, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')")
        };
        let sales = if sqlite { "x'00000000000000000000000000000005'" } else { "'00000000000000000000000000000005'" };
        connection.execute_unprepared(&below(20, sales)).await.expect("another one of the name, elsewhere");
        for twice in [below(21, sales), below(22, "NULL"), below(23, &sales.replace('5', "7"))] {
            connection.execute_unprepared(&twice).await.expect_err("taken, or below nothing");
        }
    }

    /// Messages of before 0023 are found by their old words at once, and queued for the new ones; where there are none, nothing
    /// is queued.
    async fn messages_of_before_0023_are_found_and_get_new_words(backend) {
        for filled in [true, false] {
            let site = Site::new(backend);
            let connection = kernel::db::migration_connection(site.url(), None).await.expect("a connection");
            let all = migration::Tenant::migrations();
            let before = all.iter().position(|migration| migration.name() == "m0023_message_words").expect("it");
            migration::Tenant::up(&connection, Some(u32::try_from(before).expect("few"))).await.expect("the release before");
            let (id, at) = (format!("{:032x}", 1), "'2026-01-01T00:00:00+00:00'");
            let [id, bytes] = if backend == Backend::Sqlite { [format!("x'{id}'"), format!("x'{id}'")] } else { [format!("'{id}'"), format!("'\\x{id}'")] };
            let written = format!(
                "INSERT INTO visitors (id, token_hash, page_views, first_visit_at, last_visit_at) VALUES ({id}, {bytes}, 1, {at}, {at});
                 INSERT INTO messages (id, visitor_id, name, email, content, status, version, created_at, updated_at)
                 VALUES ({id}, {id}, 'Ada', 'ada@example.com', 'The kitchen tap, again', 'new', 1, {at}, {at});"
            );
            if filled {
                connection.execute_unprepared(&written).await.expect("a message");
            }
            migration::Tenant::up(&connection, None).await.expect("this release");
            let count = async |sql: &str| {
                let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, []);
                let row = connection.query_one_raw(statement).await.unwrap_or_else(|error| panic!("{sql}\n{error}"));
                row.expect("a row").try_get_by_index::<i64>(0).expect("a number")
            };
            for word in ["kitchen", "ada", "tap", "again"] {
                let found = match backend {
                    Backend::Postgres => format!("SELECT count(*) FROM messages WHERE search_vector @@ CAST('{word}' AS tsquery)"),
                    Backend::Sqlite => format!("SELECT count(*) FROM messages_search WHERE messages_search MATCH '\"{word}\"'"),
                };
                assert_eq!(count(&found).await, i64::from(filled), "{word}");
            }
            assert_eq!(count("SELECT count(*) FROM jobs WHERE kind = 'inbox.index_messages' AND state = 'queued'").await, i64::from(filled));
        }
    }
}
