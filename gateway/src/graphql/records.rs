//! Lists and changes of records, each in one line of a resolver.

use std::sync::Arc;

use async_graphql::{Context, ID};
use kernel::{
    Cx, Error, ProblemCode, Tx,
    page::{Order, PageArgs},
    record::{self, Filter, Nested, Record},
};
use sea_orm::EntityTrait;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    errors::{Result, UserError, payload},
    filters::{FilterInput, OrderInput},
    loaders::{By, CountOf, Of},
    paging::{List, Listed},
    scalars,
    scope::{Scope, scope},
};

/// A page of what the viewer may see of a kind of record. `name` tells its cursors from those of other lists; `order` is
/// [`ordered`] as the client asks or [`always`] the same.
pub async fn list<F>(
    ctx: &Context<'_>,
    name: &str,
    filter: Option<F>,
    order: kernel::Result<Order<<F::Of as EntityTrait>::Column>>,
    page: PageArgs,
) -> Result<Listed<<F::Of as Record>::Row>>
where
    F: FilterInput<Of: Record<Model: Send + Sync>>,
{
    let scope = scope(ctx);
    F::Of::may_list(&scope.cx())?;
    let filter = filter.unwrap_or_default().build(scope)?;
    list_where(ctx, name, filter, order?, page).await
}

/// The same where the filter was made by hand.
pub async fn list_where<R>(
    ctx: &Context<'_>,
    name: &str,
    filter: Filter<R>,
    order: Order<R::Column>,
    page: PageArgs,
) -> Result<Listed<R::Row>>
where
    R: Record<Model: Send + Sync>,
{
    let scope = scope(ctx);
    R::may_list(&scope.cx())?;
    let list = List::new(scope, &format!("{name} {:?}", order.columns), &page)?;
    let read = async { record::list(&list.conn().await?, &list.cx, &filter, &order, &list.page).await };
    let slice = list.rows(ctx, read).await?;
    let count = list.count(move |conn, cx, up_to| {
        let filter = filter.clone();
        async move { record::count(&conn, &cx, &filter, up_to).await }
    });
    Ok(Listed::new(list, slice, |row| record::place::<R>(&order, row), count))
}

/// The one with an id, for whoever may read the list of them; `None` where there is none that they may see.
pub async fn one<R, T>(ctx: &Context<'_>, id: &ID) -> Result<Option<T>>
where
    R: Record,
    T: From<R::Row>,
{
    let scope = scope(ctx);
    R::may_list(&scope.cx())?;
    let found = scope.loaders.load_one(By::<R>(scalars::id("id", id)?)).await?;
    Ok(found.map(|row| row.as_ref().clone().into()))
}

/// The order asked for, by at most three columns, or the usual one: by a column, and whether from the end.
pub fn ordered<O: OrderInput>(
    asked: Option<Vec<O>>,
    usual: (<O::Of as EntityTrait>::Column, bool),
) -> kernel::Result<Order<<O::Of as EntityTrait>::Column>> {
    let asked = asked.unwrap_or_default();
    if asked.len() > 3 {
        return Err(Error::invalid("orderBy", ProblemCode::TooLong, "may hold at most 3 orders"));
    }
    let columns = if asked.is_empty() { vec![usual] } else { asked.iter().map(OrderInput::column).collect() };
    Ok(Order { columns, id: O::Of::ID })
}

/// The order of a list that has but one.
pub fn always<R: Record>(column: R::Column, descending: bool) -> kernel::Result<Order<R::Column>> {
    Ok(record::by(column, descending, R::ID))
}

/// A page of the list below one thing, which the viewer has found. From a loader where it begins at an end of the list, for
/// all things of a level at once; a cursor is no other thing's.
pub async fn nested<N>(
    ctx: &Context<'_>,
    list: N,
    parent: N::Parent,
    page: PageArgs,
) -> Result<Listed<<N::Of as Record>::Row>>
where
    N: Nested<Of: Record<Model: Send + Sync>>,
{
    let scope = scope(ctx);
    let asked = List::new(scope, &format!("{} {parent}", N::NAME), &page)?;
    let (page, order) = (&asked.page, record::order_of::<N>());
    let read = async {
        if page.after.is_none() && page.before.is_none() {
            let key = Of { list, parent, rows: page.size + 1, backward: page.backward };
            let found = scope.loaders.load_one(key).await?;
            Ok(page.slice(found.map(|found| found.to_vec()).unwrap_or_default()))
        } else {
            record::page_of::<N>(&asked.conn().await?, &asked.cx, parent, page).await
        }
    };
    let slice = asked.rows(ctx, read).await?;
    let loaders = scope.loaders.clone();
    let count = Arc::new(move |_| -> super::paging::Counted {
        let loaders = loaders.clone();
        Box::pin(async move { Ok(loaders.load_one(CountOf(list, parent)).await?.unwrap_or_default()) })
    });
    Ok(Listed::new(asked, slice, |row| record::place::<N::Of>(&order, row), count))
}

/// How many the list below one thing has.
pub async fn count_below<N: Nested>(scope: &Scope, list: N, parent: N::Parent) -> Result<i32> {
    let count = scope.loaders.load_one(CountOf(list, parent)).await?.unwrap_or_default();
    Ok(i32::try_from(count).unwrap_or(i32::MAX))
}

/// Runs a use case in a transaction, with the answer under the client's idempotency key, and splits what it answers into
/// the payload's thing and its errors. `action` is what a refusal is recorded as.
pub async fn write<C, T, W>(
    ctx: &Context<'_>,
    action: &'static str,
    command: C,
    work: impl Fn(Tx, Arc<Cx>, Arc<C>) -> W + Send + Sync,
) -> Result<(Option<T>, Vec<UserError>)>
where
    C: Send + Sync,
    T: Serialize + DeserializeOwned + Send,
    W: Future<Output = kernel::Result<T>> + Send,
{
    let scope = scope(ctx);
    let (cx, command) = (Arc::new(scope.mutation(ctx)), Arc::new(command));
    payload(scope.app.db.transact(&cx, action, |tx| work(tx, cx.clone(), command.clone())).await)
}

/// Makes a payload type: the thing that came of it, and what the person can correct.
#[macro_export]
macro_rules! payload {
    ($($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $ty:ty as $row:ty })+) => {$(
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_doc])*
            pub $field: Option<$ty>,
            /// What the person can correct.
            pub errors: Vec<$crate::graphql::errors::UserError>,
        }

        impl From<(Option<$row>, Vec<$crate::graphql::errors::UserError>)> for $name {
            fn from((done, errors): (Option<$row>, Vec<$crate::graphql::errors::UserError>)) -> Self {
                Self { $field: done.map(Into::into), errors }
            }
        }
    )+};
}
