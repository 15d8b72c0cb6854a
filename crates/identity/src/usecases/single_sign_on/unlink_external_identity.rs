//! Somebody gives up an account elsewhere as a way to sign in.

use kernel::{Cx, Error, ProblemCode, Result, db::Emit, id::ExternalIdentityId};

use crate::{
    domain::single_sign_on::events::IdentityUnlinked,
    policy::in_session,
    ports::{ExternalIdentities, People},
};

/// Unties an account of one's own at a provider. It stays known, so that old news about it stay old.
///
/// # Errors
/// [`Error::NotFound`] for one that is not one's own; [`Error::Invalid`] for the last way to sign in, and for one that its
/// provider tells of by webhook.
pub async fn unlink_external_identity<S: ExternalIdentities + People + Emit>(
    s: &S,
    cx: &Cx,
    id: ExternalIdentityId,
) -> Result<ExternalIdentityId> {
    let own = in_session(cx, &[])?.id;
    let all = s.identities_of(own).await?;
    let missing = || Error::NotFound { what: "ExternalIdentity" };
    let mut identity = all.iter().find(|identity| identity.id == id).cloned().ok_or_else(missing)?;
    let provider = s.provider(identity.provider_id).await?.ok_or_else(missing)?;
    if identity.revision > 0 && provider.webhook_secret.is_some() {
        // Otherwise nobody would be found here when they are removed there.
        return Err(Error::invalid(
            "externalIdentityId",
            ProblemCode::NotAllowed,
            "this provider tells the company of its people; it is not yours to leave",
        ));
    }
    let mut others = s.account_by_id(own).await?.is_some_and(|account| account.password_hash.is_some());
    for other in all.iter().filter(|other| other.id != id && other.removed_at.is_none()) {
        let way = s.provider(other.provider_id).await?;
        others |= way.is_some_and(|way| way.is_active && way.issuer.is_some());
    }
    if !others {
        return Err(Error::invalid(
            "externalIdentityId",
            ProblemCode::NotAllowed,
            "this is your only way to sign in; set a password first",
        ));
    }
    identity.user_id = None;
    s.save_identity(&identity).await?;
    s.emit(cx, &IdentityUnlinked { identity: id, user: own, provider: provider.name });
    Ok(id)
}
