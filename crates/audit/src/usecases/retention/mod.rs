//! How long rows are kept: decided, asked for, and carried out.

pub mod control;
pub mod decide;
pub mod note;
pub mod request;
pub mod run;
pub mod sweep;
