//! What the company may use, and what it uses.

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use kernel::{Cx, cx::UserKind, tenant};

use crate::graphql::identity::sessions::viewer::Tenant;
use crate::graphql::{errors::Result, scope::scope};

/// What a company may use, unless it has limits of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "tenant::Tier")]
pub enum Tier {
    /// Small teams: 5 seats, 600 requests a minute, 1 GiB.
    Free,
    /// Paying teams: 50 seats, 6000 requests a minute, 100 GiB.
    Pro,
    /// Companies with a contract: no limits but those of their own.
    Enterprise,
}

/// How much a company may use; null is no limit.
#[derive(Debug, Clone, SimpleObject)]
pub struct TenantLimits {
    /// Active staff members.
    pub staff_seats: Option<i32>,
    /// Requests of signed-in people in any 60 seconds, and as many again of people who are not.
    pub requests_per_minute: Option<i32>,
    /// Bytes of uploaded files; a whole number.
    pub storage_bytes: Option<f64>,
}

/// A count as GraphQL's `Int`.
fn int(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A number of bytes as GraphQL's `Float`, which is exact up to 8 PiB.
#[expect(clippy::cast_precision_loss, reason = "nobody stores so much here")]
pub fn bytes(count: u64) -> f64 {
    count as f64
}

impl From<tenant::Limits> for TenantLimits {
    fn from(limits: tenant::Limits) -> Self {
        Self {
            staff_seats: limits.staff_seats.map(int),
            requests_per_minute: limits.requests_per_minute.map(int),
            storage_bytes: limits.storage_bytes.map(bytes),
        }
    }
}

/// How much the company uses.
#[derive(Debug, Clone, SimpleObject)]
pub struct TenantUsage {
    /// Active staff members.
    pub staff_seats: i32,
    /// Requests of signed-in people in the last 60 seconds that this server process took.
    pub requests_per_minute: i32,
    /// Bytes of uploaded files; a whole number.
    pub storage_bytes: f64,
}

fn works_there(cx: &Cx) -> bool {
    cx.user().is_ok_and(|user| user.kind == UserKind::Staff)
}

#[ComplexObject]
impl Tenant {
    /// What it may use; null for people who do not work there.
    async fn tier(&self, ctx: &Context<'_>) -> Option<Tier> {
        let cx = scope(ctx).cx();
        works_there(&cx).then(|| cx.tenant.tier.into())
    }

    /// Its limits: its own, else its tier's; null for people who do not work there.
    async fn limits(&self, ctx: &Context<'_>) -> Option<TenantLimits> {
        let cx = scope(ctx).cx();
        works_there(&cx).then(|| cx.tenant.limits().into())
    }

    /// How much of that it uses; null without MANAGE_SETTINGS.
    async fn usage(&self, ctx: &Context<'_>) -> Result<Option<TenantUsage>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        if !cx.can(identity::MANAGE_SETTINGS) {
            return Ok(None);
        }
        let used = identity::tenant_usage(&scope.app.db.reader(&cx).await?, &cx).await?;
        Ok(Some(TenantUsage {
            staff_seats: int(used.staff_seats),
            requests_per_minute: int(scope.app.rates.used((cx.tenant.id, true), cx.now)),
            storage_bytes: bytes(used.storage_bytes),
        }))
    }
}
