//! Adding, changing and deactivating people.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use identity::{AddPerson, Details, Person, TheirRole, UpdatePerson, UserKind};
use kernel::id::{ClientId, DepartmentId, StaffId, UserId};

use super::types::{Client, ClientTier, Staff};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError, payload},
        identity::{Permission, invitations::deactivated},
        scalars::{EmailAddress, id},
        scope::{Scope, scope},
    },
    wiring::{bridges::InTransaction, tickets::House},
};

/// A colleague is to be added.
#[derive(Clone, InputObject)]
pub struct CreateStaffInput {
    /// Their address, unique among all people of the company in whatever case.
    pub email: EmailAddress,
    /// Their name, as others read it, 1–200 characters; their first and last name where it is left out.
    pub name: Option<String>,
    /// Their first name, at most 200 characters.
    pub first_name: Option<String>,
    /// Their last name, at most 200 characters.
    pub last_name: Option<String>,
    /// Their telephone number, at most 40 characters; without a country code it is one of the company's region.
    pub phone: Option<String>,
    /// Their role, `rol_…`: none that has more than you hold.
    pub role_id: ID,
    /// Their department, `dep_…`.
    pub department_id: Option<ID>,
    /// A first password, 12–1024 characters, which they must change when they first sign in. Without one they ask for a link
    /// to choose one themselves.
    #[graphql(secret)]
    pub password: Option<String>,
}

/// A client is to be added.
#[derive(Clone, InputObject)]
pub struct CreateClientInput {
    /// Their address, unique among all people of the company in whatever case.
    pub email: EmailAddress,
    /// Their name, as others read it, 1–200 characters; their first and last name where it is left out.
    pub name: Option<String>,
    /// Their first name, at most 200 characters.
    pub first_name: Option<String>,
    /// Their last name, at most 200 characters.
    pub last_name: Option<String>,
    /// The company they buy for, at most 200 characters.
    pub company: Option<String>,
    /// Their telephone number, at most 40 characters; without a country code it is one of the company's region.
    pub phone: Option<String>,
    /// The department that looks after them, `dep_…`.
    pub department_id: Option<ID>,
}

/// A colleague is to be changed. What is left out stays; null clears.
#[derive(Clone, InputObject)]
pub struct UpdateStaffInput {
    /// Who, `stf_…`.
    pub staff_id: ID,
    /// Their name, as others read it, 1–200 characters.
    pub name: Option<String>,
    /// Their first name, at most 200 characters.
    pub first_name: MaybeUndefined<String>,
    /// Their last name, at most 200 characters.
    pub last_name: MaybeUndefined<String>,
    /// Their telephone number, at most 40 characters; without a country code it is one of the company's region.
    pub phone: MaybeUndefined<String>,
    /// Their role, `rol_…`: none that has more than you hold.
    pub role_id: Option<ID>,
    /// Their department, `dep_…`.
    pub department_id: MaybeUndefined<ID>,
    /// Whether they must choose another password before anything else.
    pub must_change_password: Option<bool>,
}

/// A client is to be changed. What is left out stays; null clears.
#[derive(Clone, InputObject)]
pub struct UpdateClientInput {
    /// Who, `cli_…`.
    pub client_id: ID,
    /// Their name, as others read it, 1–200 characters.
    pub name: Option<String>,
    /// Their first name, at most 200 characters.
    pub first_name: MaybeUndefined<String>,
    /// Their last name, at most 200 characters.
    pub last_name: MaybeUndefined<String>,
    /// The company they buy for, at most 200 characters.
    pub company: MaybeUndefined<String>,
    /// Their telephone number, at most 40 characters; without a country code it is one of the company's region.
    pub phone: MaybeUndefined<String>,
    /// The department that looks after them, `dep_…`.
    pub department_id: MaybeUndefined<ID>,
    /// How much they are promised; null leaves that open. When their open tickets are due is worked out anew a moment later.
    pub tier: MaybeUndefined<ClientTier>,
}

