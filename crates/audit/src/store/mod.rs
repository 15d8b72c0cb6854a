//! The audit tables, and the two hooks by which they are written.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Error, Result,
    db::any_of,
    events::{Chain, Envelope, Sink},
    id::EventId,
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryFilter};

use crate::domain::hash::link;

pub mod erasures;
pub mod errors;
pub mod person_exports;
pub mod persons;
pub mod retention;
pub mod slow_operations;

/// The audit rows.
pub mod log {
    use chrono::{DateTime, Utc};
    use kernel::{
        events::{Action, Severity},
        id::{ApiKeyId, EventId, PersonalKeyId, SessionId, UserId},
        record::ByPlace,
    };
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    /// How serious, in the words that rows hold: those of old rows stay, since they are hashed.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
    #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
    #[serde(rename_all = "snake_case")]
    pub enum Level {
        /// Low, as it was called once.
        Info,
        /// Medium, as it was called once.
        Warning,
        /// See [`Severity::Low`].
        Low,
        /// See [`Severity::Medium`].
        Medium,
        /// See [`Severity::High`].
        High,
        /// See [`Severity::Critical`].
        Critical,
    }

    impl From<Severity> for Level {
        fn from(severity: Severity) -> Self {
            match severity {
                Severity::Low => Self::Low,
                Severity::Medium => Self::Medium,
                Severity::High => Self::High,
                Severity::Critical => Self::Critical,
            }
        }
    }

    impl From<Level> for Severity {
        fn from(level: Level) -> Self {
            match level {
                Level::Info | Level::Low => Self::Low,
                Level::Warning | Level::Medium => Self::Medium,
                Level::High => Self::High,
                Level::Critical => Self::Critical,
            }
        }
    }

    /// One attempt or change. As JSON it is what an archive keeps of it: without what it is found by.
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
    #[sea_orm(schema_name = "~tenant", table_name = "audit_logs")]
    pub struct Model {
        /// The event's id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: EventId,
        /// When.
        pub at: DateTime<Utc>,
        /// The event's name, such as `message.replied`.
        pub kind: String,
        /// How serious.
        pub severity: Level,
        /// Whether it succeeded.
        pub success: bool,
        /// The error code of what did not.
        pub failure: Option<String>,
        /// `staff`, `client`, `platform`, `anonymous` or `system`.
        pub actor_kind: String,
        /// Who.
        pub actor_id: Option<UserId>,
        /// Their address at the time.
        pub actor_email: Option<String>,
        /// Their session.
        pub session_id: Option<SessionId>,
        /// Where the request came from.
        pub address: Option<String>,
        /// With which program.
        pub agent: Option<String>,
        /// The request.
        pub request_id: String,
        /// The kind of thing it was about.
        pub resource_kind: Option<String>,
        /// The thing's id.
        pub resource_id: Option<Uuid>,
        /// Values before.
        #[sea_orm(column_type = "JsonBinary")]
        pub old_values: Option<Json>,
        /// Values after.
        #[sea_orm(column_type = "JsonBinary")]
        pub new_values: Option<Json>,
        /// The key that acted for them.
        pub api_key_id: Option<ApiKeyId>,
        /// What was done to the thing; old rows do not say.
        pub action: Option<Action>,
        /// Why it did not succeed, as a sentence.
        pub error: Option<String>,
        /// What else there is to know of it.
        #[sea_orm(column_type = "JsonBinary")]
        pub details: Option<Json>,
        /// What else there is to know of how it came about.
        #[sea_orm(column_type = "JsonBinary")]
        pub metadata: Option<Json>,
        /// What links it to others, where that is not the request.
        pub correlation_id: Option<String>,
        /// The key that who the actor was is sealed under.
        pub actor_key: Option<PersonalKeyId>,
        /// The actor's address, where the request came from, and with which program.
        #[serde(with = "crate::domain::archives::bytes")]
        pub actor_sealed: Option<Vec<u8>>,
        /// The key that personal values are sealed under.
        pub values_key: Option<PersonalKeyId>,
        /// Of the values before and after, and of the details.
        #[serde(with = "crate::domain::archives::bytes")]
        pub values_sealed: Option<Vec<u8>>,
        /// By what the actor's address is found; not hashed, since it goes when they are forgotten.
        #[serde(skip)]
        pub email_mark: Option<Vec<u8>>,
        /// By what the place is found that the request came from; not hashed either.
        #[serde(skip)]
        pub address_mark: Option<Vec<u8>>,
    }

    /// No relation.
    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The links of the chain.
pub mod chain {
    use kernel::id::EventId;
    use sea_orm::entity::prelude::*;

    /// One link.
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(schema_name = "~tenant", table_name = "audit_chain")]
    pub struct Model {
        /// The number, without gaps.
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        /// The audit row.
        pub audit_log_id: EventId,
        /// SHA-256 over the hash before, the number and the row.
        pub hash: Vec<u8>,
    }

