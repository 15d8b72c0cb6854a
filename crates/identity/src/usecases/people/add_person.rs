//! A colleague or a client is added.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{DepartmentId, RoleId, UserId},
    text::Check,
};

use super::details::Details;
use crate::usecases::{access::grants_follow, tenants::seats::take_seat};
use crate::{
    domain::{
        access::role::Role,
        people::{events::PersonAdded, person::Person},
        sign_in::account_events::InvitationRevoked,
    },
    policy::{MANAGE_CLIENTS, MANAGE_STAFF, VIEW_CLIENTS, VIEW_STAFF, holds_all},
    ports::{ExternalIdentities, People, Roles, Seats, Who, sign_in::Invitations},
    store::people::user::Kind,
};

/// Which role somebody gets.
#[derive(Debug, Clone)]
pub enum TheirRole {
    /// By its id.
    Id(RoleId),
    /// By its name, such as `STAFF`.
    Named(String),
}

/// A person to be added.
#[derive(Debug, Clone)]
pub struct AddPerson {
    /// Staff or client.
    pub kind: Kind,
    /// Their address.
    pub email: String,
    /// Who they are.
    pub details: Details,
    /// Their role; of a client it is CLIENT unless the tenant has its own for them.
    pub role: TheirRole,
    /// Their department.
    pub department: Option<DepartmentId>,
    /// The PHC string of their first password's hash, if they get one; hashing takes too long for a transaction.
    pub password_hash: Option<String>,
    /// Whether they must choose another password when they first sign in.
    pub must_change_password: bool,
    /// Whether it is known already that mail to the address reaches them. A client signs in with a password only then.
    pub email_verified: bool,
}

impl AddPerson {
    /// The first administrator of a tenant.
    pub fn administrator(email: String, password_hash: String) -> Self {
        Self {
            kind: Kind::Staff,
            email,
            details: Details::named("Administrator"),
            role: TheirRole::Named("SUPER_ADMIN".into()),
            department: None,
            password_hash: Some(password_hash),
            must_change_password: false,
            email_verified: false,
        }
    }
}

/// What keeping people of a kind needs.
pub(crate) fn manage(kind: Kind) -> kernel::Permission {
    match kind {
        Kind::Staff => MANAGE_STAFF,
        Kind::Client => MANAGE_CLIENTS,
    }
}

/// The field that names a person of a kind.
pub(crate) fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::Staff => "staffId",
        Kind::Client => "clientId",
    }
}

/// Adds a person. An invitation that a colleague has not accepted ends with it.
///
/// # Errors
/// [`Error::Invalid`] for a bad or taken address, an empty name, a role that is unknown, retired, of the wrong kind or more
/// than the actor holds, an unknown or closed department; for a colleague where no seat is free.
pub async fn add_person<S: People + Roles + Seats + ExternalIdentities + Invitations + Emit>(
    s: &S,
    cx: &Cx,
    catalog: &[&str],
    cmd: AddPerson,
) -> Result<Person> {
    cx.require(manage(cmd.kind))?;
    let mut check = Check::default();
    let email = check.email("email", &cmd.email);
    let mut person = Person {
        id: cx.new_id(),
        kind: cmd.kind,
        email,
        is_active: true,
        must_change_password: cmd.must_change_password,
        email_verified_at: cmd.email_verified.then_some(cx.now),
        created_by: cx.person().ok().map(|actor| actor.id),
        created_at: cx.now,
        updated_at: cx.now,
        ..Person::nobody()
    };
    cmd.details.apply(&mut check, &mut person, cmd.details.region(s).await?);
    check.done()?;
    // Who registers themselves may say anything.
    person.company_confirmed = person.company.is_some() && cx.staff_id().is_some();
    let role = given_role(s, cx, catalog, cmd.kind, &cmd.role).await?;
    person.role_id = role.id;
    person.department_id = in_department(s, cmd.department).await?;
    if !come_in(s, cx, &mut person, &role, cmd.password_hash.as_deref()).await? {
        let owner = s.find_person(Who::Email(&person.email)).await?;
        return Err(taken(cx, person.kind, owner.as_ref()));
    }
    s.emit(cx, &PersonAdded::of(&person, &role));
    if person.kind == Kind::Staff {
        for invitation in s.revoke_invitations_to(&person.email, cx.now).await? {
            s.emit(cx, &InvitationRevoked { invitation });
        }
    }
    Ok(person)
}

