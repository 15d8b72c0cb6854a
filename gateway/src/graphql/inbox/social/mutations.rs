//! Connecting accounts, and setting platforms.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::{
    ChooseSocialAccounts, CompleteSocialAccount, Completed, ConnectSocialAccount, UpdatePlatform,
    choose_social_accounts, complete_social_account, connect_social_account, disconnect_social_account,
    update_platform, verify_social_account,
};
use kernel::Cx;

use super::{
    super::conversations::SocialPlatform,
    types::{Platform, SocialAccount, SocialAccountChoice},
};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError, payload},
        identity::Permission,
        records::write,
        scalars::id,
        scope::scope,
    },
    payload,
};

/// What holds for a platform is to be changed. What is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdatePlatformInput {
    /// The platform.
    pub platform: SocialPlatform,
    /// What people call it, 1–100 characters.
    pub display_name: Option<String>,
    /// Which version of its API is asked, such as `v25.0` of Facebook or `202608` of LinkedIn; null for the usual one.
    pub api_version: MaybeUndefined<String>,
    /// For how many hours after the participant wrote a reply may be sent, 1–8760; null for as long as the platform says.
    pub reply_window_hours: MaybeUndefined<i32>,
    /// Whether a person may answer up to 7 days later on Facebook, which takes a permission of the app's.
    pub human_agent: Option<bool>,
}

payload! {
    /// What came of changing what holds for a platform.
    UpdatePlatformPayload {
        /// The platform.
        platform: Platform as inbox::PlatformSettings
    }
    /// What came of disconnecting an account.
    DisconnectSocialAccountPayload {
        /// The account.
        social_account: SocialAccount as inbox::SocialAccount
    }
    /// What came of trying whether a platform takes us.
    VerifySocialAccountPayload {
        /// The account; where the platform does not take us, its status says so.
        social_account: SocialAccount as inbox::SocialAccount
    }
}

/// An account is to be connected.
#[derive(Clone, InputObject)]
pub struct ConnectSocialAccountInput {
    /// Where.
    pub platform: SocialPlatform,
    /// The page that the person comes back to, one of those that the operator allows; the first of them unless given.
    pub redirect_uri: Option<String>,
}

/// What came of beginning to connect an account.
#[derive(SimpleObject)]
pub struct ConnectSocialAccountPayload {
    /// Where the person is to be sent. They come back to the page with `state` and `code`.
    pub authorization_url: Option<String>,
    /// Until when they may come back.
    pub expires_at: Option<DateTime<Utc>>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Somebody came back from a platform.
#[derive(Clone, InputObject)]
pub struct CompleteSocialAccountInput {
    /// The `state` that they came back with.
    pub state: String,
    /// The `code` that they came back with.
    pub code: String,
}

/// What came of somebody's coming back.
#[derive(SimpleObject)]
pub struct CompleteSocialAccountPayload {
    /// The accounts that are connected now; null where it did not work.
    pub social_accounts: Option<Vec<SocialAccount>>,
    /// The accounts to choose from, with `chooseSocialAccounts` and the same state, where there are several.
    pub choices: Option<Vec<SocialAccountChoice>>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Somebody chooses among several accounts.
#[derive(Clone, InputObject)]
pub struct ChooseSocialAccountsInput {
    /// The `state` that they came back with; good for a quarter of an hour.
    pub state: String,
    /// The accounts, as the platform names them: 1–50 of the choices.
    pub account_ids: Vec<String>,
}

/// What came of choosing.
#[derive(SimpleObject)]
pub struct ChooseSocialAccountsPayload {
    /// The accounts that are connected now; null where it did not work.
    pub social_accounts: Option<Vec<SocialAccount>>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// An account is to be disconnected.
#[derive(Clone, InputObject)]
pub struct DisconnectSocialAccountInput {
    /// The account.
    pub social_account_id: ID,
}

/// Whether a platform takes us is to be tried.
#[derive(Clone, InputObject)]
pub struct VerifySocialAccountInput {
    /// The account.
    pub social_account_id: ID,
}

fn given<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

type Parts = (Option<Vec<SocialAccount>>, Option<Vec<SocialAccountChoice>>, Vec<UserError>);

fn parts(completed: kernel::Result<Completed>) -> Result<Parts> {
    let (completed, errors) = payload(completed)?;
    let Some(completed) = completed else { return Ok((None, None, errors)) };
    let accounts = completed.accounts.into_iter().map(Into::into).collect();
    Ok((Some(accounts), Some(completed.choices.into_iter().map(Into::into).collect()), errors))
}

/// Connecting accounts, and setting platforms.
#[derive(Default)]
pub struct SocialMutation;

#[Object]
impl SocialMutation {
    /// Changes what holds for a social platform.
    #[graphql(directive = requires::apply(Permission::ManageSocialAccounts))]
    async fn update_platform(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdatePlatformInput,
    ) -> Result<UpdatePlatformPayload> {
        let cmd = UpdatePlatform {
            platform: input.platform.into(),
            display_name: input.display_name,
            api_version: given(input.api_version),
            reply_window_hours: given(input.reply_window_hours),
            human_agent: input.human_agent,
        };
        let work = |tx, cx: Arc<Cx>, cmd: Arc<UpdatePlatform>| async move { update_platform(&tx, &cx, &cmd).await };
        Ok(write(ctx, "platform.update", cmd, work).await?.into())
    }

