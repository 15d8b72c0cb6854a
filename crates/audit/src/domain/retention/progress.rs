//! How far a run is.

use chrono::{DateTime, Utc};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

/// How far a run is with one policy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Step {
    /// The policy.
    pub policy: String,
    /// How many rows are old enough and not held, once they were counted.
    pub due: Option<i64>,
    /// How many are old enough and held.
    pub held: i64,
    /// The oldest that is due.
    pub oldest: Option<DateTime<Utc>>,
    /// And the newest.
    pub newest: Option<DateTime<Utc>>,
    /// How many were removed.
    pub removed: i64,
    /// How many of those went into an archive.
    pub archived: i64,
    /// How many objects that made.
    pub objects: i64,
    /// Of how many bytes.
    pub bytes: i64,
    /// How many archives were removed, whose rows have been kept as long as they are in all.
    pub archives_removed: i64,
    /// How many of those are held.
    pub archives_held: i64,
    /// Whether it is done.
    pub is_over: bool,
}

/// How far it is with all of them, in the order in which they are carried out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Progress(pub Vec<Step>);

impl Progress {
    /// A figure of all policies together.
    pub fn sum(&self, figure: impl Fn(&Step) -> i64) -> i64 {
        self.0.iter().map(figure).sum()
    }
}
