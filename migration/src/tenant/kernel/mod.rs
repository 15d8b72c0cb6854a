//! Tables of the kernel.

pub mod m0001_events_and_jobs;
pub mod m0013_usage;
pub mod m0017_files;
pub mod m0021_as_typed;
pub mod m0022_names;
pub mod m0029_concerns;
