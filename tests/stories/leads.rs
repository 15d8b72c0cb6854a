//! Leads: made, found, moved, given to somebody, merged and taken apart again.

use serde_json::{Value, json};

use super::desk::{CONVERT, Desk, Person};
use super::roles::{colleague, make_role};
use crate::support::{Answer, Client, both};

const CREATE: &str = "mutation Create($input: CreateLeadInput!) { createLead(input: $input) { lead { id name email phone company notes \
    status score sourceKind owner { id } createdBy { id } } errors { code message path } } }";
const FROM: &str = "mutation From($id: ID!) { createLeadFrom(input: { source: $id }) { lead { id name email phone company sourceKind \
    sourceId source { __typename id } visitor { id } } errors { code message path } } }";
const UPDATE: &str = "mutation Update($input: UpdateLeadInput!) { updateLead(input: $input) { lead { id name email phone company notes } \
    errors { code message path } } }";
const MOVE: &str = "mutation Move($id: ID!, $status: LeadStatus!, $reason: String) { setLeadStatus(input: { leadId: $id, status: $status, \
    reason: $reason }) { lead { status lostReason closedAt viewerCan { setStatus } } errors { code message path } } }";
const ASSIGN: &str = "mutation Assign($id: ID!, $owner: ID) { assignLead(input: { leadId: $id, ownerId: $owner }) { lead { owner { id } } \
    errors { code message path } } }";
const LIST: &str = "query All($filter: LeadFilter, $order: [LeadOrder!], $merged: Boolean, $first: Int, $after: String) { leads(filter: \
    $filter, orderBy: $order, includeMerged: $merged, first: $first, after: $after) { totalCount pageInfo { endCursor } nodes { id name } } }";
const FIND: &str = "query($id: ID!) { node(id: $id) { id } lead(id: $id) { id } }";
const MERGE: &str = "mutation($from: ID!, $into: ID!) { mergeLeads(input: { fromId: $from, intoId: $into }) { lead { id name email phone \
    company notes owner { id } tags { name } mergedFrom { nodes { id } } } errors { code message path } } }";
const UNMERGE: &str = "mutation($id: ID!) { unmergeLead(input: { leadId: $id }) { lead { id mergedInto { id } } errors { code message path } } }";

/// Makes a lead; returns its id.
pub async fn make(who: &Person, input: Value) -> String {
    who.client.run(CREATE, json!({ "input": input })).await.ok().string("createLead.lead.id")
}

/// The one problem of an answer: where, and which.
#[track_caller]
pub fn wrong(answer: &Answer, mutation: &str) -> (String, String) {
    let found = answer.user_errors(mutation);
    assert_eq!(found.len(), 1, "{answer}");
    (found[0].path.clone(), found[0].code.clone())
}

fn at(path: &str, code: &str) -> (String, String) {
    (path.into(), code.into())
}

async fn names(client: &Client, variables: Value) -> Vec<String> {
    let found = client.run(LIST, variables).await.ok();
    let name = |node: &Value| node["name"].as_str().unwrap_or_default().to_owned();
    found.list("leads.nodes").iter().map(name).collect()
}

