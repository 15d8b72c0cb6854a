//! The kinds of things that tags, notes and drafts hang on: who works on them, and which of them somebody sees.
//!
//! A kind of this context is a line of [`KINDS`]. One of another context is made by that context's crate and given to
//! [`register`] by the gateway when the process starts: a kind says what it is in SQL of its own tables, so nobody has to
//! know whose they are.

use std::sync::OnceLock;

use futures_util::future::BoxFuture;
use kernel::{
    Conn, Cx, Error, Permission, ProblemCode, Result,
    id::{StaffId, TypedId, VisitorId},
    record::{Record, by_ids},
};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{ExprTrait, SelectStatement},
};
use uuid::Uuid;

use crate::{
    domain::entity::{Entity, EntityType},
    policy::{
        MANAGE_CHATS, MANAGE_CONSULTATIONS, MANAGE_CONVERSATIONS, MANAGE_MESSAGES, VIEW_CHATS, VIEW_CONSULTATIONS,
        VIEW_CONVERSATIONS, VIEW_MESSAGES,
    },
    store::{
        booking::consultation::{Entity as Consultations, Model as Consultation},
        chats::session::{Entity as Chats, Model as Chat},
        conversations::conversation::{Entity as Conversations, Model as Conversation},
        message::{Entity as Messages, Model as Message},
    },
};

/// Whom a thing is about, as a saved reply addresses them.
#[derive(Debug, Clone, Default)]
pub struct Contact {
    /// The visitor, where it is one.
    pub visitor: Option<VisitorId>,
    /// Their name.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their company.
    pub company: Option<String>,
    /// What they ask for.
    pub service: Option<String>,
    /// Why nothing more is to hang on it, where that is so.
    pub no_more: Option<&'static str>,
}

impl Contact {
    /// Refuses what is to hang on a thing that takes no more.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `entityId`.
    pub(crate) fn takes_more(&self) -> Result<()> {
        match self.no_more {
            Some(why) => Err(Error::invalid("entityId", ProblemCode::NotAllowed, why)),
            None => Ok(()),
        }
    }
}

/// Whom a thing is about, on its way.
pub type Found<'a> = BoxFuture<'a, Result<Option<Contact>>>;

/// A kind of thing that tags, notes and drafts hang on.
pub struct Kind {
    /// Which one.
    pub of: EntityType,
    /// What it takes to see one.
    pub view: Permission,
    /// What it takes to work on one: to tag it, to note something of it, to draft an answer.
    pub manage: Permission,
    /// The ids of those that the actor sees; `None` where there are none.
    visible: fn(&Cx, DbBackend) -> Option<SelectStatement>,
    /// Whom one is about; `None` where there is none that the actor sees.
    contact: for<'a> fn(&'a Conn, &'a Cx, Uuid) -> Found<'a>,
}

impl Kind {
    /// A kind that is a record.
    const fn record<R>(of: EntityType, view: Permission, manage: Permission) -> Self
    where
        R: Record,
        for<'a> Contact: From<&'a R::Row>,
    {
        Self { of, view, manage, visible: visible::<R>, contact: contact::<R> }
    }

    /// A record of another context, which says whom one is about.
    pub const fn of_others<R: Record>(
        of: EntityType,
        view: Permission,
        manage: Permission,
        contact: for<'a> fn(&'a Conn, &'a Cx, Uuid) -> Found<'a>,
    ) -> Self {
        Self { of, view, manage, visible: visible::<R>, contact }
    }
}

/// Those of this context.
static KINDS: [Kind; 4] = [
    Kind::record::<Messages>(EntityType::Message, VIEW_MESSAGES, MANAGE_MESSAGES),
    Kind::record::<Chats>(EntityType::Chat, VIEW_CHATS, MANAGE_CHATS),
    Kind::record::<Conversations>(EntityType::Conversation, VIEW_CONVERSATIONS, MANAGE_CONVERSATIONS),
    Kind::record::<Consultations>(EntityType::Consultation, VIEW_CONSULTATIONS, MANAGE_CONSULTATIONS),
];

/// Those of other contexts.
static OTHERS: OnceLock<Vec<Kind>> = OnceLock::new();

/// Whether the actor sees or works on anything of some kind.
pub(crate) fn sees_any(cx: &Cx) -> bool {
    kinds().any(|kind| cx.can(kind.view) || cx.can(kind.manage))
}

