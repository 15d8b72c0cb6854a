//! API keys as their owners see them.

use chrono::{DateTime, Utc};
use kernel::{
    Cx,
    id::{ApiKeyId, UserId},
    part_of,
    record::Record,
};
use sea_orm::{Condition, DbBackend, entity::prelude::*};

use crate::{
    domain::api_keys::ApiKey,
    policy::MANAGE_API_KEYS,
    store::api_keys::api_key::{Column, Entity},
};

impl Record for Entity {
    type Id = ApiKeyId;
    type Row = ApiKey;
    const WHAT: &'static str = "ApiKey";
    const ID: Column = Column::Id;

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        Some(visible_keys(cx))
    }
}

part_of!(ApiKey: Entity { Id: id, CreatedAt: created_at });

/// The keys that the actor may see: their own, and with [`MANAGE_API_KEYS`] everybody's.
pub(crate) fn visible_keys(cx: &Cx) -> Condition {
    if cx.can(MANAGE_API_KEYS) {
        return Condition::all();
    }
    Condition::all().add(Column::UserId.is_in(cx.user().ok().map(|user| user.id)))
}

/// Whom they act for.
pub fn keys_of(owner: UserId) -> Condition {
    Condition::all().add(Column::UserId.eq(owner))
}

/// Whether they are good at this instant: neither revoked nor ended. Whether their owner may sign in is not asked.
pub fn good_keys(good: bool, now: DateTime<Utc>) -> Condition {
    let unended = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now));
    let all = Condition::all().add(Column::RevokedAt.is_null()).add(unended);
    if good { all } else { all.not() }
}
