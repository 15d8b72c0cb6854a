//! Roles, the permissions of single people, and why somebody may do something.

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use crm_leads::records::{CrmSyncs, LeadScorings, Leads};
use identity::{
    SaveRole, SetPermission,
    entities::role::Column as RoleColumn,
    records::{Invitations, Roles},
};
use inbox::records::{
    ChatMessages, Chats, Consultations, ConversationMessages, ConversationReplies, Conversations, MessageReplies,
    Messages,
};
use kernel::{
    Conn, Cx,
    cx::{Duty, UserKind},
    id::{InvitationId, RoleId, prefix},
    page::PageArgs,
    record::{Record, by_ids},
    visibility::{self, Holder, Rule},
};
use ticketing::records::{TicketComments, Tickets};

use super::permission::Permission;
use crate::graphql::{
    directives::requires,
    errors::{Result, UserError, payload},
    filters::Leaves,
    node::sees,
    records::{always, list_where, write},
    scalars::{self, id},
    scope::{Scope, scope},
};
use crate::{
    graphql::identity::people::types::{Role, RoleConnection, Staff},
    payload,
    wiring::tickets::House,
};

/// A permission, as roles and people can hold it.
#[derive(SimpleObject)]
pub struct PermissionInfo {
    /// Its name.
    pub permission: Permission,
    /// What it allows.
    pub description: String,
    /// Whether the viewer holds it, and so may give it to others where they may give any.
    pub viewer_holds: bool,
}

/// What decided whether somebody may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum AccessRule {
    /// Their role has the permission.
    Role,
    /// They were granted the permission beyond their role.
    Grant,
    /// Neither their role nor a grant gives them the permission.
    NotHeld,
    /// They are deactivated.
    Inactive,
    /// They hold the permission, but must do something else first: choose another password, or set up a second factor.
    Duty,
    /// They see everybody's work.
    SeeAll,
    /// They see it because a team of theirs has it, or a colleague of their team or department.
    SeeTeam,
    /// They see it because it waits in the queue of their department or of one below it.
    SeeQueue,
    /// They see it because they have it.
    SeeAssigned,
    /// They see it because nobody has it.
    SeeUnassigned,
    /// They see it because they are the client whose it is, or of the same company where clients see what is its: without a permission.
    SeeOwn,
    /// They hold the permission, but do not see the thing.
    NotVisible,
    /// They hold the permission, but the person, role or invitation has more permissions than they do.
    Outranked,
}

impl From<Rule> for AccessRule {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::All => Self::SeeAll,
            Rule::Colleague | Rule::Team => Self::SeeTeam,
            Rule::Queue => Self::SeeQueue,
            Rule::Assigned => Self::SeeAssigned,
            Rule::Unassigned => Self::SeeUnassigned,
            Rule::Owner => Self::SeeOwn,
        }
    }
}

/// Why somebody may do something, or not.
#[derive(SimpleObject)]
pub struct AccessExplanation {
    /// Whether they may.
    pub allowed: bool,
    /// What decided it.
    pub rule: AccessRule,
    /// The same as a sentence.
    pub reason: String,
    /// Their role.
    pub role: Role,
}

/// A role is to be made.
#[derive(Clone, InputObject)]
pub struct CreateRoleInput {
    /// Its name, 1–64 characters, unique in the company.
    pub name: String,
    /// What it is for, at most 500 characters.
    pub description: Option<String>,
    /// Its permissions: none that you do not hold.
    pub permissions: Vec<Permission>,
    /// Whether everybody who holds it needs a second factor; needs MANAGE_SIGN_IN.
    pub requires_totp: Option<bool>,
}

