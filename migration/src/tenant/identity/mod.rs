//! Tables of the identity.

pub mod m0002_people;
