//! Where subscribers of this process wait for sealed events.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Mutex as AsyncMutex, watch};

use super::{Outbox, Stored};
use crate::{Cx, Db, Result, id::TenantId};

/// How many recent events of a tenant are shared by all its subscribers; who is further behind reads the table.
const RECENT: usize = 512;
/// How many events one read hands out.
const READ: u64 = 100;

/// Wakes subscribers and shares what they read, so that a thousand of them cost one statement an event.
#[derive(Default)]
pub struct Hub {
    tenants: Mutex<HashMap<TenantId, Arc<Channel>>>,
}

struct Channel {
    head: watch::Sender<i64>,
    recent: AsyncMutex<VecDeque<Arc<Stored>>>,
}

/// One subscriber's place in the sequence. It pulls: however slowly it reads, nothing piles up for it.
pub struct Follower {
    channel: Arc<Channel>,
    head: watch::Receiver<i64>,
    after: i64,
}

impl Hub {
    fn channel(&self, tenant: TenantId) -> Arc<Channel> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants
            .entry(tenant)
            .or_insert_with(|| Arc::new(Channel { head: watch::Sender::new(0), recent: AsyncMutex::default() }))
            .clone()
    }

    /// Tells the tenant's subscribers that events up to `head` can be read.
    pub fn announce(&self, tenant: TenantId, head: i64) {
        let tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = tenants.get(&tenant) {
            channel.head.send_modify(|known| *known = (*known).max(head));
        }
    }

    /// Lets every subscriber look again, after news may have been missed.
    pub fn refresh(&self) {
        for channel in self.tenants.lock().unwrap_or_else(PoisonError::into_inner).values() {
            channel.head.send_modify(|_| ());
        }
    }

    /// A subscriber of the tenant that has seen everything up to `after`; `head` is the newest event there is.
    pub fn follow(&self, tenant: TenantId, after: i64, head: i64) -> Follower {
        let channel = self.channel(tenant);
        channel.head.send_if_modified(|known| {
            *known = (*known).max(head);
            // Nothing new to those who listen already.
            false
        });
        Follower { head: channel.head.subscribe(), channel, after }
    }
}

impl Follower {
    /// The events after the last ones returned, in order; empty when there are none yet.
    ///
    /// # Errors
    /// [`Error::EventsExpired`](crate::Error::EventsExpired) where they are no longer kept.
    pub async fn read(&mut self, db: &Db, cx: &Cx) -> Result<Vec<Arc<Stored>>> {
        self.head.mark_unchanged();
        let head = *self.head.borrow();
        let events = self.fetch(db, cx).await?;
        if events.is_empty() {
            Outbox::none_after(db, cx, self.after, head).await?;
        }
        if let Some(last) = events.last().and_then(|event| event.sequence) {
            self.after = last;
        }
        Ok(events)
    }

    /// Waits until there may be more to [`read`](Self::read).
    pub async fn changed(&mut self) {
        // The sender lives in the channel that `self` holds, so this cannot fail.
        let _ = self.head.changed().await;
    }

    async fn fetch(&self, db: &Db, cx: &Cx) -> Result<Vec<Arc<Stored>>> {
        let mut recent = self.channel.recent.lock().await;
        let sequence = |event: &Arc<Stored>| event.sequence.unwrap_or_default();
        let covered = recent.front().is_some_and(|first| sequence(first) <= self.after + 1)
            && recent.back().is_some_and(|last| sequence(last) >= self.after);
        if !covered && !recent.is_empty() && recent.front().is_some_and(|first| sequence(first) > self.after + 1) {
            // Far behind: reads the table without holding up the others.
            drop(recent);
            return Ok(Outbox::read(db, cx, self.after, READ).await?.into_iter().map(Arc::new).collect());
        }
        let known = recent.back().map_or(self.after, sequence);
        if known <= self.after {
            if known < self.after {
                recent.clear();
            }
            for event in Outbox::read(db, cx, self.after, READ).await? {
                recent.push_back(Arc::new(event));
            }
            while recent.len() > RECENT {
                recent.pop_front();
            }
        }
        Ok(recent.iter().filter(|event| sequence(event) > self.after).take(READ as usize).cloned().collect())
    }
}
