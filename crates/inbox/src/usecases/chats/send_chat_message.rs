//! Somebody writes a line.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::ChatId,
    record::{self, Records},
    text::Check,
};

use super::enter::enter;
use crate::{
    domain::chats::events::ChatMessageSent,
    limits,
    ports::{Chats, Drafts, Merges, Takers, Visitors},
    store::chats::{
        line::Model as ChatMessage,
        session::{ChatSide, ChatStatus, Entity as ChatSessions, Model as Chat},
    },
    usecases::recognise::see_own,
};

/// A line for a chat.
#[derive(Debug, Clone)]
pub struct SendChatMessage {
    /// The chat.
    pub chat: ChatId,
    /// Its token, from the visitor.
    pub token: Option<String>,
    /// The text.
    pub content: String,
}

/// Stores a line of the visitor's, or of the colleague who has the chat; of theirs the draft goes that it was.
///
/// # Errors
/// [`Error::Invalid`] for a bad text, a wrong token, an ended chat, and for a colleague who does not have the chat;
/// [`Error::NotFound`].
pub async fn send_chat_message<S: Chats + Drafts + Visitors + Merges + Records<ChatSessions> + Emit>(
    s: &S,
    takers: &impl Takers,
    cx: &Cx,
    cmd: &SendChatMessage,
) -> Result<ChatMessage> {
    let (before, side) = enter(s, cx, cmd.chat, cmd.token.as_deref()).await?;
    let mut check = Check::default();
    let content = check.body("content", &cmd.content, limits::CHAT_LINE);
    check.done()?;
    before.is_open()?;
    match side {
        ChatSide::Visitor => see_own(s, cx, before.visitor_id).await?,
        ChatSide::Staff | ChatSide::System => has_it(takers, cx, &before).await?,
    }
    let mut chat = before.clone();
    let line = chat.next_line(cx, side, content);
    s.say(&line).await?;
    record::change::<ChatSessions, S>(s, cx, &before, chat).await?;
    if let Some(staff) = cx.staff_id().filter(|_| side == ChatSide::Staff) {
        s.forget(staff, before.id.into()).await?;
    }
    s.emit(cx, &ChatMessageSent { chat: before.id, visitor: before.visitor_id, sender: side, lines: vec![line.id] });
    Ok(line)
}

/// Refuses a colleague who does not have the chat, and says who has.
async fn has_it(takers: &impl Takers, cx: &Cx, chat: &Chat) -> Result<()> {
    let why = match (chat.status, chat.assignee_id) {
        (ChatStatus::Waiting, _) | (_, None) => "nobody has the chat yet; claim it first".to_owned(),
        (_, Some(staff)) if cx.staff_id() == Some(staff) => return Ok(()),
        (_, Some(staff)) => {
            let name = takers.name(staff).await?.unwrap_or_else(|| "a colleague".into());
            format!("{name} has the chat; transfer it to yourself first")
        }
    };
    Err(Error::invalid("chatId", ProblemCode::NotAllowed, why))
}
