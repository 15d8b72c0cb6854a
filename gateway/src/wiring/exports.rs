//! What exports need of identity, leads and tickets.

use std::collections::HashMap;

use analytics_sync::{
    ExportBatch, ExportCell as Cell, ExportDesk, ExportFilter, ExportHouse, ExportType, LinesBatch, LinesPlace,
    exported_between, next_rows, stored_word as word,
};
use audit::{TrailPlace, trail_between, trail_lines};
use crm_leads::{entities::lead, records::Leads};
use kernel::{
    Conn, Cx, Db, Error, Result,
    id::{StaffId, UserId},
    jobs::Job,
    page::Place,
    record::{Filter, Record, count},
};
use sea_orm::{ColumnTrait, Condition};
use ticketing::{entities::ticket, records::Tickets};

use super::{app::App, standing::as_active};

/// Rows of other contexts.
pub struct Rows<'a> {
    catalog: &'a [&'static str],
    db: &'a Db,
}

impl<'a> Rows<'a> {
    /// Of the app's permissions.
    pub fn of(app: &'a App) -> Self {
        Self { catalog: &app.catalog, db: &app.db }
    }
}

fn leads(filter: &ExportFilter) -> Filter<Leads> {
    // What went into another is told there.
    Filter::of(exported_between(filter, lead::Column::CreatedAt).add(lead::Column::MergedIntoId.is_null()))
}

fn tickets(filter: &ExportFilter) -> Filter<Tickets> {
    Filter::of(Condition::all().add(exported_between(filter, ticket::Column::CreatedAt)))
}

/// The names of these people, as far as the actor sees them.
async fn names(conn: &Conn, cx: &Cx, mut ids: Vec<UserId>) -> Result<HashMap<UserId, String>> {
    ids.sort_unstable();
    ids.dedup();
    let found = identity::people_by_ids(conn, cx, &ids).await?;
    Ok(found.into_iter().map(|(id, person)| (id, person.name)).collect())
}

fn name(names: &HashMap<UserId, String>, who: Option<UserId>) -> Cell {
    who.and_then(|who| names.get(&who)).map_or(Cell::Empty, |name| Cell::text(name.as_str()))
}

/// A kind of rows that is answered elsewhere.
fn not_here() -> Error {
    Error::internal("such rows are those of analytics-sync itself")
}

impl ExportDesk for Rows<'_> {
    async fn as_active(&self, conn: &Conn, cx: &Cx, who: UserId) -> Result<Option<Cx>> {
        as_active(conn, cx, self.catalog, who).await
    }

    fn may(&self, cx: &Cx, kind: ExportType) -> Result<()> {
        match kind {
            ExportType::Leads => Leads::may_list(cx),
            ExportType::Tickets => Tickets::may_list(cx),
            ExportType::AuditLogs => cx.require(audit::VIEW_AUDIT_LOG),
            _ => Err(not_here()),
        }
    }

    async fn count(&self, conn: &Conn, cx: &Cx, kind: ExportType, filter: &ExportFilter, up_to: u64) -> Result<u64> {
        match kind {
            ExportType::Leads => count(conn, cx, &leads(filter), Some(up_to)).await,
            ExportType::Tickets => count(conn, cx, &tickets(filter), Some(up_to)).await,
            ExportType::AuditLogs => Ok(trail_between(conn, cx, filter.from, filter.until).await?.rows().min(up_to)),
            _ => Err(not_here()),
        }
    }

    async fn page(
        &self,
        conn: &Conn,
        cx: &Cx,
        kind: ExportType,
        filter: &ExportFilter,
        after: Option<Place>,
    ) -> Result<ExportBatch> {
        match kind {
            ExportType::Leads => lead_rows(conn, cx, filter, after).await,
            ExportType::Tickets => ticket_rows(conn, cx, filter, after).await,
            _ => Err(not_here()),
        }
    }

    async fn lines(&self, cx: &Cx, filter: &ExportFilter, after: Option<LinesPlace>) -> Result<LinesBatch> {
        let place = match after {
            None => trail_between(&self.db.reader(cx).await?, cx, filter.from, filter.until).await?,
            Some(LinesPlace { start, sequence, hash, upto }) => TrailPlace { start, sequence, hash, upto, begun: true },
        };
        let lines = trail_lines(self.db, cx, &place, false).await?;
        let next =
            lines.next.map(|TrailPlace { start, sequence, hash, upto, .. }| LinesPlace { start, sequence, hash, upto });
        Ok(LinesBatch { text: lines.text, rows: lines.rows, next })
    }
}

