//! Somebody comes back from a platform.

use kernel::{Cx, Db, Error, ProblemCode, Result, db::Emit};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::{
    connect_social_account::{TTL, verifier_context},
    may,
    tokens::connect,
};
use crate::{
    domain::social::{events::SocialAccountAsked, grant::Granted, platform::PlatformConfig},
    ports::social::{Redeem, SocialError, SocialNetworks},
    queries::social::accounts::{add_route, platform_of, take_back},
    store::social::{
        account::Model as SocialAccount,
        connecting::{self, Model as Connecting},
        platform::Platform,
    },
};

/// Somebody came back.
#[derive(Clone)]
pub struct CompleteSocialAccount {
    /// What they were sent with.
    pub state: String,
    /// What the platform gave them.
    pub code: String,
}

/// One of several accounts that somebody let us into.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Choice {
    /// As the platform names it.
    pub account_id: String,
    /// As people read it.
    pub account_name: Option<String>,
}

/// What came of it: accounts that are connected, or those to choose from.
#[derive(Clone, Serialize, Deserialize)]
pub struct Completed {
    /// Connected.
    pub accounts: Vec<SocialAccount>,
    /// To choose from, under the same state.
    pub choices: Vec<Choice>,
}

/// Why not: the input, what is wrong with it, and a sentence.
pub(super) type Refusal = (&'static str, ProblemCode, String);

/// The refusal of a state that is unknown, used, too late or somebody else's; which of them is not told.
pub(super) fn unknown_state() -> Refusal {
    ("state", ProblemCode::InvalidToken, "is unknown, used or too old; begin again".into())
}

/// A refusal by the platform.
pub(super) fn refused(field: &'static str, error: &SocialError) -> Refusal {
    (field, ProblemCode::NotAvailable, format!("the platform does not let us in: {error}"))
}

/// What a grant is sealed for.
pub(super) fn grant_context(state_hash: &[u8]) -> Vec<u8> {
    [b"social_connecting granted ", state_hash].concat()
}

/// Takes what a platform gave somebody who came back, and connects the account; where they let us into several, they choose under
/// the same state. The state is used up, whatever comes of it.
///
/// # Errors
/// [`Error::Invalid`] at `state` or `code`.
pub async fn complete_social_account(
    db: &Db,
    networks: &dyn SocialNetworks,
    cx: &Cx,
    cmd: &CompleteSocialAccount,
) -> Result<Completed> {
    may(db, cx, "social_account.complete").await?;
    let came = &ask(db, networks, cx, cmd).await?;
    if let Ok((back, granted)) = came
        && let [one] = granted.as_slice()
    {
        add_route(db, cx, back.platform, &one.account_id).await?;
    }
    // What is wrong is said in here, so that a call that is repeated under its key is answered as it was.
    db.transact(cx, "social_account.complete", |tx| async move {
        let (back, granted) = match came {
            Ok(came) => came,
            Err((field, code, why)) => return Err(Error::invalid(field, *code, why.clone())),
        };
        if let [one] = granted.as_slice() {
            let account = connect(&tx, db.keyring(), cx, back.platform, one).await?;
            return Ok(Completed { accounts: vec![account], choices: Vec::new() });
        }
        tx.emit(cx, &SocialAccountAsked { tenant: cx.tenant.id, platform: back.platform, found: Some(granted.len()) });
        let sealed = serde_json::to_vec(granted).map_err(Error::internal)?;
        let sealed = db.keyring().encrypt(cx.source(), &grant_context(&back.state_hash), &sealed)?;
        let row = Connecting { granted_encrypted: Some(sealed), expires_at: cx.now + TTL, ..back.clone() };
        connecting::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
        let choice = |granted: &Granted| Choice {
            account_id: granted.account_id.clone(),
            account_name: granted.account_name.clone(),
        };
        Ok(Completed { accounts: Vec::new(), choices: granted.iter().map(choice).collect() })
    })
    .await
}

type Came = (Connecting, Vec<Granted>);

/// Asks the platform whom we were let into. Nothing is open here while it thinks.
async fn ask(
    db: &Db,
    networks: &dyn SocialNetworks,
    cx: &Cx,
    cmd: &CompleteSocialAccount,
) -> Result<Result<Came, Refusal>> {
    if cmd.state.len() > 256 || cmd.state.is_empty() {
        return Ok(Err(unknown_state()));
    }
    if cmd.code.is_empty() || cmd.code.len() > 4096 || cmd.code.contains(char::is_control) {
        return Ok(Err(("code", ProblemCode::InvalidFormat, "is no code of the platform's".into())));
    }
    let Some(mut back) = take_back(&db.bookkeeping(cx).await?, &cmd.state, cx.user()?.id, cx.now).await? else {
        return Ok(Err(unknown_state()));
    };
    let context = verifier_context(&back.state_hash);
    let verifier = back.verifier_encrypted.take();
    let verifier = verifier.map(|sealed| db.keyring().decrypt(&context, &sealed)).transpose()?;
    let verifier = verifier.map(String::from_utf8).transpose().map_err(Error::internal)?;
    let settings = platform_of(&db.reader(cx).await?, back.platform).await?;
    let config = PlatformConfig::of(&settings);
    let version = config.version(back.platform);
    let redeem = Redeem {
        platform: back.platform,
        version,
        code: &cmd.code,
        redirect_uri: &back.redirect_uri,
        verifier: verifier.as_deref(),
        now: cx.now,
    };
    let granted = match networks.redeem(&redeem).await {
        Ok(granted) => granted,
        Err(error) => return Ok(Err(refused("code", &error))),
    };
    let too_long = |granted: &Granted| granted.account_id.is_empty() || granted.account_id.len() > 255;
    if granted.is_empty() || granted.iter().any(too_long) {
        let none = "there is no account there that Frontdesk may write for".to_owned();
        return Ok(Err(("code", ProblemCode::NotAvailable, none)));
    }
    if let [one] = granted.as_slice()
        && let Err(error) = heed(networks, back.platform, version, one).await
    {
        return Ok(Err(refused("code", &error)));
    }
    Ok(Ok((back, granted)))
}

/// Shows that the account's own token is taken, and where it takes that, that we hear of its messages.
pub(super) async fn heed(
    networks: &dyn SocialNetworks,
    platform: Platform,
    version: &str,
    granted: &Granted,
) -> Result<(), SocialError> {
    match platform {
        Platform::Facebook => {
            networks.name(platform, version, &granted.account_id, &granted.tokens.access).await.map(drop)
        }
        // What they gave was used already.
        Platform::X | Platform::Linkedin => Ok(()),
    }
}
