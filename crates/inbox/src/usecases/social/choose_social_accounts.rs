//! Somebody who let us into several accounts chooses which of them are meant.

use kernel::{Cx, Db, Error, ProblemCode, Result};

use super::{
    complete_social_account::{Completed, Refusal, grant_context, heed, refused, unknown_state},
    may,
    tokens::connect,
};
use crate::{
    domain::social::{grant::Granted, platform::PlatformConfig},
    limits,
    ports::social::SocialNetworks,
    queries::social::accounts::{add_route, choosing, end_choosing, platform_of},
    store::social::platform::Platform,
};

/// How many are chosen at a time.
const MOST: usize = 50;

/// Which accounts are meant.
#[derive(Clone)]
pub struct ChooseSocialAccounts {
    /// What they were sent with.
    pub state: String,
    /// As the platform names them.
    pub account_ids: Vec<String>,
}

/// Connects the accounts that are chosen; the others are forgotten.
///
/// # Errors
/// [`Error::Invalid`] at `state` or `accountIds`.
pub async fn choose_social_accounts(
    db: &Db,
    networks: &dyn SocialNetworks,
    cx: &Cx,
    cmd: &ChooseSocialAccounts,
) -> Result<Completed> {
    may(db, cx, "social_account.choose").await?;
    let chosen = &choose(db, networks, cx, cmd).await?;
    if let Ok((platform, granted)) = chosen {
        for one in granted {
            add_route(db, cx, *platform, &one.account_id).await?;
        }
    }
    db.transact(cx, "social_account.choose", |tx| async move {
        let refuse = |(field, code, why): Refusal| Err(Error::invalid(field, code, why));
        let (platform, granted) = match chosen {
            Ok(chosen) => chosen,
            Err(refusal) => return refuse(refusal.clone()),
        };
        if !end_choosing(tx.conn(), &cmd.state, cx.user()?.id, cx.now).await? {
            return refuse(unknown_state());
        }
        let mut accounts = Vec::new();
        for one in granted {
            accounts.push(connect(&tx, db.keyring(), cx, *platform, one).await?);
        }
        Ok(Completed { accounts, choices: Vec::new() })
    })
    .await
}

async fn choose(
    db: &Db,
    networks: &dyn SocialNetworks,
    cx: &Cx,
    cmd: &ChooseSocialAccounts,
) -> Result<Result<(Platform, Vec<Granted>), Refusal>> {
    if cmd.state.len() > 256 {
        return Ok(Err(unknown_state()));
    }
    if cmd.account_ids.is_empty() || cmd.account_ids.len() > MOST {
        let message = format!("must name 1 to {MOST} accounts");
        return Ok(Err(("accountIds", ProblemCode::NotAllowed, message)));
    }
    let odd =
        |id: &String| id.is_empty() || id.chars().count() > limits::PLATFORM_NAME || id.contains(char::is_control);
    if cmd.account_ids.iter().any(odd) {
        let message = format!("must be 1 to {} visible characters each", limits::PLATFORM_NAME);
        return Ok(Err(("accountIds", ProblemCode::InvalidFormat, message)));
    }
    let conn = db.reader(cx).await?;
    let Some(back) = choosing(&conn, &cmd.state, cx.user()?.id, cx.now).await? else {
        return Ok(Err(unknown_state()));
    };
    let config = PlatformConfig::of(&platform_of(&conn, back.platform).await?);
    drop(conn);
    let sealed = back.granted_encrypted.unwrap_or_default();
    let granted = db.keyring().decrypt(&grant_context(&back.state_hash), &sealed)?;
    let granted: Vec<Granted> = serde_json::from_slice(&granted).map_err(Error::internal)?;
    let mut wanted = cmd.account_ids.clone();
    wanted.sort();
    wanted.dedup();
    let mut chosen = Vec::new();
    for id in wanted {
        let Some(one) = granted.iter().find(|one| one.account_id == id) else {
            let none = "names an account that was not among the choices".to_owned();
            return Ok(Err(("accountIds", ProblemCode::NotAvailable, none)));
        };
        if let Err(error) = heed(networks, back.platform, config.version(back.platform), one).await {
            return Ok(Err(refused("accountIds", &error)));
        }
        chosen.push(one.clone());
    }
    Ok(Ok((back.platform, chosen)))
}
