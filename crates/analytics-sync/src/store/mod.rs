//! The tables of this context and the ports' implementation on them.

pub mod b2chat;
pub mod daily;
pub mod effectiveness;
pub mod event;
pub mod events;
pub mod exports;
pub mod media;
pub mod metrics;
pub mod sync;
