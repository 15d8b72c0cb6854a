//! Tables of the audit.

pub mod m0004_audit_trail;
pub mod m0006_more_actors;
pub mod m0016_audit_row;
