//! Identity providers, accounts there, and sign-ins under way.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Result,
    crypto::{same, token_hash},
    db::any_of,
    id::{ExternalIdentityId, IdentityProviderId, UserId},
};
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};

use crate::{
    policy::MANAGE_SIGN_IN,
    store::single_sign_on::{external_identity, identity_provider, oidc_sign_in, webhook_delivery},
};

/// The most providers that a tenant has.
pub const MOST_PROVIDERS: u64 = 50;

/// All providers, by name: there are at most [`MOST_PROVIDERS`].
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`MANAGE_SIGN_IN`].
pub async fn identity_providers(conn: &Conn, cx: &Cx) -> Result<Vec<identity_provider::Model>> {
    cx.require(MANAGE_SIGN_IN)?;
    let by_name = identity_provider::Entity::find().order_by_asc(identity_provider::Column::Name);
    Ok(by_name.limit(MOST_PROVIDERS).all(conn).await?)
}

/// Where people can be sent to sign in: id and name of each active provider, by name. Public.
pub async fn sign_in_ways(conn: &Conn) -> Result<Vec<(IdentityProviderId, String)>> {
    use identity_provider::Column;
    let ways = identity_provider::Entity::find().select_only().column(Column::Id).column(Column::Name);
    let ways = ways.filter(Column::IsActive.eq(true)).filter(Column::Issuer.is_not_null());
    Ok(ways.order_by_asc(Column::Name).limit(MOST_PROVIDERS).into_tuple().all(conn).await?)
}

/// A provider, for the machinery of signing in and of syncing.
pub(crate) async fn provider(conn: &Conn, id: IdentityProviderId) -> Result<Option<identity_provider::Model>> {
    Ok(identity_provider::Entity::find_by_id(id).one(conn).await?)
}

/// An account of a person at a provider, as it is shown.
#[derive(Debug, Clone, sea_orm::FromQueryResult)]
pub struct KnownAs {
    /// Its id.
    pub id: ExternalIdentityId,
    /// Whose it is.
    pub user_id: UserId,
    /// The provider's name.
    pub provider: String,
    /// Their verified address there.
    pub email: Option<String>,
    /// Since when it is known.
    pub created_at: DateTime<Utc>,
    /// When they last signed in by it.
    pub last_sign_in_at: Option<DateTime<Utc>>,
}

/// The accounts elsewhere of each person: of oneself, and with [`MANAGE_SIGN_IN`] of all. In the order of linking.
pub async fn known_as(conn: &Conn, cx: &Cx, people: &[UserId]) -> Result<HashMap<UserId, Vec<KnownAs>>> {
    use external_identity::{Column, Entity};
    let all = cx.can(MANAGE_SIGN_IN);
    let own = cx.person().ok().map(|person| person.id);
    let seen: Vec<_> = people.iter().copied().filter(|id| all || own == Some(*id)).collect();
    let mut found: HashMap<_, Vec<_>> = people.iter().map(|id| (*id, Vec::new())).collect();
    if seen.is_empty() {
        return Ok(found);
    }
    let rows = Entity::find()
        .select_only()
        .columns([Column::Id, Column::UserId, Column::Email, Column::CreatedAt, Column::LastSignInAt])
        .column_as(identity_provider::Column::Name, "provider")
        .join(
            sea_orm::JoinType::InnerJoin,
            Entity::belongs_to(identity_provider::Entity)
                .from(Column::ProviderId)
                .to(identity_provider::Column::Id)
                .into(),
        )
        .filter(any_of(conn.get_database_backend(), Column::UserId, &seen))
        .filter(Column::RemovedAt.is_null())
        .order_by_asc(Column::Id)
        .into_model::<KnownAs>()
        .all(conn)
        .await?;
    for row in rows {
        found.entry(row.user_id).or_default().push(row);
    }
    Ok(found)
}

/// Takes a sign-in out of those under way: it is there once, for the browser that holds `flow`, and not for long.
///
/// `conn` must not be the transaction of the sign-in itself: its rollback would bring the state back.
pub(crate) async fn take(conn: &Conn, cx: &Cx, state: &str, flow: &str) -> Result<Option<oidc_sign_in::Model>> {
    let Some(found) = oidc_sign_in::Entity::find_by_id(token_hash(state)).one(conn).await? else { return Ok(None) };
    if !same(&found.flow_hash, &token_hash(flow)) {
        return Ok(None);
    }
    let taken = oidc_sign_in::Entity::delete_by_id(found.state_hash.clone()).exec(conn).await?;
    Ok((taken.rows_affected == 1 && found.expires_at > cx.now).then_some(found))
}

/// Removes sign-ins that nobody came back from and deliveries that are not repeated any more; returns how many.
pub async fn purge_external(conn: &Conn, now: DateTime<Utc>) -> Result<u64> {
    let begun = oidc_sign_in::Entity::delete_many().filter(oidc_sign_in::Column::ExpiresAt.lt(now));
    // Senders try again for 28 hours.
    let old = webhook_delivery::Column::ReceivedAt.lt(now - chrono::TimeDelta::days(7));
    let delivered = webhook_delivery::Entity::delete_many().filter(old);
    Ok(begun.exec(conn).await?.rows_affected + delivered.exec(conn).await?.rows_affected)
}
