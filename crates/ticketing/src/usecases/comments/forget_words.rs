//! Tickets are found by what clients said on them no more once those are erased.

use kernel::{
    Result, Tx,
    db::search,
    id::{TicketId, UserId},
};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

use crate::{
    ports::tickets::TicketBook,
    store::{
        comments::{
            board::spoken_by_others,
            comment::{Column, CommentSender, CommentVisibility, Entity},
        },
        ticket::Entity as Tickets,
    },
};

/// Makes the words anew of the tickets of others on which these clients commented, without theirs; their own tickets go. Part of
/// erasing somebody, which is what needs the permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn forget_words(tx: &Tx, clients: &[UserId]) -> Result<()> {
    let on = Entity::find()
        .select_only()
        .column(Column::TicketId)
        .distinct()
        .filter(Column::AuthorId.is_in(clients.iter().copied()))
        .filter(Column::Sender.eq(CommentSender::Client))
        .filter(Column::Visibility.eq(CommentVisibility::Public))
        .order_by_asc(Column::TicketId);
    for id in on.into_tuple::<TicketId>().all(tx.conn()).await? {
        let Some(ticket) = tx.take_ticket(id).await? else { continue };
        if ticket.requester_id.is_some_and(|whose| clients.contains(&whose.into())) {
            continue;
        }
        let said = spoken_by_others(tx, id, clients).await?;
        let texts = ticket.texts().into_iter().chain(said.iter().map(String::as_str));
        search::index_one::<Tickets>(tx.conn(), id, texts).await?;
    }
    Ok(())
}
