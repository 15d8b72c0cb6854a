//! How long rows of all contexts are kept, and what the contexts answer when it is carried out.

use std::sync::LazyLock;

use audit::{RetentionDesk, RetentionEngine};
use chrono::{DateTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use kernel::{
    Cx, Error, Result,
    jobs::Job,
    retention::{Means, Policy, Retention, RetentionAction},
};
use uuid::Uuid;

use crate::wiring::app::App;

/// What each context says of its tables.
pub const RETENTION: &[&Retention] = &[
    &identity::RETENTION,
    &inbox::RETENTION,
    &ticketing::RETENTION,
    &crm_leads::RETENTION,
    &analytics_sync::RETENTION,
    &audit::RETENTION,
    &kernel::retention::RETENTION,
];

/// The tables of which rows may be archived, whichever table it is.
pub static ARCHIVED: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let policies = RETENTION.iter().flat_map(|of| of.policies);
    let archived = policies.filter(|policy| policy.means == Means::Rows && policy.may(RetentionAction::Archive));
    archived.map(|policy| policy.table).collect()
});

/// The contexts, asked for what is theirs.
pub struct Contexts<'a>(pub &'a App);

impl RetentionDesk for Contexts<'_> {
    fn policies(&self) -> Vec<&'static Policy> {
        RETENTION.iter().flat_map(|of| of.policies).collect()
    }

    async fn whole(&self, cx: &Cx, setting: &str) -> Result<i64> {
        self.0.settings.whole(cx, setting).await
    }

    async fn move_out(&self, cx: &Cx, policy: &Policy, before: DateTime<Utc>, held: &[Uuid]) -> Result<u64> {
        let app = self.0;
        match policy.name {
            inbox::CONVERSATION_MESSAGES => {
                let moved = inbox::archive_messages(&app.db, app.files.storage(), cx, before, held).await?;
                if moved == 0 {
                    // A month that is empty now goes whole.
                    inbox::keep_months(&app.db, cx, before).await?;
                }
                Ok(moved)
            }
            other => Err(Error::internal(format!("no context moves {other} out"))),
        }
    }
}

/// Carries a run out.
///
/// # Errors
/// What it broke off for: it is tried again.
pub async fn run(app: &App, cx: &Cx, job: &Job) -> Result<()> {
    let engine = RetentionEngine { db: &app.db, storage: app.files.storage(), desk: &Contexts(app) };
    Box::pin(audit::run_retention(&engine, cx, job)).await
}

/// Carries out what outlives its use by the day.
///
/// # Errors
/// [`Error::Unavailable`] where the database or the storage is away; the next time goes on.
pub async fn sweep(app: &App, cx: &Cx) -> Result<()> {
    Box::pin(audit::sweep_retention(&app.db, &Contexts(app), cx)).await
}

/// Begins the run of the night, once a day from the hour on that the company set.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away; the next time goes on.
pub async fn begin_nightly(app: &App, cx: &Cx) -> Result<()> {
    if !app.settings.boolean(cx, identity::RETENTION_NIGHTLY).await? {
        return Ok(());
    }
    let zone = app.settings.get(cx, identity::COMPANY_TIME_ZONE).await?;
    let zone: Tz = zone.as_str().and_then(|zone| zone.parse().ok()).unwrap_or(chrono_tz::UTC);
    let here = cx.now.with_timezone(&zone);
    let hour = app.settings.whole(cx, identity::RETENTION_HOUR).await?;
    if i64::from(here.hour()) < hour {
        return Ok(());
    }
    // A midnight that clocks skip is the first instant after it.
    let midnight = here.date_naive().and_time(chrono::NaiveTime::MIN);
    let since = zone.from_local_datetime(&midnight).earliest().map_or(cx.now, |midnight| midnight.to_utc());
    Box::pin(audit::begin_nightly(&app.db, &Contexts(app), cx, since)).await.map(drop)
}
