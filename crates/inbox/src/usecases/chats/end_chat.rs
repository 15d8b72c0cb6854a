//! Either side ends a chat.

use kernel::{
    Cx, Result,
    db::Emit,
    id::{ChatId, ChatMessageId},
    record::{self, Records},
};

use super::enter::{enter, own_name, tell};
use crate::{
    domain::chats::{conversation::said, events::ChatEnded},
    ports::{Chats, Merges, Takers, Visitors},
    store::chats::session::{ChatSide, ChatStatus, Entity as ChatSessions, Model as Chat},
    usecases::recognise::see_own,
};

/// Which chat.
#[derive(Debug, Clone)]
pub struct EndChat {
    /// The chat.
    pub chat: ChatId,
    /// Its token, from the visitor.
    pub token: Option<String>,
}

/// Ends the chat and returns it as it is then. One that has ended already stays as it ended.
///
/// # Errors
/// [`kernel::Error::Invalid`] for a wrong token; [`kernel::Error::NotFound`].
pub async fn end_chat<S: Chats + Visitors + Merges + Records<ChatSessions> + Emit>(
    s: &S,
    takers: &impl Takers,
    cx: &Cx,
    cmd: &EndChat,
) -> Result<Chat> {
    let (before, side) = enter(s, cx, cmd.chat, cmd.token.as_deref()).await?;
    if before.status == ChatStatus::Ended {
        return Ok(before);
    }
    let who = match side {
        ChatSide::Visitor => {
            see_own(s, cx, before.visitor_id).await?;
            before.visitor_name.clone()
        }
        ChatSide::Staff | ChatSide::System => own_name(takers, cx).await?,
    };
    over(s, cx, before, side, said::ended(&who)).await
}

/// Ends a chat that has not ended.
pub(crate) async fn over<S: Chats + Records<ChatSessions> + Emit>(
    s: &S,
    cx: &Cx,
    before: Chat,
    by: ChatSide,
    text: String,
) -> Result<Chat> {
    let mut chat = before.clone();
    let line = tell(s, cx, &mut chat, text).await?;
    chat.end(cx, by);
    let chat = record::change::<ChatSessions, S>(s, cx, &before, chat).await?;
    s.emit(cx, &ended(&before, by, line));
    Ok(chat)
}

fn ended(before: &Chat, by: ChatSide, line: ChatMessageId) -> ChatEnded {
    ChatEnded {
        chat: before.id,
        visitor: before.visitor_id,
        from: before.status,
        by,
        staff: before.assignee_id,
        department: before.department_id,
        lines: vec![line],
    }
}
