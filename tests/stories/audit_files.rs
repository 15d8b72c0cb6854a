//! The audit trail outside: each day's end is signed, and an exported trail proves itself with a public key and nothing else.

use std::fs;

use serde_json::{Value, json};

use super::desk::{Desk, SOON};
use super::exports::exported;
use crate::coverage::sql::Sql;
use crate::support::{Backend, Options, PATIENCE, Server, both, server::frontdesk, until};

/// Exports the trail to this file in the server's folder; returns its lines.
fn taken(desk: &Desk, name: &str, more: &[&str]) -> Vec<String> {
    let path = desk.server.dir().join(name);
    desk.cli_ok(&[&["audit", "export", "--file", path.to_str().expect("a path")], more].concat(), "");
    fs::read_to_string(path).expect("the file").lines().map(str::to_owned).collect()
}

/// The public key of a desk, as it is printed.
fn key(desk: &Desk) -> String {
    desk.cli_ok(&["audit", "key"], "").trim().to_owned()
}

/// What `verify` says of these lines, where there is neither a database nor a configuration.
fn proved(desk: &Desk, lines: &[String], key: &str) -> Result<String, String> {
    let path = desk.server.dir().join("proof.jsonl");
    fs::write(&path, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).expect("a file");
    let mut command = frontdesk(["audit", "verify", "--file", path.to_str().expect("a path"), "--public-key", key]);
    let out = command.current_dir("/").output().expect("it runs");
    match out.status.success() {
        true => Ok(String::from_utf8_lossy(&out.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&out.stderr).into_owned()),
    }
}

#[expect(clippy::disallowed_methods, reason = "the server has a clock of its own")]
fn yesterday() -> String {
    chrono::Utc::now().date_naive().pred_opt().expect("a day").to_string()
}

/// Which line holds this sequence.
fn line_of(lines: &[String], sequence: usize) -> usize {
    let start = format!("{{\"type\":\"row\",\"sequence\":{sequence},");
    lines.iter().position(|line| line.starts_with(&start)).expect("a row")
}

/// Lets whoever has the run of the database change the trail.
pub async fn unguarded(sql: &Sql) {
    let triggers = match sql.is_sqlite() {
        true => ["DROP TRIGGER audit_logs_no_update", "DROP TRIGGER audit_chain_go"],
        false => ["DROP TRIGGER audit_logs_append_only ON audit_logs", "DROP TRIGGER audit_chain_go ON audit_chain"],
    };
    for trigger in triggers {
        sql.run(trigger).await;
    }
}

/// Makes of all that the trail holds something that happened long ago: it is linked anew.
async fn long_ago(desk: &mut Desk) {
    desk.server.kill9().await;
    let sql = desk.sql().await;
    let zeros = if sql.is_sqlite() { "zeroblob(32)" } else { "decode(repeat('00', 32), 'hex')" };
    unguarded(&sql).await;
    sql.run("UPDATE audit_logs SET at = '2026-01-01T00:00:00+00:00'").await;
    sql.run("DELETE FROM audit_chain").await;
    sql.run("UPDATE outbox SET sequence = NULL").await;
    sql.run(&format!("UPDATE event_head SET sequence = 0, hash = {zeros}")).await;
    drop(sql);
    desk.server.restart().await;
}

