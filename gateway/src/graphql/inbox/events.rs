//! What happens in the inbox, as subscribers see it.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Interface, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{
    Cx,
    events::{Event, Stored},
    id::{InternalNoteId, MessageId, TagId, TypedId, UserId, prefix},
    visibility::{Holder, rule},
};
use serde::Deserialize;

use super::{
    notes::{InternalNote, note},
    types::{Message, MessageReply, MessageStatus, message, reply as reply_of},
};
use crate::graphql::{
    errors::Result,
    identity::{IntoId, Staff, User, staff, user},
    node::{Node, node},
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

/// The viewer may see a message no more: it went to somebody whose work they do not see. Take it out of what is shown;
/// of what it says or who has it now nothing is told.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct MessageLeft {
    /// The number of the event, without gaps in the tenant. Resume after it with `after`.
    pub sequence: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    #[graphql(skip)]
    actor_id: Option<UserId>,
    /// The message's id, `msg_…`.
    #[graphql(skip)]
    message: MessageId,
}

#[ComplexObject]
impl MessageLeft {
    /// Who did it; null for a visitor and for Frontdesk itself.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.actor_id).await
    }

    /// The message's id, `msg_…`. It cannot be refetched.
    async fn message_id(&self) -> ID {
        self.message.to_string().into()
    }
}

impl Wanted {
    /// Whether events of this type about this message are wanted.
    pub fn has(&self, kind: InboxEventType, message: MessageId) -> bool {
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
            /// The viewer may see a message no more.
            MessageLeft(MessageLeft),
        }

        /// The kinds of inbox events.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        pub enum InboxEventType {
            $($(#[$doc])* $name,)*
            /// The viewer may see a message no more.
            MessageLeft,
        }

        impl InboxEvent {
            /// A stored event as subscribers see it; `None` where it is of another topic or nothing of it is wanted.
            pub fn of(stored: &Stored, wanted: &Wanted) -> kernel::Result<Option<Self>> {
                match stored.kind.as_str() {
                    _ if of_other(stored) => Ok(None),
                    $(<$event>::KIND => {
                        let event: $event = stored.decode()?;
                        let sequence = stored.sequence.unwrap_or_default().to_string();
                        let event = Self::$name($name { sequence, at: stored.at, actor_id: stored.actor_id, event });
                        Ok((event.is_wanted(wanted) || event.may_leave(wanted)).then_some(event))
                    })*
                    _ => Ok(None),
                }
            }

            /// The message it is about.
            pub fn message_id(&self) -> MessageId {
                match self {
                    $(Self::$name(event) => event.event.message,)*
                    Self::MessageLeft(event) => event.message,
                }
            }

            /// Whether it is one of those that the subscriber asked for.
            pub fn is_wanted(&self, wanted: &Wanted) -> bool {
                let kind = match self {
                    $(Self::$name(_) => InboxEventType::$name,)*
                    Self::MessageLeft(_) => InboxEventType::MessageLeft,
                };
                wanted.has(kind, self.message_id())
            }
        }
    };
}

impl InboxEvent {
    /// Whose work the message was before; `None` where that stayed as it was.
    fn left_by(&self) -> Option<Holder> {
        match self {
            Self::MessageAssigned(event) => Some(Holder { assignee: event.event.from, ..Holder::default() }),
            _ => None,
        }
    }

    /// Whether the message may have left somebody's sight by it, and they want to know.
    fn may_leave(&self, wanted: &Wanted) -> bool {
        self.left_by().is_some() && wanted.has(InboxEventType::MessageLeft, self.message_id())
    }

    /// What of it is told to somebody who does not see the message now: that it left, if they saw it before.
    pub fn left(self, cx: &Cx, wanted: &Wanted) -> Option<Self> {
        let seen_before = self.left_by().is_some_and(|holder| rule(cx, &holder).is_some());
        let message = self.message_id();
        match self {
            Self::MessageAssigned(MessageAssigned { sequence, at, actor_id, .. })
                if seen_before && wanted.has(InboxEventType::MessageLeft, message) =>
            {
                Some(Self::MessageLeft(MessageLeft { sequence, at, actor_id, message }))
            }
            _ => None,
        }
    }
}

/// A message got tags, or lost some.
#[derive(Deserialize)]
struct MessageTagsChangedEvent {
    #[serde(rename = "entity")]
    message: MessageId,
    added: Vec<TagId>,
    removed: Vec<TagId>,
}

impl MessageTagsChangedEvent {
    const KIND: &'static str = inbox::TagsChanged::KIND;
}

/// Something was noted of a message, or a note of it was changed or taken away.
#[derive(Deserialize)]
struct MessageNotedEvent {
    #[serde(rename = "entity")]
    message: MessageId,
    note: InternalNoteId,
}

impl MessageNotedEvent {
    const KIND: &'static str = inbox::InternalNoteChanged::KIND;
}

/// Whether an event tells of something other than a message: what hangs on that is told where that is.
fn of_other(stored: &Stored) -> bool {
    let entity = stored.payload.get("entity").and_then(serde_json::Value::as_str);
    entity.is_some_and(|id| prefix(id) != Some(MessageId::PREFIX))
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

    /// A message became something else.
    MessageConverted from inbox::MessageConverted {
        /// What it became; null where the viewer may not see it.
        async fn converted_to(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
            node(ctx, "id", &ID(self.event.to.clone())).await
        }
    }

    /// Somebody replied.
    MessageReplied from inbox::MessageReplied {
        /// The reply as it is now.
        async fn reply(&self, ctx: &Context<'_>) -> Result<Option<MessageReply>> {
            reply_of(ctx, self.event.reply).await
        }
    }

    /// A message got tags, or lost some.
    MessageTagsChanged from MessageTagsChangedEvent {
        /// The ids of the tags that it got, `tag_…`.
        async fn added_ids(&self) -> Vec<ID> {
            self.event.added.iter().map(|tag| tag.into_id()).collect()
        }

        /// The ids of the tags that it lost, `tag_…`.
        async fn removed_ids(&self) -> Vec<ID> {
            self.event.removed.iter().map(|tag| tag.into_id()).collect()
        }
    }

    /// Something was noted of a message, or a note of it was changed or taken away.
    MessageNoted from MessageNotedEvent {
        /// The note's id, `nte_…`.
        async fn internal_note_id(&self) -> ID {
            self.event.note.into_id()
        }

        /// The note as it is now; null of one that was taken away.
        async fn internal_note(&self, ctx: &Context<'_>) -> Result<Option<InternalNote>> {
            note(ctx, self.event.note).await
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
