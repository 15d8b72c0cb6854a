//! What is done to the trail: signing it, letting its oldest rows go, and forgetting somebody in it; giving out and erasing what is
//! held on a person; how long rows are kept; and what went wrong.

pub mod archives;
pub mod checkpoint;
pub mod erasures;
pub mod errors;
pub mod forget;
pub mod heads;
pub mod holds;
pub mod person_exports;
pub mod retention;
pub mod slow_operations;
