//! A colleague or a client is changed by somebody who may.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{DepartmentId, RoleId, UserId},
    text::Check,
};

use super::{
    add_person::{TheirRole, found, given_role, in_department, manage, named, not_erased},
    details::Details,
};
use crate::usecases::access::{grants_follow, keep_the_last, may_touch};
use crate::{
    domain::people::{events::PersonUpdated, person::Person},
    ports::{People, Roles},
    store::people::user::{ClientTier, Kind},
};

/// What is to be changed of a person; what is absent stays.
#[derive(Debug, Clone)]
pub struct UpdatePerson {
    /// Staff or client.
    pub kind: Kind,
    /// Who.
    pub id: UserId,
    /// Who they are.
    pub details: Details,
    /// Their role.
    pub role: Option<RoleId>,
    /// Their department; `Some(None)` takes them out of theirs.
    pub department: Option<Option<DepartmentId>>,
    /// Whether they must choose another password before anything else.
    pub must_change_password: Option<bool>,
    /// How much a client is promised; `Some(None)` leaves that open.
    pub tier: Option<Option<ClientTier>>,
}

/// Changes a person. What comes with a role comes and goes with it. Another role ends nothing: what it takes away is gone within [`ACCESS_TTL`](crate::ACCESS_TTL).
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for bad details, a role or person that has more than the actor, somebody who was erased,
/// the last active administrator's role, and where somebody without a password must change it.
pub async fn update_person<S: People + Roles + Emit>(
    s: &S,
    cx: &Cx,
    catalog: &[&str],
    cmd: &UpdatePerson,
) -> Result<Person> {
    cx.require(manage(cmd.kind))?;
    let before = found(s, cx, cmd.kind, cmd.id).await?;
    may_touch(s, cx, catalog, &before, named(cmd.kind)).await?;
    not_erased(&before)?;
    let mut person = before.clone();
    let mut check = Check::default();
    cmd.details.apply(&mut check, &mut person, cmd.details.region(s).await?);
    check.done()?;
    if cmd.details.company.is_some() {
        person.company_confirmed = person.company.is_some();
    }
    let mut grants = None;
    if let Some(role) = cmd.role.filter(|role| *role != before.role_id) {
        let role = given_role(s, cx, catalog, cmd.kind, &TheirRole::Id(role)).await?;
        person.role_id = role.id;
        keep_the_last(s, &before, "roleId").await?;
        grants = Some(grants_follow(s, cx, person.id, Some(before.role_id), &role).await?);
    }
    if let Some(department) = cmd.department.filter(|department| *department != before.department_id) {
        person.department_id = in_department(s, department).await?;
    }
    if person.kind == Kind::Client {
        person.tier = cmd.tier.unwrap_or(person.tier);
    }
    if cmd.must_change_password == Some(true)
        && s.account_by_id(person.id).await?.is_some_and(|account| account.password_hash.is_none())
    {
        // Whoever comes in another way could do nothing any more, as they have none to show.
        let message = "they have no password that they could change";
        return Err(Error::invalid("mustChangePassword", ProblemCode::NotAllowed, message));
    }
    person.must_change_password = cmd.must_change_password.unwrap_or(person.must_change_password);
    if person != before {
        person.updated_at = cx.now;
        s.save(&person).await?;
        s.emit(cx, &PersonUpdated::of(&before, &person, grants));
    }
    Ok(person)
}
