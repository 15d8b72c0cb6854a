//! What is signed of the trail: the end of each day, and the end of an export.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use kernel::id::TenantId;

/// What is signed of the end of a day.
pub fn head(tenant: TenantId, day: NaiveDate, sequence: i64, rows: i64, at: DateTime<Utc>, hash: &[u8]) -> Vec<u8> {
    let parts: [&[u8]; 7] = [
        b"frontdesk audit head v1",
        tenant.0.as_bytes(),
        &day.num_days_from_ce().to_be_bytes(),
        &sequence.to_be_bytes(),
        &rows.to_be_bytes(),
        &at.timestamp_micros().to_be_bytes(),
        hash,
    ];
    parts.concat()
}

/// What is signed of a checkpoint.
pub fn checkpoint(tenant: TenantId, sequence: i64, rows: i64, at: DateTime<Utc>, hash: &[u8]) -> Vec<u8> {
    let parts: [&[u8]; 6] = [
        b"frontdesk audit checkpoint v1",
        tenant.0.as_bytes(),
        &sequence.to_be_bytes(),
        &rows.to_be_bytes(),
        &at.timestamp_micros().to_be_bytes(),
        hash,
    ];
    parts.concat()
}

/// What is signed of the end of an export that holds the rows behind `after` up to `sequence`.
pub fn export_end(tenant: TenantId, after: i64, sequence: i64, at: DateTime<Utc>, hash: &[u8]) -> Vec<u8> {
    let parts: [&[u8]; 6] = [
        b"frontdesk audit export v1",
        tenant.0.as_bytes(),
        &after.to_be_bytes(),
        &sequence.to_be_bytes(),
        &at.timestamp_micros().to_be_bytes(),
        hash,
    ];
    parts.concat()
}
