//! The cost of an operation: an estimate of the number of values in its response.
//!
//! Every field is one value. A connection (a field under which `edges` or `nodes` stands) has `first` or `last` times
//! what lies under those two, 25 times when neither is given; another field with `first`, `last` or a list of `ids`
//! has that many times what lies under it. Introspection has a price of its own, since its lists have no arguments.
//! `@skip` and `@include` are not looked at: the estimate is from above.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, ServerError, Value, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet, VariableDefinition},
};

use super::{errors, limits::Limits};

/// The length of a page where the client does not say (as the schema's default).
const PAGE: u64 = 25;
/// The items of the largest page.
const LARGEST: u64 = 100;
/// The whole schema is a large answer; a handful of these fit into the limit.
const SCHEMA: u64 = 2_000;
/// One type of it.
const TYPE: u64 = 100;

/// A cost and how firm it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    /// Values in the response.
    pub values: u64,
    /// Whether the variables decide about it.
    pub variable: bool,
}

/// Estimates the cost of an operation of a document that has been weighed (so: no cycles, bounded nesting).
pub(super) fn estimate(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: Option<&Variables>,
) -> Estimate {
    let mut counter = Counter {
        document,
        definitions: &operation.variable_definitions,
        variables,
        fragments: HashMap::new(),
        variable: false,
    };
    let price = counter.set(&operation.selection_set.node);
    Estimate { values: price.plain.saturating_add(price.items), variable: counter.variable }
}

/// Holds a cost against the limit.
///
/// # Errors
/// `QUERY_TOO_COMPLEX` with `cost { requested, limit }` in the extensions.
pub(super) fn check(requested: u64, limits: &Limits) -> Result<(), ServerError> {
    if requested <= limits.cost {
        return Ok(());
    }
    let mut error = errors::coded(
        "QUERY_TOO_COMPLEX",
        format!(
            "The operation costs {requested}, and {} is allowed: ask for shorter pages or fewer fields",
            limits.cost
        ),
        None,
    );
    if let Some(extensions) = &mut error.extensions {
        extensions.set("cost", async_graphql::value!({ "requested": requested, "limit": (limits.cost) }));
    }
    Err(error)
}

/// What a selection set costs: what is there once, and what is there for each item of the connection around it.
#[derive(Clone, Copy, Default)]
struct Price {
    plain: u64,
    items: u64,
}

struct Counter<'a> {
    document: &'a ExecutableDocument,
    definitions: &'a [Positioned<VariableDefinition>],
    variables: Option<&'a Variables>,
    fragments: HashMap<&'a str, Price>,
    variable: bool,
}

