//! Leads who are one person: what is known of them, whose they are and what hangs on them, merged and taken apart again.

use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::leads::{make, wrong};
use super::roles::{colleague, make_role};
use crate::support::{Socket, both};

const MERGE: &str = "mutation($from: ID!, $into: ID!) { mergeLeads(input: { fromId: $from, intoId: $into }) { lead { id scoreValue owner { id } \
    tags { name } } errors { code message path } } }";
const UNMERGE: &str = "mutation($id: ID!) { unmergeLead(input: { leadId: $id }) { lead { id owner { id } } errors { code message path } } }";
const FROM: &str = "mutation($id: ID!) { createLeadFrom(input: { source: $id }) { lead { id } errors { message } } }";
const SCORE: &str =
    "mutation($id: ID!) { scoreLead(input: { leadId: $id }) { lead { scoreValue } errors { message } } }";
const FOLLOW: &str = "subscription($after: String) { leadEvents(after: $after) { type leadId } }";
const MOVE: &str = "mutation($id: ID!, $to: LeadStatus!, $why: String) { setLeadStatus(input: { leadId: $id, status: $to, reason: $why }) { \
    lead { owner { id } } errors { message } } }";
const LEAVE: &str = "mutation($id: ID!) { deactivateStaff(input: { staffId: $id }) { errors { message } } }";

async fn merge(who: &Person, from: &str, into: &str) -> Value {
    let answer = who.client.run(MERGE, json!({ "from": from, "into": into })).await.ok();
    answer.data("mergeLeads.lead").clone()
}

