//! Teams: colleagues who see each other's work, across departments.

use chrono::{DateTime, Utc};
use kernel::{
    events::{Event, Resource},
    id::{StaffId, TeamId},
    record::Told,
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::store::organisation::team::Column;
pub use crate::store::organisation::{
    team::{Entity as Teams, Model as Team},
    team_member::{Model as Membership, TeamRole},
};

/// How many teams one colleague may belong to.
pub const MAX_TEAMS: u64 = 50;
/// How many members a team may have.
pub const MAX_MEMBERS: u64 = 1000;

/// The event of a team that was made or changed is [`Saved`](kernel::record::Saved).
impl Told for Teams {
    const KIND: &'static str = "team.saved";
    const TOPIC: &'static str = "identity";
    const VALUES: &'static [Column] = &[Column::Name, Column::Description, Column::IsActive];
}

/// What somebody is in a team, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Member or admin.
    pub role: TeamRole,
    /// Since when they belong to it.
    pub since: DateTime<Utc>,
}

impl From<&Membership> for Place {
    fn from(membership: &Membership) -> Self {
        Self { role: membership.role, since: membership.created_at }
    }
}

/// Somebody came into a team, left it, or became something else in it. The rows of the audit trail are the history of a
/// team: the table holds who belongs to it now.
#[derive(Serialize)]
pub struct TeamMemberChanged {
    /// The team.
    pub team: TeamId,
    /// The colleague.
    pub staff: StaffId,
    /// What they were in it; `None` of who was not.
    pub before: Option<Place>,
    /// What they are in it; `None` of who left.
    pub after: Option<Place>,
}

impl Event for TeamMemberChanged {
    const KIND: &'static str = "team.member_changed";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("Team", self.team)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let values = |place: Place| json!({ "staffId": self.staff, "role": place.role, "since": place.since });
        (self.before.map(values), self.after.map(values))
    }
}
