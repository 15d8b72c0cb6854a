//! Invitations as a list and by id.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Result,
    id::InvitationId,
    record::{Field, Record},
};
use sea_orm::{Condition, DbBackend, entity::prelude::*, sea_query::ExprTrait};

use crate::{
    policy::MANAGE_STAFF,
    store::invitations::invitation::{Column, Entity, InvitationStatus, Model as Invitation},
};

impl Record for Entity {
    type Id = InvitationId;
    type Row = Invitation;
    const WHAT: &'static str = "Invitation";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(MANAGE_STAFF)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(MANAGE_STAFF).then(Condition::all)
    }
}

/// By when they were made.
pub const INVITATIONS_BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);

/// Those in one of these states at an instant.
pub fn invitations_in(statuses: &[InvitationStatus], now: DateTime<Utc>) -> Condition {
    let open = || Condition::all().add(Column::AcceptedAt.is_null()).add(Column::RevokedAt.is_null());
    let one = |status: &InvitationStatus| match status {
        InvitationStatus::Pending => open().add(Column::ExpiresAt.gt(now)),
        InvitationStatus::Expired => open().add(Column::ExpiresAt.lte(now)),
        InvitationStatus::Accepted => Condition::all().add(Column::AcceptedAt.is_not_null()),
        InvitationStatus::Revoked => Condition::all().add(Column::RevokedAt.is_not_null()),
    };
    let none = Condition::any().add(Expr::val(1).eq(0));
    statuses.iter().map(one).fold(none, Condition::add)
}

/// Those of somebody with exactly this address, in any case.
pub fn invitations_of(email: &str) -> Condition {
    // What is no address is nobody's.
    Condition::all().add(Column::Email.eq(kernel::text::email(email).unwrap_or_default()))
}
