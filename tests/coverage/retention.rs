//! Retention, as coverage needs it; and that no table is forgotten.

use std::collections::BTreeSet;

use gateway::wiring::retention::RETENTION;
use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Harness, Home, Things, id};
use super::sdl::Root;
use super::tables::tables;
use crate::support::{ADMIN_EMAIL, both};

/// A run, an archive that it made, and a hold.
pub struct OfRetention {
    /// A run that broke off.
    run: String,
    /// An archive.
    archive: String,
    /// A hold.
    hold: String,
}

const AT: &str = "'2026-01-01T00:00:00+00:00'";

fn insert(home: &Home, [run, archive, hold]: [&str; 3], user: &str) -> [String; 3] {
    let (json, bytes) = if home.is_sqlite() { ("'[]'", "x'00'") } else { ("'[]'::jsonb", "'\\x00'::bytea") };
    let dry = if home.is_sqlite() { "0" } else { "false" };
    [
        format!(
            "INSERT INTO retention_runs (id, is_dry, status, progress, rows_due, rows_held, rows_removed, rows_archived, bytes, error_message, \
                attempts, requested_by_id, version, created_at, updated_at) \
             VALUES ({run}, {dry}, 'failed', {json}, 0, 0, 0, 0, 0, 'x', 1, {user}, 1, {AT}, {AT})"
        ),
        format!(
            "INSERT INTO archives (id, policy, source_table, run_id, storage_key, row_count, first_id, last_id, first_at, last_at, bytes, \
                sha256, manifest_sha256, manifest_bytes, column_names, created_at, sealed_at) \
             SELECT {archive}, 'drafts', 'drafts', {run}, 'x/archives/' || count(*), 1, {run}, {run}, {AT}, {AT}, 1, {bytes}, {bytes}, 1, \
                {json}, {AT}, {AT} FROM archives"
        ),
        format!(
            "INSERT INTO legal_holds (id, subject_kind, subject_id, reason, placed_by_id, placed_at, version, updated_at) \
             VALUES ({hold}, 'Visitor', {hold}, 'A suit', {user}, {AT}, 1, {AT})"
        ),
    ]
}

impl OfRetention {
    /// Makes them, of the administrator's.
    pub async fn make(home: &Home) -> Self {
        let [(run, run_row), (archive, archive_row), (hold, hold_row)] =
            [id(home, "rtn"), id(home, "arc"), id(home, "hld")];
        let user = format!("(SELECT id FROM users WHERE email = '{ADMIN_EMAIL}')");
        for sql in insert(home, [&run_row, &archive_row, &hold_row], &user) {
            home.sql.run(&sql).await;
        }
        Self { run, archive, hold }
    }

    /// The thing of a prefix.
    pub fn of(&self, kind: &str) -> &String {
        match kind {
            "rtn" => &self.run,
            "arc" => &self.archive,
            _ => &self.hold,
        }
    }
}

/// One of each as a row of this id, of the colleague of that id.
pub async fn rows(home: &Home, hex: &str) {
    let row = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    for sql in insert(home, [&row, &row, &row], &row) {
        home.sql.run(&sql).await;
    }
}

/// Valid arguments with one's own things; none for what is about something else.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    let of = &own.retention;
    Some(match root.name.as_str() {
        "retentionPolicies" | "retentionRuns" | "archives" | "legalHolds" => json!({}),
        "retentionRun" => json!({ "id": of.run }),
        "setRetentionPolicy" => json!({ "input": { "policy": "drafts", "hotDays": 31 } }),
        "previewRetention" | "runRetention" => json!({ "input": { "policies": ["drafts"] } }),
        "pauseRetention" | "resumeRetention" | "cancelRetention" => json!({ "input": { "runId": of.run } }),
        // Whoever has something that is held is not erased, so it is nobody's.
        "placeLegalHold" => json!({ "input": { "subjectId": own.department, "reason": "A suit" } }),
        "releaseLegalHold" => json!({ "input": { "holdId": of.hold, "reason": "It is over" } }),
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes; none for what is about something else.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place) {
        ("retentionRun", "id") | ("pauseRetention" | "resumeRetention" | "cancelRetention", "input.runId") => &["rtn"],
        ("placeLegalHold", "input.subjectId") => &["dep"],
        ("releaseLegalHold", "input.holdId") => &["hld"],
        _ => return None,
    })
}

