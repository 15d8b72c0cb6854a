//! Who may see and do what with messages.

use kernel::{Cx, Permission};
use sea_orm::Condition;

/// Seeing messages and replies.
pub const VIEW_MESSAGES: Permission =
    Permission { name: "VIEW_MESSAGES", description: "See messages, their replies and what happens to them." };
/// Working on messages.
pub const MANAGE_MESSAGES: Permission =
    Permission { name: "MANAGE_MESSAGES", description: "Assign messages, set their status and reply to them." };
/// Seeing visitors.
pub const VIEW_VISITORS: Permission = Permission { name: "VIEW_VISITORS", description: "See the visitors who wrote." };

/// The permissions of this context.
pub const PERMISSIONS: &[Permission] = &[VIEW_MESSAGES, MANAGE_MESSAGES, VIEW_VISITORS];

/// The messages that the actor may see, as a condition that every finder starts from; `None` where there are none.
/// (All or none so far; visibility by team or assignment narrows the condition here and nowhere else.)
pub fn visible_messages(cx: &Cx) -> Option<Condition> {
    cx.can(VIEW_MESSAGES).then(Condition::all)
}

/// The visitors that the actor may see; `None` where there are none.
pub fn visible_visitors(cx: &Cx) -> Option<Condition> {
    cx.can(VIEW_VISITORS).then(Condition::all)
}
