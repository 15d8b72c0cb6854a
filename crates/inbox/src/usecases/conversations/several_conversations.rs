//! The same for several conversations, each with an outcome of its own.

use std::collections::BTreeMap;

use kernel::{
    Cx, Error, Problem, ProblemCode, Result,
    db::Emit,
    id::{ConversationId, StaffId},
    record::Records,
};
use serde::{Deserialize, Serialize};

use super::{
    assign_conversation::{AssignConversation, assign_conversation},
    set_conversation_status::{SetConversationStatus, set_conversation_status},
};
use crate::{
    limits,
    policy::MANAGE_CONVERSATIONS,
    ports::Colleagues,
    store::conversations::conversation::{ConversationStatus, Entity as Conversations, Model as Conversation},
};

/// Who gets which conversations.
#[derive(Debug, Clone)]
pub struct AssignConversations {
    /// The conversations.
    pub conversations: Vec<ConversationId>,
    /// Who gets them; nobody when absent.
    pub assignee: Option<StaffId>,
}

/// Which conversations go where.
#[derive(Debug, Clone)]
pub struct SetConversationStatuses {
    /// The conversations.
    pub conversations: Vec<ConversationId>,
    /// Their status from now on.
    pub status: ConversationStatus,
}

/// What came of one conversation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConversationOutcome {
    /// It as it is then; absent where nothing came of it.
    pub conversation: Option<Conversation>,
    /// Why nothing did.
    pub problems: Vec<Problem>,
}

/// Assigns each conversation that can be, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`Error::Invalid`] for too many or none, and where the assignee is not an active staff member: then nothing is assigned.
pub async fn assign_conversations<S: Records<Conversations> + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &AssignConversations,
) -> Result<Vec<ConversationOutcome>> {
    cx.require(MANAGE_CONVERSATIONS)?;
    let mut done = Each::of(&cmd.conversations)?;
    for conversation in done.ids() {
        let one = AssignConversation { conversation, assignee: cmd.assignee };
        match assign_conversation(s, colleagues, cx, &one).await {
            // Whoever cannot have one can have none.
            Err(error @ Error::Invalid(_)) => return Err(error),
            answer => done.put(conversation, answer)?,
        }
    }
    Ok(done.in_order(&cmd.conversations))
}

/// Closes or opens each conversation that is there, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`Error::Invalid`] for too many or none.
pub async fn set_conversation_statuses<S: Records<Conversations> + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &SetConversationStatuses,
) -> Result<Vec<ConversationOutcome>> {
    cx.require(MANAGE_CONVERSATIONS)?;
    let mut done = Each::of(&cmd.conversations)?;
    for conversation in done.ids() {
        let one = SetConversationStatus { conversation, status: cmd.status };
        let answer = set_conversation_status(s, cx, &one).await;
        done.put(conversation, answer)?;
    }
    Ok(done.in_order(&cmd.conversations))
}

/// What came of each. They are taken in the order of their ids, as every writer of several takes them.
struct Each(BTreeMap<ConversationId, Option<Conversation>>);

impl Each {
    fn of(conversations: &[ConversationId]) -> Result<Self> {
        let refused = |code, why: String| Err(Error::invalid("conversationIds", code, why));
        if conversations.is_empty() {
            return refused(ProblemCode::Blank, "must name at least one conversation".into());
        }
        if conversations.len() > limits::SEVERAL {
            return refused(ProblemCode::TooLong, format!("may name at most {} conversations", limits::SEVERAL));
        }
        Ok(Self(conversations.iter().map(|id| (*id, None)).collect()))
    }

    fn ids(&self) -> Vec<ConversationId> {
        self.0.keys().copied().collect()
    }

    /// Keeps what came of one; what is amiss with more than that one is amiss with all.
    fn put(&mut self, id: ConversationId, answer: Result<Conversation>) -> Result<()> {
        match answer {
            Ok(conversation) => drop(self.0.insert(id, Some(conversation))),
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn in_order(&self, conversations: &[ConversationId]) -> Vec<ConversationOutcome> {
        let outcome = |(number, id): (usize, &ConversationId)| {
            let conversation = self.0.get(id).cloned().flatten();
            let missing = Problem {
                path: vec!["conversationIds".into(), number.to_string()],
                code: ProblemCode::NotAvailable,
                message: "is not there".into(),
            };
            let problems = if conversation.is_some() { Vec::new() } else { vec![missing] };
            ConversationOutcome { conversation, problems }
        };
        conversations.iter().enumerate().map(outcome).collect()
    }
}