/// Arguments with which a change is refused; none for what is about something else.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let with = |place: &str, value: Value| put(arguments(root, own), place, value);
    let missing = |prefix: &str| json!(format!("{prefix}_0190a5f0000070008000000000000000"));
    Some(match root.name.as_str() {
        "setRetentionPolicy" => vec![
            with("input.policy", json!("no_such_table")),
            with("input.hotDays", json!(-1)),
            with("input.action", json!("ARCHIVE")),
            with("input.totalDays", json!(40)),
        ],
        "previewRetention" | "runRetention" => {
            vec![with("input.policies", json!(["no_such_table"])), with("input.policies", json!(["drafts", "drafts"]))]
        }
        // It broke off, so there is nothing to stop.
        "pauseRetention" => vec![arguments(root, own), with("input.runId", missing("rtn"))],
        "resumeRetention" | "cancelRetention" => vec![with("input.runId", missing("rtn"))],
        "placeLegalHold" => vec![with("input.reason", json!(" ")), with("input.subjectId", missing("vis"))],
        "releaseLegalHold" => vec![with("input.reason", json!(" ")), with("input.holdId", missing("hld"))],
        _ => return None,
    })
}

/// Arguments with which a change goes well; none for what is about something else.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    let state = match root.name.as_str() {
        "previewRetention" | "runRetention" => "cancelled",
        "pauseRetention" | "cancelRetention" => "pending",
        "resumeRetention" => "paused",
        _ => return None,
    };
    home.sql.run("UPDATE retention_runs SET status = 'cancelled'").await;
    let (_, hex) = own.retention.run.rsplit_once('_')?;
    let row = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    home.sql.run(&format!("UPDATE retention_runs SET status = '{state}' WHERE id = {row}")).await;
    Some(arguments(root, own))
}

both! {
    /// Every table of a tenant has a policy, or a line that says why its rows are kept; and no line is of a table that is not there.
    async fn no_table_is_forgotten(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let there: BTreeSet<_> = tables(&home.sql).await.into_keys().collect();
        let policies: Vec<_> = RETENTION.iter().flat_map(|of| of.policies).collect();
        let names: BTreeSet<_> = policies.iter().map(|policy| policy.name).collect();
        assert_eq!(names.len(), policies.len(), "a name is one policy's");
        let ruled: BTreeSet<_> = policies.iter().map(|policy| policy.table.to_owned()).collect();
        let mut kept = BTreeSet::new();
        for (tables, why) in RETENTION.iter().flat_map(|of| of.kept) {
            assert!(!why.is_empty());
            for table in *tables {
                assert!(kept.insert((*table).to_owned()), "{table} is kept twice");
            }
        }
        let both: Vec<_> = ruled.intersection(&kept).collect();
        assert!(both.is_empty(), "kept and not kept: {both:?}");
        let known: BTreeSet<_> = ruled.union(&kept).cloned().collect();
        assert_eq!(known.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "no such tables");
        assert_eq!(there.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "how long are they kept?");
        // The page says the same.
        let page = include_str!("../../docs/retention.md");
        for table in &known {
            assert!(page.contains(&format!("`{table}`")), "docs/retention.md does not name {table}");
        }
        // Columns and expressions are what the database knows.
        for policy in policies {
            let columns = policy.about.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
            let only = policy.only.map(|only| format!(" WHERE {only}")).unwrap_or_default();
            home.sql.run(&format!("SELECT {}, {columns} FROM \"{}\"{only}", policy.age, policy.table)).await;
            if let Some((table, column)) = policy.with {
                home.sql.run(&format!("SELECT \"{column}\" FROM \"{table}\"")).await;
            }
        }
    }
}