both! {
    /// What a person writes down is kept in one form, and what is wrong is named; nothing is half-written.
    async fn a_lead_is_written_down(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let region = "mutation { setSetting(input: { key: \"company.region\", scope: SYSTEM, value: \"de\" }) { errors { message } } }";
        admin.client.run(region, Value::Null).await.ok();
        let made = admin.client.run(CREATE, json!({ "input": { "name": " Ada Lovelace ", "email": "Ada@Example.COM",
            "phone": "030 12345678", "company": "Acme GmbH", "notes": "Met at the fair", "ownerId": admin.id } })).await.ok();
        let lead = made.string("createLead.lead.id");
        assert_eq!(made.string("createLead.lead.phone"), "+493012345678");
        assert_eq!(made.string("createLead.lead.email").to_lowercase(), "ada@example.com");
        assert_eq!(made.string("createLead.lead.sourceKind"), "MANUAL");
        assert_eq!(made.string("createLead.lead.owner.id"), admin.id);

        for (input, path, code) in [
            (json!({}), "input.name", "BLANK"),
            (json!({ "name": "  " }), "input.name", "BLANK"),
            (json!({ "name": "x", "phone": "none" }), "input.phone", "INVALID_FORMAT"),
            (json!({ "name": "x", "phone": "+1 23" }), "input.phone", "INVALID_FORMAT"),
            (json!({ "email": "nobody" }), "input.email", "INVALID_FORMAT"),
            (json!({ "name": "x".repeat(201) }), "input.name", "TOO_LONG"),
            (json!({ "name": "x", "ownerId": "stf_0190a5f0000070008000000000000000" }), "input.ownerId", "NOT_AVAILABLE"),
        ] {
            let answer = admin.client.run(CREATE, json!({ "input": input })).await;
            assert_eq!(wrong(&answer, "createLead"), at(path, code), "{input}");
        }
        assert_eq!(desk.sql().await.number("SELECT count(*) FROM leads").await, 1);
        // Of several that are wrong each is named.
        let answer = admin.client.run(CREATE, json!({ "input": { "email": "no", "phone": "no" } })).await;
        assert_eq!(answer.user_errors("createLead").len(), 2, "{answer}");

        let changed = admin.client.run(UPDATE, json!({ "input": { "leadId": lead, "company": null, "phone": "+1 212 1" } })).await;
        assert_eq!(wrong(&changed, "updateLead").0, "input.phone");
        let changed = admin.client.run(UPDATE, json!({ "input": { "leadId": lead, "company": null, "phone": "+1 212 736 5000" } })).await.ok();
        assert_eq!(changed.data("updateLead.lead.company"), &Value::Null);
        assert_eq!(changed.string("updateLead.lead.phone"), "+12127365000");
        let none = json!({ "input": { "leadId": lead, "name": null, "email": null, "phone": null } });
        assert_eq!(wrong(&admin.client.run(UPDATE, none).await, "updateLead"), at("input.name", "BLANK"));

        // Found by words, address, who has it; in each order; and by nobody who may not.
        let other = make(&admin, json!({ "name": "Grace Hopper", "email": "grace@navy.example" })).await;
        assert_eq!(names(&admin.client, json!({})).await, ["Grace Hopper", "Ada Lovelace"]);
        assert_eq!(names(&admin.client, json!({ "filter": { "text": "lovel" } })).await, ["Ada Lovelace"]);
        assert_eq!(names(&admin.client, json!({ "filter": { "text": "navy" } })).await, ["Grace Hopper"]);
        assert_eq!(names(&admin.client, json!({ "filter": { "email": "ADA@example.com" } })).await, ["Ada Lovelace"]);
        let none = admin.client.run(LIST, json!({ "filter": { "email": "not an address" } })).await;
        assert_eq!(none.error_code(), "BAD_USER_INPUT");
        assert_eq!(names(&admin.client, json!({ "filter": { "ownerId": { "eq": "me" } } })).await, ["Ada Lovelace"]);
        assert_eq!(names(&admin.client, json!({ "filter": { "ownerId": { "eq": "none" } } })).await, ["Grace Hopper"]);
        let by_name = json!({ "order": [{ "field": "NAME", "direction": "ASC" }] });
        assert_eq!(names(&admin.client, by_name).await, ["Ada Lovelace", "Grace Hopper"]);
        let viewer = desk.colleague("vera@example.com", "Vera", "VIEWER").await;
        assert_eq!(names(&viewer.client, json!({})).await.len(), 2);
        assert_eq!(viewer.client.run(CREATE, json!({ "input": { "name": "x" } })).await.error_code(), "FORBIDDEN");
        let analyst = desk.colleague("anna@example.com", "Anna", "ANALYST").await;
        assert_eq!(analyst.client.run(LIST, json!({})).await.error_code(), "FORBIDDEN");
        let nothing = json!({ "node": null });
        let found = analyst.client.run("query($id: ID!) { node(id: $id) { id } }", json!({ "id": other })).await.ok();
        assert_eq!(found.data(""), &nothing);
        assert_eq!(desk.web.run(LIST, json!({})).await.error_code(), "UNAUTHENTICATED");

        // On record with nothing personal in it.
        let sql = desk.sql().await;
        for table in ["SELECT count(*) FROM outbox WHERE payload LIKE '%ovelace%'", "SELECT count(*) FROM audit_logs WHERE \
            new_values LIKE '%ovelace%'"] {
            let cast = table.replace("payload", "CAST(payload AS text)").replace("new_values", "CAST(new_values AS text)");
            assert_eq!(sql.number(&cast).await, 0, "{table}");
        }
        let kinds = "SELECT count(*) FROM audit_logs WHERE kind IN ('lead.created', 'lead.changed')";
        assert_eq!(sql.number(kinds).await, 3);
    }
}

