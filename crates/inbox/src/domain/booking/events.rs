//! What is published of bookings. Names and texts of visitors are in none of it.

use chrono::{DateTime, Utc};
use kernel::{
    events::{Event, Resource},
    id::{ConsultationId, ServiceId, StaffId, TenantId, VisitorId},
    personal::Subject,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{super::events::TOPIC, slots::Hours};
use crate::store::booking::service::Model as Service;

/// A service was made or changed, or other people hold it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServiceSaved {
    /// The service.
    pub service: ServiceId,
    /// It before; absent of a new one.
    pub before: Option<Json>,
    /// It now.
    pub after: Json,
}

impl ServiceSaved {
    /// A service with its people as the trail tells it.
    pub fn values(service: &Service, staff: &[StaffId]) -> Json {
        json!({
            "name": service.name,
            "description": service.description,
            "durationMinutes": service.duration_minutes,
            "bufferBeforeMinutes": service.buffer_before_minutes,
            "bufferAfterMinutes": service.buffer_after_minutes,
            "stepMinutes": service.step_minutes,
            "noticeMinutes": service.notice_minutes,
            "daysAhead": service.days_ahead,
            "isActive": service.is_active,
            "staffIds": staff,
        })
    }
}

impl Event for ServiceSaved {
    const KIND: &'static str = "service.saved";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Service", self.service)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (self.before.clone(), Some(self.after.clone()))
    }
}

/// The opening hours of the company or of a colleague were set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpeningHoursSaved {
    /// Whose; the company's where absent.
    pub staff: Option<StaffId>,
    /// The company.
    pub tenant: TenantId,
    /// The hours before.
    pub before: Json,
    /// The hours now.
    pub after: Json,
}

impl OpeningHoursSaved {
    /// Hours as the trail tells them.
    pub fn values(hours: &[Hours]) -> Json {
        let told = |hours: &Hours| json!({ "weekday": hours.weekday, "from": hours.from, "to": hours.to });
        hours.iter().map(told).collect()
    }
}

impl Event for OpeningHoursSaved {
    const KIND: &'static str = "opening_hours.saved";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        match self.staff {
            Some(staff) => Resource::new("Staff", staff),
            None => Resource::new("Tenant", self.tenant),
        }
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "openingHours": self.before })), Some(json!({ "openingHours": self.after })))
    }
}

/// A visitor booked a consultation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConsultationBooked {
    /// The consultation.
    pub consultation: ConsultationId,
    /// Who booked it.
    pub visitor: VisitorId,
    /// The service.
    pub service: ServiceId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// Who has it.
    pub assignee: Option<StaffId>,
}

impl Event for ConsultationBooked {
    const KIND: &'static str = "consultation.booked";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Consultation", self.consultation)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let now = json!({ "status": "scheduled", "serviceId": self.service, "startsAt": self.starts_at,
            "assigneeId": self.assignee, "visitorId": self.visitor });
        (None, Some(now))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Visitor(self.visitor))
    }
}

/// A consultation was moved to another time, and perhaps to somebody else.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConsultationRescheduled {
    /// The consultation.
    pub consultation: ConsultationId,
    /// When it would have begun, and who had it.
    pub from: (DateTime<Utc>, Option<StaffId>),
    /// When it begins, and who has it.
    pub to: (DateTime<Utc>, Option<StaffId>),
}

impl Event for ConsultationRescheduled {
    const KIND: &'static str = "consultation.rescheduled";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Consultation", self.consultation)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let told = |(starts_at, assignee): (DateTime<Utc>, Option<StaffId>)| json!({ "startsAt": starts_at, "assigneeId": assignee });
        (Some(told(self.from)), Some(told(self.to)))
    }
}

/// A consultation was handed to somebody, or back to nobody.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConsultationAssigned {
    /// The consultation.
    pub consultation: ConsultationId,
    /// Who had it.
    pub from: Option<StaffId>,
    /// Who has it now.
    pub to: Option<StaffId>,
}

impl Event for ConsultationAssigned {
    const KIND: &'static str = "consultation.assigned";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Consultation", self.consultation)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "assigneeId": self.from })), Some(json!({ "assigneeId": self.to })))
    }
}

/// A consultation was called off.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConsultationCancelled {
    /// The consultation.
    pub consultation: ConsultationId,
}

impl Event for ConsultationCancelled {
    const KIND: &'static str = "consultation.cancelled";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Consultation", self.consultation)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "status": "scheduled" })), Some(json!({ "status": "cancelled" })))
    }
}

/// A consultation was held.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConsultationCompleted {
    /// The consultation.
    pub consultation: ConsultationId,
}

impl Event for ConsultationCompleted {
    const KIND: &'static str = "consultation.completed";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Consultation", self.consultation)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "status": "scheduled" })), Some(json!({ "status": "completed" })))
    }
}

/// The visitor did not come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConsultationMissed {
    /// The consultation.
    pub consultation: ConsultationId,
}

impl Event for ConsultationMissed {
    const KIND: &'static str = "consultation.no_show";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Consultation", self.consultation)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "status": "scheduled" })), Some(json!({ "status": "no_show" })))
    }
}
