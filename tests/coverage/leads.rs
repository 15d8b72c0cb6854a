//! Leads, their scorings and the rules for them, as coverage needs them.

use serde_json::{Value, json};

use super::fixtures::put;
use super::harness::{Home, Things, begin_chat};
use super::sdl::Root;
use crate::support::{ADMIN_EMAIL, chance, upload};

/// Leads of the administrator's making.
pub struct OfLeads {
    /// One that the administrator has, scored and tagged.
    pub lead: String,
    /// One that may be the same person.
    pub other: String,
    /// One that went into another.
    pub merged: String,
    /// A scoring.
    pub scoring: String,
    /// Rules that are a draft.
    pub rules: String,
    /// An import.
    pub import: String,
    /// A file that waits.
    pub file: String,
    /// A chat that is no lead yet.
    pub chat: String,
}

/// Makes a lead; returns its id.
pub async fn make(home: &Home, input: Value) -> String {
    let make =
        "mutation($input: CreateLeadInput!) { createLead(input: $input) { lead { id } errors { message path } } }";
    home.admin.run(make, json!({ "input": input })).await.ok().string("createLead.lead.id")
}

/// Makes rules, a draft; returns their id.
pub async fn rules(home: &Home) -> String {
    let make =
        "mutation { createScoreRuleSet(input: { description: \"Ours\" }) { ruleSet { id } errors { message path } } }";
    home.admin.run(make, Value::Null).await.ok().string("createScoreRuleSet.ruleSet.id")
}

/// Uploads a file of leads that waits; returns its id.
pub async fn file(home: &Home) -> String {
    let send = "mutation($file: Upload!) { uploadFile(input: { file: $file }) { file { id } errors { message } } }";
    let text = format!("name,email\nSomebody,{}@example.com\n", chance::name("somebody"));
    home.admin.run(send, json!({ "file": upload("leads.csv", &text) })).await.ok().string("uploadFile.file.id")
}

/// Begins an import; returns its id.
async fn import(home: &Home, file: &str) -> String {
    let make =
        "mutation($id: ID!) { importLeads(input: { fileId: $id }) { leadImport { id } errors { message path } } }";
    home.admin.run(make, json!({ "id": file })).await.ok().string("importLeads.leadImport.id")
}

/// A rule that holds a text wherever one can stand.
fn rule() -> Value {
    json!({ "name": "price", "fact": "WORDS", "weight": 5, "words": "price" })
}

fn named(name: &str) -> Value {
    json!({ "name": name, "company": "Acme GmbH" })
}

impl OfLeads {
    /// Makes them.
    pub async fn make(home: &Home, staff: &str, tag: &str) -> Self {
        let own = json!({ "name": "Ada Lovelace", "email": "ada@example.com", "company": "Acme", "ownerId": staff });
        let lead = make(home, own).await;
        let other = make(home, named("Lovelace, Ada")).await;
        let (merged, into) = (make(home, named("Merged")).await, make(home, named("Into")).await);
        let around = "mutation($id: ID!, $merged: ID!, $into: ID!, $tag: ID!) { \
            mergeLeads(input: { fromId: $merged, intoId: $into }) { errors { message } } \
            addTags(input: { entityId: $id, tagIds: [$tag] }) { errors { message } } \
            scoreLead(input: { leadId: $id }) { lead { scores(first: 1) { nodes { id } } } errors { message } } }";
        let variables = json!({ "id": lead, "merged": merged, "into": into, "tag": tag });
        let scoring = home.admin.run(around, variables).await.ok().string("scoreLead.lead.scores.nodes.0.id");
        let chat = begin_chat(home, "Grace Hopper", "grace@example.com").await.id;
        let import = import(home, &file(home).await).await;
        let (rules, file) = (rules(home).await, file(home).await);
        Self { lead, other, merged, scoring, rules, import, file, chat }
    }
}

impl OfLeads {
    /// The one of a kind, by its prefix.
    pub fn of(&self, kind: &str) -> &str {
        match kind {
            "lsc" => &self.scoring,
            "lim" => &self.import,
            "srs" => &self.rules,
            _ => &self.lead,
        }
    }
}

