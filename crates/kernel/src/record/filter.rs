//! What records are filtered by.

use std::marker::PhantomData;

use sea_orm::{
    ColumnTrait, Condition, DbBackend,
    sea_query::{Expr, ExprTrait, Func},
};

use super::Record;
use crate::{
    Error, ProblemCode, Result,
    db::contains,
    filter::{IdComparator, MAX_DEPTH, MAX_LEAVES, TimeComparator, ValueComparator},
    id::TypedId,
};

/// A filter of one kind of record. All parts of one level must hold; an empty choice holds for nothing.
#[derive(Debug)]
pub struct Filter<R> {
    condition: Condition,
    leaves: usize,
    depth: usize,
    of: PhantomData<fn() -> R>,
}

impl<R> Default for Filter<R> {
    /// Leaves everything.
    fn default() -> Self {
        Self { condition: Condition::all(), leaves: 0, depth: 1, of: PhantomData }
    }
}

impl<R> Clone for Filter<R> {
    fn clone(&self) -> Self {
        Self { condition: self.condition.clone(), leaves: self.leaves, depth: self.depth, of: PhantomData }
    }
}

impl<R: Record> Filter<R> {
    /// One level: its own comparisons, all of `and`, any of `or` where given, and not `not`.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `filter` when it is too deep or too large.
    pub fn level(own: Vec<Condition>, and: Vec<Self>, or: Option<Vec<Self>>, not: Option<Self>) -> Result<Self> {
        let below = || and.iter().chain(or.iter().flatten()).chain(&not);
        let depth = below().map(|part| part.depth).max().unwrap_or_default() + 1;
        let leaves = own.len() + below().map(|part| part.leaves).sum::<usize>();
        let limit = |max: usize, what| {
            Err(Error::invalid("filter", ProblemCode::TooLong, format!("may {what}").replace("{}", &max.to_string())))
        };
        if depth > MAX_DEPTH {
            return limit(MAX_DEPTH, "nest at most {} levels");
        }
        if leaves > MAX_LEAVES {
            return limit(MAX_LEAVES, "hold at most {} comparisons");
        }
        let mut all = own.into_iter().fold(Condition::all(), Condition::add);
        all = and.into_iter().fold(all, |all, part| all.add(part.condition));
        if let Some(parts) = or {
            let none = Condition::any().add(Expr::val(1).eq(0));
            all = all.add(parts.into_iter().fold(none, |any, part| any.add(part.condition)));
        }
        if let Some(part) = not {
            // What compares with an absent value is unknown to SQL, and so is its negation: unknown does not hold.
            let part = Expr::from(part.condition);
            all = all.add(Expr::from(Func::coalesce([part, Expr::val(false)])).not());
        }
        Ok(Self { condition: all, leaves, depth, of: PhantomData })
    }

    /// Of one comparison.
    pub fn of(condition: Condition) -> Self {
        Self { condition, leaves: 1, depth: 1, of: PhantomData }
    }

    /// As a condition.
    pub fn condition(&self) -> Condition {
        self.condition.clone()
    }
}

/// Something that records can be filtered by: the name by which the API knows it, and its columns.
#[derive(Debug, Clone, Copy)]
pub struct Field<C: 'static> {
    name: &'static str,
    columns: &'static [C],
}

impl<C: ColumnTrait> Field<C> {
    /// A field of the filter, and its columns: of several, only a [`text`](Self::text) is looked for in each.
    pub const fn new(name: &'static str, columns: &'static [C]) -> Self {
        Self { name, columns }
    }

    /// The name by which the API knows it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    fn each<I: IntoIterator<Item = Condition>>(&self, of: impl FnMut(C) -> I) -> Vec<Condition> {
        self.columns.iter().take(1).copied().flat_map(of).collect()
    }

    /// Compares ids.
    pub fn id<I: TypedId>(&self, backend: DbBackend, by: &IdComparator<I>) -> Result<Vec<Condition>> {
        self.columns.first().map_or(Ok(Vec::new()), |column| by.conditions(backend, self.name, *column))
    }

    /// Compares values.
    pub fn value<T: Clone + Into<sea_orm::Value>>(&self, by: &ValueComparator<T>) -> Result<Vec<Condition>> {
        self.columns.first().map_or(Ok(Vec::new()), |column| by.conditions(self.name, *column))
    }

    /// Compares instants.
    pub fn time(&self, by: &TimeComparator) -> Vec<Condition> {
        self.each(|column| by.conditions(column))
    }

    /// Has this value.
    pub fn is(&self, value: impl Into<sea_orm::Value> + Clone) -> Vec<Condition> {
        self.each(|column| [Condition::all().add(column.eq(value.clone()))])
    }

    /// Has a value, or none.
    pub fn is_set(&self, set: bool) -> Vec<Condition> {
        self.each(|column| [Condition::all().add(if set { column.is_not_null() } else { column.is_null() })])
    }

    /// Contains what a person typed, in any case. A scan: for thousands of rows, not millions.
    pub fn text(&self, backend: DbBackend, text: &str) -> Vec<Condition> {
        let found = self.columns.iter().filter_map(|column| contains(backend, *column, text));
        // An empty choice would hold for everything.
        vec![found.fold(Condition::any().add(Expr::val(1).eq(0)), Condition::add)]
    }
}
