//! Tasks for providers of artificial intelligence in the schema.

pub mod filters;
pub mod mutations;
pub mod queries;
pub mod types;

pub use types::{AiTask, AiTaskConnection};
