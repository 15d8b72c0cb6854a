//! Messages, replies, bookings and their mails, visitors and the newsletter, tags, notes and drafts, without a database.

pub mod booking;
pub mod chats;
pub mod conversation_replies;
pub mod conversations;
pub mod conversion;
pub mod drafts;
pub mod entity;
pub mod events;
pub mod mail;
pub mod message;
pub mod newsletter;
pub mod newsletter_events;
pub mod notes;
pub mod saved_replies;
pub mod social;
pub mod tags;
pub mod visitor;
pub mod visitor_events;
