//! Tables of the synchronisation.

pub mod access;
pub mod answer;
pub mod checkpoint;
pub mod coverage;
pub mod erased;
pub mod failure;
pub mod run;
pub mod seen;
pub mod state;
