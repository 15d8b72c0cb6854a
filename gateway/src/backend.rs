//! The product behind the transports: who asks, of which tenant, and the schema that answers.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use async_graphql::{Positioned, Request, Response, async_trait::async_trait, parser::types::Selection};
use futures_util::{StreamExt, stream::BoxStream};
use identity::{Credential, KEY_PREFIX, KeyClaims};
use kernel::{Actor, Cx, Error, Result, Tenant, cx::Origin, db::TenantKey};

use crate::{
    app::App,
    graphql::scope::Scope,
    http::{Backend, EndReason, Failure, Operation, Peer, Prepared, SessionEnd},
};

/// How often an open socket asks whether its session or key still stands.
const RECHECK: Duration = Duration::from_secs(2);

/// The application as the transports see it.
pub struct Product(pub Arc<App>);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if let Error::Internal { detail } | Error::Unavailable { detail } = &error {
            tracing::error!(%detail, code = error.code(), "a request could not be prepared");
        }
        let retry_after = match &error {
            Error::RateLimited { retry_after } => Some(*retry_after),
            _ => None,
        };
        Self { retryable: error.retryable(), retry_after, ..Self::new(error.code(), error.to_string()) }
    }
}

impl Product {
    /// What the request shows: an access token or an API key, if there is one.
    fn credential(&self, peer: &Peer) -> Result<Option<Credential>> {
        let Some(header) = &peer.authorization else { return Ok(None) };
        let text =
            header.strip_prefix("Bearer ").or_else(|| header.strip_prefix("bearer ")).ok_or(Error::Unauthenticated)?;
        let text = text.trim();
        let read = if text.starts_with(KEY_PREFIX) {
            KeyClaims::read(text).map(Credential::Key)
        } else {
            self.0.tokens.read(text, self.0.source.now()).map(Credential::Token)
        };
        read.map(Some).ok_or(Error::Unauthenticated)
    }

    /// The tenant of a request: the token's or key's; else the one that owns the host name; else the header's; else the
    /// only one.
    async fn tenant(&self, peer: &Peer, credential: Option<&Credential>) -> Result<Arc<Tenant>, Failure> {
        let db = &self.0.db;
        let missing = || Error::NotFound { what: "Tenant" };
        let tenant = if let Some(credential) = credential {
            // A token of a tenant that is gone is no token.
            db.tenant(TenantKey::Id(credential.tenant())).await?.ok_or(Error::Unauthenticated)?
        } else {
            let host = peer.host.as_deref().map(|host| host.split(':').next().unwrap_or(host).to_lowercase());
            let by_host = match host {
                Some(host) if host.len() <= 253 && !host.contains('\0') => db.tenant(TenantKey::Host(host)).await?,
                _ => None,
            };
            match (by_host, &peer.tenant) {
                (Some(tenant), _) => tenant,
                (None, Some(slug)) if kernel::tenant::is_slug(slug) => {
                    db.tenant(TenantKey::Slug(slug.clone())).await?.ok_or_else(missing)?
                }
                (None, Some(_)) => return Err(missing().into()),
                (None, None) => db.tenant(TenantKey::Only).await?.ok_or_else(missing)?,
            }
        };
        if !tenant.active {
            return Err(Failure::new("FORBIDDEN", "this front desk is suspended"));
        }
        if tenant.schema_version.as_deref() != Some(crate::tenants::version()) {
            return Err(Error::unavailable(format!("tenant {} is not migrated", tenant.slug)).into());
        }
        Ok(tenant)
    }

    async fn caller(&self, peer: &Peer) -> Result<(Cx, Option<Credential>), Failure> {
        let credential = self.credential(peer)?;
        Ok((self.context(peer, credential.as_ref()).await?, credential))
    }

