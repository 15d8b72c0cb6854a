//! The help centre as those see it who may.

pub mod categories;
pub mod documents;
pub mod guides;
pub mod search;
pub mod views;
