//! A website says what its visitors do.

use std::time::Duration;

use chrono_tz::Tz;
use kernel::{Cx, Db, Error, ProblemCode, Result, limit::Limit, text::Check};

use crate::{
    domain::{
        bots::is_bot,
        event::{NewEvent, PAGE_VIEW},
        tally::tally,
    },
    limits,
    ports::{Events, Visitors},
};

/// Batches from one address.
const BY_ADDRESS: Limit = Limit { name: "events by address", attempts: 600, window: Duration::from_secs(10 * 60) };
/// Into how many parts a count is split: so many writers do not wait for each other at the busiest page.
const PARTS: u8 = 8;

/// What happened on a website.
#[derive(Debug, Clone)]
pub struct RecordEvents {
    /// It, at most [`limits::BATCH`].
    pub events: Vec<NewEvent>,
    /// The token that the browser keeps.
    pub visitor_token: Option<String>,
    /// The name of the company's time zone, whose days are counted.
    pub zone: String,
}

/// Counts a batch against what one address may send.
///
/// # Errors
/// [`Error::RateLimited`].
pub async fn may_record(db: &Db, cx: &Cx) -> Result<()> {
    BY_ADDRESS.count(&db.bookkeeping(cx).await?, cx, &cx.origin.limit_key()).await
}

/// Records a batch with its counts, and returns how many events that were: none of a program that says that it is one. Public.
///
/// Who shows a visitor's token was seen, and the pages that they looked at are theirs. Nobody is made a visitor by what they look
/// at: without a token that somebody holds the events are nobody's.
///
/// # Errors
/// [`Error::Invalid`] naming every field that is wrong; then nothing is recorded.
pub async fn record_events<S: Events>(s: &S, visitors: &impl Visitors, cx: &Cx, cmd: &RecordEvents) -> Result<usize> {
    if cmd.events.is_empty() {
        return Err(Error::invalid("events", ProblemCode::Blank, "must hold at least one event"));
    }
    if cmd.events.len() > limits::BATCH {
        let how = format!("may hold at most {} events", limits::BATCH);
        return Err(Error::invalid("events", ProblemCode::TooLong, how));
    }
    let mut check = Check::default();
    let numbered = cmd.events.iter().enumerate();
    let mut events: Vec<_> = numbered.map(|(number, event)| event.checked(cx, &mut check, number, None)).collect();
    check.done()?;
    if cx.origin.agent.as_deref().is_some_and(is_bot) {
        return Ok(0);
    }
    let pages = events.iter().filter(|event| event.event_type == PAGE_VIEW).count();
    if let Some(token) = &cmd.visitor_token {
        let visitor = visitors.seen(cx, token, i32::try_from(pages).unwrap_or_default()).await?;
        events.iter_mut().for_each(|event| event.visitor_id = visitor);
    }
    s.add(&events).await?;
    let part = i32::from(cx.random::<1>()[0] % PARTS);
    s.count(&tally(&events, cmd.zone.parse().unwrap_or(Tz::UTC)), part).await?;
    Ok(events.len())
}
