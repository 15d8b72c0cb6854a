//! API keys as their owners see them.

use chrono::{DateTime, Utc};
use kernel::{
    Cx,
    id::{ApiKeyId, UserId},
    part_of,
    record::{Record, Unique},
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
    const UNIQUE: &'static [Unique<Column>] = &[Unique {
        column: Column::NameFolded,
        field: "name",
        taken: "another of your keys has this name; revoke it first",
    }];

    /// Their own, and with [`MANAGE_API_KEYS`] everybody's.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        if cx.can(MANAGE_API_KEYS) {
            return Some(Condition::all());
        }
        Some(Condition::all().add(Column::UserId.eq(cx.user().ok()?.id)))
    }
}

part_of!(ApiKey: Entity { Id: id, CreatedAt: created_at });

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
