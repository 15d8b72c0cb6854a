//! Loaders: one batch for all fields of a level that ask for the same kind of thing.
//!
//! They live for one request, are keyed by typed ids, and ask the contexts' by-ids queries, so what the actor may not
//! see is not there for them either. What the fields of a request ask for is fetched in [rounds](Rounds). The inbox's
//! lists look ahead and prime them ([`prime`](super::inbox::prime)), which costs half of letting every field wait
//! (docs/decisions/0002-lists-prime-the-loaders.md).

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock},
};

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use identity::{Channel, Delivery, Department, Invitation, Notification, Person, Role};
use inbox::{Message, MessageReply, Visitor};
use kernel::{
    Conn, Cx, Error,
    id::{
        DepartmentId, InvitationId, MessageId, MessageReplyId, NotificationChannelId, NotificationDeliveryId,
        NotificationId, RoleId, UserId, VisitorId,
    },
};

use crate::wiring::app::App;

/// The loaders of one request. Clones are the same loaders.
///
/// What a list fetched ahead is kept here. Only a field that finds nothing there waits for a batch, and most requests
/// have none, so what gathers the batches is made when it is first needed.
#[derive(Clone)]
pub struct Loaders(Arc<Inner>);

struct Inner {
    app: Arc<App>,
    cx: Arc<RwLock<Cx>>,
    live: bool,
    rounds: Rounds,
    fed: Mutex<Fed>,
    batches: OnceLock<DataLoader<Batch, HashMapCache>>,
}

impl Loaders {
    /// Loaders that see what `cx` sees; `live` ones remember nothing, so that a subscription shows things as they are.
    pub fn new(app: Arc<App>, cx: Arc<RwLock<Cx>>, live: bool) -> Self {
        let (rounds, fed, batches) = Default::default();
        Self(Arc::new(Inner { app, cx, live, rounds, fed, batches }))
    }

    /// When their batches are fetched: nothing comes but for what runs in these.
    pub fn rounds(&self) -> Rounds {
        self.0.rounds.clone()
    }

    fn fed(&self) -> MutexGuard<'_, Fed> {
        self.0.fed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts in what was fetched ahead.
    pub fn feed_many<K: Key>(&self, found: impl IntoIterator<Item = (K, K::Value)>) {
        if !self.0.live {
            K::fed(&mut self.fed()).extend(found);
        }
    }

    /// The value of a key; `None` where there is none that the viewer may see.
    pub async fn load_one<K: Key>(&self, key: K) -> Result<Option<K::Value>, Error>
    where
        Batch: Loader<K, Value = K::Value, Error = Error>,
    {
        let fed = K::fed(&mut self.fed()).get(&key).cloned();
        if fed.is_some() {
            return Ok(fed);
        }
        let Inner { app, cx, live, rounds, batches, .. } = self.0.as_ref();
        let batches = batches.get_or_init(|| {
            let batch = Batch { app: app.clone(), cx: cx.clone(), rounds: rounds.clone() };
            let loader = DataLoader::with_cache(batch, rounds.clone(), rounds.clone(), HashMapCache::default());
            loader.enable_all_cache(!live);
            // Each kind is one batch a round, however large: what a document may ask for is bounded by its cost.
            loader.max_batch_size(usize::MAX)
        });
        // Boxed, since hardly anybody comes here and every resolver that might would carry the room for it.
        Box::pin(batches.load_one(key)).await
    }
}

/// What a loader is asked for.
pub trait Key: Copy + Eq + Hash + Send + Sync + 'static {
    /// What it is answered with.
    type Value: Clone + Send + Sync;

    /// Where its kind is kept.
    fn fed(fed: &mut Fed) -> &mut HashMap<Self, Self::Value>;
}

/// What a loader asks.
pub struct Batch {
    app: Arc<App>,
    cx: Arc<RwLock<Cx>>,
    rounds: Rounds,
}

impl Batch {
    async fn conn(&self) -> kernel::Result<(Conn, Cx)> {
        let cx = self.cx.read().unwrap_or_else(PoisonError::into_inner).clone();
        Ok((self.app.db.reader(&cx).await?, cx))
    }
}

fn shared<K: Eq + Hash, V>(found: HashMap<K, V>) -> HashMap<K, Arc<V>> {
    found.into_iter().map(|(key, value)| (key, Arc::new(value))).collect()
}

macro_rules! loaders {
    ($fed:ident { $($below:ident: $more:ty),* } at |$all:ident| $place:expr;
     $($kind:ident: $key:ty => $value:ty, |$conn:ident, $cx:ident, $app:ident, $ids:ident| $load:expr;)*) => {
        /// What was fetched ahead.
        #[derive(Default)]
        pub struct $fed {
            $($below: $more,)*
            $($kind: HashMap<$key, $value>,)*
        }

        $(
        impl Key for $key {
            type Value = $value;

            fn fed($all: &mut Fed) -> &mut HashMap<Self, $value> {
                &mut $place.$kind
            }
        }

        impl Loader<$key> for Batch {
            type Value = $value;
            type Error = Error;

            async fn load(&self, ids: &[$key]) -> Result<HashMap<$key, $value>, Error> {
                let found = async {
                    let ($conn, $cx) = self.conn().await?;
                    let ($app, $ids) = (&self.app, ids);
                    $load
                };
                let found = found.await;
                self.rounds.all_fetched().await;
                found
            }
        }
        )*
    };
}

