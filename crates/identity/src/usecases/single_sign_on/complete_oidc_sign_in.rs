//! Somebody comes back from a provider.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use kernel::{
    Cx, Db, Error, Result, Tx,
    crypto::{Keyring, token_hash},
    db::Emit,
    id::{IdentityProviderId, UserId},
    limit::Limit,
};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::{
    begin_oidc_sign_in::verifier_context,
    external_person::{ask_for_picture, attach, unknown},
    save_identity_provider::client_secret,
};
use crate::usecases::sign_in::{second_factor::accepts, with_password::open};
use crate::{
    adapters::{
        access_token::AccessTokens,
        oidc::{Oidc, Redeem},
    },
    domain::{
        sessions::session::{SessionPolicy, SessionTokens},
        single_sign_on::{
            events::SignInRefused,
            id_token::{Described, Refusal},
        },
    },
    ports::{Account, ExternalIdentities, People, Sessions, Who},
    queries::single_sign_on::{provider, take},
    store::single_sign_on::{identity_provider::Model as Provider, oidc_sign_in},
};

/// Sign-ins that are begun or completed from one address; those by which somebody came in do not count.
pub(crate) const BY_ADDRESS: Limit =
    Limit { name: "external sign-in by address", attempts: 200, window: Duration::from_secs(15 * 60) };

/// Codes of second factors that are tried for one account at a provider.
const CODES: Limit =
    Limit { name: "second factor of external sign-in", attempts: 10, window: Duration::from_secs(15 * 60) };
/// How long the code of a second factor is waited for, once the provider has said who it is.
const WAIT: TimeDelta = TimeDelta::minutes(5);

/// Somebody came back.
#[derive(Clone)]
pub struct CompleteOidcSignIn {
    /// What their browser kept.
    pub flow_token: String,
    /// What the provider sent back with them.
    pub state: String,
    /// What they can be known by.
    pub code: String,
    /// The code of their second factor, or a recovery code.
    pub totp_code: Option<String>,
    /// Whether attempts are limited.
    pub limited: bool,
}

/// What came of it. Both are committed and, under an idempotency key, both are the answer again.
#[derive(Serialize, Deserialize)]
enum Completed {
    Opened(SessionTokens),
    Refused(Refusal),
}

/// Who came back from where, as their provider describes them.
struct Came {
    begun: oidc_sign_in::Model,
    provider: Provider,
    answer: Answer,
}

/// What is kept of the provider's word while the code of a second factor is waited for.
#[derive(Serialize, Deserialize)]
struct Answer {
    who: Described,
    /// SHA-256 of the code that it was given for, in base64.
    code: String,
}

/// Why not, and at which provider where it is known.
type Turned = (Option<IdentityProviderId>, Refusal);

/// Completes a sign-in. Public. The state is used up, whatever comes of it, but for one thing: where the second factor's
/// code is missing or wrong, the same state and code are good for another try, without asking the provider again.
///
/// Who has a second factor shows it here too, unless the provider is trusted to have asked for one.
///
/// # Errors
/// [`Error::Invalid`] as [`Refusal::error`] puts it; [`Error::RateLimited`].
pub async fn complete_oidc_sign_in(
    db: &Db,
    oidc: &Oidc,
    tokens: &AccessTokens,
    policy: SessionPolicy,
    catalog: &[&str],
    cx: &Cx,
    cmd: CompleteOidcSignIn,
) -> Result<SessionTokens> {
    if cmd.limited {
        BY_ADDRESS.count(&db.bookkeeping(cx).await?, cx, &cx.origin.limit_key()).await?;
    }
    let came = ask(db, oidc, cx, &cmd).await?;
    let totp = cmd.totp_code.as_deref().filter(|code| !code.trim().is_empty());
    let counted = match &came {
        Ok(came) if cmd.limited && totp.is_some() => Some(format!("{} {}", came.provider.id, came.answer.who.subject)),
        _ => None,
    };
    if let Some(who) = &counted {
        CODES.count(&db.bookkeeping(cx).await?, cx, who).await?;
    }
    let came = &came;
    let completed = db
        .transact(cx, "session.open", |tx| async move {
            let refused = |provider, user, reason| {
                tx.emit(cx, &SignInRefused { provider, user, reason });
                Ok(Completed::Refused(reason))
            };
            let came = match came {
                Ok(came) => came,
                Err((provider, reason)) => return refused(*provider, None, *reason),
            };
            let provider = &came.provider;
            match admit(&tx, db.keyring(), cx, catalog, came, totp).await? {
                Ok(account) => Ok(Completed::Opened(enter(&tx, tokens, policy, cx, provider, &account).await?)),
                Err((user, reason)) => {
                    if matches!(reason, Refusal::CodeMissing | Refusal::WrongCode) {
                        wait(&tx, db.keyring(), cx, came).await?;
                    }
                    refused(Some(provider.id), user, reason)
                }
            }
        })
        .await?;
    match completed {
        Completed::Opened(session) => {
            if cmd.limited {
                // It was begun and completed.
                BY_ADDRESS.give_back(&db.bookkeeping(cx).await?, &cx.origin.limit_key(), 2).await?;
            }
            if let Some(who) = &counted {
                CODES.clear(&db.bookkeeping(cx).await?, who).await?;
            }
            Ok(session)
        }
        Completed::Refused(reason) => Err(reason.error()),
    }
}

/// What a provider's word is encrypted for.
fn answer_context(state_hash: &[u8]) -> Vec<u8> {
    [b"oidc_sign_ins answer ", state_hash].concat()
}

