//! The GraphQL schema: every context's types and resolvers in a folder of its own, stitched together in [`schema`].
//!
//! A resolver is three lines: parse ids, call a query or use case, wrap the answer. Rules live in the contexts.

pub mod analytics;
pub mod audit;
pub mod crm_leads;
pub mod directives;
pub mod errors;
pub mod files;
pub mod filters;
pub mod identity;
pub mod inbox;
pub mod live;
pub mod loaders;
pub mod node;
pub mod node_queries;
pub mod paging;
pub mod personal;
pub mod progress;
pub mod records;
pub mod scalars;
pub mod schema;
pub mod scope;
pub mod several;
pub mod ticketing;
