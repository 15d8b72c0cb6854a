//! A tenant's own roles, and the permissions of single people.

use kernel::{
    Cx, Error, ProblemCode, Result, Tx,
    db::Emit,
    id::{RoleId, StaffId, UserId},
    record::Records,
    text::{Check, rename},
};

use sea_orm::EntityTrait;

use super::people::add_person::found;
use crate::{
    domain::{
        access::{
            events::{PermissionGranted, PermissionRevoked, RoleSaved},
            role::{ADMINISTRATORS, MAY_EVERYTHING, Role},
        },
        people::{events::Grants, person::Person},
    },
    policy::{MANAGE_ROLES, MANAGE_SIGN_IN, holds_all},
    ports::{ExternalIdentities, People, Roles, Who},
    store::{
        access::role,
        people::user::{self, Kind},
    },
};

/// The longest name and description of a role, in characters.
const NAME: usize = 64;
const DESCRIPTION: usize = 500;

/// What is to be said of a role; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct SaveRole {
    /// Its name, unique in the tenant.
    pub name: Option<String>,
    /// What it is for; empty clears it.
    pub description: Option<String>,
    /// The names of its permissions.
    pub permissions: Option<Vec<String>>,
    /// Whether everybody who holds it needs a second factor.
    pub requires_totp: Option<bool>,
    /// Whether it can still be given to people.
    pub is_active: Option<bool>,
}

/// Refuses where the person has permissions that the actor does not hold: nobody touches the access of those who may do more.
pub(crate) async fn may_touch<S: Roles>(s: &S, cx: &Cx, catalog: &[&str], person: &Person, field: &str) -> Result<()> {
    holds_all(cx, field, &held_by(s, catalog, person.id, person.role_id).await?)
}

/// The same for somebody by their id; one's own access is one's own.
pub(crate) async fn may_touch_whose<S: ExternalIdentities + Roles>(
    s: &S,
    cx: &Cx,
    catalog: &[&str],
    id: UserId,
    field: &str,
) -> Result<()> {
    if cx.user().is_ok_and(|actor| actor.id == id) {
        return Ok(());
    }
    match s.find_person(Who::Id(id)).await? {
        Some(person) => may_touch(s, cx, catalog, &person, field).await,
        None => Ok(()),
    }
}

/// What somebody may, by this role and by themselves.
pub(crate) async fn held_by<S: Roles>(s: &S, catalog: &[&str], id: UserId, role: RoleId) -> Result<Vec<String>> {
    let role = s.role(role).await?.ok_or_else(|| Error::internal("a role is missing"))?;
    let mut names = Role::of(role, catalog).permissions;
    names.extend(s.grants(id).await?);
    Ok(names)
}

/// Somebody has another role now: what came with the one before goes with it, and what comes with the new one is granted.
/// Returns what came with each.
pub(crate) async fn grants_follow<S: Roles>(
    s: &S,
    cx: &Cx,
    id: UserId,
    before: Option<RoleId>,
    after: &Role,
) -> Result<Grants> {
    let before = match before {
        Some(before) => s.role(before).await?.map(|row| Role::of(row, &[])),
        None => None,
    };
    let old: &'static [&'static str] = match &before {
        Some(before) => before.comes_with(),
        None => &[],
    };
    let new = after.comes_with();
    if !old.is_empty() {
        s.revoke_grants(id, old).await?;
    }
    if !new.is_empty() {
        s.grant(id, new, cx.person().ok().map(|actor| actor.id), cx.now).await?;
    }
    Ok((old, new))
}

/// Whether nobody else could do what the person does: the last active administrator, and the last who may everything, as
/// nobody could ever give again what only they hold.
pub(crate) async fn is_last<S: Roles>(s: &S, person: &Person) -> Result<bool> {
    let role = s.role(person.role_id).await?.filter(|role| role.built_in && person.is_active);
    match role.as_ref().map(|role| role.name.as_str()) {
        Some(MAY_EVERYTHING) => Ok(s.others(&[MAY_EVERYTHING], person.id).await? == 0),
        Some(name) if ADMINISTRATORS.contains(&name) => Ok(s.others(&ADMINISTRATORS, person.id).await? == 0),
        _ => Ok(false),
    }
}

/// How somebody stands who is to be erased: what they are, whether they may sign in, and whether nobody else could do what they do.
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn stands(tx: &Tx, id: UserId) -> Result<Option<(Kind, bool, bool)>> {
    let found = user::Entity::find_by_id(id).into_partial_model::<Person>().one(tx.conn()).await?;
    let Some(person) = found else { return Ok(None) };
    Ok(Some((person.kind, person.is_active, is_last(tx, &person).await?)))
}

/// Refuses to take somebody away who [is the last](is_last).
pub(crate) async fn keep_the_last<S: Roles>(s: &S, person: &Person, field: &str) -> Result<()> {
    if is_last(s, person).await? {
        return Err(Error::invalid(
            field,
            ProblemCode::NotAllowed,
            "the last active administrator and the last SUPER_ADMIN can be neither deactivated nor given another role",
        ));
    }
    Ok(())
}

