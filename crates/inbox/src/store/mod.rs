//! The tables of this context and the ports' implementation on them.

pub mod acquaintance;
pub mod belonging;
pub mod booking;
pub mod chats;
pub mod conversation_reply;
pub mod conversations;
pub mod draft;
mod drafts;
mod entities;
pub mod entity_tag;
pub mod internal_note;
pub mod message;
mod messages;
pub mod newsletter;
pub mod newsletter_subscription;
pub mod reply;
mod saved_replies;
pub mod saved_reply;
pub mod saved_reply_shortcut;
pub mod social;
pub mod tag;
mod tags;
pub mod visitor;
pub mod visitor_merge;
pub mod visitor_move;
pub mod visitor_words;
mod visitors;