/// Valid arguments of an operation on leads; `None` for any other.
pub fn arguments(root: &Root, own: &Things) -> Option<Value> {
    let leads = &own.leads;
    let input = match root.name.as_str() {
        "leads" | "leadImports" | "scoreRuleSets" | "builtInScoreRules" => return Some(json!({})),
        "leadEvents" => return Some(json!({ "after": "0" })),
        "leadImport" => return Some(json!({ "id": leads.import })),
        "importLeads" => {
            json!({ "fileId": leads.file, "mapping": { "column": "name", "field": "NAME" } })
        }
        "lead" => return Some(json!({ "id": leads.lead })),
        "scoreRuleSet" | "backtestScoreRuleSet" => return Some(json!({ "id": leads.rules })),
        "createLead" => json!({ "name": "New", "email": "new@example.com" }),
        "createLeadFrom" => json!({ "source": leads.chat }),
        "updateLead" => json!({ "leadId": leads.lead, "name": chance::name("lead") }),
        "assignLead" => json!({ "leadId": leads.lead, "ownerId": own.staff }),
        "setLeadStatus" => json!({ "leadId": leads.lead, "status": "CONTACTED" }),
        "assignLeads" => json!({ "leadIds": [leads.lead], "ownerId": own.staff }),
        "setLeadStatuses" => json!({ "leadIds": [leads.lead], "status": "CONTACTED" }),
        "tagLeads" => json!({ "leadIds": [leads.other], "add": [own.desk.tag] }),
        "mergeLeads" => json!({ "fromId": leads.other, "intoId": leads.lead }),
        "unmergeLead" => json!({ "leadId": leads.merged }),
        "scoreLead" => json!({ "leadId": leads.lead }),
        "createScoreRuleSet" => json!({ "description": "More", "rules": rule() }),
        "updateScoreRuleSet" => {
            json!({ "ruleSetId": leads.rules, "description": chance::name("rules"), "rules": rule() })
        }
        "activateScoreRuleSet" => json!({ "ruleSetId": leads.rules }),
        _ => return None,
    };
    Some(json!({ "input": input }))
}

/// The prefixes of the ids that an argument of an operation on leads takes; `None` for any other.
pub fn kinds(root: &Root, place: &str) -> Option<&'static [&'static str]> {
    let all = [
        "leadEvents",
        "lead",
        "leads",
        "createLead",
        "createLeadFrom",
        "updateLead",
        "assignLead",
        "setLeadStatus",
        "assignLeads",
        "setLeadStatuses",
        "tagLeads",
        "mergeLeads",
        "unmergeLead",
        "scoreLead",
        "importLeads",
        "leadImport",
        "scoreRuleSet",
        "backtestScoreRuleSet",
        "updateScoreRuleSet",
        "activateScoreRuleSet",
    ];
    if !all.contains(&root.name.as_str()) {
        return None;
    }
    Some(match (root.name.as_str(), place.trim_end_matches(".eq").trim_end_matches(".in")) {
        ("scoreRuleSet" | "backtestScoreRuleSet", "id") | (_, "input.ruleSetId") => &["srs"],
        ("createLeadFrom", "input.source") => &["msg", "cht", "con"],
        ("leadImport", "id") => &["lim"],
        // The file that is one's own is in use by then.
        ("importLeads", _) => &[],
        (_, "input.ownerId" | "filter.ownerId") => &["stf"],
        (_, "input.add" | "input.remove" | "filter.tags.any" | "filter.tags.all" | "filter.tags.none") => &["tag"],
        _ => &["led"],
    })
}

/// One of each as rows of this id, of the colleague of that id.
pub async fn rows(home: &Home, hex: &str, n: usize) {
    let id = |hex: &str| if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let (row, at) = (id(hex), "'2026-01-01T00:00:00+00:00'");
    let other = id(&format!("1{}", &hex[1..]));
    let lead = |row: &str, into: &str, changed: &str| {
        format!(
            "INSERT INTO leads (id, name, name_order, name_key, email, company, company_key, notes, status, score, score_value, \
                score_order, scored_at, owner_id, source_kind, visitor_id, created_by_id, merged_into_id, version, created_at, \
                updated_at) VALUES ({row}, 'Lead', 'lead', 'llea', 'lead{n}@example.com', 'Acme', 'acme', 'x', 'new', 'warm', 40, \
                40, {at}, {colleague}, 'manual', (SELECT visitor_id FROM messages ORDER BY created_at DESC LIMIT 1), {colleague}, \
                {into}, 1, {at}, '{changed}')",
            colleague = id(hex)
        )
    };
    for sql in [
        lead(&row, "NULL", "2026-01-02T00:00:00+00:00"),
        lead(&other, &row, "2026-01-01T00:00:00+00:00"),
        format!(
            "INSERT INTO score_rule_sets (id, number, description, state, rules, warm_from, hot_from, created_by_id, version, \
                created_at, updated_at) VALUES ({row}, {}, 'x', 'draft', '[]', 10, 20, {row}, 1, {at}, {at})",
            n + 100
        ),
        format!(
            "INSERT INTO lead_scores (id, lead_id, score, score_value, signals, reasoning, rule_set_id, rule_set_number, provider, \
                scored_by_id, scored_at) VALUES ({row}, {row}, 'warm', 40, '[]', 'x', {row}, 1, 'rules', {row}, {at})"
        ),
        format!(
            "INSERT INTO lead_imports (id, file_name, state, mapping, row_count, rows_read, created_count, duplicate_count, \
                error_count, created_by_id, version, created_at, updated_at) VALUES ({row}, 'x', 'done', '[]', 1, 1, 0, 0, 1, {row}, \
                1, {at}, {at})"
        ),
        format!(
            "INSERT INTO lead_import_errors (import_id, row_number, column_name, message) VALUES ({row}, 2, 'email', 'x')"
        ),
        format!(
            "INSERT INTO lead_history (id, lead_id, user_id, action, created_at) VALUES ({row}, {row}, {row}, 'created', {at})"
        ),
        format!(
            "INSERT INTO entity_tags (tag_id, entity_type, entity_id, created_at) VALUES ({row}, 'lead', {row}, {at})"
        ),
        format!(
            "INSERT INTO drafts (id, staff_id, entity_type, entity_id, content, version, created_at, updated_at) \
             SELECT {}, id, 'lead', {row}, 'x', 1, {at}, {at} FROM users WHERE email = '{ADMIN_EMAIL}'",
            id(&format!("2{}", &hex[1..]))
        ),
    ] {
        home.sql.run(&sql).await;
    }
}

