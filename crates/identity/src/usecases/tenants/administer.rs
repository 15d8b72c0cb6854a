//! Tenants are opened, changed, suspended and resumed by those who keep the platform.
//!
//! The registry and a tenant's rows are two databases on SQLite, so nothing is done to both at once: first the registry
//! is changed, together with its own record of that; then it is written down in the tenant's trail. Whoever hears that
//! the second failed repeats the whole, which changes nothing more and writes what is missing.

use std::sync::Arc;

use kernel::{
    Conn, Cx, Db, Error, ProblemCode, Result, Tenant,
    db::Emit,
    events::Event,
    id::{TenantId, TypedId},
    tenant::{Limits, Tier, host_name, is_slug},
    text::{Check, rename, same_name},
};
use serde_json::json;

use crate::{
    domain::tenants::{TenantAccount, TenantChanged, TenantCreated, TenantResumed, TenantSuspended},
    policy::keeps_platform,
    store::tenants::{platform_event::record, registry},
};

/// The most host names of one tenant.
const HOSTS: usize = 20;

/// A tenant to be made.
#[derive(Debug, Clone)]
pub struct OpenTenant {
    /// Its short name.
    pub slug: String,
    /// The company's name.
    pub name: String,
    /// Its tier.
    pub tier: Tier,
    /// Its host names.
    pub hosts: Vec<String>,
}

/// What to change of a tenant; `None` keeps.
#[derive(Debug, Clone)]
pub struct UpdateTenant {
    /// Which.
    pub id: TenantId,
    /// The company's name.
    pub name: Option<String>,
    /// The tier.
    pub tier: Option<Tier>,
    /// Seats of its own; `Some(None)` is the tier's again. So for the others.
    pub staff_seats: Option<Option<i64>>,
    /// Requests a minute of its own.
    pub requests_per_minute: Option<Option<i64>>,
    /// Bytes of its own.
    pub storage_bytes: Option<Option<i64>>,
    /// All its host names.
    pub hosts: Option<Vec<String>>,
}

/// Enters a tenant into the registry, not yet active. One that was entered before and never finished is entered anew,
/// so that making it can be tried again.
///
/// # Errors
/// [`Error::Invalid`] for a slug, name or host that is malformed or taken.
pub async fn open_tenant(db: &Db, cx: &Cx, cmd: OpenTenant) -> Result<Tenant> {
    keeps_platform(cx)?;
    let mut check = Check::default();
    if !is_slug(&cmd.slug) {
        let message = "a slug has 1 to 40 characters of a-z, 0-9 and -, and begins with a letter";
        check.problem("slug", ProblemCode::InvalidFormat, message);
    }
    let name = check.line("name", &cmd.name, 200);
    let hosts = host_names(&mut check, &cmd.hosts);
    check.done()?;
    let cmd = &OpenTenant { name, hosts, ..cmd };
    match db.transact_registry(|conn| enter(conn, cx, cmd)).await {
        // Somebody else may have entered it in this moment, even between the look at its slug and that at its name: the
        // second look sees theirs.
        Err(Error::Conflict { retryable: true, .. } | Error::Invalid(_)) => {
            db.transact_registry(|conn| enter(conn, cx, cmd)).await
        }
        entered => entered,
    }
}

async fn enter(conn: Conn, cx: &Cx, cmd: &OpenTenant) -> Result<Tenant> {
    let known = match registry::by_slug(&conn, &cmd.slug).await? {
        // Read again, locked: whoever else is at it may just have finished it.
        Some(known) => Some(registry::locked(&conn, known.id, cx.now).await?.tenant),
        None => None,
    };
    if known.as_ref().is_some_and(|known| !known.is_half_made()) {
        return Err(Error::invalid("slug", ProblemCode::NotAvailable, "another tenant has this short name"));
    }
    let id: TenantId = known.as_ref().map_or_else(|| cx.new_id(), |known| known.id);
    name_is_free(&conn, &same_name(&cmd.name), id).await?;
    let row = Tenant {
        id,
        slug: cmd.slug.clone(),
        name: cmd.name.clone(),
        name_folded: Some(same_name(&cmd.name)),
        tier: cmd.tier,
        schema_name: format!("tenant_{}", id.uuid().simple()),
        settings: json!({}),
        active: false,
        suspended_at: None,
        suspended_reason: None,
        schema_version: known.as_ref().and_then(|known| known.schema_version.clone()),
        migration_error: None,
        created_at: known.as_ref().map_or(cx.now, |known| known.created_at),
        updated_at: cx.now,
    };
    match known {
        Some(_) => registry::save(&conn, &row).await?,
        None => registry::add(&conn, &row).await?,
    }
    set_hosts(&conn, cx, id, &cmd.hosts).await?;
    let account = TenantAccount { tenant: row, hosts: cmd.hosts.clone() };
    record(&conn, cx, "tenant.opened", true, Some(id), account.standing()).await?;
    Ok(account.tenant)
}

