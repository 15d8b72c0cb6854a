//! Scalars of our own, and ids.

use async_graphql::{ID, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use kernel::{
    Error, ProblemCode,
    id::{TypedId, UserId, WrongId},
};

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(pub String);

/// An e-mail address (RFC 5321), at most 254 characters. Given in any case, kept and answered in lower case; one
/// that is not an address is answered with a `UserError` that names the field.
#[Scalar(specified_by_url = "https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address")]
impl ScalarType for EmailAddress {
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
