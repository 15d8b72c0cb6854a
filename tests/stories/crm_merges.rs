//! Leads who are one person are merged, and the person is in the CRM once; what is changed there of a name stays what it is.

use serde_json::json;

use super::crm::{COMPLETE, START, Sales};
use super::crm_syncs::there;
use crate::support::crm::{Kind, Play};
use crate::support::{PATIENCE, both, until};

const MERGE: &str =
    "mutation($input: MergeLeadsInput!) { mergeLeads(input: $input) { lead { id } errors { code message } } }";

impl Sales {
    async fn merge(&self, from: &str, into: &str) {
        self.admin.client.run(MERGE, json!({ "input": { "fromId": from, "intoId": into } })).await.ok();
    }
}

both! {
    /// The lead that goes on takes over the other's address, by which the CRM knows people: the other's record goes, and its own has the
    /// address. Where only the other is there, its record becomes its own. The person is there throughout, once.
    async fn whoever_is_merged_is_in_the_crm_once(backend) {
        let sales = Sales::open(backend).await;
        for kind in [Kind::Hubspot, Kind::Zoho] {
            let crm = sales.crm(kind);
            let connection = sales.connect(&crm).await;
            sales.update(&connection, json!({ "autoSync": true })).await;
            let [email, _, last, company] = crm.names();
            let address = |name: &str| format!("{name}.{kind:?}@example.com").to_lowercase();
            // Both are there; the one that goes on has no address of its own.
            let from = sales.lead(json!({ "name": "Ada Lovelace", "email": address("ada") })).await;
            let into = sales.lead(json!({ "name": "A. Lovelace", "company": "Analytical" })).await;
            there(&crm, &from, email, &address("ada")).await;
            let own = there(&crm, &into, company, "Analytical").await;
            sales.merge(&from, &into).await;
            assert_eq!(there(&crm, &into, email, &address("ada")).await, own);
            assert!(crm.of(&from).is_none(), "{kind:?}: what went into another is gone");
            // Only the other is there, since the CRM takes them for one.
            let from = sales.lead(json!({ "name": "Bea First", "email": address("bea") })).await;
            let record = there(&crm, &from, email, &address("bea")).await;
            let into = sales.lead(json!({ "name": "Bea Second", "email": address("bea"), "company": "Beans" })).await;
            sales.standing(&into, "FAILED").await;
            sales.merge(&from, &into).await;
            assert_eq!(there(&crm, &into, company, "Beans").await, record, "{kind:?}: its record became the other's");
            assert_eq!(crm.of(&into).expect("a record").1.values[last], "Second");
            sales.at_rest(&crm, "Fence").await;
            assert!(crm.of(&from).is_none());
            let of_bea = crm.records().into_iter().filter(|(_, record)| record.values.get(email) == Some(&address("bea")));
            assert_eq!(of_bea.count(), 1, "{kind:?}");
            // And so it stays when they are changed.
            sales.change(&into, json!({ "company": "More Beans" })).await;
            assert_eq!(there(&crm, &into, company, "More Beans").await, record);
            sales.turn("disconnectCrm", &connection).await.ok();
        }
    }

    /// A connection is made again with another account: whoever has the same id there is somebody else, and stays as they are.
    async fn another_account_has_other_people(backend) {
        let sales = Sales::open(backend).await;
        for kind in [Kind::Hubspot, Kind::Salesforce] {
            let crm = sales.crm(kind);
            let connection = sales.connect(&crm).await;
            sales.update(&connection, json!({ "autoSync": true })).await;
            let [email, _, last, company] = crm.names();
            let address = format!("ada.{kind:?}@example.com").to_lowercase();
            let lead = sales.lead(json!({ "name": "Ada Lovelace", "email": address })).await;
            let before = there(&crm, &lead, email, &address).await;
            sales.standing(&lead, "SUCCESS").await;
            crm.another_account();
            let stranger = crm.make(&[(last, "Stranger"), (company, "Elsewhere")]);
            assert_eq!(stranger, before);
            let again = sales.admin.client.run(START, json!({ "input": { "crmConnectionId": connection } })).await.ok();
            let (state, code) = crm.consents(&again.string("startCrmConnection.authorizationUrl"));
            sales.admin.client.run(COMPLETE, json!({ "input": { "state": state, "code": code } })).await.ok();
            sales.watch(&crm);
            sales.change(&lead, json!({ "company": "Analytical" })).await;
            let after = there(&crm, &lead, company, "Analytical").await;
            assert_ne!(after, stranger, "{kind:?}");
            let stays = crm.records().into_iter().find(|(id, _)| *id == stranger).expect("the stranger").1;
            assert_eq!((stays.values[last].as_str(), stays.values[company].as_str()), ("Stranger", "Elsewhere"));
            sales.turn("disconnectCrm", &connection).await.ok();
        }
    }

    /// A lead goes into another while it is brought, and nobody knows whether it is there: it is found and goes.
    async fn what_is_merged_while_it_is_brought_does_not_stay(backend) {
        let sales = Sales::open(backend).await;
        for crm in &sales.crms {
            let connection = sales.connect(crm).await;
            sales.update(&connection, json!({ "autoSync": true })).await;
            let [email, _, _, company] = crm.names();
            let address = |name: &str| format!("{name}.{:?}@example.com", crm.kind).to_lowercase();
            let into = sales.lead(json!({ "name": "Ida Into", "email": address("into"), "company": "Into" })).await;
            there(crm, &into, company, "Into").await;
            sales.at_rest(crm, "Fence").await;
            crm.script([Play::Lost]);
            let from = sales.lead(json!({ "name": "Ida From", "email": address("from") })).await;
            there(crm, &from, email, &address("from")).await;
            until("nobody heard of it", PATIENCE, async || (sales.standing(&from, "PENDING").await["retryCount"] == 1).then_some(())).await;
            sales.merge(&from, &into).await;
            let waits = until("it is to go", PATIENCE, async || {
                Some(sales.standing(&from, "PENDING").await).filter(|waits| waits["action"] == "DELETE")
            })
            .await;
            sales.retry(&waits).await.ok();
            until("it is gone", PATIENCE, async || crm.of(&from).is_none().then_some(())).await;
            assert_eq!(crm.of(&into).expect("a record").1.values[email], address("into"));
            sales.turn("disconnectCrm", &connection).await.ok();
        }
    }

    /// Somebody has a surname of two words in the CRM: here they are called so, and nothing of it is sent back as something else.
    async fn a_surname_of_two_words_stays_one(backend) {
        let sales = Sales::open(backend).await;
        for crm in &sales.crms {
            let connection = sales.connect(crm).await;
            sales.update(&connection, json!({ "autoSync": true, "pull": true })).await;
            let [email, _, last, company] = crm.names();
            let first = match crm.kind {
                Kind::Hubspot => "firstname",
                Kind::Salesforce => "FirstName",
                Kind::Zoho => "First_Name",
            };
            let address = format!("ana.{:?}@example.com", crm.kind).to_lowercase();
            let lead = sales.lead(json!({ "name": "Ana Garcia", "email": address })).await;
            let id = there(crm, &lead, email, &address).await;
            sales.standing(&lead, "SUCCESS").await;
            for (n, surname) in ["Garcia Lopez", "Garcia Perez"].into_iter().enumerate() {
                crm.change(&id, last, surname);
                let written = crm.of(&lead).expect("a record").1.modified;
                sales.pull(&connection).await;
                let name = format!("Ana {surname}");
                until("it came back", PATIENCE, async || (sales.see_lead(&lead).await["name"] == name.as_str()).then_some(())).await;
                sales.at_rest(crm, &format!("Fence {n}")).await;
                let record = crm.of(&lead).expect("a record").1;
                assert_eq!((record.values[first].as_str(), record.values[last].as_str()), ("Ana", surname), "{:?}", crm.kind);
                assert_eq!(record.modified, written, "{:?}: what came back is not sent", crm.kind);
            }
            // Changed here, what did not change stays as it is there.
            sales.change(&lead, json!({ "name": "Ana Maria Garcia Perez", "company": "Here" })).await;
            there(crm, &lead, company, "Here").await;
            let record = crm.of(&lead).expect("a record").1;
            assert_eq!((record.values[first].as_str(), record.values[last].as_str()), ("Ana Maria", "Garcia Perez"));
            sales.turn("disconnectCrm", &connection).await.ok();
        }
    }
}
