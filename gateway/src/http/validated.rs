//! Which operations need not be validated again.
//!
//! Validation looks at the document and at the values of its variables. A document that has passed once passes again
//! unless a value is wrong, and whether a value of a built-in scalar is wrong can be told at a glance.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_graphql::{Response, Variables};

use super::{errors, gate::Document};

/// What is known of an operation before it is executed.
pub(super) struct Validated {
    document: Arc<Document>,
    index: usize,
    given: Option<u64>,
}

impl Validated {
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

    use super::Validated;
    use crate::http::{gate::admit, limits::Limits};

    #[test]
    fn only_values_that_cannot_be_wrong_fit() {
        let fit = |types: &str, values| {
            let document = Arc::new(admit(&format!("query({types}){{a}}"), &Limits::default()).unwrap());
            Validated::new(document, 0, &Variables::from_value(values)).given.is_some()
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
        let known = |values| Validated::new(document.clone(), 0, &Variables::from_value(values));
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