/// A role is to be changed. What is left out stays; null clears.
#[derive(Clone, InputObject)]
pub struct UpdateRoleInput {
    /// Which one, `rol_…`.
    pub role_id: ID,
    /// Its name, 1–64 characters, unique in the company.
    pub name: Option<String>,
    /// What it is for, at most 500 characters.
    pub description: MaybeUndefined<String>,
    /// Its permissions: none that you do not hold.
    pub permissions: Option<Vec<Permission>>,
    /// Whether everybody who holds it needs a second factor; needs MANAGE_SIGN_IN.
    pub requires_totp: Option<bool>,
    /// Whether it can still be given to people; those who have it keep it.
    pub is_active: Option<bool>,
}

/// One colleague is to be granted a permission, or to lose a granted one.
#[derive(Clone, InputObject)]
pub struct PersonPermissionInput {
    /// Who, `stf_…`.
    pub staff_id: ID,
    /// Which permission: one that you hold.
    pub permission: Permission,
}

payload! {
    /// What came of making a role.
    CreateRolePayload {
        /// The role.
        role: Role as identity::Role
    }
}

payload! {
    /// What came of changing a role.
    UpdateRolePayload {
        /// The role as it is now.
        role: Role as identity::Role
    }
}

payload! {
    /// What came of granting a permission.
    GrantPermissionPayload {
        /// The colleague as they are now.
        staff: Staff as identity::Person
    }
}

payload! {
    /// What came of revoking a permission.
    RevokePermissionPayload {
        /// The colleague as they are now.
        staff: Staff as identity::Person
    }
}

fn names(permissions: &[Permission]) -> Vec<String> {
    permissions.iter().map(|permission| permission.name().to_owned()).collect()
}

/// Reading roles.
#[derive(Default)]
pub struct RoleQuery;

#[Object]
impl RoleQuery {
    /// Roles, by name.
    #[graphql(directive = requires::apply(Permission::ViewStaff))]
    async fn roles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that can be given to people (true), or that no longer can (false).")]
        is_active: Option<bool>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<RoleConnection> {
        let mut leaves = Leaves::<Roles>::new(scope(ctx));
        leaves.is(identity::ROLES_BY_IS_ACTIVE, is_active);
        let (page, order) = (PageArgs { first, after, last, before }, always::<Roles>(RoleColumn::Name, false)?);
        let listed = list_where::<Roles>(ctx, "roles", leaves.alone()?, order, page).await?;
        let catalog = &scope(ctx).app.catalog;
        Ok(listed.map(|row| identity::Role::of(row, catalog)).into())
    }

    /// A role; null where there is none that the viewer may see.
    #[graphql(directive = requires::apply(Permission::ViewStaff))]
    async fn role(&self, ctx: &Context<'_>, #[graphql(desc = "`rol_…`")] id: ID) -> Result<Option<Role>> {
        let scope = scope(ctx);
        scope.cx().require(identity::VIEW_STAFF)?;
        let key: RoleId = self::id("id", &id)?;
        let conn = scope.app.db.reader(&scope.cx()).await?;
        Ok(identity::roles_by_ids(&conn, &[key], &scope.app.catalog).await?.get(&key).map(Into::into))
    }

    /// Every permission that there is.
    async fn permission_catalog(&self, ctx: &Context<'_>) -> Result<Vec<PermissionInfo>> {
        let cx = scope(ctx).cx();
        cx.user()?;
        let info = |known: kernel::Permission| {
            let permission = Permission::of(known.name)?;
            Some(PermissionInfo { permission, description: known.description.into(), viewer_holds: cx.can(known) })
        };
        Ok(crate::wiring::app::catalog().into_iter().filter_map(info).collect())
    }

