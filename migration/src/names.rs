//! Names that were given before they were compared in one form.

use std::collections::HashSet;

use icu_casemap::CaseMapper;
use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use sea_orm_migration::{
    prelude::*,
    sea_orm::{
        ConnectionTrait,
        prelude::Uuid,
        sea_query::{Alias, Query},
    },
};
use unicode_normalization::UnicodeNormalization;

/// A table whose rows have names.
pub(crate) struct Named {
    pub(crate) table: &'static str,
    /// The column of the thing below which the names are one.
    pub(crate) below: Option<&'static str>,
    /// The column that is empty of those that count.
    pub(crate) unless: Option<&'static str>,
}

/// Fills `name_folded`. The oldest of those with one name has it; the others keep the name, have no form of it, and are named
/// in the log.
pub(crate) async fn fold(manager: &SchemaManager<'_>, named: &Named) -> Result<(), DbErr> {
    let Named { table, below, unless } = *named;
    let conn = manager.get_connection();
    let column = Alias::new;
    let mut rows = Query::select();
    rows.columns([column("id"), column("name"), column(below.unwrap_or("id"))]).from(column(table));
    if let Some(unless) = unless {
        rows.and_where(Expr::col(column(unless)).is_null());
    }
    rows.order_by(column("created_at"), Order::Asc).order_by(column("id"), Order::Asc);
    let mut taken = HashSet::new();
    for row in conn.query_all(&rows).await? {
        let (id, name): (Uuid, String) = (row.try_get("", "id")?, row.try_get("", "name")?);
        let below: Option<Uuid> = below.map_or(Ok(None), |below| row.try_get("", below))?;
        let folded = folded(&name);
        if !taken.insert((below, folded.clone())) {
            tracing::warn!(table, %id, name, "has the name of another; rename one of them");
            continue;
        }
        let mut update = Query::update();
        update.table(column(table)).value(column("name_folded"), folded).and_where(Expr::col(column("id")).eq(id));
        conn.execute(&update).await?;
    }
    Ok(())
}

/// The form in which names are compared, as it was when they were first compared so: compatible characters are one, upper and
/// lower case too, and what nobody sees is not there.
fn folded(name: &str) -> String {
    let caser = CaseMapper::new();
    let seen: String =
        name.nfd().filter(|c| !CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(*c)).collect();
    let folded: String = caser.fold_string(&seen).nfkd().collect();
    let folded: String = caser.fold_string(&folded).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}
