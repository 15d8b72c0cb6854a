//! Signing in and out.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{SignIn, sign_in, sign_out};
use kernel::{Actor, Error};

use super::viewer::Viewer;
use crate::graphql::{
    errors::{Result, UserError, payload},
    scope::{Scope, scope},
};

/// Somebody wants to sign in.
#[derive(Clone, InputObject)]
pub struct SignInInput {
    /// Their address, in any case.
    pub email: String,
    /// Their password.
    #[graphql(secret)]
    pub password: String,
    /// The code of their second factor, where they have one: of their app, or a recovery code.
    #[graphql(secret)]
    pub totp_code: Option<String>,
}

/// What came of signing in.
#[derive(SimpleObject)]
pub struct SignInPayload {
    /// The new session.
    pub session: Option<SessionTokens>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A session needs its next pair of tokens.
#[derive(Clone, InputObject)]
pub struct RefreshSessionInput {
    /// The newest refresh token. It is good once: using it again later than a few seconds after ends the session.
    #[graphql(secret)]
    pub refresh_token: String,
}

/// What came of refreshing.
#[derive(SimpleObject)]
pub struct RefreshSessionPayload {
    /// The session with its next pair of tokens.
    pub session: Option<SessionTokens>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// What came of signing out.
#[derive(SimpleObject)]
pub struct SignOutPayload {
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// The tokens of a session.
#[derive(SimpleObject)]
pub struct SessionTokens {
    /// Goes into `Authorization: Bearer …`; good for 15 minutes.
    pub access_token: String,
    /// When it ends.
    pub access_token_expires_at: DateTime<Utc>,
    /// Buys the next pair. Keep it out of scripts' reach.
    pub refresh_token: String,
    /// When it ends.
    pub refresh_token_expires_at: DateTime<Utc>,
    /// Who signed in.
    pub viewer: Viewer,
}

/// Makes the answer to a sign-in; from here on the request's loaders see what the new session sees.
///
/// `None` where the session is over before it was answered.
pub(crate) async fn session(scope: &Scope, tokens: identity::SessionTokens) -> Result<Option<SessionTokens>> {
    let cx = scope.cx();
    let claims = identity::Claims {
        user: tokens.user,
        session: tokens.session,
        tenant: cx.tenant.id,
        token_version: tokens.token_version,
        expires_at: tokens.access_token_expires_at,
    };
    let actor = match scope.app.access.actor(&cx, &claims).await {
        Err(Error::Unauthenticated) => return Ok(None),
        actor => actor?,
    };
    let cx = cx.acting_as(Actor::User(actor));
    let viewer = Viewer::of(&cx);
    scope.renew(cx);
    Ok(Some(SessionTokens {
        access_token: tokens.access_token,
        access_token_expires_at: tokens.access_token_expires_at,
        refresh_token: tokens.refresh_token,
        refresh_token_expires_at: tokens.refresh_token_expires_at,
        viewer,
    }))
}

/// Signing in and out.
#[derive(Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Public: opens a session for an address and its password. Attempts are limited per account and per address.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SignInInput,
    ) -> Result<SignInPayload> {
        let scope = scope(ctx);
        let cx = scope.mutation(ctx);
        let app = &scope.app;
        let SignInInput { email, password, totp_code: code } = input;
        let cmd = SignIn { email, password, code, limited: app.rate_limits };
        let policy = app.settings.session_policy(&cx, app.sessions).await?;
        let (tokens, errors) = payload(sign_in(&app.db, &app.passwords, &app.tokens, policy, &cx, cmd).await)?;
        let session = match tokens {
            // Deactivated in this very moment.
            Some(tokens) => Some(session(scope, tokens).await?.ok_or(Error::Unauthenticated)?),
            None => None,
        };
        Ok(SignInPayload { session, errors })
    }

    /// Public: exchanges a refresh token for a new pair. Two windows may do so with the same one at the same time, and an
    /// answer that was lost may be asked for again within a few seconds: each gets a pair of the same session.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RefreshSessionInput,
    ) -> Result<RefreshSessionPayload> {
        let scope = scope(ctx);
        let cx = scope.mutation(ctx);
        let app = &scope.app;
        let policy = app.settings.session_policy(&cx, app.sessions).await?;
        let outcome = identity::refresh_session(&app.db, &app.tokens, policy, &cx, &input.refresh_token).await;
        if let Ok(identity::Refreshed::Reused(session)) = &outcome {
            app.access.forget(cx.tenant.id, *session).await;
        }
        let (tokens, mut errors) = payload(outcome.and_then(identity::Refreshed::into_tokens))?;
        let session = match tokens {
            Some(tokens) => session(scope, tokens).await?,
            None => None,
        };
        if session.is_none() && errors.is_empty() {
            errors = payload::<()>(Err(identity::refused()))?.1;
        }
        Ok(RefreshSessionPayload { session, errors })
    }

    /// Ends the session that asks.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let ended = scope.app.db.transact(cx, "session.end", |tx| async move { sign_out(&tx, cx).await }).await;
        let (ended, errors) = payload(ended)?;
        if let Some(session) = ended {
            scope.app.access.forget(cx.tenant.id, session).await;
        }
        Ok(SignOutPayload { errors })
    }
}
