//! A colleague leaves, and their open messages, conversations and chats go to another, or back to nobody.

use kernel::{Cx, Result, db::Emit, id::StaffId, record::Records};

use super::chats::transfer_chat::hand_over_chats;
use crate::{
    domain::{conversations::events::ConversationAssigned, events::MessageAssigned},
    ports::{Chats, Conversations, Messages, Takers},
    store::chats::session::Entity as ChatSessions,
};

/// Hands over everything open that `from` has, whoever may see it, and returns how much that was. Part of deactivating
/// somebody, which is what needs the permission.
pub async fn hand_over<S: Messages + Conversations + Chats + Records<ChatSessions> + Emit>(
    s: &S,
    takers: &impl Takers,
    cx: &Cx,
    from: StaffId,
    to: Option<StaffId>,
) -> Result<u64> {
    let messages = s.hand_over(from, to, cx.now).await?;
    for message in &messages {
        s.emit(cx, &MessageAssigned { message: *message, from: Some(from), to });
    }
    let conversations = s.hand_over_conversations(from, to, cx.now).await?;
    for conversation in &conversations {
        s.emit(cx, &ConversationAssigned { conversation: *conversation, from: Some(from), to });
    }
    let handed_over = (messages.len() + conversations.len()) as u64;
    Ok(handed_over + hand_over_chats(s, takers, cx, from, to).await?)
}
