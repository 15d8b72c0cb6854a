//! The outbox table, its sinks and its sealer.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
};
use serde::Deserialize;
use tokio::sync::Notify;

use super::{Envelope, Hub, Interest, hub::READ};
use crate::{
    Conn, Cx, Db, Error, Result, Tenant,
    db::{any_of, notify, number_unsealed},
    id::{EventId, PersonalKeyId, TenantId, UserId},
};

/// An event as the outbox holds it.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "outbox")]
pub struct Model {
    /// The order in which the row was written; internal.
    #[sea_orm(primary_key)]
    pub position: i64,
    /// The event's id.
    pub id: EventId,
    /// The tenant's gap-free number, once sealed.
    pub sequence: Option<i64>,
    /// The topic; `None` for what only the audit trail keeps.
    pub topic: Option<String>,
    /// The event's name.
    pub kind: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor_id: Option<UserId>,
    /// The serialised event.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// What links it to others that came of the same beginning; what was stored before there was such a thing has none.
    pub correlation_id: Option<String>,
    /// The key that personal values of the payload are sealed under.
    pub personal_key: Option<PersonalKeyId>,
    /// Those values.
    pub sealed: Option<Vec<u8>>,
    /// The one thing that those who follow a single thing follow.
    pub concerns: Option<Uuid>,
}

/// An event as the outbox holds it.
pub type Stored = Model;

