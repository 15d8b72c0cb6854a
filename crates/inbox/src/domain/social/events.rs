//! What this context publishes of social platforms and the company's accounts there.

use kernel::{
    events::{Event, Resource, Severity},
    id::{SocialAccountId, TenantId},
    record::Told,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{
    domain::events::TOPIC,
    store::social::{
        account::{Column, Entity as SocialAccounts, SocialAccountStatus},
        platform::Platform,
    },
};

impl Told for SocialAccounts {
    const KIND: &'static str = "social_account.saved";
    const TOPIC: &'static str = TOPIC;
    const VALUES: &'static [Column] = &[
        Column::Platform,
        Column::AccountId,
        Column::AccountName,
        Column::Status,
        Column::Active,
        Column::TokenExpiresAt,
        Column::LastError,
    ];
}

/// Somebody went to a platform to let us in, or came back from there.
#[derive(Debug, Serialize)]
pub struct SocialAccountAsked {
    /// The company.
    pub tenant: TenantId,
    /// Where.
    pub platform: Platform,
    /// How many accounts there are to choose from; `None` before they are back.
    pub found: Option<usize>,
}

impl Event for SocialAccountAsked {
    const KIND: &'static str = "social_account.asked";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Tenant", self.tenant)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "platform": self.platform, "found": self.found })))
    }
}

/// A platform does not take us any more: somebody has to connect the account again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SocialAccountRefused {
    /// The account.
    pub account: SocialAccountId,
    /// How it stands now, or will when its token ends.
    pub status: SocialAccountStatus,
    /// Whether it is to come and not so yet.
    pub soon: bool,
}

impl Event for SocialAccountRefused {
    const KIND: &'static str = "social_account.refused";
    const TOPIC: &'static str = TOPIC;
    const SEVERITY: Severity = Severity::Medium;
    fn resource(&self) -> Resource {
        Resource::new("SocialAccount", self.account)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (
            Some(json!({ "status": SocialAccountStatus::Connected })),
            Some(json!({ "status": self.status, "soon": self.soon })),
        )
    }
}

/// Whether a platform takes us was tried.
#[derive(Debug, Serialize)]
pub struct SocialAccountVerified {
    /// The account.
    pub account: SocialAccountId,
    /// Whether it does.
    pub ok: bool,
}

impl Event for SocialAccountVerified {
    const KIND: &'static str = "social_account.verified";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("SocialAccount", self.account)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({})), Some(json!({ "ok": self.ok })))
    }
}

/// What the company sets of a platform was changed.
#[derive(Debug, Serialize)]
pub struct PlatformSaved {
    /// The company.
    pub tenant: TenantId,
    /// What was set before.
    pub before: Json,
    /// And now.
    pub after: Json,
}

impl Event for PlatformSaved {
    const KIND: &'static str = "platform.saved";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Tenant", self.tenant)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(self.before.clone()), Some(self.after.clone()))
    }
}
