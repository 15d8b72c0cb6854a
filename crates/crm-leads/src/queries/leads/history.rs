//! What happened to leads.

use kernel::{
    Cx,
    id::{LeadChangeId, LeadId},
    record::{Nested, Record},
};
use sea_orm::{Condition, DbBackend, QuerySelect, QueryTrait, entity::prelude::*};

use crate::{
    policy::visible_leads,
    store::leads::{
        change::{Column, Entity, Model as LeadChange},
        lead,
    },
};

impl Record for Entity {
    type Id = LeadChangeId;
    type Row = LeadChange;
    const WHAT: &'static str = "LeadChange";
    const ID: Column = Column::Id;

    /// What happened to a lead is seen by who sees the lead.
    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        let visible = visible_leads(cx, backend)?;
        let leads = lead::Entity::find().select_only().column(lead::Column::Id).filter(visible).into_query();
        Some(Condition::all().add(Column::LeadId.in_subquery(leads)))
    }
}

/// What happened to a lead, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct History;

impl Nested for History {
    type Parent = LeadId;
    type Of = Entity;
    const NAME: &'static str = "history of";
    const PARENT: Column = Column::LeadId;
    const ORDER: Column = Column::CreatedAt;
}

/// The same, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HistoryBackward;

impl Nested for HistoryBackward {
    type Parent = LeadId;
    type Of = Entity;
    const NAME: &'static str = "history backward of";
    const PARENT: Column = Column::LeadId;
    const ORDER: Column = Column::CreatedAt;
    const DESCENDING: bool = true;
}
