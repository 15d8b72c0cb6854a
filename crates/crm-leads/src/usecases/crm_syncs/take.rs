//! What was changed in a CRM comes back.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::FutureExt;
use kernel::{
    Cx, Db, Error, Result, Tx,
    id::{CrmConnectionId, LeadId},
    jobs::{self, Enqueue, Job, Work},
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        crm_connections::remote::{Changes, NoCrm, Remote},
        crm_syncs::values::{Taken, kept, looked_at, to_take},
    },
    ports::{
        crm::Crms,
        leads::{LeadBook, Telephones},
    },
    queries::crm::connections::connection,
    store::{
        crm_connections::connection::{Column, CrmStatus, Entity as CrmConnections, Model as CrmConnection},
        crm_syncs::{
            queue::{keep_records, take_records, wake},
            record::Model as CrmRecord,
        },
    },
    usecases::{
        crm_connections::ask::asked,
        leads::update_lead::{UpdateLead, update_lead},
    },
};

/// How often changes there are looked at.
const EVERY: TimeDelta = TimeDelta::minutes(5);
/// How soon where something was written while it was looked.
const SOON: TimeDelta = TimeDelta::seconds(1);
/// How far it is looked back each time: a CRM finds what was written a moment late.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);

/// How long after a change nothing can come to light any more that was changed before it.
const SETTLED: TimeDelta = TimeDelta::minutes(10);
/// How much further it is looked where a CRM gives no more of one instant.
const FURTHER: TimeDelta = TimeDelta::seconds(1);

/// The job: look at changes in a CRM.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct PullCrm {
    /// Where.
    pub connection: CrmConnectionId,
    /// Since when, where there were more than a CRM gives at once; since it was last looked otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
}

impl PullCrm {
    /// To look at what was changed since it was last looked.
    pub const fn of(connection: CrmConnectionId) -> Self {
        Self { connection, since: None }
    }
}

impl Work for PullCrm {
    const KIND: &'static str = "crm.pull";
}

/// What is to be looked at, and until when that is all.
pub struct Pulled {
    connection: CrmConnection,
    /// When the CRM was asked, and since when.
    asked_at: DateTime<Utc>,
    since: DateTime<Utc>,
    /// The last change that it told of.
    newest: Option<DateTime<Utc>>,
    /// Whether there are more.
    go_on: bool,
    /// The records of leads that were changed there, oldest change first.
    pub changes: Vec<Remote>,
}

impl Pulled {
    /// Until when all is known, two minutes of which are looked at once more; not where nothing of them can be new.
    fn until(&self) -> Option<DateTime<Utc>> {
        let settled = |newest: &DateTime<Utc>| self.asked_at - *newest > SETTLED;
        let newest = self.newest.map(|newest| if settled(&newest) { newest + OVERLAP } else { newest });
        newest.max(self.connection.pulled_until)
    }

    /// Since when it goes on at once, where there is more than the CRM gave.
    fn goes_on(&self) -> Option<DateTime<Utc>> {
        let newest = self.newest.filter(|_| self.go_on)?;
        // Of one instant there are more than it gives at all: the crawl goes on past them.
        Some(if newest > self.since { newest } else { newest + FURTHER })
    }
}

/// What was changed in a CRM since it was last looked at; none where it cannot be asked now.
///
/// # Errors
/// Of ours only: it is tried again.
pub async fn changes_in_crm(db: &Db, crms: &dyn Crms, cx: &Cx, job: &Job) -> Result<Option<Pulled>> {
    let work: PullCrm = job.work()?;
    let Some(found) = connection(&db.reader(cx).await?, work.connection).await? else { return Ok(None) };
    let limited = found.limited_until.is_some_and(|until| until > cx.now);
    if found.status != CrmStatus::Connected || limited {
        return Ok(None);
    }
    let since = work.since.unwrap_or_else(|| found.pulled_until.unwrap_or(found.created_at) - OVERLAP);
    let fields: Vec<_> = found.field_mappings.0.iter().map(|mapping| mapping.crm.clone()).collect();
    let fields = std::sync::Arc::new(fields);
    let asked_at = cx.at_present().now;
    let said = asked(db, crms, cx, found.id, &move |crm, held| {
        let fields = fields.clone();
        async move { crm.changes(held, since, &fields).await }.boxed()
    })
    .await?;
    match said {
        Ok(Changes { records, go_on }) => {
            let newest = records.iter().map(|remote| remote.modified_at).max();
            let ours = |remote: &Remote| remote.lead.parse::<LeadId>().is_ok();
            let changes = records.into_iter().filter(ours).collect();
            Ok(Some(Pulled { connection: found, asked_at, since, newest, go_on, changes }))
        }
        Err(NoCrm::Revoked(_)) => Ok(None),
        Err(no) => {
            tracing::info!(connection = %found.id, why = no.sentence(), "changes in a CRM could not be looked at");
            Ok(None)
        }
    }
}

