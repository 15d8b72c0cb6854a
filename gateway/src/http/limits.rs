//! What a document may hold at the most.

use async_graphql::{Pos, ServerError};

use super::errors;

/// What a document may hold. The counts are of the expanded document: a fragment counts wherever it is spread.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Length of the text, in bytes.
    pub bytes: usize,
    /// Lexical tokens of the text.
    pub tokens: usize,
    /// Brackets of any kind inside each other, in the text.
    pub brackets: usize,
    /// Selection sets inside each other, fragments included. Not above the `limit_recursive_depth` of the schema (32).
    pub nesting: u32,
    /// Fields inside each other; introspection is exempt.
    pub depth: u32,
    /// Fields of an operation.
    pub fields: u32,
    /// Fields at the top of an operation.
    pub root_fields: u32,
    /// Aliases of an operation.
    pub aliases: u32,
    /// Directives of an operation.
    pub directives: u32,
    /// Cost of an operation, in values of the response (see [`super::cost`]).
    pub cost: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 100 * 1024,
            tokens: 10_000,
            brackets: 64,
            nesting: 32,
            depth: 15,
            fields: 2_000,
            root_fields: 20,
            aliases: 50,
            directives: 50,
            cost: 10_000,
        }
    }
}

/// The refusal of a document that goes over a limit.
pub(super) fn too_complex(what: &str, limit: impl std::fmt::Display, pos: Option<Pos>) -> ServerError {
    errors::coded("QUERY_TOO_COMPLEX", format!("The document has too many {what}: at most {limit} are allowed"), pos)
}