    async fn context(&self, peer: &Peer, credential: Option<&Credential>) -> Result<Cx, Failure> {
        let tenant = self.tenant(peer, credential).await?;
        let cx = Cx::new(self.0.source.clone(), tenant, Actor::Anonymous, peer.request_id.as_str())
            .from(Origin { address: Some(peer.address), agent: peer.user_agent.clone() });
        match credential {
            None => Ok(cx),
            Some(credential) => {
                let actor = self.0.access.actor(&cx, *credential).await?;
                Ok(cx.acting_as(Actor::User(actor)))
            }
        }
    }
}

/// The mutations that need nobody to be signed in.
const PUBLIC: [&str; 12] = [
    "signIn",
    "refreshSession",
    "submitMessage",
    "registerClient",
    "verifyEmail",
    "requestEmailVerification",
    "requestPasswordReset",
    "resetPassword",
    "confirmEmailChange",
    "acceptInvitation",
    "beginOidcSignIn",
    "completeOidcSignIn",
];

/// Whether every operation of the document does nothing but public mutations.
fn is_public(request: &mut Request) -> bool {
    let public = |item: &Positioned<Selection>| match &item.node {
        Selection::Field(field) => PUBLIC.contains(&field.node.name.node.as_str()),
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => false,
    };
    request.parsed_query().is_ok_and(|document| {
        document.operations.iter().all(|(_, operation)| operation.node.selection_set.node.items.iter().all(public))
    })
}

/// The operation's name as a metrics label, kept with the request until it is answered.
struct Label(Arc<str>, Arc<kernel::cx::Counters>);

#[async_trait]
impl Backend for Product {
    async fn prepare(&self, peer: &Peer, operation: &Operation, mut request: Request) -> Result<Prepared, Failure> {
        let (cx, credential) = match self.caller(peer).await {
            // Clients send the token that has just ended along with the request for a new one.
            Err(failure) if failure.code == "UNAUTHENTICATED" && is_public(&mut request) => {
                (self.context(peer, None).await?, None)
            }
            caller => caller?,
        };
        let idempotency = peer.idempotency_key.clone().zip(operation.body_hash);
        let live = operation.kind == async_graphql::parser::types::OperationType::Subscription;
        let label = Label(operation.label.clone(), cx.counters.clone());
        let scope = Scope::new(self.0.clone(), cx, credential, idempotency, live);
        Ok(request.data(scope).data(label).into())
    }

    async fn connect(&self, peer: &Peer) -> Result<Option<SessionEnd>, Failure> {
        let (cx, Some(credential)) = self.caller(peer).await? else { return Ok(None) };
        let app = self.0.clone();
        Ok(Some(Box::pin(async move {
            loop {
                let left = credential.expires_at().map(|at| (at - app.source.now()).to_std().unwrap_or_default());
                tokio::time::sleep(left.map_or(RECHECK, |left| left.min(RECHECK))).await;
                if credential.expires_at().is_some_and(|at| at <= app.source.now()) {
                    return EndReason::Expired;
                }
                // A database that is away takes nobody's access; the next look will tell.
                if let Err(Error::Unauthenticated) = app.renewed(&cx, Some(&credential)).await {
                    return EndReason::Revoked;
                }
            }
        })))
    }

    async fn execute(&self, request: Request, valid: bool) -> Response {
        let label = request.data.get(&std::any::TypeId::of::<Label>()).and_then(|label| label.downcast_ref::<Label>());
        let label = label.map(|Label(name, counters)| (name.clone(), counters.clone()));
        let schema = if valid { &self.0.unvalidated } else { &self.0.schema };
        let response = schema.execute(request).await;
        if let Some((name, counters)) = label {
            let statements = counters.statements.load(Ordering::Relaxed);
            metrics::counter!("frontdesk_sql_statements_total", "operation" => name).increment(statements.into());
        }
        response
    }

    fn stream(&self, request: Request) -> BoxStream<'static, Response> {
        self.0.schema.execute_stream(request).boxed()
    }

    fn sha256(&self, bytes: &[u8]) -> [u8; 32] {
        kernel::crypto::sha256(bytes)
    }
}
