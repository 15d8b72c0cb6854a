//! Pages of a list: keyset, both ways, with cursors that nobody can edit.
//!
//! A cursor carries the sort values of its row, so a page costs the same at any depth and stays right while
//! rows are added. It is authenticated together with the tenant and the order it belongs to; a cursor that was
//! edited, or taken from another list or tenant, is refused.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use serde::{Deserialize, Serialize};

use crate::{Cx, Error, ProblemCode, Result, crypto::Keyring};

/// The size of a page when none is asked for.
pub const DEFAULT: u64 = 25;
/// The largest page.
pub const MAX: u64 = 100;

/// The paging arguments as a client sends them.
#[derive(Debug, Clone, Default)]
pub struct PageArgs {
    /// Forward: how many.
    pub first: Option<i32>,
    /// Forward: after this cursor.
    pub after: Option<String>,
    /// Backward: how many.
    pub last: Option<i32>,
    /// Backward: before this cursor.
    pub before: Option<String>,
}

/// One sort value in a cursor, which says what it is: a person may be called like an instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Key {
    /// A whole number.
    #[serde(rename = "n")]
    Number(i64),
    /// An instant.
    #[serde(rename = "t")]
    Time(DateTime<Utc>),
    /// A day.
    #[serde(rename = "d")]
    Day(NaiveDate),
    /// A text.
    #[serde(rename = "s")]
    Text(String),
    /// Yes or no; no is the smaller.
    #[serde(rename = "b")]
    Flag(bool),
    /// The bits of a number with a fraction: as a decimal text it could come back as its neighbour.
    #[serde(rename = "f")]
    Fraction(u64),
    /// What no cursor can hold. A list that is ordered by such a column cannot be paged, and says so.
    #[serde(rename = "x")]
    Unknown,
}

impl From<DateTime<Utc>> for Key {
    fn from(time: DateTime<Utc>) -> Self {
        Self::Time(time)
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for Key {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl Key {
    /// Of a column's value. What lists are ordered by is never null.
    pub fn of(value: sea_orm::Value) -> Self {
        use sea_orm::Value;
        match value {
            Value::ChronoDateTimeUtc(Some(time)) => Self::Time(time),
            Value::ChronoDate(Some(day)) => Self::Day(day),
            Value::String(Some(text)) => Self::Text(text),
            Value::Int(Some(number)) => Self::Number(number.into()),
            Value::BigInt(Some(number)) => Self::Number(number),
            Value::Bool(Some(flag)) => Self::Flag(flag),
            Value::Double(Some(number)) => Self::Fraction(number.to_bits()),
            _ => Self::Unknown,
        }
    }

    fn expr(&self) -> SimpleExpr {
        match self {
            Self::Number(number) => Expr::val(*number),
            Self::Time(time) => Expr::val(*time),
            Self::Day(day) => Expr::val(*day),
            Self::Text(text) => Expr::val(text.clone()),
            Self::Flag(flag) => Expr::val(*flag),
            Self::Fraction(bits) => Expr::val(f64::from_bits(*bits)),
            // No cursor with one is read.
            Self::Unknown => Expr::val(Option::<String>::None),
        }
    }
}

/// The place of one row in an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The sort values, one for each column of the order.
    pub keys: Vec<Key>,
    /// The row's id, which breaks ties.
    pub id: uuid::Uuid,
}

/// A checked request for a page.
#[derive(Debug, Clone)]
pub struct Page {
    /// How many rows.
    pub size: u64,
    /// Whether the page is taken from the end.
    pub backward: bool,
    /// Rows strictly after this place.
    pub after: Option<Place>,
    /// Rows strictly before this place.
    pub before: Option<Place>,
}

/// An order by some columns; ties are broken by id in the direction of the last column.
#[derive(Debug, Clone)]
pub struct Order<C> {
    /// The columns and whether each descends.
    pub columns: Vec<(C, bool)>,
    /// The id column.
    pub id: C,
}

/// One page's rows and what lies around them.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    /// The rows, in the list's order.
    pub rows: Vec<T>,
    /// Whether there are rows after these.
    pub has_next: bool,
    /// Whether there are rows before these.
    pub has_previous: bool,
}

impl<T> Slice<T> {
    /// The same page of other things.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Slice<U> {
        Slice { rows: self.rows.into_iter().map(f).collect(), has_next: self.has_next, has_previous: self.has_previous }
    }
}

/// Makes and reads the cursors of one list of one tenant.
#[derive(Clone)]
pub struct Cursors {
    keyring: Keyring,
    scope: String,
}

impl Cursors {
    /// Cursors for the list named `list`, which must name its order too.
    pub fn new(keyring: &Keyring, cx: &Cx, list: &str) -> Self {
        Self { keyring: keyring.clone(), scope: format!("{}\0{list}\0", cx.tenant.id) }
    }

    fn scoped(&self, place: &[u8]) -> Vec<u8> {
        [self.scope.as_bytes(), place].concat()
    }

    /// The cursor of a place.
    pub fn encode(&self, place: &Place) -> String {
        // Keys and an id always serialise.
        let place = serde_json::to_vec(place).unwrap_or_default();
        let mac = self.keyring.cursor_mac(&self.scoped(&place));
        URL_SAFE_NO_PAD.encode([mac.as_slice(), &place].concat())
    }

