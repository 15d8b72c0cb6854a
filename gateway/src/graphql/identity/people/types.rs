//! People, roles and departments.

#![expect(
    clippy::duplicated_attributes,
    reason = "fields of an interface are told apart by their names, not their types"
)]

use async_graphql::{ComplexObject, Context, Enum, ID, Interface, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{Person, UserKind, records::Departments};
use kernel::{
    held::ERASED_ADDRESS,
    id::{ClientId, DepartmentId, RoleId, StaffId, UserId},
    page::PageArgs,
};

use crate::graphql::identity::{
    access::permission::Permission,
    organisation::{
        departments::Department,
        teams::{TeamMember, teams_of},
    },
};
use crate::{
    connection,
    graphql::{
        errors::Result,
        loaders::{By, GrantsOf},
        records::nested,
        scalars::EmailAddress,
        scope::scope,
        ticketing::{projects::ProjectConnection, tickets::types::TicketConnection},
    },
};

/// Somebody who signs in.
#[derive(Clone, Interface)]
#[graphql(
    field(name = "id", ty = "&ID", desc = "Their id."),
    field(name = "name", ty = "&String", desc = "Their name, as others read it."),
    field(name = "first_name", ty = "&Option<String>", desc = "Their first name."),
    field(name = "last_name", ty = "&Option<String>", desc = "Their last name."),
    field(name = "email", ty = "&EmailAddress", desc = "Their address."),
    field(
        name = "phone",
        ty = "&Option<String>",
        desc = "Their telephone number: `+`, country code and digits (E.164). One that is older than that form is as it was typed."
    ),
    field(name = "phone_typed", ty = "&Option<String>", desc = "Their telephone number, as it was typed."),
    field(name = "avatar_url", ty = "Option<String>", desc = "Where their picture is; null where they have none."),
    field(name = "is_active", ty = "&bool", desc = "Whether they may sign in."),
    field(name = "created_at", ty = "&DateTime<Utc>", desc = "Since when they are here.")
)]
pub enum User {
    /// A colleague.
    Staff(Staff),
    /// Somebody who buys here.
    Client(Client),
}

impl From<&Person> for User {
    fn from(person: &Person) -> Self {
        match person.kind {
            UserKind::Staff => Self::Staff(person.into()),
            UserKind::Client => Self::Client(person.into()),
        }
    }
}