/// Takes over what counts of a record's change. What is no address or number here is left out. Returns `false` where we wrote the
/// record after the CRM was asked: it is to be asked again, since what it said is older than what we wrote.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn take_change(tx: &Tx, house: &impl Telephones, cx: &Cx, pulled: &Pulled, remote: &Remote) -> Result<bool> {
    let connection = &pulled.connection;
    let Ok(id) = remote.lead.parse::<LeadId>() else { return Ok(true) };
    let Some(lead) = tx.take_lead(id).await? else { return Ok(true) };
    let record = take_records(tx, connection.id, &[id]).await?.remove(&id);
    let record = record.filter(|record| record.external_id == remote.external_id && lead.merged_into_id.is_none());
    let Some(record) = record else { return Ok(true) };
    if record.synced_at > pulled.asked_at {
        return Ok(false);
    }
    let mappings = &connection.field_mappings;
    let here = kept(&lead, mappings, &record.fields, remote);
    let taken = to_take(&lead, mappings, &record.fields, remote);
    let lead = if taken.is_nothing() { lead } else { taken_over(tx, house, cx, id, taken).await?.unwrap_or(lead) };
    let fields = looked_at(&lead, mappings, &record.fields, remote, &here);
    if fields == record.fields && record.remote_modified_at == Some(remote.modified_at) {
        return Ok(true);
    }
    let record = CrmRecord { fields, synced_at: cx.now, remote_modified_at: Some(remote.modified_at), ..record };
    keep_records(tx.conn(), vec![record]).await?;
    Ok(true)
}

async fn taken_over(
    tx: &Tx,
    house: &impl Telephones,
    cx: &Cx,
    id: LeadId,
    taken: Taken,
) -> Result<Option<crate::store::leads::lead::Model>> {
    let Taken { name, email, phone, company, notes } = taken;
    // What is empty there is cleared here.
    let cleared = |text: Option<String>| text.map(|text| Some(text).filter(|text| !text.trim().is_empty()));
    let (name, email) = (cleared(name), cleared(email));
    let mut cmd = UpdateLead { id, name, email, phone, company, notes };
    // Each field that is refused is left out, and the others are taken.
    for _ in 0..6 {
        match update_lead(tx, house, cx, &cmd).await {
            Ok(lead) => return Ok(Some(lead)),
            Err(Error::Invalid(problems)) => {
                for problem in problems {
                    match problem.path.first().map(String::as_str) {
                        Some("name") => cmd.name = None,
                        Some("email") => cmd.email = None,
                        Some("phone") => cmd.phone = None,
                        Some("company") => cmd.company = None,
                        Some("notes") => cmd.notes = None,
                        _ => return Ok(None),
                    }
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Notes how far it was looked, and looks again in a while: soon where not all of it could be taken, and at once where there is more.
///
/// # Errors
/// [`Error::Conflict`] where the job was lost meanwhile.
pub async fn finish_pull(tx: &Tx, cx: &Cx, job: &Job, pulled: Option<&Pulled>, all: bool) -> Result<()> {
    let work: PullCrm = job.work()?;
    jobs::finish(tx, job).await?;
    if let Some(pulled) = pulled {
        CrmConnections::update_many()
            .col_expr(Column::PulledUntil, Expr::value(pulled.until()))
            .col_expr(Column::PulledAt, Expr::value(Some(cx.now)))
            .filter(Column::Id.eq(work.connection))
            .exec(tx.conn())
            .await?;
    }
    let found = connection(tx.conn(), work.connection).await?;
    let Some(found) = found.filter(|found| found.status == CrmStatus::Connected) else { return Ok(()) };
    if let Some(since) = pulled.and_then(Pulled::goes_on) {
        // What was not taken of these is looked at once more by the next that begins anew.
        return tx.enqueue_at(cx, &PullCrm { since: Some(since), ..work }, cx.now).await.map(drop);
    }
    if found.pull || !all {
        let at = cx.now + if all { EVERY } else { SOON };
        wake(tx, cx, work.connection, &PullCrm::of(work.connection), at).await?;
    }
    Ok(())
}
