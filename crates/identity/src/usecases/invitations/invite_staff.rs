//! A colleague is invited, invited again, or not any more.

use chrono::TimeDelta;
use kernel::{
    Cx, Db, Error, ProblemCode, Result, Tx,
    db::Emit,
    id::{DepartmentId, InvitationId, RoleId},
    record::Records,
    text::Check,
};

use crate::usecases::{
    people::add_person::{TheirRole, given_role, in_department, taken, usable_role},
    tenants::seats::take_seat,
};
use crate::{
    domain::{
        access::role::Role,
        mail::links::Links,
        people::person::LINE,
        sign_in::{
            account_events::{InvitationResent, InvitationRevoked, StaffInvited},
            one_time::{INVITATION, fresh},
        },
    },
    mail::{Opens, Template, TemplatedMail, queue_mail},
    policy::{MANAGE_STAFF, VIEW_CLIENTS, holds_all},
    ports::{ExternalIdentities, People, Who, sign_in::Invitations},
    store::{
        invitations::invitation::{self, InvitationStatus, Model as Invitation},
        people::user::Kind,
    },
};

/// How long an invitation is good.
pub const INVITATION_TTL: TimeDelta = TimeDelta::days(7);

/// A colleague to be invited.
#[derive(Debug, Clone)]
pub struct InviteStaff {
    /// Their address.
    pub email: String,
    /// What they are called, as far as it is known; their first and last name where it is left out.
    pub name: Option<String>,
    /// Their first name, as far as it is known.
    pub first_name: Option<String>,
    /// Their last name, as far as it is known.
    pub last_name: Option<String>,
    /// The role they will have.
    pub role: RoleId,
    /// The department they will be in.
    pub department: Option<DepartmentId>,
}

/// Invites a colleague; `catalog` lists the names of all permissions.
///
/// A mere registration with the address keeps nobody from it. An address that a client has is refused to those who may see
/// clients. To others it is one like any other: the invitation goes out, and it is its owner who is told when they accept
/// it.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] for a bad, known or invited address, an unknown role or department, or a role
/// that can do what the inviter cannot; where no seat is free.
pub async fn invite_staff(
    tx: &Tx,
    db: &Db,
    links: &Links,
    catalog: &[&str],
    cx: &Cx,
    cmd: &InviteStaff,
) -> Result<Invitation> {
    cx.require(MANAGE_STAFF)?;
    let mut check = Check::default();
    let email = check.email("email", &cmd.email);
    let name = check.optional_line("name", cmd.name.as_deref(), LINE);
    let first_name = check.optional_line("firstName", cmd.first_name.as_deref(), LINE);
    let last_name = check.optional_line("lastName", cmd.last_name.as_deref(), LINE);
    check.done()?;
    let both = [&first_name, &last_name].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
    let name = name.or_else(|| (!both.is_empty()).then_some(both));
    let role = given_role(tx, cx, catalog, Kind::Staff, &TheirRole::Id(cmd.role)).await?;
    let department = in_department(tx, cmd.department).await?;
    take_seat(tx, cx).await?;
    if let Some(owner) = tx.find_person(Who::Email(&email)).await?.filter(|owner| !owner.is_registration())
        && (owner.kind == Kind::Staff || cx.can(VIEW_CLIENTS))
    {
        return Err(taken(cx, Kind::Staff, Some(&owner)));
    }
    let (token, hash) = fresh(cx.source(), INVITATION);
    let invitation = Invitation {
        id: cx.new_id(),
        email,
        name,
        first_name,
        last_name,
        role_id: cmd.role,
        department_id: department,
        hash,
        invited_by: cx.person().ok().map(|person| person.id),
        created_at: cx.now,
        expires_at: cx.now + INVITATION_TTL,
        accepted_at: None,
        accepted_as: None,
        revoked_at: None,
    };
    if !tx.add_invitation(&invitation).await? {
        let again = "this address is invited already; send that invitation again, or revoke it";
        return Err(Error::invalid("email", ProblemCode::NotAvailable, again));
    }
    mail(tx, db, links, cx, &invitation, &role, &token).await?;
    tx.emit(cx, &StaffInvited { invitation: invitation.id, email: invitation.email.clone(), role: role.name });
    Ok(invitation)
}

/// Sends an invitation again, pending or expired, with another link; the earlier one is dead.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] where it was accepted or revoked, or its role can do what
/// the actor cannot.
pub async fn resend_invitation(
    tx: &Tx,
    db: &Db,
    links: &Links,
    catalog: &[&str],
    cx: &Cx,
    id: InvitationId,
) -> Result<Invitation> {
    cx.require(MANAGE_STAFF)?;
    let before = open(tx, cx, id).await?;
    let mut invitation = before.clone();
    let (field, role) = ("invitationId", TheirRole::Id(invitation.role_id));
    let role = usable_role(tx, catalog, Kind::Staff, field, &role).await?;
    holds_all(cx, field, &role.gives())?;
    let (token, hash) = fresh(cx.source(), INVITATION);
    invitation.hash = hash;
    invitation.expires_at = cx.now + INVITATION_TTL;
    Records::<invitation::Entity>::update(tx, &before, &invitation).await?;
    mail(tx, db, links, cx, &invitation, &role, &token).await?;
    tx.emit(cx, &InvitationResent { invitation: id });
    Ok(invitation)
}

/// Takes an invitation back, pending or expired.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] where it was accepted or revoked.
pub async fn revoke_invitation<S: Records<invitation::Entity> + Emit>(
    s: &S,
    cx: &Cx,
    id: InvitationId,
) -> Result<Invitation> {
    cx.require(MANAGE_STAFF)?;
    let before = open(s, cx, id).await?;
    let invitation = Invitation { revoked_at: Some(cx.now), ..before.clone() };
    s.update(&before, &invitation).await?;
    s.emit(cx, &InvitationRevoked { invitation: id });
    Ok(invitation)
}

/// An invitation that nobody has accepted or revoked.
async fn open<S: Records<invitation::Entity>>(s: &S, cx: &Cx, id: InvitationId) -> Result<Invitation> {
    let invitation = s.lock(cx, id).await?;
    match invitation.status(cx.now) {
        InvitationStatus::Pending | InvitationStatus::Expired => Ok(invitation),
        InvitationStatus::Accepted => {
            Err(Error::invalid("invitationId", ProblemCode::NotAllowed, "this invitation was accepted"))
        }
        InvitationStatus::Revoked => {
            Err(Error::invalid("invitationId", ProblemCode::NotAllowed, "this invitation was revoked"))
        }
    }
}

async fn mail(
    tx: &Tx,
    db: &Db,
    links: &Links,
    cx: &Cx,
    invitation: &Invitation,
    role: &Role,
    token: &str,
) -> Result<()> {
    let inviter = match cx.person() {
        Ok(person) => tx.account_by_id(person.id).await?.map(|person| person.name),
        Err(_) => None,
    };
    let variables = vec![
        ("inviter", inviter.unwrap_or_else(|| cx.tenant.name.clone())),
        ("role", role.name.clone()),
        ("link", links.accept_invitation(token)),
        ("expires", "7 days".into()),
    ];
    let letter = TemplatedMail {
        to: invitation.email.clone(),
        name: invitation.name.clone(),
        template: Template::Invitation,
        variables,
        opens: Opens::Role(invitation.role_id),
    };
    queue_mail(tx, cx, db.keyring(), &letter).await
}
