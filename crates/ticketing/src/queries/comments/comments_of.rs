//! Comments as those see them who see their tickets.

use kernel::{
    Cx, Result,
    id::{TicketCommentId, TicketId},
    record::{Nested, Record},
};
use sea_orm::{Condition, DbBackend, QuerySelect, QueryTrait, entity::prelude::*};

use crate::{
    policy::{VIEW_TICKETS, is_client, sees_tickets, visible_tickets},
    store::{
        comments::comment::{Column, CommentVisibility, Entity, Model as TicketComment},
        ticket,
    },
};

/// What the actor sees of the comments of tickets that they see: of a client's what is public.
pub(crate) fn of_seen(cx: &Cx) -> Condition {
    let all = Condition::all();
    if is_client(cx) { all.add(Column::Visibility.eq(CommentVisibility::Public)) } else { all }
}

impl Record for Entity {
    type Id = TicketCommentId;
    type Row = TicketComment;
    const WHAT: &'static str = "TicketComment";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);

    fn may_list(cx: &Cx) -> Result<()> {
        if is_client(cx) { Ok(()) } else { cx.require(VIEW_TICKETS) }
    }

    /// Those of the tickets that the actor may see.
    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        let tickets = ticket::Entity::find().select_only().column(ticket::Column::Id);
        let tickets = tickets.filter(visible_tickets(cx, backend)?).into_query();
        Some(of_seen(cx).add(Column::TicketId.in_subquery(tickets)))
    }
}

/// The comments of a ticket, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CommentsOf;

impl Nested for CommentsOf {
    type Parent = TicketId;
    type Of = Entity;
    const NAME: &'static str = "comments";
    const PARENT: Column = Column::TicketId;
    const ORDER: Column = Column::CreatedAt;

    /// Whoever sees a ticket sees what is said on it, a client what is public.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_tickets(cx).map(|_| of_seen(cx))
    }
}
