//! What every noun needs, once: reading, counting, by ids, nested lists, adding and saving.
//!
//! A context says of its table what is special ([`Record`]: its id, its name, who sees which rows) and gets the rest:
//! a [`list`] and its [`count`], [`by_ids`] for loaders, lists below a parent ([`Nested`]), and the port [`Records`] for
//! its use cases, with [`Saved`] as the event that tells of a change. What nobody may see is in none of them, because each
//! starts from [`Record::visible`]. `docs/adding-a-noun.md` walks through one.

mod by_place;
mod filter;
mod nested;
mod write;

use std::{collections::HashMap, hash::Hash};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ModelTrait, QueryFilter, QuerySelect, QueryTrait,
    Select, Value,
};

pub use by_place::{ByPlace, all, null_or};
pub use filter::{Field, Filter};
pub use nested::{Between, Nested, count_of_each, first_of_each, order_of, page_of};
pub use write::{Records, Saved, Told, Unique, add, change, save};

use crate::{
    Conn, Cx, Result,
    db::{any_of, search},
    id::TypedId,
    page::{Key, Order, Page, Place, Slice},
};

/// A kind of thing that is kept: a table with typed ids, and who sees which of its rows.
pub trait Record: EntityTrait {
    /// The type of its ids.
    type Id: TypedId + Eq + Hash + Ord + Send + Sync + 'static;
    /// What is read of a row: mostly all of it.
    type Row: Row<Self>;
    /// What it is called, in errors and in the audit trail.
    const WHAT: &'static str;
    /// The column of its id.
    const ID: Self::Column;
    /// The column that every change sets to its instant.
    const UPDATED_AT: Option<Self::Column> = None;
    /// The column that every change raises, so that none is made on top of another that was not seen.
    const VERSION: Option<Self::Column> = None;
    /// What no two rows have in common.
    const UNIQUE: &'static [Unique<Self::Column>] = &[];

    /// Refuses who may not read the list of them.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`](crate::Error::Unauthenticated), or [`Error::Forbidden`](crate::Error::Forbidden) with
    /// the permission that it takes.
    fn may_list(cx: &Cx) -> Result<()> {
        cx.user().map(drop)
    }

    /// The rows that the actor may see; `None` where there are none.
    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition>;

    /// Where rows with these ids lie, of a table in parts: what makes the database look into those parts alone.
    fn among(_backend: DbBackend, _ids: &[Self::Id]) -> Option<Condition> {
        None
    }
}

/// What is read of a row of `E`. Every model is one that is read [`ByPlace`]; a part of a model says which columns it has, in the
/// order of its fields.
pub trait Row<E: EntityTrait>: ByPlace + Clone + Send + Sync + 'static {
    /// Asks for its columns only.
    fn columns(select: Select<E>) -> Select<E> {
        select
    }

    /// The value of one of its columns: of the id, and of what it can be ordered by or hang below.
    fn value(&self, column: E::Column) -> Value;
}

impl<M: ModelTrait + ByPlace + Clone + Send + Sync + 'static> Row<M::Entity> for M {
    fn value(&self, column: <M::Entity as EntityTrait>::Column) -> Value {
        self.get(column)
    }
}

/// Makes a part of a model a [`Row`]: `part_of!(Person: user::Entity { Id: id, Name: name })` names the
/// id, what it can be ordered by and what it hangs below.
#[macro_export]
macro_rules! part_of {
    ($row:ty: $entity:ty { $($column:ident: $field:ident),+ $(,)? }) => {
        impl $crate::record::Row<$entity> for $row {
            fn columns(select: sea_orm::Select<$entity>) -> sea_orm::Select<$entity> {
                <Self as sea_orm::PartialModelTrait>::select_cols(sea_orm::QuerySelect::select_only(select))
            }

            fn value(&self, column: <$entity as sea_orm::EntityTrait>::Column) -> sea_orm::Value {
                match column {
                    $(<<$entity as sea_orm::EntityTrait>::Column>::$column => self.$field.clone().into(),)+
                    _ => sea_orm::Value::String(None),
                }
            }
        }
    };
}

/// The id of a row.
pub fn id_of<R: Record>(row: &R::Row) -> R::Id {
    R::Id::from_uuid(uuid_in(&row.value(R::ID)).unwrap_or_default())
}