both! {
    /// The lead that goes on is what both were: what the other wrote is on its timeline and counts for its score, until they are parted.
    async fn what_is_known_of_one_is_known_of_both(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let message = desk.message("Ada Lovelace", "What is the price for 20 people? It is urgent, we have a budget.").await;
        let from = admin.client.run(FROM, json!({ "id": message })).await.ok().string("createLeadFrom.lead.id");
        let into = make(&admin, json!({ "name": "Ada King", "email": "ada@king.example" })).await;
        let score = async |id: &str| {
            admin.client.run(SCORE, json!({ "id": id })).await.ok().data("scoreLead.lead.scoreValue").as_i64().expect("a number")
        };
        let (of_from, of_into) = (score(&from).await, score(&into).await);
        assert!(of_from > of_into, "{of_from} {of_into}");
        let things = async || {
            let timeline = "query($id: ID!) { lead(id: $id) { scoreValue timeline(first: 50) { totalCount nodes { item { __typename } } } } }";
            let seen = admin.client.run(timeline, json!({ "id": into })).await.ok();
            let nodes = seen.list("lead.timeline.nodes");
            assert_eq!(seen.data("lead.timeline.totalCount"), &json!(nodes.len()));
            let messages = nodes.iter().filter(|node| node["item"]["__typename"] == "Message").count();
            (messages, seen.data("lead.scoreValue").as_i64().expect("a number"))
        };
        assert_eq!(things().await, (0, of_into));
        let merged = merge(&admin, &from, &into).await;
        let (messages, together) = things().await;
        assert_eq!((messages, merged["scoreValue"].as_i64()), (1, Some(together)));
        assert!(together > of_into, "{together} {of_into}");
        admin.client.run(UNMERGE, json!({ "id": from })).await.ok();
        assert_eq!(things().await, (0, of_into));
    }

    /// Whoever gets a lead by a merge, or loses it by taking one back, hears of it; nobody gets one back who left; and nobody takes apart
    /// what they do not see.
    async fn whose_a_merged_lead_is(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Sales", &["VIEW_LEADS", "MANAGE_LEADS", "VIEW_STAFF", "SEE_ASSIGNED"]).await;
        let cal = colleague(&desk, &admin, "cal", &role, json!({})).await;
        let mut live = Socket::connect(desk.server.base(), Some(&cal.access)).await;
        live.subscribe("live", FOLLOW, json!({ "after": "0" })).await;
        let mut next = async || {
            let event = live.next(SOON).await.data("leadEvents").clone();
            (event["type"].as_str().expect("a type").to_owned(), event["leadId"].as_str().expect("an id").to_owned())
        };
        let into = make(&admin, json!({ "name": "Ada King" })).await;
        let from = make(&admin, json!({ "name": "Ada Lovelace", "ownerId": cal.id })).await;
        assert_eq!(next().await, ("CREATED".to_owned(), from.clone()));
        assert_eq!(merge(&admin, &from, &into).await["owner"]["id"], cal.id.as_str());
        assert_eq!(next().await, ("MERGED".to_owned(), from.clone()));
        assert_eq!(next().await, ("ASSIGNED".to_owned(), into.clone()));
        admin.client.run(UNMERGE, json!({ "id": from })).await.ok();
        assert_eq!(next().await, ("UNMERGED".to_owned(), from.clone()));
        assert_eq!(next().await, ("LEFT".to_owned(), into.clone()));

        // Into one that is another's: who sees only the first takes nothing apart.
        let admins = make(&admin, json!({ "name": "A. Lovelace", "ownerId": admin.id })).await;
        merge(&admin, &from, &admins).await;
        assert_eq!(cal.client.run(UNMERGE, json!({ "id": from })).await.error_code(), "NOT_FOUND");
        let lost = make(&admin, json!({ "name": "Ada Byron", "ownerId": cal.id })).await;
        admin.client.run(MOVE, json!({ "id": lost, "to": "LOST", "why": "Too dear" })).await.ok();
        admin.client.run(LEAVE, json!({ "id": cal.id })).await.ok();
        let back = admin.client.run(UNMERGE, json!({ "id": from })).await.ok();
        assert_eq!(back.data("unmergeLead.lead.owner"), &Value::Null, "they left");
        let open = admin.client.run(MOVE, json!({ "id": lost, "to": "CONTACTED" })).await.ok();
        assert_eq!(open.data("setLeadStatus.lead.owner"), &Value::Null);
    }

    /// A lead went into one that went into a third since: first that is taken back, then this, and all say what they said.
    async fn a_later_merge_is_taken_back_first(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let one = make(&admin, json!({ "name": "Ada", "phone": "+493012345678" })).await;
        let two = make(&admin, json!({ "name": "Ada King" })).await;
        let three = make(&admin, json!({ "name": "Ada Lovelace" })).await;
        for lead in [&one, &two] {
            admin.client.run(SCORE, json!({ "id": lead })).await.ok();
        }
        merge(&admin, &one, &two).await;
        merge(&admin, &two, &three).await;
        let phones = async || {
            let see = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Lead { phone } } }";
            let seen = admin.client.run(see, json!({ "ids": [one, two, three] })).await.ok();
            seen.list("nodes").iter().map(|lead| lead["phone"].is_string()).collect::<Vec<_>>()
        };
        assert_eq!(phones().await, [true, true, true]);
        let refused = admin.client.run(UNMERGE, json!({ "id": one })).await;
        assert_eq!(wrong(&refused, "unmergeLead"), ("input.leadId".to_owned(), "NOT_ALLOWED".to_owned()));
        let why = refused.user_errors("unmergeLead")[0].message.clone();
        assert!(why.contains("unmerge that first"), "{why}");
        admin.client.run(UNMERGE, json!({ "id": two })).await.ok();
        admin.client.run(UNMERGE, json!({ "id": one })).await.ok();
        assert_eq!(phones().await, [true, false, false]);
    }

    /// A tag that went over and is another tag now is no obstacle; on what went into another nothing more hangs.
    async fn what_hangs_on_a_merged_lead(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let tag = async |name: &str| {
            let make = "mutation($name: String!) { createTag(input: { name: $name, color: \"#336699\" }) { tag { id } errors { message } } }";
            admin.client.run(make, json!({ "name": name })).await.ok().string("createTag.tag.id")
        };
        let (fair, show) = (tag("fair").await, tag("show").await);
        let add = "mutation($of: ID!, $tag: ID!) { addTags(input: { entityId: $of, tagIds: [$tag] }) { tags { name } errors { code message path } } }";
        let (from, into) = (make(&admin, json!({ "name": "Ada" })).await, make(&admin, json!({ "name": "Ada L." })).await);
        admin.client.run(add, json!({ "of": from, "tag": fair })).await.ok();
        assert_eq!(merge(&admin, &from, &into).await["tags"], json!([{ "name": "fair" }]));
        let refused = admin.client.run(add, json!({ "of": from, "tag": show })).await;
        assert_eq!(wrong(&refused, "addTags"), ("input.entityId".to_owned(), "NOT_ALLOWED".to_owned()));
        let note = "mutation($of: ID!) { addInternalNote(input: { entityId: $of, content: \"Call\" }) { errors { code message path } } }";
        let refused = admin.client.run(note, json!({ "of": from })).await;
        assert_eq!(wrong(&refused, "addInternalNote"), ("input.entityId".to_owned(), "NOT_ALLOWED".to_owned()));
        let one = "mutation($from: ID!, $into: ID!) { mergeTags(input: { fromId: $from, intoId: $into }) { tag { id } errors { message } } }";
        admin.client.run(one, json!({ "from": fair, "into": show })).await.ok();
        let back = admin.client.run(UNMERGE, json!({ "id": from })).await.ok();
        assert_eq!(back.string("unmergeLead.lead.id"), from);
        admin.client.run(note, json!({ "of": from })).await.ok();
    }
}
