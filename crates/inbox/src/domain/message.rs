//! What may happen to a message.

use kernel::{Cx, Error, ProblemCode, Result, id::StaffId, text::Check};

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
    /// may be reopened), except that nothing becomes new again. Returns whether that changed anything.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the move is not allowed.
    pub fn set_status(&mut self, status: MessageStatus) -> Result<bool> {
        if self.status == status {
            return Ok(false);
        }
        if status == MessageStatus::New {
            return Err(Error::invalid(
                "status",
                ProblemCode::NotAllowed,
                "a message that was worked on does not become new again",
            ));
        }
        self.status = status;
        Ok(true)
    }
}
