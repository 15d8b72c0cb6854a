//! The inbox, live.

use std::time::Duration;

use async_graphql::{Context, Subscription};
use futures_util::{Stream, stream};
use kernel::{Cx, Error, ProblemCode, events::Follower};

use super::events::{InboxEvent, InboxEventFilter, Wanted};
use crate::graphql::{
    errors::{Fault, Result},
    identity::Permission,
    schema::requires,
    scope::{Scope, scope},
};

/// How often a silent subscription asks whether its session still may listen.
const RECHECK: Duration = Duration::from_secs(2);

/// The inbox, live.
#[derive(Default)]
pub struct InboxSubscription;

struct Listening<'a> {
    scope: &'a Scope,
    follower: Follower,
    wanted: Wanted,
    ready: std::vec::IntoIter<InboxEvent>,
    over: bool,
}

impl Listening<'_> {
    /// The next event, once there is one. Rights are read again before each.
    async fn next(&mut self) -> kernel::Result<InboxEvent> {
        loop {
            let cx = self.allowed().await?;
            if let Some(event) = self.ready.next() {
                return Ok(event);
            }
            let stored = self.follower.read(&self.scope.app.db, &cx).await?;
            if stored.is_empty() {
                let _ = tokio::time::timeout(RECHECK, self.follower.changed()).await;
                continue;
            }
            let topic = stored.iter().filter(|event| event.topic.as_deref() == Some(inbox::TOPIC));
            let events: Vec<_> = topic
                .filter_map(|event| InboxEvent::of(event, &self.wanted).transpose())
                .collect::<kernel::Result<_>>()?;
            self.ready = visible(self.scope, &cx, events).await?.into_iter();
        }
    }

    /// The context that the session stands for at this moment.
    async fn allowed(&self) -> kernel::Result<Cx> {
        let cx = self.scope.app.renewed(&self.scope.cx(), self.scope.credential.as_ref()).await?;
        cx.require(inbox::VIEW_MESSAGES)?;
        self.scope.renew(cx.clone());
        Ok(cx)
    }
}

/// Keeps the events of messages that the actor may see.
async fn visible(scope: &Scope, cx: &Cx, events: Vec<InboxEvent>) -> kernel::Result<Vec<InboxEvent>> {
    if events.is_empty() {
        return Ok(events);
    }
    let mut ids: Vec<_> = events.iter().map(InboxEvent::message_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let seen = inbox::visible_message_ids(&scope.app.db.reader(cx).await?, cx, &ids).await?;
    Ok(events.into_iter().filter(|event| seen.contains(&event.message_id())).collect())
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
        let cx = scope.cx();
        cx.require(inbox::VIEW_MESSAGES)?;
        let wanted = filter.unwrap_or_default().check()?;
        let head = scope.app.db.outbox().head(&scope.app.db, &cx).await?;
        let after = match after {
            None => head,
            Some(text) => text.parse::<i64>().ok().filter(|after| (0..=head).contains(after)).ok_or_else(|| {
                Error::invalid("after", ProblemCode::InvalidFormat, "is not the sequence of an event of this tenant")
            })?,
        };
        let follower = scope.app.db.outbox().hub().follow(cx.tenant.id, after);
        let listening = Listening { scope, follower, wanted, ready: Vec::new().into_iter(), over: false };
        Ok(stream::unfold(listening, async |mut listening| {
            if listening.over {
                return None;
            }
            let next = listening.next().await;
            listening.over = next.is_err();
            Some((next.map_err(Fault::from), listening))
        }))
    }
}
