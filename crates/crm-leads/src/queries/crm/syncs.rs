//! What is brought into a CRM, and what is there.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::any_of,
    id::{CrmSyncId, LeadId},
    record::{Field, Nested, Record},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*};

use crate::{
    policy::{VIEW_LEADS, visible_leads},
    store::{
        crm_syncs::{
            record,
            sync::{Column, Entity, Model as CrmSync},
        },
        leads::lead,
    },
};

impl Record for Entity {
    type Id = CrmSyncId;
    type Row = CrmSync;
    const WHAT: &'static str = "CrmSync";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_LEADS)
    }

    /// Who sees a lead sees what is brought of it.
    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        let leads = visible_leads(cx, backend)?;
        if leads.is_empty() {
            return Some(Condition::all());
        }
        let seen = lead::Entity::find().select_only().column(lead::Column::Id).filter(leads).into_query();
        Some(Condition::all().add(Column::LeadId.in_subquery(seen)))
    }
}

/// By where they stand.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By what is done.
pub const BY_ACTION: Field<Column> = Field::new("action", &[Column::Action]);
/// By where they go.
pub const BY_CONNECTION: Field<Column> = Field::new("connectionId", &[Column::ConnectionId]);
/// By whose they are.
pub const BY_LEAD: Field<Column> = Field::new("leadId", &[Column::LeadId]);
/// By when they were asked for.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);

/// What was brought of a lead, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CrmSyncsOf;

impl Nested for CrmSyncsOf {
    type Parent = LeadId;
    type Of = Entity;
    const NAME: &'static str = "CRM syncs of";
    const PARENT: Column = Column::LeadId;
    const ORDER: Column = Column::CreatedAt;
    const DESCENDING: bool = true;
}

/// The records of each of these leads, which whoever asks has found.
pub async fn crm_records_of_each(conn: &Conn, leads: &[LeadId]) -> Result<HashMap<LeadId, Vec<record::Model>>> {
    let backend = conn.get_database_backend();
    let rows = record::Entity::find()
        .filter(any_of(backend, record::Column::LeadId, leads))
        .order_by_asc(record::Column::ConnectionId)
        .all(conn)
        .await?;
    let mut found: HashMap<_, Vec<_>> = leads.iter().map(|id| (*id, Vec::new())).collect();
    for row in rows {
        found.entry(row.lead_id).or_default().push(row);
    }
    Ok(found)
}
