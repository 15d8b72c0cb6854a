//! What happens in conversations, as subscribers see it.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Interface, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;
use inbox::{CONVERSATIONS, records::Conversations};
use kernel::{
    Cx,
    events::{Event, Interest, Stored},
    id::{ConversationId, UserId},
    record::visible_ids,
    visibility::{Holder, rule},
};

use super::types::{
    Conversation, ConversationMessage, ConversationStatus, MessageDirection, conversation, conversation_message,
};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::{IntoId, Permission, Staff, User, staff, user},
    inbox::conversation_replies::{
        ConversationReply, ConversationReplySource, ConversationReplyStatus, conversation_reply,
    },
    live::{EventFeed, follow},
    scalars::id,
    scope::{Scope, scope},
};

/// Which events of conversations. All parts given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ConversationEventFilter {
    /// Events of these types.
    pub types: Option<Vec<ConversationEventType>>,
    /// Events of this conversation, `cnv_…`.
    pub conversation_id: Option<ID>,
}

/// The checked filter.
pub struct Wanted {
    types: Option<Vec<ConversationEventType>>,
    conversation: Option<ConversationId>,
}

impl ConversationEventFilter {
    fn check(self) -> kernel::Result<Wanted> {
        let conversation = self.conversation_id.as_ref().map(|it| id("filter.conversationId", it)).transpose()?;
        Ok(Wanted { types: self.types, conversation })
    }
}

impl Wanted {
    fn has(&self, kind: ConversationEventType, conversation: ConversationId) -> bool {
        self.types.as_ref().is_none_or(|types| types.contains(&kind))
            && self.conversation.is_none_or(|wanted| wanted == conversation)
    }
}

/// The viewer may see a conversation no more: it went to somebody whose work they do not see. Take it out of what is shown;
/// of what is said in it or who has it now nothing is told.
#[derive(SimpleObject)]
pub struct ConversationLeft {
    /// The number of the event, without gaps in the tenant. Resume after it with `after`.
    pub sequence: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The conversation's id, `cnv_…`. It cannot be refetched.
    pub conversation_id: ID,
    #[graphql(skip)]
    left: ConversationId,
}

macro_rules! conversation_events {
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
                /// The conversation's id, `cnv_…`.
                pub conversation_id: ID,
                #[graphql(skip)]
                actor_id: Option<UserId>,
                #[graphql(skip)]
                event: $event,
            }

            #[ComplexObject]
            impl $name {
                /// Who did it; null for the participant and for Frontdesk itself.
                async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
                    Box::pin(user(ctx, self.actor_id)).await
                }

                /// The conversation as it is now.
                async fn conversation(&self, ctx: &Context<'_>) -> Result<Option<Conversation>> {
                    Box::pin(conversation(ctx, self.event.conversation)).await
                }

                $($more)*
            }
        )*

        /// Something that happened in a conversation.
        #[derive(Interface)]
        #[graphql(
            field(name = "sequence", ty = "&String", desc = "The number of the event, without gaps in the tenant. Resume after it with `after`."),
            field(name = "at", ty = "&DateTime<Utc>", desc = "When it happened."),
            field(name = "conversation_id", ty = "&ID", desc = "The conversation's id, `cnv_…`.")
        )]
        pub enum ConversationEvent {
            $($(#[$doc])* $name($name),)*
            /// The viewer may see a conversation no more.
            ConversationLeft(ConversationLeft),
        }

        /// The kinds of events of conversations.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        pub enum ConversationEventType {
            $($(#[$doc])* $name,)*
            /// The viewer may see a conversation no more.
            ConversationLeft,
        }

        impl ConversationEvent {
            /// A stored event as subscribers see it; `None` where it is of another topic.
            fn of(stored: &Stored) -> kernel::Result<Option<Self>> {
                if stored.topic.as_deref() != Some(CONVERSATIONS) {
                    return Ok(None);
                }
                Ok(match stored.kind.as_str() {
                    $(<$event>::KIND => {
                        let event: $event = stored.decode()?;
                        let sequence = stored.sequence.unwrap_or_default().to_string();
                        let conversation_id = event.conversation.into_id();
                        Some(Self::$name($name { sequence, at: stored.at, conversation_id, actor_id: stored.actor_id, event }))
                    })*
                    _ => None,
                })
            }

            fn key(&self) -> ConversationId {
                match self {
                    $(Self::$name(event) => event.event.conversation,)*
                    Self::ConversationLeft(event) => event.left,
                }
            }

            fn is_wanted(&self, wanted: &Wanted) -> bool {
                let kind = match self {
                    $(Self::$name(_) => ConversationEventType::$name,)*
                    Self::ConversationLeft(_) => ConversationEventType::ConversationLeft,
                };
                wanted.has(kind, self.key())
            }
        }
    };
}

conversation_events! {
    /// A conversation began.
    ConversationStarted from inbox::ConversationStarted {}

    /// There is another message.
    ConversationMessageAdded from inbox::ConversationMessageAdded {
        /// Which way it went.
        async fn direction(&self) -> MessageDirection {
            self.event.direction.into()
        }

        /// Whether the participant opened a closed conversation by it.
        async fn reopened(&self) -> bool {
            self.event.from != self.event.to
        }

        /// The message as it is now; null where it is archived.
        async fn message(&self, ctx: &Context<'_>) -> Result<Option<ConversationMessage>> {
            Box::pin(conversation_message(ctx, self.event.message)).await
        }
    }

    /// Whoever wrote a message changed it.
    ConversationMessageEdited from inbox::ConversationMessageEdited {
        /// The message as it is now; null where it is archived.
        async fn message(&self, ctx: &Context<'_>) -> Result<Option<ConversationMessage>> {
            Box::pin(conversation_message(ctx, self.event.message)).await
        }
    }

    /// Whoever wrote a message took it back.
    ConversationMessageDeleted from inbox::ConversationMessageDeleted {
        /// The message as it is now; null where it is archived.
        async fn message(&self, ctx: &Context<'_>) -> Result<Option<ConversationMessage>> {
            Box::pin(conversation_message(ctx, self.event.message)).await
        }
    }

    /// A conversation went to somebody, or back to nobody.
    ConversationAssigned from inbox::ConversationAssigned {
        /// Who had it before.
        async fn previous_assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
            Box::pin(staff(ctx, self.event.from)).await
        }

        /// Who has it after.
        async fn new_assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
            Box::pin(staff(ctx, self.event.to)).await
        }
    }

    /// A conversation was closed or opened by hand.
    ConversationStatusChanged from inbox::ConversationStatusChanged {
        /// The status before.
        async fn previous_status(&self) -> ConversationStatus {
            self.event.from.into()
        }

        /// The status after.
        async fn new_status(&self) -> ConversationStatus {
            self.event.to.into()
        }
    }

    /// There is another reply: a colleague wrote it, or it was suggested.
    ConversationReplyAdded from inbox::ConversationReplyAdded {
        /// Who wrote it.
        async fn source(&self) -> ConversationReplySource {
            self.event.source.into()
        }

        /// Where it stood then: PENDING, or APPROVED.
        async fn status(&self) -> ConversationReplyStatus {
            self.event.status.into()
        }

        /// The reply as it is now.
        async fn reply(&self, ctx: &Context<'_>) -> Result<Option<ConversationReply>> {
            Box::pin(conversation_reply(ctx, self.event.reply)).await
        }
    }

    /// A reply was approved, sent, given up or rejected, or is tried again.
    ConversationReplyChanged from inbox::ConversationReplyChanged {
        /// Where it stood before.
        async fn previous_status(&self) -> ConversationReplyStatus {
            self.event.from.into()
        }

        /// Where it stood after.
        async fn new_status(&self) -> ConversationReplyStatus {
            self.event.to.into()
        }

        /// Whether a person changed what was suggested.
        async fn is_edited(&self) -> bool {
            self.event.edited
        }

        /// The reply as it is now.
        async fn reply(&self, ctx: &Context<'_>) -> Result<Option<ConversationReply>> {
            Box::pin(conversation_reply(ctx, self.event.reply)).await
        }
    }
}

