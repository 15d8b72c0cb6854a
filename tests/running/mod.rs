//! What whoever runs Frontdesk does with it, and what it tells them.

mod cursors;
mod data;
mod desk;
mod keys;
mod last_release;
mod limits;
mod migrate;
mod names;
mod operations;
mod platform;
mod registry;
mod restored;
mod settings;
mod site;
mod tenants;
mod whose_work;

pub use crate::support::until;
pub use desk::{REPLY, SUBMIT, enter, forgotten, messages, metric, on_record, submission, submit, token};
pub use site::{Done, Site};
