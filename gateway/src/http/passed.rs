//! How an operation has passed validation, and for which variables that says something.

use std::sync::atomic::AtomicU64;

use async_graphql::{
    Name, Positioned, Value, Variables,
    parser::types::{BaseType, VariableDefinition},
};

/// A built-in scalar.
#[derive(Clone, Copy, Debug)]
enum Scalar {
    Id,
    String,
    Int,
    Boolean,
}

impl Scalar {
    fn of(definition: &VariableDefinition) -> Option<Self> {
        match &definition.var_type.node.base {
            BaseType::Named(name) => match name.as_str() {
                "ID" => Some(Self::Id),
                "String" => Some(Self::String),
                "Int" => Some(Self::Int),
                "Boolean" => Some(Self::Boolean),
                _ => None,
            },
            BaseType::List(_) => None,
        }
    }

    fn fits(self, value: &Value) -> bool {
        match (self, value) {
            // That a required one is not null has been seen to.
            (_, Value::Null) | (Self::Id | Self::String, Value::String(_)) | (Self::Boolean, Value::Boolean(_)) => true,
            (Self::Id | Self::Int, Value::Number(number)) => number.is_i64(),
            _ => false,
        }
    }
}

/// How an operation has passed validation, where all its variables are built-in scalars and not too many.
#[derive(Debug)]
pub(super) struct Passed {
    scalars: Option<Vec<(Name, Scalar)>>,
    /// [`ONCE`], and a bit for each variable that was given. A literal that holds a variable is validated only where the
    /// variable is given, so having passed without one says nothing of a request with it.
    pub given: AtomicU64,
}

/// Whether it has passed at all.
pub(super) const ONCE: u64 = 1 << 63;

impl Passed {
    pub fn of(definitions: &[Positioned<VariableDefinition>]) -> Self {
        let scalar = |variable: &Positioned<VariableDefinition>| {
            Some((variable.node.name.node.clone(), Scalar::of(&variable.node)?))
        };
        let scalars = if definitions.len() < 63 { definitions.iter().map(scalar).collect() } else { None };
        Self { scalars, given: AtomicU64::new(0) }
    }

    /// [`ONCE`] and the bits of these variables; `None` where a value could be wrong.
    pub fn given(&self, variables: &Variables) -> Option<u64> {
        let mut given = ONCE;
        for (bit, (name, scalar)) in self.scalars.as_ref()?.iter().enumerate() {
            if let Some(value) = variables.get(name) {
                if !scalar.fits(value) {
                    return None;
                }
                given |= 1 << bit;
            }
        }
        Some(given)
    }
}
