//! A person decides how they want to be told of a type.

use kernel::{Cx, Result, Tx, db::Emit};
use sea_orm::{ActiveValue::Set, EntityTrait, QueryFilter, entity::prelude::*, sea_query::OnConflict};

use crate::{
    domain::notifications::{events::NotificationPreferenceSet, notification::NotificationType},
    policy::in_session,
    queries::notifications::feed::Preference,
    store::notifications::notification_preference::{ActiveModel, Column, Entity},
};

/// Stores what the actor decided about a type; what is absent stays as it is.
///
/// # Errors
/// [`kernel::Error::Unauthenticated`] when nobody is signed in; [`kernel::Error::Forbidden`] for an API key.
pub async fn set_notification_preference(
    tx: &Tx,
    cx: &Cx,
    kind: NotificationType,
    email: Option<bool>,
    teams: Option<bool>,
) -> Result<Preference> {
    let user = in_session(cx, &[])?.id;
    let decided = Entity::find().filter(Column::UserId.eq(user)).filter(Column::Kind.eq(kind)).one(tx.conn()).await?;
    let before = match decided {
        Some(row) => Preference { kind, email: row.email, teams: row.teams },
        None => Preference::usual(kind),
    };
    let after = Preference { kind, email: email.unwrap_or(before.email), teams: teams.unwrap_or(before.teams) };
    let row = ActiveModel {
        user_id: Set(user),
        kind: Set(kind),
        email: Set(after.email),
        teams: Set(after.teams),
        updated_at: Set(cx.now),
    };
    let known = OnConflict::columns([Column::UserId, Column::Kind])
        .update_columns([Column::Email, Column::Teams, Column::UpdatedAt])
        .to_owned();
    Entity::insert(row).on_conflict(known).exec_without_returning(tx.conn()).await?;
    let (from, to) = ((before.email, before.teams), (after.email, after.teams));
    tx.emit(cx, &NotificationPreferenceSet { user, kind, from, to });
    Ok(after)
}