/// Arguments with which a mutation of these goes well; `None` where that needs nothing special.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    let with = |place: &str, value: Value| arguments(root, own).map(|all| put(all, place, value));
    match root.name.as_str() {
        // The fixtures' lead is the administrator's already, and each is one event.
        "assignLead" | "setLeadStatus" => with("input.leadId", json!(make(home, named("Spare")).await)),
        "assignLeads" | "setLeadStatuses" | "tagLeads" => {
            with("input.leadIds", json!([make(home, named("Spare")).await]))
        }
        // Of one that is scored, that it is scored anew is another event.
        "mergeLeads" => {
            let (from, into) = (json!(make(home, named("Spare")).await), json!(make(home, named("Other")).await));
            with("input.fromId", from).map(|all| put(all, "input.intoId", into))
        }
        "createLeadFrom" => with("input.source", json!(begin_chat(home, "Somebody", "somebody@example.com").await.id)),
        "importLeads" => with("input.fileId", json!(file(home).await)),
        "activateScoreRuleSet" | "updateScoreRuleSet" => with("input.ruleSetId", json!(rules(home).await)),
        _ => None,
    }
}

/// Arguments with which a mutation of these is refused to a signed-in person; `None` for any other.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let with = |field: &str, value: Value| arguments(root, own).map(|all| put(all, field, value));
    let missing = |kind: &str| json!(format!("{kind}_0190a5f0000070008000000000000000"));
    let refused = match root.name.as_str() {
        "createLead" => vec![
            with("input.email", json!("nobody")),
            with("input.phone", json!("none")),
            with("input.ownerId", missing("stf")),
        ],
        "createLeadFrom" => vec![with("input.source", missing("msg")), with("input.source", json!(own.team))],
        "updateLead" => vec![
            with("input.leadId", missing("led")),
            with("input.leadId", json!(own.leads.merged)),
            with("input.phone", json!("12")),
        ],
        "assignLead" => vec![with("input.leadId", missing("led")), with("input.ownerId", missing("stf"))],
        "setLeadStatus" => vec![
            with("input.leadId", missing("led")),
            with("input.leadId", json!(own.leads.merged)),
            with("input.status", json!("LOST")),
        ],
        "assignLeads" => vec![with("input.leadIds", json!([])), with("input.ownerId", missing("stf"))],
        "setLeadStatuses" => vec![with("input.leadIds", json!([])), with("input.status", json!("LOST"))],
        "tagLeads" => vec![with("input.leadIds", json!([])), with("input.add", json!([missing("tag")]))],
        "mergeLeads" => vec![
            with("input.intoId", missing("led")),
            with("input.intoId", json!(own.leads.other)),
            with("input.intoId", json!(own.leads.merged)),
        ],
        "importLeads" => vec![with("input.fileId", missing("fil")), with("input.mapping", json!([]))],
        "unmergeLead" => vec![with("input.leadId", missing("led")), with("input.leadId", json!(own.leads.lead))],
        "scoreLead" => vec![with("input.leadId", missing("led")), with("input.leadId", json!(own.leads.merged))],
        "createScoreRuleSet" => vec![
            with("input.hotFrom", json!(101)),
            with("input.warmFrom", json!(-1)),
            with("input.rules", json!([])),
            with("input.rules", json!([{ "name": "x", "fact": "HAS_PHONE", "weight": 101 }])),
        ],
        "updateScoreRuleSet" => vec![with("input.ruleSetId", missing("srs")), with("input.hotFrom", json!(0))],
        "activateScoreRuleSet" => vec![with("input.ruleSetId", missing("srs"))],
        _ => return None,
    };
    Some(refused.into_iter().flatten().collect())
}
