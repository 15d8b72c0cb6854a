//! An account at a provider finds its person here, or makes one: what signing in and syncing share.

use kernel::{Cx, Error, Result, Tx, db::Emit, id::UserId, jobs::Enqueue};

use super::take_picture::TakePicture;

use crate::usecases::{
    access::held_by,
    people::add_person::{TheirRole, come_in, usable_role},
};
use crate::{
    domain::{
        people::person::Person,
        single_sign_on::{
            events::{IdentityLinked, PersonAdded},
            id_token::{Described, Refusal},
        },
    },
    policy::is_below,
    ports::{
        ExternalIdentities, People, Roles, SecondFactors, Sessions, Who,
        api_keys::ApiKeys,
        sign_in::{Accounts, OneTimeTokens},
    },
    store::{
        people::user::{Kind, NO_PASSWORD},
        sessions::session::Reason,
        single_sign_on::{external_identity::Model as ExternalIdentity, identity_provider::Model as Provider},
    },
};

/// The account as it would be if it were new.
pub(crate) fn unknown(cx: &Cx, provider: &Provider, subject: &str) -> ExternalIdentity {
    ExternalIdentity {
        id: cx.new_id(),
        provider_id: provider.id,
        subject: subject.to_owned(),
        user_id: None,
        email: None,
        revision: 0,
        removed_at: None,
        created_at: cx.now,
        picture_asked_at: None,
        last_sign_in_at: None,
    }
}

impl Provider {
    /// Whether people with this address may come from there.
    pub(crate) fn allows(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.allowed_domains.0.is_empty() || self.allowed_domains.0.iter().any(|allowed| allowed == domain)
    }

    /// Whether the person may no more than whoever set the provider up: nobody lets in, changes or removes by a provider
    /// whom they could not touch themselves.
    pub(crate) async fn serves<S: Roles>(&self, s: &S, catalog: &[&str], person: &Person) -> Result<bool> {
        let ceiling = self.ceiling.as_ref();
        Ok(ceiling.is_none() || is_below(ceiling, &held_by(s, catalog, person.id, person.role_id).await?))
    }

    /// The role that the provider's word stands for, or the one for everybody; `None` where nobody is added.
    pub(crate) fn role_for(&self, word: Option<&str>) -> Option<kernel::id::RoleId> {
        let mapped = self.mapped_roles.0.iter().find(|mapped| Some(mapped.value.as_str()) == word);
        mapped.map(|mapped| mapped.role).or(self.role_id)
    }
}

/// Ties an account that nobody here is known to be to the person with its address, and adds one where the provider may.
///
/// Only an address that the provider says is verified finds somebody: it alone shows that both are the same person. Who
/// never showed that here may be somebody else who wrote down that address first (CVE-2026-44707): what they set up ends,
/// colleagues' too, whose first password others may have chosen. Who did show it keeps their password and all else.
pub(crate) async fn attach(
    tx: &Tx,
    cx: &Cx,
    catalog: &[&str],
    provider: &Provider,
    identity: &mut ExternalIdentity,
    who: &Described,
) -> Result<Result<Person, Refusal>> {
    let Some(email) = who.email.as_deref() else { return Ok(Err(Refusal::UnverifiedEmail)) };
    if !provider.allows(email) {
        return Ok(Err(Refusal::DomainNotAllowed));
    }
    // Nobody is kept from coming as a colleague by a registration with their address, which anybody can make: it becomes theirs.
    let registered = |person: &Person| person.is_active && person.is_registration();
    let found = tx.find_person(Who::Email(email)).await?;
    let person = match found.filter(|found| provider.creates != Some(Kind::Staff) || !registered(found)) {
        Some(person) => {
            if !person.is_active {
                return Ok(Err(Refusal::Deactivated));
            }
            if !provider.serves(tx, catalog, &person).await? {
                return Ok(Err(Refusal::BeyondCeiling));
            }
            let took_over = person.email_verified_at.is_none();
            if took_over {
                take_over(tx, cx, person.id).await?;
            }
            let provider = provider.name.clone();
            tx.emit(cx, &IdentityLinked { identity: identity.id, user: person.id, provider, took_over });
            person
        }
        None => match add(tx, cx, catalog, provider, identity, who, email).await? {
            Ok(person) => person,
            Err(refusal) => return Ok(Err(refusal)),
        },
    };
    identity.user_id = Some(person.id);
    Ok(Ok(person))
}

/// Asks for the picture that the provider has of somebody, once.
pub(crate) async fn ask_for_picture(tx: &Tx, cx: &Cx, identity: &mut ExternalIdentity, who: &Described) -> Result<()> {
    if let (Some(user), Some(address), None) = (identity.user_id, &who.picture, identity.picture_asked_at) {
        identity.picture_asked_at = Some(cx.now);
        tx.enqueue(cx, &TakePicture { user, address: address.clone() }).await?;
    }
    Ok(())
}

/// Ends whatever was set up for an account before its owner showed that the address is theirs: the password, the second
/// factor with its recovery codes, API keys, links in mails, sessions.
async fn take_over(tx: &Tx, cx: &Cx, id: UserId) -> Result<()> {
    tx.set_password(id, NO_PASSWORD, cx.now, true).await?;
    tx.set_secret(id, None, cx.now).await?;
    tx.revoke_all(id, cx.now).await?;
    tx.end_tokens(id).await?;
    tx.end_all(id, None, cx.now, Reason::Revoked).await?;
    tx.verify(id, None, cx.now).await
}

async fn add(
    tx: &Tx,
    cx: &Cx,
    catalog: &[&str],
    provider: &Provider,
    identity: &ExternalIdentity,
    who: &Described,
    email: &str,
) -> Result<Result<Person, Refusal>> {
    let word = who.role.as_deref().filter(|_| provider.creates == Some(Kind::Staff));
    let (Some(kind), Some(role_id)) = (provider.creates, provider.role_for(word)) else {
        return Ok(Err(Refusal::NotKnown));
    };
    let role = match usable_role(tx, catalog, kind, "", &TheirRole::Id(role_id)).await {
        // One that is gone or retired since it was configured gives nobody anything.
        Err(Error::Invalid(_)) => return Ok(Err(Refusal::NotKnown)),
        role => role?,
    };
    if !is_below(provider.ceiling.as_ref(), &role.gives()) {
        return Ok(Err(Refusal::BeyondCeiling));
    }
    let mut person = Person {
        id: cx.new_id(),
        kind,
        email: email.to_owned(),
        name: who.called(),
        first_name: who.first_name.clone(),
        last_name: who.last_name.clone(),
        role_id,
        is_active: true,
        email_verified_at: Some(cx.now),
        created_at: cx.now,
        updated_at: cx.now,
        ..Person::nobody()
    };
    match come_in(tx, cx, &mut person, &role, None).await {
        Ok(true) => {}
        Ok(false) => return Err(Error::lost_race("the address")),
        Err(Error::Invalid(_)) => return Ok(Err(Refusal::NoSeat)),
        Err(error) => return Err(error),
    }
    let provider = provider.name.clone();
    tx.emit(
        cx,
        &PersonAdded {
            user: person.id,
            identity: identity.id,
            provider,
            email: email.to_owned(),
            granted: role.comes_with(),
            role: role.name,
        },
    );
    Ok(Ok(person))
}
