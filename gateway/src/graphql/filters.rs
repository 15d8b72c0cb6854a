//! The comparators of the filter grammar, as inputs.

use std::borrow::Cow;

use async_graphql::{Enum, ID, InputObject, InputType, InputValueError, InputValueResult, Value, registry::Registry};
use chrono::{DateTime, Utc};
use kernel::{
    Error, ProblemCode, Result, filter,
    id::{TypedId, UserId},
    record::{Field, Filter, Record},
};
use sea_orm::{Condition, DbBackend, EntityTrait};

use super::{
    scalars::{Date, id, user_id},
    scope::Scope,
};

/// The direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Smallest or oldest first.
    Asc,
    /// Largest or newest first.
    Desc,
}

/// Comparisons with an id.
#[derive(Debug, Clone, Default, InputObject)]
pub struct IdComparator {
    /// Equals.
    pub eq: Option<ID>,
    /// Is one of, at most 100.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<ID>>,
    /// Is absent (true) or present (false).
    pub is_null: Option<bool>,
}

impl IdComparator {
    /// With ids of one kind; `field` names it in errors.
    pub fn of<I: TypedId>(&self, field: &str) -> Result<filter::IdComparator<I>> {
        self.of_with(field, |id| Err(id))
    }

    /// With the ids of people, staff and clients.
    pub fn of_people(&self, field: &str) -> Result<filter::IdComparator<UserId>> {
        let name = format!("filter.{field}");
        Ok(filter::IdComparator {
            eq: self.eq.as_ref().map(|id| user_id(&name, id)).transpose()?,
            is_in: self.is_in.as_ref().map(|ids| ids.iter().map(|id| user_id(&name, id)).collect()).transpose()?,
            or_absent: false,
            is_null: self.is_null,
        })
    }

    /// The same, where `special` knows words that stand for an id (`Some`) or for none (`None`).
    pub fn of_with<I: TypedId>(
        &self,
        field: &str,
        special: impl Fn(&ID) -> Result<Option<I>, &ID>,
    ) -> Result<filter::IdComparator<I>> {
        let name = format!("filter.{field}");
        let mut is_null = self.is_null;
        let eq = match self.eq.as_ref().map(&special) {
            None => None,
            Some(Ok(Some(known))) => Some(known),
            Some(Ok(None)) => {
                is_null = Some(true);
                None
            }
            Some(Err(text)) => Some(id(&name, text)?),
        };
        let mut or_absent = false;
        let is_in = self.is_in.as_ref().map(|ids| -> Result<Vec<I>> {
            let mut known = Vec::with_capacity(ids.len());
            for text in ids {
                match special(text) {
                    Ok(Some(id)) => known.push(id),
                    Ok(None) => or_absent = true,
                    Err(text) => known.push(id(&name, text)?),
                }
            }
            Ok(known)
        });
        Ok(filter::IdComparator { eq, is_in: is_in.transpose()?, or_absent, is_null })
    }
}

/// Comparisons with a text, exact.
#[derive(Debug, Clone, Default, InputObject)]
pub struct StringComparator {
    /// Equals.
    pub eq: Option<String>,
    /// Differs, or is absent.
    pub ne: Option<String>,
    /// Is one of, at most 100.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<String>>,
}

impl StringComparator {
    /// With e-mail addresses, in the form in which they are stored.
    pub fn of_emails(self) -> filter::ValueComparator<String> {
        self.map(|text| kernel::text::email(&text).unwrap_or(text)).into()
    }

    /// With texts in another form.
    #[must_use]
    pub fn map(self, form: impl Fn(String) -> String) -> Self {
        Self {
            eq: self.eq.map(&form),
            ne: self.ne.map(&form),
            is_in: self.is_in.map(|all| all.into_iter().map(&form).collect()),
        }
    }
}

impl From<StringComparator> for filter::ValueComparator<String> {
    fn from(by: StringComparator) -> Self {
        // PostgreSQL holds no NUL, so a text with one equals nothing there; without it, neither anywhere.
        let safe = |text: String| text.replace('\0', "\u{fffd}");
        Self {
            eq: by.eq.map(safe),
            ne: by.ne.map(safe),
            is_in: by.is_in.map(|all| all.into_iter().map(safe).collect()),
        }
    }
}

