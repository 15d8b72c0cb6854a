//! The tables of invitations.

pub mod invitation;
pub(crate) mod repository;
