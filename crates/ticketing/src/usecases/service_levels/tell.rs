//! The timer: what is nearly over and what is over is told once.

use kernel::{Cx, Result, Tx, db::Emit};

use crate::{
    domain::service_levels::{
        clock::{Clock, ClockKind, Measure, Told},
        events::{ServiceLevelBreached, ServiceLevelWarned, TicketDue},
    },
    ports::{
        service_levels::ClockBook,
        tickets::{Company, TicketBook},
    },
    queries::service_levels::NextClock,
};

/// Tells of a clock what there is to tell now. It is worked out anew first, and noted in the same transaction: two who look at
/// once, or again after a crash, tell it once.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away; then nothing is lost.
pub async fn tell_clock(tx: &Tx, company: &impl Company, cx: &Cx, next: NextClock) -> Result<()> {
    // Whoever changes the ticket works on its clocks too.
    if tx.take_ticket(next.ticket).await?.is_none() {
        return Ok(());
    }
    let clocks = tx.clocks(next.ticket).await?;
    let Some(before) = clocks.into_iter().find(|clock| clock.id == next.clock) else { return Ok(()) };
    let mut after = before.clone();
    if before.kind == ClockKind::Due {
        after.compute(Measure { calendar: None }, &[], cx.now);
    } else {
        let pauses = tx.pauses(next.ticket).await?;
        let calendar = if before.business_hours { Some(company.working_times().await?) } else { None };
        after.compute(before.measure(calendar.as_ref()), &pauses, cx.now);
    }
    if let Some(what) = after.tell(cx.now) {
        told(tx, cx, &after, what);
    }
    tx.save_clocks(&[before], &[after]).await
}

/// Announces that a clock is nearly over, or over.
pub(super) fn told<S: Emit>(s: &S, cx: &Cx, clock: &Clock, what: Told) {
    let (ticket, kind, policy, due_at) = (clock.ticket_id, clock.kind, clock.policy_id, clock.due_at);
    match (what, kind) {
        (_, ClockKind::Due) => s.emit(cx, &TicketDue { ticket, due_at, is_over: what == Told::Breached }),
        (Told::Warned, _) => s.emit(cx, &ServiceLevelWarned { ticket, kind, policy, due_at }),
        (Told::Breached, _) => s.emit(cx, &ServiceLevelBreached { ticket, kind, policy, due_at }),
    }
}
