//! Tables of the audit.

pub mod m0004_audit_trail;
pub mod m0006_more_actors;
pub mod m0016_audit_row;
pub mod m0053_error_logs;
pub mod m0054_retention;
pub mod m0055_person_exports;
pub mod m0056_audit_heads;
pub mod m0057_erasures;
pub mod m0058_expired_erasures;
pub mod m0061_trail_goes_fast;
pub mod m0069_held_erasures;
