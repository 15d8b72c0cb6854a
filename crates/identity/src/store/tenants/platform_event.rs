//! The registry's append-only record of what was done to the platform itself.

use chrono::{DateTime, Utc};
use kernel::{
    Actor, Conn, Cx, Result,
    id::{EventId, PlatformAdminId, TenantId},
};
use sea_orm::{IntoActiveModel, entity::prelude::*};

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~control", table_name = "platform_events")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    /// When.
    pub at: DateTime<Utc>,
    /// What, such as `tenant.suspended`.
    pub kind: String,
    /// Whether it succeeded.
    pub success: bool,
    /// `platform`, `anonymous` or `system`.
    pub actor_kind: String,
    /// Who.
    pub actor_id: Option<PlatformAdminId>,
    /// Their address at the time.
    pub actor_email: Option<String>,
    /// Where the request came from.
    pub address: Option<String>,
    /// With which program.
    pub agent: Option<String>,
    /// The request.
    pub request_id: String,
    /// The tenant it was about.
    pub tenant_id: Option<TenantId>,
    /// What else there is to know. No secrets.
    pub details: Json,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Writes down what is done, in the transaction that does it.
pub(crate) async fn record(
    conn: &Conn,
    cx: &Cx,
    kind: &str,
    success: bool,
    tenant_id: Option<TenantId>,
    details: Json,
) -> Result<()> {
    let (actor_kind, actor_id, actor_email) = match &cx.actor {
        Actor::Platform(admin) => ("platform", Some(admin.id), Some(admin.email.clone())),
        Actor::System => ("system", None, None),
        Actor::Anonymous | Actor::User(_) => ("anonymous", None, None),
    };
    let row = Model {
        id: cx.new_id(),
        at: cx.now,
        kind: kind.into(),
        success,
        actor_kind: actor_kind.into(),
        actor_id,
        actor_email,
        address: cx.origin.address.map(|address| address.to_string()),
        agent: cx.origin.agent.clone(),
        request_id: cx.request_id.to_string(),
        tenant_id,
        details,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}
