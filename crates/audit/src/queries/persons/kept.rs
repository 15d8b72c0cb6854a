//! What of somebody's is under a legal hold, and so stays when the rest is erased: what is held, what hangs on it, and what those
//! rows name, so that they go on saying what they said. A hold on a record of theirs holds all that is theirs.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    Conn, Result,
    db::{
        TENANT,
        erase::{Reference, references},
    },
    held::{By, Held, Kind, Part},
    id::LegalHoldId,
};
use sea_orm::{
    ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::theirs::{Theirs, subjects};
use crate::{
    domain::persons::{Catalogue, Someone, typed},
    store::{
        erasures::rows::in_order,
        persons::table,
        retention::hold::{Column, Entity as Holds, Model as LegalHold},
    },
};

/// Where more rows than this are held one by one, all that is theirs waits: statements take so many ids.
const ROWS: usize = 5_000;

type Rows = BTreeMap<&'static str, BTreeSet<Uuid>>;

/// What stays.
#[derive(Debug, Clone)]
pub struct Kept<'a> {
    catalogue: &'a Catalogue,
    /// The holds that keep something of theirs, oldest first.
    pub holds: Vec<LegalHold>,
    /// All holds of the company when this was looked at.
    pub standing: Vec<LegalHoldId>,
    /// Whether all that is theirs stays.
    pub all: bool,
    /// Rows that are held, and those that hang on them as far as others hang on those.
    below: Rows,
    /// Rows that those name.
    named: Rows,
    /// The tables whose rows have ids.
    with_ids: BTreeSet<&'static str>,
}

/// The holds that stand, oldest first.
async fn standing(conn: &Conn) -> Result<Vec<LegalHold>> {
    let holds = Holds::find().filter(Column::ReleasedAt.is_null());
    Ok(holds.order_by_asc(Column::PlacedAt).order_by_asc(Column::Id).all(conn).await?)
}

fn col(table: &'static str, column: &'static str) -> Expr {
    Expr::col((Alias::new(table), Alias::new(column)))
}