macro_rules! person_type {
    ($(#[$doc:meta])* $name:ident, $id:ident, $prefix:literal { $($(#[$more_doc:meta])* $more:ident: $ty:ty = |$person:ident| $value:expr;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, SimpleObject)]
        #[graphql(complex)]
        pub struct $name {
            #[doc = concat!("Their id, `", $prefix, "_…`.")]
            pub id: ID,
            /// Their name, as others read it.
            pub name: String,
            /// Their first name.
            pub first_name: Option<String>,
            /// Their last name.
            pub last_name: Option<String>,
            /// Their address.
            pub email: EmailAddress,
            /// Their telephone number: `+`, country code and digits (E.164). One that is older than that form is as it was typed.
            pub phone: Option<String>,
            /// Their telephone number, as it was typed.
            pub phone_typed: Option<String>,
            /// Whether they may sign in.
            pub is_active: bool,
            /// When that was taken away.
            pub deactivated_at: Option<DateTime<Utc>>,
            /// Whether they have a second factor.
            pub has_totp: bool,
            /// When they showed that mail to their address reaches them; a client cannot sign in before that.
            pub email_verified_at: Option<DateTime<Utc>>,
            /// Whether they must choose another password before anything else.
            pub must_change_password: bool,
            /// When they last signed in.
            pub last_sign_in_at: Option<DateTime<Utc>>,
            /// Since when they are here.
            pub created_at: DateTime<Utc>,
            /// When they were last changed.
            pub updated_at: DateTime<Utc>,
            $($(#[$more_doc])* pub $more: $ty,)*
            #[graphql(skip)]
            pub(crate) created_by: Option<UserId>,
            #[graphql(skip)]
            pub(crate) avatar: Option<uuid::Uuid>,
        }

        impl From<Person> for $name {
            fn from(person: Person) -> Self {
                (&person).into()
            }
        }

        impl From<&Person> for $name {
            fn from(person: &Person) -> Self {
                Self {
                    id: $id(person.id.0).into_id(),
                    name: person.name.clone(),
                    first_name: person.first_name.clone(),
                    last_name: person.last_name.clone(),
                    email: EmailAddress(person.email.clone()),
                    phone: person.phone.clone(),
                    phone_typed: person.phone_typed.clone(),
                    is_active: person.is_active,
                    deactivated_at: person.deactivated_at,
                    has_totp: person.totp_confirmed_at.is_some(),
                    email_verified_at: person.email_verified_at,
                    must_change_password: person.must_change_password,
                    last_sign_in_at: person.last_sign_in_at,
                    created_at: person.created_at,
                    updated_at: person.updated_at,
                    $($more: { let $person = person; $value },)*
                    created_by: person.created_by,
                    avatar: person.avatar_id,
                }
            }
        }
    };
}

person_type! {
    /// A staff member.
    Staff, StaffId, "stf" {
        /// Their id.
        #[graphql(skip)]
        key: StaffId = |person| StaffId(person.id.0);
        /// Their role.
        #[graphql(skip)]
        role_id: RoleId = |person| person.role_id;
        /// Their department.
        #[graphql(skip)]
        department_id: Option<DepartmentId> = |person| person.department_id;
    }
}

/// How much a client is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::ClientTier")]
pub enum ClientTier {
    /// What everybody is.
    Basic,
    /// More.
    Standard,
    /// Much.
    Premium,
    /// Most, by a contract of their own.
    Enterprise,
}

impl From<ClientTier> for ticketing::ClientTier {
    fn from(tier: ClientTier) -> Self {
        match tier {
            ClientTier::Basic => Self::Basic,
            ClientTier::Standard => Self::Standard,
            ClientTier::Premium => Self::Premium,
            ClientTier::Enterprise => Self::Enterprise,
        }
    }
}

impl From<ticketing::ClientTier> for ClientTier {
    fn from(tier: ticketing::ClientTier) -> Self {
        match tier {
            ticketing::ClientTier::Basic => Self::Basic,
            ticketing::ClientTier::Standard => Self::Standard,
            ticketing::ClientTier::Premium => Self::Premium,
            ticketing::ClientTier::Enterprise => Self::Enterprise,
        }
    }
}

person_type! {
    /// Somebody who buys here, and may sign in.
    Client, ClientId, "cli" {
        /// Their id.
        #[graphql(skip)]
        key: ClientId = |person| ClientId(person.id.0);
        /// The company they buy for.
        company: Option<String> = |person| person.company.clone();
        /// How much they are promised.
        #[graphql(skip)]
        tier: Option<ClientTier> = |person| person.tier.map(Into::into);
        /// Their department.
        #[graphql(skip)]
        department_id: Option<DepartmentId> = |person| person.department_id;
    }
}

/// Typed ids as GraphQL ids.
pub trait IntoId {
    /// The id's text.
    fn into_id(self) -> ID;
}

impl<I: kernel::id::TypedId> IntoId for I {
    fn into_id(self) -> ID {
        ID(self.to_string())
    }
}

#[ComplexObject]
impl Staff {
    /// Where their picture is: a PNG of at most 256 × 256 pixels, for anybody who has the address. Null where they have none.
    async fn avatar_url(&self, ctx: &Context<'_>) -> Option<String> {
        avatar_url(ctx, self.avatar)
    }

    /// Their accounts at identity providers; null of others without the permission MANAGE_SIGN_IN.
    async fn external_identities(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<Vec<crate::graphql::identity::single_sign_on::types::ExternalIdentity>>> {
        crate::graphql::identity::single_sign_on::types::external_identities(ctx, self.key.into()).await
    }

    /// Their role.
    async fn role(&self, ctx: &Context<'_>) -> Result<Role> {
        let role = scope(ctx).loaders.load_one(self.role_id).await?;
        Ok(role.ok_or_else(|| kernel::Error::internal("a role is missing"))?.as_ref().into())
    }

    /// Their department.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Department>> {
        let Some(id) = self.department_id else { return Ok(None) };
        Ok(scope(ctx).loaders.load_one(By::<Departments>(id)).await?.map(|department| department.as_ref().into()))
    }

    /// The permissions that they were granted beyond their role.
    async fn granted_permissions(&self, ctx: &Context<'_>) -> Result<Vec<Permission>> {
        Ok(grants(ctx, self.key).await?.iter().filter_map(|name| Permission::of(name)).collect())
    }

    /// What the viewer may do with them.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<StaffViewerCan> {
        let cx = scope(ctx).cx();
        let manage = cx.can(identity::MANAGE_STAFF);
        if !manage && !cx.can(identity::MANAGE_ROLES) {
            return Ok(StaffViewerCan { update: false, grant_permissions: false });
        }
        let role = scope(ctx).loaders.load_one(self.role_id).await?;
        let role = role.ok_or_else(|| kernel::Error::internal("a role is missing"))?;
        let above = grants(ctx, self.key).await?;
        let below = identity::holds_all(&cx, "", role.permissions.iter().chain(above.iter())).is_ok();
        let update = manage && below && !self.email.0.ends_with(ERASED_ADDRESS);
        Ok(StaffViewerCan { update, grant_permissions: below && cx.can(identity::MANAGE_ROLES) })
    }

    /// The teams they belong to, as far as the viewer may see them, longest first; at most 50.
    async fn teams(&self, ctx: &Context<'_>) -> Result<Vec<TeamMember>> {
        Box::pin(teams_of(ctx, self.key)).await
    }

    /// Who added them; null where nobody did, or without the permission to see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.created_by).await
    }
}

/// What somebody was granted beyond their role.
async fn grants(ctx: &Context<'_>, id: StaffId) -> Result<std::sync::Arc<Vec<String>>> {
    Ok(scope(ctx).loaders.load_one(GrantsOf(id.into())).await?.unwrap_or_default())
}

/// What the viewer may do with a staff member.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct StaffViewerCan {
    /// Change, deactivate and reactivate them: who may keep staff and holds whatever they hold.
    pub update: bool,
    /// Grant and revoke single permissions.
    pub grant_permissions: bool,
}

