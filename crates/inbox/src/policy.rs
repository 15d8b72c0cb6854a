//! Who may see and do what with messages.

use kernel::{
    Cx, Permission,
    visibility::{Sees, Work},
};
use sea_orm::{Condition, DbBackend};

use crate::store::message::Column;

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

/// Working on live chats.
pub const MANAGE_CHATS: Permission =
    Permission { name: "MANAGE_CHATS", description: "Claim, transfer, answer and end live chats." };
/// Keeping bookings.
pub const MANAGE_CONSULTATIONS: Permission =
    Permission { name: "MANAGE_CONSULTATIONS", description: "Keep bookings: move, complete and cancel them." };

/// The permissions of this context.
pub const PERMISSIONS: &[Permission] =
    &[VIEW_MESSAGES, MANAGE_MESSAGES, VIEW_VISITORS, VIEW_VISITOR_ADDRESSES, MANAGE_CHATS, MANAGE_CONSULTATIONS];

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

/// The visitors that the actor may see; `None` where there are none.
pub fn visible_visitors(cx: &Cx) -> Option<Condition> {
    cx.can(VIEW_VISITORS).then(Condition::all)
}
