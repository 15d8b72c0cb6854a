//! Legal holds, for those who may see them, and for whatever removes something.

use kernel::{
    Conn, Cx, Result,
    db::any_uuid_of,
    id::LegalHoldId,
    record::{Field, Record},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    policy::{MANAGE_RETENTION, VIEW_RETENTION},
    store::retention::hold::{Column, Entity, Model},
};

/// By what is held.
pub const HOLDS_BY_SUBJECT: Field<Column> = Field::new("subjectId", &[Column::SubjectId]);
/// By whether it is released.
pub const HOLDS_BY_RELEASED: Field<Column> = Field::new("isReleased", &[Column::ReleasedAt]);

/// How many ids one statement asks for.
const ASKED: usize = 500;

impl Record for Entity {
    type Id = LegalHoldId;
    type Row = Model;
    const WHAT: &'static str = "LegalHold";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_RETENTION)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        // Who manages them finds them.
        (cx.can(VIEW_RETENTION) || cx.can(MANAGE_RETENTION)).then(Condition::all)
    }
}

/// The holds that are on any of these things, each named by its kind (such as `Visitor`) and its id: oldest first. Ids are
/// no two things', so a colleague who is held is found as `Staff` and as `User`.
///
/// For whatever removes something; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn holds_on(conn: &Conn, things: &[(&str, Uuid)]) -> Result<Vec<Model>> {
    let mut found = Vec::new();
    for some in things.chunks(ASKED) {
        let ids = some.iter().map(|(_, id)| *id).collect();
        let these = any_uuid_of(conn.get_database_backend(), Column::SubjectId, ids);
        found.extend(Entity::find().filter(these).filter(Column::ReleasedAt.is_null()).all(conn).await?);
    }
    found.sort_by_key(|hold| (hold.placed_at, hold.id));
    Ok(found)
}

/// The ids of all that is held.
///
/// For whatever removes something; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn held_ids(conn: &Conn) -> Result<Vec<Uuid>> {
    let ids = Entity::find()
        .select_only()
        .column(Column::SubjectId)
        .filter(Column::ReleasedAt.is_null())
        .order_by_asc(Column::SubjectId)
        .into_tuple();
    Ok(ids.all(conn).await?)
}
