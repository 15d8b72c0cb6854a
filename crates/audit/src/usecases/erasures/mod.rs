//! People are erased: planned, confirmed by another, done in batches, proved.

pub mod confirm;
pub mod expire;
pub mod ledger;
pub mod plan;
pub mod resume;
pub mod run;
