//! Adding and saving records: only what changed is written, and the audit trail is told what it was before.

use sea_orm::{
    ColumnTrait, DbErr, IdenStatic, IntoActiveModel, Iterable, ModelTrait, QueryFilter, QuerySelect, Value,
    sea_query::{Expr, LockType},
};
use serde::Serialize;
use serde_json::Value as Json;

use super::Record;
use crate::{
    Cx, Error, ProblemCode, Result, Tx,
    db::Emit,
    error::is_unique_violation,
    events::{Event, Resource},
    id::TypedId,
};

/// What no two rows of a table have in common.
#[derive(Debug, Clone, Copy)]
pub struct Unique<C> {
    /// A column of the index, the one that tells it from the table's others.
    pub column: C,
    /// The input that holds it.
    pub field: &'static str,
    /// What is wrong, as a sentence.
    pub taken: &'static str,
}

/// Records in an open transaction: what the use cases of most nouns need of the database, and all of what many need.
pub trait Records<R: Record> {
    /// A row that the actor may see, which nobody else changes until the transaction ends.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    async fn lock(&self, cx: &Cx, id: R::Id) -> Result<R::Model>;
    /// Adds a row.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is [unique](Record::UNIQUE) and taken.
    async fn insert(&self, row: &R::Model) -> Result<()>;
    /// Writes the columns in which `after` differs, on top of `before` and nothing else.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is [unique](Record::UNIQUE) and taken; [`Error::Conflict`] where the row is not
    /// `before`'s [version](Record::VERSION) any more.
    async fn update(&self, before: &R::Model, after: &R::Model) -> Result<()>;
}

/// The error of a write: what is taken where the index of that is violated.
fn taken<R: Record>(error: DbErr) -> Error {
    let of = |unique: &&Unique<R::Column>| error.to_string().contains(unique.column.as_str());
    match R::UNIQUE.iter().find(of).filter(|_| is_unique_violation(&error)) {
        Some(unique) => Error::invalid(unique.field, ProblemCode::NotAvailable, unique.taken),
        None => error.into(),
    }
}

impl<R> Records<R> for Tx
where
    R: Record<Model: IntoActiveModel<R::ActiveModel> + Send + Sync, ActiveModel: Send>,
{
    async fn lock(&self, cx: &Cx, id: R::Id) -> Result<R::Model> {
        let missing = || Error::NotFound { what: R::WHAT };
        let visible =
            R::visible(cx, sea_orm::ConnectionTrait::get_database_backend(self.conn())).ok_or_else(missing)?;
        // Not `FOR UPDATE`: what refers to the row need not wait. SQLite's one writer needs neither.
        let select = R::find().filter(R::ID.eq(id.uuid())).filter(visible).lock(LockType::NoKeyUpdate);
        select.one(self.conn()).await?.ok_or_else(missing)
    }

    async fn insert(&self, row: &R::Model) -> Result<()> {
        let row = row.clone().into_active_model();
        R::insert(row).exec_without_returning(self.conn()).await.map(drop).map_err(taken::<R>)
    }

    async fn update(&self, before: &R::Model, after: &R::Model) -> Result<()> {
        let changed: Vec<_> = R::Column::iter().filter(|column| before.get(*column) != after.get(*column)).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let mut update = R::update_many().filter(R::ID.eq(before.get(R::ID)));
        for column in changed {
            update = update.col_expr(column, column.save_as(Expr::val(after.get(column))));
        }
        if let Some(version) = R::VERSION {
            update = update.filter(version.eq(before.get(version)));
        }
        let saved = update.exec(self.conn()).await.map_err(taken::<R>)?;
        if saved.rows_affected == 1 { Ok(()) } else { Err(Error::lost_race(R::WHAT)) }
    }
}

/// A record whose changes the audit trail tells as one kind of event, [`Saved`].
pub trait Told: Record<Model: Serialize + PartialEq> {
    /// The event's stable name, such as `department.saved`.
    const KIND: &'static str;
    /// The subscription topic that it belongs to.
    const TOPIC: &'static str;
    /// The columns whose values are told. No secrets.
    const VALUES: &'static [Self::Column];
}

/// A record was added or changed.
#[derive(Serialize)]
#[serde(bound = "")]
pub struct Saved<R: Told> {
    /// It before; `None` of a new one.
    pub before: Option<R::Model>,
    /// It now.
    pub after: R::Model,
}

impl<R: Told> Event for Saved<R> {
    const KIND: &'static str = R::KIND;
    const TOPIC: &'static str = R::TOPIC;

    fn resource(&self) -> Resource {
        let id = super::uuid_in(&self.after.get(R::ID)).unwrap_or_default();
        Resource::new(R::WHAT, R::Id::from_uuid(id))
    }

    fn change(&self) -> (Option<Json>, Option<Json>) {
        (self.before.as_ref().map(values::<R>), Some(values::<R>(&self.after)))
    }
}

/// The told columns by the names that the API gives them.
fn values<R: Told>(row: &R::Model) -> Json {
    // A model is an object of its columns.
    let mut row = serde_json::to_value(row).unwrap_or_default();
    let told = R::VALUES.iter().map(|column| (camel_case(column.as_str()), row[column.as_str()].take()));
    Json::Object(told.collect())
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        name + &initial.to_ascii_uppercase() + rest
    })
}

/// Adds a record and tells of it.
///
/// # Errors
/// As [`Records::insert`].
pub async fn add<R: Told, S: Records<R> + Emit>(s: &S, cx: &Cx, row: R::Model) -> Result<R::Model> {
    s.insert(&row).await?;
    s.emit(cx, &Saved::<R> { before: None, after: row.clone() });
    Ok(row)
}

/// Saves what changed of a record, and tells of it; where nothing did, nothing happens.
///
/// # Errors
/// As [`Records::update`].
pub async fn save<R: Told, S: Records<R> + Emit>(
    s: &S,
    cx: &Cx,
    before: R::Model,
    after: R::Model,
) -> Result<R::Model> {
    if before == after {
        return Ok(after);
    }
    let after = change::<R, S>(s, cx, &before, after).await?;
    s.emit(cx, &Saved::<R> { before: Some(before), after: after.clone() });
    Ok(after)
}

/// Writes what changed of a record and gives it back as it is then, for a use case with an event of its own.
///
/// # Errors
/// As [`Records::update`].
pub async fn change<R: Record, S: Records<R>>(
    s: &S,
    cx: &Cx,
    before: &R::Model,
    mut after: R::Model,
) -> Result<R::Model> {
    stamp::<R>(cx, &mut after);
    s.update(before, &after).await?;
    Ok(after)
}

/// Raises the version and sets the instant of the change.
fn stamp<R: Record>(cx: &Cx, after: &mut R::Model) {
    if let Some(updated_at) = R::UPDATED_AT {
        after.set(updated_at, cx.now.into());
    }
    if let Some(version) = R::VERSION
        && let Value::Int(Some(now)) = after.get(version)
    {
        after.set(version, (now + 1).into());
    }
}
