//! What can be done in the help centre.

pub mod categories;
pub mod documents;
pub mod extract;
pub mod guides;
pub mod views;
