//! The one filter grammar: typed comparators, joined by `and`, `or` and `not`.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, DbBackend,
    sea_query::{Expr, ExprTrait, Func},
};

use crate::{Error, ProblemCode, Result, db::any_of, id::TypedId};

/// How deep `and`, `or` and `not` may nest.
pub const MAX_DEPTH: usize = 4;
/// How many comparisons a filter may hold.
pub const MAX_LEAVES: usize = 40;
/// How many values one `in` may hold.
pub const MAX_IN: usize = 100;

/// A filter over criteria `C`. All parts of one level must hold; an empty `or` holds for nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter<C> {
    /// The comparisons of this level.
    pub criteria: C,
    /// All of these.
    pub and: Vec<Self>,
    /// Any of these, when given.
    pub or: Option<Vec<Self>>,
    /// Not this.
    pub not: Option<Box<Self>>,
}

/// The comparisons that one level of a filter may hold.
pub trait Criteria {
    /// The comparisons as conditions, each counted as one leaf.
    fn conditions(&self, backend: DbBackend) -> Result<Vec<Condition>>;
}

impl<C: Criteria> Filter<C> {
    /// The whole filter as one condition.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `filter` when it is too deep or too large.
    pub fn condition(&self, backend: DbBackend) -> Result<Condition> {
        let mut leaves = 0;
        self.build(backend, 1, &mut leaves)
    }

    /// Changes the comparisons of every level.
    pub fn each(&mut self, change: &mut impl FnMut(&mut C)) {
        change(&mut self.criteria);
        self.and.iter_mut().for_each(|part| part.each(change));
        self.or.iter_mut().flatten().for_each(|part| part.each(change));
        if let Some(part) = &mut self.not {
            part.each(change);
        }
    }

    fn build(&self, backend: DbBackend, depth: usize, leaves: &mut usize) -> Result<Condition> {
        if depth > MAX_DEPTH {
            return Err(Error::invalid("filter", ProblemCode::TooLong, format!("may nest at most {MAX_DEPTH} levels")));
        }
        let mut all = Condition::all();
        let own = self.criteria.conditions(backend)?;
        *leaves += own.len();
        if *leaves > MAX_LEAVES {
            return Err(Error::invalid(
                "filter",
                ProblemCode::TooLong,
                format!("may hold at most {MAX_LEAVES} comparisons"),
            ));
        }
        for condition in own {
            all = all.add(condition);
        }
        for part in &self.and {
            all = all.add(part.build(backend, depth + 1, leaves)?);
        }
        if let Some(parts) = &self.or {
            let mut any = Condition::any();
            if parts.is_empty() {
                any = any.add(Expr::val(1).eq(0));
            }
            for part in parts {
                any = any.add(part.build(backend, depth + 1, leaves)?);
            }
            all = all.add(any);
        }
        if let Some(part) = &self.not {
            // What compares with an absent value is unknown to SQL, and so is its negation: unknown does not hold.
            let part = part.build(backend, depth + 1, leaves)?;
            all = all.add(Expr::from(Func::coalesce([Expr::from(part), Expr::val(false)])).not());
        }
        Ok(all)
    }
}

/// Comparisons with a value of an enum, text or number.
#[derive(Debug, Clone)]
pub struct ValueComparator<T> {
    /// Equals.
    pub eq: Option<T>,
    /// Differs (or is absent).
    pub ne: Option<T>,
    /// Is one of.
    pub is_in: Option<Vec<T>>,
}

/// Comparisons with an id.
#[derive(Debug, Clone)]
pub struct IdComparator<I> {
    /// Equals.
    pub eq: Option<I>,
    /// Is one of.
    pub is_in: Option<Vec<I>>,
    /// Whether `is_in` holds for what is absent, too.
    pub or_absent: bool,
    /// Is absent (or present).
    pub is_null: Option<bool>,
}

/// Comparisons with an instant.
#[derive(Debug, Clone, Default)]
pub struct TimeComparator {
    /// Later than.
    pub gt: Option<DateTime<Utc>>,
    /// At or later than.
    pub gte: Option<DateTime<Utc>>,
    /// Earlier than.
    pub lt: Option<DateTime<Utc>>,
    /// At or earlier than.
    pub lte: Option<DateTime<Utc>>,
}

/// Refuses an `in` of more than [`MAX_IN`] values.
///
/// # Errors
/// [`Error::Invalid`] at the field.
pub fn bounded<T>(field: &str, values: &[T]) -> Result<()> {
    if values.len() > MAX_IN {
        return Err(Error::invalid(
            &format!("filter.{field}.in"),
            ProblemCode::TooLong,
            format!("may hold at most {MAX_IN} values"),
        ));
    }
    Ok(())
}

impl<T: Clone + Into<sea_orm::Value>> ValueComparator<T> {
    /// As conditions on `column`; `field` names it in errors.
    pub fn conditions<C: ColumnTrait>(&self, field: &str, column: C) -> Result<Vec<Condition>> {
        let col = || Expr::col(column.as_column_ref());
        let mut all = Vec::new();
        if let Some(value) = &self.eq {
            all.push(Condition::all().add(col().eq(value.clone().into())));
        }
        if let Some(value) = &self.ne {
            all.push(Condition::any().add(col().ne(value.clone().into())).add(col().is_null()));
        }
        if let Some(values) = &self.is_in {
            bounded(field, values)?;
            all.push(Condition::all().add(col().is_in(values.iter().cloned().map(Into::into))));
        }
        Ok(all)
    }
}

impl<I: TypedId> IdComparator<I> {
    /// As conditions on `column`; `field` names it in errors.
    pub fn conditions<C: ColumnTrait>(&self, backend: DbBackend, field: &str, column: C) -> Result<Vec<Condition>> {
        let col = || Expr::col(column.as_column_ref());
        let mut all = Vec::new();
        if let Some(id) = self.eq {
            all.push(Condition::all().add(col().eq(id.uuid())));
        }
        if let Some(ids) = &self.is_in {
            bounded(field, ids)?;
            let mut any = Condition::any();
            any = any.add(if ids.is_empty() { Expr::val(1).eq(0) } else { any_of(backend, column, ids) });
            if self.or_absent {
                any = any.add(col().is_null());
            }
            all.push(any);
        }
        if let Some(absent) = self.is_null {
            all.push(Condition::all().add(if absent { col().is_null() } else { col().is_not_null() }));
        }
        Ok(all)
    }
}

impl TimeComparator {
    /// As conditions on `column`.
    pub fn conditions<C: ColumnTrait>(&self, column: C) -> Vec<Condition> {
        let col = || Expr::col(column.as_column_ref());
        [
            self.gt.map(|t| col().gt(t)),
            self.gte.map(|t| col().gte(t)),
            self.lt.map(|t| col().lt(t)),
            self.lte.map(|t| col().lte(t)),
        ]
        .into_iter()
        .flatten()
        .map(|expr| Condition::all().add(expr))
        .collect()
    }
}