    /// The place of a cursor that this list of this tenant gave out.
    pub fn decode(&self, argument: &str, cursor: &str) -> Result<Place> {
        let refused = || Error::invalid(argument, ProblemCode::InvalidFormat, "is not a cursor of this list");
        if cursor.len() > 2048 {
            return Err(refused());
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        let (mac, place) = bytes.split_at_checked(16).ok_or_else(refused)?;
        if !self.keyring.cursor_verifies(&self.scoped(place), mac) {
            return Err(refused());
        }
        let place: Place = serde_json::from_slice(place).map_err(|_| refused())?;
        if place.keys.contains(&Key::Unknown) {
            return Err(Error::internal("a list is ordered by what no cursor can hold"));
        }
        Ok(place)
    }

    /// Checks the paging arguments.
    pub fn page(&self, args: &PageArgs) -> Result<Page> {
        let size = |argument: &str, n: Option<i32>| match n {
            None => Ok(DEFAULT),
            Some(n) => u64::try_from(n).ok().filter(|n| (1..=MAX).contains(n)).ok_or_else(|| {
                Error::invalid(argument, ProblemCode::InvalidFormat, format!("must be from 1 to {MAX}"))
            }),
        };
        let backward = args.last.is_some() || (args.before.is_some() && args.first.is_none() && args.after.is_none());
        if backward && (args.first.is_some() || args.after.is_some()) || !backward && args.before.is_some() {
            let argument = if args.first.is_some() {
                "first"
            } else if args.last.is_some() {
                "last"
            } else {
                "before"
            };
            return Err(Error::invalid(
                argument,
                ProblemCode::InvalidFormat,
                "page either forward (first, after) or backward (last, before), not both at once",
            ));
        }
        Ok(Page {
            size: if backward { size("last", args.last)? } else { size("first", args.first)? },
            backward,
            after: args.after.as_deref().map(|cursor| self.decode("after", cursor)).transpose()?,
            before: args.before.as_deref().map(|cursor| self.decode("before", cursor)).transpose()?,
        })
    }
}

impl<C: ColumnTrait> Order<C> {
    /// Adds order, bounds and limit of a page to a select. One row more than the page is asked for, to know
    /// whether there are more.
    pub fn apply<E: EntityTrait>(&self, select: Select<E>, page: &Page) -> Select<E> {
        self.sorted(self.within(select, page), page).limit(page.size + 1)
    }

    /// Adds the bounds of a page.
    pub(crate) fn within<E: EntityTrait>(&self, mut select: Select<E>, page: &Page) -> Select<E> {
        if let Some(place) = &page.after {
            select = select.filter(self.beyond(place, false));
        }
        if let Some(place) = &page.before {
            select = select.filter(self.beyond(place, true));
        }
        select
    }

    /// Adds the order, or the reverse of it for a page from the end.
    pub(crate) fn sorted<E: EntityTrait>(&self, mut select: Select<E>, page: &Page) -> Select<E> {
        for (column, descends) in self.all() {
            select = if descends != page.backward { select.order_by_desc(column) } else { select.order_by_asc(column) };
        }
        select
    }

    /// The columns, the last of them the id, and whether each descends.
    pub(crate) fn all(&self) -> impl Iterator<Item = (C, bool)> {
        let tie = self.columns.last().is_some_and(|(_, descends)| *descends);
        self.columns.iter().copied().chain(std::iter::once((self.id, tie)))
    }

    /// Rows after a place (or before it).
    fn beyond(&self, place: &Place, before: bool) -> Condition {
        let columns: Vec<_> = self.all().collect();
        let column = |c: C| Expr::col(c.as_column_ref());
        let values: Vec<SimpleExpr> =
            place.keys.iter().map(Key::expr).chain(std::iter::once(Expr::val(place.id))).collect();
        if columns.iter().all(|(_, descends)| *descends == columns[0].1) {
            // One comparison of rows, which both databases answer from the index.
            let row = Expr::tuple(columns.iter().map(|(c, _)| column(*c)));
            let bound = Expr::tuple(values);
            return Condition::all().add(if columns[0].1 != before { row.lt(bound) } else { row.gt(bound) });
        }
        let mut any = Condition::any();
        for (end, (last, descends)) in columns.iter().enumerate() {
            let mut all = Condition::all();
            for ((c, _), value) in columns.iter().zip(&values).take(end) {
                all = all.add(column(*c).eq(value.clone()));
            }
            let value = values[end].clone();
            any = any.add(all.add(if *descends != before { column(*last).lt(value) } else { column(*last).gt(value) }));
        }
        any
    }
}

impl Page {
    /// Makes a page of the rows that the database returned for [`Order::apply`].
    pub fn slice<T>(&self, mut rows: Vec<T>) -> Slice<T> {
        let more = rows.len() as u64 > self.size;
        rows.truncate(usize::try_from(self.size).unwrap_or(usize::MAX));
        if self.backward {
            rows.reverse();
            Slice { rows, has_next: self.before.is_some(), has_previous: more }
        } else {
            Slice { rows, has_next: more, has_previous: self.after.is_some() }
        }
    }

    /// The first `size` rows.
    pub fn first(size: u64) -> Self {
        Self { size, backward: false, after: None, before: None }
    }
}
