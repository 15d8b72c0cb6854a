//! Tasks for providers of artificial intelligence, without a database and without a provider.

pub mod events;
pub mod material;
pub mod output;
pub mod reply;
pub mod words;
