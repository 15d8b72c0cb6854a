//! The same for several messages, each with an outcome of its own.

use std::collections::BTreeMap;

use kernel::{
    Cx, Error, Problem, ProblemCode, Result,
    db::Emit,
    id::{MessageId, StaffId},
    record::Records,
};
use serde::{Deserialize, Serialize};

use super::{
    assign_message::{AssignMessage, assign_message},
    set_message_status::{SetMessageStatus, set_message_status},
};
use crate::{
    domain::message::may_be_set,
    limits,
    policy::MANAGE_MESSAGES,
    ports::Colleagues,
    store::message::{Entity as Messages, MessageStatus, Model as Message},
};

/// Who gets which messages.
#[derive(Debug, Clone)]
pub struct AssignMessages {
    /// The messages.
    pub messages: Vec<MessageId>,
    /// Who gets them; nobody when absent.
    pub assignee: Option<StaffId>,
}

/// Which messages go where.
#[derive(Debug, Clone)]
pub struct SetMessageStatuses {
    /// The messages.
    pub messages: Vec<MessageId>,
    /// Their status from now on.
    pub status: MessageStatus,
}

/// What came of one message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outcome {
    /// It as it is then; absent where nothing came of it.
    pub message: Option<Message>,
    /// Why nothing did.
    pub problems: Vec<Problem>,
}

/// Assigns each message that can be, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`Error::Invalid`] for too many or none, and where the assignee is not an active staff member: then nothing is assigned.
pub async fn assign_messages<S: Records<Messages> + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &AssignMessages,
) -> Result<Vec<Outcome>> {
    cx.require(MANAGE_MESSAGES)?;
    let mut done = Each::of(&cmd.messages)?;
    for message in done.ids() {
        let one = AssignMessage { message, assignee: cmd.assignee };
        match assign_message(s, colleagues, cx, &one).await {
            // Whoever cannot have one message can have none.
            Err(error @ Error::Invalid(_)) => return Err(error),
            answer => done.put(message, answer)?,
        }
    }
    Ok(done.in_order(&cmd.messages))
}

/// Sets the status of each message that can have it, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`Error::Invalid`] for too many or none, and for a status that is not set by hand: then nothing is set.
pub async fn set_message_statuses<S: Records<Messages> + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &SetMessageStatuses,
) -> Result<Vec<Outcome>> {
    cx.require(MANAGE_MESSAGES)?;
    may_be_set(cmd.status)?;
    let mut done = Each::of(&cmd.messages)?;
    for message in done.ids() {
        let answer = set_message_status(s, cx, &SetMessageStatus { message, status: cmd.status }).await;
        done.put(message, answer)?;
    }
    Ok(done.in_order(&cmd.messages))
}

/// What came of each of several messages. They are taken in the order of their ids, as every writer of several takes them.
struct Each(BTreeMap<MessageId, Option<Message>>);

impl Each {
    fn of(messages: &[MessageId]) -> Result<Self> {
        let refused = |code, why: String| Err(Error::invalid("messageIds", code, why));
        if messages.is_empty() {
            return refused(ProblemCode::Blank, "must name at least one message".into());
        }
        if messages.len() > limits::SEVERAL {
            return refused(ProblemCode::TooLong, format!("may name at most {} messages", limits::SEVERAL));
        }
        Ok(Self(messages.iter().map(|id| (*id, None)).collect()))
    }

    fn ids(&self) -> Vec<MessageId> {
        self.0.keys().copied().collect()
    }

    /// Keeps what came of one; what is amiss with more than that one message is amiss with all.
    fn put(&mut self, id: MessageId, answer: Result<Message>) -> Result<()> {
        match answer {
            Ok(message) => drop(self.0.insert(id, Some(message))),
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn in_order(&self, messages: &[MessageId]) -> Vec<Outcome> {
        let outcome = |(number, id): (usize, &MessageId)| {
            let message = self.0.get(id).cloned().flatten();
            let missing = Problem {
                path: vec!["messageIds".into(), number.to_string()],
                code: ProblemCode::NotAvailable,
                message: "is not there".into(),
            };
            let problems = if message.is_some() { Vec::new() } else { vec![missing] };
            Outcome { message, problems }
        };
        messages.iter().enumerate().map(outcome).collect()
    }
}
