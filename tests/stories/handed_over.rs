//! Whoever gets a chat or a consultation hears of it, by what they follow and by what they are told.

use serde_json::{Value, json};

use super::bookings::{book, daily, day, open, service, slots};
use super::chats::{TRANSFER, begin, claim};
use super::desk::{Desk, Person, SOON};
use super::leads::make;
use super::roles::{colleague, make_role, run};
use super::tickets::{of_role, plain};
use crate::support::{Socket, both, until};

const QUEUE: &str = "subscription { chatQueueEvents(after: \"0\") { change chatId chat { id } } }";

/// Until somebody was told exactly this of a thing, so many times.
async fn told(who: &Person, kind: &str, of: &str, times: usize) {
    let feed = "{ notifications(first: 20) { nodes { type resourceId } } }";
    let what = json!({ "type": kind, "resourceId": of });
    until("told", SOON, async || {
        let found = who.client.run(feed, Value::Null).await.ok();
        (found.list("notifications.nodes").iter().filter(|node| **node == what).count() == times).then_some(())
    })
    .await;
}

/// Somebody who follows the queue.
async fn follows(desk: &Desk, who: &Person) -> Socket {
    let mut socket = Socket::connect(desk.server.base(), Some(&who.access)).await;
    socket.subscribe("queue", QUEUE, json!({})).await;
    socket
}

