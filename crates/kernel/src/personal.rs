//! Personal values that can be forgotten although nothing that holds them may be changed.
//!
//! What the audit trail and the outbox say of somebody (addresses, names, where a request came from) is sealed under a key of the
//! person that it is about. The chain hashes the sealed bytes, so destroying the key makes the values unreadable and leaves the
//! chain whole. A person who has none gets a key with the first row about them, in its transaction. Keys are as secret as the
//! rows of the people themselves, and lie beside them.
//!
//! What is sealed cannot be looked for; so a row keeps a **mark** of two values, the actor's address and where they came from: an
//! HMAC under a key of the tenant. Forgetting somebody takes the marks out of the rows as well, the one change that the trail
//! allows.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use chrono::{DateTime, Utc};
use moka::sync::Cache;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryFilter, entity::prelude::*, sea_query::OnConflict};
use serde_json::{Map, Value as Json, json};

use crate::{
    Conn, Cx, Error, Result, Tx,
    crypto::{SealingKey, mark},
    db::any_of,
    events::{Envelope, Seal, Stored},
    id::{PersonalKeyId, TenantId, UserId, VisitorId},
};

/// The key of somebody.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "personal_keys")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonalKeyId,
    /// Whose it is: see [`Subject`].
    pub subject: Vec<u8>,
    /// The key; none once it was destroyed.
    pub key: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was destroyed.
    pub destroyed_at: Option<DateTime<Utc>>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whom personal values are about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A person of the company, or one who keeps the platform.
    Person(UserId),
    /// A visitor.
    Visitor(VisitorId),
    /// Whoever has an e-mail address, where no more is known of them.
    Email(String),
    /// Whoever asked from a network address, where no more is known of them.
    Origin(String),
}

/// Whose key it is that marks are made under.
const TENANT: &[u8] = b"tenant";

impl Subject {
    /// As the table holds it; what is personal itself stands there as a mark.
    fn stored(&self, marks: &Marks) -> Vec<u8> {
        match self {
            Self::Person(id) => [b"p", id.0.as_bytes().as_slice()].concat(),
            Self::Visitor(id) => [b"v", id.0.as_bytes().as_slice()].concat(),
            Self::Email(email) => [b"e", marks.of("subject email", email).as_slice()].concat(),
            Self::Origin(address) => [b"o", marks.of("subject address", address).as_slice()].concat(),
        }
    }
}

/// What makes the marks of a tenant.
#[derive(Clone)]
pub struct Marks(Vec<u8>);

/// Says nothing of the key.
impl std::fmt::Debug for Marks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Marks").finish_non_exhaustive()
    }
}

impl Marks {
    fn of(&self, what: &str, value: &str) -> [u8; 16] {
        mark(&self.0, format!("{what}\0{value}").as_bytes())
    }

    /// The mark of an actor's e-mail address.
    pub fn email(&self, email: &str) -> Vec<u8> {
        self.of("actor email", email).to_vec()
    }

    /// The mark of where a request came from.
    pub fn address(&self, address: &str) -> Vec<u8> {
        self.of("address", address).to_vec()
    }
}

/// A key that is there.
#[derive(Clone)]
pub struct PersonalKey {
    /// Its id.
    pub id: PersonalKeyId,
    key: SealingKey,
}

impl PersonalKey {
    fn of(row: &Model) -> Result<Option<Self>> {
        row.key.as_ref().map(|key| Ok(Self { id: row.id, key: SealingKey::new(key)? })).transpose()
    }

    /// Opens values that were sealed for a place.
    ///
    /// # Errors
    /// [`Error::Internal`] for what was altered.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Json> {
        serde_json::from_slice(&self.key.open(context, sealed)?).map_err(Error::internal)
    }

    fn seal(&self, cx: &Cx, context: &[u8], values: &Json) -> Result<Seal> {
        let plain = serde_json::to_vec(values).map_err(Error::internal)?;
        Ok(Seal { key: self.id, bytes: self.key.seal(cx.source(), context, &plain)? })
    }
}

/// The keys of all tenants, as far as this process has met them.
pub struct PersonalKeys {
    marks: Cache<TenantId, Marks>,
    of: Cache<(TenantId, Vec<u8>), PersonalKey>,
    by_id: Cache<(TenantId, PersonalKeyId), Option<PersonalKey>>,
}

/// How many keys are kept in memory.
const KEPT: u64 = 50_000;
/// How long a key is believed to be there that another process may have destroyed.
const BELIEVED: Duration = Duration::from_secs(10);

