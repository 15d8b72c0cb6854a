//! The gate's look at the tree: how much there is of everything once the fragments are expanded.
//!
//! A fragment is weighed once and its weight reused, with saturating sums, so the work is linear in the document
//! whatever it expands to. The recursion is bounded by `Limits::nesting`, chains of fragments included.

use std::collections::HashMap;

use async_graphql::{
    Pos, ServerError,
    parser::types::{ExecutableDocument, Field, Selection, SelectionSet},
};

use super::{
    errors,
    limits::{Limits, too_complex},
};

/// List fields of the introspection types that may not be inside each other more than this often (as in graphql-js).
const INTROSPECTION_LISTS: u32 = 2;

#[derive(Clone, Copy, Default)]
struct Weight {
    /// Fields, spreads and inline fragments.
    selections: u32,
    fields: u32,
    /// Fields of this level alone.
    top: u32,
    aliases: u32,
    directives: u32,
    depth: u32,
    nesting: u32,
    /// Introspection's list fields inside each other.
    lists: u32,
}

impl Weight {
    /// What lies deeper than the selection that holds it: everything but the level's own count.
    fn add(&mut self, inner: Self) {
        self.selections = self.selections.saturating_add(inner.selections);
        self.fields = self.fields.saturating_add(inner.fields);
        self.aliases = self.aliases.saturating_add(inner.aliases);
        self.directives = self.directives.saturating_add(inner.directives);
    }

    /// A fragment's content, as if it stood here.
    fn merge(&mut self, fragment: Self) {
        self.add(fragment);
        self.selections = self.selections.saturating_add(1);
        self.top = self.top.saturating_add(fragment.top);
        self.depth = self.depth.max(fragment.depth);
        self.nesting = self.nesting.max(fragment.nesting.saturating_add(1));
        self.lists = self.lists.max(fragment.lists);
    }

    fn directives(&mut self, count: usize) {
        self.directives = self.directives.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
    }
}

enum Seen {
    Open,
    Weighed(Weight),
}

struct Scale<'a> {
    document: &'a ExecutableDocument,
    limits: &'a Limits,
    fragments: HashMap<&'a str, Seen>,
}

/// Holds every operation of the document against the limits, and the document as a whole, since validation also walks
/// what is never executed.
///
/// # Errors
/// `QUERY_TOO_COMPLEX`, or `GRAPHQL_VALIDATION_FAILED` for unknown and cyclic fragments.
pub(super) fn check(document: &ExecutableDocument, limits: &Limits) -> Result<(), ServerError> {
    let mut scale = Scale { document, limits, fragments: HashMap::with_capacity(document.fragments.len()) };
    let mut selections = 0_u32;
    for (_, operation) in document.operations.iter() {
        let mut weight = scale.set(&operation.node.selection_set.node, 0, operation.pos)?;
        weight.directives(operation.node.directives.len());
        for variable in &operation.node.variable_definitions {
            weight.directives(variable.node.directives.len());
        }
        for (what, found, limit) in [
            ("levels of fields", weight.depth, limits.depth),
            ("fields", weight.fields, limits.fields),
            ("root fields", weight.top, limits.root_fields),
            ("aliases", weight.aliases, limits.aliases),
            ("directives", weight.directives, limits.directives),
        ] {
            if found > limit {
                return Err(too_complex(what, limit, Some(operation.pos)));
            }
        }
        selections = selections.saturating_add(weight.selections);
    }
    let mut directives = 0_usize;
    for (name, fragment) in &document.fragments {
        let weight = scale.fragment(name, 0, fragment.pos)?;
        selections = selections.saturating_add(weight.selections);
        directives += fragment.node.directives.len();
    }
    // A fragment counts here by itself and where it is spread, hence the two.
    let limit = limits.fields.saturating_mul(2);
    if selections > limit {
        return Err(too_complex("selections", limit, None));
    }
    if directives > limits.directives as usize {
        return Err(too_complex("directives", limits.directives, None));
    }
    Ok(())
}

impl<'a> Scale<'a> {
    fn set(&mut self, set: &'a SelectionSet, level: u32, pos: Pos) -> Result<Weight, ServerError> {
        if level > self.limits.nesting {
            return Err(too_complex("nested selections", self.limits.nesting, Some(pos)));
        }
        let mut weight = Weight::default();
        for selection in &set.items {
            weight.directives(selection.node.directives().len());
            match &selection.node {
                Selection::Field(field) => self.field(&mut weight, &field.node, level, field.pos)?,
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name;
                    weight.merge(self.fragment(&name.node, level + 1, name.pos)?);
                }
                Selection::InlineFragment(inline) => {
                    weight.merge(self.set(&inline.node.selection_set.node, level + 1, inline.pos)?)
                }
            }
        }
        Ok(weight)
    }

    fn field(&mut self, weight: &mut Weight, field: &'a Field, level: u32, pos: Pos) -> Result<(), ServerError> {
        let inner = if field.selection_set.node.items.is_empty() {
            Weight::default()
        } else {
            self.set(&field.selection_set.node, level + 1, pos)?
        };
        let introspection = matches!(field.name.node.as_str(), "__schema" | "__type");
        if introspection && inner.lists > INTROSPECTION_LISTS {
            return Err(too_complex("introspection lists inside each other", INTROSPECTION_LISTS, Some(pos)));
        }
        weight.add(inner);
        weight.selections = weight.selections.saturating_add(1);
        weight.fields = weight.fields.saturating_add(1);
        weight.top = weight.top.saturating_add(1);
        weight.aliases = weight.aliases.saturating_add(u32::from(field.alias.is_some()));
        let depth = if introspection { 0 } else { inner.depth };
        weight.depth = weight.depth.max(depth.saturating_add(1));
        weight.nesting = weight.nesting.max(inner.nesting.saturating_add(1));
        let list = matches!(field.name.node.as_str(), "fields" | "interfaces" | "possibleTypes" | "inputFields");
        weight.lists = weight.lists.max(inner.lists.saturating_add(u32::from(list)));
        Ok(())
    }

    fn fragment(&mut self, name: &str, level: u32, pos: Pos) -> Result<Weight, ServerError> {
        let invalid = |message| errors::coded("GRAPHQL_VALIDATION_FAILED", message, Some(pos));
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Err(invalid(format!("Unknown fragment \"{name}\"")));
        };
        let weight = match self.fragments.get(name.as_str()) {
            Some(Seen::Open) => {
                return Err(invalid(format!("Cannot spread fragment \"{name}\" within itself")));
            }
            Some(Seen::Weighed(weight)) => *weight,
            None => {
                self.fragments.insert(name, Seen::Open);
                let weight = self.set(&fragment.node.selection_set.node, level, fragment.pos)?;
                self.fragments.insert(name, Seen::Weighed(weight));
                weight
            }
        };
        if level.saturating_add(weight.nesting) > self.limits.nesting + 1 {
            return Err(too_complex("nested selections", self.limits.nesting, Some(pos)));
        }
        Ok(weight)
    }
}
