//! After policies, opening hours, holidays or the company's zone changed, the clocks of open tickets are worked out anew.

use kernel::{
    Cx, Result, Tx,
    id::TicketId,
    jobs::{self, Enqueue, Job, Work},
};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::follow::again;
use crate::{
    ports::tickets::{Company, TicketBook},
    store::ticket::{Column, Entity as Tickets, TicketStatus},
};

/// So many tickets at a time.
const TICKETS: u64 = 50;

/// Works out anew the clocks of open tickets. Those of tickets that are over stay as they are.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct RecountClocks {
    /// Those of tickets after this one, all where it is absent.
    pub after: Option<TicketId>,
}

impl Work for RecountClocks {
    const KIND: &'static str = "ticketing.recount_clocks";
}

/// Asks for it, in the transaction that changes what clocks are measured by.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn recount<S: Enqueue>(s: &S, cx: &Cx) -> Result<()> {
    s.enqueue(cx, &RecountClocks::default()).await.map(drop)
}

/// Does some of it, and queues the rest.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn recount_clocks(tx: &Tx, company: &impl Company, cx: &Cx, job: &Job) -> Result<()> {
    let RecountClocks { after } = job.work()?;
    let over = [TicketStatus::Resolved, TicketStatus::Closed];
    let open = Tickets::find().select_only().column(Column::Id).filter(Column::Status.is_not_in(over));
    let mut open = open.order_by_asc(Column::Id).limit(TICKETS);
    if let Some(after) = after {
        open = open.filter(Column::Id.gt(after));
    }
    let tickets: Vec<TicketId> = open.into_tuple().all(tx.conn()).await?;
    // In the order of their ids, as every writer of several takes them.
    for id in &tickets {
        if let Some(ticket) = tx.take_ticket(*id).await? {
            again(tx, company, cx, &ticket, true).await?;
        }
    }
    jobs::finish(tx, job).await?;
    if tickets.len() as u64 == TICKETS {
        tx.enqueue(cx, &RecountClocks { after: tickets.last().copied() }).await?;
    }
    Ok(())
}