impl Default for PersonalKeys {
    fn default() -> Self {
        Self {
            marks: Cache::builder().max_capacity(10_000).build(),
            of: Cache::builder().max_capacity(KEPT).time_to_live(BELIEVED).build(),
            by_id: Cache::builder().max_capacity(KEPT).time_to_live(BELIEVED).build(),
        }
    }
}

/// Keys that a transaction met or made; good for others once it has committed.
#[derive(Default)]
pub(crate) struct Met {
    marks: Option<Marks>,
    keys: Vec<(Vec<u8>, PersonalKey)>,
}

impl PersonalKeys {
    /// What makes the marks of the tenant of `cx`; `None` where nothing was marked yet.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database is away.
    pub async fn marks(&self, conn: &Conn, cx: &Cx) -> Result<Option<Marks>> {
        if let Some(known) = self.marks.get(&cx.tenant.id) {
            return Ok(Some(known));
        }
        let row = Entity::find().filter(Column::Subject.eq(TENANT.to_vec())).one(conn).await?;
        let Some(found) = row.and_then(|row| row.key).map(Marks) else { return Ok(None) };
        self.marks.insert(cx.tenant.id, found.clone());
        Ok(Some(found))
    }

    /// These keys; `None` for one that was destroyed.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database is away.
    pub async fn by_ids(
        &self,
        conn: &Conn,
        tenant: TenantId,
        ids: impl IntoIterator<Item = PersonalKeyId>,
    ) -> Result<HashMap<PersonalKeyId, Option<PersonalKey>>> {
        let mut found = HashMap::new();
        let mut missing = BTreeSet::new();
        for id in ids {
            match self.by_id.get(&(tenant, id)) {
                Some(known) => drop(found.insert(id, known)),
                None => drop(missing.insert(id)),
            }
        }
        if !missing.is_empty() {
            let ids: Vec<_> = missing.into_iter().collect();
            let rows = Entity::find().filter(any_of(conn.get_database_backend(), Column::Id, &ids)).all(conn).await?;
            for row in rows {
                let key = PersonalKey::of(&row)?;
                self.by_id.insert((tenant, row.id), key.clone());
                found.insert(row.id, key);
            }
        }
        Ok(found)
    }

    /// The keys of these subjects that are there.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database is away.
    pub async fn of(&self, conn: &Conn, cx: &Cx, subjects: &[Subject]) -> Result<Vec<PersonalKeyId>> {
        let Some(marks) = self.marks(conn, cx).await? else { return Ok(Vec::new()) };
        let whose = Column::Subject.is_in(subjects.iter().map(|subject| subject.stored(&marks)));
        let found = Entity::find().filter(whose).filter(Column::Key.is_not_null()).all(conn).await?;
        Ok(found.into_iter().map(|row| row.id).collect())
    }

    /// Seals what is personal in the events of a transaction, inside it.
    pub(crate) async fn seal(&self, conn: &Conn, cx: &Cx, events: &mut [Envelope]) -> Result<Met> {
        let mut met = Met::default();
        if !events.iter().any(Envelope::is_personal) {
            return Ok(met);
        }
        let marks = match self.marks(conn, cx).await? {
            Some(marks) => marks,
            None => {
                let made = Self::of_subjects(conn, cx, [TENANT.to_vec()].into()).await?;
                let row = made.into_iter().next().and_then(|row| row.key);
                Marks(row.ok_or_else(|| Error::internal("the tenant's key is gone"))?)
            }
        };
        let stored = |subject: Option<&Subject>| subject.map(|subject| subject.stored(&marks));
        let subjects =
            events.iter().flat_map(|event| [stored(event.actor_subject().as_ref()), stored(event.about.as_ref())]);
        let subjects: BTreeSet<_> = subjects.flatten().collect();
        let mut keys = HashMap::new();
        let mut missing = BTreeSet::new();
        for subject in subjects {
            let known = if is_address(&subject) { None } else { self.of.get(&(cx.tenant.id, subject.clone())) };
            match known {
                Some(known) => drop(keys.insert(subject, known)),
                None => drop(missing.insert(subject)),
            }
        }
        if !missing.is_empty() {
            for row in Self::of_subjects(conn, cx, missing).await? {
                let Some(key) = PersonalKey::of(&row)? else { continue };
                met.keys.push((row.subject.clone(), key.clone()));
                keys.insert(row.subject, key);
            }
        }
        for event in events {
            let key_of = |subject: Option<&Subject>| stored(subject).and_then(|subject| keys.get(&subject));
            event.seal(cx, &marks, key_of(event.actor_subject().as_ref()), key_of(event.about.as_ref()))?;
        }
        met.marks = Some(marks);
        Ok(met)
    }

