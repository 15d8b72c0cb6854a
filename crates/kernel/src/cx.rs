//! The one context argument: who asks, for which tenant, when.

use std::{
    fmt,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU16, AtomicU32, Ordering},
    },
};

use chrono::{DateTime, Utc};

use crate::{
    Error, Result, Source, Tenant,
    id::{ApiKeyId, ClientId, DepartmentId, JobId, PlatformAdminId, SessionId, StaffId, TeamId, TypedId, UserId},
    idempotency::IdempotencyKey,
};

/// A permission: the name that a role lists, and what it allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// The stable name, as stored in roles and shown in the API.
    pub name: &'static str,
    /// What it allows, in one sentence.
    pub description: &'static str,
}

/// The set of permission names that an actor holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions(Vec<String>);

impl Permissions {
    /// A set from names in any order.
    pub fn new(mut names: Vec<String>) -> Self {
        names.sort_unstable();
        names.dedup();
        Self(names)
    }

    /// Whether the set holds this permission.
    pub fn has(&self, permission: Permission) -> bool {
        self.0.binary_search_by(|name| name.as_str().cmp(permission.name)).is_ok()
    }

    /// The names, sorted.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

/// What kind of person somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserKind {
    /// Works here.
    Staff,
    /// Buys here.
    Client,
}

/// What a person must do before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Duty {
    /// Choose another password.
    ChangePassword,
    /// Set up a second factor, which their role requires.
    EnrolSecondFactor,
}

/// The teams and departments that somebody belongs to, and who else does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnTeams {
    /// The members of their teams and the people of their departments, themselves among them.
    pub colleagues: Vec<StaffId>,
    /// The teams in use that they are members of.
    pub teams: Vec<TeamId>,
    /// Their department and those below it.
    pub departments: Vec<DepartmentId>,
    /// Of a client: those who buy for the same company, themselves among them, where they see what is each other's.
    pub company: Vec<ClientId>,
}

/// A signed-in person, as far as every context needs to know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserActor {
    /// Who.
    pub id: UserId,
    /// Staff or client.
    pub kind: UserKind,
    /// The session they act in; `None` for an API key.
    pub session: Option<SessionId>,
    /// The key that acts for them.
    pub api_key: Option<ApiKeyId>,
    /// Their address at the time, for the audit trail.
    pub email: String,
    /// What they may do.
    pub permissions: Permissions,
    /// Whose work is that of their teams and department, where they see it and not everybody's.
    pub team: Arc<OwnTeams>,
    /// What they must do before anything else.
    pub duty: Option<Duty>,
}

impl UserActor {
    /// Their id as a staff member; `None` for a client.
    pub fn staff_id(&self) -> Option<StaffId> {
        (self.kind == UserKind::Staff).then_some(StaffId(self.id.0))
    }

    /// Their id as it is shown outside: a [`StaffId`] or a [`ClientId`].
    pub fn shown_id(&self) -> String {
        match self.kind {
            UserKind::Staff => StaffId(self.id.0).to_string(),
            UserKind::Client => ClientId(self.id.0).to_string(),
        }
    }
}

/// A platform administrator at work in a tenant that they are no member of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformActor {
    /// Who.
    pub id: PlatformAdminId,
    /// Their address at the time, for the audit trail.
    pub email: String,
}

/// Who asks.
#[derive(Debug, Clone)]
pub enum Actor {
    /// Nobody signed in: a website visitor, or a person before signing in.
    Anonymous,
    /// A signed-in person.
    User(Arc<UserActor>),
    /// A platform administrator. Holds no permission inside a tenant.
    Platform(Arc<PlatformActor>),
    /// Frontdesk itself: workers, seeds, the command line.
    System,
}

/// Where a request came from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The caller's address, after trusted proxies.
    pub address: Option<IpAddr>,
    /// The caller's `User-Agent`, cut to 512 characters.
    pub agent: Option<String>,
    /// By which way it came: `http`, `websocket`, `sse`, `webhook`, `job`.
    pub transport: Option<&'static str>,
    /// The name that the caller gave to what they ask.
    pub operation: Option<String>,
    /// The job that is being done.
    pub job: Option<JobId>,
}

impl Origin {
    /// The way it came, as the audit trail keeps it; `None` where nothing is known of it.
    pub fn way(&self) -> Option<serde_json::Value> {
        let job = self.job.map(|job| job.to_string());
        let known = [
            ("transport", self.transport.map(Into::into)),
            ("operation", self.operation.clone().map(Into::into)),
            ("job", job.map(Into::into)),
        ];
        let known: serde_json::Map<_, _> =
            known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        (!known.is_empty()).then(|| known.into())
    }

    /// What attempts are counted by: the address, of IPv6 only the network, since whoever has one address there has
    /// 2⁶⁴ of them.
    pub fn limit_key(&self) -> String {
        match self.address {
            None => String::new(),
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(address) => address.to_string(),
                None => format!("{:x?}", &address.segments()[..4]),
            },
        }
    }
}

/// What a request did, counted where it happens.
#[derive(Debug, Default)]
pub struct Counters {
    /// SQL statements sent, `BEGIN` and `COMMIT` not counted.
    pub statements: AtomicU32,
}

