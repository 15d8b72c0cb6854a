//! A visitor says what they think of a chat.

use kernel::{
    Cx, Result,
    db::Emit,
    id::ChatId,
    record::{self, Records},
    text::Check,
};

use super::enter::{opens, tell, wrong_token};
use crate::{
    domain::chats::{conversation::said, events::ChatRated},
    limits,
    ports::Chats,
    store::chats::session::{Entity as ChatSessions, Model as Chat},
};

/// What they think.
#[derive(Debug, Clone)]
pub struct RateChat {
    /// The chat.
    pub chat: ChatId,
    /// Its token.
    pub token: String,
    /// From 1 to 5.
    pub rating: i32,
    /// In words.
    pub feedback: Option<String>,
}

/// Stores the rating, once, and returns the chat as it is then. The visitor's only.
///
/// # Errors
/// [`kernel::Error::Invalid`] for a wrong token, for what is no rating, and for a second one.
pub async fn rate_chat<S: Chats + Records<ChatSessions> + Emit>(s: &S, cx: &Cx, cmd: &RateChat) -> Result<Chat> {
    let found = s.take(cmd.chat).await?.filter(|chat| opens(chat, &cmd.token));
    let before = found.ok_or_else(wrong_token)?;
    let mut check = Check::default();
    let feedback = check.optional_body("feedback", cmd.feedback.as_deref(), limits::CHAT_LINE);
    check.done()?;
    let mut chat = before.clone();
    chat.rate(cmd.rating, feedback)?;
    let text = said::rated(&chat.visitor_name, cmd.rating);
    let line = tell(s, cx, &mut chat, text).await?;
    let chat = record::change::<ChatSessions, S>(s, cx, &before, chat).await?;
    if chat.feedback.is_some() {
        s.index(&chat).await?;
    }
    s.emit(cx, &ChatRated { chat: chat.id, visitor: chat.visitor_id, rating: cmd.rating, lines: vec![line] });
    Ok(chat)
}