    /// The keys of these subjects; those who have none get one.
    async fn of_subjects(conn: &Conn, cx: &Cx, subjects: BTreeSet<Vec<u8>>) -> Result<Vec<Model>> {
        let found = Entity::find()
            .filter(Column::Subject.is_in(subjects.iter().cloned()))
            .filter(Column::Key.is_not_null())
            .all(conn)
            .await?;
        let found: BTreeMap<_, _> = found.into_iter().map(|row| (row.subject.clone(), row)).collect();
        // In the order of their subjects, so that two who make the same wait for one another and not each for the other.
        let new: Vec<_> = subjects
            .iter()
            .filter(|subject| is_address(subject) || !found.contains_key(*subject))
            .map(|subject| Model {
                id: cx.new_id(),
                subject: subject.clone(),
                key: Some(cx.random::<32>().to_vec()),
                created_at: cx.now,
                destroyed_at: None,
            })
            .collect();
        if new.is_empty() {
            return Ok(found.into_values().collect());
        }
        let inserted = Self::insert(conn, &new).await?;
        let mut all: BTreeMap<_, _> = new.into_iter().map(|row| (row.subject.clone(), row)).collect();
        let made = all.keys().filter(|subject| !found.contains_key(*subject)).count();
        if inserted == made as u64 {
            all.extend(found);
            return Ok(all.into_values().collect());
        }
        // Somebody got one meanwhile.
        let there = Entity::find().filter(Column::Subject.is_in(subjects)).filter(Column::Key.is_not_null());
        Ok(there.all(conn).await?)
    }

    /// Writes keys, where there are none; says how many it wrote.
    async fn insert(conn: &Conn, rows: &[Model]) -> Result<u64> {
        let one = OnConflict::new().do_nothing().to_owned();
        let models = rows.iter().cloned().map(|row| ActiveModel {
            id: Set(row.id),
            subject: Set(row.subject),
            key: Set(row.key),
            created_at: Set(row.created_at),
            destroyed_at: Set(None),
        });
        Ok(Entity::insert_many(models).on_conflict(one).exec_without_returning(conn).await?)
    }

    /// Keeps the keys of a transaction that has committed.
    pub(crate) fn learn(&self, tenant: TenantId, met: Met) {
        if let Some(marks) = met.marks {
            self.marks.insert(tenant, marks);
        }
        for (subject, key) in met.keys {
            self.by_id.insert((tenant, key.id), Some(key.clone()));
            if !is_address(&subject) {
                self.of.insert((tenant, subject), key);
            }
        }
    }

    /// Puts back into events of the outbox what is sealed in them, as far as its keys are there.
    pub(crate) async fn open(&self, conn: &Conn, cx: &Cx, events: &mut [Stored]) -> Result<()> {
        let ids: BTreeSet<_> = events.iter().filter_map(|event| event.personal_key).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let keys = self.by_ids(conn, cx.tenant.id, ids).await?;
        for event in events {
            let Some((key, sealed)) = event.personal_key.zip(event.sealed.as_ref()) else { continue };
            let Some(Some(key)) = keys.get(&key) else { continue };
            match key.open(&place("outbox", event.id.0), sealed) {
                Ok(values) => join(&mut event.payload, values),
                Err(error) => tracing::warn!(event = %event.id, ?error, "values of an event were altered"),
            }
        }
        Ok(())
    }

    /// Destroys the keys of these subjects; returns their ids. What was sealed under them is unreadable once the transaction has
    /// committed, everywhere within [`BELIEVED`]. For the use cases that forget somebody.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database is away.
    pub async fn destroy(&self, tx: &Tx, cx: &Cx, subjects: &[Subject]) -> Result<Vec<PersonalKeyId>> {
        let conn = tx.conn();
        let Some(marks) = self.marks(conn, cx).await? else { return Ok(Vec::new()) };
        let subjects: Vec<_> = subjects.iter().map(|subject| subject.stored(&marks)).collect();
        let whose = Column::Subject.is_in(subjects.iter().cloned());
        let there = Entity::find().filter(whose.clone()).filter(Column::Key.is_not_null()).all(conn).await?;
        Entity::update_many()
            .col_expr(Column::Key, Expr::value(Option::<Vec<u8>>::None))
            .col_expr(Column::DestroyedAt, Expr::value(cx.now))
            .filter(whose)
            .filter(Column::Key.is_not_null())
            .exec(conn)
            .await?;
        for subject in subjects {
            self.of.invalidate(&(cx.tenant.id, subject));
        }
        for row in &there {
            self.by_id.invalidate(&(cx.tenant.id, row.id));
        }
        Ok(there.into_iter().map(|row| row.id).collect())
    }
}