impl<'a> Counter<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Price {
        let mut price = Price::default();
        for selection in &set.items {
            let inner = match &selection.node {
                Selection::Field(field) => self.field(&field.node),
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            };
            price.plain = price.plain.saturating_add(inner.plain);
            price.items = price.items.saturating_add(inner.items);
        }
        price
    }

    fn fragment(&mut self, name: &'a Name) -> Price {
        if let Some(price) = self.fragments.get(name.as_str()) {
            return *price;
        }
        let Some(fragment) = self.document.fragments.get(name.as_str()) else {
            return Price::default();
        };
        let price = self.set(&fragment.node.selection_set.node);
        self.fragments.insert(name, price);
        price
    }

    fn field(&mut self, field: &'a Field) -> Price {
        let name = field.name.node.as_str();
        let plain = |plain| Price { plain, items: 0 };
        match name {
            "__schema" => return plain(SCHEMA),
            "__type" => return plain(TYPE),
            _ if field.selection_set.node.items.is_empty() => return plain(1),
            _ => {}
        }
        let inner = self.set(&field.selection_set.node);
        let length = self.length(field);
        let total = if inner.items > 0 {
            length.unwrap_or(PAGE).saturating_mul(inner.items).saturating_add(inner.plain)
        } else {
            length.unwrap_or(1).saturating_mul(inner.plain)
        }
        .saturating_add(1);
        if field.arguments.is_empty() && matches!(name, "edges" | "nodes") {
            Price { plain: 0, items: total }
        } else {
            plain(total)
        }
    }

    /// How many items the arguments ask for; the largest, where there are several.
    fn length(&mut self, field: &Field) -> Option<u64> {
        let mut length = None;
        for (name, value) in &field.arguments {
            if !matches!(name.node.as_str(), "first" | "last" | "ids") {
                continue;
            }
            let value = value.node.clone().into_const_with(|variable| self.variable(&variable).ok_or(()));
            let found = match value {
                // No list hands out more; the one asked for more says so, and names the argument.
                Ok(Value::Number(number)) => number.as_u64().map(|asked| asked.min(LARGEST)),
                Ok(Value::List(list)) => u64::try_from(list.len()).ok(),
                _ => None,
            };
            length = length.max(found);
        }
        length
    }

    /// The number, or the length of the list, that stands for a variable: its value, else its default. Nothing large is
    /// copied here: a document may use a variable of a megabyte a thousand times.
    fn variable(&mut self, name: &str) -> Option<Value> {
        self.variable = true;
        let given = self.variables.and_then(|variables| variables.get(name));
        let value = given.or_else(|| {
            self.definitions
                .iter()
                .find(|definition| definition.node.name.node == name)
                .and_then(|definition| definition.node.default_value.as_ref())
                .map(|default| &default.node)
        })?;
        match value {
            Value::Number(number) => Some(Value::Number(number.clone())),
            Value::List(list) => Some(Value::from(list.len())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Value, Variables, value};

    use super::estimate;
    use crate::http::{gate::admit, limits::Limits};

    fn cost_of(text: &str, variables: Value) -> u64 {
        let document = admit(text, &Limits::default()).expect("must pass");
        let (_, operation) = document.ast.operations.iter().next().expect("an operation");
        let variables = Variables::from_value(variables);
        estimate(&document.ast, &operation.node, Some(&variables)).values
    }

    #[test]
    fn lists_multiply_what_lies_under_them() {
        let none = || value!({});
        assert_eq!(cost_of("{a}", none()), 1);
        assert_eq!(cost_of("{a{b c}}", none()), 3);
        assert_eq!(cost_of("{a(first:10){nodes{b}}}", none()), 1 + 10 * 2);
        assert_eq!(cost_of("{a(first:10){x:nodes{b} pageInfo{c} totalCount}}", none()), 1 + 10 * 2 + 3);
        assert_eq!(cost_of("{a(last:10){edges{cursor node{b}}}}", none()), 1 + 10 * 4);
        assert_eq!(cost_of("{a{nodes{b}}}", none()), 1 + 25 * 2);
        assert_eq!(cost_of("{a(first:10){...f}} fragment f on C{nodes{b}}", none()), 1 + 10 * 2);
        assert_eq!(cost_of("{a(first:10){b}}", none()), 1 + 10);
        assert_eq!(cost_of("{nodes(ids:[1,2,3]){id}}", none()), 1 + 3);
        assert_eq!(cost_of("query($i:[ID!]!){nodes(ids:$i){id}}", value!({ "i": [1, 2, 3, 4] })), 1 + 4);
        let with_default = "query($n:Int=7){a(first:$n){nodes{b}}}";
        assert_eq!(cost_of(with_default, none()), 1 + 7 * 2);
        assert_eq!(cost_of(with_default, value!({ "n": 3 })), 1 + 3 * 2);
        assert_eq!(cost_of("query($n:Int){a(first:$n){nodes{b}}}", value!({ "n": null })), 1 + 25 * 2);
        assert_eq!(cost_of("query($n:Int){a(first:$n){nodes{b}}}", value!({ "n": "9" })), 1 + 25 * 2);
        let huge = "query($n:Int){a(first:$n){nodes{a(first:$n){nodes{b}}}}}";
        assert_eq!(cost_of(huge, value!({ "n": (u64::MAX) })), 1 + 100 * (1 + 1 + 100 * 2));
    }
}
