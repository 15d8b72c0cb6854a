//! A batch is sent: what is new by the field that holds our ids, what is there by the CRM's own.
//!
//! A lead is never two records: what may be there without our knowing it, because an answer was lost, is brought by the field that
//! holds our id, and the CRM finds it by that. Where the CRM names another record of the same person, that one becomes the lead's: also
//! where it was the record of a lead that went into this one, unless this one has a record already; then the other is removed.
//!
//! What is to go goes first: what is brought after it may say what stood there.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::FutureExt;
use kernel::{
    Conn, Cx, Db, Result,
    id::{CrmConnectionId, LeadId},
};
use serde_json::{Map, Value as Json};

use super::outcome::Came;
use crate::{
    domain::{
        crm_connections::remote::{Batch, Brought, NoCrm, Row, RowFailure, RowFault},
        crm_syncs::values::to_send,
    },
    ports::crm::Crms,
    store::{
        crm_connections::connection::Model as CrmConnection,
        crm_syncs::{
            queue::{became, hold, leads_of},
            record::Model as CrmRecord,
            sync::{CrmAction, Model as CrmSync},
        },
        leads::lead::Model as Lead,
    },
    usecases::crm_connections::ask::asked,
};

/// What is to be done for a sync.
#[derive(Clone)]
pub(super) enum Todo {
    /// Nothing: both sides say the same.
    Nothing,
    /// The record is to go.
    Delete(String),
    /// The record is to go, where there is one: it may have been made without our hearing of it.
    Find,
    /// The record is to be found by our id, or made.
    Upsert,
    /// This record is to be changed.
    Update(String),
}

/// A sync, and what it takes.
pub(super) struct Step {
    pub(super) sync: CrmSync,
    pub(super) lead: Option<Lead>,
    pub(super) record: Option<CrmRecord>,
    pub(super) values: Map<String, Json>,
    pub(super) todo: Todo,
    /// Whether the record was another lead's, which went into this one.
    pub(super) taken_over: bool,
}

impl Step {
    /// What a sync takes, as the lead is now.
    pub(super) fn of(sync: CrmSync, lead: Option<Lead>, record: Option<CrmRecord>, connection: &CrmConnection) -> Self {
        let whole = lead.as_ref().filter(|lead| lead.merged_into_id.is_none());
        let (todo, values) = match (whole, &record) {
            (None, Some(record)) => (Todo::Delete(record.external_id.clone()), Map::new()),
            (None, None) if sync.action == CrmAction::Delete => (Todo::Find, Map::new()),
            (None, None) => (Todo::Nothing, Map::new()),
            (Some(lead), None) => (Todo::Upsert, to_send(lead, &connection.field_mappings, None)),
            (Some(lead), Some(record)) => {
                let values = to_send(lead, &connection.field_mappings, Some(&record.fields));
                let todo = if values.is_empty() { Todo::Nothing } else { Todo::Update(record.external_id.clone()) };
                (todo, values)
            }
        };
        Self { sync, lead, record, values, todo, taken_over: false }
    }

    fn row(&self, external_id: Option<&str>) -> Row {
        Row { lead: self.sync.lead_id, external_id: external_id.map(str::to_owned), values: self.values.clone() }
    }

    /// Everything is to be sent, since nothing is known of a record.
    fn anew(&mut self, connection: &CrmConnection, todo: Todo) {
        self.record = None;
        self.todo = todo;
        if let Some(lead) = &self.lead {
            self.values = to_send(lead, &connection.field_mappings, None);
        }
    }
}

/// A connection that is a worker's own for a while, and longer as long as it goes on.
pub(super) struct Hold {
    pub(super) conn: Conn,
    pub(super) id: CrmConnectionId,
    pub(super) own: TimeDelta,
    /// Until when it is noted to be.
    pub(super) until: DateTime<Utc>,
}

impl Hold {
    /// It goes on. Noted once a quarter of the time is used: each note waits for the disk.
    pub(super) async fn go_on(&mut self, now: DateTime<Utc>) -> Result<()> {
        if now + self.own * 3 / 4 > self.until {
            self.until = now + self.own;
            hold(&self.conn, self.id, Some(self.until)).await?;
        }
        Ok(())
    }
}

/// A batch under way.
pub(super) struct Sending<'a> {
    db: &'a Db,
    crms: &'a dyn Crms,
    cx: &'a Cx,
    hold: &'a mut Hold,
    connection: &'a CrmConnection,
    steps: Vec<Step>,
    /// Whose the CRM's records are, as far as it was looked at or is not kept yet.
    whose: HashMap<String, LeadId>,
    /// Which leads went into which, of those whose records stand in the way.
    became: HashMap<LeadId, LeadId>,
    /// The records that stand in the way, and those that did and were asked away.
    in_the_way: Vec<String>,
    removed: HashSet<String>,
    pause: Option<Duration>,
    /// Why nothing more is sent for now.
    stopped: bool,
}

