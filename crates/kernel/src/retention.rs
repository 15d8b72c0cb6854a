//! How long rows are kept: what each context says of its tables, as data. What carries it out is the audit context's.

use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

/// What happens to rows that are older than they are kept here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum RetentionAction {
    /// They go into an object of the file storage, which is read back and compared first.
    Archive,
    /// They go; what was counted of them stands.
    Aggregate,
    /// They go.
    Delete,
}

/// Who carries a policy out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// Rows by their age, in batches, whichever table it is.
    Rows,
    /// The audit trail, in its order and behind a signed place.
    Trail,
    /// The context whose table it is, which has its own way.
    Context,
}

/// A column by which a row belongs to a row of another table, whose columns say whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Through {
    /// The column.
    pub column: &'static str,
    /// The other table.
    pub table: &'static str,
    /// Its columns that hold ids of what the row is about; its own id is one of them.
    pub about: &'static [&'static str],
}

/// How long rows of a table are kept, unless the company decides otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// What it is called: the table, or the table and which of its rows.
    pub name: &'static str,
    /// The table.
    pub table: &'static str,
    /// Which rows, and what is behind the figure.
    pub what: &'static str,
    /// How many days rows are kept in the database.
    pub days: i64,
    /// The setting that says so instead.
    pub setting: Option<&'static str>,
    /// How many days they are kept in all: after that their archives go. Archives of policies without are kept.
    pub total_days: Option<i64>,
    /// The setting that says how many days they are kept in all at least.
    pub floor: Option<&'static str>,
    /// What happens after.
    pub action: RetentionAction,
    /// What else a company may choose.
    pub choices: &'static [RetentionAction],
    /// Who does it.
    pub means: Means,
    /// What a row's age is counted from, in SQL.
    pub age: &'static str,
    /// Which rows alone, in SQL.
    pub only: Option<&'static str>,
    /// The columns that hold ids of what a row is about.
    pub about: &'static [&'static str],
    /// What else says so.
    pub through: Option<Through>,
    /// Rows that go with one: their table, and the column that names it.
    pub with: Option<(&'static str, &'static str)>,
    /// Rows that the database removes with one, by their ids: their table, and the column that names it. Where one is held, so is it.
    pub below: &'static [(&'static str, &'static str)],
    /// Whether it is carried out whenever things are cleaned up, or by the runs of the night alone.
    pub is_swept: bool,
}

impl Policy {
    /// Rows go so many days after `age`.
    pub const fn deletes(name: &'static str, days: i64, age: &'static str, what: &'static str) -> Self {
        Self {
            name,
            table: name,
            what,
            days,
            setting: None,
            total_days: None,
            floor: None,
            action: RetentionAction::Delete,
            choices: &[],
            means: Means::Rows,
            age,
            only: None,
            about: &["id"],
            through: None,
            with: None,
            below: &[],
            is_swept: true,
        }
    }

    /// Whether this may happen to its rows.
    pub fn may(&self, action: RetentionAction) -> bool {
        self.action == action || self.choices.contains(&action)
    }
}

/// What a context says of its tables.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Those whose rows go.
    pub policies: &'static [Policy],
    /// Those whose rows stay, with the reason.
    pub kept: &'static [(&'static [&'static str], &'static str)],
}

/// The kernel's own tables.
pub const RETENTION: Retention = Retention {
    policies: &[],
    kept: &[
        (&["outbox"], "until all are told and FRONTDESK_EVENTS_KEPT is over; removed whenever things are cleaned up"),
        (&["jobs"], "until they are done; what was given up is kept until somebody has looked into it"),
        (&["idempotency_keys", "rate_limits"], "end by themselves within hours or days"),
        (&["event_head", "tenant_usage"], "one row that is counted on"),
        (&["files"], "as long as what they belong to; what belongs to nothing is swept up"),
        (&["personal_keys"], "until erasure, which destroys the key and leaves the row"),
    ],
};
