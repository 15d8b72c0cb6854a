//! Which account of the company's a conversation is on, for whoever sees the conversation.

use std::collections::HashMap;

use kernel::{
    Conn, Result,
    db::any_of,
    id::{SocialAccountId, TenantId},
};
use sea_orm::{ConnectionTrait, QuerySelect, entity::prelude::*};

use crate::store::social::{
    account::{Column, Entity},
    platform::Platform,
    route,
};

/// Where an account is, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnAccount {
    /// The platform.
    pub platform: Platform,
    /// As people read it.
    pub name: Option<String>,
}

/// The accounts with these ids, whoever asks.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn accounts_of_conversations(
    conn: &Conn,
    ids: &[SocialAccountId],
) -> Result<HashMap<SocialAccountId, OnAccount>> {
    let these = any_of(conn.get_database_backend(), Column::Id, ids);
    let columns = [Column::Id, Column::Platform, Column::AccountName];
    let found = Entity::find().select_only().columns(columns).filter(these).into_tuple().all(conn).await?;
    let found: Vec<(SocialAccountId, Platform, Option<String>)> = found;
    Ok(found.into_iter().map(|(id, platform, name)| (id, OnAccount { platform, name })).collect())
}

/// The companies that have connected an account, from the registry; none for one that nobody has.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn companies_told_of(registry: &Conn, platform: Platform, account: &str) -> Result<Vec<TenantId>> {
    let routes = route::Entity::find().select_only().column(route::Column::TenantId);
    let routes = routes.filter(route::Column::Platform.eq(platform)).filter(route::Column::AccountId.eq(account));
    Ok(routes.into_tuple().all(registry).await?)
}

/// The company's own account that a platform tells of; `None` where it takes nothing from it (any more).
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn account_told_of(conn: &Conn, platform: Platform, account: &str) -> Result<Option<SocialAccountId>> {
    let found = Entity::find().select_only().column(Column::Id).filter(Column::Active.eq(true));
    let found = found.filter(Column::Platform.eq(platform)).filter(Column::AccountId.eq(account));
    Ok(found.into_tuple().one(conn).await?)
}