    /// Why a person may use a permission, or not; with a thing's id, why they may use it on that thing. Null where there is
    /// no such person or thing that the viewer may see.
    #[graphql(directive = requires::apply(Permission::ManageRoles))]
    async fn explain_access(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who: `stf_…` or `cli_…`.")] user_id: ID,
        #[graphql(desc = "To do what.")] permission: Permission,
        #[graphql(desc = "With what.")] id: Option<ID>,
    ) -> Result<Option<AccessExplanation>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.require(identity::MANAGE_ROLES)?;
        let who = scalars::user_id("userId", &user_id)?;
        let conn = scope.app.db.reader(&cx).await?;
        let Some(standing) = identity::standing(&conn, &cx, &scope.app.catalog, who).await? else { return Ok(None) };
        let name = permission.name();
        let holds = standing.actor.permissions.names().iter().any(|held| held == name);
        let held = match () {
            () if !standing.is_active => AccessRule::Inactive,
            () if holds && standing.duty.is_some() => AccessRule::Duty,
            () if standing.role.permissions.iter().any(|held| held == name) => AccessRule::Role,
            () if standing.grants.iter().any(|held| held == name) => AccessRule::Grant,
            () => AccessRule::NotHeld,
        };
        // What is a client's own needs no permission.
        let is_client = standing.actor.kind == UserKind::Client;
        let own = |thing: &ID| {
            let kind = (permission, prefix(thing));
            is_client
                && matches!(
                    kind,
                    (Permission::ViewTickets, Some("tkt" | "tcm")) | (Permission::ViewProjects, Some("prj"))
                )
        };
        let may = |thing: &ID| match held {
            AccessRule::Role | AccessRule::Grant => true,
            _ => held == AccessRule::NotHeld && own(thing),
        };
        let rule = match id.filter(may) {
            None => held,
            Some(thing) => {
                let theirs = cx.acting_as(kernel::Actor::User(standing.actor.clone().into()));
                match seen(scope, &cx, &theirs, &thing, held).await? {
                    // A client sees what is theirs or, where the company lets them, their company's, and nothing else.
                    Some(rule) if own(&thing) && rule != AccessRule::SeeAll => match rule {
                        AccessRule::NotVisible if held == AccessRule::NotHeld => held,
                        AccessRule::NotVisible => rule,
                        _ => AccessRule::SeeOwn,
                    },
                    Some(rule) if rule == held && !above(scope, &cx, &theirs, permission, &thing).await? => rule,
                    Some(rule) if rule == held => AccessRule::Outranked,
                    Some(rule) => rule,
                    None => return Ok(None),
                }
            }
        };
        let role = &standing.role.name;
        let (allowed, reason) = match rule {
            AccessRule::Role => (true, format!("the role {role} has {name}")),
            AccessRule::Grant => (true, format!("{name} was granted to them beyond the role {role}")),
            AccessRule::NotHeld => (false, format!("neither the role {role} nor a grant gives them {name}")),
            AccessRule::Inactive => (false, "they are deactivated".to_owned()),
            AccessRule::Duty => {
                let first = match standing.duty {
                    Some(Duty::EnrolSecondFactor) => "set up a second factor",
                    Some(Duty::ChangePassword) | None => "choose another password",
                };
                (false, format!("they hold {name}, but must {first} before anything else"))
            }
            AccessRule::Outranked => {
                (false, format!("they hold {name}, but this has permissions that they do not hold"))
            }
            AccessRule::SeeAll => (true, format!("they hold {name} and see everybody's work")),
            AccessRule::SeeTeam => (
                true,
                format!("they hold {name}, and a team of theirs or a colleague of it or of their department has it"),
            ),
            AccessRule::SeeQueue => {
                (true, format!("they hold {name}, and it waits in the queue of their department or of one below it"))
            }
            AccessRule::SeeOwn => {
                (true, "it is theirs or their company's, for which a client needs no permission".to_owned())
            }
            AccessRule::SeeAssigned => (true, format!("they hold {name}, and they have it")),
            AccessRule::SeeUnassigned => (true, format!("they hold {name}, and nobody has it")),
            AccessRule::NotVisible => (false, format!("they hold {name}, but do not see this")),
        };
        Ok(Some(AccessExplanation { allowed, rule, reason, role: (&standing.role).into() }))
    }
}

