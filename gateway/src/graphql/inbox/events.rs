//! What happens in the inbox, as subscribers see it.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Interface, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{
    Error,
    events::{Event, Stored},
    id::{MessageId, StaffId},
};
use serde::de::DeserializeOwned;

use super::types::{Message, MessageReply, MessageStatus, message, reply as reply_of};
use crate::graphql::{
    errors::Result,
    identity::{Staff, User, staff},
    scalars::id,
};

/// The kinds of inbox events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum InboxEventType {
    /// A visitor wrote.
    MessageReceived,
    /// A message went to somebody, or back to nobody.
    MessageAssigned,
    /// A message's status was changed by hand.
    MessageStatusChanged,
    /// Somebody replied.
    MessageReplied,
    /// A reply's mail was taken by the mail server.
    ReplyDelivered,
    /// A reply's mail was given up.
    ReplyFailed,
}

/// Which inbox events. All parts given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct InboxEventFilter {
    /// Events of these types.
    pub types: Option<Vec<InboxEventType>>,
    /// Events of this message, `msg_…`.
    pub message_id: Option<ID>,
}

/// The checked filter.
pub struct Wanted {
    types: Option<Vec<InboxEventType>>,
    message: Option<MessageId>,
}

impl InboxEventFilter {
    /// Checks the ids.
    pub fn check(self) -> kernel::Result<Wanted> {
        let message = self.message_id.as_ref().map(|message| id("filter.messageId", message)).transpose()?;
        Ok(Wanted { types: self.types, message })
    }
}

macro_rules! inbox_events {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $value:expr),* $(,)? } from $event:ty as $type_name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(SimpleObject)]
            #[graphql(complex)]
            pub struct $name {
                /// The number of the event, without gaps in the tenant. Resume after it with `after`.
                pub sequence: String,
                /// When it happened.
                pub at: DateTime<Utc>,
                $($(#[$field_doc])* pub $field: $type,)*
                #[graphql(skip)]
                actor_id: Option<StaffId>,
                #[graphql(skip)]
                event: $event,
            }
        )*

        /// Something that happened in the inbox.
        #[derive(Interface)]
        #[graphql(
            field(name = "sequence", ty = "&String", desc = "The number of the event, without gaps in the tenant. Resume after it with `after`."),
            field(name = "at", ty = "&DateTime<Utc>", desc = "When it happened."),
            field(name = "actor", ty = "Option<User>", desc = "Who did it; null for a visitor and for Frontdesk itself.")
        )]
        pub enum InboxEvent {
            $($(#[$doc])* $name($name),)*
        }

        impl InboxEvent {
            /// A stored event as subscribers see it; `None` where it is of another topic or not wanted.
            pub fn of(stored: &Stored, wanted: &Wanted) -> kernel::Result<Option<Self>> {
                match stored.kind.as_str() {
                    $(<$event>::KIND => {
                        let event: $event = decode(stored)?;
                        if wanted.types.as_ref().is_some_and(|types| !types.contains(&InboxEventType::$type_name))
                            || wanted.message.is_some_and(|message| message != event.message)
                        {
                            return Ok(None);
                        }
                        Ok(Some(Self::$name($name {
                            sequence: stored.sequence.unwrap_or_default().to_string(),
                            at: stored.at,
                            $($field: { let value: fn(&$event) -> $type = $value; value(&event) },)*
                            actor_id: stored.actor_id,
                            event,
                        })))
                    })*
                    _ => Ok(None),
                }
            }

            /// The message it is about.
            pub fn message_id(&self) -> MessageId {
                match self {
                    $(Self::$name(event) => event.event.message,)*
                }
            }
        }
    };
}

fn decode<T: DeserializeOwned>(stored: &Stored) -> kernel::Result<T> {
    serde_json::from_value(stored.payload.clone())
        .map_err(|error| Error::internal(format!("event {}: {error}", stored.id)))
}

async fn actor(ctx: &Context<'_>, id: Option<StaffId>) -> Result<Option<User>> {
    Ok(staff(ctx, id).await?.map(User::Staff))
}

inbox_events! {
    /// A visitor wrote.
    MessageReceived {} from inbox::MessageReceived as MessageReceived;
    /// A message went to somebody, or back to nobody.
    MessageAssigned {} from inbox::MessageAssigned as MessageAssigned;
    /// A message's status was changed by hand.
    MessageStatusChanged {
        /// The status before.
        previous_status: MessageStatus = |event| event.from.into(),
        /// The status after.
        new_status: MessageStatus = |event| event.to.into(),
    } from inbox::MessageStatusChanged as MessageStatusChanged;
    /// Somebody replied.
    MessageReplied {} from inbox::MessageReplied as MessageReplied;
    /// A reply's mail was taken by the mail server.
    ReplyDelivered {} from inbox::ReplyDelivered as ReplyDelivered;
    /// A reply's mail was given up.
    ReplyFailed {} from inbox::ReplyFailed as ReplyFailed;
}

#[ComplexObject]
impl MessageReceived {
    /// Who did it: nobody signed in.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        actor(ctx, self.actor_id).await
    }
    /// The message as it is now.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<Message>> {
        message(ctx, self.event.message).await
    }
}

#[ComplexObject]
impl MessageAssigned {
    /// Who did it.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        actor(ctx, self.actor_id).await
    }
    /// The message as it is now.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<Message>> {
        message(ctx, self.event.message).await
    }
    /// Who had it before.
    async fn previous_assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        staff(ctx, self.event.from).await
    }
    /// Who had it after.
    async fn new_assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        staff(ctx, self.event.to).await
    }
}

#[ComplexObject]
impl MessageStatusChanged {
    /// Who did it.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        actor(ctx, self.actor_id).await
    }
    /// The message as it is now.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<Message>> {
        message(ctx, self.event.message).await
    }
}

#[ComplexObject]
impl MessageReplied {
    /// Who did it.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        actor(ctx, self.actor_id).await
    }
    /// The message as it is now.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<Message>> {
        message(ctx, self.event.message).await
    }
    /// The reply as it is now.
    async fn reply(&self, ctx: &Context<'_>) -> Result<Option<MessageReply>> {
        reply_of(ctx, self.event.reply).await
    }
}

#[ComplexObject]
impl ReplyDelivered {
    /// Frontdesk did it: null.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        actor(ctx, self.actor_id).await
    }
    /// The message as it is now.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<Message>> {
        message(ctx, self.event.message).await
    }
    /// The reply as it is now.
    async fn reply(&self, ctx: &Context<'_>) -> Result<Option<MessageReply>> {
        reply_of(ctx, self.event.reply).await
    }
}

#[ComplexObject]
impl ReplyFailed {
    /// Frontdesk did it: null.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        actor(ctx, self.actor_id).await
    }
    /// The message as it is now.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<Message>> {
        message(ctx, self.event.message).await
    }
    /// The reply as it is now.
    async fn reply(&self, ctx: &Context<'_>) -> Result<Option<MessageReply>> {
        reply_of(ctx, self.event.reply).await
    }
}