/// What the viewer may do with a client.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct ClientViewerCan {
    /// Change, deactivate and reactivate them.
    pub update: bool,
}

#[ComplexObject]
impl Client {
    /// The department that looks after them; null where none does, or without the permission to see staff.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Department>> {
        crate::graphql::identity::organisation::departments::department(ctx, self.department_id).await
    }

    /// How much they are promised: policies of service levels go by it. Null where nobody said, and for a client.
    async fn tier(&self, ctx: &Context<'_>) -> Option<ClientTier> {
        self.tier.filter(|_| !ticketing::is_client(&scope(ctx).cx()))
    }

    /// Their tickets that the viewer sees, newest first.
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<TicketConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, ticketing::TicketsOf, self.key, page).await?.into())
        })
        .await
    }

    /// What they asked for, last changed first, as far as the viewer may see it.
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ProjectConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, ticketing::ProjectsOf, self.key, page).await?.into())
        })
        .await
    }

    /// What the viewer may do with them.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ClientViewerCan {
        let update = scope(ctx).cx().can(identity::MANAGE_CLIENTS) && !self.email.0.ends_with(ERASED_ADDRESS);
        ClientViewerCan { update }
    }

    /// Where their picture is: a PNG of at most 256 × 256 pixels, for anybody who has the address. Null where they have none.
    async fn avatar_url(&self, ctx: &Context<'_>) -> Option<String> {
        avatar_url(ctx, self.avatar)
    }

    /// Their accounts at identity providers; null of others without the permission MANAGE_SIGN_IN.
    async fn external_identities(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<Vec<crate::graphql::identity::single_sign_on::types::ExternalIdentity>>> {
        crate::graphql::identity::single_sign_on::types::external_identities(ctx, self.key.into()).await
    }

    /// Who added them; null where they registered themselves, or without the permission to see colleagues.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.created_by).await
    }
}

