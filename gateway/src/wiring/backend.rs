//! The product behind the transports: who asks, of which tenant, and the schema that answers.

use std::{
    mem,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use async_graphql::{
    Name, Positioned, Request, Response, ValidationMode,
    async_trait::async_trait,
    parser::types::{OperationType, Selection},
};
use audit::ErrorSource;
use futures_util::{FutureExt, StreamExt, stream::BoxStream};
use http::{HeaderMap, HeaderValue, header::CACHE_CONTROL};
use identity::{Credential, KEY_PREFIX, KeyClaims, PlatformClaims};
use kernel::{Actor, Cx, Error, Result, Tenant, cx::Origin, db::TenantKey};

use crate::{
    background::reads::Reading,
    config::Introspection,
    graphql::{
        loaders::Rounds,
        personal::Shape,
        schema::{Schema, build, sdl},
        scope::Scope,
    },
    http::{Backend, EndReason, Failure, Operation, Peer, Prepared, SessionEnd},
    wiring::{
        app::App,
        suggestions::suggest,
        watched::{self, Asked, Watched},
    },
};

/// How often an open socket asks whether its session or key still stands.
const RECHECK: Duration = Duration::from_secs(2);

/// The application as the transports see it, with the schema that answers.
pub struct Product {
    app: Arc<App>,
    schema: Schema,
    /// For documents that are known to be valid.
    unvalidated: Schema,
    /// What holds personal data in it.
    shape: Shape,
}

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
    /// The schema in front of this application.
    ///
    /// # Errors
    /// [`Error::Internal`] for a schema that cannot be read.
    pub fn new(app: Arc<App>) -> Result<Self> {
        let shape = Shape::new(&sdl())?;
        Ok(Self { app, schema: build(ValidationMode::Strict), unvalidated: build(ValidationMode::Fast), shape })
    }

    /// What a request may come to read.
    fn reading(&self, request: &mut Request) -> Option<Reading> {
        let cx = scope_of(request)?.cx();
        let (name, variables) = (request.operation_name.clone(), mem::take(&mut request.variables));
        let found = request.parsed_query().ok().map(|document| {
            let asked = self.shape.asked(document, name.as_deref(), &variables);
            let mut operations = document.operations.iter();
            let own = operations.find(|(own, _)| name.is_none() || own.map(Name::as_str) == name.as_deref());
            (asked, own.is_some_and(|(_, operation)| operation.node.ty == OperationType::Mutation))
        });
        request.variables = variables;
        let (asked, is_mutation) = found?;
        Some(Reading::new(cx, asked, is_mutation))
    }

    /// What is to be known of an operation once it is over.
    fn watched(&self, request: &Request) -> Option<Watched> {
        let asked = request.data.get(&std::any::TypeId::of::<Asked>())?.downcast_ref::<Asked>()?;
        Some(Watched::new(&self.app, scope_of(request)?.cx(), asked, request))
    }

    /// Notes that a request could not be prepared by a fault of ours, in the log of whom it asked.
    async fn unprepared(&self, peer: &Peer, operation: &Operation, failure: &Failure) {
        let error = match failure.code {
            "INTERNAL_SERVER_ERROR" => Error::internal("the log of the process says why"),
            "UNAVAILABLE" => Error::unavailable("the log of the process says why"),
            _ => return,
        };
        let Ok(tenant) = self.tenant(peer, None).await else { return };
        let cx = called(self.asked(peer, tenant, Actor::Anonymous), operation);
        self.app.errors.failed(&cx, ErrorSource::Api, "a request could not be prepared", &error);
    }

    /// Notes that somebody who is not signed in was refused, in the trail of whom they asked.
    async fn refused(&self, peer: &Peer, operation: Option<&Operation>, failure: &Failure) {
        // A platform administrator asks nobody's company.
        if failure.code != "UNAUTHENTICATED" || self.platform_claims(peer).is_some() {
            return;
        }
        let Ok(tenant) = self.tenant(peer, None).await else { return };
        let cx = self.asked(peer, tenant, Actor::Anonymous);
        let cx = match operation {
            Some(operation) => called(cx, operation),
            None => cx,
        };
        let why = (failure.code, failure.message.to_string());
        self.app.reads.refuse(&cx, "request.refused", why, serde_json::json!({}));
    }

    /// What the request shows: an access token or an API key, if there is one.
    fn credential(&self, peer: &Peer) -> Result<Option<Credential>> {
        if peer.authorization.is_none() {
            return Ok(None);
        }
        let text = bearer(peer).ok_or(Error::Unauthenticated)?;
        let read = if text.starts_with(KEY_PREFIX) {
            KeyClaims::read(text).map(Credential::Key)
        } else {
            self.app.tokens.read(text, self.app.source.now()).map(Credential::Token)
        };
        read.map(Some).ok_or(Error::Unauthenticated)
    }

    /// The platform administrator who asks; `None` for everybody else.
    fn platform_claims(&self, peer: &Peer) -> Option<PlatformClaims> {
        self.app.platform_tokens.read(bearer(peer)?, self.app.source.now())
    }

    /// The context of a request for operations of the platform, which belongs to no tenant; `None` for a person of a
    /// tenant, whom the operations refuse themselves.
    async fn platform(&self, peer: &Peer) -> Result<Option<Cx>, Failure> {
        let actor = match self.platform_claims(peer) {
            Some(claims) => match identity::platform_actor(&self.app.db, &claims).await {
                // What is not public refuses them; signing in again does not.
                Err(Error::Unauthenticated) => Actor::Anonymous,
                admin => Actor::Platform(admin?),
            },
            None if matches!(self.credential(peer), Ok(Some(_))) => return Ok(None),
            None => Actor::Anonymous,
        };
        let nowhere = Arc::new(Tenant::platform(self.app.source.now()));
        Ok(Some(self.asked(peer, nowhere, actor)))
    }

    /// Refuses those who may not ask what the API is like.
    fn may_introspect(&self, cx: &Cx) -> Result<(), Failure> {
        match (self.app.introspection, &cx.actor) {
            (Introspection::Open, _) => Ok(()),
            (Introspection::SignedIn, Actor::Anonymous) => {
                Err(Failure::new("UNAUTHENTICATED", "only those who are signed in may ask for the schema here"))
            }
            (Introspection::SignedIn, _) => Ok(()),
            (Introspection::Off, _) => Err(Failure::new("FORBIDDEN", "nobody may ask for the schema here")),
        }
    }

    /// Counts the request against what its tenant may ask in a minute.
    fn count(&self, cx: &Cx) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::new();
        if !self.app.rate_limits {
            return Ok(headers);
        }
        let limit = cx.tenant.limits().requests_per_minute;
        let key = (cx.tenant.id, matches!(cx.actor, Actor::User(_)));
        // What has no limit is counted for the report.
        let taken = self.app.rates.take(key, limit.unwrap_or(u64::MAX), cx.now);
        let Some(limit) = limit else { return Ok(headers) };
        let (remaining, reset) = match &taken {
            Ok(allowance) => (allowance.remaining, allowance.reset),
            Err(wait) => (0, *wait),
        };
        let seconds = reset.as_secs() + u64::from(reset.subsec_nanos() > 0);
        headers.insert("ratelimit-limit", limit.into());
        headers.insert("ratelimit-remaining", remaining.into());
        headers.insert("ratelimit-reset", seconds.into());
        match taken {
            Ok(_) => Ok(headers),
            Err(wait) => {
                let message = format!("this front desk takes {limit} requests a minute; try again in {seconds} s");
                let refused = Failure::new("RATE_LIMITED", message);
                Err(Failure { retryable: true, retry_after: Some(wait), headers: headers.into(), ..refused })
            }
        }
    }

    /// The tenant of a request: the token's or key's; else the one that owns the host name; else the header's; else the
    /// only one.
    async fn tenant(&self, peer: &Peer, credential: Option<&Credential>) -> Result<Arc<Tenant>, Failure> {
        let db = &self.app.db;
        let missing = || Error::NotFound { what: "Tenant" };
        let tenant = if let Some(credential) = credential {
            // A token of a tenant that is gone is no token.
            db.tenant(TenantKey::Id(credential.tenant())).await?.ok_or(Error::Unauthenticated)?
        } else {
            let by_host = match peer.host.as_deref().and_then(kernel::tenant::host_key) {
                Some(host) => db.tenant(TenantKey::Host(host)).await?,
                None => None,
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
        if tenant.is_half_made() {
            return Err(missing().into());
        }
        if !tenant.active {
            return Err(Failure::new("FORBIDDEN", "this front desk is suspended"));
        }
        if tenant.schema_version.as_deref() != Some(crate::wiring::tenants::version()) {
            return Err(Error::unavailable(format!("tenant {} is not migrated", tenant.slug)).into());
        }
        Ok(tenant)
    }

    /// The context of what this caller asks.
    fn asked(&self, peer: &Peer, tenant: Arc<Tenant>, actor: Actor) -> Cx {
        let origin = Origin { address: Some(peer.address), agent: peer.user_agent.clone(), ..Origin::default() };
        Cx::new(self.app.source.clone(), tenant, actor, peer.request_id.as_str())
            .from(origin)
            .correlated(peer.trace.clone())
    }

    async fn caller(&self, peer: &Peer) -> Result<(Cx, Option<Credential>), Failure> {
        let credential = self.credential(peer)?;
        Ok((self.context(peer, credential.as_ref()).await?, credential))
    }

    async fn context(&self, peer: &Peer, credential: Option<&Credential>) -> Result<Cx, Failure> {
        let tenant = self.tenant(peer, credential).await?;
        let cx = self.asked(peer, tenant, Actor::Anonymous);
        match credential {
            None => Ok(cx),
            Some(credential) => {
                let actor = self.app.access.actor(&cx, *credential).await?;
                Ok(cx.acting_as(Actor::User(actor)))
            }
        }
    }
}

/// The token of `Authorization: Bearer …`.
fn bearer(peer: &Peer) -> Option<&str> {
    let header = peer.authorization.as_deref()?;
    header.strip_prefix("Bearer ").or_else(|| header.strip_prefix("bearer ")).map(str::trim)
}

/// The longest name of an operation that is kept with what it did.
const NAME: usize = 128;

/// The same request, with the name of what is asked and the way by which it came.
fn called(cx: Cx, operation: &Operation) -> Cx {
    let name = operation.name.as_ref().map(|name| name.chars().take(NAME).collect());
    let origin = Origin { transport: Some(operation.transport.as_str()), operation: name, ..(*cx.origin).clone() };
    cx.from(origin)
}

/// The mutations that need nobody to be signed in.
const PUBLIC: &[&str] = &[
    "signIn",
    "refreshSession",
    "submitMessage",
    "recordEvents",
    "recordHelpView",
    "subscribeToNewsletter",
    "confirmNewsletterSubscription",
    "unsubscribeFromNewsletter",
    "startChat",
    "sendChatMessage",
    "endChat",
    "rateChat",
    "markChatRead",
    "requestChatTranscript",
    "setTyping",
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

/// The operations of the platform: `@platform` in the schema.
const PLATFORM: &[&str] =
    &["signInPlatform", "tenants", "tenant", "createTenant", "updateTenant", "suspendTenant", "resumeTenant"];

/// What a platform administrator may ask, too: it answers them with companies and nothing that is in one.
const OF_BOTH: &[&str] = &["node", "nodes"];

/// What is the same for all who are signed out, and may be kept for a moment by whatever stands between.
const HELP_CENTRE: &[&str] = &["helpCenter", "helpSearch", "publishedGuide", "publishedHelpDocument"];
/// For how long; what is unpublished is gone for everybody after that.
const FOR_A_MINUTE: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// Whether every operation of the document asks for nothing but these fields.
fn only(names: &[&str], request: &mut Request) -> bool {
    let listed = |item: &Positioned<Selection>| match &item.node {
        Selection::Field(field) => names.contains(&field.node.name.node.as_str()),
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => false,
    };
    request.parsed_query().is_ok_and(|document| {
        document.operations.iter().all(|(_, operation)| operation.node.selection_set.node.items.iter().all(listed))
    })
}

/// What the request's resolvers can reach.
fn scope_of(request: &Request) -> Option<&Scope> {
    request.data.get(&std::any::TypeId::of::<Scope>())?.downcast_ref::<Scope>()
}

/// The rounds in which the request's loaders fetch.
fn rounds(request: &Request) -> Option<Rounds> {
    Some(scope_of(request)?.loaders.rounds())
}

/// Whether somebody asks whom we know.
fn is_signed_in(request: &Request) -> bool {
    scope_of(request).is_some_and(|scope| !matches!(scope.cx().actor, Actor::Anonymous))
}

/// The operation's name as a metrics label, kept with the request until it is answered.
struct Label(Arc<str>, Arc<kernel::cx::Counters>);

#[async_trait]
impl Backend for Product {
    async fn prepare(&self, peer: &Peer, operation: &Operation, mut request: Request) -> Result<Prepared, Failure> {
        let asked = Asked { cost: operation.cost, started: Instant::now() };
        let is_platforms = only(PLATFORM, &mut request)
            || self.platform_claims(peer).is_some() && only(&[PLATFORM, OF_BOTH].concat(), &mut request);
        let platform = if is_platforms { self.platform(peer).await? } else { None };
        let (cx, credential) = match platform {
            Some(cx) => (cx, None),
            None => match self.caller(peer).await {
                // Whatever it is that they want, it is a tenant's.
                Err(failure) if failure.code == "UNAUTHENTICATED" && self.platform_claims(peer).is_some() => {
                    return Err(Failure::new("FORBIDDEN", "a platform administrator is a member of no tenant"));
                }
                // Clients send the token that has just ended along with the request for a new one.
                Err(failure) if failure.code == "UNAUTHENTICATED" && only(PUBLIC, &mut request) => {
                    (self.context(peer, None).await?, None)
                }
                Err(failure) => {
                    self.refused(peer, Some(operation), &failure).await;
                    self.unprepared(peer, operation, &failure).await;
                    return Err(failure);
                }
                Ok(caller) => caller,
            },
        };
        let cx = called(cx, operation);
        let mut headers = self.count(&cx)?;
        let kept = operation.kind == OperationType::Query && peer.authorization.is_none();
        if kept && only(HELP_CENTRE, &mut request) {
            headers.insert(CACHE_CONTROL, FOR_A_MINUTE);
        }
        if operation.introspects {
            self.may_introspect(&cx)?;
        }
        let idempotency = peer.idempotency_key.clone().zip(operation.body_hash);
        let live = operation.kind == OperationType::Subscription;
        let label = Label(operation.label.clone(), cx.counters.clone());
        let scope = Scope::new(self.app.clone(), cx, credential, idempotency, live);
        Ok(Prepared { request: request.data(scope).data(label).data(asked), headers })
    }

    async fn may_upload(&self, peer: &Peer) -> Result<(), Failure> {
        if self.platform_claims(peer).is_some() {
            return Err(Failure::new("FORBIDDEN", "a platform administrator is a member of no tenant"));
        }
        let (cx, _) = self.caller(peer).await?;
        cx.user()?;
        Ok(())
    }

    async fn connect(&self, peer: &Peer) -> Result<Option<SessionEnd>, Failure> {
        let caller = self.caller(peer).await;
        if let Err(failure) = &caller {
            self.refused(peer, None, failure).await;
        }
        let (cx, Some(credential)) = caller? else { return Ok(None) };
        let app = self.app.clone();
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

    async fn execute(&self, mut request: Request, valid: bool) -> Response {
        let reading = self.reading(&mut request);
        let label = request.data.get(&std::any::TypeId::of::<Label>()).and_then(|label| label.downcast_ref::<Label>());
        let label = label.map(|Label(name, counters)| (name.clone(), counters.clone()));
        let schema = if valid { &self.unvalidated } else { &self.schema };
        let told = !valid && is_signed_in(&request);
        let watched = self.watched(&request);
        let run = async {
            match rounds(&request) {
                Some(rounds) => rounds.run(schema.execute(request)).await,
                None => schema.execute(request).await,
            }
        };
        let mut response = match AssertUnwindSafe(run).catch_unwind().await {
            Ok(response) => response,
            Err(panic) => {
                if let Some(watched) = watched {
                    watched.panicked();
                }
                // Whoever runs operations answers it.
                resume_unwind(panic)
            }
        };
        if let Some(watched) = watched {
            watched.answered(&response);
        }
        if let Some(reading) = reading {
            self.app.reads.note(&reading, &response);
        }
        if !valid {
            suggest(&mut response, told);
        }
        if let Some((name, counters)) = label {
            let statements = counters.statements.load(Ordering::Relaxed);
            metrics::counter!("frontdesk_sql_statements_total", "operation" => name).increment(statements.into());
        }
        response
    }

    fn stream(&self, mut request: Request) -> BoxStream<'static, Response> {
        let (rounds, told) = (rounds(&request), is_signed_in(&request));
        // Who listens reads from the first answer on.
        let (app, mut reading) = (self.app.clone(), self.reading(&mut request));
        let cx = scope_of(&request).map(Scope::cx);
        let results = self.schema.execute_stream(request).map(move |mut response| {
            if let Some(reading) = reading.take() {
                app.reads.note(&reading, &response);
            }
            if let Some(cx) = &cx {
                watched::note(&app, cx, &response);
            }
            suggest(&mut response, told);
            response
        });
        match rounds {
            Some(rounds) => rounds.stream(results).boxed(),
            None => results.boxed(),
        }
    }

    fn sha256(&self, bytes: &[u8]) -> [u8; 32] {
        kernel::crypto::sha256(bytes)
    }
}
