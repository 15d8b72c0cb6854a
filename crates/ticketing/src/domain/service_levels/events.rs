//! What is published of service levels.

use chrono::{DateTime, Utc};
use kernel::{
    events::{Event, Resource, Severity},
    id::{ServiceLevelPolicyId, TicketId},
    record::Told,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{
    domain::{TOPIC, tickets::events::TICKETS},
    store::service_levels::{
        clock::ClockKind,
        policy::{Column, Entity as ServiceLevelPolicies},
    },
};

/// The event of a policy that was made or changed is [`Saved`](kernel::record::Saved).
impl Told for ServiceLevelPolicies {
    const KIND: &'static str = "service_level_policy.saved";
    const TOPIC: &'static str = TOPIC;
    const VALUES: &'static [Column] = &[
        Column::Name,
        Column::Description,
        Column::Position,
        Column::Categories,
        Column::Priorities,
        Column::Severities,
        Column::TeamId,
        Column::FirstResponseMinutes,
        Column::NextResponseMinutes,
        Column::ResolutionMinutes,
        Column::BusinessHours,
        Column::WarnPercent,
        Column::IsActive,
    ];
}

/// A clock of a ticket is nearly over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServiceLevelWarned {
    /// The ticket.
    pub ticket: TicketId,
    /// Which clock.
    pub kind: ClockKind,
    /// By which policy.
    pub policy: Option<ServiceLevelPolicyId>,
    /// When it is over.
    pub due_at: Option<DateTime<Utc>>,
}

/// A clock of a ticket is over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServiceLevelBreached {
    /// The ticket.
    pub ticket: TicketId,
    /// Which clock.
    pub kind: ClockKind,
    /// By which policy.
    pub policy: Option<ServiceLevelPolicyId>,
    /// When it was over.
    pub due_at: Option<DateTime<Utc>>,
}

/// The due date of a ticket is near, or past.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketDue {
    /// The ticket.
    pub ticket: TicketId,
    /// Until when it was to be done.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether that is past.
    pub is_over: bool,
}

impl Event for ServiceLevelWarned {
    const KIND: &'static str = "ticket.service_level_warned";
    const TOPIC: &'static str = TICKETS;
    fn resource(&self) -> Resource {
        Resource::new("Ticket", self.ticket)
    }
    fn concerns(&self) -> Option<uuid::Uuid> {
        Some(self.ticket.0)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "kind": self.kind, "policyId": self.policy, "dueAt": self.due_at }))
    }
}

impl Event for ServiceLevelBreached {
    const KIND: &'static str = "ticket.service_level_breached";
    const TOPIC: &'static str = TICKETS;
    const SEVERITY: Severity = Severity::Medium;
    fn resource(&self) -> Resource {
        Resource::new("Ticket", self.ticket)
    }
    fn concerns(&self) -> Option<uuid::Uuid> {
        Some(self.ticket.0)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "kind": self.kind, "policyId": self.policy, "dueAt": self.due_at }))
    }
}

impl Event for TicketDue {
    const KIND: &'static str = "ticket.due";
    const TOPIC: &'static str = TICKETS;
    fn resource(&self) -> Resource {
        Resource::new("Ticket", self.ticket)
    }
    fn concerns(&self) -> Option<uuid::Uuid> {
        Some(self.ticket.0)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "dueAt": self.due_at, "isOver": self.is_over }))
    }
}
