//! One effect however often a request is sent: the answer of a mutation is stored in its own transaction.
//!
//! The key covers one mutation field of one request by one actor. What is stored is the use case's answer,
//! from which the selection is rendered again; it is encrypted, because the answer of a sign-in holds tokens.
//! A refused attempt stores nothing: it had no effect, and a person may correct what was refused.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, EntityTrait, QueryFilter, entity::prelude::*, sea_query::OnConflict};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Actor, Conn, Cx, Error, Result,
    crypto::{Keyring, sha256},
};

/// How long an answer is kept.
pub const KEPT: TimeDelta = TimeDelta::hours(24);
/// The longest key that is accepted, in characters.
pub const MAX_KEY: usize = 255;

/// A client's key and what it was sent with.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// The client's key.
    pub key: String,
    /// The response key of the mutation field, so that each field of a document has an answer of its own.
    pub field: String,
    /// SHA-256 of the request's body (query, operation name, variables).
    pub body: [u8; 32],
}

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "idempotency_keys")]
/// A stored answer.
pub struct Model {
    /// SHA-256 of actor, key and field.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Vec<u8>,
    /// SHA-256 of the request's body.
    pub body: Vec<u8>,
    /// The encrypted answer; absent only inside the transaction that makes it.
    pub answer: Option<Vec<u8>>,
    /// When the request came.
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
/// No relation.
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl IdempotencyKey {
    fn id(&self, cx: &Cx) -> Vec<u8> {
        let actor = match &cx.actor {
            // A key and the person behind it are two callers: they may do different things.
            Actor::User(user) => match user.api_key {
                Some(key) => key.to_string(),
                None => user.id.to_string(),
            },
            Actor::Platform(admin) => admin.id.to_string(),
            Actor::Anonymous => "anonymous".into(),
            Actor::System => "system".into(),
        };
        sha256([actor.as_str(), &self.key, &self.field].join("\0").as_bytes()).to_vec()
    }
}

/// Takes the key for this transaction, or returns the answer it already has. A second request with the same
/// key waits here for the first to end.
pub(crate) async fn claim<T: DeserializeOwned>(
    conn: &Conn,
    cx: &Cx,
    key: &IdempotencyKey,
    keyring: &Keyring,
) -> Result<Option<T>> {
    let id = key.id(cx);
    for _ in 0..2 {
        let row = ActiveModel {
            id: Set(id.clone()),
            body: Set(key.body.to_vec()),
            answer: Set(None),
            created_at: Set(cx.now),
        };
        let inserted = Entity::insert(row)
            .on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned())
            .exec_without_returning(conn)
            .await;
        match inserted {
            Ok(1) => return Ok(None),
            Ok(_) | Err(DbErr::RecordNotInserted) => {}
            Err(error) => return Err(error.into()),
        }
        let Some(found) = Entity::find_by_id(id.clone()).one(conn).await? else { continue };
        if found.created_at + KEPT <= cx.now {
            Entity::delete_by_id(id.clone()).exec(conn).await?;
            continue;
        }
        if found.body != key.body {
            return Err(Error::Conflict {
                message: "this idempotency key was used with another request".into(),
                retryable: false,
            });
        }
        let answer = found.answer.ok_or_else(|| Error::lost_race("the answer for this idempotency key"))?;
        let plain = keyring.decrypt(&id, &answer)?;
        return serde_json::from_slice(&plain).map(Some).map_err(Error::internal);
    }
    Err(Error::lost_race("this idempotency key"))
}

/// Stores the answer with the effect.
pub(crate) async fn store<T: Serialize>(
    conn: &Conn,
    cx: &Cx,
    key: &IdempotencyKey,
    answer: &T,
    keyring: &Keyring,
) -> Result<()> {
    let id = key.id(cx);
    let plain = serde_json::to_vec(answer).map_err(Error::internal)?;
    let sealed = keyring.encrypt(cx.source(), &id, &plain)?;
    Entity::update_many().col_expr(Column::Answer, Expr::value(sealed)).filter(Column::Id.eq(id)).exec(conn).await?;
    Ok(())
}

/// Removes answers older than [`KEPT`]; returns how many.
pub async fn purge(conn: &Conn, now: DateTime<Utc>) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::CreatedAt.lt(now - KEPT)).exec(conn).await?.rows_affected)
}
