//! Tasks for providers of artificial intelligence.

pub mod correct;
pub mod lead;
pub mod queue;
pub mod retry;
pub mod run;
pub mod spend;