impl<'a> Kept<'a> {
    /// What of somebody's is held now.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    pub async fn of(conn: &Conn, catalogue: &'a Catalogue, whose: &Someone) -> Result<Self> {
        let holds = standing(conn).await?;
        let standing = holds.iter().map(|hold| hold.id).collect();
        let mut kept = Self {
            catalogue,
            holds: Vec::new(),
            standing,
            all: false,
            below: Rows::new(),
            named: Rows::new(),
            with_ids: BTreeSet::new(),
        };
        if holds.is_empty() {
            return Ok(kept);
        }
        let is_theirs = |hold: &&LegalHold| whose.ids.values().any(|ids| ids.contains(&hold.subject_id));
        kept.holds = holds.iter().filter(is_theirs).cloned().collect();
        kept.all = !kept.holds.is_empty();
        if kept.all {
            return Ok(kept);
        }
        let references = references(conn).await?;
        let order = in_order(catalogue, &references);
        for (_, held) in &order {
            if table(conn, held.table).await?.has_ids() {
                kept.with_ids.insert(held.table);
            }
        }
        let search = Search { conn, catalogue, whose, references };
        let on = search.below(&mut kept, &order).await?;
        kept.holds = holds.into_iter().filter(|hold| on.contains(&hold.subject_id)).collect();
        if kept.is_none() {
            return Ok(kept);
        }
        // What they name names others in its turn.
        while !kept.all && search.name(&mut kept, &order).await? {}
        Ok(kept)
    }

    /// Whether nothing of theirs is held.
    pub fn is_none(&self) -> bool {
        self.holds.is_empty()
    }

    /// Whether other holds stand by now.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    pub async fn is_out_of_date(&self, conn: &Conn) -> Result<bool> {
        let now = Holds::find().select_only().column(Column::Id).filter(Column::ReleasedAt.is_null());
        let now: Vec<LegalHoldId> =
            now.order_by_asc(Column::PlacedAt).order_by_asc(Column::Id).into_tuple().all(conn).await?;
        Ok(now != self.standing)
    }

    /// Which holds, and why, as a sentence.
    pub fn why(&self) -> String {
        let each: Vec<_> = self.holds.iter().map(|hold| format!("{}: {}", hold.id, hold.reason)).collect();
        format!("under a legal hold ({})", each.join("; "))
    }

    /// The rows of a table that stay; `None` where none do.
    pub fn rows(&self, held: &Held) -> Option<Condition> {
        if self.all {
            return Some(Condition::all());
        }
        if self.is_none() {
            return None;
        }
        let own = [self.below.get(held.table), self.named.get(held.table)];
        let own = own.into_iter().flatten();
        let own = own.map(|ids| Condition::all().add(col(held.table, "id").is_in(ids.iter().copied())));
        let each: Vec<_> = own.chain(self.hanging(held)).collect();
        (!each.is_empty()).then(|| each.into_iter().fold(Condition::any(), Condition::add))
    }

    /// What hangs on rows that are held, whosever those are: ids are no two things'.
    fn hanging(&self, held: &Held) -> Vec<Condition> {
        let mut each = Vec::new();
        let on = |column: Expr, table: &str| {
            let ids = self.below.get(table).map(|ids| column.clone().is_in(ids.iter().copied()));
            Condition::any().add_option(ids).add(column.in_subquery(subjects()))
        };
        for tie in held.ties.iter().filter(|tie| tie.part == Part::Whole) {
            match tie.by {
                By::Of { column, table, key: "id" } => each.push(on(col(held.table, column), table)),
                By::Of { column, table, key } => {
                    let Some(rows) = self.held_of(table) else { continue };
                    let mut keys = Query::select();
                    keys.expr(col(table, key)).from((Alias::new(TENANT), Alias::new(table))).cond_where(rows);
                    each.push(Condition::all().add(col(held.table, column).in_subquery(keys)));
                }
                By::Entity { kind, id, of } => {
                    for (word, table) in of {
                        let these = Condition::all().add(col(held.table, kind).eq(*word));
                        each.push(these.add(on(col(held.table, id), table)));
                    }
                }
                By::Named { column, of } => {
                    for (prefix, table) in of {
                        let Some(ids) = self.below.get(table) else { continue };
                        let ids = col(held.table, column).is_in(ids.iter().map(|id| typed(prefix, *id)));
                        each.push(Condition::all().add(ids));
                    }
                }
                By::Id { .. } | By::Email(_) | By::Mentions(_) | By::Inside(_) => {}
            }
        }
        each
    }

    /// The rows of a table that others may hang on.
    fn held_of(&self, table: &'static str) -> Option<Condition> {
        if self.with_ids.contains(table) {
            let ids = self.below.get(table)?;
            return Some(Condition::all().add(col(table, "id").is_in(ids.iter().copied())));
        }
        let each = self.hanging(self.catalogue.of(table)?);
        (!each.is_empty()).then(|| each.into_iter().fold(Condition::any(), Condition::add))
    }

    /// Whether a line of an archive that names these ids stays.
    pub fn has_any(&self, ids: impl Iterator<Item = Uuid>) -> bool {
        let held: BTreeSet<_> = self.holds.iter().map(|hold| hold.subject_id).collect();
        self.all || ids.into_iter().any(|id| held.contains(&id) || self.below.values().any(|rows| rows.contains(&id)))
    }

    /// The records that do not stay, of whom what no statement looks into is erased.
    pub fn without(&self, whose: &Someone) -> Someone {
        let mut rest = whose.clone();
        for root in self.catalogue.roots() {
            let stay = [self.below.get(root.table), self.named.get(root.table)];
            let stay: BTreeSet<_> = stay.into_iter().flatten().flatten().copied().collect();
            let Some(ids) = rest.ids.get_mut(&root.kind) else { continue };
            let before = ids.len();
            ids.retain(|id| !stay.contains(id));
            // What B2Chat says of them names them by their address too.
            if ids.len() < before && matches!(root.kind, Kind::Contact | Kind::Agent) {
                rest.emails.clear();
            }
        }
        rest
    }

    /// Their records of a kind that stay because something that is held names them.
    pub fn named(&self, whose: &Someone, kind: Kind) -> Vec<Uuid> {
        let rows = self.catalogue.root(kind).and_then(|root| self.named.get(root.table));
        whose.of(kind).into_iter().filter(|id| rows.is_some_and(|rows| rows.contains(id))).collect()
    }

    fn size(&self) -> usize {
        self.below.values().chain(self.named.values()).map(BTreeSet::len).sum()
    }
}

struct Search<'a> {
    conn: &'a Conn,
    catalogue: &'a Catalogue,
    whose: &'a Someone,
    references: Vec<Reference>,
}