/// Lets a tenant that was made, with everything in it, be used.
pub async fn finish_tenant(db: &Db, cx: &Cx, id: TenantId) -> Result<TenantAccount> {
    keeps_platform(cx)?;
    let locked = |conn: Conn| async move { registry::locked(&conn, id, cx.now).await };
    let account = db.transact_registry(locked).await?;
    // Before it is active: from then on nobody makes it again, so nobody would write it down.
    let created = TenantCreated { tenant: id, standing: account.standing() };
    in_its_trail(db, cx, &account.tenant, "tenant.create", &created).await?;
    let account = db
        .transact_registry(|conn| async move {
            let mut account = registry::locked(&conn, id, cx.now).await?;
            // Whoever else was at it may have finished it, and somebody suspended it since.
            if account.tenant.is_half_made() {
                account.tenant.active = true;
                registry::save(&conn, &account.tenant).await?;
                record(&conn, cx, "tenant.created", true, Some(id), json!({})).await?;
            }
            Ok(account)
        })
        .await?;
    db.forget_tenants();
    Ok(account)
}

/// Changes a tenant's name, tier, limits or host names.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for what is malformed or taken.
pub async fn update_tenant(db: &Db, cx: &Cx, cmd: UpdateTenant) -> Result<TenantAccount> {
    keeps_platform(cx)?;
    let mut check = Check::default();
    let name = cmd.name.map(|name| check.line("name", &name, 200));
    let hosts = cmd.hosts.map(|hosts| host_names(&mut check, &hosts));
    let mut limit = |field: &str, wanted: Option<Option<i64>>| {
        wanted.map(|own| {
            let own = own.map(|own| u64::try_from(own).ok().filter(|own| *own > 0));
            if own == Some(None) {
                check.problem(&format!("limits.{field}"), ProblemCode::InvalidFormat, "must be at least 1");
            }
            own.flatten()
        })
    };
    let seats = limit("staffSeats", cmd.staff_seats);
    let requests = limit("requestsPerMinute", cmd.requests_per_minute);
    let bytes = limit("storageBytes", cmd.storage_bytes);
    check.done()?;
    let (name, hosts) = (&name, &hosts);
    let (before, after) = db
        .transact_registry(|conn| async move {
            let before = registry::locked(&conn, cmd.id, cx.now).await?;
            let mut after = before.clone();
            let tenant = &mut after.tenant;
            if let Some(name) = name {
                rename(&mut tenant.name, &mut tenant.name_folded, name.clone());
                if let Some(folded) = &tenant.name_folded {
                    name_is_free(&conn, folded, tenant.id).await?;
                }
            }
            tenant.tier = cmd.tier.unwrap_or(tenant.tier);
            let own = tenant.own_limits();
            tenant.settings = tenant.settings_with(Limits {
                staff_seats: seats.unwrap_or(own.staff_seats),
                requests_per_minute: requests.unwrap_or(own.requests_per_minute),
                storage_bytes: bytes.unwrap_or(own.storage_bytes),
            });
            registry::save(&conn, tenant).await?;
            if let Some(hosts) = hosts {
                set_hosts(&conn, cx, cmd.id, hosts).await?;
                after.hosts.clone_from(hosts);
            }
            record(&conn, cx, "tenant.changed", true, Some(cmd.id), after.standing()).await?;
            Ok((before, after))
        })
        .await?;
    db.forget_tenants();
    let changed = TenantChanged { tenant: cmd.id, before: before.standing(), after: after.standing() };
    in_its_trail(db, cx, &after.tenant, "tenant.change", &changed).await?;
    Ok(after)
}

