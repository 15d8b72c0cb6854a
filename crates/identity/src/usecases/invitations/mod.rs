//! The use cases of invitations.

pub mod accept_invitation;
pub mod invite_staff;