/// What a sealed value is bound to: its table and its row.
pub fn place(table: &str, id: Uuid) -> Vec<u8> {
    [table.as_bytes(), b"\0", id.as_bytes()].concat()
}

/// Takes the fields with these names out of an object and of the objects in it.
pub(crate) fn split(value: &mut Json, names: &[&str]) -> Option<Json> {
    let Json::Object(fields) = value else { return None };
    let mut taken = Map::new();
    for name in names {
        if let Some(found) = fields.get(*name)
            && !found.is_null()
        {
            taken.insert((*name).to_owned(), found.clone());
            fields.remove(*name);
        }
    }
    for (name, inner) in fields.iter_mut() {
        if let Some(found) = split(inner, names) {
            taken.insert(name.clone(), found);
        }
    }
    (!taken.is_empty()).then_some(Json::Object(taken))
}

/// Puts back what [`split`] took out.
pub fn join(value: &mut Json, taken: Json) {
    let Json::Object(taken) = taken else { return };
    if !value.is_object() {
        *value = json!({});
    }
    for (name, found) in taken {
        match value.get_mut(&name) {
            Some(inner) if inner.is_object() && found.is_object() => join(inner, found),
            _ => value[name] = found,
        }
    }
}

impl Envelope {
    /// Whose values the actor's address and origin are: the actor's; where nobody is signed in, those of whom it is about, else
    /// of whoever asks from there.
    fn actor_subject(&self) -> Option<Subject> {
        if self.actor_email.is_none() && self.address.is_none() && self.agent.is_none() {
            return None;
        }
        let origin = || Subject::Origin(self.address.clone().unwrap_or_default());
        Some(self.actor.map(Subject::Person).or_else(|| self.about.clone()).unwrap_or_else(origin))
    }

    fn is_personal(&self) -> bool {
        self.about.is_some() || self.actor_subject().is_some()
    }

    /// Moves what is personal into its seals.
    fn seal(&mut self, cx: &Cx, marks: &Marks, actor: Option<&PersonalKey>, about: Option<&PersonalKey>) -> Result<()> {
        if let Some(key) = actor {
            self.seals.email_mark = self.actor_email.as_ref().map(|email| marks.email(email));
            self.seals.address_mark = self.address.as_ref().map(|address| marks.address(address));
            let values =
                json!({ "email": self.actor_email.take(), "address": self.address.take(), "agent": self.agent.take() });
            self.seals.actor = Some(key.seal(cx, &place("audit_logs.actor", self.id.0), &values)?);
        }
        let Some(key) = about else { return Ok(()) };
        let mut values = Map::new();
        for (name, part) in [("old", &mut self.old), ("new", &mut self.new), ("details", &mut self.details)] {
            if let Some(taken) = part.as_mut().and_then(|part| split(part, self.personal)) {
                values.insert(name.to_owned(), taken);
            }
        }
        if !values.is_empty() {
            self.seals.values = Some(key.seal(cx, &place("audit_logs.values", self.id.0), &Json::Object(values))?);
        }
        if let Some(taken) = split(&mut self.payload, self.personal) {
            self.seals.payload = Some(key.seal(cx, &place("outbox", self.id.0), &taken)?);
        }
        Ok(())
    }
}

/// Whether a subject, as it is stored, is whoever has an address. Their keys are looked for and written with the same statements
/// each time, whether they are there or not: how long an answer takes would tell who has asked before.
fn is_address(stored: &[u8]) -> bool {
    stored.first() == Some(&b'e')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_out_is_put_back() {
        let whole =
            json!({ "user": 1, "email": "a@b.c", "new": { "name": "Ada", "role": 2 }, "old": { "name": null } });
        let mut rest = whole.clone();
        let taken = split(&mut rest, &["email", "name"]).unwrap();
        assert_eq!(rest, json!({ "user": 1, "new": { "role": 2 }, "old": { "name": null } }));
        assert_eq!(taken, json!({ "email": "a@b.c", "new": { "name": "Ada" } }));
        join(&mut rest, taken);
        assert_eq!(rest, whole);
        assert_eq!(split(&mut json!({ "user": 1 }), &["email"]), None);
    }
}
