//! Where subscribers of this process wait for sealed events.
//!
//! A subscriber says what they follow ([`Interest`]): everything of a topic, or what concerns one thing of it. Each
//! process reads the new events of a tenant once and hands each to those who follow what it is about; the others are not
//! even woken. A thousand people in a thousand chats cost a line of one of them nothing.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Mutex as AsyncMutex, Notify};
use uuid::Uuid;

use super::{Outbox, Stored};
use crate::{Cx, Db, Error, Result, id::TenantId};

/// How many events wait for one subscriber; who is further behind reads the table.
const WAITING: usize = 64;
/// How many events one read hands out.
pub(super) const READ: u64 = 100;

/// What a subscriber follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interest {
    /// The topic.
    pub topic: &'static str,
    /// The one thing of it, as events name it ([`concerns`](super::Event::concerns)); all of the topic where there is none.
    pub thing: Option<Uuid>,
    /// The events of it by their names; all of them where there are none here.
    pub kinds: &'static [&'static str],
}

impl Interest {
    /// In all of a topic.
    pub const fn all_of(topic: &'static str) -> Self {
        Self { topic, thing: None, kinds: &[] }
    }

    /// In some kinds of events of a topic.
    pub const fn some_of(topic: &'static str, kinds: &'static [&'static str]) -> Self {
        Self { topic, thing: None, kinds }
    }

    /// In one thing of a topic.
    pub const fn one_of(topic: &'static str, thing: Uuid) -> Self {
        Self { topic, thing: Some(thing), kinds: &[] }
    }
}

/// Hands sealed events to those who follow what they are about.
#[derive(Default)]
pub struct Hub {
    tenants: Mutex<HashMap<TenantId, Arc<Channel>>>,
}

#[derive(Default)]
struct Channel {
    routes: Mutex<Routes>,
    /// Held by whoever hands out events, so that it is one at a time.
    routing: AsyncMutex<()>,
}

/// Who follows what in one tenant.
#[derive(Default)]
struct Routes {
    /// Up to which event those who follow have been handed what is theirs.
    upto: i64,
    places: HashMap<u64, Place>,
    topics: HashMap<&'static str, Topic>,
    next: u64,
}

/// The places of those who follow a topic.
#[derive(Default)]
struct Topic {
    all: HashSet<u64>,
    things: HashMap<Uuid, HashSet<u64>>,
}

/// What waits for one subscriber.
struct Place {
    /// What they had seen when they came.
    seen: i64,
    /// Which events they follow, by their names.
    kinds: &'static [&'static str],
    waiting: VecDeque<Arc<Stored>>,
    /// After which event there was no room any more.
    cut: Option<i64>,
    bell: Arc<Notify>,
}

impl Channel {
    fn routes(&self) -> MutexGuard<'_, Routes> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Routes {
    /// Hands an event to those who follow what it is about.
    fn hand(&mut self, event: &Arc<Stored>) {
        let sequence = event.sequence.unwrap_or_default();
        if sequence <= self.upto {
            return;
        }
        self.upto = sequence;
        let Some(topic) = event.topic.as_deref().and_then(|topic| self.topics.get(topic)) else { return };
        let of_it = event.concerns.and_then(|thing| topic.things.get(&thing));
        for place in topic.all.iter().chain(of_it.into_iter().flatten()) {
            if let Some(place) = self.places.get_mut(place) {
                place.hand(event, sequence);
            }
        }
    }

    /// Lets everybody find out for themselves what they missed before `upto`.
    fn skip(&mut self, upto: i64) {
        for place in self.places.values_mut() {
            place.cut.get_or_insert(self.upto);
            place.bell.notify_one();
        }
        self.upto = self.upto.max(upto);
    }
}

impl Topic {
    fn places(&mut self, of: Option<Uuid>) -> &mut HashSet<u64> {
        match of {
            Some(thing) => self.things.entry(thing).or_default(),
            None => &mut self.all,
        }
    }
}

impl Place {
    fn hand(&mut self, event: &Arc<Stored>, sequence: i64) {
        let follows = self.kinds.is_empty() || self.kinds.contains(&event.kind.as_str());
        if sequence <= self.seen || self.cut.is_some() || !follows {
            return;
        }
        match self.waiting.len() < WAITING {
            true => self.waiting.push_back(event.clone()),
            false => self.cut = Some(sequence - 1),
        }
        self.bell.notify_one();
    }
}

