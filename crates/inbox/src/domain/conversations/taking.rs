//! What a message does to its conversation, in whatever order messages come.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Cx,
    id::{ConversationMessageId, SocialAccountId, StaffId},
    text::handed_over,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{
    limits,
    store::conversations::{
        conversation::{ConversationStatus, Model as Conversation},
        message::{Direction, Model as Message},
    },
};

/// How far a platform's clock may be ahead of ours.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

/// What became of a message before it came, or after it was archived.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// What it says since it was changed.
    pub content: Option<String>,
    /// When it was changed last.
    pub edited_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl Changes {
    /// Those that a key holds.
    pub fn of(stored: Option<&Json>) -> Self {
        stored.and_then(|stored| serde_json::from_value(stored.clone()).ok()).unwrap_or_default()
    }

    /// With another one; the newest edit holds, and what was taken back stays so.
    #[must_use]
    pub fn and(mut self, change: &Change, at: DateTime<Utc>) -> Self {
        match change {
            Change::Edited(content) if self.edited_at.is_none_or(|before| before < at) => {
                self.content = Some(content.clone());
                self.edited_at = Some(at);
            }
            Change::Edited(_) => {}
            Change::Deleted => {
                self.deleted_at = Some(self.deleted_at.map_or(at, |before| before.min(at)));
                self.content = None;
            }
        }
        self
    }

    /// Done to a message. Says whether that changed anything.
    pub fn apply(self, message: &mut Message) -> bool {
        let before = message.clone();
        if let (Some(content), Some(at)) = (self.content, self.edited_at) {
            message.change(&Change::Edited(content), at);
        }
        if let Some(at) = self.deleted_at {
            message.change(&Change::Deleted, at);
        }
        *message != before
    }
}

/// What whoever wrote a message does with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It says this now.
    Edited(String),
    /// It says nothing any more.
    Deleted,
}

impl Message {
    /// Changes it, or takes it back: the newest edit holds, and what was taken back stays so. Says whether that changed anything.
    pub fn change(&mut self, change: &Change, at: DateTime<Utc>) -> bool {
        if self.deleted_at.is_some() {
            return false;
        }
        match change {
            Change::Edited(content) => {
                if self.edited_at.is_some_and(|before| before >= at) {
                    return false;
                }
                let (content, cut) = handed_over(content, limits::CONTENT);
                let before = std::mem::replace(&mut self.content, content);
                if before != self.content {
                    keep_original(&mut self.metadata, before);
                }
                self.edited_at = Some(at);
                mark_cut(&mut self.metadata, cut);
            }
            Change::Deleted => {
                self.deleted_at = Some(at);
                self.content = String::new();
                // What else was said of it goes with it: addresses of pictures, buttons.
                self.metadata = json!({});
            }
        }
        true
    }
}

/// What a platform says besides, as it is stored: no text, list or object of any length, nothing that a database refuses.
pub fn kept(value: &Json) -> Json {
    match value {
        Json::String(text) => handed_over(text, limits::URL).0.into(),
        Json::Array(all) => all.iter().take(limits::TOLD_BESIDES).map(kept).collect(),
        Json::Object(all) => {
            let part = |(name, value): (&String, &Json)| (handed_over(name, limits::LINE).0, kept(value));
            Json::Object(all.iter().take(limits::TOLD_BESIDES).map(part).collect())
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
    }
}

/// Notes that a text was cut.
pub fn mark_cut(metadata: &mut Json, cut: bool) {
    let Some(metadata) = metadata.as_object_mut() else { return };
    if cut {
        metadata.insert("cut".into(), true.into());
    } else {
        metadata.remove("cut");
    }
}

/// Keeps what a message said first: somebody may have acted on it. What came in between depends on the order in which it was told.
fn keep_original(metadata: &mut Json, content: String) {
    if let Some(metadata) = metadata.as_object_mut() {
        metadata.entry("original").or_insert_with(|| content.into());
    }
}

/// When a message was written: as the platform says, but never later than now.
pub fn written_at(cx: &Cx, at: DateTime<Utc>) -> DateTime<Utc> {
    // The databases keep microseconds.
    let at = if at > cx.now + AHEAD { cx.now } else { at };
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(cx.now)
}

impl Conversation {
    /// One that begins.
    pub fn begin(
        cx: &Cx,
        account: SocialAccountId,
        platform_id: String,
        participant: (String, Option<String>),
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id: cx.new_id(),
            social_account_id: account,
            platform_conversation_id: platform_id,
            participant_id: participant.0,
            participant_name: participant.1,
            status: ConversationStatus::Active,
            assignee_id: None,
            started_at: at,
            last_message_at: at,
            last_message_id: None,
            last_inbound_at: None,
            message_count: 0,
            closed_at: None,
            version: 1,
            updated_at: cx.now,
        }
    }

    /// Counts another message, whenever it was written. Whatever the participant writes opens a closed conversation: nobody has
    /// seen it yet, however late it came.
    pub fn count(&mut self, message: ConversationMessageId, direction: Direction, at: DateTime<Utc>) {
        self.message_count = self.message_count.saturating_add(1);
        self.started_at = self.started_at.min(at);
        if self.last_message_id.is_none() || at >= self.last_message_at {
            self.last_message_id = Some(message);
        }
        self.last_message_at = self.last_message_at.max(at);
        if direction == Direction::Inbound {
            self.last_inbound_at = Some(self.last_inbound_at.map_or(at, |last| last.max(at)));
            if self.status == ConversationStatus::Closed {
                self.status = ConversationStatus::Active;
                self.closed_at = None;
            }
        }
    }

    /// Hands it to somebody, or back to nobody. Says whether that changed anything.
    pub fn assign(&mut self, assignee: Option<StaffId>) -> bool {
        let changes = self.assignee_id != assignee;
        self.assignee_id = assignee;
        changes
    }

    /// Closes or opens it. Says whether that changed anything.
    pub fn set_status(&mut self, cx: &Cx, status: ConversationStatus) -> bool {
        let changes = self.status != status;
        self.status = status;
        if changes {
            self.closed_at = (status == ConversationStatus::Closed).then_some(cx.now);
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    #[test]
    fn the_newest_edit_holds_and_what_was_taken_back_stays_so() {
        let edited = |text: &str| Change::Edited(text.into());
        let changes = Changes::default().and(&edited("second"), at(2)).and(&edited("first"), at(1));
        assert_eq!(changes.content.as_deref(), Some("second"));
        let changes = changes.and(&Change::Deleted, at(5)).and(&edited("third"), at(9));
        let mut message = Message {
            id: kernel::id::TypedId::from_uuid(uuid::Uuid::nil()),
            conversation_id: kernel::id::TypedId::from_uuid(uuid::Uuid::nil()),
            platform_message_id: "m".into(),
            direction: Direction::Inbound,
            content: "zero".into(),
            sender_id: None,
            received_at: at(0),
            edited_at: None,
            deleted_at: None,
            metadata: json!({ "attachments": [] }),
        };
        let mut only_edited = message.clone();
        let edits = Changes { deleted_at: None, content: Some("third".into()), ..changes.clone() };
        assert!(edits.apply(&mut only_edited));
        only_edited.change(&edited("fourth"), at(20));
        assert_eq!((only_edited.content.as_str(), &only_edited.metadata["original"]), ("fourth", &json!("zero")));
        assert!(changes.clone().apply(&mut message));
        assert_eq!((message.content.as_str(), message.deleted_at), ("", Some(at(5))));
        assert_eq!(message.metadata, json!({}));
        assert!(!changes.apply(&mut message), "a second time changes nothing");
    }
}
