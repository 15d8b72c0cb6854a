//! The inbox, live.

use std::sync::Arc;

use async_graphql::{Context, Subscription};
use futures_util::Stream;
use inbox::records::Messages;
use kernel::{
    Cx,
    events::{Interest, Stored},
    record::visible_ids,
};

use super::events::{InboxEvent, InboxEventFilter, Wanted};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    live::{EventFeed, follow},
    scope::{Scope, scope},
};

/// The inbox, live.
#[derive(Default)]
pub struct InboxSubscription;

impl EventFeed for Wanted {
    type Event = InboxEvent;

    fn interest(&self, _: &Cx) -> kernel::Result<Interest> {
        Ok(Interest::all_of(inbox::TOPIC))
    }

    fn may(&self, cx: &Cx) -> kernel::Result<()> {
        cx.require(inbox::VIEW_MESSAGES)
    }

    async fn events_for(
        &self,
        scope: &Scope,
        cx: &Cx,
        stored: &[Arc<Stored>],
    ) -> kernel::Result<Vec<Option<InboxEvent>>> {
        let of = |event: &Arc<Stored>| match event.topic.as_deref() {
            Some(inbox::TOPIC) => InboxEvent::of(event, self),
            _ => Ok(None),
        };
        visible(scope, cx, self, stored.iter().map(of).collect::<kernel::Result<_>>()?).await
    }
}

/// Keeps the wanted events of messages that the actor may see, and tells which of the others left their sight.
async fn visible(
    scope: &Scope,
    cx: &Cx,
    wanted: &Wanted,
    events: Vec<Option<InboxEvent>>,
) -> kernel::Result<Vec<Option<InboxEvent>>> {
    let mut ids: Vec<_> = events.iter().flatten().map(InboxEvent::message_id).collect();
    if ids.is_empty() {
        return Ok(events);
    }
    ids.sort_unstable();
    ids.dedup();
    let seen = visible_ids::<Messages>(&scope.app.db.reader(cx).await?, cx, &ids).await?;
    let told = |event: InboxEvent| match seen.contains(&event.message_id()) {
        true => Some(event).filter(|event| event.is_wanted(wanted)),
        false => event.left(cx, wanted),
    };
    Ok(events.into_iter().map(|event| event.and_then(told)).collect())
}

#[Subscription]
impl InboxSubscription {
    /// What happens in the inbox, as it happens. With `after`, what was missed comes first: nothing is left out and
    /// nothing comes twice.
    #[graphql(directive = requires::apply(Permission::ViewMessages))]
    async fn inbox_events<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "Which events.")] filter: Option<InboxEventFilter>,
        #[graphql(desc = "The `sequence` of the last event seen.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<InboxEvent>> + 'ctx> {
        let scope = scope(ctx);
        scope.cx().require(inbox::VIEW_MESSAGES)?;
        follow(scope, after, filter.unwrap_or_default().check()?).await
    }
}
