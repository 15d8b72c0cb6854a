//! A run is worked on, page by page. Each page is asked for outside of any transaction, and written in one, with how far the run
//! is: a process that dies repeats nothing and leaves nothing out.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use kernel::{
    Conn, Cx, Db, Error, Result, Tx,
    id::SyncRunId,
    jobs::{self, Enqueue, Job},
    record::{self, Records},
};
use sea_orm::{EntityTrait, IntoActiveModel};
use tokio::time::Instant;

use super::{
    RunSync, SyncSettings, access,
    commit::{Came, commit},
    finish, hold,
    read::{Answer, Read, Reading, read},
    rebuild,
    seals::opened,
};
use crate::{
    domain::{
        source::{page::Endpoint, time::day as written},
        sync::{
            days,
            passes::{self, Next},
        },
    },
    ports::source::{Colleagues, NoSource, Said, Source, Wanted},
    store::sync::{
        access as access_row, answer,
        run::{Entity as SyncRuns, Model as SyncRun, SyncEntity, SyncStatus},
    },
};

/// How long a worker goes on before the next job does.
const TURN: TimeDelta = TimeDelta::seconds(20);
/// How long one waits for another who works on the same run.
const SOON: TimeDelta = TimeDelta::seconds(1);
/// How often B2Chat may be away before a run is given up: about an hour. Each kind of fault is counted from the last page on.
const AWAY: i32 = 10;
/// How often it may answer something else than records.
const ODD: i32 = 3;
/// How often it may ask to be left alone: about a day, where it does not say for how long.
const LIMITED: i32 = 100;
/// How much is kept of an answer that is no page, in bytes.
const ODD_BODY: usize = 64 << 10;

/// What runs read of.
pub(super) fn endpoint(entity: SyncEntity) -> Endpoint {
    match entity {
        SyncEntity::Contacts => Endpoint::Contacts,
        SyncEntity::Chats | SyncEntity::Agents | SyncEntity::Departments => Endpoint::Chats,
    }
}

/// Whatever a run needs beside the database.
pub struct Around<'a> {
    /// B2Chat.
    pub source: &'a dyn Source,
    /// Colleagues.
    pub colleagues: &'a dyn Colleagues,
    /// The settings.
    pub settings: &'a SyncSettings,
}

/// Goes on with a run for a while, and asks for the rest.
///
/// # Errors
/// Of ours only: it is tried again. What B2Chat says stands with the run.
pub async fn run_sync(db: &Db, around: &Around<'_>, cx: &Cx, job: &Job) -> Result<()> {
    let work: RunSync = job.work()?;
    // Somebody paused and resumed the run while another worker was at it.
    let waits = db.transact(cx, "sync.run", |tx| async move {
        hold(&tx).await?;
        jobs::gives_way(&tx, cx.at_present().now, job).await
    });
    if waits.await? {
        return jobs::put_back(&db.bookkeeping(cx).await?, job, cx.at_present().now + SOON).await;
    }
    let until = cx.now + TURN;
    let mut ahead = None;
    let next = loop {
        let cx = &cx.at_present();
        let Some(run) = going(&db.reader(cx).await?, work.run).await? else { break None };
        match run.waiting_until.filter(|at| *at > cx.now) {
            Some(at) => break Some(at),
            // What was asked for ahead is not thrown away.
            None if cx.now >= until && ahead.is_none() => break Some(cx.now),
            None => {}
        }
        if run.rebuilds_id.is_some() {
            rebuild::step(db, around.colleagues, cx, &run).await?;
        } else {
            ahead = step(db, around, cx, &run, ahead, until).await?;
        }
    };
    db.transact(cx, "sync.run", |tx| async move {
        if let Some(at) = next {
            hold(&tx).await?;
            // Whoever resumed the run meanwhile queued the same.
            if !jobs::has_twin(&tx, job).await? {
                tx.enqueue_at(cx, &work, at).await?;
            }
        }
        jobs::finish(&tx, job).await
    })
    .await
}

