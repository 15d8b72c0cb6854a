//! How well chats went.

pub mod filters;
pub mod mutations;
pub mod queries;
pub mod types;

pub use mutations::EffectivenessMutation;
pub use queries::EffectivenessQuery;
pub use types::{EffectivenessAnalysis, EffectivenessBatch};