/// A `DateTime` as it was given. The library refuses one that is none without saying where it stands, so it is looked at
/// only where the field's name is known.
#[derive(Debug, Clone)]
pub struct Instant(Value);

impl Instant {
    /// The instant; `field` names it in the error.
    pub fn read(self, field: &str) -> Result<DateTime<Utc>> {
        InputType::parse(Some(self.0)).map_err(|_: InputValueError<_>| {
            let problem = "is not an instant (RFC 3339), such as 2026-01-31T12:00:00Z";
            Error::invalid(field, ProblemCode::InvalidFormat, problem)
        })
    }
}

impl InputType for Instant {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <DateTime<Utc> as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <DateTime<Utc> as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        Ok(Self(value.unwrap_or_default()))
    }

    fn to_value(&self) -> Value {
        self.0.clone()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// Comparisons with an instant.
#[derive(Debug, Clone, Default, InputObject)]
pub struct DateTimeComparator {
    /// Later than.
    pub gt: Option<Instant>,
    /// At or later than.
    pub gte: Option<Instant>,
    /// Earlier than.
    pub lt: Option<Instant>,
    /// At or earlier than.
    pub lte: Option<Instant>,
}

impl DateTimeComparator {
    /// With instants; `field` names it in errors.
    pub fn of(self, field: &str) -> Result<filter::TimeComparator> {
        let time = |name: &str, given: Option<Instant>| {
            given.map(|given| given.read(&format!("filter.{field}.{name}"))).transpose()
        };
        Ok(filter::TimeComparator {
            gt: time("gt", self.gt)?,
            gte: time("gte", self.gte)?,
            lt: time("lt", self.lt)?,
            lte: time("lte", self.lte)?,
        })
    }
}

/// Comparisons with a day.
#[derive(Debug, Clone, Default, InputObject)]
pub struct DateComparator {
    /// Later than.
    pub gt: Option<Date>,
    /// On or later than.
    pub gte: Option<Date>,
    /// Earlier than.
    pub lt: Option<Date>,
    /// On or earlier than.
    pub lte: Option<Date>,
}

impl DateComparator {
    /// With days; `field` names it in errors.
    pub fn of(&self, field: &str) -> Result<filter::DayComparator> {
        let day = |name: &str, given: &Option<Date>| {
            given.as_ref().map(|given| given.read(&format!("filter.{field}.{name}"))).transpose()
        };
        Ok(filter::DayComparator {
            gt: day("gt", &self.gt)?,
            gte: day("gte", &self.gte)?,
            lt: day("lt", &self.lt)?,
            lte: day("lte", &self.lte)?,
        })
    }
}

/// A filter input: its own comparisons, and others of its kind in `and`, `or` and `not`.
pub trait FilterInput: Sized + Default {
    /// What it filters.
    type Of: Record;

    /// As the kernel's filter. The gate bounds a document's size, so the recursion is bounded too; the kernel refuses what
    /// is deeper than it allows.
    fn build(self, scope: &Scope) -> Result<Filter<Self::Of>>;
}

/// The comparisons of one level of a filter. What was not given compares nothing.
pub struct Leaves<'a, R: Record> {
    /// Whose request it is.
    pub scope: &'a Scope,
    all: Vec<Condition>,
    words: Vec<Filter<R>>,
}

impl<'a, R: Record> Leaves<'a, R> {
    /// None yet.
    pub fn new(scope: &'a Scope) -> Self {
        Self { scope, all: Vec::new(), words: Vec::new() }
    }

    /// The database that is asked.
    pub fn backend(&self) -> DbBackend {
        self.scope.app.db.backend()
    }

    /// Compares with ids of one kind.
    pub fn id<I: TypedId>(&mut self, field: Field<R::Column>, by: Option<IdComparator>) -> Result<()> {
        let by = by.map(|by| by.of::<I>(field.name())).transpose()?;
        self.id_of(field, by)
    }

    /// The same with ids that were read already.
    pub fn id_of<I: TypedId>(&mut self, field: Field<R::Column>, by: Option<filter::IdComparator<I>>) -> Result<()> {
        if let Some(by) = by {
            self.all.extend(field.id(self.backend(), &by)?);
        }
        Ok(())
    }