impl ConversationEvent {
    /// What of it is told to somebody who does not see the conversation now: that it left, if they saw it before.
    fn left(self, cx: &Cx) -> Option<Self> {
        let Self::ConversationAssigned(ConversationAssigned { sequence, at, conversation_id, event, .. }) = self else {
            return None;
        };
        rule(cx, &Holder { assignee: event.from, ..Holder::default() })?;
        Some(Self::ConversationLeft(ConversationLeft { sequence, at, conversation_id, left: event.conversation }))
    }
}

impl EventFeed for Wanted {
    type Event = ConversationEvent;

    fn interest(&self, _: &Cx) -> kernel::Result<Interest> {
        Ok(match self.conversation {
            Some(conversation) => Interest::one_of(CONVERSATIONS, conversation.0),
            None => Interest::all_of(CONVERSATIONS),
        })
    }

    fn may(&self, cx: &Cx) -> kernel::Result<()> {
        cx.require(inbox::VIEW_CONVERSATIONS)
    }

    async fn events_for(
        &self,
        scope: &Scope,
        cx: &Cx,
        stored: &[Arc<Stored>],
    ) -> kernel::Result<Vec<Option<ConversationEvent>>> {
        let events = stored.iter().map(|stored| ConversationEvent::of(stored)).collect::<kernel::Result<Vec<_>>>()?;
        let mut ids: Vec<_> = events.iter().flatten().map(ConversationEvent::key).collect();
        if ids.is_empty() {
            return Ok(events);
        }
        ids.sort_unstable();
        ids.dedup();
        let seen = visible_ids::<Conversations>(&scope.app.db.reader(cx).await?, cx, &ids).await?;
        let told = |event: ConversationEvent| {
            let event = if seen.contains(&event.key()) { Some(event) } else { event.left(cx) };
            event.filter(|event| event.is_wanted(self))
        };
        Ok(events.into_iter().map(|event| event.and_then(told)).collect())
    }
}

/// Conversations, live.
#[derive(Default)]
pub struct ConversationSubscription;

#[Subscription]
impl ConversationSubscription {
    /// What happens in conversations, as it happens. With `after`, what was missed comes first: nothing is left out and
    /// nothing comes twice.
    #[graphql(directive = requires::apply(Permission::ViewConversations))]
    async fn conversation_events<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "Which events.")] filter: Option<ConversationEventFilter>,
        #[graphql(desc = "The `sequence` of the last event seen.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<ConversationEvent>> + 'ctx> {
        let scope = scope(ctx);
        scope.cx().require(inbox::VIEW_CONVERSATIONS)?;
        follow(scope, after, filter.unwrap_or_default().check()?).await
    }
}