both! {
    /// Each cell of the table, by the hand of a colleague.
    async fn a_lead_moves_as_the_table_says(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let all = ["NEW", "CONTACTED", "QUALIFIED", "CONVERTED", "LOST"];
        let ways: [&[&str]; 5] = [&[], &["CONTACTED"], &["QUALIFIED"], &["CONVERTED"], &["LOST"]];
        let next = |from: &str| -> &[&str] {
            match from {
                "NEW" => &["CONTACTED", "QUALIFIED", "CONVERTED", "LOST"],
                "CONTACTED" => &["QUALIFIED", "CONVERTED", "LOST"],
                "QUALIFIED" => &["CONTACTED", "CONVERTED", "LOST"],
                "CONVERTED" => &["QUALIFIED"],
                _ => &["CONTACTED"],
            }
        };
        let reason = |status: &str| (status == "LOST").then_some("Too dear");
        for (from, way) in all.into_iter().zip(ways) {
            for to in all {
                let lead = make(&admin, json!({ "name": format!("{from} {to}") })).await;
                for step in way {
                    admin.client.run(MOVE, json!({ "id": lead, "status": step, "reason": reason(step) })).await.ok();
                }
                let moved = admin.client.run(MOVE, json!({ "id": lead, "status": to, "reason": reason(to) })).await;
                if from == to {
                    assert_eq!(moved.ok().string("setLeadStatus.lead.status"), from, "nothing happens");
                } else if next(from).contains(&to) {
                    let moved = moved.ok();
                    assert_eq!(moved.string("setLeadStatus.lead.status"), to);
                    assert_eq!(moved.data("setLeadStatus.lead.lostReason"), &json!(reason(to)));
                    assert_eq!(moved.data("setLeadStatus.lead.closedAt").is_null(), !["CONVERTED", "LOST"].contains(&to));
                    assert_eq!(moved.data("setLeadStatus.lead.viewerCan.setStatus"), &json!(next(to)));
                } else {
                    assert_eq!(wrong(&moved, "setLeadStatus"), at("input.status", "NOT_ALLOWED"), "{from} {to}");
                }
            }
        }
        let lead = make(&admin, json!({ "name": "Why" })).await;
        for (status, reason, code) in [("LOST", None, "BLANK"), ("LOST", Some(" "), "BLANK"), ("CONTACTED", Some("x"), "NOT_ALLOWED")] {
            let moved = admin.client.run(MOVE, json!({ "id": lead, "status": status, "reason": reason })).await;
            assert_eq!(wrong(&moved, "setLeadStatus"), at("input.reason", code));
        }
        // It turns out to be lost for another reason; since when it is stays.
        let lost = admin.client.run(MOVE, json!({ "id": lead, "status": "LOST", "reason": "Too dear" })).await.ok();
        let why = admin.client.run(MOVE, json!({ "id": lead, "status": "LOST", "reason": "Bought elsewhere" })).await.ok();
        assert_eq!(why.string("setLeadStatus.lead.lostReason"), "Bought elsewhere");
        assert_eq!(why.data("setLeadStatus.lead.closedAt"), lost.data("setLeadStatus.lead.closedAt"));
        // Several at once, each with an outcome of its own.
        let (one, other) = (make(&admin, json!({ "name": "One" })).await, make(&admin, json!({ "name": "Other" })).await);
        admin.client.run(MOVE, json!({ "id": other, "status": "CONVERTED" })).await.ok();
        let several = "mutation($ids: [ID!]!) { setLeadStatuses(input: { leadIds: $ids, status: CONTACTED }) { outcomes { isDone lead { \
            status } errors { code path } } errors { code } } }";
        let done = admin.client.run(several, json!({ "ids": [one, other] })).await.ok();
        assert_eq!(done.data("setLeadStatuses.outcomes.0"), &json!({ "isDone": true, "lead": { "status": "CONTACTED" }, "errors": [] }));
        assert_eq!(done.data("setLeadStatuses.outcomes.1.isDone"), &json!(false));
        let history = "query($id: ID!) { lead(id: $id) { history { nodes { action oldValue newValue actor { id } } } } }";
        let history = admin.client.run(history, json!({ "id": one })).await.ok();
        assert_eq!(
            history.data("lead.history.nodes.1"),
            &json!({ "action": "STATUS_CHANGED", "oldValue": "NEW", "newValue": "CONTACTED", "actor": { "id": admin.id } })
        );
    }
}

