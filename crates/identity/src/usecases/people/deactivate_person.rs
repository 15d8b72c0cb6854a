//! A person loses access, or gets it back.

use kernel::{
    Cx, Error, ProblemCode, Result, Tx,
    db::Emit,
    held::{ERASED, ERASED_ADDRESS},
    id::{StaffId, UserId},
};

use super::add_person::{found, manage, named, not_erased};
use crate::usecases::{
    access::{keep_the_last, may_touch},
    tenants::seats::take_seat,
};
use crate::{
    domain::{
        people::{
            events::{PersonDeactivated, PersonReactivated},
            person::Person,
        },
        sign_in::account_events::InvitationRevoked,
    },
    ports::{
        ExternalIdentities, People, Roles, Seats, Who, Work,
        api_keys::ApiKeys,
        sign_in::{Invitations, OneTimeTokens},
    },
    store::people::user::Kind,
};

/// Deactivates a person: no sign-in, and sessions, keys and subscriptions end within [`ACCESS_TTL`](crate::ACCESS_TTL),
/// for good; so do links in mails to them and invitations from them.
/// A colleague's open work goes to `heir`, or back to nobody. Doing it twice is no error.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for the last active administrator, for somebody who has more than the actor, for an
/// heir who is not an active colleague.
pub async fn deactivate_person<S, W: Work>(
    s: &S,
    work: &W,
    cx: &Cx,
    catalog: &[&str],
    kind: Kind,
    id: UserId,
    heir: Option<StaffId>,
) -> Result<Person>
where
    S: People + Roles + ApiKeys + OneTimeTokens + Invitations + Emit,
{
    cx.require(manage(kind))?;
    let mut person = found(s, cx, kind, id).await?;
    may_touch(s, cx, catalog, &person, named(kind)).await?;
    if let Some(heir) = heir {
        let known = s.lock_account(heir.into()).await?;
        if heir.0 == id.0 || !known.is_some_and(|heir| heir.is_active && heir.kind == Kind::Staff) {
            return Err(Error::invalid(
                "handOverTo",
                ProblemCode::NotAvailable,
                "work can only be handed to another active colleague",
            ));
        }
    }
    if !person.is_active {
        return Ok(person);
    }
    keep_the_last(s, &person, named(kind)).await?;
    person.is_active = false;
    person.deactivated_at = Some(cx.now);
    person.updated_at = cx.now;
    s.save(&person).await?;
    end_for_good(s, cx, id).await?;
    let handed_over = if kind == Kind::Staff { work.hand_over(cx, StaffId(id.0), heir).await? } else { 0 };
    s.emit(cx, &PersonDeactivated::of(&person, heir, handed_over));
    Ok(person)
}

/// Takes their access from people who are erased and whose row stays for now; a colleague has lost it already. For Frontdesk itself; it
/// asks for no permission.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn shut_out(tx: &Tx, cx: &Cx, people: &[UserId]) -> Result<()> {
    for id in people {
        let Some(mut person) = tx.find_person(Who::Id(*id)).await?.filter(|person| person.is_active) else { continue };
        person.is_active = false;
        person.deactivated_at = Some(cx.now);
        person.updated_at = cx.now;
        tx.save(&person).await?;
        end_for_good(tx, cx, *id).await?;
        tx.emit(cx, &PersonDeactivated::of(&person, None, 0));
    }
    Ok(())
}

/// Ends what lets somebody in or acts for them, so that it does not come back with them: sessions, API keys, links in mails
/// and to send files by, and the invitations they sent that nobody has accepted.
pub(crate) async fn end_for_good<S>(s: &S, cx: &Cx, id: UserId) -> Result<()>
where
    S: People + ApiKeys + OneTimeTokens + Invitations + Emit,
{
    s.end_access(id, cx.now).await?;
    s.revoke_all(id, cx.now).await?;
    s.end_tokens(id).await?;
    s.end_uploads(cx, id).await?;
    for invitation in s.revoke_invitations_of(id, cx.now).await? {
        s.emit(cx, &InvitationRevoked { invitation });
    }
    Ok(())
}

/// Takes the address from a [registration](Person::is_registration), where somebody else has shown that it is theirs: nobody is left by
/// it, and nothing of what was said with it.
pub(crate) async fn give_up<S: People + OneTimeTokens + Emit>(s: &S, cx: &Cx, registered: &Person) -> Result<()> {
    let nobody = Person {
        email: format!("{}{ERASED_ADDRESS}", registered.id.0.simple()),
        name: ERASED.to_owned(),
        first_name: None,
        last_name: None,
        company: None,
        company_confirmed: false,
        phone: None,
        phone_typed: None,
        is_active: false,
        deactivated_at: Some(cx.now),
        updated_at: cx.now,
        ..registered.clone()
    };
    s.save(&nobody).await?;
    s.end_access(registered.id, cx.now).await?;
    s.end_tokens(registered.id).await?;
    s.emit(cx, &PersonDeactivated::of(registered, None, 0));
    Ok(())
}

/// Lets a person sign in again, with a new session. Doing it twice is no error.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for somebody who has more than the actor or was erased, and for a colleague where no seat is
/// free.
pub async fn reactivate_person<S: People + Roles + Seats + Emit>(
    s: &S,
    cx: &Cx,
    catalog: &[&str],
    kind: Kind,
    id: UserId,
) -> Result<Person> {
    cx.require(manage(kind))?;
    let mut person = found(s, cx, kind, id).await?;
    may_touch(s, cx, catalog, &person, named(kind)).await?;
    not_erased(&person)?;
    if !person.is_active {
        if kind == Kind::Staff {
            take_seat(s, cx).await?;
        }
        person.is_active = true;
        person.deactivated_at = None;
        person.updated_at = cx.now;
        s.save(&person).await?;
        s.emit(cx, &PersonReactivated::of(&person));
    }
    Ok(person)
}