/// A colleague leaves.
#[derive(Clone, InputObject)]
pub struct DeactivateStaffInput {
    /// Who, `stf_…`.
    pub staff_id: ID,
    /// Who gets their open work, `stf_…`; nobody has it where this is left out, nor what they would not see.
    pub hand_over_to: Option<ID>,
}

/// A colleague is meant.
#[derive(Clone, InputObject)]
pub struct ReactivateStaffInput {
    /// Who, `stf_…`.
    pub staff_id: ID,
}

/// A client is meant.
#[derive(Clone, InputObject)]
pub struct DeactivateClientInput {
    /// Who, `cli_…`.
    pub client_id: ID,
}

/// A client is meant.
#[derive(Clone, InputObject)]
pub struct ReactivateClientInput {
    /// Who, `cli_…`.
    pub client_id: ID,
}

macro_rules! payloads {
    ($($name:ident { $field:ident: $ty:ty } $doc:literal;)*) => {$(
        #[doc = $doc]
        #[derive(SimpleObject)]
        pub struct $name {
            /// The person as they are now.
            pub $field: Option<$ty>,
            /// What the person who asked can correct.
            pub errors: Vec<UserError>,
        }

        impl $name {
            fn of(answer: kernel::Result<Person>) -> Result<Self> {
                let (person, errors) = payload(answer)?;
                Ok(Self { $field: person.map(Into::into), errors })
            }
        }
    )*};
}

payloads! {
    UpdateStaffPayload { staff: Staff } "What came of changing a colleague.";
    DeactivateStaffPayload { staff: Staff } "What came of deactivating a colleague.";
    ReactivateStaffPayload { staff: Staff } "What came of reactivating a colleague.";
    CreateClientPayload { client: Client } "What came of adding a client.";
    UpdateClientPayload { client: Client } "What came of changing a client.";
    DeactivateClientPayload { client: Client } "What came of deactivating a client.";
    ReactivateClientPayload { client: Client } "What came of reactivating a client.";
}

/// What came of adding a colleague.
#[derive(SimpleObject)]
pub struct CreateStaffPayload {
    /// The person as they are now.
    pub staff: Option<Staff>,
    /// The colleague who has the address and was deactivated, where that is why nobody is added: `reactivateStaff` brings
    /// them back. Null without the permission to see staff.
    pub deactivated: Option<Staff>,
    /// What the person who asked can correct.
    pub errors: Vec<UserError>,
}

/// Absent keeps, null clears.
fn text(given: MaybeUndefined<String>) -> Option<String> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(String::new()),
        MaybeUndefined::Value(text) => Some(text),
    }
}

/// The same of a department.
fn department(given: MaybeUndefined<ID>) -> kernel::Result<Option<Option<DepartmentId>>> {
    Ok(match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(given) => Some(Some(id("input.departmentId", &given)?)),
    })
}

async fn add(
    scope: &Scope,
    ctx: &Context<'_>,
    action: &'static str,
    person: AddPerson,
    password: kernel::Result<Option<String>>,
) -> kernel::Result<Person> {
    let (cx, person, password, catalog) = (&scope.mutation(ctx), &person, &password, &scope.app.catalog);
    let adding = |tx| async move {
        let person = AddPerson { password_hash: password.clone()?, ..person.clone() };
        identity::add_person(&tx, cx, catalog, person).await
    };
    scope.app.db.transact(cx, action, adding).await
}

async fn update(scope: &Scope, ctx: &Context<'_>, action: &'static str, cmd: UpdatePerson) -> kernel::Result<Person> {
    let (cx, cmd, catalog) = (&scope.mutation(ctx), &cmd, &scope.app.catalog);
    let done = scope
        .app
        .db
        .transact(cx, action, |tx| async move {
            let person = identity::update_person(&tx, cx, catalog, cmd).await?;
            if cmd.tier.is_some() {
                ticketing::recount(&tx, cx).await?;
            }
            if cmd.role.is_some() {
                ticketing::hand_back(&tx, &House(&tx, catalog), cx, StaffId(person.id.0)).await?;
            }
            Ok(person)
        })
        .await;
    scope.app.directory.forget(cx.tenant.id, cmd.id);
    done
}

