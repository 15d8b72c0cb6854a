//! An account at a provider finds its person here, or makes one: what signing in and syncing share.

use kernel::{Cx, Error, Result, db::Emit};

use crate::{
    domain::{
        external_events::{IdentityLinked, PersonAdded},
        id_token::{Described, Refusal},
        person::Person,
    },
    ports::{ExternalIdentities, Roles, Who},
    store::{external_identity::Model as ExternalIdentity, identity_provider::Model as Provider, user::Kind},
};

/// The account as it would be if it were new.
pub(super) fn unknown(cx: &Cx, provider: &Provider, subject: &str) -> ExternalIdentity {
    ExternalIdentity {
        id: cx.new_id(),
        provider_id: provider.id,
        subject: subject.to_owned(),
        user_id: None,
        email: None,
        revision: 0,
        removed_at: None,
        created_at: cx.now,
        last_sign_in_at: None,
    }
}

impl Provider {
    /// Whether people with this address may come from there.
    pub(super) fn allows(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.allowed_domains.0.is_empty() || self.allowed_domains.0.iter().any(|allowed| allowed == domain)
    }

    /// The role that the provider's word stands for, or the one for everybody; `None` where nobody is added.
    pub(super) fn role_for(&self, word: Option<&str>) -> Option<kernel::id::RoleId> {
        let mapped = self.mapped_roles.0.iter().find(|mapped| Some(mapped.value.as_str()) == word);
        mapped.map(|mapped| mapped.role).or(self.role_id)
    }
}

/// Ties an account that nobody here is known to be to the person with its address, and adds one where the provider may.
///
/// Only an address that the provider says is verified finds somebody: it alone shows that both are the same person. Who
/// never showed that here may be somebody else who wrote down that address first (CVE-2026-44707): what they set up ends.
pub(super) async fn attach<S: ExternalIdentities + Roles + Emit>(
    s: &S,
    cx: &Cx,
    provider: &Provider,
    identity: &mut ExternalIdentity,
    who: &Described,
) -> Result<Result<Person, Refusal>> {
    let Some(email) = who.email.as_deref() else { return Ok(Err(Refusal::UnverifiedEmail)) };
    if !provider.allows(email) {
        return Ok(Err(Refusal::DomainNotAllowed));
    }
    let person = match s.find_person(Who::Email(email)).await? {
        Some(person) => {
            let took_over = person.email_verified_at.is_none();
            if took_over {
                s.take_over(person.id, cx.now).await?;
            }
            let provider = provider.name.clone();
            s.emit(cx, &IdentityLinked { identity: identity.id, user: person.id, provider, took_over });
            person
        }
        None => match add(s, cx, provider, identity, who, email).await? {
            Some(person) => person,
            None => return Ok(Err(Refusal::NotKnown)),
        },
    };
    identity.user_id = Some(person.id);
    Ok(Ok(person))
}

async fn add<S: ExternalIdentities + Roles + Emit>(
    s: &S,
    cx: &Cx,
    provider: &Provider,
    identity: &ExternalIdentity,
    who: &Described,
    email: &str,
) -> Result<Option<Person>> {
    let word = who.role.as_deref().filter(|_| provider.creates == Some(Kind::Staff));
    let (Some(kind), Some(role_id)) = (provider.creates, provider.role_for(word)) else { return Ok(None) };
    // A role that is gone or retired since it was configured gives nobody anything.
    let Some(role) = s.role(role_id).await?.filter(|role| role.is_active) else { return Ok(None) };
    let person = Person {
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
    if !s.add_person(&person).await? {
        return Err(Error::lost_race("the address"));
    }
    let provider = provider.name.clone();
    s.emit(
        cx,
        &PersonAdded { user: person.id, identity: identity.id, provider, email: email.to_owned(), role: role.name },
    );
    Ok(Some(person))
}
