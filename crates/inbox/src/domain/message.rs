//! What may happen to a message.

use kernel::{Cx, Error, ProblemCode, Result, id::StaffId, text::Check};

use super::conversion::Target;
use crate::{
    limits,
    store::{
        message::{MessageStatus, Model as Message},
        reply::{EmailStatus, Model as MessageReply},
    },
};

impl Message {
    /// A staff member's reply. A new message is in progress from then on.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a bad text, or where the message is archived.
    pub fn reply(&mut self, cx: &Cx, content: &str, send_email: bool) -> Result<MessageReply> {
        let mut check = Check::default();
        let content = check.body("content", content, limits::CONTENT);
        check.done()?;
        if self.status == MessageStatus::Archived {
            return Err(Error::invalid(
                "messageId",
                ProblemCode::NotAllowed,
                "the message is archived; reopen it before replying",
            ));
        }
        if self.status == MessageStatus::New {
            self.status = MessageStatus::InProgress;
        }
        Ok(MessageReply {
            id: cx.new_id(),
            message_id: self.id,
            author_id: cx.staff_id(),
            content,
            email_status: if send_email { EmailStatus::Queued } else { EmailStatus::NotRequested },
            email_error: None,
            email_sent_at: None,
            email_subject: None,
            created_at: cx.now,
        })
    }

    /// Hands the message to somebody, or back to nobody. Returns whether that changed anything.
    pub fn assign(&mut self, assignee: Option<StaffId>) -> bool {
        if self.assignee_id == assignee {
            return false;
        }
        self.assignee_id = assignee;
        true
    }

    /// Moves the message to another status. Every status can follow every other (a converted or archived message
    /// may be reopened), except that nothing becomes new again, and nothing is converted without what it became. Returns
    /// whether that changed anything.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the move is not allowed.
    pub fn set_status(&mut self, status: MessageStatus) -> Result<bool> {
        if self.status == status {
            return Ok(false);
        }
        may_be_set(status)?;
        self.status = status;
        Ok(true)
    }

    /// Notes what the message became. Returns whether that changed anything.
    pub fn convert(&mut self, target: Target) -> bool {
        let target = Some(target.to_string());
        if self.status == MessageStatus::Converted && self.converted_to == target {
            return false;
        }
        self.status = MessageStatus::Converted;
        self.converted_to = target;
        true
    }
}

/// Whether a status is set by hand.
///
/// # Errors
/// [`Error::Invalid`] where it is not.
pub fn may_be_set(status: MessageStatus) -> Result<()> {
    let why = match status {
        MessageStatus::New => "a message that was worked on does not become new again",
        MessageStatus::Converted => "a message is converted by saying what it became: convertMessage",
        MessageStatus::InProgress | MessageStatus::Archived => return Ok(()),
    };
    Err(Error::invalid("status", ProblemCode::NotAllowed, why))
}