fn uuid_in(value: &Value) -> Option<uuid::Uuid> {
    match value {
        Value::Uuid(id) => *id,
        _ => None,
    }
}

/// Where a row stands in an order.
pub fn place<R: Record>(order: &Order<R::Column>, row: &R::Row) -> Place {
    let keys = order.columns.iter().map(|(column, _)| Key::of(row.value(*column))).collect();
    Place { keys, id: uuid_in(&row.value(order.id)).unwrap_or_default() }
}

/// The rows that the actor may see, for a finder of a context's own; `None` where there are none.
pub fn find<R: Record>(cx: &Cx, backend: DbBackend) -> Option<Select<R>> {
    Some(R::Row::columns(R::find()).filter(R::visible(cx, backend)?))
}

/// A page of what the actor may see of all that the filter leaves. Where the filter holds words, through [`search::page`].
///
/// # Errors
/// As [`Record::may_list`] refuses.
pub async fn list<R: Record>(
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<R>,
    order: &Order<R::Column>,
    page: &Page,
) -> Result<Slice<R::Row>> {
    list_of(conn, cx, filter, order, page, R::Row::columns).await
}

/// The same where `columns` says what is read of a row, each in its place.
///
/// # Errors
/// As [`Record::may_list`] refuses.
pub async fn list_of<R: Record>(
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<R>,
    order: &Order<R::Column>,
    page: &Page,
    columns: impl Fn(Select<R>) -> Select<R>,
) -> Result<Slice<R::Row>> {
    R::may_list(cx)?;
    let Some(visible) = R::visible(cx, conn.get_database_backend()) else { return Ok(page.slice(Vec::new())) };
    let (condition, sought) = filter.parts();
    let select = R::find().filter(visible).filter(condition);
    Ok(page.slice(match sought {
        Some(sought) => search::page(conn, select, columns, sought, order, page).await?,
        None => all(conn, &order.apply(columns(select), page).into_query()).await?,
    }))
}

/// How many rows the filter leaves of those that the actor may see; counting stops at `up_to`.
///
/// # Errors
/// As [`Record::may_list`] refuses.
pub async fn count<R>(conn: &Conn, cx: &Cx, filter: &Filter<R>, up_to: Option<u64>) -> Result<u64>
where
    R: Record<Model: Send + Sync>,
{
    R::may_list(cx)?;
    let Some(visible) = R::visible(cx, conn.get_database_backend()) else { return Ok(0) };
    let (condition, sought) = filter.parts();
    search::count(conn, R::find().filter(visible).filter(condition), sought, up_to).await
}

/// Rows by id, as far as the actor may see them.
pub async fn by_ids<R: Record>(conn: &Conn, cx: &Cx, ids: &[R::Id]) -> Result<HashMap<R::Id, R::Row>> {
    let backend = conn.get_database_backend();
    let Some(select) = find::<R>(cx, backend).filter(|_| !ids.is_empty()) else { return Ok(HashMap::new()) };
    let among = Condition::all().add(any_of(backend, R::ID, ids)).add_option(R::among(backend, ids));
    let rows: Vec<R::Row> = all(conn, &select.filter(among).into_query()).await?;
    Ok(rows.into_iter().map(|row| (id_of::<R>(&row), row)).collect())
}

/// Which of these the actor may see.
pub async fn visible_ids<R: Record>(conn: &Conn, cx: &Cx, ids: &[R::Id]) -> Result<Vec<R::Id>> {
    let backend = conn.get_database_backend();
    let Some(visible) = R::visible(cx, backend).filter(|_| !ids.is_empty()) else { return Ok(Vec::new()) };
    let among = Condition::all().add(any_of(backend, R::ID, ids)).add_option(R::among(backend, ids));
    let select = R::find().select_only().column(R::ID).filter(visible).filter(among);
    let found: Vec<uuid::Uuid> = select.into_tuple().all(conn).await?;
    Ok(found.into_iter().map(R::Id::from_uuid).collect())
}

/// An order by one column.
pub fn by<C: ColumnTrait>(column: C, descending: bool, id: C) -> Order<C> {
    Order { columns: vec![(column, descending)], id }
}