/// Makes a role.
///
/// # Errors
/// [`Error::Invalid`] for a bad or taken name, an unknown permission, one that the actor does not hold.
pub async fn create_role<S: Records<role::Entity> + Emit>(
    s: &S,
    cx: &Cx,
    catalog: &[&str],
    cmd: &SaveRole,
) -> Result<Role> {
    cx.require(MANAGE_ROLES)?;
    let new = role::Model {
        id: cx.new_id(),
        name: String::new(),
        name_folded: None,
        description: None,
        is_active: true,
        requires_totp: false,
        built_in: false,
        permissions: Some(serde_json::Value::Array(Vec::new())),
        created_at: cx.now,
        updated_at: cx.now,
    };
    let named = SaveRole { name: Some(cmd.name.clone().unwrap_or_default()), ..cmd.clone() };
    let role = changed(cx, catalog, new, &named)?;
    s.insert(&role).await?;
    s.emit(cx, &RoleSaved { role: role.id, before: None, after: Role::of(role.clone(), catalog) });
    Ok(Role::of(role, catalog))
}

/// Changes a role. Of a built-in one only whether it requires a second factor can be changed. Those who hold the role have
/// its new permissions within [`ACCESS_TTL`](crate::ACCESS_TTL).
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] as for [`create_role`], and for a role that has more than the actor holds;
/// [`Error::Forbidden`] for [`SaveRole::requires_totp`] without [`MANAGE_SIGN_IN`].
pub async fn update_role<S: Records<role::Entity> + Emit>(
    s: &S,
    cx: &Cx,
    catalog: &[&str],
    id: RoleId,
    cmd: &SaveRole,
) -> Result<Role> {
    cx.require(MANAGE_ROLES)?;
    let known = s.lock(cx, id).await?;
    let before = Role::of(known.clone(), catalog);
    holds_all(cx, "roleId", &before.permissions)?;
    let fixed = [cmd.name.is_some(), cmd.description.is_some(), cmd.permissions.is_some(), cmd.is_active.is_some()];
    if known.built_in && fixed.contains(&true) {
        return Err(Error::invalid(
            "roleId",
            ProblemCode::NotAllowed,
            "of a built-in role only the second factor can be changed; make a role of your own",
        ));
    }
    let role = changed(cx, catalog, known.clone(), cmd)?;
    let after = Role::of(role.clone(), catalog);
    if after != before {
        s.update(&known, &role).await?;
        s.emit(cx, &RoleSaved { role: id, before: Some(before), after: after.clone() });
    }
    Ok(after)
}

fn changed(cx: &Cx, catalog: &[&str], mut role: role::Model, cmd: &SaveRole) -> Result<role::Model> {
    let mut check = Check::default();
    if let Some(name) = &cmd.name {
        rename(&mut role.name, &mut role.name_folded, check.line("name", name, NAME));
    }
    if let Some(description) = &cmd.description {
        role.description = check.optional_line("description", Some(description), DESCRIPTION);
    }
    if let Some(names) = &cmd.permissions {
        if let Some(unknown) = names.iter().find(|name| !catalog.contains(&name.as_str())) {
            check.problem("permissions", ProblemCode::NotAvailable, format!("there is no permission {unknown}"));
        }
        let mut names = names.clone();
        names.sort_unstable();
        names.dedup();
        role.permissions = Some(names.into_iter().map(serde_json::Value::from).collect());
    }
    check.done()?;
    if let Some(requires) = cmd.requires_totp.filter(|requires| *requires != role.requires_totp) {
        cx.require(MANAGE_SIGN_IN)?;
        role.requires_totp = requires;
    }
    role.is_active = cmd.is_active.unwrap_or(role.is_active);
    role.updated_at = cx.now;
    holds_all(cx, "permissions", &Role::of(role.clone(), catalog).permissions)?;
    Ok(role)
}

/// What one colleague is to hold beyond their role, or no more.
#[derive(Debug, Clone)]
pub struct SetPermission {
    /// Who.
    pub staff: StaffId,
    /// The name of the permission.
    pub permission: String,
    /// Whether they are to hold it.
    pub granted: bool,
}

/// Grants one colleague a permission beyond their role, or takes back what was granted: then what their role gives stays, and it is
/// gone within [`ACCESS_TTL`](crate::ACCESS_TTL). Where it is so already nothing happens.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a colleague who has more than the actor, and for granting a permission that the
/// actor does not hold.
pub async fn set_permission<S: People + Roles + Emit>(
    s: &S,
    cx: &Cx,
    catalog: &[&str],
    cmd: &SetPermission,
) -> Result<Person> {
    cx.require(MANAGE_ROLES)?;
    let SetPermission { staff, permission, granted } = cmd.clone();
    let person = found(s, cx, Kind::Staff, staff.into()).await?;
    may_touch(s, cx, catalog, &person, "staffId").await?;
    if granted {
        holds_all(cx, "permission", [&permission])?;
        let by = cx.person().ok().map(|actor| actor.id);
        if s.grant(person.id, &[&permission], by, cx.now).await? > 0 {
            s.emit(cx, &PermissionGranted { staff, permission });
        }
    } else if s.revoke_grants(person.id, &[&permission]).await? > 0 {
        s.emit(cx, &PermissionRevoked { staff, permission });
    }
    Ok(person)
}
