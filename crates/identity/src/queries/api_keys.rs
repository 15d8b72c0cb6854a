//! API keys as their owners see them.

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Result,
    filter::{Criteria, Filter},
    id::UserId,
    page::{Order, Page, Place, Slice},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, entity::prelude::*};

use crate::{
    domain::api_keys::ApiKey,
    policy::MANAGE_API_KEYS,
    store::api_keys::api_key::{Column, Entity},
};

/// What keys can be filtered by.
#[derive(Debug, Clone, Default)]
pub struct ApiKeyCriteria {
    /// By whom they act for.
    pub owner: Option<UserId>,
    /// By whether they are good at this instant: neither revoked nor ended. Whether their owner may sign in is not asked.
    pub is_active: Option<(bool, DateTime<Utc>)>,
}

impl Criteria for ApiKeyCriteria {
    fn conditions(&self, _backend: DbBackend) -> Result<Vec<Condition>> {
        let mut all = Vec::new();
        all.extend(self.owner.map(|owner| Condition::all().add(Column::UserId.eq(owner))));
        if let Some((active, now)) = self.is_active {
            let good = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now));
            let good = Condition::all().add(Column::RevokedAt.is_null()).add(good);
            all.push(if active { good } else { good.not() });
        }
        Ok(all)
    }
}

/// The order of keys: by when they were made.
#[derive(Debug, Clone, Copy)]
pub struct ApiKeyOrder {
    /// Newest first.
    pub descending: bool,
}

impl ApiKeyOrder {
    /// Where a key stands in the order.
    pub fn place(key: &ApiKey) -> Place {
        Place { keys: vec![key.created_at.into()], id: key.id.0 }
    }
}

/// The keys that the actor may see: their own, and with [`MANAGE_API_KEYS`] everybody's.
pub(crate) fn visible_keys(cx: &Cx) -> Condition {
    if cx.can(MANAGE_API_KEYS) {
        return Condition::all();
    }
    Condition::all().add(Column::UserId.is_in(cx.user().ok().map(|user| user.id)))
}

/// A page of the keys that the actor may see.
///
/// # Errors
/// [`kernel::Error::Unauthenticated`].
pub async fn api_keys(
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<ApiKeyCriteria>,
    order: ApiKeyOrder,
    page: &Page,
) -> Result<Slice<ApiKey>> {
    cx.user()?;
    let order = Order { columns: vec![(Column::CreatedAt, order.descending)], id: Column::Id };
    let select = Entity::find().filter(visible_keys(cx)).filter(filter.condition(conn.get_database_backend())?);
    Ok(page.slice(order.apply(select, page).into_partial_model::<ApiKey>().all(conn).await?))
}

/// How many keys the filter leaves.
pub async fn count_api_keys(conn: &Conn, cx: &Cx, filter: &Filter<ApiKeyCriteria>) -> Result<u64> {
    cx.user()?;
    let select = Entity::find().filter(visible_keys(cx)).filter(filter.condition(conn.get_database_backend())?);
    Ok(select.count(conn).await?)
}