both! {
    /// A chat goes from one colleague to another, and on to a third when the second leaves: each who gets it hears of it in
    /// the queue that they follow, though it never waited there, and is told.
    async fn whoever_gets_a_chat_hears_of_it(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own chats", &["VIEW_CHATS", "MANAGE_CHATS", "SEE_ASSIGNED"]).await;
        let ann = colleague(&desk, &admin, "ann", &role, json!({})).await;
        let ben = colleague(&desk, &admin, "ben", &role, json!({})).await;
        let chat = begin(&desk, "Vera", "Hello?").await;
        claim(&admin, &chat.id).await.ok();
        let (mut anns, mut bens) = (follows(&desk, &ann).await, follows(&desk, &ben).await);
        let heard = json!({ "change": "MOVED", "chatId": chat.id, "chat": { "id": chat.id } });
        run(&admin, TRANSFER, json!({ "input": { "chatId": chat.id, "assigneeId": ann.id } })).await;
        assert_eq!(anns.next(SOON).await.data("chatQueueEvents"), &heard);
        told(&ann, "CHAT_ASSIGNED", &chat.id, 1).await;
        let leaves = "mutation($id: ID!, $to: ID!) { deactivateStaff(input: { staffId: $id, handOverTo: $to }) { errors { code } } }";
        run(&admin, leaves, json!({ "id": ann.id, "to": ben.id })).await;
        assert_eq!(bens.next(SOON).await.data("chatQueueEvents"), &heard, "of what was before he hears nothing");
        told(&ben, "CHAT_ASSIGNED", &chat.id, 1).await;
    }

    /// Somebody leaves, and who is named to get their work may see none of it: it is nobody's then, and others see that.
    async fn work_that_its_heir_would_not_see_is_nobodys(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let nils = desk.colleague("nils@example.com", "Nils", "ANALYST").await;
        let message = desk.message("Vera", "Is anybody there?").await;
        let lead = make(&admin, json!({ "name": "Vera" })).await;
        run(&admin, "mutation($id: ID!, $to: ID!) { assignMessage(input: { messageId: $id, assigneeId: $to }) { errors { message } } }", json!({ "id": message, "to": bea.id })).await;
        run(&admin, "mutation($id: ID!, $to: ID!) { assignLead(input: { leadId: $id, ownerId: $to }) { errors { message } } }", json!({ "id": lead, "to": bea.id })).await;
        let whose = "query($m: ID!, $l: ID!) { message(id: $m) { assignee { id } } lead(id: $l) { owner { id } } }";
        let whose = async || admin.client.run(whose, json!({ "m": message, "l": lead })).await.ok().json["data"].clone();
        assert_eq!(whose().await, json!({ "message": { "assignee": { "id": bea.id } }, "lead": { "owner": { "id": bea.id } } }));
        let leaves = "mutation($id: ID!, $to: ID!) { deactivateStaff(input: { staffId: $id, handOverTo: $to }) { errors { code } } }";
        run(&admin, leaves, json!({ "id": bea.id, "to": nils.id })).await;
        assert_eq!(whose().await, json!({ "message": { "assignee": null }, "lead": { "owner": null } }));
    }

    /// Whose time is booked is told, and told again when it is called off; who gets it from a colleague is told, too.
    async fn whose_time_is_booked_is_told(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let cid = desk.colleague("cid@example.com", "Cid", "STAFF").await;
        open(&admin, None, daily("09:00", "17:00")).await;
        let advice = service(&admin, json!({ "name": "Advice", "staffIds": [bea.id] })).await;
        let date = day(&admin, 3).await;
        let free = slots(&desk.web, &advice, date, date).await;
        let booked = book(&desk.web, &advice, &free[0]["startsAt"], "Ann", json!({})).await.ok();
        let id = booked.string("bookConsultation.receipt.consultationId");
        told(&bea, "CONSULTATION_ASSIGNED", &id, 1).await;
        let assign = "mutation($id: ID!, $to: ID!) { assignConsultation(input: { consultationId: $id, assigneeId: $to }) { errors { code } } }";
        run(&admin, assign, json!({ "id": id, "to": cid.id })).await;
        told(&cid, "CONSULTATION_ASSIGNED", &id, 1).await;
        let cancel = "mutation($id: ID!) { cancelConsultation(input: { consultationId: $id }) { errors { code } } }";
        run(&admin, cancel, json!({ "id": id })).await;
        told(&cid, "CONSULTATION_ASSIGNED", &id, 2).await;
        told(&bea, "CONSULTATION_ASSIGNED", &id, 1).await;
    }

    /// Whoever works on tickets and leads gives them to a colleague, and names one in a note, without being shown the list of
    /// colleagues; and what was over and is open again stays with whoever had it.
    async fn whoever_gives_work_need_not_see_colleagues(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let may = ["VIEW_TICKETS", "MANAGE_TICKETS", "VIEW_LEADS", "MANAGE_LEADS", "VIEW_MESSAGES", "MANAGE_MESSAGES", "SEE_ALL"];
        let dan = of_role(&desk, &admin, "dan", &may).await;
        let ticket = plain(&dan.client, "Leaking").await;
        let watch = "mutation($id: ID!, $who: ID!) { watchTicket(input: { ticketId: $id, userId: $who }) { errors { message } } }";
        run(&dan, watch, json!({ "id": ticket, "who": bea.id })).await;
        let assign = "mutation($id: ID!, $to: ID!) { assignTicket(input: { ticketId: $id, assigneeId: $to }) { errors { message } } }";
        run(&dan, assign, json!({ "id": ticket, "to": bea.id })).await;
        told(&bea, "TICKET_ASSIGNED", &ticket, 1).await;

        let lead = make(&dan, json!({ "name": "Vera", "ownerId": bea.id })).await;
        let stand = "mutation($id: ID!, $status: LeadStatus!, $reason: String) { setLeadStatus(input: { leadId: $id, \
            status: $status, reason: $reason }) { lead { status } errors { message } } }";
        run(&dan, stand, json!({ "id": lead, "status": "LOST", "reason": "Too dear" })).await;
        run(&dan, stand, json!({ "id": lead, "status": "CONTACTED" })).await;
        let whose = run(&admin, "query($id: ID!) { lead(id: $id) { owner { id } } }", json!({ "id": lead })).await;
        assert_eq!(whose.string("lead.owner.id"), bea.id);

        let message = desk.message("Ann", "Hello").await;
        let note = "mutation($id: ID!, $who: ID!) { addInternalNote(input: { entityId: $id, content: \"Look\", mentions: [$who] }) { \
            internalNote { id } errors { message } } }";
        let noted = run(&dan, note, json!({ "id": message, "who": bea.id })).await.string("addInternalNote.internalNote.id");
        told(&bea, "MENTIONED", &noted, 1).await;
        let refused = dan.client.run("{ staffMembers { nodes { id } } }", Value::Null).await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
    }
}