/// Suspends a tenant: its requests are refused within seconds, its data stays as it is.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a tenant that is still being made.
pub async fn suspend_tenant(db: &Db, cx: &Cx, id: TenantId, reason: Option<String>) -> Result<TenantAccount> {
    keeps_platform(cx)?;
    let mut check = Check::default();
    let reason = reason.map(|reason| check.line("reason", &reason, 500));
    check.done()?;
    let account = stand(db, cx, id, Some(reason.clone())).await?;
    in_its_trail(db, cx, &account.tenant, "tenant.suspend", &TenantSuspended { tenant: id, reason }).await?;
    Ok(account)
}

/// Serves a suspended tenant again.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a tenant that is still being made.
pub async fn resume_tenant(db: &Db, cx: &Cx, id: TenantId) -> Result<TenantAccount> {
    keeps_platform(cx)?;
    let account = stand(db, cx, id, None).await?;
    in_its_trail(db, cx, &account.tenant, "tenant.resume", &TenantResumed { tenant: id }).await?;
    Ok(account)
}

/// Suspends, with the reason if there is one, or resumes.
async fn stand(db: &Db, cx: &Cx, id: TenantId, suspended: Option<Option<String>>) -> Result<TenantAccount> {
    let suspended = &suspended;
    let account = db
        .transact_registry(|conn| async move {
            let mut account = registry::locked(&conn, id, cx.now).await?;
            let tenant = &mut account.tenant;
            if tenant.is_half_made() {
                return Err(Error::invalid("id", ProblemCode::NotAllowed, "this tenant is still being made"));
            }
            tenant.active = suspended.is_none();
            tenant.suspended_at = suspended.as_ref().map(|_| tenant.suspended_at.unwrap_or(cx.now));
            tenant.suspended_reason = suspended.clone().flatten();
            registry::save(&conn, tenant).await?;
            let kind = if tenant.active { "tenant.resumed" } else { "tenant.suspended" };
            record(&conn, cx, kind, true, Some(id), json!({ "reason": tenant.suspended_reason })).await?;
            Ok(account)
        })
        .await?;
    db.forget_tenants();
    Ok(account)
}

async fn name_is_free(conn: &Conn, folded: &str, besides: TenantId) -> Result<()> {
    match registry::name_is_taken(conn, folded, besides).await? {
        false => Ok(()),
        true => Err(Error::invalid("name", ProblemCode::NotAvailable, "another tenant has this name")),
    }
}

async fn set_hosts(conn: &Conn, cx: &Cx, id: TenantId, hosts: &[String]) -> Result<()> {
    match registry::set_hosts(conn, id, hosts, cx.now).await? {
        None => Ok(()),
        Some(taken) => {
            Err(Error::invalid("hosts", ProblemCode::NotAvailable, format!("{taken} belongs to another tenant")))
        }
    }
}

fn host_names(check: &mut Check, texts: &[String]) -> Vec<String> {
    if texts.len() > HOSTS {
        check.problem("hosts", ProblemCode::TooLong, format!("must be at most {HOSTS}"));
        return Vec::new();
    }
    let mut names = Vec::new();
    for text in texts {
        match host_name(text) {
            Some(name) if names.contains(&name) => {}
            Some(name) => names.push(name),
            None => check.problem("hosts", ProblemCode::InvalidFormat, "must be host names such as desk.example.com"),
        }
    }
    names
}

/// Writes down in the tenant's own trail what was done to it.
async fn in_its_trail<E: Event + Sync>(
    db: &Db,
    cx: &Cx,
    tenant: &Tenant,
    action: &'static str,
    event: &E,
) -> Result<()> {
    let cx = &cx.in_tenant(Arc::new(tenant.clone()));
    let emit = |tx: kernel::Tx| async move {
        tx.emit(cx, event);
        Ok(())
    };
    db.transact(cx, action, emit).await
}
