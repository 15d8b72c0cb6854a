//! Teams.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{
    CreateTeam, InTeam, Membership, TeamCriteria, TeamField, UpdateTeam, add_team_member, create_team, member_place,
    remove_team_member, set_team_member_role, update_team,
};
use kernel::id::{StaffId, TeamId, UserId};

use crate::graphql::identity::{
    access::permission::Permission,
    people::types::{IntoId, Staff, User, staff, user},
};
use crate::{
    connection, filter_tree,
    graphql::{
        directives::requires,
        errors::{Result, UserError, payload},
        filters::OrderDirection,
        loaders::{MemberCount, MembersOf, TeamsOf},
        paging::{List, counted, orders},
        scalars::id,
        scope::scope,
    },
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
    Ok(scope(ctx).loaders.load_one(id).await?.map(|team| team.as_ref().into()))
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
            let scope = scope(ctx);
            let list = List::new(scope, &format!("members {}", self.id.as_str()), first, after, last, before)?;
            let key = |rows, backward| MembersOf { team: self.key, rows, backward };
            let slice = match list.at_an_end(scope, key).await? {
                Some(slice) => slice,
                None => identity::members(&list.conn().await?, self.key, &list.page).await?,
            };
            Ok(TeamMemberConnection::of(list, slice, member_place, counted(scope, MemberCount(self.key))))
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

/// Which teams. All parts given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct TeamFilter {
    /// Whether they are in use.
    pub is_active: Option<bool>,
    /// Part of their name or description, in any case; at most 200 characters.
    #[graphql(validator(chars_max_length = 200))]
    pub text: Option<String>,
    /// All of these.
    pub and: Option<Vec<TeamFilter>>,
    /// Any of these; an empty list is none.
    pub or: Option<Vec<TeamFilter>>,
    /// Not this.
    pub not: Option<Box<TeamFilter>>,
}

filter_tree!(TeamFilter, TeamCriteria, |level, _scope| TeamCriteria { is_active: level.is_active, text: level.text });

/// What teams can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "TeamField")]
pub enum TeamOrderField {
    /// By name.
    Name,
    /// By when they were made.
    CreatedAt,
}

/// An order of teams.
#[derive(Debug, Clone, InputObject)]
pub struct TeamOrder {
    /// By what.
    pub field: TeamOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

impl From<TeamOrder> for identity::TeamOrder {
    fn from(order: TeamOrder) -> Self {
        Self { field: order.field.into(), descending: order.direction == OrderDirection::Desc }
    }
}

const BY_NAME: identity::TeamOrder = identity::TeamOrder { field: TeamField::Name, descending: false };

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
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
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
        let scope = scope(ctx);
        scope.cx().user()?;
        let filter = filter.unwrap_or_default().build(scope)?;
        let orders = orders(order_by, BY_NAME)?;
        let list = List::new(scope, &format!("teams {orders:?}"), first, after, last, before)?;
        let slice = identity::teams(&list.conn().await?, &list.cx, &filter, &orders, &list.page).await?;
        let place = |row: &identity::Team| identity::TeamOrder::place(&orders, row);
        let count = list.count(move |conn, cx| {
            let filter = filter.clone();
            async move { identity::count_teams(&conn, &cx, &filter).await }
        });
        Ok(TeamConnection::of(list, slice, place, count))
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

/// What came of making a team.
#[derive(SimpleObject)]
pub struct CreateTeamPayload {
    /// The team, with nobody in it.
    pub team: Option<Team>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
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

/// What came of changing a team.
#[derive(SimpleObject)]
pub struct UpdateTeamPayload {
    /// The team.
    pub team: Option<Team>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
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

/// What came of adding a colleague to a team.
#[derive(SimpleObject)]
pub struct AddTeamMemberPayload {
    /// Their place in the team; of who was in it already, the one they had.
    pub member: Option<TeamMember>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
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

/// What came of giving a member another role.
#[derive(SimpleObject)]
pub struct SetTeamMemberRolePayload {
    /// Their place in the team.
    pub member: Option<TeamMember>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A member is to leave a team.
#[derive(Clone, InputObject)]
pub struct RemoveTeamMemberInput {
    /// The team.
    pub team_id: ID,
    /// The colleague.
    pub staff_id: ID,
}

/// What came of taking somebody out of a team.
#[derive(SimpleObject)]
pub struct RemoveTeamMemberPayload {
    /// The team.
    pub team: Option<Team>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
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
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let cmd = &CreateTeam { name: input.name, description: input.description };
        let made = scope.app.db.transact(cx, "team.create", |tx| async move { create_team(&tx, cx, cmd).await });
        let (team, errors) = payload(made.await)?;
        Ok(CreateTeamPayload { team: team.map(Into::into), errors })
    }

    /// Changes a team. One of its admins may change its description without the permission. None is ever deleted; one that is not in use is
    /// deactivated.
    #[graphql(directive = requires::apply(Permission::ManageDepartments))]
    async fn update_team(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateTeamInput,
    ) -> Result<UpdateTeamPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let cmd = &UpdateTeam {
            id: id("input.teamId", &input.team_id)?,
            name: input.name,
            description: crate::graphql::identity::cleared(input.description),
            is_active: input.is_active,
        };
        let done = scope.app.db.transact(cx, "team.update", |tx| async move { update_team(&tx, cx, cmd).await });
        let (team, errors) = payload(done.await)?;
        Ok(UpdateTeamPayload { team: team.map(Into::into), errors })
    }

    /// Puts a colleague into a team. One of its admins may add plain members without the permission. From then on, whoever
    /// sees the work of their teams sees the new colleague's too.
    #[graphql(directive = requires::apply(Permission::ManageDepartments))]
    async fn add_team_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AddTeamMemberInput,
    ) -> Result<AddTeamMemberPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let (place, role) = (in_team(&input.team_id, &input.staff_id)?, input.role.into());
        let work = scope
            .app
            .db
            .transact(cx, "team.add_member", |tx| async move { add_team_member(&tx, cx, place, role).await });
        let (member, errors) = payload(work.await)?;
        Ok(AddTeamMemberPayload { member: member.map(Into::into), errors })
    }

    /// Makes a member an admin of the team, or a plain member again.
    #[graphql(directive = requires::apply(Permission::ManageDepartments))]
    async fn set_team_member_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetTeamMemberRoleInput,
    ) -> Result<SetTeamMemberRolePayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let (place, role) = (in_team(&input.team_id, &input.staff_id)?, input.role.into());
        let work = scope
            .app
            .db
            .transact(cx, "team.set_member_role", |tx| async move { set_team_member_role(&tx, cx, place, role).await });
        let (member, errors) = payload(work.await)?;
        Ok(SetTeamMemberRolePayload { member: member.map(Into::into), errors })
    }

    /// Takes a colleague out of a team. One of its admins may take out plain members, and go, without the permission.
    #[graphql(directive = requires::apply(Permission::ManageDepartments))]
    async fn remove_team_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RemoveTeamMemberInput,
    ) -> Result<RemoveTeamMemberPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let place = in_team(&input.team_id, &input.staff_id)?;
        let work = scope
            .app
            .db
            .transact(cx, "team.remove_member", |tx| async move { remove_team_member(&tx, cx, place).await });
        let (team, errors) = payload(work.await)?;
        Ok(RemoveTeamMemberPayload { team: team.map(Into::into), errors })
    }
}
