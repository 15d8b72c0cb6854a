//! The ports of this context, answered over the network or by rules.

pub mod ai;
pub mod crm;
