//! Somebody accepts an invitation and becomes a colleague.

use kernel::{Cx, Db, Error, ProblemCode, Result, db::Emit, id::StaffId, record::Records, text::Check};
use serde::{Deserialize, Serialize};

use crate::usecases::{
    people::{
        add_person::{TheirRole, come_in, usable_role},
        details::Details,
    },
    sign_in::links::count_try,
};
use crate::{
    adapters::password::Passwords,
    domain::{
        people::person::Person,
        sign_in::{
            account_events::InvitationAccepted,
            one_time::{INVITATION, hash_of, refused},
            password_rules,
        },
    },
    ports::{People, sign_in::Invitations},
    queries::sign_in::invited,
    store::{
        invitations::invitation::{self, InvitationStatus},
        people::user::Kind,
    },
};

/// A new colleague.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Accepted {
    /// Who.
    pub staff: StaffId,
    /// Their address, to sign in with.
    pub email: String,
}

/// Accepts an invitation. Public: the link is the proof. The colleague is verified and active, and signs in next. Of their
/// names, what they do not say is what whoever invited them said.
///
/// # Errors
/// [`Error::Invalid`]: the token is no good; or the name or the password is not, the role is not there any more, no seat is
/// free, or the address has an account: then the invitation stays open.
pub async fn accept_invitation(
    db: &Db,
    passwords: &Passwords,
    cx: &Cx,
    token: &str,
    said: &Details,
    password: &str,
    limited: bool,
) -> Result<Accepted> {
    count_try(db, cx, limited).await?;
    let hash = hash_of(token, INVITATION).ok_or_else(refused)?;
    let found = invited(&db.reader(cx).await?, &hash).await?;
    let invitation = found.filter(|found| found.status(cx.now) == InvitationStatus::Pending).ok_or_else(refused)?;
    let mut check = Check::default();
    let mut person = Person::nobody();
    let called = said.first_name.is_none() && said.last_name.is_none();
    let details = Details {
        name: said.name.clone().or_else(|| invitation.name.clone().filter(|_| called)),
        first_name: said.first_name.clone().or_else(|| invitation.first_name.clone()),
        last_name: said.last_name.clone().or_else(|| invitation.last_name.clone()),
        ..Details::default()
    };
    details.apply(&mut check, &mut person, None);
    password_rules::check(&mut check, "password", password, &[&invitation.email, &person.name]);
    check.done()?;
    let password_hash = passwords.hash(cx.source(), password).await?;
    let (hash, person, password_hash) = (&hash, &person, &password_hash);
    db.transact(cx, "invitation.accept", |tx| async move {
        let found = tx.invitation_by_hash(hash).await?;
        let pending = found.filter(|found| found.status(cx.now) == InvitationStatus::Pending);
        let before = pending.ok_or_else(refused)?;
        let mut invitation = before.clone();
        let role = usable_role(&tx, &[], Kind::Staff, "token", &TheirRole::Id(invitation.role_id)).await?;
        let department = match invitation.department_id {
            // One that was closed meanwhile keeps nobody out.
            Some(id) => tx.is_open_department(id).await?.then_some(id),
            None => None,
        };
        let mut person = Person {
            id: cx.new_id(),
            email: invitation.email.clone(),
            role_id: role.id,
            department_id: department,
            is_active: true,
            email_verified_at: Some(cx.now),
            created_by: invitation.invited_by,
            created_at: cx.now,
            updated_at: cx.now,
            ..person.clone()
        };
        if !come_in(&tx, cx, &mut person, &role, Some(password_hash)).await? {
            let taken = "your address has an account already; sign in with it";
            return Err(Error::invalid("token", ProblemCode::NotAvailable, taken));
        }
        let staff = StaffId(person.id.0);
        invitation.accepted_at = Some(cx.now);
        invitation.accepted_as = Some(person.id);
        Records::<invitation::Entity>::update(&tx, &before, &invitation).await?;
        let (email, granted) = (invitation.email.clone(), role.comes_with());
        tx.emit(cx, &InvitationAccepted { invitation: invitation.id, staff, email, granted });
        Ok(Accepted { staff, email: invitation.email })
    })
    .await
}