/// Keeps the provider's word for another try.
async fn wait(tx: &Tx, keyring: &Keyring, cx: &Cx, came: &Came) -> Result<()> {
    let begun = &came.begun;
    let answer = serde_json::to_vec(&came.answer).map_err(Error::internal)?;
    let row = oidc_sign_in::Model {
        answer: Some(keyring.encrypt(cx.source(), &answer_context(&begun.state_hash), &answer)?),
        // The second try does not get longer than the first.
        expires_at: if begun.answer.is_some() { begun.expires_at } else { cx.now + WAIT },
        ..begun.clone()
    };
    oidc_sign_in::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Asks the provider who has come, unless it has said so before. Nothing is open here while it thinks.
async fn ask(db: &Db, oidc: &Oidc, cx: &Cx, cmd: &CompleteOidcSignIn) -> Result<Result<Came, Turned>> {
    let nobody = |reason| Ok(Err((None, reason)));
    if cmd.state.len() > 256 || cmd.flow_token.len() > 256 || cmd.code.len() > 4096 {
        return nobody(Refusal::UnknownState);
    }
    let Some(begun) = take(&db.bookkeeping(cx).await?, cx, &cmd.state, &cmd.flow_token).await? else {
        return nobody(Refusal::UnknownState);
    };
    let Some(found) = provider(&db.reader(cx).await?, begun.provider_id).await?.filter(|found| found.is_active) else {
        return nobody(Refusal::ProviderInactive);
    };
    let turned = |reason| (Some(found.id), reason);
    let code = STANDARD.encode(token_hash(&cmd.code));
    if let Some(sealed) = &begun.answer {
        let answer = db.keyring().decrypt(&answer_context(&begun.state_hash), sealed)?;
        let answer: Answer = serde_json::from_slice(&answer).map_err(Error::internal)?;
        if answer.code != code {
            return Ok(Err(turned(Refusal::CodeRefused)));
        }
        return Ok(Ok(Came { begun, provider: found, answer }));
    }
    let (Some(issuer), Some(client), Some(endpoints)) = (&found.issuer, &found.client_id, &found.endpoints) else {
        return Ok(Err(turned(Refusal::ProviderInactive)));
    };
    let verifier = db.keyring().decrypt(&verifier_context(&begun.state_hash), &begun.verifier)?;
    let secret = client_secret(db.keyring(), &found)?;
    let redeem = Redeem {
        client_id: client,
        secret: secret.as_deref(),
        code: &cmd.code,
        redirect_uri: &begun.redirect_uri,
        verifier: &String::from_utf8_lossy(&verifier),
    };
    let described = async {
        let tokens = oidc.redeem(endpoints, redeem).await?;
        let claims = oidc.claims(endpoints, &tokens.id_token, cx.now).await?;
        let ask = claims.names_only();
        let who = claims.check(issuer, client, &begun.nonce_hash, cx.now)?;
        match if ask { oidc.userinfo(endpoints, &tokens).await? } else { None } {
            Some(more) => who.and(more),
            None => Ok(who),
        }
    };
    match described.await {
        Ok(who) => Ok(Ok(Came { begun, provider: found, answer: Answer { who, code } })),
        Err(reason) => Ok(Err(turned(reason))),
    }
}

/// The account of whoever came, where they may come in. Issuer and subject decide; the address only the first time.
async fn admit(
    tx: &Tx,
    keyring: &Keyring,
    cx: &Cx,
    catalog: &[&str],
    came: &Came,
    totp: Option<&str>,
) -> Result<Result<Account, (Option<UserId>, Refusal)>> {
    let (provider, who) = (&came.provider, &came.answer.who);
    let mut identity = tx.identity(&unknown(cx, provider, &who.subject)).await?;
    if identity.removed_at.is_some() {
        return Ok(Err((identity.user_id, Refusal::Removed)));
    }
    let person = match identity.user_id {
        Some(id) => tx.find_person(Who::Id(id)).await?.ok_or(Refusal::NotKnown),
        None => {
            let attached = attach(tx, cx, catalog, provider, &mut identity, who).await?;
            tx.save_identity(&identity).await?;
            attached
        }
    };
    let person = match person {
        Ok(person) => person,
        Err(reason) => return Ok(Err((None, reason))),
    };
    if !provider.serves(tx, catalog, &person).await? {
        return Ok(Err((Some(person.id), Refusal::BeyondCeiling)));
    }
    // Read again: linking may have raised the token version and ended a second factor.
    let account = tx.account_by_id(person.id).await?.filter(|account| account.is_active);
    let Some(account) = account else { return Ok(Err((Some(person.id), Refusal::Deactivated))) };
    if account.totp_confirmed && !provider.trusts_mfa {
        match totp {
            None => return Ok(Err((Some(person.id), Refusal::CodeMissing))),
            Some(code) if accepts(tx, keyring, cx, &account, code).await? => {}
            Some(_) => return Ok(Err((Some(person.id), Refusal::WrongCode))),
        }
    }
    identity.email = who.email.clone().or(identity.email);
    ask_for_picture(tx, cx, &mut identity, who).await?;
    identity.last_sign_in_at = Some(cx.now);
    tx.save_identity(&identity).await?;
    Ok(Ok(account))
}

async fn enter<S: ExternalIdentities + People + Sessions + Emit>(
    s: &S,
    tokens: &AccessTokens,
    policy: SessionPolicy,
    cx: &Cx,
    provider: &Provider,
    account: &Account,
) -> Result<SessionTokens> {
    let session = open(s, tokens, policy, cx, account).await?;
    if provider.trusts_mfa {
        s.trust_factor(session.session).await?;
    }
    Ok(session)
}
