//! Social platforms, and the company's accounts there.

pub mod mutations;
pub mod queries;
pub mod types;

pub use mutations::SocialMutation;
pub use queries::SocialQuery;
pub use types::SocialAccount;