async fn deactivate(
    scope: &Scope,
    ctx: &Context<'_>,
    (action, kind): (&'static str, UserKind),
    who: UserId,
    heir: Option<StaffId>,
) -> kernel::Result<Person> {
    let (cx, catalog) = (&scope.mutation(ctx), &scope.app.catalog);
    let done = scope
        .app
        .db
        .transact(cx, action, |tx| async move {
            identity::deactivate_person(&tx, &InTransaction(&tx), cx, catalog, kind, who, heir).await
        })
        .await;
    scope.app.directory.forget(cx.tenant.id, who);
    done
}

async fn reactivate(
    scope: &Scope,
    ctx: &Context<'_>,
    (action, kind): (&'static str, UserKind),
    who: UserId,
) -> kernel::Result<Person> {
    let (cx, catalog) = (&scope.mutation(ctx), &scope.app.catalog);
    let done = scope
        .app
        .db
        .transact(cx, action, |tx| async move { identity::reactivate_person(&tx, cx, catalog, kind, who).await })
        .await;
    scope.app.directory.forget(cx.tenant.id, who);
    done
}

/// The hash of a first password, where the rules take it; `personal` is what is known of its owner.
async fn first_password(scope: &Scope, password: Option<String>, personal: &[&str]) -> kernel::Result<Option<String>> {
    let Some(password) = password else { return Ok(None) };
    // Hashing is dear: who may not add anybody does not get that far.
    scope.cx().require(identity::MANAGE_STAFF)?;
    let mut check = kernel::text::Check::default();
    identity::check_password(&mut check, "password", &password, personal);
    check.done()?;
    scope.app.passwords.hash(&scope.app.source, &password).await.map(Some)
}

/// Adding, changing and deactivating people.
#[derive(Default)]
pub struct PeopleMutation;

#[Object]
impl PeopleMutation {
    /// Adds a colleague.
    #[graphql(directive = requires::apply(Permission::ManageStaff))]
    async fn create_staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateStaffInput,
    ) -> Result<CreateStaffPayload> {
        let scope = scope(ctx);
        let (must_change_password, address) = (input.password.is_some(), input.email.0.clone());
        // A bad one is refused inside the transaction, where refusals are recorded.
        let password =
            first_password(scope, input.password, &[&input.email.0, input.name.as_deref().unwrap_or_default()]).await;
        let person = AddPerson {
            kind: UserKind::Staff,
            email: input.email.0,
            details: Details {
                name: input.name,
                first_name: input.first_name,
                last_name: input.last_name,
                phone: input.phone,
                company: None,
            },
            role: TheirRole::Id(id("input.roleId", &input.role_id)?),
            department: input.department_id.map(|given| id("input.departmentId", &given)).transpose()?,
            password_hash: None,
            must_change_password,
            email_verified: false,
        };
        let (staff, errors) = payload(add(scope, ctx, "staff.create", person, password).await)?;
        let deactivated = match errors.is_empty() {
            true => None,
            false => deactivated(ctx, &address).await?,
        };
        Ok(CreateStaffPayload { staff: staff.map(Into::into), deactivated, errors })
    }

    /// Changes a colleague. Another role's permissions hold within 2 seconds.
    #[graphql(directive = requires::apply(Permission::ManageStaff))]
    async fn update_staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateStaffInput,
    ) -> Result<UpdateStaffPayload> {
        let who: StaffId = id("input.staffId", &input.staff_id)?;
        let cmd = UpdatePerson {
            kind: UserKind::Staff,
            id: who.into(),
            details: Details {
                name: input.name,
                first_name: text(input.first_name),
                last_name: text(input.last_name),
                phone: text(input.phone),
                company: None,
            },
            role: input.role_id.map(|given| id("input.roleId", &given)).transpose()?,
            department: department(input.department_id)?,
            must_change_password: input.must_change_password,
            tier: None,
        };
        UpdateStaffPayload::of(update(scope(ctx), ctx, "staff.update", cmd).await)
    }

    /// Takes a colleague's access away: sessions, keys and subscriptions end within seconds, and their open work goes to
    /// somebody else or back to nobody. The last active administrator stays.
    #[graphql(directive = requires::apply(Permission::ManageStaff))]
    async fn deactivate_staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: DeactivateStaffInput,
    ) -> Result<DeactivateStaffPayload> {
        let who: StaffId = id("input.staffId", &input.staff_id)?;
        let heir = input.hand_over_to.map(|given| id("input.handOverTo", &given)).transpose()?;
        let done = deactivate(scope(ctx), ctx, ("staff.deactivate", UserKind::Staff), who.into(), heir).await;
        DeactivateStaffPayload::of(done)
    }

    /// Lets a colleague sign in again.
    #[graphql(directive = requires::apply(Permission::ManageStaff))]
    async fn reactivate_staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ReactivateStaffInput,
    ) -> Result<ReactivateStaffPayload> {
        let who: StaffId = id("input.staffId", &input.staff_id)?;
        let done = reactivate(scope(ctx), ctx, ("staff.reactivate", UserKind::Staff), who.into()).await;
        ReactivateStaffPayload::of(done)
    }

    /// Adds a client. They sign in once they have chosen a password through a link in a mail.
    #[graphql(directive = requires::apply(Permission::ManageClients))]
    async fn create_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateClientInput,
    ) -> Result<CreateClientPayload> {
        let person = AddPerson {
            kind: UserKind::Client,
            email: input.email.0,
            details: Details {
                name: input.name,
                first_name: input.first_name,
                last_name: input.last_name,
                company: input.company,
                phone: input.phone,
            },
            role: TheirRole::Named("CLIENT".into()),
            department: input.department_id.map(|given| id("input.departmentId", &given)).transpose()?,
            password_hash: None,
            must_change_password: false,
            email_verified: false,
        };
        CreateClientPayload::of(add(scope(ctx), ctx, "client.create", person, Ok(None)).await)
    }

    /// Changes a client.
    #[graphql(directive = requires::apply(Permission::ManageClients))]
    async fn update_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateClientInput,
    ) -> Result<UpdateClientPayload> {
        let who: ClientId = id("input.clientId", &input.client_id)?;
        let cmd = UpdatePerson {
            kind: UserKind::Client,
            id: who.into(),
            details: Details {
                name: input.name,
                first_name: text(input.first_name),
                last_name: text(input.last_name),
                company: text(input.company),
                phone: text(input.phone),
            },
            role: None,
            department: department(input.department_id)?,
            must_change_password: None,
            tier: match input.tier {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(tier) => Some(Some(tier.into())),
            },
        };
        UpdateClientPayload::of(update(scope(ctx), ctx, "client.update", cmd).await)
    }

    /// Takes a client's access away: their sessions end within seconds. What they wrote and own stays.
    #[graphql(directive = requires::apply(Permission::ManageClients))]
    async fn deactivate_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: DeactivateClientInput,
    ) -> Result<DeactivateClientPayload> {
        let who: ClientId = id("input.clientId", &input.client_id)?;
        let done = deactivate(scope(ctx), ctx, ("client.deactivate", UserKind::Client), who.into(), None).await;
        DeactivateClientPayload::of(done)
    }

    /// Lets a client sign in again.
    #[graphql(directive = requires::apply(Permission::ManageClients))]
    async fn reactivate_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ReactivateClientInput,
    ) -> Result<ReactivateClientPayload> {
        let who: ClientId = id("input.clientId", &input.client_id)?;
        let done = reactivate(scope(ctx), ctx, ("client.reactivate", UserKind::Client), who.into()).await;
        ReactivateClientPayload::of(done)
    }
}
