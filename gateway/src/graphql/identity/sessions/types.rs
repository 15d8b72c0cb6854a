//! Sessions: where somebody is signed in, and ending that.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{entities::session::Column, records::Sessions};
use kernel::{
    id::{ClientId, SessionId, StaffId, UserId, prefix},
    page::PageArgs,
    record::Filter,
};

use crate::graphql::identity::people::types::{IntoId, User, user};
use crate::{
    connection,
    graphql::{
        errors::{Result, UserError, payload},
        records::{always, list_where},
        scalars::id,
        scope::scope,
    },
};

/// Somebody who is signed in somewhere.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Session {
    /// Its id, `ses_…`.
    pub id: ID,
    /// The browser that it was opened with, such as `Firefox`, where the browser told.
    pub browser: Option<String>,
    /// The system that it was opened with, such as `Windows`, where the browser told.
    pub operating_system: Option<String>,
    /// What the program said of itself, as it said it; at most 512 characters.
    pub user_agent: Option<String>,
    /// The network address that it was opened from.
    pub address: Option<String>,
    /// How often its refresh token was exchanged: its place in the family of refresh tokens.
    pub refreshes: i32,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last got an access token, which is good for 15 minutes.
    pub last_active_at: DateTime<Utc>,
    /// When it ends unless it is refreshed; in the end it ends all the same.
    pub expires_at: DateTime<Utc>,
    /// When it was ended early.
    pub revoked_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    key: SessionId,
    #[graphql(skip)]
    user: UserId,
}

impl From<identity::Session> for Session {
    fn from(session: identity::Session) -> Self {
        let device = session.device();
        Self {
            id: session.id.into_id(),
            browser: device.browser.map(Into::into),
            operating_system: device.system.map(Into::into),
            user_agent: session.agent,
            address: session.address,
            refreshes: session.refreshes,
            created_at: session.created_at,
            last_active_at: session.last_active_at,
            expires_at: session.expires_at,
            revoked_at: session.revoked_at,
            key: session.id,
            user: session.user_id,
        }
    }
}

#[ComplexObject]
impl Session {
    /// Whether it is the session that asks.
    async fn is_current(&self, ctx: &Context<'_>) -> bool {
        scope(ctx).cx().person().is_ok_and(|person| person.session == Some(self.key))
    }

    /// Whose it is.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, Some(self.user)).await
    }
}

connection!(SessionConnection, SessionEdge, Session, identity::Session, "sessions");

/// The id of a person of whatever kind.
pub fn user_id(argument: &str, text: &ID) -> kernel::Result<UserId> {
    match prefix(text) {
        Some("cli") => Ok(id::<ClientId>(argument, text)?.into()),
        _ => Ok(id::<StaffId>(argument, text)?.into()),
    }
}

/// The open sessions of a person.
pub async fn sessions(ctx: &Context<'_>, of: UserId, page: PageArgs) -> Result<SessionConnection> {
    let (scope, cx) = (scope(ctx), scope(ctx).cx());
    identity::may_see_sessions(&scope.app.db.reader(&cx).await?, &cx, of).await?;
    let (theirs, order) =
        (Filter::<Sessions>::of(identity::sessions_of(of)), always::<Sessions>(Column::CreatedAt, true)?);
    Ok(list_where(ctx, &format!("sessions {of}"), theirs, order, page).await?.into())
}

/// Reading sessions.
#[derive(Default)]
pub struct SessionQuery;

#[Object]
impl SessionQuery {
    /// The open sessions of a person, the newest first: one's own, or with `MANAGE_SESSIONS` somebody else's.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, `stf_…` or `cli_…`; one's own unless given.")] user_id: Option<ID>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<SessionConnection> {
        let own = scope(ctx).cx().user()?.id;
        let of = user_id.map_or(Ok(own), |id| self::user_id("userId", &id))?;
        sessions(ctx, of, PageArgs { first, after, last, before }).await
    }
}

/// A session is to be ended.
#[derive(Clone, InputObject)]
pub struct RevokeSessionInput {
    /// Which one, `ses_…`.
    pub session_id: ID,
}

/// What came of ending a session.
#[derive(SimpleObject)]
pub struct RevokeSessionPayload {
    /// The session as it is now.
    pub session: Option<Session>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// All sessions of a person are to be ended.
#[derive(Clone, InputObject)]
pub struct RevokeAllSessionsInput {
    /// Whose, `stf_…` or `cli_…`; one's own unless given.
    pub user_id: Option<ID>,
    /// Whether the session that asks goes on.
    #[graphql(default = true)]
    pub except_current: bool,
}

/// What came of ending all sessions of a person.
#[derive(SimpleObject)]
pub struct RevokeAllSessionsPayload {
    /// How many were open.
    pub revoked: Option<i32>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Ending sessions.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Ends one of one's own sessions, or with `MANAGE_SESSIONS` somebody else's, with its subscriptions: here at once,
    /// everywhere within 2 seconds.
    async fn revoke_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RevokeSessionInput,
    ) -> Result<RevokeSessionPayload> {
        let (scope, id) = (scope(ctx), id("input.sessionId", &input.session_id)?);
        let cx = &scope.mutation(ctx);
        let catalog = &scope.app.catalog;
        let revoked = |tx| async move { identity::revoke_session(&tx, cx, catalog, id).await };
        let (session, errors) = payload(scope.app.db.transact(cx, "session.revoke", revoked).await)?;
        scope.app.access.forget(cx.tenant.id, id).await;
        Ok(RevokeSessionPayload { session: session.map(Into::into), errors })
    }

    /// Ends all sessions of a person, one's own or with `MANAGE_SESSIONS` somebody else's, with their subscriptions: here at
    /// once, everywhere within 2 seconds.
    async fn revoke_all_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RevokeAllSessionsInput,
    ) -> Result<RevokeAllSessionsPayload> {
        let scope = scope(ctx);
        let of = input.user_id.as_ref().map(|id| user_id("input.userId", id)).transpose()?;
        let cx = &scope.mutation(ctx);
        let (catalog, except) = (&scope.app.catalog, input.except_current);
        let revoked = |tx| async move { identity::revoke_all_sessions(&tx, cx, catalog, of, except).await };
        let (sessions, errors) = payload(scope.app.db.transact(cx, "session.revoke_all", revoked).await)?;
        for session in sessions.iter().flatten() {
            scope.app.access.forget(cx.tenant.id, *session).await;
        }
        Ok(RevokeAllSessionsPayload {
            revoked: sessions.map(|all| i32::try_from(all.len()).unwrap_or(i32::MAX)),
            errors,
        })
    }
}
