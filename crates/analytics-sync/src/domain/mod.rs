//! Events and what is counted of them, what B2Chat tells of and our copies of media, without a database.

pub mod b2chat;
pub mod bots;
pub mod effectiveness;
pub mod event;
pub mod exports;
pub mod media;
pub mod metrics;
pub mod source;
pub mod sync;
pub mod tally;