impl Model {
    /// What it tells, as the reader's own struct of its payload.
    ///
    /// # Errors
    /// [`Error::Internal`] for another payload than that.
    pub fn decode<'de, T: Deserialize<'de>>(&'de self) -> Result<T> {
        T::deserialize(&self.payload).map_err(|error| Error::internal(format!("event {}: {error}", self.id)))
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
/// No relation.
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

mod head {
    use sea_orm::entity::prelude::*;

    /// The one row that whoever seals holds: the last sequence and the hash of the chain's end.
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(schema_name = "~tenant", table_name = "event_head")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub sequence: i64,
        pub hash: Vec<u8>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Something that stores every event in the transaction that emitted it.
#[async_trait::async_trait]
pub trait Sink: Send + Sync {
    /// Stores the events of one transaction.
    async fn write(&self, conn: &Conn, cx: &Cx, events: &[Envelope]) -> Result<()>;
}

/// Something that links sealed events to one another.
#[async_trait::async_trait]
pub trait Chain: Send + Sync {
    /// Links the events, given in sequence order, behind `hash`, and returns the hash of the new end.
    async fn extend(&self, conn: &Conn, hash: &[u8], events: &[(i64, EventId)]) -> Result<Vec<u8>>;
}

/// Where a transaction's events go, and how the rest of the system hears of them.
#[derive(Default)]
pub struct Outbox {
    sinks: Vec<Box<dyn Sink>>,
    chain: Option<Box<dyn Chain>>,
    hub: Hub,
    unsealed: Queue,
    sealed: Queue,
    followed: Queue,
    workers: Queue,
}

/// Tenants that something is to be done for, each at most once, and a bell.
#[derive(Default)]
struct Queue {
    tenants: Mutex<HashSet<TenantId>>,
    bell: Notify,
}

impl Queue {
    fn push(&self, tenant: TenantId) {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant);
        self.bell.notify_one();
    }

    async fn take(&self) -> Vec<TenantId> {
        loop {
            let taken: Vec<_> = self.tenants.lock().unwrap_or_else(PoisonError::into_inner).drain().collect();
            if !taken.is_empty() {
                return taken;
            }
            self.bell.notified().await;
        }
    }
}

/// How many rows one statement inserts at most: the databases bound the number of its parameters.
const AT_ONCE: usize = 500;
/// How many events one sealing numbers at most.
const BATCH: i64 = 500;
/// How many events one purge removes at most.
pub const PURGED: u64 = 500;

impl Outbox {
    /// An outbox with these sinks, sealed into this chain.
    pub fn new(sinks: Vec<Box<dyn Sink>>, chain: Box<dyn Chain>) -> Self {
        Self { sinks, chain: Some(chain), ..Self::default() }
    }

    /// Where subscribers wait.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Stores the events of one transaction: sinks first, the outbox row last (see the module).
    pub(crate) async fn write(&self, conn: &Conn, cx: &Cx, events: &[Envelope]) -> Result<()> {
        for sink in &self.sinks {
            for some in events.chunks(AT_ONCE) {
                sink.write(conn, cx, some).await?;
            }
        }
        let row = |event: &Envelope| ActiveModel {
            position: NotSet,
            id: Set(event.id),
            sequence: Set(None),
            topic: Set(event.topic.map(Into::into)),
            kind: Set(event.kind.into()),
            at: Set(event.at),
            actor_id: Set(event.actor),
            payload: Set(event.payload.clone()),
            correlation_id: Set(Some(event.correlation_id.clone())),
            personal_key: Set(event.seals.payload.as_ref().map(|seal| seal.key)),
            sealed: Set(event.seals.payload.as_ref().map(|seal| seal.bytes.clone())),
            concerns: Set(event.concerns),
        };
        for some in events.chunks(AT_ONCE) {
            Entity::insert_many(some.iter().map(row)).exec_without_returning(conn).await?;
        }
        Ok(())
    }

    /// Asks for sealing, after a commit.
    pub fn wake(&self, tenant: TenantId) {
        self.unsealed.push(tenant);
    }

    /// Asks the workers to look for jobs of a tenant.
    pub fn wake_workers(&self, tenant: TenantId) {
        self.workers.push(tenant);
    }

    /// Asks those who follow a tenant's events for the others to look for new ones.
    pub fn wake_followers(&self, tenant: TenantId) {
        self.sealed.push(tenant);
    }

    /// Asks for the tenant's new events to be handed to those who follow them here.
    pub fn wake_hub(&self, tenant: TenantId) {
        if self.hub.is_followed(tenant) {
            self.followed.push(tenant);
        }
    }

    /// The same for every tenant, after news may have been missed.
    pub fn refresh_hub(&self) {
        self.hub.followed().into_iter().for_each(|tenant| self.followed.push(tenant));
    }

    /// Hands on what another process told: its events, and perhaps jobs.
    pub fn heard(&self, tenant: TenantId) {
        self.wake_hub(tenant);
        self.sealed.push(tenant);
        self.workers.push(tenant);
    }

    /// Waits for tenants with committed, unsealed events.
    pub async fn next_unsealed(&self) -> Vec<TenantId> {
        self.unsealed.take().await
    }

    /// Waits for tenants with newly sealed events.
    pub async fn next_sealed(&self) -> Vec<TenantId> {
        self.sealed.take().await
    }

    /// Waits for tenants with sealed events that somebody follows here.
    pub async fn next_followed(&self) -> Vec<TenantId> {
        self.followed.take().await
    }

    /// Waits for tenants that may have jobs.
    pub async fn next_for_workers(&self) -> Vec<TenantId> {
        self.workers.take().await
    }

    /// Numbers and chains everything committed and not yet sealed in one tenant; returns how many.
    pub async fn seal(&self, db: &Db, tenant: &Arc<Tenant>) -> Result<u64> {
        let mut sealed = 0;
        loop {
            let count = db.plain(tenant, |conn| async move { self.seal_batch(&conn, tenant.id).await }).await?;
            if count > 0 {
                self.wake_hub(tenant.id);
                self.sealed.push(tenant.id);
            }
            sealed += count;
            if count < BATCH.unsigned_abs() {
                return Ok(sealed);
            }
        }
    }

    async fn seal_batch(&self, conn: &Conn, tenant: TenantId) -> Result<u64> {
        let head = head::Entity::find_by_id(1)
            .lock_exclusive()
            .one(conn)
            .await?
            .ok_or_else(|| Error::internal("event_head has no row"))?;
        let rows = conn.query_all_raw(number_unsealed(conn.get_database_backend(), head.sequence, BATCH)).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let mut events = rows
            .iter()
            .map(|row| Ok((row.try_get::<i64>("", "sequence")?, row.try_get::<EventId>("", "id")?)))
            .collect::<Result<Vec<_>, DbErr>>()?;
        events.sort_unstable();
        let end = head.sequence + i64::try_from(events.len()).unwrap_or(BATCH);
        let hash = match &self.chain {
            Some(chain) => chain.extend(conn, &head.hash, &events).await?,
            None => head.hash,
        };
        head::Entity::update(head::ActiveModel { id: Set(1), sequence: Set(end), hash: Set(hash) }).exec(conn).await?;
        notify(conn, tenant, end).await?;
        Ok(events.len() as u64)
    }

    /// The number of the newest sealed event of the tenant.
    pub async fn head(&self, db: &Db, cx: &Cx) -> Result<i64> {
        let conn = db.reader(cx).await?;
        Ok(head::Entity::find_by_id(1).one(&conn).await?.map_or(0, |head| head.sequence))
    }

    /// The number before that of the oldest sealed event that is kept; `None` where none is.
    pub async fn before_oldest(db: &Db, cx: &Cx) -> Result<Option<i64>> {
        let numbered = Entity::find().select_only().column(Column::Sequence).filter(Column::Sequence.is_not_null());
        let oldest: Option<i64> =
            numbered.order_by_asc(Column::Sequence).into_tuple().one(&db.reader(cx).await?).await?;
        Ok(oldest.map(|oldest| oldest - 1))
    }

    /// The number and the hash of the chain's end.
    pub async fn end(&self, db: &Db, cx: &Cx) -> Result<(i64, Vec<u8>)> {
        let head = head::Entity::find_by_id(1).one(&db.reader(cx).await?).await?;
        head.map(|head| (head.sequence, head.hash)).ok_or_else(|| Error::internal("event_head has no row"))
    }

    /// Those of these ids that are events of the outbox.
    pub async fn known(conn: &Conn, ids: &[EventId]) -> Result<HashSet<EventId>> {
        let found: Vec<EventId> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(any_of(conn.get_database_backend(), Column::Id, ids))
            .into_tuple()
            .all(conn)
            .await?;
        Ok(found.into_iter().collect())
    }

    /// How old the oldest unsealed event of the tenant is, for the lag gauge.
    pub async fn oldest_unsealed(&self, db: &Db, cx: &Cx) -> Result<Option<DateTime<Utc>>> {
        let conn = db.reader(cx).await?;
        let row = Entity::find().filter(Column::Sequence.is_null()).order_by_asc(Column::Position).one(&conn).await?;
        Ok(row.map(|row| row.at))
    }

    /// Sealed events after `after`, in order, at most `limit`.
    ///
    /// # Errors
    /// [`Error::EventsExpired`] where the event after `after` is no longer kept: numbers have no gaps, so one that is
    /// missing was removed.
    pub async fn read(db: &Db, cx: &Cx, after: i64, limit: u64) -> Result<Vec<Stored>> {
        let conn = db.reader(cx).await?;
        let mut events = Entity::find()
            .filter(Column::Sequence.gt(after))
            .order_by_asc(Column::Sequence)
            .limit(limit)
            .all(&conn)
            .await?;
        match events.first() {
            Some(first) if first.sequence != Some(after + 1) => Err(Self::expired(&conn).await?),
            _ => {
                db.personal().open(&conn, cx, &mut events).await?;
                Ok(events)
            }
        }
    }

    /// Of the sealed events after `after` and up to `upto` those that somebody is interested in, in order, at most as many as
    /// one read hands out.
    ///
    /// # Errors
    /// [`Error::EventsExpired`] where the event after `after` is no longer kept.
    pub(crate) async fn read_of(db: &Db, cx: &Cx, of: Interest, after: i64, upto: i64) -> Result<Vec<Stored>> {
        let conn = db.reader(cx).await?;
        let next = Entity::find().select_only().column(Column::Sequence).filter(Column::Sequence.eq(after + 1));
        if next.into_tuple::<i64>().one(&conn).await?.is_none() {
            return Err(Self::expired(&conn).await?);
        }
        let mut select =
            Entity::find().filter(Column::Topic.eq(of.topic)).filter(Column::Sequence.between(after + 1, upto));
        if let Some(thing) = of.thing {
            select = select.filter(Column::Concerns.eq(thing));
        }
        if !of.kinds.is_empty() {
            select = select.filter(Column::Kind.is_in(of.kinds.iter().copied()));
        }
        let mut events = select.order_by_asc(Column::Sequence).limit(READ).all(&conn).await?;
        db.personal().open(&conn, cx, &mut events).await?;
        Ok(events)
    }

    /// What whoever asks for events that are no longer kept is told.
    async fn expired(conn: &Conn) -> Result<Error> {
        let head = head::Entity::find_by_id(1).one(conn).await?;
        Ok(Error::EventsExpired { resume_after: head.map_or(0, |head| head.sequence) })
    }

    /// Removes the oldest events that happened before `before`, none after number `upto`, [`PURGED`] at the most; returns
    /// how many. One short statement, so that writers are not held up; whoever wants more asks again.
    ///
    /// Only a beginning of the sequence goes: the first event that is young enough keeps all behind it.
    pub async fn purge(conn: &Conn, before: DateTime<Utc>, upto: i64) -> Result<u64> {
        let oldest: Vec<(i64, DateTime<Utc>)> = Entity::find()
            .select_only()
            .columns([Column::Sequence, Column::At])
            .filter(Column::Sequence.lte(upto))
            .order_by_asc(Column::Sequence)
            .limit(PURGED)
            .into_tuple()
            .all(conn)
            .await?;
        let old = oldest.into_iter().take_while(|(_, at)| *at < before).last();
        let Some((last, _)) = old else { return Ok(0) };
        Ok(Entity::delete_many().filter(Column::Sequence.lte(last)).exec(conn).await?.rows_affected)
    }
}
