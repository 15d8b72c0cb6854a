//! A thing that counts, as whoever owns it tells of it.

use chrono::{DateTime, Utc};
use kernel::{
    id::{B2chatAgentId, B2chatDepartmentId, DepartmentId, MetricFactId, StaffId},
    text::same_name,
};

use crate::store::metrics::fact::{MetricKind, MetricPriority, MetricStatus, Model as Fact};

/// A thing that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// Its own id.
    pub id: uuid::Uuid,
    /// What it is.
    pub kind: MetricKind,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it entered the queue.
    pub opened_at: Option<DateTime<Utc>>,
    /// When somebody took it.
    pub picked_up_at: Option<DateTime<Utc>>,
    /// When somebody first answered.
    pub response_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub closed_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub status: MetricStatus,
    /// By which way it came.
    pub channel: String,
    /// How much it matters; none where such things have none.
    pub priority: Option<MetricPriority>,
    /// The agent of B2Chat's who has it.
    pub agent: Option<B2chatAgentId>,
    /// The colleague who has it.
    pub staff: Option<StaffId>,
    /// The department of B2Chat's.
    pub b2chat_department: Option<B2chatDepartmentId>,
    /// The department of the company.
    pub department: Option<DepartmentId>,
    /// Its tags, as they are written.
    pub tags: Vec<String>,
}

/// An instant in whole milliseconds since 1970: what all spans are made of.
pub fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// From one instant to another, in milliseconds; negative where the end is before the beginning.
fn span(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Option<i64> {
    Some(millis(to?) - millis(from?))
}

impl Thing {
    /// What is counted of it, and its tags: in one form and as they are written.
    pub fn into_fact(self) -> (Fact, Vec<(String, String)>) {
        let created = Some(self.created_at);
        let fact = Fact {
            thing_id: MetricFactId(self.id),
            kind: self.kind,
            created_at: self.created_at,
            opened_at: self.opened_at,
            picked_up_at: self.picked_up_at,
            response_at: self.response_at,
            closed_at: self.closed_at,
            status: self.status,
            channel: self.channel,
            priority: self.priority,
            agent_id: self.agent,
            staff_id: self.staff,
            b2chat_department_id: self.b2chat_department,
            department_id: self.department,
            response_ms: span(created, self.response_at),
            first_response_ms: span(self.opened_at, self.response_at),
            pickup_ms: span(self.opened_at, self.picked_up_at),
            resolution_ms: span(created, self.closed_at),
        };
        let mut tags: Vec<_> = self.tags.into_iter().map(|tag| (folded(&tag), tag)).collect();
        tags.sort();
        tags.dedup_by(|one, other| one.0 == other.0);
        (fact, tags)
    }
}

/// A tag in the form in which tags are compared.
pub fn folded(tag: &str) -> String {
    same_name(tag)
}
