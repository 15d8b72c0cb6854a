//! The one place where tickets are written, and their history with them.

use chrono::Datelike;
use kernel::{
    Cx, Result,
    db::Emit,
    id::{TicketId, UserId},
    record::{self, Records},
};

use crate::{
    domain::tickets::{
        difference::{Difference, differences, is_seen_by_clients},
        events::{TicketAssigned, TicketCreated},
    },
    ports::tickets::{Company, TicketBook},
    store::{
        ticket::{Entity as Tickets, Model as Ticket},
        tickets::change::{Model as TicketChange, TicketAction, TicketField},
    },
    usecases::service_levels::{follow_new, follow_ticket},
};

/// Who acts, as the history names them.
pub(crate) fn actor(cx: &Cx) -> Option<UserId> {
    cx.person().ok().map(|person| person.id)
}

/// A row of the history.
pub(crate) fn change(cx: &Cx, ticket: TicketId, action: TicketAction, of: Option<Difference>) -> TicketChange {
    let (field, old_value, new_value) = of.map_or((None, None, None), |of| (Some(of.field), of.old, of.new));
    let (id, user_id) = (cx.new_id(), actor(cx));
    TicketChange { id, ticket_id: ticket, user_id, action, field, old_value, new_value, created_at: cx.now }
}

/// Notes what is no value of a ticket itself: who watches it, what it is tied to, its tags and files.
pub(crate) async fn note<S: TicketBook>(
    s: &S,
    cx: &Cx,
    ticket: TicketId,
    action: TicketAction,
    field: TicketField,
    values: (Option<String>, Option<String>),
) -> Result<()> {
    let (old, new) = values;
    s.note_changes(vec![change(cx, ticket, action, Some(Difference { field, old, new }))]).await
}

/// Writes what changed of a ticket, and each value of it into its history; returns the ticket as it is then, and what differs.
/// What is open again goes back to nobody where whoever had it is not there any more.
pub(crate) async fn keep<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    before: &Ticket,
    after: Ticket,
    action: TicketAction,
) -> Result<(Ticket, Vec<Difference>)> {
    let mut after = after.consistent();
    let opens = before.status.is_over() && !after.status.is_over();
    let is_left = opens && !company.is_staffed(cx, &after.holder()).await?;
    if is_left {
        (after.assignee_id, after.team_id) = (None, None);
    }
    if is_seen_by_clients(before, &after) {
        after.shown_at = cx.now;
    }
    let after = record::change(s, cx, before, after).await?;
    let differ = differences(before, &after);
    if differ.iter().any(|one| matches!(one.field, TicketField::Title | TicketField::Description)) {
        s.index_ticket(&after).await?;
    }
    let done = |field| match field {
        TicketField::Assignee | TicketField::Team => TicketAction::Assigned,
        _ => action,
    };
    s.note_changes(differ.iter().map(|one| change(cx, after.id, done(one.field), Some(one.clone()))).collect()).await?;
    follow_ticket(s, company, cx, before, &after).await?;
    if is_left {
        let (from, from_team) = (before.assignee_id, before.team_id);
        s.emit(cx, &TicketAssigned { ticket: after.id, from, from_team, to: None, to_team: None });
    }
    Ok((after, differ))
}

/// Adds a ticket under the next number of the year where the company is, begins its history and tells of it.
pub(crate) async fn make<S: TicketBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    ticket: Ticket,
    follows: Option<TicketId>,
) -> Result<Ticket> {
    let year = cx.now.with_timezone(&company.time_zone().await?).year();
    let ticket = s.add_ticket(ticket.consistent(), year).await?;
    s.note_changes(vec![change(cx, ticket.id, TicketAction::Created, None)]).await?;
    follow_new(s, company, cx, &ticket).await?;
    s.emit(cx, &TicketCreated::of(&ticket, follows));
    Ok(ticket)
}
