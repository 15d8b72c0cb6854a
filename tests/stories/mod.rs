//! What people do at the front desk, from the first word of a visitor to the last line of the audit trail.

mod attempts;
mod avatars;
mod desk;
mod idempotency;
mod invitations;
mod letters;
mod mail;
mod mail_setup;
mod main_job;
mod notification_cards;
mod notification_channels;
mod notifications;
mod paging;
mod processes;
mod realtime;
mod rights;
mod roles;
mod search;
mod self_service;
mod sessions;
mod settings;
mod slow_reader;
mod sso;
mod tokens;
mod user_sync;
mod visitors;
