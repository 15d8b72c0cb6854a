//! Teams.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{
    CreateTeam, InTeam, Membership, UpdateTeam, add_team_member, create_team, entities, records::Teams,
    remove_team_member, set_team_member_role, teams, update_team,
};
use kernel::{
    Cx,
    id::{StaffId, TeamId, UserId},
    page::PageArgs,
};

use crate::graphql::identity::{
    access::permission::Permission,
    people::types::{IntoId, Staff, User, staff, user},
};
use crate::{
    connection, filter,
    graphql::{
        directives::requires,
        errors::Result,
        filters::OrderDirection,
        loaders::{By, TeamsOf},
        records::{list, nested, ordered, write},
        scalars::id,
        scope::scope,
    },
    order, payload,
    wiring::bridges::InTransaction,
};

/// Colleagues who see each other's work, across departments.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Team {
    /// Its id, `tem_…`.
    pub id: ID,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is in use. Through a team that is not, nobody sees anybody's work.
    pub is_active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: TeamId,
    #[graphql(skip)]
    created_by: Option<UserId>,
}

impl From<&identity::Team> for Team {
    fn from(team: &identity::Team) -> Self {
        Self {
            id: team.id.into_id(),
            name: team.name.clone(),
            description: team.description.clone(),
            is_active: team.is_active,
            created_at: team.created_at,
            updated_at: team.updated_at,
            key: team.id,
            created_by: team.created_by,
        }
    }
}

impl From<identity::Team> for Team {
    fn from(team: identity::Team) -> Self {
        (&team).into()
    }
}

connection!(TeamConnection, TeamEdge, Team, identity::Team, "teams");

/// A team, where the viewer may see it.
pub async fn team(ctx: &Context<'_>, id: TeamId) -> Result<Option<Team>> {
    Ok(scope(ctx).loaders.load_one(By::<Teams>(id)).await?.map(|team| team.as_ref().into()))
}

/// What the viewer may do with a team.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct TeamViewerCan {
    /// Change all of it, and who its admins are.
    pub update: bool,
    /// Change its description, and add and take out plain members: one of its admins may, too.
    pub manage_members: bool,
}

#[ComplexObject]
impl Team {
    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<TeamViewerCan> {
        let (scope, cx) = (scope(ctx), scope(ctx).cx());
        let update = cx.can(identity::MANAGE_DEPARTMENTS);
        let own = match cx.user().ok().and_then(|_| cx.staff_id()) {
            Some(own) if self.is_active && !update => scope.loaders.load_one(TeamsOf(own)).await?,
            _ => None,
        };
        let is_admin = |at: &Membership| at.team_id == self.key && at.role == identity::TeamRole::Admin;
        Ok(TeamViewerCan { update, manage_members: update || own.is_some_and(|own| own.iter().any(is_admin)) })
    }

    /// Who belongs to it, longest first.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<TeamMemberConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, teams::Members, self.key, page).await?.into())
        })
        .await
    }

    /// Who made it; null without the permission to see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.created_by)).await
    }
}

/// What somebody is in a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::TeamRole")]
pub enum TeamRole {
    /// Belongs to it.
    Member,
    /// Adds and removes members and changes the description too.
    Admin,
}

/// Somebody's place in a team.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct TeamMember {
    /// What they are in it.
    pub role: TeamRole,
    /// Since when they belong to it.
    pub since: DateTime<Utc>,
    #[graphql(skip)]
    team_id: TeamId,
    #[graphql(skip)]
    staff_id: StaffId,
}

impl From<Membership> for TeamMember {
    fn from(member: Membership) -> Self {
        Self {
            role: member.role.into(),
            since: member.created_at,
            team_id: member.team_id,
            staff_id: StaffId(member.user_id.0),
        }
    }
}

connection!(TeamMemberConnection, TeamMemberEdge, TeamMember, Membership, "members");

#[ComplexObject]
impl TeamMember {
    /// The team; null where the viewer may not see it any more.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        Box::pin(team(ctx, self.team_id)).await
    }

    /// The colleague; null without the permission to see colleagues.
    async fn staff(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(staff(ctx, Some(self.staff_id))).await
    }
}

/// The places of a colleague in the teams that the viewer may see.
pub async fn teams_of(ctx: &Context<'_>, staff: StaffId) -> Result<Vec<TeamMember>> {
    let found = scope(ctx).loaders.load_one(TeamsOf(staff)).await?;
    Ok(found.iter().flat_map(|found| found.iter().cloned()).map(Into::into).collect())
}

filter! {
    /// Which teams. All parts given must hold.
    TeamFilter of Teams {
        /// Whether they are in use.
        is_active: bool,
        /// Part of their name or description, in any spelling; at most 200 characters.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
    }
    |level, leaves| {
        leaves.is(teams::BY_IS_ACTIVE, level.is_active);
        leaves.text(teams::BY_TEXT, level.text);
    }
}

order! {
    "teams": TeamOrder, TeamOrderField of Teams, ascending {
        /// By name.
        Name,
        /// By when they were made.
        CreatedAt,
    }
}

/// Reading teams.
#[derive(Default)]
pub struct TeamQuery;

#[Object]
impl TeamQuery {
    /// A team; null where there is none that the viewer may see.
    #[graphql(name = "team")]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "`tem_…`")] id: ID) -> Result<Option<Team>> {
        let id = crate::graphql::scalars::id("id", &id)?;
        scope(ctx).cx().user()?;
        team(ctx, id).await
    }

    /// Teams, by name unless ordered otherwise: all of them with the permission to see staff, else the viewer's own.
    async fn teams(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<TeamFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<TeamOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<TeamConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (entities::team::Column::Name, false));
        Ok(list(ctx, "teams", filter, order, page).await?.into())
    }
}

