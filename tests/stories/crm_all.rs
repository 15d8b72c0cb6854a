//! Many leads and a CRM: all of them are brought at once, more changes come back than a CRM gives at a time, and what it refuses to
//! remove is seen.

use serde_json::{Value, json};

use super::crm::{Sales, wrong};
use super::crm_syncs::there;
use crate::support::crm::{Kind, Play};
use crate::support::{PATIENCE, both, until};

/// More than are noted in one transaction.
const MANY: usize = 230;
/// More than HubSpot finds at once.
const STRANGERS: usize = 10_050;

both! {
    /// Leads that were there before a CRM was connected are brought when somebody wants all, each once; wanted once more, nothing is sent
    /// of what is the same, and what other mappings change is.
    async fn all_leads_are_brought(backend) {
        let sales = Sales::open(backend).await;
        let mut leads = Vec::new();
        for n in 0..MANY {
            leads.push(sales.lead(json!({ "name": format!("Lead {n}"), "company": format!("Company {n}") })).await);
        }
        let merge = "mutation($input: MergeLeadsInput!) { mergeLeads(input: $input) { lead { id } errors { code message } } }";
        sales.admin.client.run(merge, json!({ "input": { "fromId": leads[1], "intoId": leads[0] } })).await.ok();
        let crm = sales.crm(Kind::Hubspot);
        let connection = sales.connect(&crm).await;
        sales.turn("syncAllLeads", &connection).await.ok();
        let all = async || {
            until("all are there", PATIENCE * 2, async || (crm.records().len() == MANY - 1).then_some(())).await;
            until("nothing waits", PATIENCE, async || {
                sales.queue(json!({ "status": { "eq": "PENDING" } })).await.is_empty().then_some(())
            })
            .await;
        };
        all().await;
        assert!(crm.of(&leads[1]).is_none(), "what went into another is not brought");
        assert_eq!(crm.of(&leads[MANY - 1]).expect("a record").1.values["company"], format!("Company {}", MANY - 1));
        let sql = sales.desk.sql().await;
        let writes = || crm.asked().iter().filter(|asked| asked.contains("/batch/")).count();
        let before = writes();
        sales.turn("syncAllLeads", &connection).await.ok();
        // Another lead is noted after them.
        let last = sales.lead(json!({ "name": "Last" })).await;
        sales.sync(&last).await.ok();
        sales.standing(&last, "SUCCESS").await;
        until("nothing waits", PATIENCE, async || {
            let jobs = sql.number("SELECT count(*) FROM jobs WHERE kind = 'crm.note_all'").await;
            (jobs == 0 && sales.queue(json!({ "status": { "eq": "PENDING" } })).await.is_empty()).then_some(())
        })
        .await;
        assert_eq!(writes(), before + 1, "what is the same is not sent");
        // Another field is mapped: all are brought anew, with it.
        let map = "mutation($input: SetCrmFieldMappingsInput!) { setCrmFieldMappings(input: $input) { crmConnection { id } errors { message } } }";
        let mapped = json!([{ "leadField": "NAME", "crmField": "lastname" }, { "leadField": "COMPANY", "crmField": "message" }]);
        let input = json!({ "crmConnectionId": connection, "fieldMappings": mapped });
        sales.admin.client.run(map, json!({ "input": input })).await.ok();
        sales.turn("syncAllLeads", &connection).await.ok();
        there(&crm, &leads[MANY - 1], "message", &format!("Company {}", MANY - 1)).await;
        sales.turn("disconnectCrm", &connection).await.ok();
        assert_eq!(wrong(&sales.turn("syncAllLeads", &connection).await, "syncAllLeads"), [("input.crmConnectionId".into(), "NOT_AVAILABLE".into())]);
    }

    /// More was changed within two minutes than HubSpot gives of one search: what was changed last comes back all the same.
    async fn more_changes_come_back_than_a_crm_gives_at_once(backend) {
        let sales = Sales::open(backend).await;
        let crm = sales.crm(Kind::Hubspot);
        let connection = sales.connect(&crm).await;
        let lead = sales.lead(json!({ "name": "Ida Rhodes", "company": "UNIVAC" })).await;
        sales.sync(&lead).await.ok();
        sales.standing(&lead, "SUCCESS").await;
        let id = there(&crm, &lead, "company", "UNIVAC").await;
        crm.make_strangers(STRANGERS);
        crm.change(&id, "company", "NBS");
        sales.update(&connection, json!({ "pull": true })).await;
        until("it came back", PATIENCE * 2, async || (sales.see_lead(&lead).await["company"] == "NBS").then_some(())).await;
    }

    /// A CRM does not let us remove a record: that the lead that went into another is still there is seen, and tried again by hand.
    async fn what_a_crm_does_not_remove_is_not_taken_for_gone(backend) {
        let sales = Sales::open(backend).await;
        for crm in &sales.crms {
            let connection = sales.connect(crm).await;
            sales.update(&connection, json!({ "autoSync": true })).await;
            let last = crm.names()[2];
            let from = sales.lead(json!({ "name": "From" })).await;
            let into = sales.lead(json!({ "name": "Into" })).await;
            there(crm, &from, last, "From").await;
            there(crm, &into, last, "Into").await;
            sales.at_rest(crm, "Fence").await;
            crm.script([Play::Fails(403)]);
            let merge = "mutation($input: MergeLeadsInput!) { mergeLeads(input: $input) { lead { id } errors { code message } } }";
            sales.admin.client.run(merge, json!({ "input": { "fromId": from, "intoId": into } })).await.ok();
            let failed = sales.standing(&from, "FAILED").await;
            assert_eq!((&failed["action"], crm.of(&from).is_some()), (&json!("DELETE"), true), "{:?}", crm.kind);
            sales.retry(&failed).await.ok();
            until("it is gone", PATIENCE, async || crm.of(&from).is_none().then_some(())).await;
            let filter = json!({ "leadId": { "eq": from }, "action": { "eq": "DELETE" }, "status": { "eq": "SUCCESS" } });
            until("that is seen", PATIENCE, async || (sales.queue(filter.clone()).await.len() == 1).then_some(())).await;
            sales.turn("disconnectCrm", &connection).await.ok();
        }
    }

    /// A connection gets a key of another account: whoever has the same id there is somebody else, and stays as they are.
    async fn a_key_of_another_account_knows_nobody(backend) {
        let sales = Sales::open(backend).await;
        let crm = sales.crm(Kind::Hubspot);
        let with = async |mut input: Value| {
            input["key"] = crm.service_key().into();
            let connect = "mutation($input: ConnectCrmWithKeyInput!) { connectCrmWithKey(input: $input) { crmConnection { id } errors { message } } }";
            let made = sales.admin.client.run(connect, json!({ "input": input })).await.ok();
            sales.watch(&crm);
            made.string("connectCrmWithKey.crmConnection.id")
        };
        let connection = with(json!({ "name": "By key" })).await;
        sales.update(&connection, json!({ "autoSync": true })).await;
        let lead = sales.lead(json!({ "name": "Ada Lovelace" })).await;
        let before = there(&crm, &lead, "lastname", "Lovelace").await;
        sales.standing(&lead, "SUCCESS").await;
        crm.another_account();
        let stranger = crm.make(&[("lastname", "Stranger")]);
        assert_eq!(stranger, before);
        with(json!({ "crmConnectionId": connection })).await;
        sales.change(&lead, json!({ "company": "Analytical" })).await;
        assert_ne!(there(&crm, &lead, "company", "Analytical").await, stranger);
        let stays = crm.records().into_iter().find(|(id, _)| *id == stranger).expect("the stranger").1;
        assert_eq!(stays.values["lastname"], "Stranger");
        assert!(!stays.values.contains_key("company"));
        // A newer key of the same account changes nothing of what is known.
        let now = there(&crm, &lead, "company", "Analytical").await;
        sales.standing(&lead, "SUCCESS").await;
        with(json!({ "crmConnectionId": connection })).await;
        sales.change(&lead, json!({ "company": "Engines" })).await;
        assert_eq!(there(&crm, &lead, "company", "Engines").await, now);
    }

    /// A lead waits for another try, and somebody wants it brought: it waits no longer than that.
    async fn what_somebody_wants_is_tried_now(backend) {
        let sales = Sales::open(backend).await;
        let crm = sales.crm(Kind::Hubspot);
        let connection = sales.connect(&crm).await;
        sales.update(&connection, json!({ "autoSync": true })).await;
        crm.script([Play::Fails(503)]);
        let lead = sales.lead(json!({ "name": "Ada Lovelace" })).await;
        let waits = until("it failed once", PATIENCE, async || {
            Some(sales.standing(&lead, "PENDING").await).filter(|waits| waits["retryCount"] == 1)
        })
        .await;
        sales.turn("pauseCrmConnection", &connection).await.ok();
        let when = |sync: &Value| sync["nextRetryAt"].as_str().expect("an instant").to_owned();
        sales.sync(&lead).await.ok();
        let wanted = sales.standing(&lead, "PENDING").await;
        assert_eq!(wanted["id"], waits["id"], "it waits once");
        assert!(when(&wanted) < when(&waits), "{wanted} {waits}");
        sales.turn("resumeCrmConnection", &connection).await.ok();
        sales.standing(&lead, "SUCCESS").await;
    }
}
