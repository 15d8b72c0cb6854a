//! Leads, live, in people's notifications, and on one timeline.

use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::leads::make;
use super::roles::{colleague, make_role};
use crate::support::{Socket, both, until};

const FOLLOW: &str = "subscription($lead: ID, $after: String) { leadEvents(leadId: $lead, after: $after) { sequence type leadId lead { id } \
    actor { id } } }";
const ASSIGN: &str =
    "mutation($id: ID!, $owner: ID) { assignLead(input: { leadId: $id, ownerId: $owner }) { errors { message } } }";
const TOLD: &str = "{ notifications(first: 50) { nodes { type resourceId } } }";

async fn follow(desk: &Desk, who: &Person, variables: Value) -> Socket {
    let mut socket = Socket::connect(desk.server.base(), Some(&who.access)).await;
    socket.subscribe("live", FOLLOW, variables).await;
    socket
}

async fn next(live: &mut Socket) -> Value {
    live.next(SOON).await.data("leadEvents").clone()
}

async fn told(who: &Person) -> Vec<(String, String)> {
    let all = who.client.run(TOLD, Value::Null).await.ok();
    let one = |node: &Value| {
        (node["type"].as_str().unwrap().to_owned(), node["resourceId"].as_str().unwrap_or_default().to_owned())
    };
    all.list("notifications.nodes").iter().map(one).collect()
}

both! {
    /// Somebody hears of what they see and that it left, is told what they got and that it is hot; nobody hears of another's.
    async fn whose_lead_it_is_hears_of_it(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own", &["VIEW_LEADS", "VIEW_STAFF", "SEE_ASSIGNED"]).await;
        let cal = colleague(&desk, &admin, "cal", &role, json!({})).await;
        let mut cals = follow(&desk, &cal, json!({ "after": "0" })).await;
        let hidden = make(&admin, json!({ "name": "Not his" })).await;
        let lead = make(&admin, json!({ "name": "Ada", "notes": "Asks for a price, urgent, has a budget", "phone": "+493012345678",
            "email": "ada@acme.example", "ownerId": cal.id })).await;
        let created = next(&mut cals).await;
        assert_eq!((&created["type"], &created["leadId"]), (&json!("CREATED"), &json!(lead)));
        assert_eq!(created["actor"]["id"], json!(admin.id));
        let score = "mutation($id: ID!) { scoreLead(input: { leadId: $id }) { lead { score } errors { message } } }";
        assert_eq!(admin.client.run(score, json!({ "id": lead })).await.ok().string("scoreLead.lead.score"), "HOT");
        assert_eq!(next(&mut cals).await["type"], json!("SCORED"));
        let twice = async || Some(told(&cal).await).filter(|all| all.len() >= 2);
        let mut all = until("he is told", SOON, twice).await;
        all.sort();
        assert_eq!(all, [("LEAD_ASSIGNED".to_owned(), lead.clone()), ("LEAD_HOT".to_owned(), lead.clone())]);
        admin.client.run(ASSIGN, json!({ "id": lead, "owner": null })).await.ok();
        let left = next(&mut cals).await;
        assert_eq!((&left["type"], &left["lead"]), (&json!("LEFT"), &Value::Null));
        assert_ne!(left["leadId"], json!(hidden));
        assert!(told(&admin).await.is_empty(), "of what one does oneself nobody is told");
    }
}

both! {
    /// What somebody wrote, said, and what was done to the lead are one list, newest first, page by page; and only what one sees.
    async fn everything_that_happened_is_one_list(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let message = desk.message("Ada Lovelace", "What does it cost?").await;
        let from = "mutation($id: ID!) { createLeadFrom(input: { source: $id }) { lead { id email } errors { message } } }";
        let made = admin.client.run(from, json!({ "id": message })).await.ok();
        let (lead, email) = (made.string("createLeadFrom.lead.id"), made.string("createLeadFrom.lead.email"));
        let go = "mutation($id: ID!) { setLeadStatus(input: { leadId: $id, status: CONTACTED }) { errors { message } } scoreLead(input: { \
            leadId: $id }) { errors { message } } }";
        admin.client.run(go, json!({ "id": lead })).await.ok();
        let timeline = "query($id: ID!, $first: Int, $after: String, $last: Int) { lead(id: $id) { timeline(first: $first, after: $after, last: \
            $last) { totalCount pageInfo { endCursor hasNextPage } nodes { at change { action newValue } item { __typename id } } } } }";
        let what = |nodes: &[Value]| -> Vec<String> {
            let one = |node: &Value| {
                let word = |value: &Value| value.as_str().map(str::to_owned);
                word(&node["item"]["__typename"]).or_else(|| word(&node["change"]["action"])).unwrap_or_default()
            };
            nodes.iter().map(one).collect()
        };
        let all = admin.client.run(timeline, json!({ "id": lead })).await.ok();
        assert_eq!(what(all.list("lead.timeline.nodes")), ["LeadScoring", "STATUS_CHANGED", "CREATED", "Message"], "{all} {email}");
        assert_eq!(all.data("lead.timeline.totalCount"), &json!(4));
        let mut paged = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = admin.client.run(timeline, json!({ "id": lead, "first": 1, "after": after })).await.ok();
            paged.extend(what(page.list("lead.timeline.nodes")));
            if page.data("lead.timeline.pageInfo.hasNextPage") == &json!(false) {
                break;
            }
            after = page.data("lead.timeline.pageInfo.endCursor").clone();
        }
        assert_eq!(paged, ["LeadScoring", "STATUS_CHANGED", "CREATED", "Message"]);
        let last = admin.client.run(timeline, json!({ "id": lead, "last": 2 })).await.ok();
        assert_eq!(what(last.list("lead.timeline.nodes")), ["CREATED", "Message"]);
        let role = make_role(&admin, "Sales", &["VIEW_LEADS", "SEE_ALL"]).await;
        let sam = colleague(&desk, &admin, "sam", &role, json!({})).await;
        let less = sam.client.run(timeline, json!({ "id": lead })).await.ok();
        assert_eq!(what(less.list("lead.timeline.nodes")), ["LeadScoring", "STATUS_CHANGED", "CREATED"]);
    }
}