both! {
    /// Who sees whose leads; whom they can be given to; whose they are when somebody leaves.
    async fn a_lead_is_somebodys(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Sales", &["VIEW_LEADS", "MANAGE_LEADS", "SEE_ASSIGNED", "VIEW_STAFF"]).await;
        let sam = colleague(&desk, &admin, "sam", &role, json!({})).await;
        let ana = desk.colleague("ana@example.com", "Ana", "ANALYST").await;
        let lead = make(&admin, json!({ "name": "Ada" })).await;
        assert_eq!(names(&sam.client, json!({})).await, [""; 0], "nobody has it");
        let refused = admin.client.run(ASSIGN, json!({ "id": lead, "owner": ana.id })).await;
        assert_eq!(wrong(&refused, "assignLead"), at("input.ownerId", "NOT_AVAILABLE"));
        admin.client.run(ASSIGN, json!({ "id": lead, "owner": sam.id })).await.ok();
        assert_eq!(names(&sam.client, json!({})).await, ["Ada"]);
        let own = make(&sam, json!({ "name": "Own", "ownerId": sam.id })).await;
        assert_eq!(names(&sam.client, json!({})).await, ["Own", "Ada"]);
        sam.client.run(ASSIGN, json!({ "id": own, "owner": null })).await.ok();
        let gone = sam.client.run(FIND, json!({ "id": own })).await.ok();
        assert_eq!(gone.data(""), &json!({ "node": null, "lead": null }));
        assert_eq!(sam.client.run(ASSIGN, json!({ "id": own, "owner": sam.id })).await.error_code(), "NOT_FOUND");
        let why = "query($who: ID!, $id: ID!) { explainAccess(userId: $who, permission: VIEW_LEADS, id: $id) { allowed rule } }";
        for (who, id, rule) in [(&sam, &lead, "SEE_ASSIGNED"), (&sam, &own, "NOT_VISIBLE"), (&admin, &own, "SEE_ALL")] {
            let said = admin.client.run(why, json!({ "who": who.id, "id": id })).await.ok();
            assert_eq!(said.data("explainAccess"), &json!({ "allowed": rule != "NOT_VISIBLE", "rule": rule }));
        }

        let leave = "mutation($id: ID!, $to: ID) { deactivateStaff(input: { staffId: $id, handOverTo: $to }) { errors { message } } }";
        let left = admin.client.run(leave, json!({ "id": sam.id, "to": admin.id })).await;
        if left.json["errors"].is_null() {
            let owner = "query($id: ID!) { lead(id: $id) { owner { id } } }";
            let owner = admin.client.run(owner, json!({ "id": lead })).await.ok();
            assert_eq!(owner.string("lead.owner.id"), admin.id);
        }
    }
}

