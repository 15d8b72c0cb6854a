//! What records are filtered by.

use std::marker::PhantomData;

use sea_orm::{
    ColumnTrait, Condition, DbBackend,
    sea_query::{Expr, ExprTrait, Func},
};

use super::Record;
use crate::{
    Error, ProblemCode, Result,
    db::{contains, search},
    filter::{DayComparator, IdComparator, MAX_DEPTH, MAX_LEAVES, MAX_TEXT, TimeComparator, ValueComparator},
    id::TypedId,
    text::words::Sought,
};

/// A filter of one kind of record. All parts of one level must hold; an empty choice holds for nothing.
#[derive(Debug)]
pub struct Filter<R> {
    condition: Condition,
    /// The words that a row must hold besides, and the condition that it does.
    words: Option<(Sought, Condition)>,
    leaves: usize,
    depth: usize,
    of: PhantomData<fn() -> R>,
}

impl<R> Default for Filter<R> {
    /// Leaves everything.
    fn default() -> Self {
        Self { condition: Condition::all(), words: None, leaves: 0, depth: 1, of: PhantomData }
    }
}

impl<R> Clone for Filter<R> {
    fn clone(&self) -> Self {
        let Self { condition, words, leaves, depth, of } = self;
        Self { condition: condition.clone(), words: words.clone(), leaves: *leaves, depth: *depth, of: *of }
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
        let mut words = None;
        for part in and {
            all = all.add(part.condition);
            words = match (words, part.words) {
                (Some((one, holds)), Some((other, too))) => Some((Sought::and(one, other), Condition::add(holds, too))),
                (one, other) => one.or(other),
            };
        }
        if let Some(parts) = or {
            let none = Condition::any().add(Expr::val(1).eq(0));
            all = all.add(parts.into_iter().fold(none, |any, part| any.add(part.condition())));
        }
        if let Some(part) = not {
            // What compares with an absent value is unknown to SQL, and so is its negation: unknown does not hold.
            let part = Expr::from(part.condition());
            all = all.add(Expr::from(Func::coalesce([part, Expr::val(false)])).not());
        }
        Ok(Self { condition: all, words, leaves, depth, of: PhantomData })
    }

    /// Of one comparison.
    pub fn of(condition: Condition) -> Self {
        Self { condition, leaves: 1, ..Self::default() }
    }

    /// The same where this must hold too, which no client asked for.
    #[must_use]
    pub fn with(mut self, more: Condition) -> Self {
        self.condition = Condition::all().add(self.condition).add(more);
        self
    }

    /// Of the words that somebody looks for in a table that keeps its rows' words ([`search`]), as one comparison of the
    /// level that has it in its `and`. A text without a word leaves everything.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `filter.text` for a text that is too long.
    pub fn of_words(backend: DbBackend, text: &str) -> Result<Self> {
        if text.chars().count() > MAX_TEXT {
            let message = format!("must have at most {MAX_TEXT} characters");
            return Err(Error::invalid("filter.text", ProblemCode::TooLong, message));
        }
        let words = Sought::new(text).map(|sought| {
            let holds = search::holds(backend, R::default().table_name(), &sought);
            (sought, Condition::all().add(holds))
        });
        let all = Condition::all();
        let condition = if words.is_some() { all } else { all.add(Expr::val(1).eq(1)) };
        Ok(Self { condition, words, leaves: 1, depth: 0, of: PhantomData })
    }

    /// As a condition.
    pub fn condition(&self) -> Condition {
        let (condition, words) = (self.condition.clone(), self.words.clone());
        words.map_or(condition.clone(), |(_, holds)| Condition::all().add(condition).add(holds))
    }

    /// As a condition and, apart from it, the words that a row must hold besides.
    pub fn parts(&self) -> (Condition, Option<&Sought>) {
        (self.condition.clone(), self.words.as_ref().map(|(sought, _)| sought))
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

    /// Compares days.
    pub fn day(&self, by: &DayComparator) -> Vec<Condition> {
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

    /// Contains what a person typed, in any spelling; where that is nothing, everything does. A scan: for thousands of rows,
    /// not millions.
    pub fn text(&self, backend: DbBackend, text: &str) -> Vec<Condition> {
        let mut found: Vec<_> = self.columns.iter().filter_map(|column| contains(backend, *column, text)).collect();
        if found.is_empty() {
            found.push(Expr::val(1).eq(1));
        }
        vec![found.into_iter().fold(Condition::any(), Condition::add)]
    }
}