/// By which rule somebody sees a thing; `None` where the viewer does not see it themselves. Asks the same finders as they
/// would.
async fn seen(scope: &Scope, cx: &Cx, theirs: &Cx, thing: &ID, held: AccessRule) -> Result<Option<AccessRule>> {
    if !sees(&scope.app, cx, "id", thing).await? {
        return Ok(None);
    }
    if !sees(&scope.app, theirs, "id", thing).await? {
        return Ok(Some(AccessRule::NotVisible));
    }
    let holder = holder_of(&scope.app.db.reader(cx).await?, cx, thing).await?;
    Ok(Some(holder.and_then(|holder| visibility::rule(theirs, &holder)).map_or(held, Into::into)))
}

async fn found<R: Record>(conn: &Conn, cx: &Cx, thing: &ID) -> kernel::Result<Option<R::Row>> {
    let key = id("id", thing)?;
    by_ids::<R>(conn, cx, &[key]).await.map(|mut found| found.remove(&key))
}

/// Whose work a thing is, or what it is of; `None` of what is nobody's work.
async fn holder_of(conn: &Conn, cx: &Cx, thing: &ID) -> kernel::Result<Option<Holder>> {
    let above = match prefix(thing) {
        Some("rpl") => found::<MessageReplies>(conn, cx, thing).await?.map(|it| it.message_id.to_string()),
        Some("chm") => found::<ChatMessages>(conn, cx, thing).await?.map(|it| it.session_id.to_string()),
        Some("cvm") => found::<ConversationMessages>(conn, cx, thing).await?.map(|it| it.conversation_id.to_string()),
        Some("crp") => found::<ConversationReplies>(conn, cx, thing).await?.map(|it| it.conversation_id.to_string()),
        Some("tcm") => found::<TicketComments>(conn, cx, thing).await?.map(|it| it.ticket_id.to_string()),
        Some("lsc") => found::<LeadScorings>(conn, cx, thing).await?.map(|it| it.lead_id.to_string()),
        Some("csy") => found::<CrmSyncs>(conn, cx, thing).await?.map(|it| it.lead_id.to_string()),
        _ => None,
    };
    let thing = &above.map_or_else(|| thing.clone(), ID);
    let had = |assignee| Holder { assignee, ..Holder::default() };
    Ok(match prefix(thing) {
        Some("con") => found::<Consultations>(conn, cx, thing).await?.map(|it| had(it.assignee_id)),
        Some("msg") => found::<Messages>(conn, cx, thing).await?.map(|it| had(it.assignee_id)),
        Some("cnv") => found::<Conversations>(conn, cx, thing).await?.map(|it| had(it.assignee_id)),
        Some("cht") => {
            found::<Chats>(conn, cx, thing).await?.map(|it| inbox::holder_of_chat(it.assignee_id, it.department_id))
        }
        Some("tkt") => found::<Tickets>(conn, cx, thing).await?.map(|it| it.holder()),
        Some("led") => found::<Leads>(conn, cx, thing).await?.map(|it| it.holder()),
        _ => None,
    })
}

/// Whether a thing has permissions that the one who would change it does not hold: nobody touches those who may do more.
async fn above(scope: &Scope, cx: &Cx, theirs: &Cx, permission: Permission, thing: &ID) -> Result<bool> {
    let (conn, catalog) = (&scope.app.db.reader(cx).await?, &scope.app.catalog);
    let role = match (permission, prefix(thing)) {
        (Permission::ManageStaff | Permission::ManageRoles, Some("stf")) | (Permission::ManageClients, Some("cli")) => {
            let person = identity::standing(conn, cx, catalog, scalars::user_id("id", thing)?).await?;
            return Ok(person.is_some_and(|it| identity::holds_all(theirs, "", it.actor.permissions.names()).is_err()));
        }
        (Permission::ManageRoles, Some("rol")) => id("id", thing)?,
        (Permission::ManageStaff, Some("inv")) => {
            let key: InvitationId = id("id", thing)?;
            match by_ids::<Invitations>(conn, cx, &[key]).await?.remove(&key) {
                Some(invitation) => invitation.role_id,
                None => return Ok(false),
            }
        }
        _ => return Ok(false),
    };
    let role = identity::roles_by_ids(conn, &[role], catalog).await?.remove(&role);
    Ok(role.is_some_and(|role| identity::holds_all(theirs, "", &role.permissions).is_err()))
}

