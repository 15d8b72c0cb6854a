//! What happened to leads is noted as something to be brought.

use std::collections::BTreeSet;

use kernel::{Cx, Result, Tx, db::any_of, id::LeadId};
use sea_orm::{ConnectionTrait, entity::prelude::*};
use serde_json::Value as Json;

use super::bring::SyncCrm;
use crate::store::{
    crm_connections::connection::{self, CrmStatus},
    crm_syncs::{
        queue::{put, records_of, wake},
        sync::CrmAction,
    },
    leads::lead,
};

/// The leads that an event says something of which a CRM has to hear.
pub fn leads_told(kind: &str, payload: &Json) -> Vec<LeadId> {
    let of = |name: &str| payload[name].as_str().and_then(|id| id.parse::<LeadId>().ok());
    match kind {
        "lead.created" | "lead.changed" | "lead.status_changed" | "lead.scored" => of("lead").into_iter().collect(),
        "lead.merged" => of("lead").into_iter().chain(of("into")).collect(),
        "lead.unmerged" => of("lead").into_iter().chain(of("from")).collect(),
        _ => Vec::new(),
    }
}

/// Notes leads as to be brought, for every connection that brings leads by itself. Told twice, it is noted once.
///
/// A lead that went into another is taken out of the CRM where it is there; the other is brought as it is now.
pub async fn note_for_crms(tx: &Tx, cx: &Cx, leads: &[LeadId]) -> Result<()> {
    use connection::Column;
    let leads: Vec<_> = leads.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let conn = tx.conn();
    let connections =
        connection::Entity::find().filter(Column::Active.eq(true)).filter(Column::AutoSync.eq(true)).all(conn).await?;
    if leads.is_empty() || connections.is_empty() {
        return Ok(());
    }
    let backend = conn.get_database_backend();
    let found = lead::Entity::find().filter(any_of(backend, lead::Column::Id, &leads)).all(conn).await?;
    for connection in &connections {
        let records = records_of(conn, connection.id, &leads).await?;
        let mut put_any = false;
        for lead in &found {
            let action = match (lead.merged_into_id.is_some(), records.contains_key(&lead.id)) {
                (true, false) => continue,
                (true, true) => CrmAction::Delete,
                (false, true) => CrmAction::Update,
                (false, false) => CrmAction::Create,
            };
            put(tx, cx, connection.id, lead.id, action, None).await?;
            put_any = true;
        }
        if put_any && connection.status == CrmStatus::Connected {
            wake(tx, cx, connection.id, &SyncCrm { connection: connection.id }, cx.now).await?;
        }
    }
    Ok(())
}
