//! B2Chat is connected, tried and disconnected.

use chrono::TimeDelta;
use kernel::{
    Cx, Db, Error, ProblemCode, Result, Tx,
    crypto::{hex, sha256},
    cx::Actor,
    db::Emit,
    id::TypedId,
    jobs::Enqueue,
    text::Check,
};
use sea_orm::{IntoActiveModel, entity::prelude::*};
use serde_json::json;

use super::{
    SyncSettings, finish, hold,
    schedule::BeginDueSyncs,
    seals::{opened, sealed},
};
use crate::{
    domain::{
        source::page::{Endpoint, page},
        sync::events::{B2chatAccessChanged, B2chatAccessTested},
    },
    policy::MANAGE_SYNC,
    ports::source::{Credentials, NoSource, Source, Wanted},
    store::sync::{
        access::{B2chatAccessStatus, Entity, Model, ONLY},
        run::{self, SyncStatus},
    },
};

/// The longest user name and password, in bytes.
const LONGEST: usize = 500;

/// What does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncFault {
    /// B2Chat does not take the credentials.
    Credentials,
    /// There is nobody at the address, or somebody else.
    Address,
    /// It answers something else than records.
    Answer,
}

/// What came of trying.
pub type Tried = Option<(SyncFault, String)>;

/// Asks for a record, and says what is wrong with what comes.
async fn tried(source: &dyn Source, settings: &SyncSettings, held: &Credentials) -> Tried {
    let wanted = Wanted { endpoint: Endpoint::Chats, day: None, offset: 0, limit: 1 };
    match source.page(&settings.api_url, held, wanted).await {
        Ok(said) => page(Endpoint::Chats, &said.body).err().map(|why| (SyncFault::Answer, format!("B2Chat: {why}"))),
        Err(NoSource::Credentials(why)) => Some((SyncFault::Credentials, why)),
        Err(NoSource::Answer(why, _)) => Some((SyncFault::Answer, why)),
        Err(NoSource::Address(why) | NoSource::Away(why)) => Some((SyncFault::Address, why)),
        // It knows us, and asks for patience.
        Err(NoSource::Limited(..)) => None,
    }
}

/// Connects B2Chat with these credentials, once it takes them.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] at `username` or `password`, also for what B2Chat refuses.
pub async fn connect_b2chat(
    db: &Db,
    source: &dyn Source,
    settings: &SyncSettings,
    cx: &Cx,
    username: &str,
    password: &str,
) -> Result<Model> {
    let held = Credentials { username: username.trim().to_owned(), password: password.trim().to_owned() };
    let held = &held;
    let came = &refusal(source, settings, cx, held).await;
    let connect = |tx: Tx| async move {
        match came {
            Ok(()) => connected(&tx, db, settings, cx, held).await,
            Err(error) => Err(error.clone()),
        }
    };
    db.transact(cx, "b2chat_access.connect", connect).await
}

async fn refusal(source: &dyn Source, settings: &SyncSettings, cx: &Cx, held: &Credentials) -> Result<()> {
    cx.require(MANAGE_SYNC)?;
    cx.in_session()?;
    let mut check = Check::default();
    for (field, text) in [("username", &held.username), ("password", &held.password)] {
        if text.is_empty() {
            check.problem(field, ProblemCode::Blank, "must not be empty");
        } else if text.len() > LONGEST || text.contains(char::is_control) {
            let how = format!("must be of one line and at most {LONGEST} bytes");
            check.problem(field, ProblemCode::InvalidFormat, how);
        }
    }
    check.done()?;
    match tried(source, settings, held).await {
        None => Ok(()),
        Some((SyncFault::Credentials, why)) => Err(Error::invalid("password", ProblemCode::InvalidCredentials, why)),
        Some((_, why)) => Err(Error::invalid("username", ProblemCode::NotAvailable, why)),
    }
}

async fn connected(tx: &Tx, db: &Db, settings: &SyncSettings, cx: &Cx, held: &Credentials) -> Result<Model> {
    let before = hold(tx).await?;
    let hours = settings.interval_hours;
    let account = account(settings, held);
    let is_other = before.as_ref().and_then(|before| before.account.as_ref()).is_some_and(|known| *known != account);
    let known_since = before.as_ref().and_then(|before| before.account_since);
    let round = before.as_ref().map_or(1, |before| before.round + 1);
    let after = Model {
        id: ONLY,
        credentials_encrypted: Some(sealed(db.keyring(), cx, held, &settings.api_url)?),
        status: B2chatAccessStatus::Connected,
        last_error: None,
        round,
        due_at: (hours > 0).then(|| cx.now + TimeDelta::hours(hours)),
        connected_by_id: match &cx.actor {
            Actor::User(user) => Some(user.id),
            _ => None,
        },
        connected_at: cx.now,
        account: Some(account),
        account_since: if is_other { Some(cx.now) } else { known_since },
        updated_at: cx.now,
    };
    put(tx, &before, &after).await?;
    // Where nothing is scheduled it is looked again whether something is meanwhile.
    let look = TimeDelta::hours(if hours > 0 { hours } else { 1 });
    tx.enqueue_at(cx, &BeginDueSyncs { round }, cx.now + look).await?;
    changed(tx, cx, before.map(|before| before.status), after.status);
    Ok(after)
}

