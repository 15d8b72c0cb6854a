//! What a platform tells of one conversation, in one transaction.

use kernel::{Cx, Error, Result, db::Emit, id::SocialAccountId, record::Records};

use super::{
    assign_conversation::{AssignConversation, assign_conversation},
    change_message::{ChangeMessage, change_message},
    take_message::{TakeMessage, Taken, take_message},
};
use crate::{
    domain::conversations::heard::{Told, What},
    policy::{MANAGE_CONVERSATIONS, VIEW_CONVERSATIONS},
    ports::{Colleagues, Conversations},
    store::conversations::conversation::Entity as ConversationRecords,
};

/// What was told of one conversation, in the order in which it was.
#[derive(Debug, Clone)]
pub struct TakeTold {
    /// The company's account.
    pub account: SocialAccountId,
    /// It.
    pub told: Vec<Told>,
}

/// Takes all of it, and says how many messages were new. A conversation that is open again by it is nobody's where whoever had it could
/// not have it now: it was closed when they left. What is no platform's is passed over: to be told of it again would
/// make it no better.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away; then nothing was taken.
pub async fn take_told<S: Conversations + Records<ConversationRecords> + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &TakeTold,
) -> Result<u64> {
    cx.require(MANAGE_CONVERSATIONS)?;
    let mut new = 0;
    for told in &cmd.told {
        let taken = match &told.what {
            What::Wrote(wrote) => {
                let message = TakeMessage {
                    account: cmd.account,
                    platform_conversation_id: told.conversation.clone(),
                    participant_id: wrote.participant.clone(),
                    participant_name: wrote.participant_name.clone(),
                    platform_message_id: wrote.message.clone(),
                    direction: wrote.direction,
                    sender_id: wrote.sender.clone(),
                    content: wrote.content.clone(),
                    at: wrote.at,
                    metadata: wrote.metadata.clone(),
                };
                match take_message(s, cx, &message).await {
                    Ok(taken) => {
                        disown(s, colleagues, cx, &taken).await?;
                        Ok(u64::from(taken.is_new))
                    }
                    Err(error) => Err(error),
                }
            }
            What::Changed { message, change, at } => {
                let change = ChangeMessage {
                    account: cmd.account,
                    platform_message_id: message.clone(),
                    change: change.clone(),
                    at: *at,
                };
                change_message(s, cx, &change).await.map(|_| 0)
            }
        };
        match taken {
            Ok(taken) => new += taken,
            // Refused before anything was written.
            Err(Error::Invalid(problems)) => {
                tracing::warn!(request_id = %cx.request_id, ?problems, "what a platform told was passed over");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(new)
}

/// Leaves a conversation to nobody that is open again and whose colleague would not see it any more.
async fn disown<S: Records<ConversationRecords> + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    taken: &Taken,
) -> Result<()> {
    let Some(who) = taken.opened_again_of else { return Ok(()) };
    if colleagues.would_see(cx, who, VIEW_CONVERSATIONS).await? {
        return Ok(());
    }
    let nobodys = AssignConversation { conversation: taken.conversation, assignee: None };
    assign_conversation(s, colleagues, cx, &nobodys).await.map(drop)
}
