//! Who read whose personal data: noted after the answer, and written by the handful, in nobody's way.
//!
//! What was read goes into a queue with room for [`ROOM`] notes, and from there into the trail within [`GATHER`]. Those of one
//! session that ask for the same and see the same within that time are one row that says how often. A process that is told to
//! stop writes what is in the queue first; one that dies loses what it gathered, of a second at the most. What finds no room, or
//! cannot be written, is counted, and the trail says how much is missing.

use std::{
    collections::HashMap,
    mem,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_graphql::{PathSegment, Response, ServerError};
use kernel::{
    Actor, Cx, Error, Result, Tenant,
    events::{Envelope, Note, Resource, Severity},
    id::TenantId,
};
use moka::sync::Cache;
use serde_json::{Value as Json, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    graphql::personal::{Asked, seen},
    wiring::app::App,
};

/// How many notes wait at the most.
const ROOM: usize = 4096;
/// How long notes are gathered.
const GATHER: Duration = Duration::from_millis(500);
/// How many refusals of one address, or of one person, are noted in [`WINDOW`].
const REFUSALS: u32 = 20;
/// See [`REFUSALS`].
const WINDOW: Duration = Duration::from_secs(600);
/// How often it is tried to write what was gathered.
const TRIES: u32 = 5;
/// How many fields of a refused document are named.
const FIELDS: usize = 10;
/// How many notes are on their way into the trails: none where everything is on record.
const WAITING: &str = "frontdesk_reads_waiting";
/// The error codes of what is refused.
const REFUSED: &[&str] = &["UNAUTHENTICATED", "FORBIDDEN", "PASSWORD_CHANGE_REQUIRED", "SECOND_FACTOR_REQUIRED"];

/// The notes on their way into the trails.
pub struct Reads {
    queue: mpsc::Sender<Noted>,
    taken: Mutex<Option<mpsc::Receiver<Noted>>>,
    missed: Mutex<HashMap<TenantId, (Arc<Tenant>, u64)>>,
    refused: Cache<(TenantId, String), Arc<AtomicU32>>,
    /// How many of a hundred reads of lists are noted.
    sample: u64,
    lists: AtomicU64,
    end: CancellationToken,
}

struct Noted {
    tenant: Arc<Tenant>,
    note: Envelope,
}

/// What an operation may come to read, known before it is run.
pub struct Reading {
    cx: Cx,
    asked: Vec<Asked>,
    is_mutation: bool,
}

impl Reading {
    /// What the caller of `cx` asked for.
    pub fn new(cx: Cx, asked: Vec<Asked>, is_mutation: bool) -> Self {
        Self { cx, asked, is_mutation }
    }
}

impl Reads {
    /// Notes `sample` of a hundred reads of lists, and everything else.
    ///
    /// # Errors
    /// [`Error::Internal`] for more than a hundred.
    pub fn new(sample: u64) -> Result<Self> {
        if sample > 100 {
            return Err(Error::internal("audit_list_reads must be a number from 0 to 100"));
        }
        let (queue, taken) = mpsc::channel(ROOM);
        Ok(Self {
            queue,
            taken: Mutex::new(Some(taken)),
            missed: Mutex::default(),
            refused: Cache::builder().max_capacity(100_000).time_to_live(WINDOW).build(),
            sample,
            lists: AtomicU64::new(0),
            end: CancellationToken::new(),
        })
    }

    /// Notes what came of an operation.
    pub fn note(&self, reading: &Reading, response: &Response) {
        let cx = &reading.cx;
        if cx.tenant.is_platform() {
            return;
        }
        if !reading.is_mutation || matches!(cx.actor, Actor::Anonymous) {
            let refused: Vec<_> = response.errors.iter().filter_map(|error| Some((error, refusal(error)?))).collect();
            if let Some((first, code)) = refused.first() {
                let mut fields: Vec<_> = refused.iter().map(|(error, _)| place(error)).take(FIELDS).collect();
                fields.dedup();
                let kind = if reading.is_mutation { "request.refused" } else { "data.read" };
                self.refuse(cx, kind, (code, first.message.clone()), json!({ "refused": fields }));
            }
        }
        if reading.asked.is_empty() {
            return;
        }
        let viewer = cx.person().ok().map(kernel::cx::UserActor::shown_id);
        let Some(seen) = seen(&reading.asked, response, viewer.as_deref()) else { return };
        if seen.is_list && !seen.is_search && !self.is_sampled() {
            return;
        }
        let resource = seen.one.as_ref().and_then(|(kind, id)| {
            let id = id.rsplit_once('_').and_then(|(_, hex)| uuid::Uuid::try_parse(hex).ok())?;
            Some(Resource { kind, id })
        });
        self.push(
            cx,
            Note {
                kind: if seen.is_search { "data.search" } else { "data.read" },
                severity: Severity::Low,
                failure: None,
                resource,
                details: json!({ "fields": seen.fields }),
            },
        );
    }

    /// Notes a refusal; of one address, or of one person, so many in a while.
    pub fn refuse(&self, cx: &Cx, kind: &'static str, failure: (&'static str, String), details: Json) {
        if cx.tenant.is_platform() {
            return;
        }
        let who = cx.person().map_or_else(|_| cx.origin.limit_key(), |person| person.shown_id());
        let count = self.refused.get_with((cx.tenant.id, who), Arc::default);
        if count.fetch_add(1, Ordering::Relaxed) < REFUSALS {
            self.push(cx, Note { kind, severity: Severity::Medium, failure: Some(failure), resource: None, details });
        }
    }

    /// Whether this read of a list is one that is noted: evenly spread ones are.
    fn is_sampled(&self) -> bool {
        let number = self.lists.fetch_add(1, Ordering::Relaxed);
        (number + 1) * self.sample / 100 != number * self.sample / 100
    }

    fn push(&self, cx: &Cx, note: Note) {
        let noted = Noted { tenant: cx.tenant.clone(), note: Envelope::note(cx, note) };
        metrics::gauge!(WAITING).increment(1.0);
        if let Err(error) = self.queue.try_send(noted) {
            metrics::gauge!(WAITING).decrement(1.0);
            self.miss(&error.into_inner().tenant, 1);
        }
    }

    fn miss(&self, tenant: &Arc<Tenant>, count: u64) {
        metrics::counter!("frontdesk_reads_missed_total").increment(count);
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        missed.entry(tenant.id).or_insert_with(|| (tenant.clone(), 0)).1 += count;
    }

    /// Tells [`write`] that nothing more comes.
    pub fn close(&self) {
        self.end.cancel();
    }
}