async fn lead_rows(conn: &Conn, cx: &Cx, filter: &ExportFilter, after: Option<Place>) -> Result<ExportBatch> {
    let (found, next) = next_rows::<Leads>(conn, cx, &leads(filter), lead::Column::CreatedAt, after).await?;
    let owners = found.iter().filter_map(|lead| lead.owner_id).map(UserId::from).collect();
    let names = names(conn, cx, owners).await?;
    let row = |lead: crm_leads::Lead| -> Vec<Cell> {
        vec![
            lead.id.to_string().into(),
            lead.name.into(),
            lead.email.into(),
            lead.phone.into(),
            lead.company.into(),
            word(&lead.status).into(),
            lead.lost_reason.into(),
            lead.score.as_ref().map(word).into(),
            lead.score_value.into(),
            lead.scored_at.into(),
            name(&names, lead.owner_id.map(UserId::from)),
            word(&lead.source_kind).into(),
            lead.notes.into(),
            lead.created_at.into(),
            lead.updated_at.into(),
            lead.closed_at.into(),
        ]
    };
    Ok(ExportBatch { rows: found.into_iter().map(row).collect(), next })
}

async fn ticket_rows(conn: &Conn, cx: &Cx, filter: &ExportFilter, after: Option<Place>) -> Result<ExportBatch> {
    let (found, next) = next_rows::<Tickets>(conn, cx, &tickets(filter), ticket::Column::CreatedAt, after).await?;
    let assignees = found.iter().filter_map(|ticket| ticket.assignee_id).map(UserId::from);
    let requesters = found.iter().filter_map(|ticket| ticket.requester_id).map(UserId::from);
    let names = names(conn, cx, assignees.chain(requesters).collect()).await?;
    let row = |ticket: ticketing::Ticket| -> Vec<Cell> {
        vec![
            ticket.id.to_string().into(),
            ticket.number.into(),
            ticket.title.into(),
            ticket.description.into(),
            word(&ticket.status).into(),
            word(&ticket.category).into(),
            word(&ticket.priority).into(),
            word(&ticket.severity).into(),
            name(&names, ticket.requester_id.map(UserId::from)),
            name(&names, ticket.assignee_id.map(|id: StaffId| UserId::from(id))),
            ticket.comment_count.into(),
            ticket.estimated_hours.into(),
            ticket.actual_hours.into(),
            ticket.due_at.into(),
            ticket.resolved_at.into(),
            ticket.closed_at.into(),
            ticket.notes.into(),
            ticket.created_at.into(),
            ticket.updated_at.into(),
        ]
    };
    Ok(ExportBatch { rows: found.into_iter().map(row).collect(), next })
}

/// Makes an export.
///
/// # Errors
/// Of ours only: it is tried again.
pub async fn make(app: &App, cx: &Cx, job: &Job) -> Result<()> {
    let text = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let zone = text(app.settings.get(cx, identity::COMPANY_TIME_ZONE).await?);
    let house = ExportHouse {
        company: identity::company_name(&app.db.reader(cx).await?, cx).await?,
        zone: zone.parse().unwrap_or(chrono_tz::UTC),
        hours: app.settings.whole(cx, identity::EXPORT_HOURS).await?,
    };
    Box::pin(analytics_sync::make_export(&app.db, &app.files, &Rows::of(app), &house, cx, job)).await
}
