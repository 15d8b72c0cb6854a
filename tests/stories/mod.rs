//! What people do at the front desk, from the first word of a visitor to the last line of the audit trail.

mod api_keys;
mod attempts;
mod clients;
mod desk;
mod idempotency;
mod letters;
mod mail;
mod mail_setup;
mod main_job;
mod organisation;
mod own_access;
mod own_sessions;
mod paging;
mod processes;
mod realtime;
mod rights;
mod roles;
mod search;
mod sessions;
mod settings;
mod slow_reader;
mod tokens;
mod visitors;
