//! A message of a platform is stored, once, however often it is told.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{ConversationId, ConversationMessageId, SocialAccountId, StaffId},
    record::{self, Records},
    text::{handed_over, one_line},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{
    domain::conversations::{
        events::{ConversationMessageAdded, ConversationStarted},
        taking::{Changes, kept, mark_cut, written_at},
    },
    limits,
    policy::MANAGE_CONVERSATIONS,
    ports::{Arrival, Conversations},
    store::conversations::{
        conversation::{Entity as ConversationRecords, Model as Conversation},
        message::{Direction, Model as Message},
        message_key::Model as MessageKey,
    },
};

/// A message of a platform, in either direction.
#[derive(Debug, Clone)]
pub struct TakeMessage {
    /// The company's account that it came to or went from.
    pub account: SocialAccountId,
    /// The conversation, as the platform names it.
    pub platform_conversation_id: String,
    /// Whom the company writes with, as the platform names them.
    pub participant_id: String,
    /// As people read it, where the platform says so.
    pub participant_name: Option<String>,
    /// The message, as the platform names it.
    pub platform_message_id: String,
    /// Which way it went.
    pub direction: Direction,
    /// Who wrote it, as the platform names them.
    pub sender_id: Option<String>,
    /// What it says.
    pub content: String,
    /// When it was written, by the platform's clock.
    pub at: DateTime<Utc>,
    /// What else the platform says of it: an object.
    pub metadata: Json,
}

/// What came of taking a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Its conversation.
    pub conversation: ConversationId,
    /// It.
    pub message: ConversationMessageId,
    /// When it was written: with its id what names its row.
    pub received_at: DateTime<Utc>,
    /// Whether it was not there before.
    pub is_new: bool,
    /// Who has the conversation, where it was closed and the participant opened it again by this.
    pub opened_again_of: Option<StaffId>,
}

/// Stores a message where it is not there yet, and makes its conversation where there is none. For Frontdesk itself: a platform
/// told of it, or took it from us.
///
/// # Errors
/// [`Error::Invalid`] for a name of the platform's that is empty or longer than any of theirs.
pub async fn take_message<S: Conversations + Records<ConversationRecords> + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &TakeMessage,
) -> Result<Taken> {
    cx.require(MANAGE_CONVERSATIONS)?;
    for (field, name) in [
        ("platformConversationId", &cmd.platform_conversation_id),
        ("participantId", &cmd.participant_id),
        ("platformMessageId", &cmd.platform_message_id),
    ] {
        platform_name(field, name)?;
    }
    let at = written_at(cx, cmd.at);
    let name = cmd.participant_name.as_deref().map(|name| handed_over(&one_line(name), limits::LINE).0);
    let name = name.filter(|name| !name.is_empty());
    let new = Conversation::begin(
        cx,
        cmd.account,
        cmd.platform_conversation_id.clone(),
        (cmd.participant_id.clone(), name.clone()),
        at,
    );
    let (before, begun) = s.find_or_begin(&new).await?;
    let key = MessageKey {
        social_account_id: cmd.account,
        platform_message_id: cmd.platform_message_id.clone(),
        message_id: cx.new_id(),
        received_at: at,
        arrived: true,
        changes: None,
    };
    let changes = match s.arrive(&key).await? {
        // One that begins begins with this message, so what is there already belongs to another conversation.
        Arrival::Known(known) if begun => {
            s.forget_conversation(before.id).await?;
            return Ok(known_as(&known, s.conversation_of(&known).await?.unwrap_or(before.id)));
        }
        Arrival::Known(known) => return Ok(known_as(&known, before.id)),
        Arrival::New(key) => key,
    };
    let id = changes.message_id;
    let (content, cut) = handed_over(&cmd.content, limits::CONTENT);
    let mut metadata = if cmd.metadata.is_object() { kept(&cmd.metadata) } else { json!({}) };
    mark_cut(&mut metadata, cut);
    let mut message = Message {
        id,
        conversation_id: before.id,
        platform_message_id: cmd.platform_message_id.clone(),
        direction: cmd.direction,
        content,
        sender_id: cmd.sender_id.as_deref().map(|sender| handed_over(sender, limits::PLATFORM_NAME).0),
        received_at: at,
        edited_at: None,
        deleted_at: None,
        metadata,
    };
    Changes::of(changes.changes.as_ref()).apply(&mut message);
    s.add_message(&message).await?;
    let mut conversation = before.clone();
    conversation.count(id, cmd.direction, at);
    let renamed = name.is_some() && name != before.participant_name;
    if renamed {
        conversation.participant_name = name;
    }
    let conversation = record::change::<ConversationRecords, S>(s, cx, &before, conversation).await?;
    if renamed {
        s.index_conversation(&conversation).await?;
    }
    if begun {
        s.emit(cx, &ConversationStarted { conversation: before.id, account: cmd.account });
    }
    s.emit(
        cx,
        &ConversationMessageAdded {
            conversation: before.id,
            message: id,
            direction: cmd.direction,
            assignee: before.assignee_id,
            from: before.status,
            to: conversation.status,
        },
    );
    let opened_again = before.status != conversation.status;
    let opened_again_of = before.assignee_id.filter(|_| opened_again);
    Ok(Taken { conversation: before.id, message: id, received_at: at, is_new: true, opened_again_of })
}

fn known_as(known: &MessageKey, conversation: ConversationId) -> Taken {
    let (message, received_at) = (known.message_id, known.received_at);
    Taken { conversation, message, received_at, is_new: false, opened_again_of: None }
}

/// Refuses what no platform names anything.
pub(super) fn platform_name(field: &str, name: &str) -> Result<()> {
    let refused = |code, why: &str| Err(Error::invalid(field, code, why));
    if name.is_empty() {
        return refused(ProblemCode::Blank, "must not be empty");
    }
    if name.chars().count() > limits::PLATFORM_NAME {
        return refused(ProblemCode::TooLong, "must have at most 255 characters");
    }
    if name.chars().any(char::is_control) {
        return refused(ProblemCode::InvalidFormat, "must not contain control characters");
    }
    Ok(())
}
