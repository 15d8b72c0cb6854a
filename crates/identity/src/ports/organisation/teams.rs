//! What the use cases of teams need.

use kernel::{
    Cx, Result,
    id::{StaffId, TeamId},
};

use crate::domain::organisation::team::{Membership, Team};

/// Teams and who belongs to them.
pub trait Teams {
    /// A team that the actor may see, which nobody else changes until the transaction ends.
    async fn team(&self, cx: &Cx, id: TeamId) -> Result<Option<Team>>;
    /// What a colleague is in a team.
    async fn membership(&self, team: TeamId, staff: StaffId) -> Result<Option<Membership>>;
    /// Whether there is an active colleague with this id.
    async fn is_active_colleague(&self, staff: StaffId) -> Result<bool>;
    /// How many teams a colleague belongs to, and how many members a team has.
    async fn sizes(&self, team: TeamId, staff: StaffId) -> Result<(u64, u64)>;
    /// Adds a team; `false` where the name is taken.
    async fn add_team(&self, team: &Team) -> Result<bool>;
    /// Saves name, description and whether it is active; `false` where the name is taken.
    async fn save_team(&self, team: &Team) -> Result<bool>;
    /// Adds a membership or gives it another role.
    async fn save_member(&self, member: &Membership) -> Result<()>;
    /// Ends a membership.
    async fn remove_member(&self, team: TeamId, staff: StaffId) -> Result<()>;
}
