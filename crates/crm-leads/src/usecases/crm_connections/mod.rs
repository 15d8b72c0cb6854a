//! Connections with a CRM: made, kept, tried and ended.

pub mod ask;
pub mod complete;
pub mod connect_key;
pub mod disconnect;
pub mod keep;
pub mod mappings;
pub mod seals;
pub mod start;