    /// Compares with values.
    pub fn value<T: Clone + Into<sea_orm::Value>>(
        &mut self,
        field: Field<R::Column>,
        by: Option<impl Into<filter::ValueComparator<T>>>,
    ) -> Result<()> {
        if let Some(by) = by {
            self.all.extend(field.value(&by.into())?);
        }
        Ok(())
    }

    /// Compares with values that are more than what stands in a column: `rows` says which rows have one.
    pub fn value_by<T>(
        &mut self,
        name: &str,
        by: Option<impl Into<filter::ValueComparator<T>>>,
        rows: impl Fn(&T) -> Condition,
    ) -> Result<()> {
        if let Some(by) = by {
            self.all.extend(by.into().conditions_by(name, rows)?);
        }
        Ok(())
    }

    /// The same, where `rows` says which rows have any of several values.
    pub fn value_among<T>(
        &mut self,
        name: &str,
        by: Option<impl Into<filter::ValueComparator<T>>>,
        rows: impl Fn(&[T]) -> Condition,
    ) -> Result<()> {
        let found = by.map(|by| by.into().conditions_among(name, rows)).transpose()?;
        self.all.extend(found.unwrap_or_default());
        Ok(())
    }

    /// Compares with ids that others lead to, too: `rows` says which rows have any of several.
    pub fn id_among<I: TypedId>(
        &mut self,
        field: Field<R::Column>,
        by: Option<IdComparator>,
        rows: impl Fn(&[I]) -> Condition,
    ) -> Result<()> {
        let Some(by) = by.map(|by| by.of::<I>(field.name())).transpose()? else { return Ok(()) };
        let values = filter::ValueComparator { eq: by.eq, ne: None, is_in: by.is_in };
        self.value_among::<I>(field.name(), Some(values), rows)?;
        self.id_of(field, Some(filter::IdComparator::<I> { eq: None, is_in: None, ..by }))
    }

    /// Compares with instants.
    pub fn time(&mut self, field: Field<R::Column>, by: Option<DateTimeComparator>) -> Result<()> {
        if let Some(by) = by {
            self.all.extend(field.time(&by.of(field.name())?));
        }
        Ok(())
    }

    /// Compares with days.
    pub fn day(&mut self, field: Field<R::Column>, by: Option<DateComparator>) -> Result<()> {
        if let Some(by) = by {
            self.all.extend(field.day(&by.of(field.name())?));
        }
        Ok(())
    }

    /// Has this value.
    pub fn is(&mut self, field: Field<R::Column>, value: Option<bool>) {
        self.all.extend(value.into_iter().flat_map(|value| field.is(value)));
    }

    /// Has a value, or none.
    pub fn is_set(&mut self, field: Field<R::Column>, set: Option<bool>) {
        self.all.extend(set.into_iter().flat_map(|set| field.is_set(set)));
    }

    /// Contains a text.
    pub fn text(&mut self, field: Field<R::Column>, text: Option<String>) {
        let backend = self.backend();
        self.all.extend(text.into_iter().flat_map(|text| field.text(backend, &text)));
    }

    /// Holds the words of a text, where the table keeps its rows' words.
    pub fn words(&mut self, text: Option<String>) -> Result<()> {
        if let Some(text) = text {
            self.words.push(Filter::of_words(self.backend(), &text)?);
        }
        Ok(())
    }

    /// A comparison of a context's own.
    pub fn also(&mut self, condition: Option<Condition>) {
        self.all.extend(condition);
    }

    /// The level, with nothing below it.
    pub fn alone(self) -> Result<Filter<R>> {
        Filter::level(self.all, self.words, None, None)
    }

    /// The level, with those below it.
    pub fn level<F>(self, and: Option<Vec<F>>, or: Option<Vec<F>>, not: Option<Box<F>>) -> Result<Filter<R>>
    where
        F: FilterInput<Of = R>,
    {
        let scope = self.scope;
        let all = |parts: Vec<F>| parts.into_iter().map(|part| part.build(scope)).collect::<Result<Vec<_>>>();
        let below = all(and.unwrap_or_default())?;
        Filter::level(
            self.all,
            self.words.into_iter().chain(below).collect(),
            or.map(all).transpose()?,
            not.map(|part| part.build(scope)).transpose()?,
        )
    }
}

