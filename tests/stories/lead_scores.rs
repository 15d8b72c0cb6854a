//! Leads are scored; rules are written, tried on the past, and put to use.

use serde_json::{Value, json};

use super::desk::Desk;
use super::leads::{make, wrong};
use crate::support::both;

const SCORE: &str = "mutation($id: ID!) { scoreLead(input: { leadId: $id }) { lead { score scoreValue scores { nodes { id score scoreValue \
    reasoning provider ruleSetNumber ruleSet { id } signals { name weight evidenceId } scoredBy { id } } } } errors { code path } } }";
const CREATE: &str = "mutation($input: CreateScoreRuleSetInput!) { createScoreRuleSet(input: $input) { ruleSet { id number state warmFrom hotFrom \
    rules { name fact weight source words atLeast withinMinutes } } errors { code path } } }";
const UPDATE: &str = "mutation($input: UpdateScoreRuleSetInput!) { updateScoreRuleSet(input: $input) { ruleSet { id warmFrom rules { name } } \
    errors { code path } } }";
const ACTIVATE: &str =
    "mutation($id: ID!) { activateScoreRuleSet(input: { ruleSetId: $id }) { ruleSet { state } errors { code path } } }";
const BACKTEST: &str = "query($id: ID!, $limit: Int) { backtestScoreRuleSet(id: $id, limit: $limit) { converted { leads hot warm cold meanScore } \
    lost { leads hot warm cold meanScore } } }";

both! {
    /// A visitor asks for a price, becomes a lead and is hot; each signal names the row that shows it; every scoring is kept.
    async fn a_lead_is_scored_by_what_they_wrote(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let message = desk.message("Ada Lovelace", "What is the price for 20 people? It is urgent, we have a budget.").await;
        let from = "mutation($id: ID!) { createLeadFrom(input: { source: $id }) { lead { id score } errors { message } } }";
        let made = admin.client.run(from, json!({ "id": message })).await.ok();
        assert_eq!(made.data("createLeadFrom.lead.score"), &Value::Null);
        let lead = made.string("createLeadFrom.lead.id");
        let scored = admin.client.run(SCORE, json!({ "id": lead })).await.ok();
        assert_eq!(scored.string("scoreLead.lead.score"), "HOT", "{scored}");
        let first = scored.data("scoreLead.lead.scores.nodes.0").clone();
        assert_eq!((&first["provider"], &first["ruleSetNumber"], &first["ruleSet"]), (&json!("rules"), &json!(0), &Value::Null));
        assert_eq!(first["scoredBy"]["id"], json!(admin.id));
        let price = first["signals"].as_array().unwrap().iter().find(|one| one["name"] == "asks for a price or an offer").unwrap();
        assert_eq!((&price["weight"], &price["evidenceId"]), (&json!(30), &json!(message)));
        // Once more: both are kept, and the newest is the lead's.
        let again = admin.client.run(SCORE, json!({ "id": lead })).await.ok();
        assert_eq!(again.list("scoreLead.lead.scores.nodes").len(), 2);
        let found = admin.client.run("query($f: LeadFilter) { leads(filter: $f) { nodes { id } } }",
            json!({ "f": { "score": { "eq": "HOT" } } })).await.ok();
        assert_eq!(found.list("leads.nodes").len(), 1);
        let node = "query($id: ID!) { node(id: $id) { id ... on LeadScoring { lead { id } } } }";
        let node = admin.client.run(node, json!({ "id": first["id"] })).await.ok();
        assert_eq!(node.string("node.lead.id"), lead);
        assert_eq!(desk.sql().await.number("SELECT count(*) FROM audit_logs WHERE kind = 'lead.scored'").await, 2);
        let viewer = desk.colleague("vera@example.com", "Vera", "VIEWER").await;
        assert_eq!(viewer.client.run(SCORE, json!({ "id": lead })).await.error_code(), "FORBIDDEN");
    }
}