async fn going(conn: &Conn, id: SyncRunId) -> Result<Option<SyncRun>> {
    let run = SyncRuns::find_by_id(id).one(conn).await?;
    Ok(run.filter(|run| run.status == SyncStatus::InProgress))
}

/// Reads a page and writes it; meanwhile that is read which comes after it in all likelihood.
async fn step(
    db: &Db,
    around: &Around<'_>,
    cx: &Cx,
    run: &SyncRun,
    ahead: Option<Read>,
    until: DateTime<Utc>,
) -> Result<Option<Read>> {
    let began = Instant::now();
    let access = access_row::Entity::find_by_id(access_row::ONLY).one(&db.reader(cx).await?).await?;
    let held = match &access {
        Some(access) => opened(db.keyring(), access, &around.settings.api_url)?,
        None => None,
    };
    let held = match held.unwrap_or_else(|| Err(NoSource::Credentials("B2Chat is not connected".into()))) {
        Ok(held) => held,
        Err(no) => return fail(db, cx, run, no).await,
    };
    let day = days::parsed(&run.cursor_day).ok_or_else(|| Error::internal("a run has a day that is none"))?;
    let of = endpoint(run.entity);
    let zone: Tz = run.time_zone.parse().map_err(|_| Error::internal("a run has a zone that is none"))?;
    let wanted = Wanted { endpoint: of, day: Some(day), offset: run.cursor_offset, limit: run.page_size };
    let ahead = ahead.filter(|ahead| ahead.wanted == wanted && ahead.held == held);
    let Read { page, at: asked_at, .. } = match ahead {
        Some(ahead) => ahead,
        None => read(around, cx, &held, (wanted, zone)).await?,
    };
    let page = match page {
        Ok(page) => page,
        Err(no) => return fail(db, cx, run, no).await,
    };
    let likely = async {
        let wanted = likely_next(cx, run, &page, zone, wanted).filter(|_| cx.now < until)?;
        // What goes wrong goes wrong again when it is wanted.
        read(around, cx, &held, (wanted, zone)).await.ok()
    };
    let (kept, ahead) = futures_util::join!(keep(db, around.colleagues, cx, run, (&page, asked_at, began)), likely);
    match kept {
        // What the database never takes would be tried for ever.
        Err(Error::Internal { detail }) => {
            tracing::error!(run = %run.id, day = run.cursor_day, offset = run.cursor_offset, %detail, "a page was not written");
            let why = format!(
                "the page of {} behind {} records could not be written; the log says why",
                run.cursor_day, run.cursor_offset
            );
            give_up(db, cx, run, why).await?;
            Ok(None)
        }
        other => other.map(|()| ahead),
    }
}

/// What is wanted after a page that tells of all it should: the next page, or that of the next day; nothing after the last.
fn likely_next(cx: &Cx, run: &SyncRun, page: &Reading, zone: Tz, wanted: Wanted) -> Option<Wanted> {
    let day = wanted.day?;
    let next = passes::next(passes::Read {
        pass: run.cursor_pass,
        offset: wanted.offset,
        page: page.count,
        total: page.total,
        seen: page.total,
        new: 0,
        is_open: days::after(day) >= days::today(cx.now, zone),
    });
    match next {
        Next::Page(offset) => Some(Wanted { offset, ..wanted }),
        Next::Again => Some(Wanted { offset: 0, ..wanted }),
        Next::Whole | Next::Lacking => {
            let day = days::after(day);
            (written(day) <= run.to_day).then_some(Wanted { day: Some(day), offset: 0, ..wanted })
        }
    }
}

async fn keep(
    db: &Db,
    colleagues: &dyn Colleagues,
    cx: &Cx,
    run: &SyncRun,
    (page, asked_at, began): (&Reading, DateTime<Utc>, Instant),
) -> Result<()> {
    let cx = &cx.at_present();
    db.transact(
        cx,
        "sync.page",
        |tx| async move { commit(&tx, colleagues, cx, run, Came { page, asked_at, began }).await },
    )
    .await
}

