//! Scorings of leads.

use kernel::{
    Cx,
    id::{LeadId, LeadScoreId},
    record::{Nested, Record},
};
use sea_orm::{Condition, DbBackend, QuerySelect, QueryTrait, entity::prelude::*};

use crate::{
    policy::visible_leads,
    store::{
        leads::lead,
        scores::scoring::{Column, Entity, Model as LeadScoring},
    },
};

impl Record for Entity {
    type Id = LeadScoreId;
    type Row = LeadScoring;
    const WHAT: &'static str = "LeadScoring";
    const ID: Column = Column::Id;

    /// Who sees the lead sees its scorings.
    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        let visible = visible_leads(cx, backend)?;
        let leads = lead::Entity::find().select_only().column(lead::Column::Id).filter(visible).into_query();
        Some(Condition::all().add(Column::LeadId.in_subquery(leads)))
    }
}

/// The scorings of a lead, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ScoringsOf;

impl Nested for ScoringsOf {
    type Parent = LeadId;
    type Of = Entity;
    const NAME: &'static str = "scorings of";
    const PARENT: Column = Column::LeadId;
    const ORDER: Column = Column::ScoredAt;
    const DESCENDING: bool = true;
}
