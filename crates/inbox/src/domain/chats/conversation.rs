//! What may happen to a chat.

use chrono::TimeDelta;
use kernel::{
    Cx, Error, ProblemCode, Result,
    id::{DepartmentId, StaffId},
};

use crate::store::chats::{
    line::Model as ChatMessage,
    session::{ChatSide, ChatStatus, Model as Chat},
};

impl Chat {
    /// The next line of a side. Each is later than the one before it, whatever the clocks of two servers say.
    pub(crate) fn next_line(&mut self, cx: &Cx, sender: ChatSide, content: String) -> ChatMessage {
        let line = ChatMessage {
            id: cx.new_id(),
            session_id: self.id,
            sender_type: sender,
            staff_id: cx.staff_id().filter(|_| sender == ChatSide::Staff),
            content,
            created_at: cx.now.max(self.last_message_at + TimeDelta::microseconds(1)),
        };
        match sender {
            ChatSide::Visitor => {
                self.visitor_lines += 1;
                self.unread_by_staff += 1;
            }
            ChatSide::Staff => {
                self.staff_lines += 1;
                self.unread_by_visitor += 1;
                self.first_answer_at = self.first_answer_at.or(Some(line.created_at));
            }
            ChatSide::System => {}
        }
        self.last_message_at = line.created_at;
        if sender != ChatSide::System {
            self.last_message_id = Some(line.id);
        }
        line
    }

    /// Refuses what an ended chat does not take.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub(crate) fn is_open(&self) -> Result<()> {
        match self.status {
            ChatStatus::Ended => {
                Err(Error::invalid("chatId", ProblemCode::NotAllowed, "the chat has ended; begin another one"))
            }
            ChatStatus::Waiting | ChatStatus::Active => Ok(()),
        }
    }

    /// Somebody has it from now on.
    pub(crate) fn give_to(&mut self, cx: &Cx, staff: StaffId) {
        self.status = ChatStatus::Active;
        self.assignee_id = Some(staff);
        self.claimed_at = self.claimed_at.or(Some(cx.now));
    }

    /// It waits again: in the queue of a department, or in that of nobody in particular.
    pub(crate) fn put_back(&mut self, department: Option<DepartmentId>) {
        self.status = ChatStatus::Waiting;
        self.assignee_id = None;
        self.department_id = department;
    }

    /// It is over.
    pub(crate) fn end(&mut self, cx: &Cx, by: ChatSide) {
        self.status = ChatStatus::Ended;
        self.ended_at = Some(cx.now);
        self.ended_by = Some(by);
    }

    /// The visitor says what they think of it, once.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no rating, for a second one, and while nobody has answered yet.
    pub(crate) fn rate(&mut self, rating: i32, feedback: Option<String>) -> Result<()> {
        if !(1..=5).contains(&rating) {
            return Err(Error::invalid("rating", ProblemCode::InvalidFormat, "must be a whole number from 1 to 5"));
        }
        if self.rating.is_some() {
            return Err(Error::invalid("rating", ProblemCode::NotAllowed, "the chat was rated already"));
        }
        if self.status == ChatStatus::Waiting {
            return Err(Error::invalid("rating", ProblemCode::NotAllowed, "nobody has answered yet"));
        }
        self.rating = Some(rating);
        self.feedback = feedback;
        Ok(())
    }

    /// A side has read what the other wrote. Returns whether there was anything to read.
    pub(crate) fn read(&mut self, side: ChatSide) -> bool {
        let unread = match side {
            ChatSide::Visitor => &mut self.unread_by_visitor,
            ChatSide::Staff | ChatSide::System => &mut self.unread_by_staff,
        };
        std::mem::take(unread) > 0
    }

    /// How many lines of the other a side has not read.
    pub fn unread_of(&self, side: ChatSide) -> i32 {
        match side {
            ChatSide::Visitor => self.unread_by_visitor,
            ChatSide::Staff | ChatSide::System => self.unread_by_staff,
        }
    }
}

/// What Frontdesk says in a chat. Stored as it was said, so that a name that changes later changes nothing.
pub(crate) mod said {
    /// It is in the queue of a department, if it is for one; where nobody is there the visitor is told so.
    pub fn queued(department: Option<&str>, nobody_available: bool) -> String {
        let queue = department.map_or_else(|| "the queue".into(), |name| format!("the queue of {name}"));
        match nobody_available {
            false => format!("The chat is in {queue}."),
            true => format!(
                "Nobody is here at the moment. The chat stays in {queue}, and we answer as soon as somebody is back."
            ),
        }
    }

    /// Somebody has it.
    pub fn joined(name: &str) -> String {
        format!("{name} joined the chat.")
    }

    /// A side ended it.
    pub fn ended(who: &str) -> String {
        format!("{who} ended the chat.")
    }

    /// It ended by itself.
    pub fn silent(minutes: i64) -> String {
        let unit = if minutes == 1 { "minute" } else { "minutes" };
        format!("The chat ended after {minutes} {unit} of silence.")
    }

    /// The visitor rated it.
    pub fn rated(name: &str, rating: i32) -> String {
        format!("{name} rated the chat {rating} of 5.")
    }
}
