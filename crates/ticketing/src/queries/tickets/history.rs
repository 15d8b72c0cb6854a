//! What happened to tickets.

use kernel::{
    Cx,
    id::{TicketChangeId, TicketId},
    record::{Nested, Record},
};
use sea_orm::{Condition, DbBackend, entity::prelude::*};

use crate::{
    domain::tickets::difference::SHOWN_TO_CLIENTS,
    policy::is_client,
    store::tickets::change::{Column, Entity, Model as TicketChange},
};

impl Record for Entity {
    type Id = TicketChangeId;
    type Row = TicketChange;
    const WHAT: &'static str = "TicketChange";
    const ID: Column = Column::Id;

    /// Whoever asks has found the ticket; a client is shown only what they may see of it.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        if !is_client(cx) {
            return Some(Condition::all());
        }
        let shown = Condition::any().add(Column::Field.is_in(SHOWN_TO_CLIENTS));
        Some(shown.add(Column::Field.is_null()))
    }
}

/// What happened to a ticket, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct History;

impl Nested for History {
    type Parent = TicketId;
    type Of = Entity;
    const NAME: &'static str = "history of";
    const PARENT: Column = Column::TicketId;
    const ORDER: Column = Column::CreatedAt;
}
