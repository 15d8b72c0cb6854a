//! What holds of a policy: as it comes, or as the company decided.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Error, ProblemCode, Result,
    retention::{Policy, RetentionAction},
};
use serde::{Deserialize, Serialize};

use crate::store::retention::policy::Model;

/// The longest that may be asked for: a hundred years.
pub const MOST_DAYS: i64 = 36_500;

/// How long rows are kept, and what happens then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionPolicy {
    /// What it is called: the table, or the table and which of its rows.
    pub name: String,
    /// The table.
    pub table: String,
    /// Which rows, and what is behind the figure.
    pub what: String,
    /// How many days they are kept in the database.
    pub hot_days: i64,
    /// How many in all; without, archives are kept.
    pub total_days: Option<i64>,
    /// What happens then.
    pub action: RetentionAction,
    /// What a company may choose.
    pub choices: Vec<RetentionAction>,
    /// Whether it is carried out.
    pub is_enabled: bool,
    /// The setting that says the days in the database.
    pub setting: Option<String>,
    /// How many days the law asks for in all.
    pub floor_days: Option<i64>,
    /// Whether it is as it comes.
    pub is_default: bool,
    /// Raised by every change; 0 of one that is as it comes.
    pub version: i32,
    /// When it was last changed.
    pub updated_at: Option<DateTime<Utc>>,
}

impl RetentionPolicy {
    /// What holds of a policy: what the company decided, the days of its setting, and the law's floor where that is higher.
    pub fn of(policy: &Policy, row: Option<&Model>, setting: Option<i64>, floor: Option<i64>) -> Self {
        let mut choices = vec![policy.action];
        choices.extend(policy.choices.iter().copied().filter(|choice| *choice != policy.action));
        let mut decided = Self {
            name: policy.name.into(),
            table: policy.table.into(),
            what: policy.what.into(),
            hot_days: policy.days,
            total_days: policy.total_days,
            action: policy.action,
            choices,
            is_enabled: true,
            setting: policy.setting.map(Into::into),
            floor_days: floor,
            is_default: row.is_none(),
            version: row.map_or(0, |row| row.version),
            updated_at: row.map(|row| row.updated_at),
        };
        if let Some(row) = row {
            decided.hot_days = i64::from(row.hot_days);
            decided.total_days = row.total_days.map(i64::from);
            decided.action = row.action;
            decided.is_enabled = row.is_enabled;
        }
        if let Some(days) = setting {
            decided.hot_days = days;
        }
        // The floor may have been raised since.
        if let Some(floor) = floor {
            match decided.action {
                RetentionAction::Archive => decided.total_days = decided.total_days.map(|days| days.max(floor)),
                _ => decided.hot_days = decided.hot_days.max(floor),
            }
        }
        decided
    }

    /// Rows of before this instant go.
    pub fn cutoff(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::days(self.hot_days)
    }

    /// Archives go whose rows are all of before this instant.
    pub fn end(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.total_days.map(|days| now - TimeDelta::days(days))
    }

    /// Whether it can be carried out as it stands.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the field and the reason.
    pub fn check(&self, policy: &Policy) -> Result<()> {
        let wrong = |field: &str, why: String| Err(Error::invalid(field, ProblemCode::NotAllowed, why));
        if !(0..=MOST_DAYS).contains(&self.hot_days) {
            return wrong("hotDays", format!("must be between 0 and {MOST_DAYS}"));
        }
        if self.total_days.is_some_and(|days| !(0..=MOST_DAYS).contains(&days)) {
            return wrong("totalDays", format!("must be between 0 and {MOST_DAYS}"));
        }
        if !policy.may(self.action) {
            return wrong("action", format!("{} cannot be kept like that", policy.name));
        }
        if self.action != RetentionAction::Archive && self.total_days.is_some() {
            return wrong("totalDays", "what is not archived is kept for hotDays and no longer".into());
        }
        if self.total_days.is_some_and(|days| days < self.hot_days) {
            return wrong("totalDays", format!("must be at least the {} days in the database", self.hot_days));
        }
        let Some(floor) = self.floor_days else { return Ok(()) };
        let law = |field: &str| {
            let setting = policy.floor.unwrap_or_default();
            wrong(
                field,
                format!("{} must be kept for {floor} days at least: the setting {setting} says so", policy.name),
            )
        };
        match self.action {
            RetentionAction::Archive if self.total_days.is_some_and(|days| days < floor) => law("totalDays"),
            RetentionAction::Archive => Ok(()),
            _ if self.hot_days < floor => law("hotDays"),
            _ => Ok(()),
        }
    }
}
