//! [`Memberships`] on the tables.

use kernel::{
    Result, Tx,
    id::{StaffId, TeamId, UserId},
};
use sea_orm::{
    IntoActiveModel, PaginatorTrait,
    entity::prelude::*,
    sea_query::{OnConflict, SimpleExpr},
};

use super::team_member;
use crate::{
    domain::organisation::team::Membership, ports::organisation::teams::Memberships,
    queries::people::list::is_active_staff,
};

impl Memberships for Tx {
    async fn membership(&self, team: TeamId, staff: StaffId) -> Result<Option<Membership>> {
        Ok(team_member::Entity::find_by_id((team, staff.into())).one(self.conn()).await?)
    }

    async fn is_active_colleague(&self, staff: StaffId) -> Result<bool> {
        is_active_staff(self.conn(), staff).await
    }

    async fn sizes(&self, team: TeamId, staff: StaffId) -> Result<(u64, u64)> {
        let of = |condition: SimpleExpr| team_member::Entity::find().filter(condition);
        let teams = of(team_member::Column::UserId.eq(UserId::from(staff))).count(self.conn()).await?;
        let members = of(team_member::Column::TeamId.eq(team)).count(self.conn()).await?;
        Ok((teams, members))
    }

    async fn save_member(&self, member: &Membership) -> Result<()> {
        let key = [team_member::Column::TeamId, team_member::Column::UserId];
        team_member::Entity::insert(member.clone().into_active_model())
            .on_conflict(OnConflict::columns(key).update_column(team_member::Column::Role).to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(())
    }

    async fn remove_member(&self, team: TeamId, staff: StaffId) -> Result<()> {
        team_member::Entity::delete_by_id((team, staff.into())).exec(self.conn()).await?;
        Ok(())
    }
}
