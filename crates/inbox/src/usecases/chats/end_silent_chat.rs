//! A chat in which nothing is said any more ends by itself.

use chrono::TimeDelta;
use kernel::{
    Cx, Result,
    db::Emit,
    id::ChatId,
    jobs::{Enqueue, Work},
    record::Records,
};
use serde::{Deserialize, Serialize};

use super::end_chat::over;
use crate::{
    domain::chats::conversation::said,
    ports::Chats,
    store::chats::session::{ChatSide, ChatStatus, Entity as ChatSessions},
};

/// When a chat is first looked at: the shortest silence that a company can set.
const FIRST: TimeDelta = TimeDelta::minutes(1);

/// The job: end a chat in which nothing is said any more. It comes again until the chat has ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndSilentChat {
    /// The chat.
    pub chat: ChatId,
}

impl Work for EndSilentChat {
    const KIND: &'static str = "inbox.end_silent_chat";
}

/// Has a chat looked at that has just begun.
pub(super) async fn watch<S: Enqueue>(s: &S, cx: &Cx, chat: ChatId) -> Result<()> {
    s.enqueue_at(cx, &EndSilentChat { chat }, cx.now + FIRST).await?;
    Ok(())
}

/// Ends the chat where a colleague has it and nothing was said for so many minutes, else sees to it that it is looked at again
/// when that can be so. What waits in the queue stays there: nobody has answered it yet.
pub async fn end_silent_chat<S>(s: &S, cx: &Cx, minutes: i64, work: &EndSilentChat) -> Result<()>
where
    S: Chats + Records<ChatSessions> + Emit + Enqueue,
{
    let Some(chat) = s.take(work.chat).await? else { return Ok(()) };
    let since = match chat.status {
        ChatStatus::Ended => return Ok(()),
        ChatStatus::Active => chat.last_message_at,
        ChatStatus::Waiting => cx.now,
    };
    let ends = since + TimeDelta::minutes(minutes);
    if ends > cx.now {
        s.enqueue_at(cx, work, ends).await?;
        return Ok(());
    }
    over(s, cx, chat, ChatSide::System, said::silent(minutes)).await?;
    Ok(())
}