/// One subscriber's place in the sequence. However slowly they read, little piles up for them: the rest is in the table.
pub struct Follower {
    channel: Arc<Channel>,
    place: u64,
    interest: Interest,
    bell: Arc<Notify>,
    /// What is to be read from the table first: after which event, up to which.
    gap: Option<(i64, i64)>,
}

impl Hub {
    fn tenants(&self) -> MutexGuard<'_, HashMap<TenantId, Arc<Channel>>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether anybody follows the tenant's events.
    pub fn is_followed(&self, tenant: TenantId) -> bool {
        self.tenants().get(&tenant).is_some_and(|channel| !channel.routes().places.is_empty())
    }

    /// The tenants whose events somebody follows.
    pub fn followed(&self) -> Vec<TenantId> {
        let tenants = self.tenants();
        tenants.iter().filter(|(_, channel)| !channel.routes().places.is_empty()).map(|(id, _)| *id).collect()
    }

    /// Hands what was sealed since the last time to those who follow it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database is away; the next time finds what is left.
    pub async fn route(&self, db: &Db, cx: &Cx) -> Result<()> {
        let Some(channel) = self.tenants().get(&cx.tenant.id).cloned() else { return Ok(()) };
        let _one_at_a_time = channel.routing.lock().await;
        loop {
            let after = {
                let routes = channel.routes();
                if routes.places.is_empty() {
                    return Ok(());
                }
                routes.upto
            };
            let events = match Outbox::read(db, cx, after, READ).await {
                Err(Error::EventsExpired { resume_after }) => {
                    channel.routes().skip(resume_after);
                    return Ok(());
                }
                read => read?,
            };
            if events.is_empty() {
                return Ok(());
            }
            let events: Vec<_> = events.into_iter().map(Arc::new).collect();
            let mut routes = channel.routes();
            events.iter().for_each(|event| routes.hand(event));
        }
    }

    /// Somebody who follows this and has seen everything of it up to `after`; `head` is the newest event there is.
    pub fn follow(&self, tenant: TenantId, interest: Interest, after: i64, head: i64) -> Follower {
        let channel = self.tenants().entry(tenant).or_default().clone();
        let bell = Arc::new(Notify::new());
        let mut routes = channel.routes();
        if routes.places.is_empty() {
            // Nobody was handed anything for a while.
            routes.upto = routes.upto.max(head);
        }
        let (place, upto) = (routes.next, routes.upto);
        routes.next += 1;
        let waiting = VecDeque::new();
        let kinds = interest.kinds;
        routes.places.insert(place, Place { seen: after, kinds, waiting, cut: None, bell: bell.clone() });
        routes.topics.entry(interest.topic).or_default().places(interest.thing).insert(place);
        drop(routes);
        Follower { channel, place, interest, bell, gap: (after < upto).then_some((after, upto)) }
    }
}

impl Follower {
    /// The events after the last ones returned, in order; empty when there are none yet.
    ///
    /// # Errors
    /// [`Error::EventsExpired`] where they are no longer kept.
    pub async fn read(&mut self, db: &Db, cx: &Cx) -> Result<Vec<Arc<Stored>>> {
        loop {
            if let Some((after, upto)) = self.gap {
                let events = Outbox::read_of(db, cx, self.interest, after, upto).await?;
                let last = events.last().and_then(|event| event.sequence).filter(|_| events.len() as u64 == READ);
                self.gap = last.filter(|last| *last < upto).map(|last| (last, upto));
                if !events.is_empty() {
                    return Ok(events.into_iter().map(Arc::new).collect());
                }
                continue;
            }
            let mut routes = self.channel.routes();
            let upto = routes.upto;
            let Some(place) = routes.places.get_mut(&self.place) else { return Ok(Vec::new()) };
            if !place.waiting.is_empty() {
                return Ok(std::mem::take(&mut place.waiting).into());
            }
            match place.cut.take() {
                Some(after) if after < upto => self.gap = Some((after, upto)),
                _ => return Ok(Vec::new()),
            }
        }
    }

