//! Tables of the audit.

pub mod m0004_audit_trail;
