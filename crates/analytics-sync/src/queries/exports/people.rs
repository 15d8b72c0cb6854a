//! Agents and contacts as rows.

use kernel::{Conn, Cx, Result, page::Place};

use super::rows::{self, Names, next};
use crate::{
    domain::exports::{cells::Cell, wanted::ExportFilter},
    ports::exports::Batch,
    store::b2chat::{agent, contact},
};

/// The next agents.
///
/// # Errors
/// As [`kernel::record::Record::may_list`] refuses.
pub async fn agents(
    conn: &Conn,
    cx: &Cx,
    filter: &ExportFilter,
    after: Option<Place>,
    names: &mut Names,
) -> Result<Batch> {
    let (found, next) = next::<agent::Entity>(conn, cx, &rows::agents(filter), agent::Column::CreatedAt, after).await?;
    names.learn(conn, cx, std::iter::empty(), found.iter().filter_map(|agent| agent.department_id)).await?;
    let row = |agent: agent::Model| -> Vec<Cell> {
        vec![
            agent.id.to_string().into(),
            Cell::Text(agent.b2chat_id),
            agent.name.into(),
            agent.email.into(),
            agent.username.into(),
            names.department(agent.department_id).into(),
            agent.is_active.into(),
            agent.is_deleted.into(),
            agent.deleted_at.into(),
            agent.last_sync_at.into(),
            agent.created_at.into(),
            agent.updated_at.into(),
        ]
    };
    Ok(Batch { rows: found.into_iter().map(row).collect(), next })
}

/// The next contacts.
///
/// # Errors
/// As [`kernel::record::Record::may_list`] refuses.
pub async fn contacts(conn: &Conn, cx: &Cx, filter: &ExportFilter, after: Option<Place>) -> Result<Batch> {
    let by = contact::Column::CreatedAt;
    let (found, next) = next::<contact::Entity>(conn, cx, &rows::contacts(filter), by, after).await?;
    let row = |contact: contact::Model| -> Vec<Cell> {
        let attributes = &contact.custom_attributes.0;
        let attributes = (!attributes.is_empty()).then(|| serde_json::to_string(attributes).unwrap_or_default());
        vec![
            contact.id.to_string().into(),
            Cell::Text(contact.b2chat_id),
            contact.full_name.into(),
            contact.mobile.into(),
            contact.phone_number.into(),
            contact.email.into(),
            contact.identification.into(),
            contact.address.into(),
            contact.city.into(),
            contact.country.into(),
            contact.company.into(),
            attributes.into(),
            contact.tags.0.join("; ").into(),
            contact.source_created_at.into(),
            contact.last_modified_at.into(),
            contact.is_deleted.into(),
            contact.deleted_at.into(),
            contact.last_sync_at.into(),
            contact.created_at.into(),
            contact.updated_at.into(),
        ]
    };
    Ok(Batch { rows: found.into_iter().map(row).collect(), next })
}
