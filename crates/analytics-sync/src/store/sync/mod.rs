//! Tables of the synchronisation.

pub mod access;
pub mod answer;
pub mod checkpoint;
pub mod coverage;
pub mod failure;
pub mod run;
pub mod seen;
pub mod state;
