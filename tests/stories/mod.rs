//! What people do at the front desk, from the first word of a visitor to the last line of the audit trail.

mod attempts;
mod desk;
mod idempotency;
mod mail;
mod main_job;
mod notification_cards;
mod notification_channels;
mod notifications;
mod paging;
mod processes;
mod realtime;
mod rights;
mod search;
mod sessions;
mod slow_reader;
mod tokens;
mod visitors;
