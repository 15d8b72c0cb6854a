//! Tenants and their hosts in the registry. Every function works on a connection to it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Conn, Error, Result, Tenant,
    error::is_unique_violation,
    id::TenantId,
    tenant::{self, host},
};
use sea_orm::{IntoActiveModel, QueryOrder, entity::prelude::*};

use crate::domain::tenants::TenantAccount;

/// These tenants with their host names, each one's in the order in which they were given, in one statement.
pub(crate) async fn with_hosts(conn: &Conn, tenants: Vec<Tenant>) -> Result<Vec<TenantAccount>> {
    let ids = tenants.iter().map(|tenant| tenant.id);
    let rows = in_order(host::Entity::find().filter(host::Column::TenantId.is_in(ids)));
    let mut hosts: HashMap<TenantId, Vec<String>> = HashMap::new();
    for row in rows.all(conn).await? {
        hosts.entry(row.tenant_id).or_default().push(row.host);
    }
    let account = |tenant: Tenant| TenantAccount { hosts: hosts.remove(&tenant.id).unwrap_or_default(), tenant };
    Ok(tenants.into_iter().map(account).collect())
}

fn in_order(hosts: Select<host::Entity>) -> Select<host::Entity> {
    hosts.order_by_asc(host::Column::CreatedAt).order_by_asc(host::Column::Host)
}

/// The first of a tenant's host names: the one that links lead to.
pub(crate) async fn first_host(conn: &Conn, id: TenantId) -> Result<Option<String>> {
    let first = in_order(host::Entity::find().filter(host::Column::TenantId.eq(id))).one(conn).await?;
    Ok(first.map(|row| row.host))
}

/// The tenant of that slug.
pub(crate) async fn by_slug(conn: &Conn, slug: &str) -> Result<Option<Tenant>> {
    Ok(tenant::Entity::find().filter(tenant::Column::Slug.eq(slug)).one(conn).await?)
}

/// A tenant with its hosts, which nobody else changes until the transaction ends.
pub(crate) async fn locked(conn: &Conn, id: TenantId, at: DateTime<Utc>) -> Result<TenantAccount> {
    tenant::Entity::update_many()
        .col_expr(tenant::Column::UpdatedAt, Expr::value(at))
        .filter(tenant::Column::Id.eq(id))
        .exec(conn)
        .await?;
    let found = tenant::Entity::find_by_id(id).one(conn).await?;
    let found = with_hosts(conn, found.into_iter().collect()).await?.pop();
    found.ok_or(Error::NotFound { what: "Tenant" })
}

/// Whether another tenant than this has a name that is compared as this.
pub(crate) async fn name_is_taken(conn: &Conn, folded: &str, besides: TenantId) -> Result<bool> {
    let others =
        tenant::Entity::find().filter(tenant::Column::NameFolded.eq(folded)).filter(tenant::Column::Id.ne(besides));
    Ok(others.one(conn).await?.is_some())
}

/// Adds a tenant.
pub(crate) async fn add(conn: &Conn, tenant: &Tenant) -> Result<()> {
    tenant::Entity::insert(tenant.clone().into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// Writes a tenant that was read [`locked`] or is not yet served.
pub(crate) async fn save(conn: &Conn, tenant: &Tenant) -> Result<()> {
    tenant::Entity::update(tenant.clone().into_active_model().reset_all()).exec(conn).await?;
    Ok(())
}

/// Gives a tenant these hosts and no others, in this order; where another tenant has one, that one.
pub(crate) async fn set_hosts(
    conn: &Conn,
    id: TenantId,
    hosts: &[String],
    at: DateTime<Utc>,
) -> Result<Option<String>> {
    host::Entity::delete_many().filter(host::Column::TenantId.eq(id)).exec(conn).await?;
    for (name, place) in hosts.iter().zip(0..) {
        // The order is in the times, as nothing else of a host is stored.
        let created_at = at + TimeDelta::microseconds(place);
        let row = host::Model { host: name.clone(), tenant_id: id, created_at };
        match host::Entity::insert(row.into_active_model()).exec_without_returning(conn).await {
            Err(error) if is_unique_violation(&error) => return Ok(Some(name.clone())),
            inserted => inserted?,
        };
    }
    Ok(None)
}
