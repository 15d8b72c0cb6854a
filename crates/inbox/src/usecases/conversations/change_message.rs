//! Whoever wrote a message changed it, or took it back; also before it came, and after it was archived.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Result,
    db::Emit,
    id::{ConversationId, SocialAccountId},
};
use serde::{Deserialize, Serialize};

use super::take_message::platform_name;
use crate::{
    domain::conversations::{
        events::{ConversationMessageDeleted, ConversationMessageEdited},
        taking::{Change, Changes, written_at},
    },
    policy::MANAGE_CONVERSATIONS,
    ports::Conversations,
    store::conversations::message_key::Model as MessageKey,
};

/// A change of a message.
#[derive(Debug, Clone)]
pub struct ChangeMessage {
    /// The company's account that it came to or went from.
    pub account: SocialAccountId,
    /// The message, as the platform names it.
    pub platform_message_id: String,
    /// What became of it.
    pub change: Change,
    /// When, by the platform's clock.
    pub at: DateTime<Utc>,
}

/// What came of changing a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Changed {
    /// It is as it was wanted; its conversation.
    Now(ConversationId),
    /// It was so before, or something newer holds.
    Before,
    /// It will be when it comes, or when it is read back from the archive.
    Noted,
}

/// Changes a message. For Frontdesk itself: a platform told of it.
///
/// # Errors
/// [`kernel::Error::Invalid`] for a name that is none of a platform's.
pub async fn change_message<S: Conversations + Emit>(s: &S, cx: &Cx, cmd: &ChangeMessage) -> Result<Changed> {
    cx.require(MANAGE_CONVERSATIONS)?;
    platform_name("platformMessageId", &cmd.platform_message_id)?;
    let at = written_at(cx, cmd.at);
    let mut key = s
        .key_or_await(&MessageKey {
            social_account_id: cmd.account,
            platform_message_id: cmd.platform_message_id.clone(),
            message_id: cx.new_id(),
            received_at: at,
            arrived: false,
            changes: None,
        })
        .await?;
    let stored = if key.arrived { s.message(&key).await? } else { None };
    let Some(before) = stored else {
        let changes = Changes::of(key.changes.as_ref()).and(&cmd.change, at);
        key.changes = Some(serde_json::to_value(&changes).map_err(kernel::Error::internal)?);
        s.note_changes(&key).await?;
        return Ok(Changed::Noted);
    };
    let mut message = before.clone();
    if !message.change(&cmd.change, at) {
        return Ok(Changed::Before);
    }
    s.save_message(&message).await?;
    let (conversation, id) = (message.conversation_id, message.id);
    match cmd.change {
        Change::Edited(_) => s.emit(cx, &ConversationMessageEdited { conversation, message: id }),
        Change::Deleted => s.emit(cx, &ConversationMessageDeleted { conversation, message: id }),
    }
    Ok(Changed::Now(conversation))
}
