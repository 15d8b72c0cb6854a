//! Somebody is forgotten in the trail.

use kernel::{
    Cx, Db, Result, Tx,
    db::{Emit, any_of},
    events::{Event, Resource, Severity},
    personal::Subject,
};
use sea_orm::{Condition, ConnectionTrait, EntityTrait, QueryFilter, entity::prelude::*};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::store::log;

/// Somebody's keys were destroyed: what the trail and the events said of them is unreadable.
#[derive(Debug, Clone, Serialize)]
pub struct PersonForgotten {
    /// Who it was, as far as that says nothing of them: the kind of thing and its id.
    #[serde(skip)]
    pub who: Resource,
    /// How many keys were destroyed.
    pub keys: usize,
}

impl Event for PersonForgotten {
    const KIND: &'static str = "person.forgotten";
    const TOPIC: &'static str = "audit";
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        self.who
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "keys": self.keys }))
    }
}

/// Destroys the keys of whoever is known by these subjects (a person or visitor, with the addresses they had), and takes out of
/// the rows what they are found by. Rows and chain stay as they are; what they said of somebody is unreadable, also in copies
/// that share the keys' table. Returns how many keys there were.
///
/// For Frontdesk itself, which was told to by somebody who may; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn forget(db: &Db, tx: &Tx, cx: &Cx, who: Resource, subjects: &[Subject]) -> Result<usize> {
    let keys = destroy(db, tx, cx, subjects).await?;
    tx.emit(cx, &PersonForgotten { who, keys });
    Ok(keys)
}

/// Destroys the keys of these subjects, and takes out of the rows what they are found by; returns how many there were.
pub(crate) async fn destroy(db: &Db, tx: &Tx, cx: &Cx, subjects: &[Subject]) -> Result<usize> {
    let conn = tx.conn();
    let keys = db.personal().destroy(tx, cx, subjects).await?;
    if !keys.is_empty() {
        let marked =
            Condition::any().add(log::Column::EmailMark.is_not_null()).add(log::Column::AddressMark.is_not_null());
        log::Entity::update_many()
            .col_expr(log::Column::EmailMark, Expr::value(Option::<Vec<u8>>::None))
            .col_expr(log::Column::AddressMark, Expr::value(Option::<Vec<u8>>::None))
            .filter(any_of(conn.get_database_backend(), log::Column::ActorKey, &keys))
            .filter(marked)
            .exec(conn)
            .await?;
    }
    Ok(keys.len())
}