both! {
    /// What somebody wrote, said or booked becomes one lead, and says so.
    async fn a_message_becomes_a_lead_once(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let message = desk.message("Ada Lovelace", "What does it cost?").await;
        let made = admin.client.run(FROM, json!({ "id": message })).await.ok();
        let lead = made.string("createLeadFrom.lead.id");
        assert_eq!(made.string("createLeadFrom.lead.name"), "Ada Lovelace");
        assert_eq!(made.data("createLeadFrom.lead.source"), &json!({ "__typename": "Message", "id": message }));
        assert_eq!(made.string("createLeadFrom.lead.sourceKind"), "MESSAGE");
        assert!(!made.data("createLeadFrom.lead.visitor").is_null());
        let became = admin.client.run("query($id: ID!) { message(id: $id) { status convertedTo { id } } }", json!({ "id": message })).await.ok();
        assert_eq!(became.data("message"), &json!({ "status": "CONVERTED", "convertedTo": { "id": lead } }));

        let again = admin.client.run(FROM, json!({ "id": message })).await;
        assert_eq!(wrong(&again, "createLeadFrom"), at("input.source", "NOT_AVAILABLE"));
        assert!(again.user_errors("createLeadFrom")[0].message.contains(&lead), "{again}");
        for (id, code) in [
            ("msg_0190a5f0000070008000000000000000", "NOT_AVAILABLE"),
            ("cnv_0190a5f0000070008000000000000000", "NOT_AVAILABLE"),
            (lead.as_str(), "INVALID_FORMAT"),
            ("x", "INVALID_FORMAT"),
        ] {
            assert_eq!(wrong(&admin.client.run(FROM, json!({ "id": id })).await, "createLeadFrom"), at("input.source", code), "{id}");
        }
        // Two at the same moment are one lead.
        let message = desk.message("Grace Hopper", "Hello?").await;
        let both = tokio::join!(admin.client.run(FROM, json!({ "id": message })), admin.client.run(FROM, json!({ "id": message })));
        let made = [&both.0, &both.1].into_iter().filter(|answer| !answer.json["data"]["createLeadFrom"]["lead"].is_null()).count();
        assert_eq!(made, 1, "{} {}", both.0, both.1);
        // Who does not see messages makes no lead of one.
        let role = make_role(&admin, "Sales", &["VIEW_LEADS", "MANAGE_LEADS", "SEE_ALL"]).await;
        let sam = colleague(&desk, &admin, "sam", &role, json!({})).await;
        let third = desk.message("Alan Turing", "Hello?").await;
        assert_eq!(wrong(&sam.client.run(FROM, json!({ "id": third })).await, "createLeadFrom").1, "NOT_AVAILABLE");
        // And a message can be said to be a lead that is there.
        let converted = admin.client.run(CONVERT, json!({ "input": { "messageId": third, "targetId": lead } })).await.ok();
        assert_eq!(converted.data("convertMessage.message.convertedTo"), &json!({ "__typename": "Lead", "id": lead }));
    }
}

