//! The help centre in the schema.

pub mod categories;
pub mod centre;
pub mod documents;
pub mod guides;

pub use categories::{GuideCategory, GuideCategoryMutation, GuideCategoryQuery};
pub use centre::{HelpCentreMutation, HelpCentreQuery};
pub use documents::{HelpDocument, HelpDocumentMutation, HelpDocumentQuery};
pub use guides::{Guide, GuideMutation, GuideQuery};

/// A sum as the API tells it; past what its type holds, that.
fn count(sum: i64) -> i32 {
    i32::try_from(sum).unwrap_or(i32::MAX)
}
