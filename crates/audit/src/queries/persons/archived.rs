//! What archives hold of somebody: a line tells whose it was by the columns that told it while it was a row.

use std::collections::BTreeSet;

use kernel::{
    Conn, Cx, Db, Error, Result,
    files::Storage,
    held::{By, Held, Part},
};
use sea_orm::{
    ConnectionTrait,
    sea_query::{Alias, Expr},
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{kept::Kept, theirs::Theirs};
use crate::{
    domain::{erasures::HangsOn, persons::GivenRows},
    queries::retention::archives::{archived_rows, archives_to_read},
    store::{
        persons::{Row, text},
        retention::archive::Model as Archive,
    },
};

/// By what lines of a table's archives are whole somebody's.
pub struct Known {
    /// By ids in these columns.
    ids: Vec<(&'static str, BTreeSet<Uuid>)>,
    /// By ids of rows that they hang on.
    pub hangs_on: HangsOn,
    /// By addresses in these.
    emails: Vec<(&'static str, BTreeSet<String>)>,
}

/// The ids that a row names.
pub fn ids_in(row: &Row) -> impl Iterator<Item = Uuid> {
    // Both databases' archives have ids as text, one with hyphens and one without.
    let ids = row.iter().filter(|(column, _)| *column == "id" || column.ends_with("_id"));
    ids.filter_map(|(_, value)| value.as_str().and_then(|text| Uuid::try_parse(text).ok()))
}

impl Known {
    /// What a person is known by in a table; `None` where nothing in it can be theirs. What is told by a row that this one hangs on
    /// is told as long as that row is here: it must be asked before that goes, and what was told `before` counts.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database is away.
    pub async fn of(
        conn: &Conn,
        theirs: &Theirs<'_>,
        held: &'static Held,
        before: Option<&HangsOn>,
    ) -> Result<Option<Self>> {
        // Archives are asked by ids and addresses: rows that are given as far as they say something are not looked for in them.
        if theirs.outside
            && !theirs.catalogue.given(held.table).is_some_and(|given| matches!(given.rows, GivenRows::All))
        {
            return Ok(None);
        }
        let hangs_on = before.cloned().unwrap_or_default();
        let mut known = Self { ids: Vec::new(), hangs_on, emails: Vec::new() };
        for tie in held.ties.iter().filter(|tie| tie.part == Part::Whole && !theirs.stays(tie)) {
            match tie.by {
                By::Id { column, of } => known.ids.push((column, theirs.whose.of(of).into_iter().collect())),
                By::Email(column) => known.emails.push((column, theirs.whose.emails.iter().cloned().collect())),
                By::Of { column, table, key } => {
                    let keys = theirs.keys(table, Expr::col((Alias::new(table), Alias::new(key))));
                    let ids = known.hangs_on.entry(column.to_owned()).or_default();
                    for row in match keys {
                        Some(keys) => conn.query_all(&keys).await?,
                        None => Vec::new(),
                    } {
                        ids.insert(row.try_get_by_index::<Uuid>(0)?);
                    }
                }
                // No table that is archived has rows that are told by anything else.
                By::Entity { .. } | By::Named { .. } | By::Mentions(_) | By::Inside(_) => {}
            }
        }
        known.ids.retain(|(_, ids)| !ids.is_empty());
        known.hangs_on.retain(|_, ids| !ids.is_empty());
        known.emails.retain(|(_, emails)| !emails.is_empty());
        let is_none = known.ids.is_empty() && known.hangs_on.is_empty() && known.emails.is_empty();
        Ok((!is_none).then_some(known))
    }

    /// Whether a row is theirs.
    pub fn owns(&self, row: &Row) -> bool {
        // Both databases' archives have ids as text, one with hyphens and one without.
        let id = |column: &str| text(row, column).and_then(|text| Uuid::try_parse(text).ok());
        let told = self.ids.iter().map(|(column, ids)| (*column, ids));
        let told = told.chain(self.hangs_on.iter().map(|(column, ids)| (column.as_str(), ids)));
        told.into_iter().any(|(column, ids)| id(column).is_some_and(|id| ids.contains(&id)))
            || self.emails.iter().any(|(column, emails)| text(row, column).is_some_and(|email| emails.contains(email)))
    }

    /// Whether a line of an archive is theirs and nothing in it is held.
    ///
    /// # Errors
    /// [`Error::Internal`] for what is no row.
    pub fn goes(&self, line: &str, kept: &Kept<'_>) -> Result<bool> {
        let row: Row = serde_json::from_str(line).map_err(Error::internal)?;
        Ok(self.owns(&row) && !kept.has_any(ids_in(&row)))
    }
}

/// The rows of one archive that are theirs.
///
/// # Errors
/// [`Error::Internal`] with the key of an archive that is not what was written; [`Error::Unavailable`] where the storage is away.
pub async fn theirs_in(storage: &dyn Storage, archive: &Archive, known: &Known) -> Result<Vec<Row>> {
    let mut theirs = Vec::new();
    for line in archived_rows(storage, archive).await? {
        let mut row: Row = serde_json::from_str(&line).map_err(Error::internal)?;
        if known.owns(&row) {
            row.iter_mut().filter(|(column, _)| *column == "id" || column.ends_with("_id")).for_each(|(_, value)| {
                if let Some(id) = value.as_str().and_then(|text| Uuid::try_parse(text).ok()) {
                    *value = Json::String(id.to_string());
                }
            });
            theirs.push(row);
        }
    }
    Ok(theirs)
}

/// What a person is known by in a table that has archives, with those.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn known_in_archives(
    db: &Db,
    cx: &Cx,
    theirs: &Theirs<'_>,
    held: &'static Held,
) -> Result<Option<(Known, Vec<Archive>)>> {
    let conn = db.reader(cx).await?;
    let archives = archives_to_read(&conn, None, Some(held.table), (None, None)).await?;
    // Rows of the trail are sealed under keys of theirs.
    if archives.is_empty() || archives.iter().any(|archive| archive.chain.is_some()) {
        return Ok(None);
    }
    Ok(Known::of(&conn, theirs, held, None).await?.map(|known| (known, archives)))
}
