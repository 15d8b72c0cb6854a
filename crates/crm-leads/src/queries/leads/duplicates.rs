//! Leads that may be one person.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    id::LeadId,
    record::{by_ids, find},
};
use sea_orm::{Condition, ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};

use crate::{
    domain::leads::alike::{Alike, alike},
    store::leads::lead::{Column, Entity, Model as Lead},
};

/// So many are looked at of those that one index finds, for each lead.
const LOOKED_AT: u64 = 200;
/// And so many of all together.
const LOOKED_AT_IN_ALL: u64 = 4_000;
/// So many are shown of each.
const SHOWN: usize = 20;

/// A lead that may be the same person.
#[derive(Debug, Clone)]
pub struct Duplicate {
    /// It.
    pub lead: Lead,
    /// Why.
    pub why: Alike,
    /// How sure that is, from 0 to 1.
    pub confidence: f64,
}

/// What a lead is like another by.
type KeyOf = fn(&Lead) -> Option<&String>;

/// The leads that the actor sees and that may be the same person as each of these, the surest first: found by address, number, and
/// the keys of names and companies, in a statement each.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn duplicates_of_each(conn: &Conn, cx: &Cx, leads: &[LeadId]) -> Result<HashMap<LeadId, Vec<Duplicate>>> {
    let mut found: HashMap<LeadId, Vec<Duplicate>> = leads.iter().map(|id| (*id, Vec::new())).collect();
    let own = by_ids::<Entity>(conn, cx, leads).await?;
    let backend = conn.get_database_backend();
    let keys: [&[(Column, KeyOf)]; 4] = [
        &[(Column::Email, |lead| lead.email.as_ref()), (Column::EmailKey, |lead| lead.email_key.as_ref())],
        &[(Column::Phone, |lead| lead.phone.as_ref())],
        &[(Column::NameKey, |lead| lead.name_key.as_ref())],
        // Of one company there are many: it says something only where names are like.
        &[(Column::CompanyKey, |lead| lead.company_key.as_ref().filter(|_| lead.name_key.is_some()))],
    ];
    let mut candidates: HashMap<LeadId, Lead> = HashMap::new();
    for keys in keys {
        let (mut any, mut most) = (Condition::any(), 0);
        for (column, key) in keys.iter().copied() {
            let mut wanted: Vec<String> = own.values().filter_map(key).cloned().collect();
            wanted.sort_unstable();
            wanted.dedup();
            if !wanted.is_empty() {
                any = any.add(column.is_in(wanted.iter().map(String::as_str)));
                most = most.max(wanted.len());
            }
        }
        let Some(select) = find::<Entity>(cx, backend).filter(|_| most > 0) else { continue };
        let others = Condition::all().add(any).add(Column::MergedIntoId.is_null());
        let bound = (LOOKED_AT * most as u64).min(LOOKED_AT_IN_ALL);
        let rows = select.filter(others).order_by_desc(Column::Id).limit(bound).all(conn).await?;
        candidates.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    for (id, lead) in own {
        let others = candidates.values().filter(|other| other.id != id);
        let mut alike: Vec<_> = others
            .filter_map(|other| {
                let (why, confidence) = alike(&lead, other)?;
                Some(Duplicate { lead: other.clone(), why, confidence })
            })
            .collect();
        alike.sort_by(|one, other| {
            other.confidence.total_cmp(&one.confidence).then_with(|| other.lead.id.cmp(&one.lead.id))
        });
        alike.truncate(SHOWN);
        found.insert(id, alike);
    }
    Ok(found)
}