impl<'a> Sending<'a> {
    pub(super) fn new(
        db: &'a Db,
        crms: &'a dyn Crms,
        cx: &'a Cx,
        hold: &'a mut Hold,
        connection: &'a CrmConnection,
        steps: Vec<Step>,
        whose: HashMap<String, LeadId>,
    ) -> Self {
        Self {
            db,
            crms,
            cx,
            hold,
            connection,
            steps,
            whose,
            became: HashMap::new(),
            in_the_way: Vec::new(),
            removed: HashSet::new(),
            pause: None,
            stopped: false,
        }
    }

    /// Sends all; returns what became of each, and how long the CRM is to be left alone.
    pub(super) async fn run(mut self) -> Result<(Vec<(Step, Came)>, Option<Duration>)> {
        let mut came: Vec<Option<Came>> = self.steps.iter().map(|_| None).collect();
        // What turns out to be there, or to be gone, is done once more.
        for _ in 0..3 {
            self.pass(&mut came).await?;
            if came.iter().all(Option::is_some) {
                break;
            }
        }
        let steps = std::mem::take(&mut self.steps);
        let came = came.into_iter().map(|came| came.unwrap_or(Came::Later));
        Ok((steps.into_iter().zip(came).collect(), self.pause))
    }

    async fn pass(&mut self, came: &mut [Option<Came>]) -> Result<()> {
        let (mut upserts, mut updates, mut deletes) = (Vec::new(), Vec::new(), Vec::new());
        for (n, step) in self.steps.iter().enumerate() {
            if came[n].is_some() {
                continue;
            }
            match &step.todo {
                Todo::Nothing => came[n] = Some(Came::Same),
                Todo::Delete(external_id) => deletes.push((n, external_id.clone())),
                // By our id alone a record is found, and none is made that needs more.
                Todo::Upsert | Todo::Find => upserts.push((n, step.row(None))),
                Todo::Update(external_id) => updates.push((n, step.row(Some(external_id)))),
            }
        }
        for external_id in std::mem::take(&mut self.in_the_way) {
            self.removed.insert(external_id.clone());
            self.delete(external_id).await?;
        }
        let named: Vec<_> = deletes.iter().map(|(_, external_id)| external_id.clone()).collect();
        self.look_whose(named).await?;
        for (n, external_id) in deletes {
            // What another lead took over meanwhile stays.
            let lead = self.steps[n].sync.lead_id;
            let stays = self.whose.get(&external_id).is_some_and(|whose| *whose != lead);
            came[n] = Some(if stays { Came::Gone } else { self.delete(external_id).await? });
        }
        self.send(updates, false, came).await?;
        self.send(upserts, true, came).await
    }

    async fn delete(&mut self, external_id: String) -> Result<Came> {
        if self.stopped {
            return Ok(Came::Later);
        }
        self.hold.go_on(self.cx.at_present().now).await?;
        let said = asked(self.db, self.crms, self.cx, self.connection.id, &move |crm, held| {
            let external_id = external_id.clone();
            async move { crm.delete(held, &external_id).await }.boxed()
        })
        .await?;
        Ok(match said {
            Ok(()) => Came::Gone,
            Err(no) => self.not(&no),
        })
    }

    /// What a whole request that failed means for each of its rows.
    fn not(&mut self, no: &NoCrm) -> Came {
        match no {
            NoCrm::Limited(pause, _) => {
                self.pause = Some(self.pause.unwrap_or_default().max(*pause));
                self.stopped = true;
                Came::Later
            }
            NoCrm::Expired | NoCrm::Revoked(_) => {
                self.stopped = true;
                Came::Later
            }
            NoCrm::Away(_) => Came::Failed { why: no.sentence(), for_good: false },
            NoCrm::Refused(_) => Came::Failed { why: no.sentence(), for_good: true },
        }
    }

    /// Sends rows, in halves where the CRM refuses all because of some.
    async fn send(&mut self, rows: Vec<(usize, Row)>, by_key: bool, came: &mut [Option<Came>]) -> Result<()> {
        let mut parts = vec![rows];
        while let Some(part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            if self.stopped {
                part.iter().for_each(|(n, _)| came[*n] = Some(Came::Later));
                continue;
            }
            self.hold.go_on(self.cx.at_present().now).await?;
            let rows: std::sync::Arc<Vec<Row>> = std::sync::Arc::new(part.iter().map(|(_, row)| row.clone()).collect());
            let said = asked(self.db, self.crms, self.cx, self.connection.id, &move |crm, held| {
                let rows = rows.clone();
                async move { if by_key { crm.upsert(held, &rows).await } else { crm.update(held, &rows).await } }
                    .boxed()
            })
            .await?;
            match said {
                Ok(Batch { rows, pause }) => {
                    if pause.is_some() {
                        self.pause = pause;
                        self.stopped = true;
                    }
                    let named = rows.iter().filter_map(named).cloned().collect();
                    self.look_whose(named).await?;
                    self.look_further(&part, &rows).await?;
                    for ((n, _), brought) in part.into_iter().zip(rows) {
                        came[n] = self.brought(n, brought);
                    }
                }
                Err(NoCrm::Refused(_)) if part.len() > 1 => {
                    let mut first = part;
                    let second = first.split_off(first.len() / 2);
                    parts.extend([second, first]);
                }
                Err(no) => {
                    let failed = self.not(&no);
                    for (n, _) in part {
                        came[n] = Some(if self.is_nowhere(n, &no) { Came::Same } else { failed.clone() });
                    }
                }
            }
        }
        Ok(())
    }

