//! How well a chat went: what is looked at, the rules for it, and what of an answer is believed.

pub mod events;
pub mod material;
pub mod rules;
pub mod verdict;
pub mod words;
