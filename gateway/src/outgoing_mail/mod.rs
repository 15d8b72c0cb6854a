//! Where mail goes.

pub mod transport;
