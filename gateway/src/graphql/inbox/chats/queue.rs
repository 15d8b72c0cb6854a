//! What happens in the queue, as colleagues see it.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::{ChatStatus, holder_of_chat};
use kernel::{
    Cx,
    events::{Event, Interest, Stored},
    id::{ChatId, DepartmentId, StaffId},
    visibility::rule,
};

use super::types::{Chat, chat};
use crate::{
    graphql::{
        errors::Result,
        identity::{IntoId, Staff, staff},
        live::EventFeed,
        scope::Scope,
    },
    wiring::presence::{Guard, Place, Who},
};

/// What happened to the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ChatQueueChange {
    /// A visitor began a chat, and it waits.
    Entered,
    /// A colleague put a chat into the queue.
    Returned,
    /// A colleague took a chat out of it.
    Claimed,
    /// A waiting chat was handed to a colleague, or put into the queue of another department; or a chat that did not wait
    /// was handed to the viewer.
    Moved,
    /// A waiting chat ended.
    Ended,
}

/// Something happened in the queue.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ChatQueueEvent {
    /// The number of the event, without gaps in the tenant. Resume after it with `after`.
    pub sequence: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened. After ENTERED and RETURNED the chat waits here, after the others it does not.
    pub change: ChatQueueChange,
    /// The chat's id, `cht_…`.
    pub chat_id: ID,
    #[graphql(skip)]
    key: ChatId,
    #[graphql(skip)]
    staff: Option<StaffId>,
}

#[ComplexObject]
impl ChatQueueEvent {
    /// The chat as it is now; null where the viewer does not see it any more.
    async fn chat(&self, ctx: &Context<'_>) -> Result<Option<Chat>> {
        Box::pin(chat(ctx, self.key)).await
    }

    /// Who has it now; null where nobody has, or without the permission to see colleagues.
    async fn assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(staff(ctx, self.staff)).await
    }
}

/// The queue of the departments that somebody sees, or of one of them.
pub struct Queue {
    department: Option<DepartmentId>,
    _here: Option<Guard>,
}

impl Queue {
    /// The feed of the queue; whoever keeps it and takes chats is at the desk.
    pub fn new(scope: &Scope, cx: &Cx, department: Option<DepartmentId>) -> Self {
        let staff = cx.staff_id().filter(|_| cx.can(inbox::MANAGE_CHATS));
        let here =
            staff.map(|staff| scope.app.presence.enter((cx.tenant.id, Place::Desk(department), Who::Staff(staff))));
        Self { department, _here: here }
    }

    /// Whether somebody sees the queue of a department, and asked for it.
    fn sees(&self, cx: &Cx, department: Option<DepartmentId>) -> bool {
        self.department.is_none_or(|wanted| department == Some(wanted))
            && rule(cx, &holder_of_chat(None, department)).is_some()
    }

    /// What it is for the queue: the change, the chat, and who has it then.
    fn change(&self, cx: &Cx, stored: &Stored) -> kernel::Result<Option<(ChatQueueChange, ChatId, Option<StaffId>)>> {
        Ok(match stored.kind.as_str() {
            inbox::ChatStarted::KIND => {
                let event: inbox::ChatStarted = stored.decode()?;
                self.sees(cx, event.department).then_some((ChatQueueChange::Entered, event.chat, None))
            }
            inbox::ChatClaimed::KIND => {
                let event: inbox::ChatClaimed = stored.decode()?;
                let change = (ChatQueueChange::Claimed, event.chat, Some(event.staff));
                self.sees(cx, event.department).then_some(change)
            }
            inbox::ChatTransferred::KIND => {
                let event: inbox::ChatTransferred = stored.decode()?;
                let left = event.from.is_none() && self.sees(cx, event.from_department);
                let came = event.to.is_none() && self.sees(cx, event.department);
                // Who gets one hears of it, whatever queue they follow.
                let got = event.to.is_some() && event.to == cx.staff_id();
                match (came, left || got) {
                    (true, _) => Some((ChatQueueChange::Returned, event.chat, None)),
                    (false, true) => Some((ChatQueueChange::Moved, event.chat, event.to)),
                    (false, false) => None,
                }
            }
            inbox::ChatEnded::KIND => {
                let event: inbox::ChatEnded = stored.decode()?;
                let waited = event.from == ChatStatus::Waiting && self.sees(cx, event.department);
                waited.then_some((ChatQueueChange::Ended, event.chat, None))
            }
            _ => None,
        })
    }
}

/// What changes the queue: not what is said.
const CHANGES: &[&str] =
    &[inbox::ChatStarted::KIND, inbox::ChatClaimed::KIND, inbox::ChatTransferred::KIND, inbox::ChatEnded::KIND];

impl EventFeed for Queue {
    type Event = ChatQueueEvent;

    fn interest(&self, _: &Cx) -> kernel::Result<Interest> {
        Ok(Interest::some_of(inbox::CHATS, CHANGES))
    }

    fn may(&self, cx: &Cx) -> kernel::Result<()> {
        cx.require(inbox::VIEW_CHATS)
    }

    async fn events_for(
        &self,
        _: &Scope,
        cx: &Cx,
        stored: &[Arc<Stored>],
    ) -> kernel::Result<Vec<Option<ChatQueueEvent>>> {
        let told = |stored: &Arc<Stored>| {
            if stored.topic.as_deref() != Some(inbox::CHATS) {
                return Ok(None);
            }
            Ok(self.change(cx, stored)?.map(|(change, key, staff)| ChatQueueEvent {
                sequence: stored.sequence.unwrap_or_default().to_string(),
                at: stored.at,
                change,
                chat_id: key.into_id(),
                key,
                staff,
            }))
        };
        stored.iter().map(told).collect()
    }
}
