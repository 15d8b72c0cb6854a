//! API keys.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{CreateApiKey, create_api_key, entities::api_key::Column, records::ApiKeys, revoke_api_key};
use kernel::{
    Error, ProblemCode,
    id::{UserId, WrongId},
    page::PageArgs,
};

use super::{
    access::permission::Permission,
    people::types::{IntoId, User, user},
};
use crate::{
    connection, filter,
    graphql::{
        directives::requires,
        errors::{Result, UserError, payload},
        filters::{Instant, OrderDirection, OrderInput},
        records::{list, ordered},
        scalars::id,
        scope::scope,
    },
};

/// A key by which a program acts for a person. The key itself is shown once, when it is made.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ApiKey {
    /// Its id, `key_…`.
    pub id: ID,
    /// What its owner calls it.
    pub name: String,
    /// The first 8 characters of its random part, behind `fd_live_` and the company: to know it by.
    pub prefix: String,
    /// What it was made for. What its owner may not do any more, the key may not either.
    pub permissions: Vec<Permission>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to about a minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was ended early.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    owner_id: UserId,
    #[graphql(skip)]
    revoked_by: Option<UserId>,
}

impl From<identity::ApiKey> for ApiKey {
    fn from(key: identity::ApiKey) -> Self {
        Self {
            id: key.id.into_id(),
            permissions: key.permission_names().iter().filter_map(|name| Permission::of(name)).collect(),
            name: key.name,
            prefix: key.prefix,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
            created_at: key.created_at,
            owner_id: key.user_id,
            revoked_by: key.revoked_by,
        }
    }
}

/// What the viewer may do with an API key.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct ApiKeyViewerCan {
    /// End it; a key ends none.
    pub revoke: bool,
}

#[ComplexObject]
impl ApiKey {
    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiKeyViewerCan {
        // Who sees a key may end it.
        ApiKeyViewerCan { revoke: self.revoked_at.is_none() && scope(ctx).cx().in_session().is_ok() }
    }

    /// Whom it acts for; null without the permission to see them.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, Some(self.owner_id))).await
    }

    /// Who ended it; null where nobody did, or without the permission to see them.
    async fn revoked_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.revoked_by)).await
    }
}

connection!(ApiKeyConnection, ApiKeyEdge, ApiKey, identity::ApiKey, "API keys");

filter! {
    /// Which API keys. All parts given must hold.
    ApiKeyFilter of ApiKeys {
        /// Whom they act for, `stf_…` or `cli_…`.
        owner_id: ID,
        /// Whether they are neither revoked nor past their end.
        is_active: bool,
    }
    |level, leaves| {
        leaves.also(level.owner_id.map(|id| owner(&id)).transpose()?.map(identity::keys_of));
        let now = leaves.scope.cx().now;
        leaves.also(level.is_active.map(|good| identity::good_keys(good, now)));
    }
}

fn owner(id: &ID) -> kernel::Result<UserId> {
    let wrong = |wrong: WrongId| Error::invalid("filter.ownerId", ProblemCode::InvalidFormat, wrong.to_string());
    UserId::from_shown(id).map_err(wrong)
}

/// What API keys can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ApiKeyOrderField {
    /// By when they were made.
    CreatedAt,
}

/// An order of API keys.
#[derive(Debug, Clone, InputObject)]
pub struct ApiKeyOrder {
    /// By what.
    #[graphql(default_with = "ApiKeyOrderField::CreatedAt")]
    pub field: ApiKeyOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

impl OrderInput for ApiKeyOrder {
    type Of = ApiKeys;

    fn column(&self) -> (Column, bool) {
        let column = match self.field {
            ApiKeyOrderField::CreatedAt => Column::CreatedAt,
        };
        (column, self.direction == OrderDirection::Desc)
    }
}

/// Reading API keys.
#[derive(Default)]
pub struct ApiKeyQuery;

#[Object]
impl ApiKeyQuery {
    /// API keys, newest first unless ordered otherwise: the viewer's own, and with MANAGE_API_KEYS everybody's.
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<ApiKeyFilter>,
        #[graphql(desc = "In which order; ties are broken by id.")] order_by: Option<ApiKeyOrder>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ApiKeyConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by.map(|order| vec![order]), (Column::CreatedAt, true));
        Ok(list(ctx, "apiKeys", filter, order, page).await?.into())
    }
}

/// A key is to be made.
#[derive(Clone, InputObject)]
pub struct CreateApiKeyInput {
    /// What it is called, 1–200 characters.
    pub name: String,
    /// What it may do: at least one permission, all of them the viewer's own. Whose work it sees is among them: a key that
    /// lists messages needs one of SEE_ALL, SEE_TEAM, SEE_ASSIGNED and SEE_UNASSIGNED beside VIEW_MESSAGES.
    pub permissions: Vec<Permission>,
    /// When it ends; without it, when it is revoked.
    pub expires_at: Option<Instant>,
}

/// What came of making a key.
#[derive(SimpleObject)]
pub struct CreateApiKeyPayload {
    /// The key's text, `fd_live_…`, for `Authorization: Bearer …`. It is shown this once.
    pub key: Option<String>,
    /// What there is to know of the key afterwards.
    pub api_key: Option<ApiKey>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A key is to be ended.
#[derive(Clone, InputObject)]
pub struct RevokeApiKeyInput {
    /// The key.
    pub api_key_id: ID,
}

/// What came of ending a key.
#[derive(SimpleObject)]
pub struct RevokeApiKeyPayload {
    /// The key.
    pub api_key: Option<ApiKey>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Keeping API keys.
#[derive(Default)]
pub struct ApiKeyMutation;

#[Object]
impl ApiKeyMutation {
    /// Makes a key that acts for the viewer with some of their permissions, and sees what they see. A person may have 50
    /// that are not revoked. A key can make no keys.
    #[graphql(directive = requires::apply(Permission::UseApiKeys))]
    async fn create_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateApiKeyInput,
    ) -> Result<CreateApiKeyPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let name = |permission: &Permission| async_graphql::resolver_utils::enum_value(*permission).to_string();
        let cmd = &CreateApiKey {
            name: input.name,
            permissions: input.permissions.iter().map(name).collect(),
            expires_at: input.expires_at.map(|at| at.read("input.expiresAt")).transpose()?,
        };
        let made = scope.app.db.transact(cx, "api_key.create", |tx| async move { create_api_key(&tx, cx, cmd).await });
        let (made, errors) = payload(made.await)?;
        let (key, api_key) = made.map(|made| (made.text, made.key.into())).unzip();
        Ok(CreateApiKeyPayload { key, api_key, errors })
    }

    /// Ends a key at once: the viewer's own, or with MANAGE_API_KEYS anybody's. What listens with it is cut off within
    /// seconds. Keys are not revoked by keys.
    async fn revoke_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RevokeApiKeyInput,
    ) -> Result<RevokeApiKeyPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let key = id("input.apiKeyId", &input.api_key_id)?;
        let catalog = &scope.app.catalog;
        let revoked = |tx| async move { revoke_api_key(&tx, cx, catalog, key).await };
        let ended = scope.app.db.transact(cx, "api_key.revoke", revoked);
        let (ended, errors) = payload(ended.await)?;
        if let Some((_, hash)) = &ended {
            scope.app.access.forget_key(cx.tenant.id, hash).await;
        }
        Ok(RevokeApiKeyPayload { api_key: ended.map(|(key, _)| key.into()), errors })
    }
}
