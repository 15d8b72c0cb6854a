//! Reads of imports.

use std::collections::{HashMap, HashSet};

use kernel::{Conn, Cx, Result, db::first_below, id::LeadImportId, record::Record};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    QueryTrait,
};

use crate::{
    policy::{MANAGE_LEADS, visible_imports},
    store::{
        imports::{
            error::{self, Model as LeadImportError},
            import::{Column, Entity, Model as LeadImport},
        },
        leads::lead,
    },
};

impl Record for Entity {
    type Id = LeadImportId;
    type Row = LeadImport;
    const WHAT: &'static str = "LeadImport";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(MANAGE_LEADS)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        visible_imports(cx)
    }
}

/// So many errors are shown of an import.
pub const SHOWN: usize = 100;

/// What was wrong with rows of each of these imports, by row, the first [`SHOWN`]. Whoever asks has found the imports.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn errors_of_each(
    conn: &Conn,
    imports: &[LeadImportId],
) -> Result<HashMap<LeadImportId, Vec<LeadImportError>>> {
    let mut found: HashMap<_, Vec<_>> = imports.iter().map(|id| (*id, Vec::new())).collect();
    if imports.is_empty() {
        return Ok(found);
    }
    let order = [(error::Column::RowNumber, false), (error::Column::ColumnName, false)];
    let select = error::Entity::find().into_query();
    let backend = conn.get_database_backend();
    let first = first_below(backend, select, error::Column::ImportId, imports, &order, SHOWN as u64, None);
    for row in conn.query_all(&first).await? {
        let row = LeadImportError::from_query_result(&row, "")?;
        found.entry(row.import_id).or_default().push(row);
    }
    Ok(found)
}

/// Which of these addresses and numbers leads have that went into no other, whoever sees them.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn taken(conn: &Conn, emails: &[String], phones: &[String]) -> Result<HashSet<String>> {
    let mut taken = HashSet::new();
    for (column, values) in [(lead::Column::Email, emails), (lead::Column::Phone, phones)] {
        for part in values.chunks(500) {
            let with = Condition::all()
                .add(column.is_in(part.iter().map(String::as_str)))
                .add(lead::Column::MergedIntoId.is_null());
            let rows = lead::Entity::find().select_only().column(column).distinct().filter(with);
            let found: Vec<Option<String>> = rows.into_tuple().all(conn).await?;
            taken.extend(found.into_iter().flatten());
        }
    }
    Ok(taken)
}