/// Which B2Chat it is, without saying who.
fn account(settings: &SyncSettings, held: &Credentials) -> String {
    let whose = json!([settings.api_url.trim_end_matches('/'), held.username]).to_string();
    hex(&sha256(whose.as_bytes()))
}

async fn put(tx: &Tx, before: &Option<Model>, after: &Model) -> Result<()> {
    let row = after.clone().into_active_model();
    if before.is_some() {
        Entity::update(row.reset_all()).exec(tx.conn()).await?;
    } else {
        Entity::insert(row).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

fn changed(tx: &Tx, cx: &Cx, before: Option<B2chatAccessStatus>, after: B2chatAccessStatus) {
    if before != Some(after) || after == B2chatAccessStatus::Connected {
        tx.emit(cx, &B2chatAccessChanged { before, after, tenant: cx.tenant.id.uuid() });
    }
}

fn none() -> Error {
    Error::NotFound { what: "ConnectedB2Chat" }
}

/// Ends the connection: the credentials are forgotten, runs are cancelled, and what was read is kept.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`] where B2Chat is not connected.
pub async fn disconnect_b2chat(
    tx: &Tx,
    source: &dyn Source,
    settings: &SyncSettings,
    keyring: &kernel::crypto::Keyring,
    cx: &Cx,
) -> Result<Model> {
    cx.require(MANAGE_SYNC)?;
    let before = hold(tx).await?.filter(|row| row.status != B2chatAccessStatus::Disconnected).ok_or_else(none)?;
    if let Some(Ok(held)) = opened(keyring, &before, &settings.api_url)? {
        source.forget(&settings.api_url, &held);
    }
    let after = Model {
        credentials_encrypted: None,
        status: B2chatAccessStatus::Disconnected,
        last_error: None,
        round: before.round + 1,
        due_at: None,
        updated_at: cx.now,
        ..before.clone()
    };
    put(tx, &Some(before.clone()), &after).await?;
    let going = run::Column::Status.is_in([SyncStatus::InProgress, SyncStatus::Paused]);
    for one in run::Entity::find().filter(going).all(tx.conn()).await? {
        finish::end(tx, cx, one, SyncStatus::Cancelled, Some("B2Chat was disconnected".into())).await?;
    }
    changed(tx, cx, Some(before.status), after.status);
    Ok(after)
}

/// Tries the connection.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`] where B2Chat is not connected.
pub async fn test_b2chat(db: &Db, source: &dyn Source, settings: &SyncSettings, cx: &Cx) -> Result<Tried> {
    let came = &trial(db, source, settings, cx).await;
    let note = |tx: Tx| async move {
        let came = came.clone()?;
        tx.emit(cx, &B2chatAccessTested { tenant: cx.tenant.id.uuid(), works: came.is_none() });
        Ok(())
    };
    db.transact(cx, "b2chat_access.test", note).await?;
    came.clone()
}

async fn trial(db: &Db, source: &dyn Source, settings: &SyncSettings, cx: &Cx) -> Result<Tried> {
    cx.require(MANAGE_SYNC)?;
    let row = Entity::find_by_id(ONLY).one(&db.reader(cx).await?).await?.ok_or_else(none)?;
    Ok(match opened(db.keyring(), &row, &settings.api_url)?.ok_or_else(none)? {
        Ok(held) => tried(source, settings, &held).await,
        Err(no) => Some((SyncFault::Address, no.sentence().to_owned())),
    })
}

/// B2Chat takes the credentials no more.
pub(super) async fn refused(tx: &Tx, cx: &Cx, why: &str) -> Result<()> {
    let Some(before) = hold(tx).await?.filter(|row| row.status == B2chatAccessStatus::Connected) else { return Ok(()) };
    let after = Model {
        status: B2chatAccessStatus::Refused,
        last_error: Some(why.to_owned()),
        updated_at: cx.now,
        ..before.clone()
    };
    put(tx, &Some(before.clone()), &after).await?;
    changed(tx, cx, Some(before.status), after.status);
    Ok(())
}

/// B2Chat took the credentials again.
pub(super) async fn taken(tx: &Tx, cx: &Cx, before: &Model) -> Result<()> {
    if before.status == B2chatAccessStatus::Refused {
        let after =
            Model { status: B2chatAccessStatus::Connected, last_error: None, updated_at: cx.now, ..before.clone() };
        put(tx, &Some(before.clone()), &after).await?;
        changed(tx, cx, Some(before.status), after.status);
    }
    Ok(())
}
