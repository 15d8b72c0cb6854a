//! What waits is fetched and kept, a few at a time; what breaks off goes on where it stands.

use chrono::TimeDelta;
use futures_util::future::join_all;
use kernel::{
    Conn, Cx, Db, Error, Result, Tx,
    db::Emit,
    files::{Files, Owner, keep_received, type_of, whole},
    jobs::{self, Job, Work},
    usage,
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::media::{
        copy::{MOST_TRIES, spacing, unfit},
        events::B2chatMediaStopped,
    },
    ports::media::{MediaHosts, NoMedia},
    store::{
        b2chat::message::Model as B2chatMessage,
        media::queue::{copied, count_waiting, lease, next_due, no_copy, note_full, put_back, wake},
    },
};

/// How many are fetched at a time.
const AT_ONCE: i64 = 4;
/// How long a worker goes on before the next job does.
const TURN: TimeDelta = TimeDelta::seconds(20);
/// How long until room is looked for again.
const ROOM: TimeDelta = TimeDelta::hours(1);

/// The job: copy media that wait.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct CopyMedia {}

impl Work for CopyMedia {
    const KIND: &'static str = "b2chat.copy_media";
}

/// As the company wants its copies.
#[derive(Debug, Clone, Copy)]
pub struct MediaRules {
    /// Whether there are to be any.
    pub is_on: bool,
    /// The largest, in bytes.
    pub most: u64,
    /// How long what a worker has is its own.
    pub own: TimeDelta,
}

/// What became of one.
enum Came {
    /// It is here.
    Copied,
    /// It is not; why stands with it.
    NoCopy,
    /// There is no room for it.
    NoRoom,
}

/// Queues the copying where media wait that nobody copies yet. For whoever wrote messages with media, in that transaction.
///
/// # Errors
/// What the database says.
pub async fn media_wait(tx: &Tx, cx: &Cx) -> Result<()> {
    let Some(next) = next_due(tx.conn()).await? else { return Ok(()) };
    wake(tx, cx, &CopyMedia {}, next.max(cx.now)).await
}

/// Copies what is due, for as long as a turn, and queues what comes next.
///
/// # Errors
/// Of ours only: it is tried again. What other servers say stands with each message.
pub async fn copy_media(
    db: &Db,
    files: &Files,
    hosts: &dyn MediaHosts,
    rules: MediaRules,
    cx: &Cx,
    job: &Job,
) -> Result<()> {
    let conn = db.bookkeeping(cx).await?;
    let until = cx.now + TURN;
    let (mut full, mut kept) = (false, false);
    while rules.is_on && !full {
        let cx = &cx.at_present();
        if cx.now >= until {
            break;
        }
        if !usage::has_room(&conn, cx, 1).await? {
            full = next_due(&conn).await?.is_some();
            break;
        }
        let due = lease(&conn, cx.now, cx.now + rules.own, AT_ONCE).await?;
        if due.is_empty() {
            break;
        }
        let each = due.iter().map(|message| copy(db, files, hosts, rules, cx, &conn, message));
        for came in join_all(each).await {
            match came? {
                Came::Copied => kept = true,
                Came::NoRoom => full = true,
                Came::NoCopy => {}
            }
        }
    }
    let cx = &cx.at_present();
    db.transact(cx, "b2chat_media.copy", |tx| async move {
        jobs::finish(&tx, job).await?;
        if full {
            return stop(&tx, cx).await;
        }
        if kept || next_due(tx.conn()).await?.is_none() {
            note_full(tx.conn(), None).await?;
        }
        // What waits while nothing is copied is found by whoever switches that on.
        if rules.is_on { media_wait(&tx, cx).await } else { Ok(()) }
    })
    .await
}

/// Notes that there is no room, tells that once, and looks again later.
async fn stop(tx: &Tx, cx: &Cx) -> Result<()> {
    if note_full(tx.conn(), Some(cx.now)).await? {
        let waiting = count_waiting(tx.conn(), None).await?;
        tx.emit(cx, &B2chatMediaStopped { tenant: cx.tenant.id, waiting });
    }
    wake(tx, cx, &CopyMedia {}, cx.now + ROOM).await
}

async fn copy(
    db: &Db,
    files: &Files,
    hosts: &dyn MediaHosts,
    rules: MediaRules,
    cx: &Cx,
    conn: &Conn,
    message: &B2chatMessage,
) -> Result<Came> {
    match fetched(hosts, rules, message).await {
        Ok(bytes) => keep(db, files, rules, cx, conn, message, bytes).await,
        Err(no) => {
            let cx = &cx.at_present();
            let tries = message.media_attempts;
            let usual = spacing(tries, cx.random::<2>());
            let (why, again) = match no {
                NoMedia::Never(why) => (why, None),
                NoMedia::Away(why) => (why, Some(usual)),
                NoMedia::Later(pause, why) => (why, Some(TimeDelta::from_std(pause).unwrap_or(usual).max(usual))),
            };
            let again = again.filter(|_| tries < MOST_TRIES).map(|pause| cx.now + pause);
            no_copy(conn, message, &why, again).await?;
            Ok(Came::NoCopy)
        }
    }
}

async fn fetched(hosts: &dyn MediaHosts, rules: MediaRules, message: &B2chatMessage) -> Result<Vec<u8>, NoMedia> {
    // Begun more often than it may be: the process ended over it each time.
    if message.media_attempts > MOST_TRIES {
        return Err(NoMedia::Never("it was begun again and again and never came to an end".into()));
    }
    let address = message.media_url().ok_or_else(|| NoMedia::Never("it has no address".into()))?;
    let bytes = hosts.fetch(address, rules.most).await?;
    match unfit(message.r#type, type_of(&bytes), bytes.len()) {
        Some(why) => Err(NoMedia::Never(why)),
        None => Ok(bytes),
    }
}

/// Keeps bytes with their message and counts them, in one transaction.
async fn keep(
    db: &Db,
    files: &Files,
    rules: MediaRules,
    cx: &Cx,
    conn: &Conn,
    message: &B2chatMessage,
    bytes: Vec<u8>,
) -> Result<Came> {
    let cx = &cx.at_present();
    let received = &files.receive(db, cx, &message.media_name(), whole(bytes), rules.most).await?;
    let kept = db
        .transact(cx, "b2chat_media.copy", |tx| async move {
            if !copied(tx.conn(), message, received).await? {
                return Ok(false);
            }
            keep_received(&tx, cx, received, Owner::of(message.id)).await?;
            Ok(true)
        })
        .await;
    if !matches!(kept, Ok(true)) {
        files.take_back(db, cx, received).await;
    }
    match kept {
        Ok(true) => Ok(Came::Copied),
        // Somebody else took it meanwhile.
        Ok(false) => Ok(Came::NoCopy),
        Err(Error::Invalid(_)) => {
            put_back(conn, message, cx.now + ROOM).await?;
            Ok(Came::NoRoom)
        }
        Err(error) => Err(error),
    }
}