both! {
    /// Rules are a draft, tried on leads whose end is known, and go live; what leads were scored by stays what it was.
    async fn rules_are_tried_before_they_are_used(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let rule = |name: &str, fact: &str, weight: i32, more: Value| {
            let mut rule = json!({ "name": name, "fact": fact, "weight": weight });
            rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            rule
        };
        for (input, path) in [
            (json!({ "rules": [] }), "input.rules"),
            (json!({ "hotFrom": 101 }), "input.hotFrom"),
            (json!({ "warmFrom": -1 }), "input.warmFrom"),
            (json!({ "warmFrom": 80, "hotFrom": 70 }), "input.warmFrom"),
            (json!({ "rules": [rule("x", "HAS_PHONE", 101, json!({}))] }), "input.rules.0.weight"),
            (json!({ "rules": [rule("x", "HAS_PHONE", 0, json!({}))] }), "input.rules.0.weight"),
            (json!({ "rules": [rule("x", "HAS_PHONE", 5, json!({})), rule("x", "WORDS", 5, json!({}))] }), "input.rules.1.words"),
            (json!({ "rules": [rule("x", "SOURCE", 5, json!({}))] }), "input.rules.0.source"),
            (json!({ "rules": [rule("x", "MESSAGES", 5, json!({ "atLeast": 0 }))] }), "input.rules.0.atLeast"),
            (json!({ "rules": [rule("x", "ANSWERED_WITHIN", 5, json!({}))] }), "input.rules.0.withinMinutes"),
        ] {
            let answer = admin.client.run(CREATE, json!({ "input": input })).await;
            assert_eq!(wrong(&answer, "createScoreRuleSet").0, path, "{answer}");
        }
        assert_eq!(desk.sql().await.number("SELECT count(*) FROM score_rule_sets").await, 0);
        // What is left out is what is built in.
        let copied = admin.client.run(CREATE, json!({ "input": {} })).await.ok();
        let built_in = admin.client.run("{ builtInScoreRules { name fact weight source words atLeast withinMinutes } }", Value::Null).await.ok();
        assert_eq!(copied.data("createScoreRuleSet.ruleSet.rules"), built_in.data("builtInScoreRules"));
        let first = copied.string("createScoreRuleSet.ruleSet.id");

        let rules = json!([rule("a number", "HAS_PHONE", 60, json!({})), rule("a company", "HAS_COMPANY", 30, json!({})),
            rule("by hand", "SOURCE", 1, json!({ "source": "MANUAL" })), rule("spam", "WORDS", -50, json!({ "words": ["casino*"] }))]);
        let made = admin.client.run(CREATE, json!({ "input": { "rules": rules, "warmFrom": 30, "hotFrom": 60, "description": "Ours" } })).await.ok();
        let ours = made.string("createScoreRuleSet.ruleSet.id");
        assert_eq!((made.data("createScoreRuleSet.ruleSet.number"), made.string("createScoreRuleSet.ruleSet.state")), (&json!(2), "DRAFT".into()));

        // By hand: 91, 61 and 31 of who bought; 1 and 0 of who did not.
        for (n, (input, status)) in (0..).zip([
            (json!({ "name": "A", "phone": "+493012345678", "company": "Acme" }), "CONVERTED"),
            (json!({ "name": "B", "phone": "+493012345679" }), "CONVERTED"),
            (json!({ "name": "C", "company": "Acme" }), "CONVERTED"),
            (json!({ "name": "D" }), "LOST"),
            (json!({ "name": "E", "notes": "casinos online" }), "LOST"),
            (json!({ "name": "F", "phone": "+493012345678" }), "NEW"),
        ]) {
            let lead = make(&admin, input).await;
            if status != "NEW" {
                let go = "mutation($id: ID!, $to: LeadStatus!, $why: String) { setLeadStatus(input: { leadId: $id, status: $to, reason: $why }) { \
                    errors { message } } }";
                admin.client.run(go, json!({ "id": lead, "to": status, "why": (status == "LOST").then(|| format!("Reason {n}")) })).await.ok();
            }
        }
        let tried = admin.client.run(BACKTEST, json!({ "id": ours })).await.ok();
        assert_eq!(tried.data("backtestScoreRuleSet.converted"), &json!({ "leads": 3, "hot": 2, "warm": 1, "cold": 0, "meanScore": 61.0 }));
        assert_eq!(tried.data("backtestScoreRuleSet.lost"), &json!({ "leads": 2, "hot": 0, "warm": 0, "cold": 2, "meanScore": 0.5 }));
        let newest = admin.client.run(BACKTEST, json!({ "id": ours, "limit": 1 })).await.ok();
        assert_eq!((newest.data("backtestScoreRuleSet.converted.leads"), newest.data("backtestScoreRuleSet.lost.leads")), (&json!(0), &json!(1)));
        assert_eq!(admin.client.run(BACKTEST, json!({ "id": ours, "limit": 201 })).await.error_code(), "BAD_USER_INPUT");
        assert_eq!(desk.sql().await.number("SELECT count(*) FROM lead_scores").await, 0, "nothing is written");

        let update = json!({ "input": { "ruleSetId": ours, "warmFrom": 31 } });
        assert_eq!(admin.client.run(UPDATE, update.clone()).await.ok().data("updateScoreRuleSet.ruleSet.warmFrom"), &json!(31));
        assert_eq!(admin.client.run(ACTIVATE, json!({ "id": ours })).await.ok().string("activateScoreRuleSet.ruleSet.state"), "LIVE");
        assert_eq!(wrong(&admin.client.run(UPDATE, update).await, "updateScoreRuleSet").0, "input.ruleSetId", "only a draft is changed");
        assert_eq!(wrong(&admin.client.run(ACTIVATE, json!({ "id": ours })).await, "activateScoreRuleSet").0, "input.ruleSetId");
        let lead = make(&admin, json!({ "name": "G", "phone": "+493012345670" })).await;
        let scored = admin.client.run(SCORE, json!({ "id": lead })).await.ok();
        assert_eq!(scored.data("scoreLead.lead.scoreValue"), &json!(61));
        assert_eq!(scored.data("scoreLead.lead.scores.nodes.0.ruleSet.id"), &json!(ours));
        // One is live at most.
        admin.client.run(ACTIVATE, json!({ "id": first })).await.ok();
        let all = admin.client.run("{ scoreRuleSets { nodes { number state } } }", Value::Null).await.ok();
        assert_eq!(all.data("scoreRuleSets.nodes"), &json!([{ "number": 2, "state": "RETIRED" }, { "number": 1, "state": "LIVE" }]));
        let staff = desk.colleague("sam@example.com", "Sam", "STAFF").await;
        assert_eq!(staff.client.run(CREATE, json!({ "input": {} })).await.error_code(), "FORBIDDEN");
        assert_eq!(staff.client.run(BACKTEST, json!({ "id": first })).await.error_code(), "FORBIDDEN");
    }
}