    /// Begins to connect an account: send the person to the address, and call `completeSocialAccount` as the same person with what
    /// they come back with. One that was connected before is connected again, with its history.
    #[graphql(directive = requires::apply(Permission::ManageSocialAccounts))]
    async fn connect_social_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ConnectSocialAccountInput,
    ) -> Result<ConnectSocialAccountPayload> {
        let (cx, app) = (scope(ctx).mutation(ctx), &scope(ctx).app);
        let cmd = ConnectSocialAccount { platform: input.platform.into(), redirect_uri: input.redirect_uri };
        let social = &app.social;
        let sent = connect_social_account(&app.db, &social.networks, &social.redirects, &cx, &cmd).await;
        let (sent, errors) = payload(sent)?;
        let (mut authorization_url, mut expires_at) = (None, None);
        if let Some(sent) = sent {
            authorization_url = Some(sent.authorization_url);
            expires_at = Some(sent.expires_at);
        }
        Ok(ConnectSocialAccountPayload { authorization_url, expires_at, errors })
    }

    /// Connects an account with what somebody came back with. The state is good once, for whoever was sent with it.
    #[graphql(directive = requires::apply(Permission::ManageSocialAccounts))]
    async fn complete_social_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CompleteSocialAccountInput,
    ) -> Result<CompleteSocialAccountPayload> {
        let (cx, app) = (scope(ctx).mutation(ctx), &scope(ctx).app);
        let cmd = CompleteSocialAccount { state: input.state, code: input.code };
        let completed = complete_social_account(&app.db, &app.social.networks, &cx, &cmd).await;
        let (social_accounts, choices, errors) = parts(completed)?;
        Ok(CompleteSocialAccountPayload { social_accounts, choices, errors })
    }

    /// Connects those of several accounts that are meant; the others are forgotten.
    #[graphql(directive = requires::apply(Permission::ManageSocialAccounts))]
    async fn choose_social_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ChooseSocialAccountsInput,
    ) -> Result<ChooseSocialAccountsPayload> {
        let (cx, app) = (scope(ctx).mutation(ctx), &scope(ctx).app);
        let cmd = ChooseSocialAccounts { state: input.state, account_ids: input.account_ids };
        let (social_accounts, _, errors) =
            parts(choose_social_accounts(&app.db, &app.social.networks, &cx, &cmd).await)?;
        Ok(ChooseSocialAccountsPayload { social_accounts, errors })
    }

    /// Disconnects an account: its tokens are deleted, nothing is taken from it or written through it. Its conversations stay.
    #[graphql(directive = requires::apply(Permission::ManageSocialAccounts))]
    async fn disconnect_social_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: DisconnectSocialAccountInput,
    ) -> Result<DisconnectSocialAccountPayload> {
        let (cx, app) = (scope(ctx).mutation(ctx), &scope(ctx).app);
        let account = id("input.socialAccountId", &input.social_account_id)?;
        Ok(payload(disconnect_social_account(&app.db, &cx, account).await)?.into())
    }

    /// Asks the platform for the account's name with our token, and notes whether it takes us.
    #[graphql(directive = requires::apply(Permission::ManageSocialAccounts))]
    async fn verify_social_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: VerifySocialAccountInput,
    ) -> Result<VerifySocialAccountPayload> {
        let (cx, app) = (scope(ctx).mutation(ctx), &scope(ctx).app);
        let account = id("input.socialAccountId", &input.social_account_id)?;
        Ok(payload(verify_social_account(&app.db, &app.social.networks, &cx, account).await)?.into())
    }
}