    /// Looks whose the records are that a CRM names.
    async fn look_whose(&mut self, named: Vec<String>) -> Result<()> {
        let unknown: Vec<_> = named.into_iter().filter(|id| !self.whose.contains_key(id)).collect();
        self.whose.extend(leads_of(&self.hold.conn, self.connection.id, &unknown).await?);
        Ok(())
    }

    /// Looks what became of those whose records are in another lead's way.
    async fn look_further(&mut self, part: &[(usize, Row)], rows: &[Brought]) -> Result<()> {
        let others = part.iter().zip(rows).filter_map(|((_, row), brought)| {
            self.whose.get(named(brought)?).copied().filter(|whose| *whose != row.lead)
        });
        let others: Vec<_> = others.filter(|lead| !self.became.contains_key(lead)).collect();
        self.became.extend(became(&self.hold.conn, &others).await?);
        Ok(())
    }

    /// What became of a row; none where it is to be done once more.
    fn brought(&mut self, n: usize, brought: Brought) -> Option<Came> {
        let connection = self.connection;
        if let Todo::Find = self.steps[n].todo {
            return self.found(n, brought);
        }
        match brought {
            Brought::There(id) if id.is_empty() => {
                Some(Came::Failed { why: "the CRM did not say which record it is".into(), for_good: false })
            }
            Brought::There(id) => Some(self.theirs(n, &id).unwrap_or_else(|| {
                let lead = self.steps[n].sync.lead_id;
                let before = self.whose.insert(id.clone(), lead);
                self.steps[n].taken_over |= before.is_some_and(|whose| whose != lead);
                Came::There(id)
            })),
            Brought::Not(failure) => match failure.kind {
                RowFault::ForGood => Some(Came::Failed { why: failure.message, for_good: true }),
                RowFault::ForNow => Some(Came::Failed { why: failure.message, for_good: false }),
                RowFault::Gone => {
                    self.steps[n].anew(connection, Todo::Upsert);
                    None
                }
                RowFault::Known(id) => self.known(n, id),
            },
        }
    }

    /// What was looked for, since it is to go.
    fn found(&mut self, n: usize, brought: Brought) -> Option<Came> {
        match brought {
            // Another lead has it by now.
            Brought::There(id) if self.whose.get(&id).is_some_and(|whose| *whose != self.steps[n].sync.lead_id) => {
                Some(Came::Same)
            }
            Brought::There(id) if !id.is_empty() => {
                self.steps[n].todo = Todo::Delete(id);
                None
            }
            Brought::Not(RowFailure { kind: RowFault::ForNow, message }) => {
                Some(Came::Failed { why: message, for_good: false })
            }
            _ => Some(Came::Same),
        }
    }

    /// Whether this says that what was looked for is not there.
    fn is_nowhere(&self, n: usize, no: &NoCrm) -> bool {
        matches!((&self.steps[n].todo, no), (Todo::Find, NoCrm::Refused(_)))
    }

    /// There is a record of the same person: it becomes the lead's, where it is no other's.
    fn known(&mut self, n: usize, id: String) -> Option<Came> {
        if let Some(conflict) = self.theirs(n, &id) {
            return Some(conflict);
        }
        let lead = self.steps[n].sync.lead_id;
        if self.whose.get(&id).is_some_and(|whose| *whose != lead) {
            let has_one = self.steps[n].record.as_ref().is_some_and(|record| record.external_id != id);
            if has_one && self.removed.contains(&id) {
                let why = format!("the record of a lead that went into this one, {id}, is in the way");
                return Some(Came::Failed { why, for_good: false });
            }
            if has_one {
                self.in_the_way.push(id);
                return None;
            }
        }
        self.steps[n].anew(self.connection, Todo::Update(id));
        None
    }

    /// The conflict where a record is another lead's already, and that lead did not go into this one.
    fn theirs(&self, n: usize, external_id: &str) -> Option<Came> {
        let lead = self.steps[n].sync.lead_id;
        let other = self.whose.get(external_id).filter(|other| **other != lead)?;
        if self.became.get(other) == Some(&lead) {
            return None;
        }
        Some(Came::Failed {
            why: format!(
                "the CRM has {lead} and {other} as one record, {external_id}: merge them here, or part them there"
            ),
            for_good: true,
        })
    }
}

/// The record that a CRM names.
fn named(brought: &Brought) -> Option<&String> {
    match brought {
        Brought::There(id) => Some(id),
        Brought::Not(failure) => match &failure.kind {
            RowFault::Known(id) => Some(id),
            _ => None,
        },
    }
}
