//! A page is asked for and read, before anything of it is written; and the next one while one is written.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use kernel::{Cx, Error, Result};
use serde_json::Value as Json;

use super::{
    commit::{Sorted, sorted},
    run::{Around, endpoint},
};
use crate::{
    domain::source::page::page,
    ports::source::{Credentials, NoSource, Said, Wanted},
    queries::sync::answers::packed,
    store::sync::{answer, run::Model as SyncRun},
};

/// What was asked for, by what, and what came.
pub(super) struct Read {
    /// As which the source knew us.
    pub(super) held: Credentials,
    pub(super) wanted: Wanted,
    pub(super) at: DateTime<Utc>,
    pub(super) page: Result<Reading, NoSource>,
}

/// A page as it was read.
pub(super) struct Reading {
    pub(super) answer: Answer,
    /// How many records it has.
    pub(super) count: i32,
    /// How many there are on all pages.
    pub(super) total: i32,
    pub(super) sorted: Sorted,
}

/// An answer as it is kept.
pub(super) struct Answer {
    params: Json,
    status: i32,
    size: i32,
    packed: Vec<u8>,
}

fn number(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

impl Answer {
    pub(super) fn of(said: &Said) -> Result<Self> {
        let packed = packed(&said.body)?;
        Ok(Self { params: said.params.clone(), status: said.status.into(), size: number(said.body.len()), packed })
    }

    pub(super) fn row(&self, cx: &Cx, run: &SyncRun, records: i32, asked_at: DateTime<Utc>) -> answer::Model {
        answer::Model {
            id: cx.new_id(),
            run_id: run.id,
            endpoint: endpoint(run.entity).path().to_owned(),
            request_params: self.params.clone(),
            status: self.status,
            response_size: self.size,
            stored_size: number(self.packed.len()),
            raw_response: self.packed.clone(),
            record_count: records,
            api_timestamp: asked_at,
            created_at: cx.now,
        }
    }
}

/// Asks for a page and reads what is answered, on another thread, since that takes a while.
///
/// # Errors
/// Of ours only; what is wrong with the answer is in the answer.
pub(super) async fn read(
    around: &Around<'_>,
    cx: &Cx,
    held: &Credentials,
    (wanted, zone): (Wanted, Tz),
) -> Result<Read> {
    let at = cx.at_present().now;
    let said = around.source.page(&around.settings.api_url, held, wanted).await;
    let page = match said {
        Ok(said) => {
            let read = tokio::task::spawn_blocking(move || taken_apart(wanted, zone, said));
            read.await.map_err(|_| Error::internal("a page could not be read"))??
        }
        Err(no) => Err(no),
    };
    Ok(Read { held: held.clone(), wanted, at, page })
}

fn taken_apart(wanted: Wanted, zone: Tz, said: Said) -> Result<Result<Reading, NoSource>> {
    let page = match page(wanted.endpoint, &said.body) {
        Ok(page) => page,
        Err(why) => return Ok(Err(NoSource::Answer(format!("B2Chat: {why}"), Some(said)))),
    };
    let (count, total) = (number(page.records.len()), page.total);
    let sorted = sorted(wanted.endpoint, &page.records, zone);
    Ok(Ok(Reading { answer: Answer::of(&said)?, count, total, sorted }))
}