/// The code of an error that is a refusal.
fn refusal(error: &ServerError) -> Option<&'static str> {
    let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
    let Some(async_graphql::Value::String(code)) = code else { return None };
    REFUSED.iter().find(|known| *known == code).copied()
}

/// Where an error stands, without the numbers of rows.
fn place(error: &ServerError) -> String {
    let names = error.path.iter().filter_map(|segment| match segment {
        PathSegment::Field(name) => Some(name.as_str()),
        PathSegment::Index(_) => None,
    });
    names.collect::<Vec<_>>().join(".").chars().take(200).collect()
}

/// Writes the notes until [`Reads::close`], and what is left then.
pub async fn write(app: Arc<App>) {
    let reads = &app.reads;
    let Some(mut queue) = reads.taken.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
    let mut gathered = Vec::new();
    loop {
        let more = tokio::select! {
            count = queue.recv_many(&mut gathered, ROOM) => count > 0,
            () = reads.end.cancelled() => false,
        };
        if more {
            tokio::select! {
                () = tokio::time::sleep(GATHER) => {}
                () = reads.end.cancelled() => {}
            }
        } else {
            queue.close();
        }
        while let Ok(noted) = queue.try_recv() {
            gathered.push(noted);
        }
        let count = u32::try_from(gathered.len()).unwrap_or(u32::MAX);
        put(&app, mem::take(&mut gathered)).await;
        metrics::gauge!(WAITING).decrement(f64::from(count));
        if !more {
            return;
        }
    }
}

/// Writes what was gathered, tenant by tenant.
async fn put(app: &App, gathered: Vec<Noted>) {
    let mut tenants: HashMap<TenantId, (Arc<Tenant>, Vec<Envelope>)> = HashMap::new();
    for noted in gathered {
        tenants.entry(noted.tenant.id).or_insert_with(|| (noted.tenant, Vec::new())).1.push(noted.note);
    }
    let missed = mem::take(&mut *app.reads.missed.lock().unwrap_or_else(PoisonError::into_inner));
    for (id, (tenant, count)) in missed {
        let note = Note {
            kind: "data.unrecorded",
            severity: Severity::High,
            failure: None,
            resource: None,
            details: json!({ "count": count }),
        };
        let note = Envelope::note(&app.system(tenant.clone()), note);
        tenants.entry(id).or_insert_with(|| (tenant, Vec::new())).1.push(note);
    }
    for (tenant, notes) in tenants.into_values() {
        let notes = together(notes);
        let cx = app.system(tenant.clone());
        for tried in 1..=TRIES {
            match app.db.record(&cx, notes.clone()).await {
                Ok(()) => {
                    metrics::counter!("frontdesk_reads_recorded_total").increment(notes.len() as u64);
                    break;
                }
                Err(error) if tried == TRIES => {
                    tracing::error!(tenant = %tenant.slug, count = notes.len(), ?error, "reads could not be recorded");
                    app.reads.miss(&tenant, notes.len() as u64);
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50 << tried)).await,
            }
        }
    }
}

/// The same, with what one session asked and saw several times as one note that says how often.
fn together(notes: Vec<Envelope>) -> Vec<Envelope> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<(Envelope, u64)> = Vec::with_capacity(notes.len());
    for note in notes {
        let key = format!(
            "{} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            note.kind, note.actor, note.session, note.api_key, note.address, note.failure, note.metadata, note.details
        );
        match places.get(&key) {
            Some(place) => kept[*place].1 += 1,
            None => {
                places.insert(key, kept.len());
                kept.push((note, 1));
            }
        }
    }
    let said = |(mut note, times): (Envelope, u64)| {
        if let (Some(details), 2..) = (&mut note.details, times) {
            details["times"] = times.into();
        }
        note
    };
    kept.into_iter().map(said).collect()
}