    /// No relation.
    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Places in the trail before which rows may go.
pub mod checkpoint {
    use chrono::{DateTime, Utc};
    use kernel::id::CheckpointId;
    use sea_orm::entity::prelude::*;

    /// One place.
    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(schema_name = "~tenant", table_name = "audit_checkpoints")]
    pub struct Model {
        /// Its id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CheckpointId,
        /// The last number before it.
        pub sequence: i64,
        /// The hash of that link.
        pub hash: Vec<u8>,
        /// How many rows the trail has had up to there.
        pub rows: i64,
        /// When it was made.
        pub at: DateTime<Utc>,
        /// The short id of the secret key that it is signed by.
        pub key_id: String,
        /// Ed25519 over all of the above.
        pub signature: Vec<u8>,
    }

    /// No relation.
    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The ends of days.
pub mod head {
    use chrono::{DateTime, NaiveDate, Utc};
    use kernel::id::AuditHeadId;
    use kernel::record::ByPlace;
    use sea_orm::entity::prelude::*;

    /// The end of the trail of a day.
    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, ByPlace)]
    #[sea_orm(schema_name = "~tenant", table_name = "audit_heads")]
    pub struct Model {
        /// Its id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AuditHeadId,
        /// The day, in UTC.
        pub day: NaiveDate,
        /// The last number of the day.
        pub sequence: i64,
        /// The hash of that link.
        pub hash: Vec<u8>,
        /// How many rows came since the head before.
        pub rows: i64,
        /// When it was signed.
        pub at: DateTime<Utc>,
        /// The short id of the key that it is signed by.
        pub key_id: String,
        /// Ed25519 over all of the above.
        pub signature: Vec<u8>,
    }

    /// No relation.
    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Writes the audit rows of a transaction, inside it.
pub struct AuditSink;

#[async_trait::async_trait]
impl Sink for AuditSink {
    async fn write(&self, conn: &Conn, _cx: &Cx, events: &[Envelope]) -> Result<()> {
        let rows = events.iter().map(|event| log::ActiveModel {
            id: Set(event.id),
            at: Set(event.at),
            kind: Set(event.kind.into()),
            severity: Set(event.severity.into()),
            success: Set(event.success),
            failure: Set(event.failure.map(Into::into)),
            actor_kind: Set(event.actor_kind.into()),
            actor_id: Set(event.actor),
            actor_email: Set(event.actor_email.clone()),
            session_id: Set(event.session),
            address: Set(event.address.clone()),
            agent: Set(event.agent.clone()),
            request_id: Set(event.request_id.clone()),
            resource_kind: Set(event.resource.map(|r| r.kind.into())),
            resource_id: Set(event.resource.map(|r| r.id)),
            old_values: Set(event.old.clone()),
            new_values: Set(event.new.clone()),
            api_key_id: Set(event.api_key),
            action: Set(Some(event.action)),
            error: Set(event.error.clone()),
            details: Set(event.details.clone()),
            metadata: Set(event.metadata.clone()),
            actor_key: Set(event.seals.actor.as_ref().map(|seal| seal.key)),
            actor_sealed: Set(event.seals.actor.as_ref().map(|seal| seal.bytes.clone())),
            values_key: Set(event.seals.values.as_ref().map(|seal| seal.key)),
            values_sealed: Set(event.seals.values.as_ref().map(|seal| seal.bytes.clone())),
            email_mark: Set(event.seals.email_mark.clone()),
            address_mark: Set(event.seals.address_mark.clone()),
            correlation_id: Set(Some(&event.correlation_id).filter(|id| **id != event.request_id).cloned()),
        });
        log::Entity::insert_many(rows).exec_without_returning(conn).await?;
        Ok(())
    }
}

/// Links audit rows when their events are sealed.
pub struct AuditChain;

#[async_trait::async_trait]
impl Chain for AuditChain {
    async fn extend(&self, conn: &Conn, hash: &[u8], events: &[(i64, EventId)]) -> Result<Vec<u8>> {
        let ids: Vec<_> = events.iter().map(|(_, id)| *id).collect();
        let rows =
            log::Entity::find().filter(any_of(conn.get_database_backend(), log::Column::Id, &ids)).all(conn).await?;
        let rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
        let mut end = hash.to_vec();
        let mut links = Vec::with_capacity(events.len());
        for (sequence, id) in events {
            let row = rows.get(id).ok_or_else(|| Error::internal(format!("event {id} has no audit row")))?;
            end = link(&end, *sequence, row);
            links.push(chain::ActiveModel { sequence: Set(*sequence), audit_log_id: Set(*id), hash: Set(end.clone()) });
        }
        chain::Entity::insert_many(links).exec_without_returning(conn).await?;
        Ok(end)
    }
}
