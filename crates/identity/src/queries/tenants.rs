//! What platform administrators see: who they are, and the tenants from outside. And what a tenant uses, for its own.

use std::sync::Arc;

use kernel::{
    Conn, Cx, Db, Error, Result, Tenant,
    cx::PlatformActor,
    id::TenantId,
    page::{Order, Page, Slice},
    tenant, usage,
};
use sea_orm::{PaginatorTrait, QueryOrder, QuerySelect, entity::prelude::*};

use crate::{
    adapters::platform_token::PlatformClaims,
    domain::{mail::links::Links, tenants::TenantAccount},
    policy::MANAGE_SETTINGS,
    store::tenants::{
        platform_admin, platform_event,
        registry::{first_host, with_hosts},
        seats::active_staff,
    },
};

/// The platform administrator that a token's claims stand for, as they are now.
///
/// # Errors
/// [`Error::Unauthenticated`] when they were deactivated or their token version raised.
pub async fn platform_actor(db: &Db, claims: &PlatformClaims) -> Result<Arc<PlatformActor>> {
    let found = platform_admin::by_id(&db.control(), claims.admin).await?;
    let good = |admin: &platform_admin::Model| admin.is_active && admin.token_version == claims.token_version;
    let admin = found.filter(good).ok_or(Error::Unauthenticated)?;
    Ok(Arc::new(PlatformActor { id: admin.id, email: admin.email }))
}

/// A page of the tenants, by slug.
///
/// # Errors
/// [`Error::Forbidden`] for a person of a tenant.
pub async fn tenant_accounts(db: &Db, cx: &Cx, page: &Page) -> Result<Slice<TenantAccount>> {
    cx.platform()?;
    let conn = db.control();
    let order = Order { columns: vec![(tenant::Column::Slug, false)], id: tenant::Column::Id };
    let slice = page.slice(order.apply(tenant::Entity::find(), page).all(&conn).await?);
    let rows = with_hosts(&conn, slice.rows).await?;
    Ok(Slice { rows, has_next: slice.has_next, has_previous: slice.has_previous })
}

/// How many tenants there are.
pub async fn count_tenants(db: &Db, cx: &Cx) -> Result<u64> {
    cx.platform()?;
    Ok(tenant::Entity::find().count(&db.control()).await?)
}

/// A tenant by id; `None` where there is none.
pub async fn tenant_account(db: &Db, cx: &Cx, id: TenantId) -> Result<Option<TenantAccount>> {
    cx.platform()?;
    let conn = db.control();
    let found = tenant::Entity::find_by_id(id).one(&conn).await?;
    Ok(with_hosts(&conn, found.into_iter().collect()).await?.pop())
}

/// Where the mails of a tenant lead: below the first of its own host names, if it has any. `all` are the links of the
/// installation.
pub async fn links_of(db: &Db, tenant: &Tenant, all: &Links) -> Result<Links> {
    Ok(all.of(tenant, first_host(&db.control(), tenant.id).await?.as_deref()))
}

/// The platform administrators, by address: for the command line.
pub async fn platform_admins(db: &Db) -> Result<Vec<platform_admin::Model>> {
    platform_admin::all(&db.control()).await
}

/// What was done to the platform last, newest first: for the command line.
pub async fn platform_events(db: &Db, most: u64) -> Result<Vec<platform_event::Model>> {
    let newest = platform_event::Entity::find().order_by_desc(platform_event::Column::At);
    Ok(newest.order_by_desc(platform_event::Column::Id).limit(most).all(&db.control()).await?)
}

/// What a tenant uses of what it may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantUsage {
    /// Active staff members.
    pub staff_seats: u64,
    /// Bytes of uploaded files.
    pub storage_bytes: u64,
}

/// What the actor's own tenant uses.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_SETTINGS`].
pub async fn tenant_usage(conn: &Conn, cx: &Cx) -> Result<TenantUsage> {
    cx.require(MANAGE_SETTINGS)?;
    Ok(TenantUsage { staff_seats: active_staff().count(conn).await?, storage_bytes: usage::stored(conn).await? })
}
