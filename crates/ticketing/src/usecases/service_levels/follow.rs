//! The clocks of a ticket follow it, in the transaction that changes it.

use kernel::{Cx, Result, db::Emit};

use super::tell::told;
use crate::{
    domain::service_levels::{
        clock::{Clock, ClockKind, Told, stands_still},
        follow::{Clocks, matters},
        policy::{ServiceLevelPolicy, policy_of},
    },
    ports::{service_levels::ClockBook, tickets::Company},
    store::{comments::comment::CommentSender, service_levels::pause::Model as Pause, ticket::Model as Ticket},
};

/// The policy of a ticket. Whose it is is looked at where a policy asks for it.
async fn promised<'a>(
    company: &impl Company,
    policies: &'a [ServiceLevelPolicy],
    ticket: &Ticket,
) -> Result<Option<&'a ServiceLevelPolicy>> {
    let asks = policies.iter().any(|policy| policy.tiers.is_some());
    let tier = match ticket.requester_id.filter(|_| asks) {
        Some(client) => company.tier_of(client).await?,
        None => None,
    };
    Ok(policy_of(policies, ticket, tier))
}

/// Sets the clocks of a new ticket.
pub(crate) async fn follow_new<S: ClockBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    ticket: &Ticket,
) -> Result<()> {
    let policies = s.policies().await?;
    let policy = promised(company, &policies, ticket).await?;
    if policy.is_none() && ticket.due_at.is_none() {
        return Ok(());
    }
    let mut clocks = Clocks { ticket, policy, now: cx.now, clocks: Vec::new() };
    clocks.follow(false, || cx.new_id());
    save(s, company, cx, &[], clocks.clocks, &[]).await
}

/// Lets the clocks of a ticket follow a change of it; whoever changes it holds it until the transaction ends.
pub(crate) async fn follow_ticket<S: ClockBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    before: &Ticket,
    after: &Ticket,
) -> Result<()> {
    if !matters(before, after) {
        return Ok(());
    }
    if before.status != after.status {
        if stands_still(before.status) {
            s.end_pause(after.id, cx.now).await?;
        }
        if stands_still(after.status) {
            let (from_at, status) = (cx.now, after.status);
            s.begin_pause(&Pause { ticket_id: after.id, from_at, until_at: None, status }).await?;
        }
    }
    again(s, company, cx, after, false).await
}

/// Works out anew what the clocks of a ticket are to be. Where it is `quiet`, nobody is told of what was over already when its
/// clock was set, or when it was owed again.
pub(super) async fn again<S: ClockBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    ticket: &Ticket,
    quiet: bool,
) -> Result<()> {
    let (policies, before) = (s.policies().await?, s.clocks(ticket.id).await?);
    let policy = promised(company, &policies, ticket).await?;
    if before.is_empty() && policy.is_none() && ticket.due_at.is_none() {
        return Ok(());
    }
    let pauses = s.pauses(ticket.id).await?;
    // Asked only where it decides: a first answer is promised and has no clock, and somebody said something.
    let kind = ClockKind::FirstResponse;
    let is_new = !before.iter().any(|clock| clock.kind == kind);
    let asks =
        is_new && ticket.last_replied_at.is_some() && policy.is_some_and(|policy| policy.minutes(kind).is_some());
    let answered = asks && s.is_answered(ticket.id).await?;
    let mut clocks = Clocks { ticket, policy, now: cx.now, clocks: before.clone() };
    clocks.follow(answered, || cx.new_id());
    let mut after = clocks.clocks;
    measure(company, cx, &before, &mut after, &pauses).await?;
    if quiet {
        let new = |clock: &&mut Clock| !before.iter().any(|known| known.id == clock.id && !known.is_suspended());
        after.iter_mut().filter(new).for_each(|clock| clock.hush(cx.now));
    }
    store(s, cx, &before, after).await
}

/// What a public comment does to the clocks of the ticket that it stands on, as the ticket is then; internal ones do nothing.
pub(crate) async fn commented<S: ClockBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    ticket: &Ticket,
    sender: CommentSender,
) -> Result<()> {
    let (policies, before) = (s.policies().await?, s.clocks(ticket.id).await?);
    let policy = promised(company, &policies, ticket).await?;
    if before.is_empty() && policy.is_none() {
        return Ok(());
    }
    let pauses = s.pauses(ticket.id).await?;
    let mut clocks = Clocks { ticket, policy, now: cx.now, clocks: before.clone() };
    clocks.commented(sender, cx.new_id());
    save(s, company, cx, &before, clocks.clocks, &pauses).await
}

async fn save<S: ClockBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    before: &[Clock],
    mut after: Vec<Clock>,
    pauses: &[Pause],
) -> Result<()> {
    measure(company, cx, before, &mut after, pauses).await?;
    store(s, cx, before, after).await
}

/// Works out how long each has run and when it is due; what has ended stays as it was.
async fn measure(
    company: &impl Company,
    cx: &Cx,
    before: &[Clock],
    after: &mut [Clock],
    pauses: &[Pause],
) -> Result<()> {
    let ended = |clock: &Clock| before.iter().any(|known| known == clock && !known.is_open());
    let mut calendar = None;
    for clock in after.iter_mut().filter(|clock| !ended(clock)) {
        if clock.business_hours && calendar.is_none() && clock.kind != ClockKind::Due {
            calendar = Some(company.working_times().await?);
        }
        clock.compute(clock.measure(calendar.as_ref()), pauses, cx.now);
    }
    Ok(())
}

/// Writes them, and tells of those that were met when they were over already and nobody had said so.
async fn store<S: ClockBook + Emit>(s: &S, cx: &Cx, before: &[Clock], mut after: Vec<Clock>) -> Result<()> {
    let was_open = |clock: &Clock| before.iter().any(|known| known.id == clock.id && known.is_open());
    for clock in after.iter_mut().filter(|clock| !clock.is_open() && was_open(clock)) {
        if clock.came_late(cx.now) {
            told(s, cx, clock, Told::Breached);
        }
    }
    s.save_clocks(before, &after).await
}