    /// Waits until there may be more to [`read`](Self::read).
    pub async fn changed(&mut self) {
        self.bell.notified().await;
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let mut routes = self.channel.routes();
        routes.places.remove(&self.place);
        if let Some(topic) = routes.topics.get_mut(self.interest.topic) {
            let places = topic.places(self.interest.thing);
            places.remove(&self.place);
            if let Some(thing) = self.interest.thing.filter(|_| places.is_empty()) {
                topic.things.remove(&thing);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::EventId;

    const CHATS: &str = "chats";

    fn event(sequence: i64, topic: &str, concerns: Option<u128>) -> Arc<Stored> {
        Arc::new(Stored {
            position: sequence,
            id: EventId(Uuid::from_u128(sequence.unsigned_abs().into())),
            sequence: Some(sequence),
            topic: Some(topic.to_owned()),
            kind: "chat.said".to_owned(),
            at: chrono::DateTime::UNIX_EPOCH,
            actor_id: None,
            payload: serde_json::Value::Null,
            correlation_id: None,
            personal_key: None,
            sealed: None,
            concerns: concerns.map(Uuid::from_u128),
        })
    }

    fn tenant() -> TenantId {
        TenantId(Uuid::from_u128(1))
    }

    fn waiting(follower: &Follower) -> Vec<i64> {
        let routes = follower.channel.routes();
        routes.places[&follower.place].waiting.iter().filter_map(|event| event.sequence).collect()
    }

    fn hand(hub: &Hub, event: &Arc<Stored>) {
        hub.tenants()[&tenant()].routes().hand(event);
    }

    #[test]
    fn an_event_wakes_only_those_who_follow_what_it_is_about() {
        let hub = Hub::default();
        let follow = |interest| hub.follow(tenant(), interest, 0, 0);
        let all = follow(Interest::all_of(CHATS));
        let one = follow(Interest::one_of(CHATS, Uuid::from_u128(1)));
        let other = follow(Interest::one_of(CHATS, Uuid::from_u128(2)));
        let elsewhere = follow(Interest::one_of("notifications", Uuid::from_u128(1)));
        let ends = follow(Interest::some_of(CHATS, &["chat.ended"]));
        hand(&hub, &event(1, CHATS, Some(1)));
        hand(&hub, &event(2, CHATS, None));
        hand(&hub, &event(3, "inbox", Some(1)));
        // What was handed out already.
        hand(&hub, &event(1, CHATS, Some(1)));
        assert_eq!(waiting(&all), [1, 2]);
        assert_eq!(waiting(&one), [1]);
        assert_eq!(waiting(&other), [0_i64; 0]);
        assert_eq!(waiting(&elsewhere), [0_i64; 0]);
        assert_eq!(waiting(&ends), [0_i64; 0]);
    }

    #[test]
    fn who_comes_later_reads_from_the_table_what_was_before() {
        let hub = Hub::default();
        let first = hub.follow(tenant(), Interest::all_of(CHATS), 5, 5);
        assert_eq!(first.gap, None);
        hand(&hub, &event(6, CHATS, None));
        assert_eq!(hub.follow(tenant(), Interest::all_of(CHATS), 2, 6).gap, Some((2, 6)));
        // Has seen what is not handed out here yet.
        let ahead = hub.follow(tenant(), Interest::all_of(CHATS), 7, 7);
        hand(&hub, &event(7, CHATS, None));
        hand(&hub, &event(8, CHATS, None));
        assert_eq!(waiting(&ahead), [8]);
        assert_eq!(waiting(&first), [6, 7, 8]);
    }

    #[test]
    fn little_piles_up_for_who_does_not_read() {
        let hub = Hub::default();
        let asleep = hub.follow(tenant(), Interest::all_of(CHATS), 0, 0);
        (1..=200).for_each(|sequence| hand(&hub, &event(sequence, CHATS, None)));
        assert_eq!(waiting(&asleep).len(), WAITING);
        assert_eq!(hub.tenants()[&tenant()].routes().places[&asleep.place].cut, Some(64));
    }

    #[test]
    fn who_is_gone_leaves_nothing_behind() {
        let hub = Hub::default();
        let one = hub.follow(tenant(), Interest::one_of(CHATS, Uuid::from_u128(1)), 0, 0);
        assert!(hub.is_followed(tenant()));
        drop(one);
        assert!(!hub.is_followed(tenant()));
        assert!(hub.tenants()[&tenant()].routes().topics[CHATS].things.is_empty());
    }
}
