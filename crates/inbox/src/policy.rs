//! Who may see and do what with messages and chats.

use kernel::{
    Actor, Cx, Permission, Result,
    cx::UserKind,
    id::{DepartmentId, StaffId},
    visibility::{Holder, Sees, Work},
};
use sea_orm::{ColumnTrait, Condition, DbBackend};

use crate::kinds::sees_any;
use crate::store::{
    booking::consultation, chats::session::Column as ChatColumn,
    conversations::conversation::Column as ConversationColumn, message::Column, visitor,
};

/// Seeing messages and replies.
pub const VIEW_MESSAGES: Permission =
    Permission { name: "VIEW_MESSAGES", description: "See messages, their replies and what happens to them." };
/// Working on messages.
pub const MANAGE_MESSAGES: Permission =
    Permission { name: "MANAGE_MESSAGES", description: "Assign messages, set their status and reply to them." };
/// Seeing visitors.
pub const VIEW_VISITORS: Permission = Permission { name: "VIEW_VISITORS", description: "See the visitors who wrote." };
/// Seeing from where visitors wrote.
pub const VIEW_VISITOR_ADDRESSES: Permission = Permission {
    name: "VIEW_VISITOR_ADDRESSES",
    description: "See from which network address and with which program visitors wrote.",
};
/// Saying who is one person.
pub const MANAGE_VISITORS: Permission =
    Permission { name: "MANAGE_VISITORS", description: "Merge visitors who are one person, and take that back." };
/// Seeing who gets the newsletter.
pub const MANAGE_NEWSLETTER: Permission = Permission {
    name: "MANAGE_NEWSLETTER",
    description: "See who subscribed to the newsletter, and take the list along.",
};

/// Seeing live chats.
pub const VIEW_CHATS: Permission =
    Permission { name: "VIEW_CHATS", description: "See live chats, what is said in them and the queue." };
/// Working on live chats.
pub const MANAGE_CHATS: Permission =
    Permission { name: "MANAGE_CHATS", description: "Claim, transfer, answer and end live chats." };
/// Seeing conversations.
pub const VIEW_CONVERSATIONS: Permission = Permission {
    name: "VIEW_CONVERSATIONS",
    description: "See conversations on social platforms, their messages and what happens to them.",
};
/// Working on conversations.
pub const MANAGE_CONVERSATIONS: Permission = Permission {
    name: "MANAGE_CONVERSATIONS",
    description: "Assign, answer, close and reopen conversations on social platforms.",
};
/// Seeing bookings.
pub const VIEW_CONSULTATIONS: Permission =
    Permission { name: "VIEW_CONSULTATIONS", description: "See bookings, services, opening hours and holidays." };
/// Keeping bookings.
pub const MANAGE_CONSULTATIONS: Permission =
    Permission { name: "MANAGE_CONSULTATIONS", description: "Keep bookings: move, complete and cancel them." };

/// Keeping what can be booked.
pub const MANAGE_SERVICES: Permission = Permission {
    name: "MANAGE_SERVICES",
    description: "Keep the services that can be booked, who holds them, opening hours and holidays.",
};
/// Keeping the ready answers of all.
pub const MANAGE_SAVED_REPLIES: Permission =
    Permission { name: "MANAGE_SAVED_REPLIES", description: "Keep the saved replies that all colleagues see." };
/// Keeping tags.
pub const MANAGE_TAGS: Permission =
    Permission { name: "MANAGE_TAGS", description: "Keep tags: make, rename and merge them." };

/// Connecting accounts on social platforms.
pub const MANAGE_SOCIAL_ACCOUNTS: Permission = Permission {
    name: "MANAGE_SOCIAL_ACCOUNTS",
    description: "Connect and disconnect the company's accounts on social platforms, and set what holds for a platform.",
};

/// The permissions of this context.
pub const PERMISSIONS: &[Permission] = &[
    VIEW_MESSAGES,
    MANAGE_MESSAGES,
    VIEW_VISITORS,
    VIEW_VISITOR_ADDRESSES,
    VIEW_CHATS,
    MANAGE_CHATS,
    VIEW_CONVERSATIONS,
    MANAGE_CONVERSATIONS,
    VIEW_CONSULTATIONS,
    MANAGE_CONSULTATIONS,
    MANAGE_SERVICES,
    MANAGE_VISITORS,
    MANAGE_NEWSLETTER,
    MANAGE_SAVED_REPLIES,
    MANAGE_TAGS,
    MANAGE_SOCIAL_ACCOUNTS,
];

/// Whether the actor is no client: what colleagues work with is nothing for those, whatever they hold.
fn works_here(cx: &Cx) -> bool {
    match &cx.actor {
        Actor::User(person) => person.kind == UserKind::Staff,
        Actor::System => true,
        Actor::Anonymous | Actor::Platform(_) => false,
    }
}

