//! The platform: companies from outside, for those who keep them and belong to none.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{AddPerson, Details, OpenTenant, SignInPlatform, TenantAccount, UpdateTenant};
use kernel::{page::PageArgs, text::Check};

use super::usage::{TenantLimits, Tier};
use crate::graphql::identity::people::types::IntoId;
use crate::{
    connection,
    graphql::{
        directives::platform,
        errors::{Result, UserError, payload},
        paging::{Count, List, Listed},
        scalars::{EmailAddress, id},
        scope::{Scope, scope},
    },
    wiring::tenants,
};

/// A company, as the platform sees it from outside.
#[derive(Debug, Clone, SimpleObject)]
pub struct PlatformTenant {
    /// Its id, `tnt_…`.
    pub id: ID,
    /// Its short name, as in the header `X-Tenant`.
    pub slug: String,
    /// The company's name.
    pub name: String,
    /// What it may use, unless it has limits of its own.
    pub tier: Tier,
    /// Its limits: its own, else its tier's.
    pub limits: TenantLimits,
    /// The limits of its own; null where its tier's hold.
    pub own_limits: TenantLimits,
    /// The host names whose requests belong to it. Links in its mails lead to the first.
    pub hosts: Vec<String>,
    /// Whether its requests are served. One that is neither active nor suspended is still being made.
    pub is_active: bool,
    /// Since when it is suspended.
    pub suspended_at: Option<DateTime<Utc>>,
    /// Why.
    pub suspended_reason: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl From<TenantAccount> for PlatformTenant {
    fn from(account: TenantAccount) -> Self {
        let TenantAccount { tenant, hosts } = account;
        Self {
            id: tenant.id.into_id(),
            tier: tenant.tier.into(),
            limits: tenant.limits().into(),
            own_limits: tenant.own_limits().into(),
            slug: tenant.slug,
            name: tenant.name,
            hosts,
            is_active: tenant.active,
            suspended_at: tenant.suspended_at,
            suspended_reason: tenant.suspended_reason,
            created_at: tenant.created_at,
        }
    }
}

connection!(PlatformTenantConnection, PlatformTenantEdge, PlatformTenant, TenantAccount, "companies");

/// A platform administrator wants to sign in.
#[derive(Clone, InputObject)]
pub struct SignInPlatformInput {
    /// Their address, in any case.
    pub email: String,
    /// Their password, at most 1024 bytes.
    #[graphql(secret)]
    pub password: String,
}

/// What came of signing in.
#[derive(SimpleObject)]
pub struct SignInPlatformPayload {
    /// The session, which is not renewed: after 15 minutes, sign in again.
    pub session: Option<PlatformSession>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// The session of a platform administrator.
#[derive(SimpleObject)]
pub struct PlatformSession {
    /// Goes into `Authorization: Bearer …`; good for 15 minutes, and for the operations of the platform only.
    pub access_token: String,
    /// When it ends.
    pub access_token_expires_at: DateTime<Utc>,
    /// Who signed in.
    pub email: EmailAddress,
}

/// A company is to be made.
#[derive(Clone, InputObject)]
pub struct CreateTenantInput {
    /// Its short name: 1 to 40 characters of `a-z`, `0-9` and `-`, beginning with a letter. It never changes.
    pub slug: String,
    /// The company's name, at most 200 characters.
    pub name: String,
    /// What it may use.
    pub tier: Tier,
    /// The host names whose requests belong to it, at most 20. Links in its mails lead to the first.
    #[graphql(default)]
    pub hosts: Vec<String>,
    /// The first administrator's address.
    pub admin_email: EmailAddress,
    /// The first administrator's name, at most 200 characters.
    pub admin_name: String,
    /// Their first password, 12 to 1024 characters; they must choose another one before anything else.
    #[graphql(secret)]
    pub admin_password: String,
}

/// Limits of a company's own; what is absent stays, null is the tier's again.
#[derive(Clone, InputObject)]
pub struct TenantLimitsInput {
    /// Active staff members.
    pub staff_seats: MaybeUndefined<i32>,
    /// Requests of signed-in people in any 60 seconds, and as many again of people who are not.
    pub requests_per_minute: MaybeUndefined<i32>,
    /// Bytes of uploaded files; a whole number.
    pub storage_bytes: MaybeUndefined<f64>,
}

/// A company's standing is to be changed; what is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateTenantInput {
    /// Which, `tnt_…`.
    pub id: ID,
    /// The company's name, at most 200 characters.
    pub name: Option<String>,
    /// What it may use.
    pub tier: Option<Tier>,
    /// Limits of its own.
    pub limits: Option<TenantLimitsInput>,
    /// All the host names whose requests belong to it, at most 20. Links in its mails lead to the first.
    pub hosts: Option<Vec<String>>,
}

/// A company is to be suspended.
#[derive(Clone, InputObject)]
pub struct SuspendTenantInput {
    /// Which, `tnt_…`.
    pub id: ID,
    /// Why, at most 500 characters; it stands in the company's own audit trail.
    pub reason: String,
}

/// A company is to be served again.
#[derive(Clone, InputObject)]
pub struct ResumeTenantInput {
    /// Which, `tnt_…`.
    pub id: ID,
}

/// What came of it.
#[derive(SimpleObject)]
pub struct PlatformTenantPayload {
    /// The company as it is now.
    pub tenant: Option<PlatformTenant>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

impl PlatformTenantPayload {
    fn of(answer: kernel::Result<TenantAccount>) -> Result<Self> {
        let (account, errors) = payload(answer)?;
        Ok(Self { tenant: account.map(Into::into), errors })
    }
}

/// Reading the platform.
#[derive(Default)]
pub struct PlatformQuery;

#[Object]
impl PlatformQuery {
    /// For platform administrators: all companies, by short name.
    #[graphql(directive = platform::apply())]
    async fn tenants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<PlatformTenantConnection> {
        let scope = scope(ctx);
        scope.cx().platform()?;
        let list = List::new(scope, "tenants", &PageArgs { first, after, last, before })?;
        let read = identity::tenant_accounts(&scope.app.db, &list.cx, &list.page);
        let slice = list.rows(ctx, read).await?;
        let (db, cx) = (scope.app.db.clone(), list.cx.clone());
        let count: Count = Arc::new(move |_| {
            let (db, cx) = (db.clone(), cx.clone());
            Box::pin(async move { identity::count_tenants(&db, &cx).await })
        });
        Ok(Listed::new(list, slice, TenantAccount::place, count).into())
    }

