//! A colleague leaves, and their open messages, conversations and chats go to another, or back to nobody.

use kernel::{Cx, Result, db::Emit, id::StaffId, record::Records};

use super::{assignee::heir, chats::transfer_chat::hand_over_chats};
use crate::{
    domain::{conversations::events::ConversationAssigned, events::MessageAssigned},
    policy::{VIEW_CONVERSATIONS, VIEW_MESSAGES},
    ports::{Chats, Colleagues, Conversations, Messages, Takers},
    store::chats::session::Entity as ChatSessions,
};

/// Hands over everything open that `from` has, whoever may see it, and returns how much that was. What `to` would not see is nobody's
/// then. Part of deactivating somebody, which is what needs the permission.
pub async fn hand_over<S: Messages + Conversations + Chats + Records<ChatSessions> + Emit>(
    s: &S,
    house: &(impl Takers + Colleagues),
    cx: &Cx,
    from: StaffId,
    to: Option<StaffId>,
) -> Result<u64> {
    let heir_of_messages = heir(house, cx, to, VIEW_MESSAGES).await?;
    let messages = s.hand_over(from, heir_of_messages, cx.now).await?;
    for message in &messages {
        s.emit(cx, &MessageAssigned { message: *message, from: Some(from), to: heir_of_messages });
    }
    let heir_of_conversations = heir(house, cx, to, VIEW_CONVERSATIONS).await?;
    let conversations = s.hand_over_conversations(from, heir_of_conversations, cx.now).await?;
    for conversation in &conversations {
        s.emit(cx, &ConversationAssigned { conversation: *conversation, from: Some(from), to: heir_of_conversations });
    }
    let handed_over = (messages.len() + conversations.len()) as u64;
    Ok(handed_over + hand_over_chats(s, house, cx, from, to).await?)
}