both! {
    /// Who may be one person is found, merged, and taken apart again as it was.
    async fn two_leads_are_one_person(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let ada = make(&admin, json!({ "name": "Ada Lovelace", "email": "ada@example.com", "company": "Acme GmbH" })).await;
        let by_mail = make(&admin, json!({ "name": "A. L.", "email": "ADA@example.com", "phone": "+49 30 12345678", "notes": "Fair",
            "ownerId": admin.id })).await;
        let by_phone = make(&admin, json!({ "name": "Somebody", "phone": "+493012345678" })).await;
        let by_name = make(&admin, json!({ "name": "Lovelace, Ada", "company": "ACME Inc." })).await;
        make(&admin, json!({ "name": "Ada Lovelace", "company": "Umbrella" })).await;
        let duplicates = "query($id: ID!) { lead(id: $id) { possibleDuplicates { lead { id } reason confidence } } }";
        let found = admin.client.run(duplicates, json!({ "id": ada })).await.ok();
        let found: Vec<_> = found.list("lead.possibleDuplicates").iter()
            .map(|one| (one["lead"]["id"].as_str().unwrap().to_owned(), one["reason"].as_str().unwrap().to_owned())).collect();
        assert_eq!(found, [(by_mail.clone(), "EMAIL".to_owned()), (by_name.clone(), "NAME".to_owned())]);
        let found = admin.client.run(duplicates, json!({ "id": by_phone })).await.ok();
        assert_eq!(found.string("lead.possibleDuplicates.0.reason"), "PHONE");
        // B35: what stands behind a plus sign makes no other mailbox, whichever of them one looks at.
        let plain = make(&admin, json!({ "email": "anna@example.org" })).await;
        let tagged = make(&admin, json!({ "email": "Anna+x@example.org" })).await;
        let other = make(&admin, json!({ "email": "anna+fair@example.org" })).await;
        for (one, others) in [(&plain, [&tagged, &other]), (&other, [&plain, &tagged])] {
            let found = admin.client.run(duplicates, json!({ "id": one })).await.ok();
            let mut found: Vec<_> = found.list("lead.possibleDuplicates").iter()
                .map(|one| (one["lead"]["id"].as_str().unwrap().to_owned(), one["reason"].clone())).collect();
            found.sort_by(|one, other| one.0.cmp(&other.0));
            assert_eq!(found, others.map(|other| (other.clone(), json!("EMAIL"))));
        }

        let tag = "mutation { createTag(input: { name: \"fair\", color: \"#336699\" }) { tag { id } errors { message } } }";
        let tag = admin.client.run(tag, Value::Null).await.ok().string("createTag.tag.id");
        let tagged = "mutation($ids: [ID!]!, $tag: ID!) { tagLeads(input: { leadIds: $ids, add: [$tag] }) { outcomes { isDone } errors { \
            message } } }";
        admin.client.run(tagged, json!({ "ids": [by_mail], "tag": tag })).await.ok();
        for (from, into, path) in [(&ada, &ada, "input.intoId")] {
            let refused = admin.client.run(MERGE, json!({ "from": from, "into": into })).await;
            assert_eq!(wrong(&refused, "mergeLeads"), at(path, "NOT_ALLOWED"));
        }
        let merged = admin.client.run(MERGE, json!({ "from": by_mail, "into": ada })).await.ok();
        assert_eq!(
            merged.data("mergeLeads.lead"),
            &json!({ "id": ada, "name": "Ada Lovelace", "email": "ada@example.com", "phone": "+493012345678", "company": "Acme GmbH",
                "notes": "Fair", "owner": { "id": admin.id }, "tags": [{ "name": "fair" }], "mergedFrom": { "nodes": [{ "id": by_mail }] } })
        );
        // Into one that went, out of one that did not, and round in a circle.
        for (from, into, path) in [(&by_phone, &by_mail, "input.intoId"), (&by_mail, &by_phone, "input.fromId"), (&ada, &by_mail, "input.intoId")] {
            let refused = admin.client.run(MERGE, json!({ "from": from, "into": into })).await;
            assert_eq!(wrong(&refused, "mergeLeads"), at(path, "NOT_ALLOWED"));
        }
        let refused = admin.client.run(UNMERGE, json!({ "id": ada })).await;
        assert_eq!(wrong(&refused, "unmergeLead"), at("input.leadId", "NOT_ALLOWED"));
        let refused = admin.client.run(UPDATE, json!({ "input": { "leadId": by_mail, "name": "x" } })).await;
        assert_eq!(wrong(&refused, "updateLead"), at("input.leadId", "NOT_ALLOWED"));
        let refused = admin.client.run(MOVE, json!({ "id": by_mail, "status": "CONTACTED" })).await;
        assert_eq!(wrong(&refused, "setLeadStatus"), at("input.leadId", "NOT_ALLOWED"));
        assert_eq!(names(&admin.client, json!({ "filter": { "text": "A. L." } })).await, [""; 0], "out of the list");
        assert_eq!(names(&admin.client, json!({ "filter": { "text": "A. L." }, "merged": true })).await, ["A. L."]);

        // What was changed since stays; the rest goes back.
        admin.client.run(UPDATE, json!({ "input": { "leadId": ada, "notes": "Fair, and a call" } })).await.ok();
        let back = admin.client.run(UNMERGE, json!({ "id": by_mail })).await.ok();
        assert_eq!(back.data("unmergeLead.lead"), &json!({ "id": by_mail, "mergedInto": null }));
        let whole = "query($id: ID!) { lead(id: $id) { phone notes owner { id } tags { name } } }";
        let one = admin.client.run(whole, json!({ "id": ada })).await.ok();
        assert_eq!(one.data("lead"), &json!({ "phone": null, "notes": "Fair, and a call", "owner": null, "tags": [] }));
        let other = admin.client.run(whole, json!({ "id": by_mail })).await.ok();
        assert_eq!(other.data("lead"), &json!({ "phone": "+493012345678", "notes": "Fair", "owner": { "id": admin.id }, "tags": [{ "name": "fair" }] }));

        // A source that went into another is that one's.
        let message = desk.message("Ada Lovelace", "Hello?").await;
        let lead = admin.client.run(FROM, json!({ "id": message })).await.ok().string("createLeadFrom.lead.id");
        admin.client.run(MERGE, json!({ "from": lead, "into": ada })).await.ok();
        let again = admin.client.run(FROM, json!({ "id": message })).await;
        assert!(again.user_errors("createLeadFrom")[0].message.contains(&ada), "{again}");
        admin.client.run(UNMERGE, json!({ "id": lead })).await.ok();
    }
}
