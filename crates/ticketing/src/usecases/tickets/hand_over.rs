//! A colleague leaves, and their open tickets go to another, or back to nobody.

use kernel::{Cx, Result, db::Emit, id::StaffId, record::Records};

use super::assign_ticket::handed;
use crate::{
    ports::tickets::{Company, TicketBook},
    store::ticket::{Entity as Tickets, Model as Ticket},
};

/// Hands over every open ticket that `from` has, whoever may see it, and returns how many that were. Part of deactivating
/// somebody, which is what needs the permission.
pub async fn hand_over<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    from: StaffId,
    to: Option<StaffId>,
) -> Result<u64> {
    let open = s.open_tickets_of(from).await?;
    let count = open.len() as u64;
    for before in open {
        let after = Ticket { assignee_id: to, ..before.clone() };
        handed(s, company, cx, before, after).await?;
    }
    Ok(count)
}