/// Refuses who works on nothing in the inbox.
pub(crate) fn works_in_inbox(cx: &Cx) -> Result<()> {
    let work = [MANAGE_CHATS, MANAGE_CONVERSATIONS, MANAGE_CONSULTATIONS, MANAGE_SAVED_REPLIES];
    if work.into_iter().any(|permission| cx.can(permission)) { Ok(()) } else { cx.require(MANAGE_MESSAGES) }
}

/// Whether the actor sees saved replies: those of all, and their own.
pub(crate) fn sees_saved_replies(cx: &Cx) -> bool {
    works_here(cx) && works_in_inbox(cx).is_ok()
}

/// Whether the actor sees tags: whoever sees anything that may have some, or keeps them.
pub(crate) fn sees_tags(cx: &Cx) -> bool {
    works_here(cx) && (cx.can(MANAGE_TAGS) || sees_any(cx))
}

/// Whether the actor sees what colleagues note among themselves, of things that they see.
pub(crate) fn sees_notes(cx: &Cx) -> bool {
    works_here(cx)
}

/// What says whose work a message is.
const WORK: Work<Column> = Work::of(Column::AssigneeId);

/// What the actor sees of all messages; `None` where that is nothing.
pub fn sees_messages(cx: &Cx) -> Option<Sees> {
    if !cx.can(VIEW_MESSAGES) {
        return None;
    }
    Some(Sees::of(cx)).filter(|sees| !sees.nothing(&WORK))
}

/// The messages that the actor may see, as a condition that every finder starts from; `None` where there are none.
pub fn visible_messages(cx: &Cx, backend: DbBackend) -> Option<Condition> {
    sees_messages(cx).map(|sees| sees.condition(backend, &WORK))
}

/// What says whose work a chat is that somebody has.
const HELD_CHAT: Work<ChatColumn> = Work::of(ChatColumn::AssigneeId);

/// What says whose work a chat is that nobody has: it is in the queue of its department.
const QUEUED_CHAT: Work<ChatColumn> =
    Work { assignee: Some(ChatColumn::AssigneeId), team: None, queue: Some(ChatColumn::DepartmentId), owner: None };

/// What the actor sees of all chats; `None` where that is nothing.
pub fn sees_chats(cx: &Cx) -> Option<Sees> {
    if !cx.can(VIEW_CHATS) {
        return None;
    }
    Some(Sees::of(cx)).filter(|sees| !sees.nothing(&QUEUED_CHAT))
}

/// The chats that the actor may see; `None` where there are none. A chat that somebody has is theirs, whichever department
/// it came through.
pub fn visible_chats(cx: &Cx, backend: DbBackend) -> Option<Condition> {
    let sees = sees_chats(cx)?;
    if sees == Sees::All {
        return Some(Condition::all());
    }
    let of = |held: bool, work| {
        let has = ChatColumn::AssigneeId;
        let who = if held { has.is_not_null() } else { has.is_null() };
        Condition::all().add(who).add(sees.condition(backend, work))
    };
    Some(Condition::any().add(of(true, &HELD_CHAT)).add(of(false, &QUEUED_CHAT)))
}

/// Whose work a chat is.
pub fn holder_of_chat(assignee: Option<StaffId>, department: Option<DepartmentId>) -> Holder {
    Holder { assignee, queue: department.filter(|_| assignee.is_none()), ..Holder::default() }
}

/// What says whose work a conversation is.
const CONVERSATION: Work<ConversationColumn> = Work::of(ConversationColumn::AssigneeId);

/// What the actor sees of all conversations; `None` where that is nothing.
pub fn sees_conversations(cx: &Cx) -> Option<Sees> {
    if !cx.can(VIEW_CONVERSATIONS) {
        return None;
    }
    Some(Sees::of(cx)).filter(|sees| !sees.nothing(&CONVERSATION))
}

/// The conversations that the actor may see; `None` where there are none.
pub fn visible_conversations(cx: &Cx, backend: DbBackend) -> Option<Condition> {
    sees_conversations(cx).map(|sees| sees.condition(backend, &CONVERSATION))
}

/// The visitors that the actor may see, without those who were merged; `None` where there are none.
pub fn visible_visitors(cx: &Cx) -> Option<Condition> {
    cx.can(VIEW_VISITORS).then(|| Condition::all().add(visitor::Column::MergedInto.is_null()))
}

/// The consultations that the actor may see; `None` where there are none.
pub fn visible_consultations(cx: &Cx, backend: DbBackend) -> Option<Condition> {
    let work = Work::of(consultation::Column::AssigneeId);
    if !cx.can(VIEW_CONSULTATIONS) {
        return None;
    }
    Some(Sees::of(cx)).filter(|sees| !sees.nothing(&work)).map(|sees| sees.condition(backend, &work))
}
