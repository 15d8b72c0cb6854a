//! What social platforms and accounts are in the schema.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::{PlatformConfig, records::SocialAccounts, social_accounts};
use kernel::id::UserId;

use super::super::conversations::{SocialPlatform, filters::SocialPlatformComparator};
use crate::{
    comparator, connection, filter,
    graphql::{
        errors::Result,
        filters::OrderDirection,
        identity::{IntoId, User, user},
        scalars::Json,
    },
    order,
};

/// How it stands between an account and Frontdesk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inbox::SocialAccountStatus")]
pub enum SocialAccountStatus {
    /// The platform takes our token.
    Connected,
    /// The token is past its time and could not be renewed: connect the account again.
    Expired,
    /// The platform takes our token no more: connect the account again.
    Revoked,
    /// Somebody of the company ended it.
    Disconnected,
}

comparator!(
    /// Comparisons with how an account stands.
    SocialAccountStatusComparator of SocialAccountStatus as inbox::SocialAccountStatus
);

/// A social platform, as the company has set it.
#[derive(Debug, Clone, SimpleObject)]
pub struct Platform {
    /// Which.
    pub name: SocialPlatform,
    /// What people call it.
    pub display_name: String,
    /// Which version of its API is asked.
    pub api_version: String,
    /// For how many hours after the participant wrote a reply may be sent, where the company says so; null where it is as the
    /// platform says: 24 on Facebook, any time on X and LinkedIn.
    pub reply_window_hours: Option<i32>,
    /// Whether a person may answer up to 7 days later on Facebook, which takes a permission of the app's (`HUMAN_AGENT`).
    pub human_agent: bool,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<inbox::PlatformSettings> for Platform {
    fn from(platform: inbox::PlatformSettings) -> Self {
        let config = PlatformConfig::of(&platform);
        Self {
            name: platform.name.into(),
            api_version: config.version(platform.name).to_owned(),
            reply_window_hours: config.reply_window_hours,
            human_agent: config.human_agent != Some(false),
            display_name: platform.display_name,
            updated_at: platform.updated_at,
        }
    }
}

/// An account of the company's on a social platform. Its tokens nobody sees.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct SocialAccount {
    /// Its id, `sac_…`.
    pub id: ID,
    /// Where it is.
    pub platform: SocialPlatform,
    /// As the platform names it.
    pub account_id: String,
    /// As people read it.
    pub account_name: Option<String>,
    /// How it stands.
    pub status: SocialAccountStatus,
    /// Whether Frontdesk takes from it and writes through it.
    pub is_active: bool,
    /// Until when the platform takes our token; null where it says no end.
    pub token_expires_at: Option<DateTime<Utc>>,
    /// What the platform last said that it was refused for.
    pub last_error: Option<String>,
    /// What else the platform says of it.
    pub metadata: Json,
    /// When it was last connected.
    pub connected_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    connected_by: Option<UserId>,
}

impl From<inbox::SocialAccount> for SocialAccount {
    fn from(account: inbox::SocialAccount) -> Self {
        Self {
            id: account.id.into_id(),
            platform: account.platform.into(),
            account_id: account.account_id,
            account_name: account.account_name,
            status: account.status.into(),
            is_active: account.active,
            token_expires_at: account.token_expires_at,
            last_error: account.last_error,
            metadata: Json(account.metadata),
            connected_at: account.connected_at,
            updated_at: account.updated_at,
            connected_by: account.connected_by_id,
        }
    }
}

connection!(SocialAccountConnection, SocialAccountEdge, SocialAccount, inbox::SocialAccount, "social accounts");

#[ComplexObject]
impl SocialAccount {
    /// Who connected it last; null without the permission to see them.
    async fn connected_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.connected_by)).await
    }
}

filter! {
    /// Which accounts. All parts given must hold.
    SocialAccountFilter of SocialAccounts {
        /// Where they are.
        platform: SocialPlatformComparator,
        /// How they stand.
        status: SocialAccountStatusComparator,
        /// Whether they are in use.
        is_active: bool,
        /// Part of their name or of what the platform names them, in any spelling; at most 200 characters.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
    }
    |level, leaves| {
        leaves.value::<inbox::Platform>(social_accounts::BY_PLATFORM, level.platform)?;
        leaves.value::<inbox::SocialAccountStatus>(social_accounts::BY_STATUS, level.status)?;
        leaves.is(social_accounts::BY_ACTIVE, level.is_active);
        leaves.text(social_accounts::BY_TEXT, level.text);
    }
}

order! {
    "social accounts": SocialAccountOrder, SocialAccountOrderField of SocialAccounts, descending {
        /// By when they were last connected.
        ConnectedAt,
        /// By when they were last changed.
        UpdatedAt,
    }
}

/// One of several accounts that a platform let somebody choose from.
#[derive(Debug, Clone, SimpleObject)]
pub struct SocialAccountChoice {
    /// As the platform names it.
    pub account_id: String,
    /// As people read it.
    pub account_name: Option<String>,
}

impl From<inbox::Choice> for SocialAccountChoice {
    fn from(choice: inbox::Choice) -> Self {
        Self { account_id: choice.account_id, account_name: choice.account_name }
    }
}