mod organisation;
mod rounds;
pub use organisation::*;
pub use rounds::Rounds;

loaders! {
    Fed { organisation: FedOfOrganisation } at |fed| fed;
    people: UserId => Arc<Person>, |conn, cx, app, ids| app.directory.people_by_ids(&conn, &cx, ids).await;
    grants: GrantsOf => Arc<Vec<String>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = identity::grants_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, names)| (GrantsOf(id), Arc::new(names))).collect())
    };
    roles: RoleId => Arc<Role>, |conn, _cx, app, ids| identity::roles_by_ids(&conn, ids, &app.catalog).await.map(shared);
    departments: DepartmentId => Arc<Department>, |conn, _cx, _app, ids| identity::departments_by_ids(&conn, ids).await.map(shared);
    invitations: InvitationId => Arc<Invitation>, |conn, cx, _app, ids| identity::invitations_by_ids(&conn, &cx, ids).await.map(shared);
    known_as: KnownAsOf => Arc<Vec<identity::KnownAs>>, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = identity::known_as(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, known)| (KnownAsOf(id), Arc::new(known))).collect())
    };
    visitors: VisitorId => Arc<Visitor>, |conn, cx, _app, ids| inbox::visitors_by_ids(&conn, &cx, ids).await.map(shared);
    acquaintances: AcquaintancesOf => Arc<Vec<VisitorId>>, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = inbox::acquaintances_of_each(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, others)| (AcquaintancesOf(id), Arc::new(others))).collect())
    };
    messages: MessageId => Arc<Message>, |conn, cx, _app, ids| inbox::messages_by_ids(&conn, &cx, ids).await.map(shared);
    replies: MessageReplyId => Arc<MessageReply>, |conn, cx, _app, ids| inbox::replies_by_ids(&conn, &cx, ids).await.map(shared);
    notifications: NotificationId => Arc<Notification>, |conn, cx, _app, ids| {
        identity::notifications_by_ids(&conn, &cx, ids).await.map(shared)
    };
    channels: NotificationChannelId => Arc<Channel>, |conn, cx, _app, ids| {
        identity::channels_by_ids(&conn, &cx, ids).await.map(shared)
    };
    deliveries: NotificationDeliveryId => Arc<Delivery>, |conn, cx, _app, ids| {
        identity::deliveries_by_ids(&conn, &cx, ids).await.map(shared)
    };
    replies_of: RepliesOf => Arc<Vec<MessageReply>>, |conn, cx, _app, keys| {
        let mut found = HashMap::new();
        for (rows, backward, parents) in by_page(keys.iter().map(|key| (key.rows, key.backward, key.message))) {
            for (message, replies) in inbox::replies_of_each(&conn, &cx, &parents, rows, backward).await? {
                found.insert(RepliesOf { message, rows, backward }, Arc::new(replies));
            }
        }
        Ok(found)
    };
    messages_of: MessagesOf => Arc<Vec<Message>>, |conn, cx, _app, keys| {
        let mut found = HashMap::new();
        for (rows, backward, parents) in by_page(keys.iter().map(|key| (key.rows, key.backward, key.visitor))) {
            for (visitor, messages) in inbox::messages_of_each(&conn, &cx, &parents, rows, backward).await? {
                found.insert(MessagesOf { visitor, rows, backward }, Arc::new(messages));
            }
        }
        Ok(found)
    };
    reply_counts: ReplyCount => u64, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(inbox::count_replies_of_each(&conn, &cx, &ids).await?.into_iter().map(|(id, n)| (ReplyCount(id), n)).collect())
    };
    message_counts: MessageCount => u64, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(inbox::count_messages_of_each(&conn, &cx, &ids).await?.into_iter().map(|(id, n)| (MessageCount(id), n)).collect())
    };
}

/// The permissions that somebody was granted beyond their role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GrantsOf(pub UserId);

/// The accounts elsewhere of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KnownAsOf(pub UserId);

/// Whom a visitor was seen with in one browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AcquaintancesOf(pub VisitorId);

/// The first (or last) replies of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RepliesOf {
    /// The message.
    pub message: MessageId,
    /// How many rows at the most.
    pub rows: u64,
    /// From the end.
    pub backward: bool,
}

/// The newest (or oldest) messages of a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessagesOf {
    /// The visitor.
    pub visitor: VisitorId,
    /// How many rows at the most.
    pub rows: u64,
    /// From the end.
    pub backward: bool,
}

/// How many replies a message has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReplyCount(pub MessageId);

/// How many messages a visitor wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageCount(pub VisitorId);

/// Parents that are asked for the same page, together.
fn by_page<P>(keys: impl Iterator<Item = (u64, bool, P)>) -> Vec<(u64, bool, Vec<P>)> {
    let mut pages: Vec<(u64, bool, Vec<P>)> = Vec::new();
    for (rows, backward, parent) in keys {
        match pages.iter_mut().find(|page| page.0 == rows && page.1 == backward) {
            Some(page) => page.2.push(parent),
            None => pages.push((rows, backward, vec![parent])),
        }
    }
    pages
}
