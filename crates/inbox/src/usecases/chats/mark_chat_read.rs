//! A side has read what the other wrote.

use kernel::{
    Cx, Result,
    db::Emit,
    id::ChatId,
    record::{self, Records},
};

use super::enter::enter;
use crate::{domain::chats::events::ChatRead, ports::Chats, store::chats::session::Entity as ChatSessions};

/// Which chat.
#[derive(Debug, Clone)]
pub struct MarkChatRead {
    /// The chat.
    pub chat: ChatId,
    /// Its token, from the visitor.
    pub token: Option<String>,
}

/// Counts the other side's lines as read, and returns how many are unread then: none.
///
/// # Errors
/// [`kernel::Error::Invalid`] for a wrong token; [`kernel::Error::NotFound`].
pub async fn mark_chat_read<S: Chats + Records<ChatSessions> + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &MarkChatRead,
) -> Result<i32> {
    let (before, side) = enter(s, cx, cmd.chat, cmd.token.as_deref()).await?;
    let mut chat = before.clone();
    if chat.read(side) {
        let chat = record::change::<ChatSessions, S>(s, cx, &before, chat).await?;
        s.emit(cx, &ChatRead { chat: chat.id, visitor: chat.visitor_id, side });
    }
    Ok(0)
}
