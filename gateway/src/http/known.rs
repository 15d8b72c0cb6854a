//! Which operations need not be validated again.
//!
//! Validation looks at the document and at the values of its variables. A document that has passed once passes again
//! unless a value is wrong, and whether a value of a built-in scalar is wrong can be told at a glance.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_graphql::{
    Name, Positioned, Response, Value, Variables,
    parser::types::{BaseType, VariableDefinition},
};

use super::{errors, gate::Document};

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
    given: AtomicU64,
}

const ONCE: u64 = 1 << 63;

impl Passed {
    pub fn of(definitions: &[Positioned<VariableDefinition>]) -> Self {
        let scalar = |variable: &Positioned<VariableDefinition>| {
            Some((variable.node.name.node.clone(), Scalar::of(&variable.node)?))
        };
        let scalars = if definitions.len() < 63 { definitions.iter().map(scalar).collect() } else { None };
        Self { scalars, given: AtomicU64::new(0) }
    }

    /// [`ONCE`] and the bits of these variables; `None` where a value could be wrong.
    fn given(&self, variables: &Variables) -> Option<u64> {
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

/// What is known of an operation before it is executed.
pub(super) struct Known {
    document: Arc<Document>,
    index: usize,
    given: Option<u64>,
}

impl Known {
    pub fn new(document: Arc<Document>, index: usize, variables: &Variables) -> Self {
        let given = document.operations[index].passed.given(variables);
        Self { document, index, given }
    }

    fn passed(&self) -> &AtomicU64 {
        &self.document.operations[self.index].passed.given
    }

    /// Whether it would pass validation: it has, with these variables or more.
    pub fn is_valid(&self) -> bool {
        self.given.is_some_and(|given| given & !self.passed().load(Ordering::Relaxed) == 0)
    }

    /// Learns from what came of it: what was executed had passed.
    pub fn learn(&self, response: &Response) {
        if let Some(given) = self.given
            && !errors::is_request_error(response)
            && self.passed().load(Ordering::Relaxed) & !given == 0
        {
            self.passed().store(given, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use async_graphql::{Response, ServerError, Value, Variables, value};

    use super::Known;
    use crate::http::gate::{Limits, admit};

    #[test]
    fn only_values_that_cannot_be_wrong_fit() {
        let fit = |types: &str, values| {
            let document = Arc::new(admit(&format!("query({types}){{a}}"), &Limits::default()).unwrap());
            Known::new(document, 0, &Variables::from_value(values)).given.is_some()
        };
        assert!(fit("$a: Int", value!({})) && fit("$a: Int", value!({ "a": null, "b": [] })));
        assert!(fit("$a: ID!, $b: Boolean", value!({ "a": "x", "b": true })) && fit("$a: ID!", value!({ "a": 7 })));
        assert!(!fit("$a: Int", value!({ "a": "1" })) && !fit("$a: Int", value!({ "a": 1.5 })));
        assert!(!fit("$a: String", value!({ "a": 1 })) && !fit("$a: ID", value!({ "a": { "b": 1 } })));
        for other in ["$a: [Int]", "$a: DateTime", "$a: Filter, $b: Int"] {
            assert!(!fit(other, value!({})), "{other}");
        }
    }

    #[test]
    fn what_passed_passes_again_with_no_more_variables_than_it_had() {
        let document = Arc::new(admit("query($a: Int, $b: Int){a}", &Limits::default()).unwrap());
        let known = |values| Known::new(document.clone(), 0, &Variables::from_value(values));
        let (none, one, other, both) =
            (value!({}), value!({ "a": 1 }), value!({ "b": 1 }), value!({ "a": 1, "b": null }));
        let refused = Response::from_errors(vec![ServerError::new("no", None)]);
        known(one.clone()).learn(&refused);
        assert!(!known(none.clone()).is_valid() && !known(one.clone()).is_valid());

        known(one.clone()).learn(&Response::new(Value::Object(Default::default())));
        assert!(known(none.clone()).is_valid() && known(one.clone()).is_valid());
        assert!(!known(other.clone()).is_valid() && !known(both.clone()).is_valid());
        assert!(!known(value!({ "a": "1" })).is_valid());

        known(both.clone()).learn(&Response::new(Value::Object(Default::default())));
        assert!([none, one, other, both].into_iter().all(|values| known(values).is_valid()));
    }
}
