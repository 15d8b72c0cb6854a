//! What people do at the front desk, from the first word of a visitor to the last line of the audit trail.

mod attempts;
mod desk;
mod idempotency;
mod mail;
mod main_job;
mod paging;
mod processes;
mod realtime;
mod rights;
mod search;
mod sessions;
mod slow_reader;
mod sso;
mod tokens;
mod user_sync;
mod visitors;