/// The answer to an address that somebody has already, where somebody of a kind is added. A colleague who was deactivated is named
/// to those who may bring them back, a client where a client is added.
pub(crate) fn taken(cx: &Cx, adding: Kind, owner: Option<&Person>) -> Error {
    let back = |gone: &&Person| {
        let would_do = gone.kind == Kind::Staff || adding == Kind::Client;
        would_do && !gone.is_active && cx.can(manage(gone.kind))
    };
    let message = match owner.filter(back) {
        Some(gone) if cx.can(if gone.kind == Kind::Staff { VIEW_STAFF } else { VIEW_CLIENTS }) => {
            let (name, id) = (&gone.name, gone.shown_id());
            format!("{name} ({id}), who has this address, was deactivated: reactivate them instead")
        }
        Some(gone) => {
            let who = if gone.kind == Kind::Staff { "colleague" } else { "client" };
            format!("a {who} who has this address was deactivated: have them reactivated instead")
        }
        None => "somebody has this address already".to_owned(),
    };
    Error::invalid("email", ProblemCode::NotAvailable, message)
}

/// Stores somebody new who is active from now on: whoever is added, invited or sent by an identity provider comes in here,
/// and nobody in another way. `false` where their address is taken. Of a colleague's address a mere registration is no owner:
/// it becomes theirs, so that no stranger keeps them out. What comes with their role is granted.
///
/// # Errors
/// [`Error::Invalid`] for a colleague where no seat is free.
pub(crate) async fn come_in<S: People + Roles + Seats>(
    s: &S,
    cx: &Cx,
    person: &mut Person,
    role: &Role,
    password_hash: Option<&str>,
) -> Result<bool> {
    if person.kind == Kind::Staff {
        take_seat(s, cx).await?;
    }
    if !s.add(person, password_hash).await? {
        let taken = match person.kind {
            Kind::Staff => s.take_registration(person, password_hash).await?,
            Kind::Client => None,
        };
        let Some(id) = taken else { return Ok(false) };
        person.id = id;
    }
    grants_follow(s, cx, person.id, None, role).await?;
    Ok(true)
}

/// The role that the actor gives to somebody of this kind.
pub(crate) async fn given_role<S: Roles>(
    s: &S,
    cx: &Cx,
    catalog: &[&str],
    kind: Kind,
    role: &TheirRole,
) -> Result<Role> {
    let field = match role {
        TheirRole::Id(_) => "roleId",
        TheirRole::Named(_) => "role",
    };
    let role = usable_role(s, catalog, kind, field, role).await?;
    holds_all(cx, field, &role.gives())?;
    Ok(role)
}

/// A role that somebody of this kind can have: there, in use, and for their kind; whoever gives it.
pub(crate) async fn usable_role<S: Roles>(
    s: &S,
    catalog: &[&str],
    kind: Kind,
    field: &str,
    role: &TheirRole,
) -> Result<Role> {
    let found = match role {
        TheirRole::Id(id) => s.role(*id).await?,
        TheirRole::Named(name) => s.role_by_name(name).await?,
    };
    let role = found
        .map(|row| Role::of(row, catalog))
        .filter(|role| role.is_active)
        .ok_or_else(|| Error::invalid(field, ProblemCode::NotAvailable, "there is no such role to be given"))?;
    if (role.name == CLIENT && role.built_in) != (kind == Kind::Client) {
        return Err(Error::invalid(
            field,
            ProblemCode::NotAllowed,
            "clients have the role CLIENT, and nobody else has it",
        ));
    }
    Ok(role)
}

/// The role of clients.
pub(crate) const CLIENT: &str = "CLIENT";

/// A department that people can be put into.
pub(crate) async fn in_department<S: People>(s: &S, id: Option<DepartmentId>) -> Result<Option<DepartmentId>> {
    match id {
        Some(id) if !s.is_open_department(id).await? => {
            Err(Error::invalid("departmentId", ProblemCode::NotAvailable, "there is no such department"))
        }
        id => Ok(id),
    }
}

/// The id of somebody to be changed or looked at; `NotFound` where the actor does not see one of this kind.
pub(crate) async fn found<S: People>(s: &S, cx: &Cx, kind: Kind, id: UserId) -> Result<Person> {
    let person = s.person(cx, id).await?.filter(|person| person.kind == kind);
    person.ok_or(Error::NotFound { what: if kind == Kind::Staff { "Staff" } else { "Client" } })
}

/// Refuses to change or bring back somebody who was erased.
pub(crate) fn not_erased(person: &Person) -> Result<()> {
    if !person.is_erased() {
        return Ok(());
    }
    let message = "was erased: what is left here is nobody's any more; add them anew";
    Err(Error::invalid(named(person.kind), ProblemCode::NotAllowed, message))
}
