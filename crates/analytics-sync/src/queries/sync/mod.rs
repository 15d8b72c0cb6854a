//! The synchronisation, as those see it who may.

pub mod answers;
pub mod coverage;
pub mod held;
pub mod runs;
