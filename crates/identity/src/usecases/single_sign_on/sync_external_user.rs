//! A provider tells that somebody was added, changed or removed there.

use kernel::{
    Cx, Db, Error, Result, Tx,
    db::Emit,
    id::{IdentityProviderId, StaffId, UserId},
};
use serde_json::{Value as Json, json};

use super::{
    external_person::{ask_for_picture, attach, unknown},
    save_identity_provider::webhook_secrets,
};
use crate::usecases::{
    access::{grants_follow, is_last},
    people::deactivate_person::{end_for_good, give_up},
};
use crate::{
    domain::{
        access::role::Role,
        people::person::Person,
        single_sign_on::{
            events::{LastAdministratorKept, PersonRemoved, PersonSpared, PersonSynced, PersonUnseated},
            id_token::{Described, Refusal},
            user_sync::{Delivery, Told, read},
        },
    },
    policy::{MANAGE_SIGN_IN, is_below},
    ports::{ExternalIdentities, People, Roles, Who, Work, sign_in::OneTimeTokens},
    queries::single_sign_on::provider,
    store::{people::user::Kind, single_sign_on::identity_provider::Model as Provider},
};

/// A delivery that is really its provider's.
pub struct Heard<'a> {
    sender: Provider,
    delivery: &'a str,
    told: Told,
}

/// Looks whether a delivery is its provider's, and reads it.
///
/// # Errors
/// [`Error::Unauthenticated`] for one that is not signed, too old, or of a provider that is not (or no longer) one;
/// [`Error::Invalid`] for a body that is none.
pub async fn hear<'a>(db: &Db, cx: &Cx, id: IdentityProviderId, delivery: &Delivery<'a>) -> Result<Heard<'a>> {
    cx.require(MANAGE_SIGN_IN)?;
    let sender = provider(&db.reader(cx).await?, id).await?.filter(|sender| sender.is_active);
    let sender = sender.ok_or(Error::Unauthenticated)?;
    if !delivery.is_signed(&webhook_secrets(db.keyring(), &sender, cx.now)?, cx.now) {
        return Err(Error::Unauthenticated);
    }
    let malformed = || Error::invalid("", kernel::ProblemCode::InvalidFormat, "the body is no delivery");
    Ok(Heard { sender, delivery: delivery.id, told: read(delivery.body).ok_or_else(malformed)? })
}

/// Takes a delivery of a provider's changes, and answers with the person it changed. It may come again and out of order:
/// of one person only what is newer than what was applied counts, and a removal is for good. The open work of a colleague
/// who is removed goes back to nobody.
///
/// # Errors
/// When trying again helps.
pub async fn sync_external_user<W: Work>(
    tx: &Tx,
    work: &W,
    cx: &Cx,
    catalog: &[&str],
    heard: &Heard<'_>,
) -> Result<Option<UserId>> {
    cx.require(MANAGE_SIGN_IN)?;
    let Heard { sender, delivery, told } = heard;
    if !tx.first_delivery(sender.id, delivery, cx.now).await? {
        return Ok(None);
    }
    match told {
        Told::Saved { who, revision } => saved(tx, cx, catalog, sender, who, *revision).await,
        Told::Removed { subject } => removed(tx, work, cx, catalog, sender, subject).await,
        Told::Other => Ok(None),
    }
}

async fn saved(
    tx: &Tx,
    cx: &Cx,
    catalog: &[&str],
    sender: &Provider,
    who: &Described,
    revision: i64,
) -> Result<Option<UserId>> {
    let mut identity = tx.identity(&unknown(cx, sender, &who.subject)).await?;
    if identity.removed_at.is_some() || identity.revision >= revision {
        return Ok(None);
    }
    identity.revision = revision;
    identity.email = who.email.clone().or(identity.email);
    let changed = match identity.user_id {
        // Who cannot be told apart from somebody else here is left alone; a later state may tell more.
        None => match attach(tx, cx, catalog, sender, &mut identity, who).await? {
            Ok(person) => Some(person.id),
            Err(refusal) => {
                let (email, provider) = (who.email.clone(), sender.name.clone());
                match refusal {
                    Refusal::BeyondCeiling => tx.emit(cx, &PersonSpared { user: None, email, provider }),
                    Refusal::NoSeat => tx.emit(cx, &PersonUnseated { identity: identity.id, email, provider }),
                    _ => {}
                }
                None
            }
        },
        Some(id) => match tx.find_person(Who::Id(id)).await? {
            Some(person) if spares(tx, cx, catalog, sender, &person).await? => None,
            Some(person) => change(tx, cx, catalog, sender, person, who).await?,
            None => None,
        },
    };
    ask_for_picture(tx, cx, &mut identity, who).await?;
    tx.save_identity(&identity).await?;
    Ok(changed)
}