/// Adds the kinds of other contexts, once, when the process starts.
pub fn register(kinds: Vec<Kind>) {
    // A second time would be a fault of the program that changes nothing.
    drop(OTHERS.set(kinds));
}

impl From<&Message> for Contact {
    fn from(message: &Message) -> Self {
        Self {
            visitor: Some(message.visitor_id),
            name: Some(message.name.clone()),
            email: Some(message.email.clone()),
            company: message.company.clone(),
            service: message.service.clone(),
            no_more: None,
        }
    }
}

impl From<&Chat> for Contact {
    fn from(chat: &Chat) -> Self {
        let (name, email) = (Some(chat.visitor_name.clone()), chat.visitor_email.clone());
        Self { visitor: Some(chat.visitor_id), name, email, ..Self::default() }
    }
}

impl From<&Conversation> for Contact {
    fn from(conversation: &Conversation) -> Self {
        Self { name: conversation.participant_name.clone(), ..Self::default() }
    }
}

impl From<&Consultation> for Contact {
    fn from(consultation: &Consultation) -> Self {
        Self {
            visitor: Some(consultation.visitor_id),
            name: Some(consultation.name.clone()),
            email: Some(consultation.email.clone()),
            company: consultation.company.clone(),
            service: Some(consultation.service.clone()),
            no_more: None,
        }
    }
}

fn visible<R: Record>(cx: &Cx, backend: DbBackend) -> Option<SelectStatement> {
    Some(R::find().select_only().column(R::ID).filter(R::visible(cx, backend)?).into_query())
}

fn contact<'a, R>(conn: &'a Conn, cx: &'a Cx, id: Uuid) -> Found<'a>
where
    R: Record,
    for<'b> Contact: From<&'b R::Row>,
{
    Box::pin(async move {
        let id = R::Id::from_uuid(id);
        Ok(by_ids::<R>(conn, cx, &[id]).await?.get(&id).map(Contact::from))
    })
}

fn kinds() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().chain(OTHERS.get().into_iter().flatten())
}

fn kind(of: EntityType) -> Option<&'static Kind> {
    kinds().find(|kind| kind.of == of)
}

/// The thing whose id a text is, at the field of that name.
///
/// # Errors
/// [`Error::Invalid`] for the id of anything else, and of a kind that is not there yet.
pub fn entity(field: &str, text: &str) -> Result<Entity> {
    let found = Entity::of(text).filter(|entity| kind(entity.kind).is_some());
    let kinds: Vec<_> = kinds().map(|kind| format!("`{}_…`", kind.of.prefix())).collect();
    let wrong = || format!("is not the id of anything that tags, notes and drafts hang on: {}", kinds.join(", "));
    found.ok_or_else(|| Error::invalid(field, ProblemCode::InvalidFormat, wrong()))
}

/// Refuses who may not work on things of this kind, and returns the colleague who does.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Forbidden`] with the permission that it takes.
pub(crate) fn works_on(cx: &Cx, on: EntityType) -> Result<StaffId> {
    let Some(kind) = kind(on) else {
        cx.user()?;
        return Err(Error::NotFound { what: on.what() });
    };
    cx.require(kind.manage)?;
    // No client works here, whatever they hold.
    cx.staff_id().ok_or(Error::Forbidden { permission: kind.manage.name })
}

/// Whom a thing is about; `None` where there is none that the actor sees.
pub(crate) async fn find(conn: &Conn, cx: &Cx, entity: Entity) -> Result<Option<Contact>> {
    match kind(entity.kind) {
        Some(kind) => (kind.contact)(conn, cx, entity.id).await,
        None => Ok(None),
    }
}

/// Whether the actor sees a thing.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn sees(conn: &Conn, cx: &Cx, entity: Entity) -> Result<bool> {
    Ok(find(conn, cx, entity).await?.is_some())
}

/// The rows that hang on something that the actor sees, by the columns that say on what.
pub(crate) fn hang_on_visible<C: ColumnTrait>(cx: &Cx, backend: DbBackend, of: C, id: C) -> Option<Condition> {
    let visible = |kind: &Kind| Some(of.eq(kind.of).and(id.in_subquery((kind.visible)(cx, backend)?)));
    let mut any = None;
    for visible in kinds().filter_map(visible) {
        any = Some(any.unwrap_or_else(Condition::any).add(visible));
    }
    any
}
