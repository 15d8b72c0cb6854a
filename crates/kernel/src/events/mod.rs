//! What happened: domain events, their outbox, and the gap-free sequence in which everyone reads them.
//!
//! A use case emits events into its transaction. At the end of the transaction each becomes an audit row and
//! an outbox row, both with the event's id. Neither has a number yet, because a counter row would make all
//! writers of a tenant queue for it. Just after the commit one **sealer** a tenant gives out the numbers: it
//! holds the row of `event_head` (so there is one sealer however many processes run, and a crashed one frees
//! it by itself), numbers what is committed and not yet numbered, and links the audit rows into their hash
//! chain. The outbox row is written by the last statement of its transaction, after every row lock it needed;
//! so when one transaction depended on another, its position, and hence its sequence, is the later one.
//!
//! What this promises: a sequence without gaps per tenant; an event that was sealed is never renumbered; an
//! event of a transaction that commits late gets a later number and is never skipped. What it does not: in the
//! moment between commit and sealing (milliseconds; after a crash until the next start or sweep) an event is
//! stored but not yet in the chain.

mod action;
mod hub;
mod outbox;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value as Json;

pub use action::Action;
pub use hub::{Follower, Hub, Interest};
pub use outbox::{Chain, Outbox, PURGED, Sink, Stored};

use crate::{
    Actor, Cx, Error,
    cx::UserKind,
    id::{ApiKeyId, EventId, PersonalKeyId, SessionId, TypedId, UserId},
    personal::Subject,
};

/// How serious an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Everyday work.
    Low,
    /// Worth a look: refusals, failed sign-ins, what could not be delivered.
    Medium,
    /// Changes who may do what, or by which way they come in.
    High,
    /// Needs somebody now: a stolen refresh token was used.
    Critical,
}

/// The thing an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource {
    /// The kind, such as `Message`.
    pub kind: &'static str,
    /// Its id.
    pub id: uuid::Uuid,
}

impl Resource {
    /// A thing with a typed id.
    pub fn new(kind: &'static str, id: impl TypedId) -> Self {
        Self { kind, id: id.uuid() }
    }
}

/// Something that happened, as its context tells it. The serialised form is the payload that consumers decode.
pub trait Event: Serialize {
    /// The stable name, such as `message.replied`.
    const KIND: &'static str;
    /// The subscription topic it belongs to, such as `inbox`.
    const TOPIC: &'static str;
    /// How serious it is.
    const SEVERITY: Severity = Severity::Low;
    /// Whether it tells of a success; a failed sign-in does not.
    const SUCCESS: bool = true;
    /// What it is about.
    fn resource(&self) -> Resource;
    /// The topic of this one, where it belongs to that of what it is about.
    fn topic(&self) -> &'static str {
        Self::TOPIC
    }
    /// The one thing that those who follow a single thing follow: a chat, a person's feed. Topics that are only followed as
    /// a whole have none.
    fn concerns(&self) -> Option<uuid::Uuid> {
        None
    }
    /// The values before and after, for the audit trail. No secrets.
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, None)
    }
    /// What else there is to know, for the audit trail. No secrets.
    fn details(&self) -> Option<Json> {
        None
    }
    /// Whose personal values it tells, if anybody's.
    fn about(&self) -> Option<Subject> {
        None
    }
    /// The names of the fields that are personal values, in the payload, the values before and after, and the details.
    const PERSONAL: &'static [&'static str] = &[];
    /// Why it did not succeed, as a sentence that anybody who may read the trail may read.
    fn error(&self) -> Option<String> {
        None
    }
}

