//! Loaders: one batch for all fields of a level that ask for the same kind of thing.
//!
//! They live for one request, are keyed by typed ids, and ask the contexts' by-ids queries, so what the actor may not
//! see is not there for them either. Lists look ahead and prime them ([`prime`](super::inbox::prime)), which costs
//! half of letting every field wait (docs/decisions/0002-lists-prime-the-loaders.md).

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, PoisonError, RwLock},
};

use async_graphql::{
    dataloader::{DataLoader, HashMapCache, Loader},
    runtime::{TokioSpawner, TokioTimer},
};
use identity::{Channel, Delivery, Department, Notification, Person, Role};
use inbox::{Message, MessageReply, Visitor};
use kernel::{
    Conn, Cx, Error,
    id::{
        DepartmentId, MessageId, MessageReplyId, NotificationChannelId, NotificationDeliveryId, NotificationId, RoleId,
        UserId, VisitorId,
    },
};

use crate::app::App;

/// The loaders of one request.
pub type Loaders = RequestLoaders;

/// See [`Loaders`]. Clones are the same loaders.
#[derive(Clone)]
pub struct RequestLoaders(Arc<DataLoader<Batch, HashMapCache>>);

impl std::ops::Deref for RequestLoaders {
    type Target = DataLoader<Batch, HashMapCache>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl RequestLoaders {
    /// Loaders that see what `cx` sees; `live` ones remember nothing, so that a subscription shows things as they are.
    pub fn new(app: Arc<App>, cx: Arc<RwLock<Cx>>, live: bool) -> Self {
        let loader = DataLoader::with_cache(
            Batch { app, cx },
            TokioSpawner::current(),
            TokioTimer::default(),
            HashMapCache::default(),
        );
        loader.enable_all_cache(!live);
        Self(Arc::new(loader))
    }
}

/// What a loader asks.
pub struct Batch {
    app: Arc<App>,
    cx: Arc<RwLock<Cx>>,
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
    ($($key:ty => $value:ty, |$conn:ident, $cx:ident, $app:ident, $ids:ident| $load:expr;)*) => {$(
        impl Loader<$key> for Batch {
            type Value = $value;
            type Error = Error;

            async fn load(&self, $ids: &[$key]) -> Result<HashMap<$key, $value>, Error> {
                let ($conn, $cx) = self.conn().await?;
                let $app = &self.app;
                $load
            }
        }
    )*};
}

loaders! {
    UserId => Arc<Person>, |conn, cx, app, ids| app.directory.people_by_ids(&conn, &cx, ids).await;
    RoleId => Arc<Role>, |conn, _cx, app, ids| identity::roles_by_ids(&conn, ids, &app.catalog).await.map(shared);
    DepartmentId => Arc<Department>, |conn, _cx, _app, ids| identity::departments_by_ids(&conn, ids).await.map(shared);
    VisitorId => Arc<Visitor>, |conn, cx, _app, ids| inbox::visitors_by_ids(&conn, &cx, ids).await.map(shared);
    MessageId => Arc<Message>, |conn, cx, _app, ids| inbox::messages_by_ids(&conn, &cx, ids).await.map(shared);
    MessageReplyId => Arc<MessageReply>, |conn, cx, _app, ids| inbox::replies_by_ids(&conn, &cx, ids).await.map(shared);
    NotificationId => Arc<Notification>, |conn, cx, _app, ids| identity::notifications_by_ids(&conn, &cx, ids).await.map(shared);
    NotificationChannelId => Arc<Channel>, |conn, cx, _app, ids| identity::channels_by_ids(&conn, &cx, ids).await.map(shared);
    NotificationDeliveryId => Arc<Delivery>, |conn, cx, _app, ids| {
        identity::deliveries_by_ids(&conn, &cx, ids).await.map(shared)
    };
    RepliesOf => Arc<Vec<MessageReply>>, |conn, cx, _app, keys| {
        let mut found = HashMap::new();
        for (rows, backward, parents) in by_page(keys.iter().map(|key| (key.rows, key.backward, key.message))) {
            for (message, replies) in inbox::replies_of_each(&conn, &cx, &parents, rows, backward).await? {
                found.insert(RepliesOf { message, rows, backward }, Arc::new(replies));
            }
        }
        Ok(found)
    };
    MessagesOf => Arc<Vec<Message>>, |conn, cx, _app, keys| {
        let mut found = HashMap::new();
        for (rows, backward, parents) in by_page(keys.iter().map(|key| (key.rows, key.backward, key.visitor))) {
            for (visitor, messages) in inbox::messages_of_each(&conn, &cx, &parents, rows, backward).await? {
                found.insert(MessagesOf { visitor, rows, backward }, Arc::new(messages));
            }
        }
        Ok(found)
    };
    ReplyCount => u64, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(inbox::count_replies_of_each(&conn, &cx, &ids).await?.into_iter().map(|(id, n)| (ReplyCount(id), n)).collect())
    };
    MessageCount => u64, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(inbox::count_messages_of_each(&conn, &cx, &ids).await?.into_iter().map(|(id, n)| (MessageCount(id), n)).collect())
    };
}

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