/// Makes the filter input of a record: its fields, and what each compares with.
#[macro_export]
macro_rules! filter {
    (
        $(#[$doc:meta])* $input:ident of $record:ty {
            $($(#[$field_doc:meta])* $field:ident: $ty:ty,)*
        }
        |$level:ident, $leaves:ident| $compare:block
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, async_graphql::InputObject)]
        pub struct $input {
            $($(#[$field_doc])* pub $field: Option<$ty>,)*
            /// All of these.
            pub and: Option<Vec<$input>>,
            /// Any of these; an empty list is none.
            pub or: Option<Vec<$input>>,
            /// Not this.
            pub not: Option<Box<$input>>,
        }

        impl $crate::graphql::filters::FilterInput for $input {
            type Of = $record;

            fn build(
                self,
                scope: &$crate::graphql::scope::Scope,
            ) -> kernel::Result<kernel::record::Filter<$record>> {
                let mut $level = self;
                let (and, or, not) = ($level.and.take(), $level.or.take(), $level.not.take());
                let mut $leaves = $crate::graphql::filters::Leaves::<$record>::new(scope);
                $compare
                $leaves.level(and, or, not)
            }
        }
    };
}

/// Makes the comparator of an enum that is the context's `$row`.
#[macro_export]
macro_rules! comparator {
    ($(#[$doc:meta])* $name:ident of $ty:ty as $row:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, async_graphql::InputObject)]
        pub struct $name {
            /// Equals.
            pub eq: Option<$ty>,
            /// Differs.
            pub ne: Option<$ty>,
            /// Is one of.
            #[graphql(name = "in")]
            pub is_in: Option<Vec<$ty>>,
        }

        impl From<$name> for kernel::filter::ValueComparator<$row> {
            fn from(by: $name) -> Self {
                Self {
                    eq: by.eq.map(Into::into),
                    ne: by.ne.map(Into::into),
                    is_in: by.is_in.map(|all| all.into_iter().map(Into::into).collect()),
                }
            }
        }
    };
}

/// An order input of a record.
pub trait OrderInput {
    /// What it orders.
    type Of: Record;

    /// By which column, and whether from the end.
    fn column(&self) -> (<Self::Of as EntityTrait>::Column, bool);
}

/// Makes the order input of a record, and the enum of what it can be ordered by: each is called like its column.
#[macro_export]
macro_rules! order {
    ($what:literal: $order:ident, $fields:ident of $record:ty, ascending { $($field:tt)+ }) => {
        $crate::order!(@ $what, $order, $fields, $record, "OrderDirection::Asc", { $($field)+ });
    };
    ($what:literal: $order:ident, $fields:ident of $record:ty, descending { $($field:tt)+ }) => {
        $crate::order!(@ $what, $order, $fields, $record, "OrderDirection::Desc", { $($field)+ });
    };
    (
        @ $what:literal, $order:ident, $fields:ident, $record:ty, $usual:tt, { $($(#[$doc:meta])* $field:ident,)+ }
    ) => {
        #[doc = concat!("What ", $what, " can be ordered by.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
        pub enum $fields {
            $($(#[$doc])* $field,)+
        }

        #[doc = concat!("An order of ", $what, ".")]
        #[derive(Debug, Clone, async_graphql::InputObject)]
        pub struct $order {
            /// By what.
            pub field: $fields,
            /// In which direction.
            #[graphql(default_with = $usual)]
            pub direction: $crate::graphql::filters::OrderDirection,
        }

        impl $crate::graphql::filters::OrderInput for $order {
            type Of = $record;

            fn column(&self) -> (<$record as sea_orm::EntityTrait>::Column, bool) {
                let column = match self.field {
                    $($fields::$field => <<$record as sea_orm::EntityTrait>::Column>::$field,)+
                };
                (column, self.direction == $crate::graphql::filters::OrderDirection::Desc)
            }
        }
    };
}