/// What leaves a row in the audit trail although nothing was changed: a read, or a refusal before any use case.
#[derive(Debug, Clone)]
pub struct Note {
    /// Its name, such as `data.read`.
    pub kind: &'static str,
    /// How serious it is.
    pub severity: Severity,
    /// The code and the sentence of the error, where it was refused.
    pub failure: Option<(&'static str, String)>,
    /// The one thing it is about.
    pub resource: Option<Resource>,
    /// What else there is to know.
    pub details: Json,
}

/// An event with everything that is known around it, on its way into the audit trail and the outbox.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The event's id, shared by the audit row and the outbox row.
    pub id: EventId,
    /// When.
    pub at: DateTime<Utc>,
    /// The event's name.
    pub kind: &'static str,
    /// The topic it belongs to; `None` for a refusal, which only the audit trail keeps.
    pub topic: Option<&'static str>,
    /// How serious it is.
    pub severity: Severity,
    /// Whether it tells of a success.
    pub success: bool,
    /// Why not, as an error code.
    pub failure: Option<&'static str>,
    /// Why not, as a sentence.
    pub error: Option<String>,
    /// What it did to the thing that it is about.
    pub action: Action,
    /// `staff`, `client`, `platform`, `anonymous` or `system`.
    pub actor_kind: &'static str,
    /// Who did it.
    pub actor: Option<UserId>,
    /// Their address at the time.
    pub actor_email: Option<String>,
    /// The session they acted in.
    pub session: Option<SessionId>,
    /// The key that acted for them.
    pub api_key: Option<ApiKeyId>,
    /// Where the request came from.
    pub address: Option<String>,
    /// With which program.
    pub agent: Option<String>,
    /// The request.
    pub request_id: String,
    /// What links it to others that came of the same beginning; see [`Cx::correlation_id`].
    pub correlation_id: String,
    /// What it is about.
    pub resource: Option<Resource>,
    /// Values before.
    pub old: Option<Json>,
    /// Values after.
    pub new: Option<Json>,
    /// What else there is to know of it.
    pub details: Option<Json>,
    /// What else there is to know of how it came about.
    pub metadata: Option<Json>,
    /// The one thing that those who follow a single thing follow.
    pub concerns: Option<uuid::Uuid>,
    /// The serialised event.
    pub payload: Json,
    /// Whom it is about, where it tells personal values.
    pub about: Option<Subject>,
    /// The names of the fields that are personal values.
    pub personal: &'static [&'static str],
    /// What was personal in it, once it is sealed.
    pub seals: Seals,
}

/// Values sealed under a key of somebody.
#[derive(Debug, Clone)]
pub struct Seal {
    /// The key.
    pub key: PersonalKeyId,
    /// The values.
    pub bytes: Vec<u8>,
}

/// What is personal in an event, sealed.
#[derive(Debug, Clone, Default)]
pub struct Seals {
    /// Who the actor is and where the request came from.
    pub actor: Option<Seal>,
    /// Of the values before and after, and of the details.
    pub values: Option<Seal>,
    /// Of the payload.
    pub payload: Option<Seal>,
    /// By what the actor's address is found.
    pub email_mark: Option<Vec<u8>>,
    /// By what the place is found that the request came from.
    pub address_mark: Option<Vec<u8>>,
}

impl Envelope {
    pub(crate) fn of<E: Event>(cx: &Cx, event: &E) -> Self {
        let (old, new) = event.change();
        Self {
            severity: E::SEVERITY,
            success: E::SUCCESS,
            resource: Some(event.resource()),
            action: Action::of(E::KIND, old.is_some(), new.is_some()),
            error: event.error(),
            details: event.details(),
            about: event.about(),
            concerns: event.concerns(),
            personal: E::PERSONAL,
            old,
            new,
            // A struct of ours with string keys always serialises.
            payload: serde_json::to_value(event).unwrap_or_default(),
            ..Self::bare(cx, E::KIND, Some(event.topic()))
        }
    }

    pub(crate) fn refused(cx: &Cx, action: &'static str, refusal: &Error) -> Self {
        Self {
            severity: Severity::Medium,
            success: false,
            failure: Some(refusal.code()),
            error: Some(refusal.sentence()),
            ..Self::bare(cx, action, None)
        }
    }

    /// The envelope of a note, at the instant of `cx`.
    pub fn note(cx: &Cx, note: Note) -> Self {
        let (failure, error) = note.failure.unzip();
        Self {
            severity: note.severity,
            success: failure.is_none(),
            failure,
            error,
            resource: note.resource,
            details: Some(note.details),
            ..Self::bare(cx, note.kind, None)
        }
    }

    fn bare(cx: &Cx, kind: &'static str, topic: Option<&'static str>) -> Self {
        let (actor_kind, id, email) = match &cx.actor {
            Actor::User(user) => {
                let kind = match user.kind {
                    UserKind::Staff => "staff",
                    UserKind::Client => "client",
                };
                (kind, Some(user.id.0), Some(&user.email))
            }
            Actor::Platform(admin) => ("platform", Some(admin.id.0), Some(&admin.email)),
            Actor::Anonymous => ("anonymous", None, None),
            Actor::System => ("system", None, None),
        };
        Self {
            id: cx.new_id(),
            at: cx.now,
            kind,
            topic,
            severity: Severity::Low,
            success: true,
            failure: None,
            error: None,
            action: Action::of(kind, false, false),
            actor_kind,
            actor: id.map(UserId),
            actor_email: email.cloned(),
            session: cx.person().ok().and_then(|person| person.session),
            api_key: cx.person().ok().and_then(|person| person.api_key),
            address: cx.origin.address.map(|a| a.to_string()),
            agent: cx.origin.agent.clone(),
            request_id: cx.request_id.to_string(),
            correlation_id: cx.correlation_id().to_owned(),
            resource: None,
            old: None,
            new: None,
            details: None,
            metadata: cx.origin.way(),
            payload: Json::Null,
            about: None,
            concerns: None,
            personal: &[],
            seals: Seals::default(),
        }
    }
}