    /// For platform administrators: a company by its id; null where there is none.
    #[graphql(directive = platform::apply())]
    async fn tenant(&self, ctx: &Context<'_>, #[graphql(desc = "`tnt_…`")] id: ID) -> Result<Option<PlatformTenant>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.platform()?;
        let id = self::id("id", &id)?;
        Ok(identity::tenant_account(&scope.app.db, &cx, id).await?.map(Into::into))
    }
}

/// Keeping the platform.
#[derive(Default)]
pub struct PlatformMutation;

#[Object]
impl PlatformMutation {
    /// Public: signs a platform administrator in. Attempts are limited per account and per address.
    #[graphql(directive = platform::apply())]
    async fn sign_in_platform(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SignInPlatformInput,
    ) -> Result<SignInPlatformPayload> {
        let scope = scope(ctx);
        let app = &scope.app;
        let cmd = SignInPlatform { email: input.email, password: input.password, limited: app.rate_limits };
        let signed_in =
            identity::sign_in_platform(&app.db, &app.passwords, &app.platform_tokens, &scope.cx(), cmd).await;
        let (session, errors) = payload(signed_in)?;
        let session = session.map(|session| PlatformSession {
            access_token: session.access_token,
            access_token_expires_at: session.access_token_expires_at,
            email: EmailAddress(session.email),
        });
        Ok(SignInPlatformPayload { session, errors })
    }

    /// For platform administrators: makes a company with its first administrator. What broke off on the way goes on
    /// when it is asked for again.
    #[graphql(directive = platform::apply())]
    async fn create_tenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateTenantInput,
    ) -> Result<PlatformTenantPayload> {
        let scope = scope(ctx);
        scope.cx().platform()?;
        PlatformTenantPayload::of(create(scope, input).await)
    }

    /// For platform administrators: changes a company's name, tier, limits or host names.
    #[graphql(directive = platform::apply())]
    async fn update_tenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateTenantInput,
    ) -> Result<PlatformTenantPayload> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.platform()?;
        let whole = |limit: MaybeUndefined<i32>| limit.map_value(i64::from).into();
        let limits = input.limits.map(|limits| {
            let bytes: Option<Option<f64>> = limits.storage_bytes.into();
            (whole(limits.staff_seats), whole(limits.requests_per_minute), bytes.map(|own| own.map(whole_bytes)))
        });
        let (staff_seats, requests_per_minute, storage_bytes) = limits.unwrap_or_default();
        let cmd = UpdateTenant {
            id: id("id", &input.id)?,
            name: input.name,
            tier: input.tier.map(Into::into),
            staff_seats,
            requests_per_minute,
            storage_bytes,
            hosts: input.hosts,
        };
        PlatformTenantPayload::of(identity::update_tenant(&scope.app.db, &cx, cmd).await)
    }

    /// For platform administrators: refuses a company's requests from now on and closes what it has open; its data
    /// stays as it is.
    #[graphql(directive = platform::apply())]
    async fn suspend_tenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SuspendTenantInput,
    ) -> Result<PlatformTenantPayload> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.platform()?;
        let id = id("id", &input.id)?;
        PlatformTenantPayload::of(identity::suspend_tenant(&scope.app.db, &cx, id, Some(input.reason)).await)
    }

    /// For platform administrators: serves a suspended company again.
    #[graphql(directive = platform::apply())]
    async fn resume_tenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ResumeTenantInput,
    ) -> Result<PlatformTenantPayload> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.platform()?;
        let id = id("id", &input.id)?;
        PlatformTenantPayload::of(identity::resume_tenant(&scope.app.db, &cx, id).await)
    }
}

/// Bytes as a client writes them; what is no such number is 0, which no limit may be.
#[expect(clippy::cast_possible_truncation, reason = "checked just before")]
fn whole_bytes(bytes: f64) -> i64 {
    if bytes.fract() == 0.0 && (1.0..=9_007_199_254_740_992.0).contains(&bytes) { bytes as i64 } else { 0 }
}

async fn create(scope: &Scope, input: CreateTenantInput) -> kernel::Result<TenantAccount> {
    let app = &scope.app;
    let mut check = Check::default();
    let email = check.email("adminEmail", &input.admin_email.0);
    let name = check.line("adminName", &input.admin_name, 200);
    identity::check_password(&mut check, "adminPassword", &input.admin_password, &[&email, &name]);
    check.done()?;
    let password_hash = app.passwords.hash(&app.source, &input.admin_password).await?;
    let new = OpenTenant { slug: input.slug, name: input.name, tier: input.tier.into(), hosts: input.hosts };
    // The password is somebody else's idea, so they must choose another one.
    let details = Details::named(name);
    let admin = AddPerson { details, must_change_password: true, ..AddPerson::administrator(email, password_hash) };
    tenants::create(&app.db, &app.database_url, &scope.cx(), new, Some(admin)).await
}
