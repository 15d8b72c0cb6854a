//! The loaders of all records: by id, the first rows of what hangs below, and how many those are.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::dataloader::Loader;
use kernel::{
    Error,
    record::{self, Nested, Record},
};

use super::{Batch, Key};

/// A record by its id.
pub struct By<R: Record>(pub R::Id);

// Not derived: a derived one would ask the same of `R`, which is a table and not its id.
impl<R: Record> Clone for By<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Record> Copy for By<R> {}

impl<R: Record> PartialEq for By<R> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<R: Record> Eq for By<R> {}

impl<R: Record> Hash for By<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// The first (or last) rows of the list below one parent.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Of<N: Nested> {
    /// The list.
    pub list: N,
    /// What it hangs below.
    pub parent: N::Parent,
    /// How many rows at the most.
    pub rows: u64,
    /// From the end.
    pub backward: bool,
}

/// How many rows the list below one parent has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CountOf<N: Nested>(pub N, pub N::Parent);

impl<R: Record> Key for By<R> {
    type Value = Arc<R::Row>;
}

impl<N: Nested> Key for Of<N> {
    type Value = Arc<Vec<<N::Of as Record>::Row>>;
}

impl<N: Nested> Key for CountOf<N> {
    type Value = u64;
}

impl<R: Record> Loader<By<R>> for Batch {
    type Value = Arc<R::Row>;
    type Error = Error;

    async fn load(&self, keys: &[By<R>]) -> Result<HashMap<By<R>, Arc<R::Row>>, Error> {
        let found = async {
            let (conn, cx) = self.conn().await?;
            let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
            record::by_ids::<R>(&conn, &cx, &ids).await
        };
        let found = found.await;
        self.rounds.all_fetched().await;
        Ok(found?.into_iter().map(|(id, row)| (By(id), Arc::new(row))).collect())
    }
}

impl<N: Nested> Loader<Of<N>> for Batch {
    type Value = <Of<N> as Key>::Value;
    type Error = Error;

    async fn load(&self, keys: &[Of<N>]) -> Result<HashMap<Of<N>, Self::Value>, Error> {
        let found = async {
            let (conn, cx) = self.conn().await?;
            // Parents that are asked for the same page, together.
            let mut pages: HashMap<_, Vec<_>> = HashMap::new();
            for key in keys {
                pages.entry((key.rows, key.backward)).or_default().push(key.parent);
            }
            let mut found = HashMap::new();
            for ((rows, backward), parents) in pages {
                let of_each = record::first_of_each::<N>(&conn, &cx, &parents, rows, backward).await?;
                let list = keys[0].list;
                let of = |(parent, below)| (Of { list, parent, rows, backward }, Arc::new(below));
                found.extend(of_each.into_iter().map(of));
            }
            Ok(found)
        };
        let found = found.await;
        self.rounds.all_fetched().await;
        found
    }
}

impl<N: Nested> Loader<CountOf<N>> for Batch {
    type Value = u64;
    type Error = Error;

    async fn load(&self, keys: &[CountOf<N>]) -> Result<HashMap<CountOf<N>, u64>, Error> {
        let found = async {
            let (conn, cx) = self.conn().await?;
            let parents: Vec<_> = keys.iter().map(|key| key.1).collect();
            record::count_of_each::<N>(&conn, &cx, &parents).await
        };
        let found = found.await;
        self.rounds.all_fetched().await;
        Ok(found?.into_iter().map(|(parent, count)| (CountOf(keys[0].0, parent), count)).collect())
    }
}