both! {
    /// An exported trail is proved with the file and the public key alone; a row that was altered, removed, inserted or swapped is
    /// named, a file that was cut off is none, and a wrong key is said to be one.
    async fn an_exported_trail_proves_itself(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        for name in ["Adalbertina", "Bob", "Cleo"] {
            desk.message(name, "Hello").await;
        }
        let lines = taken(&desk, "trail.jsonl", &[]);
        let key = key(&desk);
        let whole = proved(&desk, &lines, &key).expect("whole");
        assert!(whole.starts_with("whole: rows 1 to ") && whole.contains("0 heads"), "{whole}");
        assert!(lines.len() > 6, "{lines:?}");
        assert!(!lines.iter().any(|line| line.contains("Adalbertina") || line.contains(crate::support::ADMIN_EMAIL)), "nothing is opened");
        let opened = taken(&desk, "opened.jsonl", &["--opened"]);
        assert!(opened.iter().any(|line| line.contains("\"opened\":") && line.contains(crate::support::ADMIN_EMAIL)));
        proved(&desk, &opened, &key).expect("whole with what is opened");
        let pem = desk.cli_ok(&["audit", "key", "--pem"], "");
        fs::write(desk.server.dir().join("key.pem"), &pem).expect("a file");
        let path = desk.server.dir().join("key.pem");
        proved(&desk, &lines, path.to_str().expect("a path")).expect("by a file with a key");

        let (two, three) = (line_of(&lines, 2), line_of(&lines, 3));
        let id = |line: &str| {
            let row: Value = serde_json::from_str(line).expect("JSON");
            format!("aud_{}", row["row"]["id"].as_str().expect("an id").replace('-', ""))
        };
        let changed = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines = lines.clone();
            change(&mut lines);
            proved(&desk, &lines, &key).expect_err("refused")
        };
        let altered = changed(&|lines| lines[three] = lines[three].replace("\"success\":true", "\"success\":false"));
        assert!(altered.contains("BROKEN at sequence 3") && altered.contains(&id(&lines[three])) && altered.contains("altered"), "{altered}");
        let added = changed(&|lines| lines[three] = lines[three].replace("\"success\":true", "\"success\":true,\"note\":\"x\""));
        assert!(added.contains("no line of an exported audit trail") && added.contains("note"), "{added}");
        let removed = changed(&|lines| drop(lines.remove(two)));
        assert!(removed.contains("BROKEN at sequence 2") && removed.contains("removed"), "{removed}");
        let swapped = changed(&|lines| lines.swap(two, three));
        assert!(swapped.contains("BROKEN at sequence 2") && swapped.contains(&id(&lines[three])), "{swapped}");
        let inserted = changed(&|lines| lines.insert(three, lines[two].clone()));
        assert!(inserted.contains("BROKEN at sequence 2") && inserted.contains("inserted"), "{inserted}");
        let last = lines.len() - 2;
        let cut = changed(&|lines| drop(lines.remove(last)));
        assert!(cut.contains("removed") && cut.contains("the end signs"), "{cut}");
        let cut = changed(&|lines| drop(lines.pop()));
        assert!(cut.contains("ends before its signed end"), "{cut}");
        let more = changed(&|lines| lines.push(lines[two].clone()));
        assert!(more.contains("behind the signed end"), "{more}");
        let begun = changed(&|lines| lines[0] = lines[0].replace("\"after\":0", "\"after\":1"));
        assert!(begun.contains("BROKEN at sequence 1"), "{begun}");
        assert!(changed(&|lines| lines[two].truncate(40)).contains("line 3 is no line"));
        assert!(changed(&|lines| lines.clear()).contains("the file is empty"));

        // The key of somebody else is none; neither is what is no key.
        let other = Desk::open(Backend::Sqlite).await;
        let theirs = other.cli_ok(&["audit", "key"], "").trim().to_owned();
        if theirs != key {
            let wrong = proved(&desk, &lines, &theirs).expect_err("another key");
            assert!(wrong.contains("not among the public keys that were given"), "{wrong}");
        }
        let wrong = proved(&desk, &lines, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").expect_err("another key");
        assert!(wrong.contains("the end is signed by the key") && wrong.contains("not among"), "{wrong}");
        let none = proved(&desk, &lines, "no key").expect_err("no key");
        assert!(none.contains("neither 32 bytes in base64"), "{none}");

        // It is on record before it is out.
        let rows = super::trail::trail(&admin, json!({ "eventType": { "eq": "data.export" } })).await;
        assert_eq!((rows.len(), &rows[1]["action"]), (2, &json!("EXPORT")));
    }

    /// The end of each day is signed, once; nobody changes it, and one that is not ours is found, in the database and in a file.
    async fn the_end_of_each_day_is_signed(backend) {
        let mut desk = Desk::open_with(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        for name in ["Ada", "Bob"] {
            desk.message(name, "Hello").await;
        }
        long_ago(&mut desk).await;
        let admin = desk.admin().await;
        let heads = "{ auditHeads { totalCount nodes { day sequence hash rows keyId signature } } }";
        let head = until("yesterday is signed", SOON, async || {
            let found = admin.client.run(heads, Value::Null).await.ok();
            found.list("auditHeads.nodes").first().cloned()
        })
        .await;
        let yesterday = yesterday();
        assert_eq!(head["day"], json!(yesterday));
        let sequence: i64 = head["sequence"].as_str().and_then(|text| text.parse().ok()).expect("a number");
        assert!(sequence >= 2 && head["rows"] == json!(sequence), "{head}");
        let sql = desk.sql().await;
        let refused = async |statement: &str| {
            let refused = sql.try_run(statement).await.expect_err("append-only").to_string();
            assert!(refused.contains("append-only"), "{statement}: {refused}");
        };
        refused("UPDATE audit_heads SET sequence = sequence + 1").await;
        refused("DELETE FROM audit_heads").await;
        until("cleaning goes on", PATIENCE, async || {
            (sql.number("SELECT count(*) FROM audit_logs WHERE kind = 'audit.head_signed'").await == 1).then_some(())
        })
        .await;
        assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "));

        let lines = taken(&desk, "trail.jsonl", &[]);
        let key = key(&desk);
        assert!(proved(&desk, &lines, &key).expect("whole").contains("1 heads"));
        let at = lines.iter().position(|line| line.starts_with("{\"type\":\"head\"")).expect("a head");
        let signature = |line: &str| serde_json::from_str::<Value>(line).expect("JSON")["signature"].as_str().expect("one").to_owned();
        let changed = |change: &dyn Fn(&str) -> String| {
            let mut lines = lines.clone();
            lines[at] = change(&lines[at]);
            proved(&desk, &lines, &key).expect_err("refused")
        };
        let end = signature(lines.last().expect("the end"));
        let forged = changed(&|line| line.replace(&signature(line), &end));
        assert!(forged.contains(&format!("the head of {yesterday} was altered, or is not signed by the key")), "{forged}");
        let other = changed(&|line| {
            let id = key.split(':').next().expect("an id");
            line.replace(&signature(line), &end).replace(id, "0badc0de")
        });
        assert!(other.contains(&format!("the head of {yesterday} is signed by the key 0badc0de, which is not among")), "{other}");
        let day = changed(&|line| line.replace(&yesterday, "2026-01-01"));
        assert!(day.contains("the head of 2026-01-01 was altered"), "{day}");
        let moved = changed(&|line| line.replace(&format!("\"sequence\":{sequence}"), &format!("\"sequence\":{}", sequence - 1)));
        assert!(moved.contains("BROKEN"), "{moved}");
        // What is taken from a day on begins behind the rows before it, whose end the head signs.
        let later = taken(&desk, "later.jsonl", &["--from", "1d"]);
        let whole = proved(&desk, &later, &key).expect("whole");
        assert!(whole.starts_with(&format!("whole: rows {} to ", sequence + 1)), "{whole}");
        assert!(later[1].starts_with("{\"type\":\"head\""), "{}", later[1]);

        let id = if sql.is_sqlite() { "x'0190a5f0000070008000000000000099'" } else { "'0190a5f0000070008000000000000099'::uuid" };
        sql.run(&format!("INSERT INTO audit_heads SELECT {id}, '2026-01-01', sequence, hash, rows, at, key_id, signature FROM audit_heads")).await;
        let found = desk.cli(&["audit", "verify"], "");
        let said = String::from_utf8_lossy(&[found.stdout, found.stderr].concat()).into_owned();
        assert!(!found.status.success() && said.contains("the head of a day was altered, or is not ours"), "{said}");
    }

    /// Who reads the trail may have it as a file, which is on record and proves itself.
    async fn the_trail_is_exported_by_who_reads_it(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        desk.message("Adalbertina", "Hello").await;
        let text = exported(&desk, &admin, json!({ "type": "AUDIT_LOGS", "format": "JSONL" })).await;
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        let whole = proved(&desk, &lines, &key(&desk)).expect("whole");
        assert!(whole.starts_with("whole: rows 1 to "), "{whole}");
        assert!(text.contains("message.received") && !text.contains("Adalbertina"), "{text}");
        let none = json!({ "type": "AUDIT_LOGS", "format": "JSONL", "filter": { "until": "2026-01-01T00:00:00Z" } });
        let text = exported(&desk, &admin, none).await;
        assert_eq!(text.lines().count(), 2, "a beginning and a signed end: {text}");
        let role = super::roles::make_role(&admin, "Exports", &["EXPORT_DATA"]).await;
        let sam = super::roles::colleague(&desk, &admin, "sam", &role, json!({})).await;
        let refused = super::exports::request(&sam, json!({ "type": "AUDIT_LOGS", "format": "JSONL" })).await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
        for (input, path) in [
            (json!({ "type": "AUDIT_LOGS", "format": "CSV" }), "input.format"),
            (json!({ "type": "LEADS", "format": "JSONL" }), "input.format"),
            (json!({ "type": "AUDIT_LOGS", "format": "JSONL", "options": { "columns": ["id"] } }), "input.options.columns"),
        ] {
            let answer = super::exports::request(&admin, input).await;
            assert_eq!(super::leads::wrong(&answer, "requestExport").0, path);
        }
    }
}

/// Two processes sign a day at the same moment: it has one head, which the trail tells of once, and neither fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_sign_a_day_once() {
    let quick = || Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s");
    let mut desk = Desk::open_with(Backend::Postgres, quick()).await;
    desk.message("Ada", "Hello").await;
    // Whoever would write a head waits.
    let sql = desk.sql().await;
    let door = desk.sql().await;
    door.run("BEGIN").await;
    door.run("LOCK TABLE audit_heads IN SHARE MODE").await;
    long_ago(&mut desk).await;
    let setting = |name: &str| desk.server.setting(name).expect("a setting").to_owned();
    let options = quick()
        .env("FRONTDESK_SECRET_KEY", setting("FRONTDESK_SECRET_KEY"))
        .database(setting("FRONTDESK_DATABASE_URL"));
    let mut beside = Server::start_anew(Backend::Postgres, options).await;
    until("both are at the door", PATIENCE, async || {
        let waiting = "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation \
            WHERE relname = 'audit_heads' AND NOT granted AND relnamespace = current_schema()::regnamespace";
        (sql.number(waiting).await == 2).then_some(())
    })
    .await;
    door.run("COMMIT").await;
    until("it is told", SOON, async || (sql.count("audit_heads").await == 1).then_some(())).await;
    // Whoever came second is done with it, too, once it has stopped.
    for server in [&mut desk.server, &mut beside] {
        server.terminate();
        server.wait().await;
    }
    assert_eq!(sql.count("audit_heads").await, 1);
    assert_eq!(sql.number("SELECT count(*) FROM audit_logs WHERE kind = 'audit.head_signed'").await, 1);
    assert_eq!(sql.count("error_logs").await, 0, "neither failed");
    drop(beside);
    drop::<Desk>(desk);
}
