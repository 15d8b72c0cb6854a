//! Scalars of our own, and ids.

use async_graphql::{ID, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{NaiveDate, NaiveTime};
use kernel::{
    Error, ProblemCode,
    id::{TypedId, UserId, WrongId},
};

/// A scalar that is a text, checked where it is read.
macro_rules! text_scalar {
    ($(#[$says:meta])* $name:ident, $url:tt) => {
        $(#[$says])*
        #[Scalar(specified_by_url = $url)]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                match value {
                    Value::String(text) => Ok(Self(text)),
                    other => Err(InputValueError::expected_type(other)),
                }
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }
    };
}

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(pub String);

text_scalar! {
    /// An e-mail address (RFC 5321), at most 254 characters. Given in any case, kept and answered in lower case; one
    /// that is not an address is answered with a `UserError` that names the field.
    EmailAddress, "https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address"
}

/// A day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Date(pub String);

text_scalar! {
    /// A day of the calendar (RFC 3339, `full-date`), such as `2026-03-29`. One that is none is answered with an error that names
    /// the field.
    Date, "https://www.rfc-editor.org/rfc/rfc3339"
}

impl From<NaiveDate> for Date {
    fn from(date: NaiveDate) -> Self {
        Self(date.format("%Y-%m-%d").to_string())
    }
}

impl Date {
    /// The day; `field` names it in the error.
    pub fn read(&self, field: &str) -> kernel::Result<NaiveDate> {
        // Four digits, two and two: what else the library takes for a day is none of RFC 3339's.
        let plain = self.0.len() == 10 && self.0.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        NaiveDate::parse_from_str(&self.0, "%Y-%m-%d").ok().filter(|_| plain).ok_or_else(|| {
            Error::invalid(field, ProblemCode::InvalidFormat, "is not a day (RFC 3339), such as 2026-01-31")
        })
    }
}

/// A time of day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalTime(pub String);

text_scalar! {
    /// A time of day as a clock on the wall shows it, such as `09:30`; where something ends it may be `24:00`. One that is none is
    /// answered with an error that names the field.
    LocalTime, "https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#valid-time-string"
}

impl From<NaiveTime> for LocalTime {
    fn from(time: NaiveTime) -> Self {
        Self(time.format("%H:%M").to_string())
    }
}

impl LocalTime {
    /// So many minutes after midnight.
    pub fn of_minutes(minutes: i32) -> Self {
        Self(format!("{:02}:{:02}", minutes / 60, minutes % 60))
    }

    /// How many minutes after midnight that is; `field` names it in the error.
    pub fn minutes(&self, field: &str) -> kernel::Result<i32> {
        let read = || {
            let (hours, minutes) = self.0.split_once(':')?;
            let two = |text: &str| {
                (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
            };
            let (hours, minutes): (i32, i32) = (two(hours)?, two(minutes)?);
            Some(hours * 60 + minutes).filter(|all| minutes < 60 && *all <= 24 * 60)
        };
        read().ok_or_else(|| {
            Error::invalid(field, ProblemCode::InvalidFormat, "is not a time of day from 00:00 to 24:00, such as 09:30")
        })
    }
}

/// An exact decimal number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(pub String);

text_scalar! {
    /// An exact decimal number as a text, such as `13024.92`: digits, and behind a point as many decimals as what it counts has. One
    /// that is none is answered with an error that names the field.
    Decimal, "https://www.w3.org/TR/xmlschema-2/#decimal"
}

/// Any JSON value.
#[derive(Debug, Clone)]
pub struct Json(pub serde_json::Value);

/// Any JSON value.
#[Scalar(name = "JSON", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// Reads an id of one kind; `argument` names it in the error.
pub fn id<I: TypedId>(argument: &str, id: &ID) -> kernel::Result<I> {
    id.parse().map_err(|wrong: WrongId| Error::invalid(argument, ProblemCode::InvalidFormat, wrong.to_string()))
}

/// Reads the id of a person, staff or client.
pub fn user_id(argument: &str, id: &ID) -> kernel::Result<UserId> {
    UserId::from_shown(id).map_err(|wrong| Error::invalid(argument, ProblemCode::InvalidFormat, wrong.to_string()))
}
