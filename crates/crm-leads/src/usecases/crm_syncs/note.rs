//! What happened to leads is noted as something to be brought.

use std::collections::{BTreeSet, HashMap};

use kernel::{Cx, Result, Tx, db::any_of, id::LeadId};
use sea_orm::{ConnectionTrait, entity::prelude::*};
use serde_json::Value as Json;

use super::bring::SyncCrm;
use crate::{
    domain::crm_syncs::values::taken_over,
    store::{
        crm_connections::connection::{self, CrmStatus, Model as CrmConnection},
        crm_syncs::{
            queue::{
                became, forget_record, forget_waiting, keep_records, put, records_of, take_records, waiting, wake,
            },
            record::Model as CrmRecord,
            sync::CrmAction,
        },
        leads::lead,
    },
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
/// A lead that went into another is taken out of the CRM where it is there, or comes to be; the other is brought as it is now. Where only
/// the first is there, its record becomes the other's.
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
    let merged: Vec<_> = found.iter().filter(|lead| lead.merged_into_id.is_some()).map(|lead| lead.id).collect();
    let became = became(conn, &merged).await?;
    for connection in &connections {
        // First what waits, then what is there: what is kept in between was seen waiting.
        let waits = if merged.is_empty() { HashMap::new() } else { waiting(conn, connection.id, &merged).await? };
        // What nobody took yet is not there; of anything else nobody knows.
        let may_be = |lead| waits.get(lead).is_some_and(|(until, tries)| until.is_some() || *tries > 0);
        let records = records_of(conn, connection.id, &leads).await?;
        let mut put_any = false;
        for lead in &found {
            let there = records.contains_key(&lead.id) || may_be(&lead.id);
            let action = match (lead.merged_into_id.is_some(), there) {
                (true, false) => continue,
                (true, true) => CrmAction::Delete,
                (false, _) if records.contains_key(&lead.id) => CrmAction::Update,
                (false, _) => CrmAction::Create,
            };
            put(tx, cx, connection.id, lead.id, action, None).await?;
            put_any = true;
        }
        for lead in records.keys() {
            if let Some(into) = became.get(lead) {
                take_over(tx, cx, connection, *lead, *into).await?;
            }
        }
        if put_any && connection.status == CrmStatus::Connected {
            wake(tx, cx, connection.id, &SyncCrm { connection: connection.id }, cx.now).await?;
        }
    }
    Ok(())
}

/// The record of a lead that went into another becomes the other's, where that has none and nobody has either under way.
async fn take_over(tx: &Tx, cx: &Cx, connection: &CrmConnection, from: LeadId, into: LeadId) -> Result<()> {
    let both = [from, into];
    // From here on nobody takes them before this is done.
    put(tx, cx, connection.id, into, CrmAction::Update, None).await?;
    let under_way = waiting(tx.conn(), connection.id, &both).await?;
    let under_way = under_way.values().any(|(until, _)| until.is_some_and(|until| until > cx.now));
    if under_way {
        return Ok(());
    }
    let mut records = take_records(tx, connection.id, &both).await?;
    let (Some(record), None) = (records.remove(&from), records.get(&into)) else { return Ok(()) };
    let Some(lead) = lead::Entity::find_by_id(into).one(tx.conn()).await? else { return Ok(()) };
    forget_record(tx.conn(), connection.id, from).await?;
    let fields = taken_over(&lead, &connection.field_mappings, record.fields);
    // There is nothing left to remove.
    forget_waiting(tx.conn(), connection.id, from).await?;
    keep_records(tx.conn(), vec![CrmRecord { lead_id: into, fields, ..record }]).await
}
