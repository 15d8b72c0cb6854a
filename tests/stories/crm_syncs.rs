//! Leads come into a CRM, each once whatever is lost on the way, and what is changed there comes back.

use serde_json::{Value, json};

use super::crm::{Sales, wrong};
use super::desk::Desk;
use crate::support::crm::{Crm, Kind, Play};
use crate::support::{Answer, Options, PATIENCE, both, until};

const LEAD: &str =
    "mutation($input: CreateLeadInput!) { createLead(input: $input) { lead { id } errors { code message path } } }";
const CHANGE: &str =
    "mutation($input: UpdateLeadInput!) { updateLead(input: $input) { lead { id } errors { code message path } } }";
const SYNC: &str = "mutation($input: SyncLeadInput!) { syncLead(input: $input) { crmSyncs { id status } errors { code message path } } }";
const RETRY: &str = "mutation($id: ID!) { retryCrmSync(input: { crmSyncId: $id }) { crmSync { status retryCount } errors { code message path } } }";
const CANCEL: &str = "mutation($id: ID!) { cancelCrmSync(input: { crmSyncId: $id }) { crmSync { status } errors { code message path } } }";
const QUEUE: &str = "query($filter: CrmSyncFilter) { crmSyncs(first: 100, filter: $filter) { totalCount nodes { id status action externalId \
    errorMessage retryCount nextRetryAt syncedAt lead { id } connection { id } } } }";
const SEE: &str = "query($id: ID!) { lead(id: $id) { name email phone company crmSyncs(first: 5) { totalCount nodes { status } } \
    crmRecords { externalId connectionId } } }";

/// More than go in one batch.
const MANY: usize = 130;

impl Sales {
    pub async fn lead(&self, input: Value) -> String {
        self.admin.client.run(LEAD, json!({ "input": input })).await.ok().string("createLead.lead.id")
    }

    pub async fn change(&self, lead: &str, mut input: Value) {
        input["leadId"] = lead.into();
        self.admin.client.run(CHANGE, json!({ "input": input })).await.ok();
    }

    pub async fn see_lead(&self, lead: &str) -> Value {
        self.admin.client.run(SEE, json!({ "id": lead })).await.ok().data("lead").clone()
    }

    pub async fn queue(&self, filter: Value) -> Vec<Value> {
        let found = self.admin.client.run(QUEUE, json!({ "filter": filter })).await.ok();
        found.list("crmSyncs.nodes").to_vec()
    }

    /// What waits or was given up of a lead, as soon as there is such.
    pub async fn standing(&self, lead: &str, status: &str) -> Value {
        until(&format!("a sync of {lead} that is {status}"), PATIENCE, async || {
            let found = self.queue(json!({ "leadId": { "eq": lead }, "status": { "eq": status } })).await;
            found.into_iter().next()
        })
        .await
    }

    /// Has a CRM looked at for changes, and waits until that was done.
    pub async fn pull(&self, connection: &str) {
        let before = self.see(connection).await["pulledAt"].clone();
        self.turn("pullCrmChanges", connection).await.ok();
        until("it was looked at", PATIENCE, async || (self.see(connection).await["pulledAt"] != before).then_some(()))
            .await;
    }

    /// Waits until all that has happened so far is brought to a CRM: what happens to leads is noted in its order, so what was noted
    /// before another lead is there when that one is, and what is noted waits no more.
    pub async fn at_rest(&self, crm: &Crm, name: &str) {
        let fence = self.lead(json!({ "name": name, "company": name })).await;
        let [.., company] = crm.names();
        there(crm, &fence, company, name).await;
        until("nothing waits", PATIENCE, async || {
            self.queue(json!({ "status": { "eq": "PENDING" } })).await.is_empty().then_some(())
        })
        .await;
    }

    pub async fn sync(&self, lead: &str) -> Answer {
        self.admin.client.run(SYNC, json!({ "input": { "leadId": lead } })).await
    }

    pub async fn retry(&self, sync: &Value) -> Answer {
        self.admin.client.run(RETRY, json!({ "id": sync["id"] })).await
    }
}