/// Keeping roles.
#[derive(Default)]
pub struct RoleMutation;

#[Object]
impl RoleMutation {
    /// Makes a role of the company's own.
    #[graphql(directive = requires::apply(Permission::ManageRoles))]
    async fn create_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateRoleInput,
    ) -> Result<CreateRolePayload> {
        let scope = scope(ctx);
        let cmd = SaveRole {
            name: Some(input.name),
            description: input.description,
            permissions: Some(names(&input.permissions)),
            requires_totp: input.requires_totp,
            is_active: None,
        };
        let (cx, cmd, catalog) = (&scope.mutation(ctx), &cmd, &scope.app.catalog);
        let db = &scope.app.db;
        let done = db
            .transact(cx, "role.create", |tx| async move { identity::create_role(&tx, cx, catalog, cmd).await })
            .await;
        Ok(payload(done)?.into())
    }

    /// Changes a role of the company's own; of a built-in one only whether it requires a second factor. Those who hold it
    /// have its new permissions within 2 seconds.
    #[graphql(directive = requires::apply(Permission::ManageRoles))]
    async fn update_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateRoleInput,
    ) -> Result<UpdateRolePayload> {
        let scope = scope(ctx);
        let key: RoleId = id("input.roleId", &input.role_id)?;
        let cmd = SaveRole {
            name: input.name,
            description: match input.description {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(String::new()),
                MaybeUndefined::Value(text) => Some(text),
            },
            permissions: input.permissions.as_deref().map(names),
            requires_totp: input.requires_totp,
            is_active: input.is_active,
        };
        let (cx, cmd, catalog) = (&scope.mutation(ctx), &cmd, &scope.app.catalog);
        let db = &scope.app.db;
        let done = db
            .transact(cx, "role.update", |tx| async move {
                let role = identity::update_role(&tx, cx, catalog, key, cmd).await?;
                if cmd.permissions.is_some() || cmd.is_active == Some(false) {
                    ticketing::hand_back_unseen(&tx, &House(&tx, catalog), cx).await?;
                }
                Ok(role)
            })
            .await;
        Ok(payload(done)?.into())
    }

    /// Grants one colleague a permission beyond their role.
    #[graphql(directive = requires::apply(Permission::ManageRoles))]
    async fn grant_permission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: PersonPermissionInput,
    ) -> Result<GrantPermissionPayload> {
        Ok(set_permission(ctx, "permission.grant", input, true).await?.into())
    }

    /// Takes back a permission that was granted to one colleague. It is gone within 2 seconds; what their role gives stays.
    #[graphql(directive = requires::apply(Permission::ManageRoles))]
    async fn revoke_permission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: PersonPermissionInput,
    ) -> Result<RevokePermissionPayload> {
        Ok(set_permission(ctx, "permission.revoke", input, false).await?.into())
    }
}

async fn set_permission(
    ctx: &Context<'_>,
    action: &'static str,
    input: PersonPermissionInput,
    granted: bool,
) -> Result<(Option<identity::Person>, Vec<UserError>)> {
    let (staff, catalog) = (id("input.staffId", &input.staff_id)?, scope(ctx).app.catalog.clone());
    let cmd = SetPermission { staff, permission: input.permission.name().to_owned(), granted };
    write(ctx, action, (cmd, catalog), |tx, cx, cmd| async move {
        let (cmd, catalog) = (&cmd.0, &cmd.1);
        let person = identity::set_permission(&tx, &cx, catalog, cmd).await?;
        if !cmd.granted {
            ticketing::hand_back(&tx, &House(&tx, catalog), &cx, cmd.staff).await?;
        }
        Ok(person)
    })
    .await
}