/// 1 s, 2 s, 4 s … at most ten minutes, with up to a quarter more at random.
fn pause(cx: &Cx, attempts: i32) -> TimeDelta {
    let base = (1000_i64 << attempts.clamp(0, 12)).min(600_000);
    TimeDelta::milliseconds(base + base / 4 * i64::from(cx.random::<1>()[0]) / 255)
}

/// No page came: it is asked for later, or the run is given up.
async fn fail(db: &Db, cx: &Cx, run: &SyncRun, no: NoSource) -> Result<Option<Read>> {
    let cx = &cx.at_present();
    let no = &no;
    let odd = match no {
        NoSource::Answer(_, Some(said)) => {
            let body = said.body[..said.body.len().min(ODD_BODY)].to_vec();
            Some(Answer::of(&Said { body, ..said.clone() })?.row(cx, run, 0, cx.now))
        }
        _ => None,
    };
    let odd = &odd;
    db.transact(cx, "sync.page", |tx| async move {
        let Some(before) = unchanged(&tx, cx, run).await? else { return Ok(()) };
        if let Some(row) = odd {
            answer::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
        }
        if let NoSource::Credentials(why) = no {
            access::refused(&tx, cx, why).await?;
        }
        let mut after = before.clone();
        // Each is counted by itself: who was busy for long and answers nonsense once is not given up for that.
        let (times, most, wait) = match no {
            NoSource::Credentials(_) | NoSource::Address(_) => (&mut after.attempts, 0, TimeDelta::zero()),
            NoSource::Answer(..) => (&mut after.odd_attempts, ODD, pause(cx, 0)),
            NoSource::Away(_) => (&mut after.attempts, AWAY, pause(cx, before.attempts)),
            NoSource::Limited(asked, _) => {
                let times = before.limited_attempts;
                (
                    &mut after.limited_attempts,
                    LIMITED,
                    asked.map_or_else(|| unsaid(times), |asked| at_least(asked, times)),
                )
            }
        };
        *times += 1;
        let is_over = *times > most;
        let why: String = no.sentence().chars().take(500).collect();
        if is_over {
            finish::end(&tx, cx, before, SyncStatus::Error, Some(why)).await?;
            return Ok(());
        }
        after.waiting_until = Some(cx.now + wait);
        after.error_message = Some(why);
        record::change::<SyncRuns, _>(&tx, cx, &before, after).await.map(drop)
    })
    .await?;
    Ok(None)
}

/// 30 s, a minute, two … at most a quarter of an hour: a limit that does not say when it ends may be that of a day.
fn unsaid(times: i32) -> TimeDelta {
    TimeDelta::seconds((30_i64 << times.clamp(0, 5)).min(900))
}

/// As long as was asked for; more where that was not enough so many times: 200 ms, 400 … at most a quarter of an hour.
fn at_least(asked: Duration, times: i32) -> TimeDelta {
    let least = TimeDelta::milliseconds((200_i64 << times.clamp(0, 13)).min(900_000));
    TimeDelta::from_std(asked).unwrap_or_default().max(least)
}

pub(super) async fn give_up(db: &Db, cx: &Cx, run: &SyncRun, why: String) -> Result<()> {
    let (cx, why) = (&cx.at_present(), &why);
    db.transact(cx, "sync.page", |tx| async move {
        let Some(before) = unchanged(&tx, cx, run).await? else { return Ok(()) };
        finish::end(&tx, cx, before, SyncStatus::Error, Some(why.clone())).await.map(drop)
    })
    .await
}

/// The run, where it stands as it was read: whoever paused it, or read the same page meanwhile, was faster.
pub(super) async fn unchanged(tx: &Tx, cx: &Cx, run: &SyncRun) -> Result<Option<SyncRun>> {
    let now: SyncRun = match Records::<SyncRuns>::lock(tx, cx, run.id).await {
        Ok(now) => now,
        Err(Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(now).filter(|now| now.version == run.version && now.status == SyncStatus::InProgress))
}
