//! One effect however often a request is sent: the answer of a mutation is stored in its own transaction.
//!
//! The key covers one mutation field of one request by one actor. What is stored is the use case's answer,
//! from which the selection is rendered again; it is encrypted, because the answer of a sign-in holds tokens.
//! A refused attempt stores nothing: it had no effect, and a person may correct what was refused.
//!
//! Since the selection is rendered again, a stored answer leads to what its things are now. Whoever does not see one of
//! them any more is told so instead, as by any other way to it; the effect stands.

use std::{fmt, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryFilter, entity::prelude::*, sea_query::OnConflict};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Actor, Conn, Cx, Error, Result,
    crypto::{Keyring, sha256},
};

/// How long an answer is kept.
pub const KEPT: TimeDelta = TimeDelta::hours(24);
/// The longest key that is accepted, in characters.
pub const MAX_KEY: usize = 255;

/// Knows all kinds of things that have an id.
pub trait Sight: Send + Sync {
    /// Whether one of these is there, but not for the actor. What is no id of anything, or of something that is gone, is not.
    fn hides<'a>(&'a self, cx: &'a Cx, ids: Vec<String>) -> BoxFuture<'a, Result<bool>>;
}

impl fmt::Debug for dyn Sight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sight")
    }
}

/// A client's key and what it was sent with.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// What is asked before a stored answer is given.
    pub sight: Arc<dyn Sight>,
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
pub(crate) async fn claim(conn: &Conn, cx: &Cx, key: &IdempotencyKey, keyring: &Keyring) -> Result<Option<Value>> {
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

/// A stored answer, for an actor who still sees what it shows.
pub(crate) async fn repeat<T: DeserializeOwned>(cx: &Cx, key: &IdempotencyKey, answer: Value) -> Result<T> {
    // Nobody who is not signed in is shown things; a receipt or a session is theirs.
    if matches!(cx.actor, Actor::User(_)) && key.sight.hides(cx, ids_in(&answer)).await? {
        return Err(Error::NotFound { what: "what this request did" });
    }
    serde_json::from_value(answer).map_err(Error::internal)
}

/// Every text that stands under `id`, however deep.
fn ids_in(answer: &Value) -> Vec<String> {
    match answer {
        Value::Array(several) => several.iter().flat_map(ids_in).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(id) if name == "id" => vec![id.clone()],
                other => ids_in(other),
            })
            .collect(),
        _ => Vec::new(),
    }
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
