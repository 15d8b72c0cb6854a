//! [`Teams`] on the tables.

use kernel::{
    Cx, Result, Tx,
    error::is_unique_violation,
    id::{StaffId, TeamId, UserId},
};
use sea_orm::{
    ActiveValue::Set,
    IntoActiveModel, PaginatorTrait, QuerySelect,
    entity::prelude::*,
    sea_query::{LockType, OnConflict, SimpleExpr},
};

use super::{team, team_member};
use crate::{
    domain::organisation::team::{Membership, Team},
    ports::organisation::teams::Teams,
    queries::{organisation::teams::visible_teams, people::list::is_active_staff},
};

impl Teams for Tx {
    async fn team(&self, cx: &Cx, id: TeamId) -> Result<Option<Team>> {
        let find = team::Entity::find_by_id(id).filter(visible_teams(cx));
        Ok(find.lock(LockType::NoKeyUpdate).one(self.conn()).await?)
    }

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

    async fn add_team(&self, team: &Team) -> Result<bool> {
        let added = team::Entity::insert(team.clone().into_active_model())
            .on_conflict(OnConflict::column(team::Column::Name).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(added == 1)
    }

    async fn save_team(&self, team: &Team) -> Result<bool> {
        let saved = team::Entity::update_many()
            .set(team::ActiveModel {
                name: Set(team.name.clone()),
                description: Set(team.description.clone()),
                is_active: Set(team.is_active),
                updated_at: Set(team.updated_at),
                ..Default::default()
            })
            .filter(team::Column::Id.eq(team.id))
            .exec(self.conn())
            .await;
        match saved {
            Err(error) if is_unique_violation(&error) => Ok(false),
            saved => Ok(saved?.rows_affected == 1),
        }
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
