//! A colleague leaves, and their open tickets go to another, or back to nobody.

use kernel::{Cx, Result, db::Emit, id::StaffId, record::Records, visibility::Holder};

use super::assign_ticket::handed;
use crate::{
    ports::tickets::{Company, People, TicketBook},
    store::ticket::{Entity as Tickets, Model as Ticket},
};

/// Gives back to nobody every open ticket of a colleague who sees none of theirs any more, as after another role, and returns how many
/// that were. Part of changing what somebody may, which is what needs the permission.
pub async fn hand_back<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    house: &(impl People + Company),
    cx: &Cx,
    from: StaffId,
) -> Result<u64> {
    let theirs = Holder { assignee: Some(from), ..Holder::default() };
    if house.would_see(cx, from.into(), &theirs).await? {
        return Ok(0);
    }
    hand_over(s, house, cx, from, None).await
}

/// The same for every colleague, as after a role of several has changed.
pub async fn hand_back_unseen<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    house: &(impl People + Company),
    cx: &Cx,
) -> Result<()> {
    for staff in s.who_has_open_tickets().await? {
        hand_back(s, house, cx, staff).await?;
    }
    Ok(())
}

/// Hands over every open ticket that `from` has, whoever may see it, and returns how many that were; where `to` would not see
/// them, they go back to nobody. Part of deactivating somebody, which is what needs the permission.
pub async fn hand_over<S: Records<Tickets> + TicketBook + Emit>(
    s: &S,
    house: &(impl People + Company),
    cx: &Cx,
    from: StaffId,
    to: Option<StaffId>,
) -> Result<u64> {
    let open = s.open_tickets_of(from).await?;
    let count = open.len() as u64;
    let heir = match to.filter(|_| count > 0) {
        Some(to) => {
            let theirs = Holder { assignee: Some(to), ..Holder::default() };
            house.would_see(cx, to.into(), &theirs).await?.then_some(to)
        }
        None => None,
    };
    for before in open {
        let after = Ticket { assignee_id: heir, ..before.clone() };
        handed(s, house, cx, before, after).await?;
    }
    Ok(count)
}