impl Search<'_> {
    fn theirs(&self, held: &Held) -> Theirs<'_> {
        // What is sealed under their key stays and is not to be read any more.
        let erasing = !held.ties.iter().any(|tie| matches!(tie.by, By::Id { of: Kind::Key, .. }));
        let (catalogue, whose, backend) = (self.catalogue, self.whose, self.conn.get_database_backend());
        Theirs { catalogue, whose, outside: false, erasing, backend }
    }

    async fn ids(&self, select: &SelectStatement) -> Result<BTreeSet<Uuid>> {
        let mut ids = BTreeSet::new();
        for row in self.conn.query_all(select).await? {
            ids.extend(row.try_get_by_index::<Option<Uuid>>(0)?);
        }
        Ok(ids)
    }

    /// Notes what is held and what hangs on it, from what others hang on to those; returns the ids that are held.
    async fn below(&self, kept: &mut Kept<'_>, order: &[(&'static str, &'static Held)]) -> Result<BTreeSet<Uuid>> {
        let parents: BTreeSet<_> =
            order.iter().flat_map(|(_, held)| held.ties.iter().flat_map(|tie| tie.tables())).collect();
        let mut on = BTreeSet::new();
        for (_, held) in order.iter().rev().filter(|(_, held)| kept.with_ids.contains(held.table)) {
            let theirs = self.theirs(held);
            let Some((select, whole)) = theirs.held(held.table).zip(theirs.whole(held)) else { continue };
            let mut rows = self.ids(&select).await?;
            on.extend(rows.iter().copied());
            // Of what hangs on something of others that is held, it is that which keeps it.
            for column in held.ties.iter().filter(|tie| tie.part == Part::Whole).filter_map(|tie| match tie.by {
                By::Of { column, key: "id", .. } | By::Entity { id: column, .. } => Some(column),
                _ => None,
            }) {
                let column = col(held.table, column);
                let mut select = Query::select();
                select.distinct().expr(column.clone()).from((Alias::new(TENANT), Alias::new(held.table)));
                select.cond_where(whole.clone()).and_where(column.in_subquery(subjects()));
                on.extend(self.ids(&select).await?);
            }
            let mut more = true;
            // Rows may hang on others of the same table.
            while more && !kept.all {
                if !rows.is_empty() {
                    kept.below.insert(held.table, rows.clone());
                }
                let before = rows.len();
                let hanging = kept.hanging(held);
                if parents.contains(held.table) && !hanging.is_empty() {
                    let any = hanging.into_iter().fold(Condition::any(), Condition::add);
                    let mut select = Query::select();
                    select.expr(col(held.table, "id")).from((Alias::new(TENANT), Alias::new(held.table)));
                    select.cond_where(Condition::all().add(any).add(whole.clone()));
                    rows.extend(self.ids(select.limit(ROWS as u64 + 1)).await?);
                }
                more = rows.len() > before;
                kept.all |= kept.size() + rows.len() - before > ROWS;
            }
        }
        Ok(on)
    }

    /// Notes what the rows name that stay; returns whether that was more than before.
    async fn name(&self, kept: &mut Kept<'_>, order: &[(&'static str, &'static Held)]) -> Result<bool> {
        let before = kept.size();
        for (_, held) in order {
            let Some(rows) = kept.rows(held) else { continue };
            for tie in held.ties.iter().filter(|tie| tie.part == Part::Whole) {
                match tie.by {
                    By::Id { column, of } => {
                        let Some(root) = self.catalogue.root(of) else { continue };
                        self.add(kept, held, rows.clone(), col(held.table, column), root.table).await?;
                    }
                    By::Of { column, table, key: "id" } => {
                        self.add(kept, held, rows.clone(), col(held.table, column), table).await?;
                    }
                    By::Entity { kind, id, of } => {
                        for (word, to) in of {
                            let these = Condition::all().add(rows.clone()).add(col(held.table, kind).eq(*word));
                            self.add(kept, held, these, col(held.table, id), to).await?;
                        }
                    }
                    By::Of { .. } | By::Named { .. } | By::Email(_) | By::Mentions(_) | By::Inside(_) => {}
                }
            }
            for one in self.references.iter().filter(|one| one.table == held.table && one.key == "id") {
                let Some(to) = self.catalogue.of(&one.to) else { continue };
                let column = Expr::col((Alias::new(held.table), Alias::new(&one.column)));
                self.add(kept, held, rows.clone(), column, to.table).await?;
            }
            kept.all |= kept.size() > ROWS;
        }
        Ok(kept.size() > before)
    }

    /// Notes the rows of another table that a column of these rows names.
    async fn add(
        &self,
        kept: &mut Kept<'_>,
        held: &Held,
        rows: Condition,
        column: Expr,
        to: &'static str,
    ) -> Result<()> {
        let Some(whole) = self.theirs(held).whole(held).filter(|_| kept.with_ids.contains(to)) else { return Ok(()) };
        let mut select = Query::select();
        select.distinct().expr(column.clone()).from((Alias::new(TENANT), Alias::new(held.table)));
        select.cond_where(Condition::all().add(rows).add(whole)).and_where(column.is_not_null());
        let mut found = self.ids(select.limit(ROWS as u64 + 1)).await?;
        if let Some(known) = kept.below.get(to) {
            found.retain(|id| !known.contains(id));
        }
        if !found.is_empty() {
            kept.named.entry(to).or_default().extend(found);
        }
        Ok(())
    }
}
