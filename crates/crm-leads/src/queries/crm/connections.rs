//! Connections with a CRM.

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Result,
    id::CrmConnectionId,
    record::{Field, Record, Told, Unique},
};
use sea_orm::{Condition, DbBackend, entity::prelude::*};

use crate::{
    domain::crm_connections::events::CRM,
    policy::MANAGE_CRM,
    store::crm_connections::{
        connecting,
        connection::{Column, Entity, Model as CrmConnection},
    },
};

impl Record for Entity {
    type Id = CrmConnectionId;
    type Row = CrmConnection;
    const WHAT: &'static str = "ConnectedCrm";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);
    const UNIQUE: &'static [Unique<Column>] =
        &[Unique { column: Column::NameFolded, field: "name", taken: "another connection has this name" }];

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(MANAGE_CRM)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(MANAGE_CRM).then(Condition::all)
    }
}

impl Told for Entity {
    const KIND: &'static str = "crm_connection.saved";
    const TOPIC: &'static str = CRM;
    const VALUES: &'static [Column] = &[
        Column::Provider,
        Column::Name,
        Column::Method,
        Column::FieldMappings,
        Column::AutoSync,
        Column::Pull,
        Column::Active,
        Column::Status,
    ];
}

/// By which CRM.
pub const BY_PROVIDER: Field<Column> = Field::new("provider", &[Column::Provider]);
/// By how they stand.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);

/// A connection, for the machinery.
pub(crate) async fn connection(conn: &Conn, id: CrmConnectionId) -> Result<Option<CrmConnection>> {
    Ok(Entity::find_by_id(id).one(conn).await?)
}

/// Removes those from whom nobody came back.
pub async fn purge_crm_connecting(conn: &Conn, now: DateTime<Utc>) -> Result<u64> {
    let left = connecting::Entity::delete_many().filter(connecting::Column::ExpiresAt.lt(now));
    Ok(left.exec(conn).await?.rows_affected)
}
