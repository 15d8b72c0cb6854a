//! What happens in the inbox, as subscribers see it.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Interface, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{
    Error,
    events::{Event, Stored},
    id::{MessageId, UserId},
};
use serde::de::DeserializeOwned;

use super::types::{Message, MessageReply, MessageStatus, message, reply as reply_of};
use crate::graphql::{
    errors::Result,
    identity::{Staff, User, staff, user},
    scalars::id,
};

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

impl Wanted {
    fn has(&self, kind: InboxEventType, message: MessageId) -> bool {
        self.types.as_ref().is_none_or(|types| types.contains(&kind))
            && self.message.is_none_or(|wanted| wanted == message)
    }
}

macro_rules! inbox_events {
    ($($(#[$doc:meta])* $name:ident from $event:ty { $($more:tt)* })*) => {
        $(
            $(#[$doc])*
            #[derive(SimpleObject)]
            #[graphql(complex)]
            pub struct $name {
                /// The number of the event, without gaps in the tenant. Resume after it with `after`.
                pub sequence: String,
                /// When it happened.
                pub at: DateTime<Utc>,
                #[graphql(skip)]
                actor_id: Option<UserId>,
                #[graphql(skip)]
                event: $event,
            }

            #[ComplexObject]
            impl $name {
                /// Who did it; null for a visitor and for Frontdesk itself.
                async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
                    user(ctx, self.actor_id).await
                }

                /// The message as it is now.
                async fn message(&self, ctx: &Context<'_>) -> Result<Option<Message>> {
                    message(ctx, self.event.message).await
                }

                $($more)*
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

        /// The kinds of inbox events.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        pub enum InboxEventType {
            $($(#[$doc])* $name,)*
        }

        impl InboxEvent {
            /// A stored event as subscribers see it; `None` where it is of another topic or not wanted.
            pub fn of(stored: &Stored, wanted: &Wanted) -> kernel::Result<Option<Self>> {
                match stored.kind.as_str() {
                    $(<$event>::KIND => {
                        let event: $event = decode(stored)?;
                        let sequence = stored.sequence.unwrap_or_default().to_string();
                        Ok(wanted.has(InboxEventType::$name, event.message).then_some(Self::$name($name {
                            sequence,
                            at: stored.at,
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

inbox_events! {
    /// A visitor wrote.
    MessageReceived from inbox::MessageReceived {}

    /// A message went to somebody, or back to nobody.
    MessageAssigned from inbox::MessageAssigned {
        /// Who had it before.
        async fn previous_assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
            staff(ctx, self.event.from).await
        }

        /// Who had it after.
        async fn new_assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
            staff(ctx, self.event.to).await
        }
    }

    /// A message's status was changed by hand.
    MessageStatusChanged from inbox::MessageStatusChanged {
        /// The status before.
        async fn previous_status(&self) -> MessageStatus {
            self.event.from.into()
        }

        /// The status after.
        async fn new_status(&self) -> MessageStatus {
            self.event.to.into()
        }
    }

    /// Somebody replied.
    MessageReplied from inbox::MessageReplied {
        /// The reply as it is now.
        async fn reply(&self, ctx: &Context<'_>) -> Result<Option<MessageReply>> {
            reply_of(ctx, self.event.reply).await
        }
    }

    /// A reply's mail was taken by the mail server.
    ReplyDelivered from inbox::ReplyDelivered {
        /// The reply as it is now.
        async fn reply(&self, ctx: &Context<'_>) -> Result<Option<MessageReply>> {
            reply_of(ctx, self.event.reply).await
        }
    }

    /// A reply's mail was given up.
    ReplyFailed from inbox::ReplyFailed {
        /// The reply as it is now.
        async fn reply(&self, ctx: &Context<'_>) -> Result<Option<MessageReply>> {
            reply_of(ctx, self.event.reply).await
        }
    }
}
