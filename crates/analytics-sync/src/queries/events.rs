//! Events.

use kernel::{
    Cx, Result,
    id::AnalyticsEventId,
    record::{Field, Record},
};
use sea_orm::{Condition, DbBackend};

use crate::{
    policy::VIEW_ANALYTICS,
    store::event::{Column, Entity, Model as AnalyticsEvent},
};

impl Record for Entity {
    type Id = AnalyticsEventId;
    type Row = AnalyticsEvent;
    const WHAT: &'static str = "AnalyticsEvent";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_ANALYTICS)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_ANALYTICS).then(Condition::all)
    }
}

/// By what happened.
pub const BY_TYPE: Field<Column> = Field::new("type", &[Column::EventType]);
/// By who did it.
pub const BY_VISITOR: Field<Column> = Field::new("visitorId", &[Column::VisitorId]);
/// By what the browser calls its session.
pub const BY_SESSION: Field<Column> = Field::new("sessionId", &[Column::SessionId]);
/// By when it happened.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);
