//! What happens in one chat, as both sides see it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_graphql::{ComplexObject, Context, ID, Interface, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::{ChatSide as Side, holder_of_chat};
use kernel::{
    Cx,
    events::{Event, Interest, Stored},
    id::{ChatId, ChatMessageId, DepartmentId, StaffId},
    record::visible_ids,
    visibility::rule,
};

use super::{
    presence::keep,
    types::{Chat, ChatMessage, ChatSide, chat, staff_name},
};
use crate::{
    graphql::{errors::Result, identity::IntoId, live::EventFeed, scope::Scope},
    wiring::presence::Guard,
};

macro_rules! chat_events {
    ($($(#[$doc:meta])* $name:ident from $event:ty, $lines:expr; { $($more:tt)* })*) => {
        $(
            $(#[$doc])*
            #[derive(SimpleObject)]
            #[graphql(complex)]
            pub struct $name {
                /// The number of the event, without gaps in the tenant. Resume after it with `after`.
                pub sequence: String,
                /// When it happened.
                pub at: DateTime<Utc>,
                /// The chat's id, `cht_…`.
                pub chat_id: ID,
                /// The lines that came of it, as they are stored.
                pub lines: Vec<ChatMessage>,
                #[graphql(skip)]
                event: $event,
            }

            #[ComplexObject]
            impl $name {
                /// The chat as it is now; null for its visitor.
                async fn chat(&self, ctx: &Context<'_>) -> Result<Option<Chat>> {
                    Box::pin(chat(ctx, self.event.chat)).await
                }

                $($more)*
            }
        )*

        /// Something that happened in a chat.
        #[derive(Interface)]
        #[graphql(
            field(name = "sequence", ty = "&String", desc = "The number of the event, without gaps in the tenant. Resume after it with `after`."),
            field(name = "at", ty = "&DateTime<Utc>", desc = "When it happened."),
            field(name = "chat_id", ty = "&ID", desc = "The chat's id, `cht_…`."),
            field(name = "lines", ty = "&Vec<ChatMessage>", desc = "The lines that came of it, as they are stored.")
        )]
        pub enum ChatEvent {
            $($(#[$doc])* $name($name),)*
            /// The viewer may see the chat no more.
            ChatLeft(ChatLeft),
        }

        /// A stored event of this chat; `None` for one that is nothing here.
        fn event_of(stored: &Stored) -> kernel::Result<Option<ChatEvent>> {
            Ok(match stored.kind.as_str() {
                $(<$event>::KIND => {
                    let event: $event = stored.decode()?;
                    Some(ChatEvent::$name($name {
                        sequence: stored.sequence.unwrap_or_default().to_string(),
                        at: stored.at,
                        chat_id: event.chat.into_id(),
                        lines: Vec::new(),
                        event,
                    }))
                })*
                _ => None,
            })
        }

        impl ChatEvent {
            /// The lines that it names.
            fn line_ids(&self) -> &[ChatMessageId] {
                match self {
                    $(Self::$name($name { event, .. }) => {
                        let lines: fn(&$event) -> &[ChatMessageId] = $lines;
                        lines(event)
                    })*
                    Self::ChatLeft(_) => &[],
                }
            }

            /// With the lines that it names.
            fn with_lines(mut self, found: &HashMap<ChatMessageId, inbox::ChatMessage>) -> Self {
                let own = self.line_ids().iter().filter_map(|id| found.get(id)).cloned().map(Into::into).collect();
                match &mut self {
                    $(Self::$name(event) => event.lines = own,)*
                    Self::ChatLeft(_) => {}
                }
                self
            }
        }
    };
}

chat_events! {
    /// A visitor began a chat.
    ChatStarted from inbox::ChatStarted, |event| &event.lines; {}

    /// A colleague took the chat out of the queue.
    ChatClaimed from inbox::ChatClaimed, |event| &event.lines; {
        /// The name of the colleague.
        async fn staff_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
            staff_name(ctx, Some(self.event.staff)).await
        }
    }

    /// The chat went to somebody else, or back into a queue.
    ChatTransferred from inbox::ChatTransferred, |event| &event.lines; {
        /// The name of the colleague who has it; null where it waits.
        async fn staff_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
            staff_name(ctx, self.event.to).await
        }
    }

    /// Somebody wrote a line.
    ChatMessageSent from inbox::ChatMessageSent, |event| &event.lines; {
        /// Which side.
        async fn sender(&self) -> ChatSide {
            self.event.sender.into()
        }
    }

    /// The chat is over.
    ChatEnded from inbox::ChatEnded, |event| &event.lines; {
        /// Who ended it; SYSTEM after a silence.
        async fn ended_by(&self) -> ChatSide {
            self.event.by.into()
        }
    }

    /// The visitor said what they think of it.
    ChatRated from inbox::ChatRated, |event| &event.lines; {
        /// From 1 to 5.
        async fn rating(&self) -> i32 {
            self.event.rating
        }
    }

    /// A side read what the other wrote.
    ChatRead from inbox::ChatRead, |_| &[]; {
        /// Which side.
        async fn read_by(&self) -> ChatSide {
            self.event.side.into()
        }
    }
}

/// The viewer may see the chat no more: it went to somebody whose work they do not see. Take it out of what is shown.
#[derive(SimpleObject)]
pub struct ChatLeft {
    /// The number of the event, without gaps in the tenant. Resume after it with `after`.
    pub sequence: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The chat's id, `cht_…`. It cannot be refetched.
    pub chat_id: ID,
    /// None.
    pub lines: Vec<ChatMessage>,
}

impl ChatEvent {
    /// Whose work the chat was before; `None` where that stayed as it was.
    fn left_by(&self) -> Option<(Option<StaffId>, Option<DepartmentId>)> {
        match self {
            Self::ChatClaimed(event) => Some((None, event.event.department)),
            Self::ChatTransferred(event) => Some((event.event.from, event.event.from_department)),
            _ => None,
        }
    }

    /// Whose work the chat is after it; `None` where that stayed as it was.
    fn came_to(&self) -> Option<(Option<StaffId>, Option<DepartmentId>)> {
        match self {
            Self::ChatClaimed(event) => Some((Some(event.event.staff), event.event.department)),
            Self::ChatTransferred(event) => Some((event.event.to, event.event.department)),
            _ => None,
        }
    }

    /// What of it is told to a colleague who does not see the chat now: that it left, if they saw it before.
    fn left(self, cx: &Cx) -> Option<Self> {
        let (assignee, department) = self.left_by()?;
        rule(cx, &holder_of_chat(assignee, department))?;
        match self {
            Self::ChatClaimed(ChatClaimed { sequence, at, chat_id, .. })
            | Self::ChatTransferred(ChatTransferred { sequence, at, chat_id, .. }) => {
                Some(Self::ChatLeft(ChatLeft { sequence, at, chat_id, lines: Vec::new() }))
            }
            _ => None,
        }
    }
}

/// One chat, for somebody who was let into it.
pub struct OneChat {
    chat: ChatId,
    /// The same as events name it.
    name: String,
    side: Side,
    here: Mutex<Here>,
}

/// That somebody is in the chat, and whose work it is as far as they were told.
struct Here {
    guard: Option<Guard>,
    assignee: Option<StaffId>,
    department: Option<DepartmentId>,
}

impl OneChat {
    /// The feed of a chat; whoever keeps it is there.
    pub fn new(chat: &inbox::Chat, side: Side, guard: Option<Guard>) -> Self {
        let here = Here { guard, assignee: chat.assignee_id, department: chat.department_id };
        Self { chat: chat.id, name: chat.id.to_string(), side, here: Mutex::new(here) }
    }

    fn here(&self) -> MutexGuard<'_, Here> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The event, where it is one of this chat. Most are not, which is seen before anything of them is read.
    fn own(&self, stored: &Stored) -> kernel::Result<Option<ChatEvent>> {
        let is_own = stored.topic.as_deref() == Some(inbox::CHATS)
            && stored.payload.get("chat").and_then(|chat| chat.as_str()) == Some(&self.name);
        if is_own { event_of(stored) } else { Ok(None) }
    }
}

impl EventFeed for OneChat {
    type Event = ChatEvent;
    // The lines themselves are in the chat.
    const WHAT_IS_KEPT: bool = true;

    fn interest(&self, _: &Cx) -> kernel::Result<Interest> {
        Ok(Interest::one_of(inbox::CHATS, self.chat.0))
    }

    /// The token of a chat is looked at when its visitor begins to listen; it never changes.
    fn may(&self, cx: &Cx) -> kernel::Result<()> {
        match self.side {
            Side::Visitor => Ok(()),
            Side::Staff | Side::System => cx.require(inbox::VIEW_CHATS),
        }
    }

    fn renewed(&self, scope: &Scope, cx: &Cx) {
        let mut here = self.here();
        let sees = self.side == Side::Visitor || rule(cx, &holder_of_chat(here.assignee, here.department)).is_some();
        if sees {
            keep(&mut here.guard, scope, cx, self.chat, self.side);
        } else {
            here.guard = None;
        }
    }

    async fn events_for(
        &self,
        scope: &Scope,
        cx: &Cx,
        stored: &[Arc<Stored>],
    ) -> kernel::Result<Vec<Option<ChatEvent>>> {
        let events = stored.iter().map(|stored| self.own(stored)).collect::<kernel::Result<Vec<_>>>()?;
        if events.iter().all(Option::is_none) {
            return Ok(events);
        }
        for (assignee, department) in events.iter().flatten().filter_map(ChatEvent::came_to) {
            let mut here = self.here();
            (here.assignee, here.department) = (assignee, department);
        }
        let conn = scope.app.db.reader(cx).await?;
        if self.side != Side::Visitor && visible_ids::<inbox::records::Chats>(&conn, cx, &[self.chat]).await?.is_empty()
        {
            return Ok(events.into_iter().map(|event| event.and_then(|event| event.left(cx))).collect());
        }
        let ids: Vec<_> = events.iter().flatten().flat_map(|event| event.line_ids().iter().copied()).collect();
        let found = inbox::chat_lines(&conn, self.chat, &ids).await?;
        let found: HashMap<_, _> = found.into_iter().map(|line| (line.id, line)).collect();
        Ok(events.into_iter().map(|event| event.map(|event| event.with_lines(&found))).collect())
    }
}
