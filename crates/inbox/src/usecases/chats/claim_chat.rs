//! A colleague takes a chat out of the queue.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::ChatId,
    record::{self, Records},
    visibility::rule,
};

use super::enter::{has_room, own_name, tell};
use crate::{
    domain::chats::{conversation::said, events::ChatClaimed},
    policy::{MANAGE_CHATS, VIEW_CHATS, holder_of_chat},
    ports::{Chats, Takers},
    store::chats::session::{Entity as ChatSessions, Model as Chat},
};

/// Which chat.
#[derive(Debug, Clone)]
pub struct ClaimChat {
    /// The chat.
    pub chat: ChatId,
    /// How many chats of one department a colleague may have at a time; 0 for any number.
    pub most_at_once: i64,
}

/// Gives a waiting chat to whoever asks first, and returns it as it is then. The others are told who was faster; who has it
/// already has it still.
///
/// # Errors
/// [`Error::NotFound`] for a chat that the actor did not see in the queue either; [`Error::Invalid`] where somebody else has
/// it, it has ended, or the actor has as many of its department as they may.
pub async fn claim_chat<S: Chats + Records<ChatSessions> + Emit>(
    s: &S,
    takers: &impl Takers,
    cx: &Cx,
    cmd: &ClaimChat,
) -> Result<Chat> {
    cx.require(MANAGE_CHATS)?;
    let missing = || Error::NotFound { what: "Chat" };
    let own = cx.staff_id().ok_or_else(missing)?;
    // Not by what the actor sees now: what somebody else has got just now they may not see any more.
    let before = s.take(cmd.chat).await?.ok_or_else(missing)?;
    let sees = |assignee| rule(cx, &holder_of_chat(assignee, before.department_id)).is_some();
    if !cx.can(VIEW_CHATS) || !sees(before.assignee_id) && !sees(None) {
        return Err(missing());
    }
    before.is_open()?;
    match before.assignee_id {
        Some(staff) if staff == own => return Ok(before),
        Some(staff) => {
            let name = takers.name(staff).await?.unwrap_or_else(|| "A colleague".into());
            let why = format!("{name} was faster and has the chat");
            return Err(Error::invalid("chatId", ProblemCode::NotAvailable, why));
        }
        None => {}
    }
    has_room(s, takers, own, before.department_id, cmd.most_at_once, "chatId").await?;
    let mut chat = before.clone();
    chat.give_to(cx, own);
    let line = tell(s, cx, &mut chat, said::joined(&own_name(takers, cx).await?)).await?;
    let chat = record::change::<ChatSessions, S>(s, cx, &before, chat).await?;
    s.emit(
        cx,
        &ChatClaimed {
            chat: chat.id,
            visitor: chat.visitor_id,
            staff: own,
            department: chat.department_id,
            lines: vec![line],
        },
    );
    Ok(chat)
}