/// Whether the person may more than whoever set the provider up: then nothing becomes of what it tells, and that is on record.
async fn spares(tx: &Tx, cx: &Cx, catalog: &[&str], sender: &Provider, person: &Person) -> Result<bool> {
    let spared = !sender.serves(tx, catalog, person).await?;
    if spared {
        let (user, email) = (Some(person.id), Some(person.email.clone()));
        tx.emit(cx, &PersonSpared { user, email, provider: sender.name.clone() });
    }
    Ok(spared)
}

/// Brings a person to the state that their provider tells of.
async fn change(
    tx: &Tx,
    cx: &Cx,
    catalog: &[&str],
    sender: &Provider,
    person: Person,
    who: &Described,
) -> Result<Option<UserId>> {
    let mut new = person.clone();
    let mut grants = None;
    new.updated_at = cx.now;
    if who.name.is_some() || who.first_name.is_some() || who.last_name.is_some() {
        new.name = who.called();
        new.first_name = who.first_name.clone();
        new.last_name = who.last_name.clone();
    }
    if let Some(email) = who.email.as_deref().filter(|email| *email != person.email && sender.allows(email)) {
        let owner = tx.find_person(Who::Email(email)).await?;
        if let Some(registered) = owner.as_ref().filter(|owner| owner.is_registration()) {
            // The provider says that it is theirs, and whoever registered with it has shown nothing.
            give_up(tx, cx, registered).await?;
        }
        if owner.is_none_or(|owner| owner.is_registration()) {
            new.email = email.to_owned();
        }
    }
    if person.kind == Kind::Staff
        && let Some(role) = sender.role_for(who.role.as_deref()).filter(|role| *role != person.role_id)
        && let Some(role) = tx.role(role).await?.filter(|role| role.is_active).map(|role| Role::of(role, catalog))
        && follows(sender, &person)
        && is_below(sender.ceiling.as_ref(), &role.gives())
        && is_below(sender.ceiling.as_ref(), &tx.grants(person.id).await?)
        && !is_last(tx, &person).await?
    {
        new.role_id = role.id;
        grants = Some(grants_follow(tx, cx, person.id, Some(person.role_id), &role).await?);
    }
    let (mut old, mut now) = (shown(&person), shown(&new));
    if old == now {
        return Ok(None);
    }
    if let Some((gone, granted)) = grants.filter(|(gone, granted)| gone != granted) {
        (old["granted"], now["granted"]) = (json!(gone), json!(granted));
    }
    tx.save(&new).await?;
    if new.email != person.email {
        // Links that went to the old address are good no more.
        tx.end_tokens(person.id).await?;
    }
    let (provider, role) = (sender.name.clone(), Some(new.role_id).filter(|role| *role != person.role_id));
    tx.emit(cx, &PersonSynced { user: person.id, provider, role, old, new: now });
    Ok(Some(person.id))
}

/// Whether the person's role is one of those that the provider gives: one that was given by hand stays.
fn follows(sender: &Provider, person: &Person) -> bool {
    let mapped = &sender.mapped_roles.0;
    !mapped.is_empty()
        && (sender.role_id == Some(person.role_id) || mapped.iter().any(|mapped| mapped.role == person.role_id))
}

fn shown(person: &Person) -> Json {
    json!({ "email": person.email, "name": person.name, "firstName": person.first_name, "lastName": person.last_name,
        "roleId": person.role_id })
}

async fn removed<W: Work>(
    tx: &Tx,
    work: &W,
    cx: &Cx,
    catalog: &[&str],
    sender: &Provider,
    subject: &str,
) -> Result<Option<UserId>> {
    let mut identity = tx.identity(&unknown(cx, sender, subject)).await?;
    if identity.removed_at.is_some() {
        return Ok(None);
    }
    identity.removed_at = Some(cx.now);
    tx.save_identity(&identity).await?;
    let person = match identity.user_id {
        Some(id) => tx.find_person(Who::Id(id)).await?,
        None => None,
    };
    let Some(mut person) = person.filter(|person| person.is_active) else { return Ok(None) };
    if spares(tx, cx, catalog, sender, &person).await? {
        return Ok(None);
    }
    let (user, provider) = (person.id, sender.name.clone());
    if is_last(tx, &person).await? {
        tx.emit(cx, &LastAdministratorKept { user, provider });
        return Ok(None);
    }
    person.is_active = false;
    person.deactivated_at = Some(cx.now);
    person.updated_at = cx.now;
    tx.save(&person).await?;
    end_for_good(tx, cx, user).await?;
    if person.kind == Kind::Staff {
        work.hand_over(cx, StaffId(user.0), None).await?;
    }
    tx.emit(cx, &PersonRemoved { user, provider });
    Ok(Some(user))
}
