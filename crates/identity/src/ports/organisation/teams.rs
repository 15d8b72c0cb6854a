//! What the use cases of teams need beside the records.

use kernel::{
    Result,
    id::{StaffId, TeamId},
};

use crate::domain::organisation::team::Membership;

/// Who belongs to which team.
pub trait Memberships {
    /// What a colleague is in a team.
    async fn membership(&self, team: TeamId, staff: StaffId) -> Result<Option<Membership>>;
    /// Whether there is an active colleague with this id.
    async fn is_active_colleague(&self, staff: StaffId) -> Result<bool>;
    /// How many teams a colleague belongs to, and how many members a team has.
    async fn sizes(&self, team: TeamId, staff: StaffId) -> Result<(u64, u64)>;
    /// Adds a membership or gives it another role.
    async fn save_member(&self, member: &Membership) -> Result<()>;
    /// Ends a membership.
    async fn remove_member(&self, team: TeamId, staff: StaffId) -> Result<()>;
}
