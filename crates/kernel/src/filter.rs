//! What filters compare with, and how large they may be. [`record::Filter`](crate::record::Filter) joins comparisons by `and`,
//! `or` and `not`.

use std::slice;

use chrono::{DateTime, NaiveDate, Utc};
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
/// How many characters a search may have.
pub const MAX_TEXT: usize = 200;

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

/// Comparisons with a day.
#[derive(Debug, Clone, Default)]
pub struct DayComparator {
    /// Later than.
    pub gt: Option<NaiveDate>,
    /// On or later than.
    pub gte: Option<NaiveDate>,
    /// Earlier than.
    pub lt: Option<NaiveDate>,
    /// On or earlier than.
    pub lte: Option<NaiveDate>,
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

impl<T> ValueComparator<T> {
    /// The same where a value is more than what stands in a column: `rows` says which ones have it.
    pub fn conditions_by(&self, field: &str, rows: impl Fn(&T) -> Condition) -> Result<Vec<Condition>> {
        self.conditions_among(field, |values| match values {
            [value] => rows(value),
            values => values.iter().fold(Condition::any().add(Expr::val(1).eq(0)), |any, value| any.add(rows(value))),
        })
    }

    /// The same where `rows` says which ones have any of several values.
    pub fn conditions_among(&self, field: &str, rows: impl Fn(&[T]) -> Condition) -> Result<Vec<Condition>> {
        let mut all = Vec::new();
        all.extend(self.eq.as_ref().map(|value| rows(slice::from_ref(value))));
        // What compares with an absent value is unknown to SQL, and so is its negation.
        let no = |value: &T| {
            let rows = rows(slice::from_ref(value));
            Expr::from(Func::coalesce([Expr::from(rows), Expr::val(false)])).not()
        };
        all.extend(self.ne.as_ref().map(|value| Condition::all().add(no(value))));
        if let Some(values) = &self.is_in {
            bounded(field, values)?;
            all.push(rows(values));
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

fn between<C: ColumnTrait, T: Into<sea_orm::Value>>(column: C, [gt, gte, lt, lte]: [Option<T>; 4]) -> Vec<Condition> {
    let col = || Expr::col(column.as_column_ref());
    let value = |value: T| value.into();
    [
        gt.map(|t| col().gt(value(t))),
        gte.map(|t| col().gte(value(t))),
        lt.map(|t| col().lt(value(t))),
        lte.map(|t| col().lte(value(t))),
    ]
    .into_iter()
    .flatten()
    .map(|expr| Condition::all().add(expr))
    .collect()
}

impl TimeComparator {
    /// As conditions on `column`.
    pub fn conditions<C: ColumnTrait>(&self, column: C) -> Vec<Condition> {
        between(column, [self.gt, self.gte, self.lt, self.lte])
    }
}

impl DayComparator {
    /// As conditions on `column`.
    pub fn conditions<C: ColumnTrait>(&self, column: C) -> Vec<Condition> {
        between(column, [self.gt, self.gte, self.lt, self.lte])
    }
}
