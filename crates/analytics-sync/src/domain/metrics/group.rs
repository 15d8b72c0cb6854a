//! Which things are counted, and by what they are told apart.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use crate::store::metrics::fact::{MetricKind, MetricPriority};

/// By what things are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grouping {
    /// By nothing: all together.
    All,
    /// By who has them.
    Agent,
    /// By department, each with those below it.
    Department,
    /// By the way by which they came.
    Channel,
    /// By how much they matter.
    Priority,
    /// By tag: what has several is in several.
    Tag,
    /// By the hour of the day at which they began.
    Hour,
    /// By day.
    Day,
    /// By week (ISO 8601).
    Week,
    /// By month.
    Month,
    /// By the day of the week, Monday first, and the hour of the day.
    WeekdayHour,
}

/// What the things of a group have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Nothing in particular, or that they have none of it.
    None,
    /// A colleague has them.
    Staff(Uuid),
    /// An agent of B2Chat's has them who is no colleague.
    Agent(Uuid),
    /// They are a department's of the company, or of one below it.
    Department(Uuid),
    /// They are a department's of B2Chat's, or of one below it.
    B2chatDepartment(Uuid),
    /// By that way they came.
    Channel(String),
    /// So much they matter.
    Priority(MetricPriority),
    /// That tag they have: in the form in which tags are compared.
    Tag(String),
    /// At that hour they began.
    Hour(u8),
    /// On that day they began.
    Day(NaiveDate),
    /// In the week of that Monday they began.
    Week(NaiveDate),
    /// In the month of that first day they began.
    Month(NaiveDate),
    /// On that day of the week, 0 for Monday, and at that hour they began.
    WeekdayHour(u8, u8),
}

/// Which things are counted. All parts given must hold.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// Only these kinds.
    pub kinds: Option<Vec<MetricKind>>,
    /// Only what this colleague has.
    pub staff: Option<Uuid>,
    /// Only what this agent of B2Chat's has.
    pub agent: Option<Uuid>,
    /// Only what is this department's of the company, or of one below it.
    pub department: Option<Uuid>,
    /// The same of a department of B2Chat's.
    pub b2chat_department: Option<Uuid>,
    /// Only what came by this way.
    pub channel: Option<String>,
    /// Only what matters so much.
    pub priority: Option<MetricPriority>,
    /// Only what has this tag, in the form in which tags are compared.
    pub tag: Option<String>,
}

/// Who is who, and what is below what.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// The colleague of each agent of B2Chat's who is one.
    pub staff_of: HashMap<Uuid, Uuid>,
    /// Of each department of the company, the ids from the root down to it.
    pub departments: HashMap<Uuid, Vec<Uuid>>,
    /// The same of B2Chat's.
    pub b2chat_departments: HashMap<Uuid, Vec<Uuid>>,
}

impl Around {
    /// Whether a department is another or below it.
    pub fn is_in(tree: &HashMap<Uuid, Vec<Uuid>>, department: Uuid, other: Uuid) -> bool {
        department == other || tree.get(&department).is_some_and(|path| path.contains(&other))
    }
}

/// The name of a week: `2026-W13`.
pub fn week_name(monday: NaiveDate) -> String {
    let week = monday.iso_week();
    format!("{:04}-W{:02}", week.year(), week.week())
}
