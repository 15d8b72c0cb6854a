//! What is published of projects. What a client wrote is sealed as theirs.

use kernel::{
    events::{Event, Resource},
    id::{ClientId, ProjectId, UserId},
    personal::Subject,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::project::{Project, ProjectStatus};
use crate::domain::TOPIC;

/// The texts of a project.
const TEXTS: &[&str] = &["title", "description", "requirements"];

/// A project was asked for, made or changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProjectSaved {
    /// The project.
    pub project: ProjectId,
    /// The client whose it is.
    pub client: ClientId,
    /// It before, of what changed; absent of a new one.
    pub before: Option<Json>,
    /// It now, of what changed.
    pub after: Json,
}

impl ProjectSaved {
    /// What differs between two states of a project.
    pub fn of(before: Option<&Project>, after: &Project) -> Self {
        let now = values(after);
        let (before, after_values) = match before.map(values) {
            None => (None, now),
            Some(was) => {
                let differ = |values: &Json| -> Json {
                    let all = values.as_object().into_iter().flatten();
                    all.filter(|(name, _)| was[*name] != now[*name])
                        .map(|(name, value)| (name.clone(), value.clone()))
                        .collect()
                };
                (Some(differ(&was)), differ(&now))
            }
        };
        Self { project: after.id, client: after.client_id, before, after: after_values }
    }
}

/// A project as the trail tells it.
fn values(project: &Project) -> Json {
    json!({
        "title": project.title,
        "description": project.description,
        "requirements": project.requirements,
        "status": project.status,
        "type": project.kind,
        "clientId": project.client_id,
        "budgetMinor": project.budget,
        "currency": project.currency,
        "startDate": project.start_date,
        "endDate": project.end_date,
    })
}

impl Event for ProjectSaved {
    const KIND: &'static str = "project.saved";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Project", self.project)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (self.before.clone(), Some(self.after.clone()))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Person(UserId::from(self.client)))
    }
    const PERSONAL: &'static [&'static str] = TEXTS;
}

/// A project moved on, or will not be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProjectStatusChanged {
    /// The project.
    pub project: ProjectId,
    /// The client whose it is.
    pub client: ClientId,
    /// Where it stood.
    pub from: ProjectStatus,
    /// Where it stands.
    pub to: ProjectStatus,
}

impl Event for ProjectStatusChanged {
    const KIND: &'static str = "project.status_changed";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Project", self.project)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "status": self.from })), Some(json!({ "status": self.to })))
    }
}
