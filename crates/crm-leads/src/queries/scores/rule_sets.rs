//! Rules that leads are scored by.

use kernel::{
    Cx, Result,
    id::ScoreRuleSetId,
    record::{Field, Record, Told},
};
use sea_orm::{Condition, DbBackend};

use crate::{
    domain::leads::events::LEADS,
    policy::{VIEW_LEADS, visible_leads},
    store::scores::rule_set::{Column, Entity, Model as ScoreRuleSet},
};

impl Record for Entity {
    type Id = ScoreRuleSetId;
    type Row = ScoreRuleSet;
    const WHAT: &'static str = "ScoreRuleSet";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_LEADS)
    }

    /// Who sees leads may know what they are scored by.
    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        visible_leads(cx, backend).map(|_| Condition::all())
    }
}

impl Told for Entity {
    const KIND: &'static str = "score_rule_set.saved";
    const TOPIC: &'static str = LEADS;
    const VALUES: &'static [Column] =
        &[Column::Number, Column::Description, Column::State, Column::Rules, Column::WarmFrom, Column::HotFrom];
}

/// By whether they are used.
pub const BY_STATE: Field<Column> = Field::new("state", &[Column::State]);
