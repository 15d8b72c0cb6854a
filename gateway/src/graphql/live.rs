//! Subscriptions to a tenant's events, one pattern for all of them: what was missed first, rights read again before each.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use async_graphql::{Context, Object};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{Stream, stream};
use kernel::{
    Cx, Error, ProblemCode,
    events::{Follower, Interest, Outbox, Stored},
};

use super::{
    errors::{Fault, Result},
    scope::{Scope, scope},
};

/// How often a silent subscription asks whether its session still may listen.
const RECHECK: Duration = Duration::from_secs(2);
/// How long it is believed that somebody may see what is to be told to them.
const BELIEVED: TimeDelta = TimeDelta::seconds(2);

/// Where the tenant's events stand.
#[derive(Default)]
pub struct EventQuery;

#[Object]
impl EventQuery {
    /// The number of the newest event. Ask for it before reading a list, and follow after it what happens to the list: nothing is
    /// missed between the two.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Result<String> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.user()?;
        Ok(scope.app.db.outbox().head(&scope.app.db, &cx).await?.to_string())
    }
}

/// What a subscription tells of the tenant's events.
pub trait EventFeed: Send + Sync {
    /// What it tells.
    type Event: Send;
    /// Whether "0" means all that is kept, since whoever asks gets what was before that elsewhere. Else it means everything,
    /// and is refused where some of that is gone.
    const WHAT_IS_KEPT: bool = false;
    /// What wakes it.
    fn interest(&self, cx: &Cx) -> kernel::Result<Interest>;
    /// Refuses whoever may not listen.
    fn may(&self, cx: &Cx) -> kernel::Result<()>;
    /// Rights were read again, and are these.
    fn renewed(&self, _: &Scope, _: &Cx) {}
    /// What the actor is told of each of these events; `None` for one that is nothing for them.
    fn events_for(
        &self,
        scope: &Scope,
        cx: &Cx,
        stored: &[Arc<Stored>],
    ) -> impl Future<Output = kernel::Result<Vec<Option<Self::Event>>>> + Send;
}

struct Listening<'a, T: EventFeed> {
    scope: &'a Scope,
    follower: Follower,
    feed: T,
    /// What is to be told, each with what it was made of.
    ready: VecDeque<(Arc<Stored>, T::Event)>,
    /// When it was found that the actor may be told it.
    looked: DateTime<Utc>,
    over: bool,
}

impl<T: EventFeed> Listening<'_, T> {
    /// The next event, once there is one. Rights are read again before each.
    async fn next(&mut self) -> kernel::Result<T::Event> {
        loop {
            let cx = self.allowed().await?;
            // What a slow reader left waiting may not be theirs to see any more.
            if !self.ready.is_empty() && cx.now - self.looked > BELIEVED {
                let stored = self.ready.drain(..).map(|(stored, _)| stored).collect();
                self.look(&cx, stored).await?;
            }
            if let Some((_, event)) = self.ready.pop_front() {
                return Ok(event);
            }
            let stored = self.follower.read(&self.scope.app.db, &cx).await?;
            if stored.is_empty() {
                let _ = tokio::time::timeout(RECHECK, self.follower.changed()).await;
                continue;
            }
            self.look(&cx, stored).await?;
        }
    }

    /// Finds what the actor is told of these events.
    async fn look(&mut self, cx: &Cx, stored: Vec<Arc<Stored>>) -> kernel::Result<()> {
        let told = self.feed.events_for(self.scope, cx, &stored).await?;
        self.ready = stored.into_iter().zip(told).filter_map(|(stored, told)| Some((stored, told?))).collect();
        self.looked = cx.now;
        Ok(())
    }

    /// The context that the session stands for at this moment.
    async fn allowed(&self) -> kernel::Result<Cx> {
        let cx = self.scope.app.renewed(&self.scope.cx(), self.scope.credential.as_ref()).await?;
        self.feed.may(&cx)?;
        self.feed.renewed(self.scope, &cx);
        self.scope.renew(cx.clone());
        Ok(cx)
    }
}

/// Follows the tenant's events from the one after `after`, or from now on.
///
/// # Errors
/// What [`EventFeed::may`] refuses; [`Error::Invalid`] for what is not the sequence of an event. Where what comes after it
/// is no longer kept, the stream ends with [`Error::EventsExpired`].
pub async fn follow<'a, T: EventFeed + 'a>(
    scope: &'a Scope,
    after: Option<String>,
    feed: T,
) -> Result<impl Stream<Item = Result<T::Event>> + 'a> {
    let cx = scope.cx();
    feed.may(&cx)?;
    let head = scope.app.db.outbox().head(&scope.app.db, &cx).await?;
    let after = match after.as_deref() {
        None => head,
        Some("0") if T::WHAT_IS_KEPT => Outbox::before_oldest(&scope.app.db, &cx).await?.unwrap_or(head),
        Some(text) => text.parse::<i64>().ok().filter(|after| (0..=head).contains(after)).ok_or_else(|| {
            Error::invalid("after", ProblemCode::InvalidFormat, "is not the sequence of an event of this tenant")
        })?,
    };
    let follower = scope.app.db.outbox().hub().follow(cx.tenant.id, feed.interest(&cx)?, after, head);
    let listening = Listening { scope, follower, feed, ready: VecDeque::new(), looked: cx.now, over: false };
    Ok(stream::unfold(listening, async |mut listening| {
        if listening.over {
            return None;
        }
        let next = listening.next().await;
        listening.over = next.is_err();
        Some((next.map_err(Fault::from), listening))
    }))
}