/// Waits until a lead is there with this in a field.
pub async fn there(crm: &Crm, lead: &str, field: &str, value: &str) -> String {
    until(&format!("{lead} has {field} {value}"), PATIENCE, async || {
        let (id, record) = crm.of(lead)?;
        (record.values.get(field).map(String::as_str).unwrap_or_default() == value).then_some(id)
    })
    .await
}

both! {
    /// With auto-sync a lead is in the CRM a moment after it was made, changes when it changes, goes when it goes into another, and
    /// comes back when it comes out again; each CRM has it once.
    async fn a_lead_is_in_the_crm_as_it_is_here(backend) {
        let sales = Sales::open(backend).await;
        let mut connections = Vec::new();
        for crm in &sales.crms {
            let id = sales.connect(crm).await;
            sales.update(&id, json!({ "autoSync": true })).await;
            connections.push(id);
        }
        let grace = sales.lead(json!({ "name": "Grace Brewster Hopper", "email": "grace@example.com", "company": "Navy" })).await;
        for crm in &sales.crms {
            let [email, _, last, company] = crm.names();
            there(crm, &grace, email, "grace@example.com").await;
            let record = crm.of(&grace).expect("a record").1;
            assert_eq!((record.values[last].as_str(), record.values[company].as_str()), ("Hopper", "Navy"));
        }
        until("each says so", PATIENCE, async || {
            (sales.queue(json!({ "status": { "eq": "SUCCESS" } })).await.len() == 3).then_some(())
        })
        .await;
        let seen = sales.see_lead(&grace).await;
        assert_eq!(seen["crmRecords"].as_array().map(Vec::len), Some(3));
        assert_eq!(seen["crmSyncs"]["totalCount"], 3);
        sales.change(&grace, json!({ "company": "COBOL & Co", "email": null })).await;
        for crm in &sales.crms {
            let [email, _, _, company] = crm.names();
            let id = there(crm, &grace, company, "COBOL & Co").await;
            assert_eq!(crm.of(&grace).expect("a record").1.values[email], "", "what is empty here is empty there");
            assert_eq!(crm.records().len(), 1);
            assert!(seen["crmRecords"].to_string().contains(&id));
        }
        // Somebody removes it there: the next change makes it again, whole.
        let hubspot = sales.crm(Kind::Hubspot);
        hubspot.remove(&hubspot.of(&grace).expect("a record").0);
        sales.change(&grace, json!({ "company": "Navy again" })).await;
        there(&hubspot, &grace, "company", "Navy again").await;
        assert_eq!(hubspot.of(&grace).expect("a record").1.values["lastname"], "Hopper");
        // Merged, it goes; the other is brought; taken back, it comes again.
        let other = sales.lead(json!({ "name": "Amazing Grace", "email": "amazing@example.com" })).await;
        for crm in &sales.crms {
            there(crm, &other, crm.names()[0], "amazing@example.com").await;
        }
        let merge = "mutation($input: MergeLeadsInput!) { mergeLeads(input: $input) { lead { id } errors { code message } } }";
        sales.admin.client.run(merge, json!({ "input": { "fromId": grace, "intoId": other } })).await.ok();
        for crm in &sales.crms {
            there(crm, &other, crm.names()[3], "Navy again").await;
            until("it is gone", PATIENCE, async || crm.of(&grace).is_none().then_some(())).await;
        }
        let unmerge = "mutation($input: UnmergeLeadInput!) { unmergeLead(input: $input) { lead { id } errors { code message } } }";
        sales.admin.client.run(unmerge, json!({ "input": { "leadId": grace } })).await.ok();
        for crm in &sales.crms {
            there(crm, &grace, crm.names()[3], "Navy again").await;
            assert_eq!(crm.records().len(), 2);
        }
    }

    /// B38: of many the CRM takes all but some: those are named with what it says, and go when they are right; a lead that waits can be
    /// taken back.
    async fn what_a_crm_refuses_of_a_batch_is_named_and_the_rest_is_there(backend) {
        let sales = Sales::open(backend).await;
        for kind in [Kind::Hubspot, Kind::Salesforce, Kind::Zoho] {
            let crm = sales.crm(kind);
            let connection = sales.connect(&crm).await;
            sales.turn("pauseCrmConnection", &connection).await.ok();
            let mut leads = Vec::new();
            for n in 0..8 {
                let refused = if n % 4 == 1 { "refused." } else { "" };
                let email = format!("{refused}{n}.{kind:?}@example.com").to_lowercase();
                let lead = sales.lead(json!({ "name": format!("Lead {n}"), "email": email })).await;
                let asked = sales.admin.client.run(SYNC, json!({ "input": { "leadId": lead, "crmConnectionId": connection } })).await.ok();
                assert_eq!(asked.data("syncLead.crmSyncs.0.status"), "PENDING");
                leads.push(lead);
            }
            let waits = sales.standing(&leads[7], "PENDING").await;
            let back = sales.admin.client.run(CANCEL, json!({ "id": waits["id"] })).await.ok();
            assert_eq!(back.data("cancelCrmSync.crmSync.status"), "CANCELLED");
            assert_eq!(wrong(&sales.admin.client.run(CANCEL, json!({ "id": waits["id"] })).await, "cancelCrmSync")[0].1, "NOT_ALLOWED");
            assert!(crm.records().is_empty(), "it is paused");
            sales.turn("resumeCrmConnection", &connection).await.ok();
            for n in [1, 5] {
                let failed = sales.standing(&leads[n], "FAILED").await;
                assert!(failed["errorMessage"].as_str().is_some_and(|why| why.to_lowercase().contains("email")), "{failed}");
                assert!(failed["nextRetryAt"].is_null());
            }
            for n in [0, 2, 3, 4, 6] {
                assert!(sales.standing(&leads[n], "SUCCESS").await["externalId"].is_string());
            }
            assert_eq!(crm.records().len(), 5, "{kind:?}");
            // Put right and tried again.
            sales.change(&leads[1], json!({ "email": format!("right.{kind:?}@example.com").to_lowercase() })).await;
            let failed = sales.standing(&leads[1], "FAILED").await;
            sales.retry(&failed).await.ok();
            assert!(sales.standing(&leads[1], "SUCCESS").await["externalId"].is_string());
            assert_eq!(wrong(&sales.retry(&failed).await, "retryCrmSync")[0].1, "NOT_ALLOWED");
            // Taken back is not forgotten: it can be tried after all.
            sales.retry(&waits).await.ok();
            sales.standing(&leads[7], "SUCCESS").await;
            assert_eq!(crm.records().len(), 7);
            sales.turn("disconnectCrm", &connection).await.ok();
        }
    }

    /// The answer to a create is lost: the lead is tried again and is there once. So where the CRM fails, and where its limit is
    /// reached, which is no attempt.
    async fn a_lead_is_one_record_also_where_an_answer_is_lost(backend) {
        let sales = Sales::open(backend).await;
        for crm in &sales.crms {
            let connection = sales.connect(crm).await;
            let lead = sales.lead(json!({ "name": "Ida Lost", "email": format!("ida.{:?}@example.com", crm.kind).to_lowercase() })).await;
            crm.script([Play::Lost, Play::Fails(503)]);
            sales.sync(&lead).await.ok();
            let tried = async |count: i64| {
                until("it was tried", PATIENCE, async || {
                    let waits = sales.queue(json!({ "leadId": { "eq": lead }, "status": { "eq": "PENDING" } })).await;
                    waits.into_iter().find(|it| it["retryCount"] == count)
                })
                .await
            };
            let waits = tried(1).await;
            assert!(waits["errorMessage"].is_string() && waits["nextRetryAt"].is_string());
            assert_eq!(crm.records().len(), 1, "it is there, though nobody said so");
            // It fails once more, and then it goes.
            sales.retry(&waits).await.ok();
            let waits = tried(1).await;
            sales.retry(&waits).await.ok();
            let done = sales.standing(&lead, "SUCCESS").await;
            let (id, _) = crm.of(&lead).expect("a record");
            assert_eq!(done["externalId"], id.as_str());
            assert_eq!(crm.records().len(), 1);
            // The limit: nothing is sent before its time, and it counts as no attempt.
            crm.script([Play::Limited]);
            let next = sales.lead(json!({ "name": "Max Limit", "email": format!("max.{:?}@example.com", crm.kind).to_lowercase() })).await;
            sales.sync(&next).await.ok();
            until("the limit is noted", PATIENCE, async || sales.see(&connection).await["limitedUntil"].is_string().then_some(())).await;
            if crm.kind == Kind::Zoho {
                // It does not say for how long; it is left alone for a minute.
                let until = sales.see(&connection).await["limitedUntil"].clone();
                let until: chrono::DateTime<chrono::Utc> = until.as_str().expect("an instant").parse().expect("an instant");
                assert!((until - kernel::Source::system().now()).num_seconds() > 30, "{until}");
                let waits = sales.standing(&next, "PENDING").await;
                assert_eq!((&waits["retryCount"], &waits["errorMessage"]), (&json!(0), &Value::Null));
            } else {
                let done = sales.standing(&next, "SUCCESS").await;
                assert_eq!(done["retryCount"], 0);
            }
            sales.turn("disconnectCrm", &connection).await.ok();
        }
    }

    /// The process is killed between the deed and the note of it: what comes after finds the record that is there.
    async fn a_process_that_is_killed_leaves_one_record(backend) {
        let mut sales = Sales::open(backend).await;
        for kind in [Kind::Hubspot, Kind::Salesforce, Kind::Zoho] {
            let crm = sales.crm(kind);
            let connection = sales.connect(&crm).await;
            let lead = sales.lead(json!({ "name": "Kit Killed", "email": format!("kit.{kind:?}@example.com").to_lowercase() })).await;
            crm.script([Play::Waits]);
            sales.sync(&lead).await.ok();
            until("it is there", PATIENCE, async || crm.of(&lead)).await;
            sales.desk.server.kill9().await;
            sales.desk.server.restart().await;
            sales.standing(&lead, "SUCCESS").await;
            assert_eq!(crm.records().len(), 1, "{kind:?}");
            sales.turn("disconnectCrm", &connection).await.ok();
        }
    }

    /// The token ends in the middle: it is renewed and the lead is there. We are let in no more: what is to be brought waits, and is
    /// brought once the CRM is connected again.
    async fn what_waits_is_brought_once_the_crm_lets_us_in_again(backend) {
        let sales = Sales::open(backend).await;
        for crm in &sales.crms {
            let connection = sales.connect(crm).await;
            sales.update(&connection, json!({ "autoSync": true })).await;
            let [email, ..] = crm.names();
            crm.expire();
            let address = |name: &str| format!("{name}.{:?}@example.com", crm.kind).to_lowercase();
            let first = sales.lead(json!({ "name": "Eve First", "email": address("eve") })).await;
            there(crm, &first, email, &address("eve")).await;
            assert_eq!(crm.refreshes(), 1);
            sales.watch(crm);
            crm.revoke();
            let second = sales.lead(json!({ "name": "Max Second", "email": address("max") })).await;
            until("it is seen", PATIENCE, async || (sales.see(&connection).await["status"] == "REVOKED").then_some(())).await;
            assert_eq!(sales.standing(&second, "PENDING").await["retryCount"], 0);
            let again = sales.admin.client.run(super::crm::START, json!({ "input": { "crmConnectionId": connection } })).await.ok();
            let (state, code) = crm.consents(&again.string("startCrmConnection.authorizationUrl"));
            sales.admin.client.run(super::crm::COMPLETE, json!({ "input": { "state": state, "code": code } })).await.ok();
            sales.watch(crm);
            there(crm, &second, email, &address("max")).await;
            assert_eq!(crm.records().len(), 2);
            sales.turn("disconnectCrm", &connection).await.ok();
        }
    }

    /// The limit is reached while there is more than one batch to bring: what was taken ahead goes with the rest as soon as there is
    /// more, and not when the worker's time with it would have ended.
    async fn what_was_taken_ahead_is_not_kept_back_by_a_limit(backend) {
        let crm = Crm::start(Kind::Hubspot).await;
        let options = crm.settings(Options::new().env("FRONTDESK_JOB_LEASE", "600s"));
        let desk = Desk::open_with(backend, options).await;
        let admin = desk.admin().await;
        let sales = Sales { desk, admin, crms: vec![crm.clone()] };
        let connection = sales.connect(&crm).await;
        sales.update(&connection, json!({ "autoSync": true })).await;
        sales.turn("pauseCrmConnection", &connection).await.ok();
        for n in 0..MANY {
            sales.lead(json!({ "name": format!("Lead {n}"), "email": format!("lead{n}@example.com") })).await;
        }
        let sql = sales.desk.sql().await;
        until("all wait", PATIENCE, async || (sql.count("crm_syncs").await == MANY as i64).then_some(())).await;
        crm.script([Play::Limited]);
        sales.turn("resumeCrmConnection", &connection).await.ok();
        until("all are there", PATIENCE, async || (crm.records().len() == MANY).then_some(())).await;
        sales.at_rest(&crm, "Fence").await;
    }

    /// B36: the person is there already, made by somebody: that record becomes the lead's. B37: where it is another lead's, both are
    /// named, and the rest goes on.
    async fn a_person_who_is_there_already_is_not_there_twice(backend) {
        let sales = Sales::open(backend).await;
        for kind in [Kind::Hubspot, Kind::Zoho] {
            let crm = sales.crm(kind);
            let connection = sales.connect(&crm).await;
            let [email, _, last, _] = crm.names();
            let theirs = crm.make(&[(email, "anna@example.com"), (last, "Made There")]);
            let anna = sales.lead(json!({ "name": "Anna Schmidt", "email": "anna@example.com" })).await;
            sales.sync(&anna).await.ok();
            assert_eq!(sales.standing(&anna, "SUCCESS").await["externalId"], theirs.as_str());
            assert_eq!(crm.records().len(), 1);
            assert_eq!(crm.of(&anna).expect("a record").1.values[last], "Schmidt");
            let double = sales.lead(json!({ "name": "A. Schmidt", "email": "anna@example.com" })).await;
            let bert = sales.lead(json!({ "name": "Bert", "email": "bert@example.com" })).await;
            sales.sync(&double).await.ok();
            sales.sync(&bert).await.ok();
            let failed = sales.standing(&double, "FAILED").await;
            let why = failed["errorMessage"].as_str().expect("a reason");
            assert!(why.contains(&anna) && why.contains(&double), "{why}");
            sales.standing(&bert, "SUCCESS").await;
            assert_eq!(crm.records().len(), 2);
            sales.turn("disconnectCrm", &connection).await.ok();
            for lead in [anna, double, bert] {
                sales.change(&lead, json!({ "email": null })).await;
            }
        }
    }

    /// What is changed there comes back, by field: the later change counts where both sides changed one. What came back is not sent, and
    /// what was sent does not come back: nothing goes round.
    async fn what_is_changed_there_comes_back_and_nothing_goes_round(backend) {
        let sales = Sales::open(backend).await;
        for crm in &sales.crms {
            let connection = sales.connect(crm).await;
            sales.update(&connection, json!({ "autoSync": true, "pull": true })).await;
            let [email, phone, last, company] = crm.names();
            let address = format!("ida.{:?}@example.com", crm.kind).to_lowercase();
            let lead = sales.lead(json!({ "name": "Ida Rhodes", "email": address, "phone": "+493012345678", "company": "UNIVAC" })).await;
            let id = there(crm, &lead, phone, "+493012345678").await;
            sales.standing(&lead, "SUCCESS").await;
            let written = || crm.of(&lead).expect("a record").1.modified;
            // Our own writing is no change of theirs.
            let wrote = written();
            sales.pull(&connection).await;
            sales.at_rest(crm, "Fence One").await;
            assert_eq!(written(), wrote, "{:?}", crm.kind);
            assert_eq!(sales.see_lead(&lead).await["name"], "Ida Rhodes");
            // Somebody changes it there: a name, and a number in a form of their own. A number that is none is left out.
            crm.change(&id, last, "Hadassah");
            crm.change(&id, phone, "+49 30 87654321");
            sales.pull(&connection).await;
            until("it came back", PATIENCE, async || (sales.see_lead(&lead).await["name"] == "Ida Hadassah").then_some(())).await;
            assert_eq!(sales.see_lead(&lead).await["phone"], "+493087654321");
            crm.change(&id, phone, "call me");
            crm.change(&id, company, "NBS");
            let changed = written();
            sales.pull(&connection).await;
            until("the rest came", PATIENCE, async || (sales.see_lead(&lead).await["company"] == "NBS").then_some(())).await;
            assert_eq!(sales.see_lead(&lead).await["phone"], "+493087654321");
            for name in ["Fence Two", "Fence Three"] {
                sales.at_rest(crm, name).await;
                sales.pull(&connection).await;
            }
            assert_eq!(written(), changed, "{:?}: what came back is not sent", crm.kind);
            assert_eq!(crm.of(&lead).expect("a record").1.values[phone], "call me");
            // Both change a field: the later counts. Other fields keep what their side said.
            sales.turn("pauseCrmConnection", &connection).await.ok();
            crm.change(&id, company, "There, first");
            crm.change(&id, last, "There");
            let there_at = written();
            until("it is later", PATIENCE, async || ((kernel::Source::system().now() - there_at).num_milliseconds() > 5).then_some(())).await;
            sales.change(&lead, json!({ "company": "Here, later" })).await;
            sales.turn("resumeCrmConnection", &connection).await.ok();
            sales.pull(&connection).await;
            there(crm, &lead, company, "Here, later").await;
            until("the name came", PATIENCE, async || (sales.see_lead(&lead).await["name"] == "Ida There").then_some(())).await;
            sales.at_rest(crm, "Fence Four").await;
            let settled = written();
            sales.pull(&connection).await;
            sales.at_rest(crm, "Fence Five").await;
            assert_eq!(written(), settled, "{:?}: it has come to rest", crm.kind);
            let seen = sales.see_lead(&lead).await;
            assert_eq!((&seen["company"], &seen["name"]), (&json!("Here, later"), &json!("Ida There")));
            assert_eq!(crm.of(&lead).expect("a record").1.values[email], address);
            sales.turn("disconnectCrm", &connection).await.ok();
        }
    }

    /// Who sees a lead sees what is brought of it; who does not, sees nothing, by any way. Nobody drives the queue without the
    /// permission.
    async fn who_sees_a_lead_sees_what_is_brought_of_it(backend) {
        let sales = Sales::open(backend).await;
        let connection = sales.connect(&sales.crm(Kind::Hubspot)).await;
        let lead = sales.lead(json!({ "name": "Ada", "email": "ada.l@example.com" })).await;
        sales.sync(&lead).await.ok();
        let done = sales.standing(&lead, "SUCCESS").await;
        assert_eq!(done["connection"]["id"], connection.as_str());
        let bea = sales.desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let seen = bea.client.run(QUEUE, json!({ "filter": {} })).await.ok();
        assert_eq!(seen.list("crmSyncs.nodes").len(), 1);
        assert!(seen.data("crmSyncs.nodes.0.connection").is_null(), "connections take another permission");
        let node = "query($id: ID!) { node(id: $id) { __typename } crmSync(id: $id) { id } }";
        let found = bea.client.run(node, json!({ "id": done["id"] })).await.ok();
        assert_eq!(found.data("node.__typename"), "CrmSync");
        for (document, input) in [
            (SYNC, json!({ "input": { "leadId": lead } })), (RETRY, json!({ "id": done["id"] })), (CANCEL, json!({ "id": done["id"] })),
        ] {
            assert_eq!(bea.client.run(document, input).await.error_code(), "FORBIDDEN");
        }
    }
}