/// The context of one request or one piece of background work.
///
/// Cloning is cheap. `now` is one instant for the whole request, in whole microseconds.
#[derive(Clone)]
pub struct Cx {
    /// The tenant whose rows are the only ones in reach.
    pub tenant: Arc<Tenant>,
    /// Who asks.
    pub actor: Actor,
    /// The request's id, as sent back in `X-Request-Id`.
    pub request_id: Arc<str>,
    /// The instant of the request.
    pub now: DateTime<Utc>,
    /// Where the request came from.
    pub origin: Arc<Origin>,
    /// The idempotency key that covers the mutation being run.
    pub idempotency: Option<Arc<IdempotencyKey>>,
    /// Counts of what the request did.
    pub counters: Arc<Counters>,
    correlation_id: Option<Arc<str>>,
    source: Arc<Source>,
    ids: Arc<AtomicU16>,
}

impl Cx {
    /// A context for `tenant` and `actor`, at the source's present instant.
    pub fn new(source: Arc<Source>, tenant: Arc<Tenant>, actor: Actor, request_id: impl Into<Arc<str>>) -> Self {
        Self {
            tenant,
            actor,
            request_id: request_id.into(),
            now: source.now(),
            origin: Arc::default(),
            idempotency: None,
            counters: Arc::default(),
            correlation_id: None,
            source,
            ids: Arc::default(),
        }
    }

    /// The same request, from somewhere.
    #[must_use]
    pub fn from(mut self, origin: Origin) -> Self {
        self.origin = Arc::new(origin);
        self
    }

    /// The same request, as a part of what began elsewhere under this id.
    #[must_use]
    pub fn correlated(self, id: Option<impl Into<Arc<str>>>) -> Self {
        Self { correlation_id: id.map(Into::into), ..self }
    }

    /// What links this request to all others that came of the same beginning: the trace that the caller told of (W3C
    /// `traceparent`), or the request behind a job; else the request's own id.
    pub fn correlation_id(&self) -> &str {
        self.correlation_id.as_deref().unwrap_or(&self.request_id)
    }

    /// The same request, as another actor (used where signing in makes one).
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }

    /// The same request in another tenant: what a platform administrator does there is written down there.
    #[must_use]
    pub fn in_tenant(&self, tenant: Arc<Tenant>) -> Self {
        Self { tenant, idempotency: None, ..self.clone() }
    }

    /// The same request at the present instant, for one that lasts.
    #[must_use]
    pub fn at_present(&self) -> Self {
        Self { now: self.source.now(), ..self.clone() }
    }

    /// The same request, under an idempotency key.
    #[must_use]
    pub fn keyed(&self, key: Option<IdempotencyKey>) -> Self {
        Self { idempotency: key.map(Arc::new), ..self.clone() }
    }

    /// Refuses unless the actor holds `permission`: [`Error::Unauthenticated`] when signed out, [`Error::Duty`] while
    /// something else must be done first, [`Error::Forbidden`] otherwise. The first line of every use case that is not
    /// public.
    pub fn require(&self, permission: Permission) -> Result<()> {
        match &self.actor {
            Actor::System => Ok(()),
            Actor::Platform(_) => Err(Error::Forbidden { permission: permission.name }),
            Actor::Anonymous | Actor::User(_) if self.user()?.permissions.has(permission) => Ok(()),
            Actor::Anonymous | Actor::User(_) => Err(Error::Forbidden { permission: permission.name }),
        }
    }

    /// Whether the actor holds `permission`.
    pub fn can(&self, permission: Permission) -> bool {
        self.require(permission).is_ok()
    }

    /// The signed-in person, free to do what they may.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in; [`Error::Duty`] while something else must be done first.
    pub fn user(&self) -> Result<&UserActor> {
        let person = self.person()?;
        match person.duty {
            Some(duty) => Err(Error::Duty(duty)),
            None => Ok(person),
        }
    }

    /// The signed-in person, even one with a [`Duty`]: for the few things that do not wait for it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in; [`Error::Forbidden`] for a platform administrator, who is
    /// no person of the tenant.
    pub fn person(&self) -> Result<&UserActor> {
        match &self.actor {
            Actor::User(person) => Ok(person),
            Actor::Platform(_) => Err(Error::Forbidden { permission: "MEMBERSHIP" }),
            Actor::Anonymous | Actor::System => Err(Error::Unauthenticated),
        }
    }

    /// The signed-in person and the session that they act in, even with a [`Duty`]: for what nobody does for them, such
    /// as changing their password.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in; [`Error::Forbidden`] for an API key.
    pub fn in_session(&self) -> Result<(&UserActor, SessionId)> {
        let person = self.person()?;
        // A person without a session is one for whom a key acts.
        person.session.map(|session| (person, session)).ok_or(Error::Forbidden { permission: "SESSION" })
    }

    /// The staff member who acts, if one does.
    pub fn staff_id(&self) -> Option<StaffId> {
        self.person().ok().and_then(UserActor::staff_id)
    }

    /// The platform administrator who acts.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when none does; [`Error::Forbidden`] for a person of a tenant.
    pub fn platform(&self) -> Result<&PlatformActor> {
        match &self.actor {
            Actor::Platform(admin) => Ok(admin),
            Actor::User(_) => Err(Error::Forbidden { permission: "PLATFORM" }),
            Actor::Anonymous | Actor::System => Err(Error::Unauthenticated),
        }
    }

    /// A new UUIDv7 id; ids of one request sort in the order of making.
    pub fn new_id<I: TypedId>(&self) -> I {
        I::from_uuid(self.source.uuid(self.now, self.ids.fetch_add(1, Ordering::Relaxed) & 0x0fff))
    }

    /// `N` unpredictable bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        self.source.bytes()
    }

    /// The source of time and randomness behind this context.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }
}

impl fmt::Debug for Cx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cx")
            .field("tenant", &self.tenant.slug)
            .field("actor", &self.actor)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}
