//! Replies in conversations: one verb a file.

pub mod decide;
pub mod reply_to_conversation;
pub mod retry;
pub mod send;
pub mod suggest_reply;

use chrono::{DateTime, Utc};
use kernel::{Conn, Cx, Error, ProblemCode, Result, Tx, db::Emit, record};

use crate::{
    domain::{
        conversation_replies::events::ConversationReplyChanged,
        social::platform::{PlatformConfig, Window},
    },
    queries::social::accounts::{account_by_id, platform_of},
    store::{
        conversation_reply::{Entity as ConversationReplies, Model as ConversationReply},
        conversations::conversation::{ConversationStatus, Model as Conversation},
        social::account::{Model as SocialAccount, SocialAccountStatus},
    },
};

/// Saves what became of a reply, and tells of it.
async fn become_of(
    tx: &Tx,
    cx: &Cx,
    before: &ConversationReply,
    after: ConversationReply,
) -> Result<ConversationReply> {
    let after = record::change::<ConversationReplies, _>(tx, cx, before, after).await?;
    if before.status != after.status {
        tx.emit(
            cx,
            &ConversationReplyChanged {
                conversation: after.conversation_id,
                reply: after.id,
                from: before.status,
                to: after.status,
                edited: after.suggested_content.is_some(),
            },
        );
    }
    Ok(after)
}

/// The account and the settings by which a reply goes out.
struct Way {
    account: SocialAccount,
    config: PlatformConfig,
}

/// How a reply would go out from a conversation.
async fn way(conn: &Conn, conversation: &Conversation) -> Result<Way> {
    let account = account_by_id(conn, conversation.social_account_id).await?;
    let account = account.ok_or(Error::NotFound { what: "SocialAccount" })?;
    let config = PlatformConfig::of(&platform_of(conn, account.platform).await?);
    Ok(Way { account, config })
}

impl Way {
    /// How a reply may go out now, or why it may not.
    fn open(&self, wrote_at: Option<DateTime<Utc>>, now: DateTime<Utc>, by_person: bool) -> Result<Window, String> {
        let account = &self.account;
        if !account.active || account.status != SocialAccountStatus::Connected {
            return Err("the account is not connected: connect it again first".into());
        }
        match self.config.window(account.platform, wrote_at, now, by_person) {
            Window::Closed { hours } => {
                Err(format!("the platform takes a reply for {hours} h after the participant wrote, and that is past"))
            }
            open => Ok(open),
        }
    }

    /// The same for somebody who waits for the answer.
    fn check(&self, field: &str, conversation: &Conversation, now: DateTime<Utc>) -> Result<()> {
        if conversation.status == ConversationStatus::Closed {
            let closed = "is closed: open it again first";
            return Err(Error::invalid(field, ProblemCode::NotAllowed, closed));
        }
        let open = self.open(conversation.last_inbound_at, now, true);
        open.map(drop).map_err(|why| Error::invalid(field, ProblemCode::NotAllowed, why))
    }
}