/// Where a picture is.
fn avatar_url(ctx: &Context<'_>, avatar: Option<uuid::Uuid>) -> Option<String> {
    let scope = scope(ctx);
    Some(scope.app.links.avatar(scope.cx().tenant.id, avatar?))
}

/// A person, where the viewer may see them.
pub async fn user(ctx: &Context<'_>, id: Option<UserId>) -> Result<Option<User>> {
    let Some(id) = id else { return Ok(None) };
    Ok(scope(ctx).loaders.load_one(id).await?.map(|person| person.as_ref().into()))
}

/// A staff member, where the viewer may see them.
pub async fn staff(ctx: &Context<'_>, id: Option<StaffId>) -> Result<Option<Staff>> {
    Ok(match user(ctx, id.map(Into::into)).await? {
        Some(User::Staff(staff)) => Some(staff),
        Some(User::Client(_)) | None => None,
    })
}

/// A client, where the viewer may see them.
pub async fn client(ctx: &Context<'_>, id: Option<ClientId>) -> Result<Option<Client>> {
    Ok(match user(ctx, id.map(Into::into)).await? {
        Some(User::Client(client)) => Some(client),
        Some(User::Staff(_)) | None => None,
    })
}

connection!(StaffConnection, StaffEdge, Staff, Person, "staff members");
connection!(ClientConnection, ClientEdge, Client, Person, "clients");

/// A named set of permissions.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Role {
    /// Its id, `rol_…`.
    pub id: ID,
    /// Its name, such as `ADMIN`.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it can still be given to people.
    pub is_active: bool,
    /// Whether everybody who holds it needs a second factor.
    pub requires_totp: bool,
    /// Whether it comes with Frontdesk and cannot be changed.
    pub is_built_in: bool,
    /// Its permissions.
    pub permissions: Vec<Permission>,
}

impl From<identity::Role> for Role {
    fn from(role: identity::Role) -> Self {
        (&role).into()
    }
}

impl From<&identity::Role> for Role {
    fn from(role: &identity::Role) -> Self {
        Self {
            id: role.id.into_id(),
            name: role.name.clone(),
            description: role.description.clone(),
            is_active: role.is_active,
            requires_totp: role.requires_totp,
            is_built_in: role.built_in,
            permissions: role.permissions.iter().filter_map(|name| Permission::of(name)).collect(),
        }
    }
}

/// A role, where the viewer may see roles.
pub async fn role(ctx: &Context<'_>, id: RoleId) -> Result<Option<Role>> {
    if !scope(ctx).cx().can(identity::VIEW_STAFF) {
        return Ok(None);
    }
    Ok(scope(ctx).loaders.load_one(id).await?.map(|role| role.as_ref().into()))
}

/// What the viewer may do with a role. Nobody gives or changes one that has permissions that they do not hold.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct RoleViewerCan {
    /// Change its name, what it is for, its permissions and whether it can be given: of the company's own roles.
    pub update: bool,
    /// Give it to colleagues.
    pub give: bool,
}

#[ComplexObject]
impl Role {
    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> RoleViewerCan {
        let cx = scope(ctx).cx();
        let names: Vec<_> = self.permissions.iter().map(|permission| permission.name().to_owned()).collect();
        let below = identity::holds_all(&cx, "", &names).is_ok();
        let for_staff = self.is_active && !(self.is_built_in && self.name == "CLIENT");
        RoleViewerCan {
            update: below && !self.is_built_in && cx.can(identity::MANAGE_ROLES),
            give: below && for_staff && cx.can(identity::MANAGE_STAFF),
        }
    }
}

connection!(RoleConnection, RoleEdge, Role, identity::Role, "roles");