/// A team is to be made.
#[derive(Clone, InputObject)]
pub struct CreateTeamInput {
    /// Its name, 1–200 characters, unique.
    pub name: String,
    /// What it is for, at most 2000 characters.
    pub description: Option<String>,
}

payload! {
    /// What came of making a team.
    CreateTeamPayload {
        /// The team, with nobody in it.
        team: Team as identity::Team
    }
}

/// A team is to be changed. What is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateTeamInput {
    /// The team.
    pub team_id: ID,
    /// Its name, 1–200 characters, unique. Takes MANAGE_DEPARTMENTS.
    pub name: Option<String>,
    /// What it is for, at most 2000 characters; null clears it.
    pub description: MaybeUndefined<String>,
    /// Whether it is in use. Takes MANAGE_DEPARTMENTS.
    pub is_active: Option<bool>,
}

payload! {
    /// What came of changing a team.
    UpdateTeamPayload {
        /// The team.
        team: Team as identity::Team
    }
}

/// A colleague is to come into a team.
#[derive(Clone, InputObject)]
pub struct AddTeamMemberInput {
    /// The team.
    pub team_id: ID,
    /// The colleague, who must be active.
    pub staff_id: ID,
    /// What they are to be in it. To make them an admin takes MANAGE_DEPARTMENTS.
    #[graphql(default_with = "TeamRole::Member")]
    pub role: TeamRole,
}

payload! {
    /// What came of adding a colleague to a team.
    AddTeamMemberPayload {
        /// Their place in the team; of who was in it already, the one they had.
        member: TeamMember as Membership
    }
}

/// A member is to be something else in a team.
#[derive(Clone, InputObject)]
pub struct SetTeamMemberRoleInput {
    /// The team.
    pub team_id: ID,
    /// The colleague.
    pub staff_id: ID,
    /// What they are to be in it.
    pub role: TeamRole,
}

payload! {
    /// What came of giving a member another role.
    SetTeamMemberRolePayload {
        /// Their place in the team.
        member: TeamMember as Membership
    }
}

/// A member is to leave a team.
#[derive(Clone, InputObject)]
pub struct RemoveTeamMemberInput {
    /// The team.
    pub team_id: ID,
    /// The colleague.
    pub staff_id: ID,
}

payload! {
    /// What came of taking somebody out of a team.
    RemoveTeamMemberPayload {
        /// The team.
        team: Team as identity::Team
    }
}

fn in_team(team: &ID, staff: &ID) -> kernel::Result<InTeam> {
    Ok(InTeam { team: id("input.teamId", team)?, staff: id("input.staffId", staff)? })
}

/// Keeping teams.
#[derive(Default)]
pub struct TeamMutation;

#[Object]
impl TeamMutation {
    /// Makes a team.
    #[graphql(directive = requires::apply(Permission::ManageDepartments))]
    async fn create_team(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateTeamInput,
    ) -> Result<CreateTeamPayload> {
        let cmd = CreateTeam { name: input.name, description: input.description };
        Ok(write(ctx, "team.create", cmd, |tx, cx, cmd| async move { create_team(&tx, &cx, &cmd).await }).await?.into())
    }

    /// Changes a team. One of its admins may change its description without the permission. None is ever deleted; one that is not in use is
    /// deactivated, as long as it has no open tickets.
    #[graphql(directive = requires::apply(Permission::ManageDepartments))]
    async fn update_team(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateTeamInput,
    ) -> Result<UpdateTeamPayload> {
        let cmd = UpdateTeam {
            id: id("input.teamId", &input.team_id)?,
            name: input.name,
            description: crate::graphql::identity::cleared(input.description),
            is_active: input.is_active,
        };
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { update_team(&tx, &InTransaction(&tx), &cx, &cmd).await };
        Ok(write(ctx, "team.update", cmd, work).await?.into())
    }

    /// Puts a colleague into a team. One of its admins may add plain members without the permission. From then on, whoever
    /// sees the work of their teams sees the new colleague's too.
    #[graphql(directive = requires::apply(Permission::ManageDepartments))]
    async fn add_team_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AddTeamMemberInput,
    ) -> Result<AddTeamMemberPayload> {
        let place = in_team(&input.team_id, &input.staff_id)?;
        let cmd = (place, input.role.into());
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<(InTeam, _)>| async move { add_team_member(&tx, &cx, cmd.0, cmd.1).await };
        Ok(write(ctx, "team.add_member", cmd, work).await?.into())
    }

    /// Makes a member an admin of the team, or a plain member again.
    #[graphql(directive = requires::apply(Permission::ManageDepartments))]
    async fn set_team_member_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetTeamMemberRoleInput,
    ) -> Result<SetTeamMemberRolePayload> {
        let place = in_team(&input.team_id, &input.staff_id)?;
        let cmd = (place, input.role.into());
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<(InTeam, _)>| async move { set_team_member_role(&tx, &cx, cmd.0, cmd.1).await };
        Ok(write(ctx, "team.set_member_role", cmd, work).await?.into())
    }

    /// Takes a colleague out of a team. One of its admins may take out plain members, and go, without the permission.
    #[graphql(directive = requires::apply(Permission::ManageDepartments))]
    async fn remove_team_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RemoveTeamMemberInput,
    ) -> Result<RemoveTeamMemberPayload> {
        let place = in_team(&input.team_id, &input.staff_id)?;
        let work = |tx, cx: Arc<Cx>, place: Arc<_>| async move { remove_team_member(&tx, &cx, *place).await };
        Ok(write(ctx, "team.remove_member", place, work).await?.into())
    }
}
