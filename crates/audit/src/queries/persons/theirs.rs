//! By what rows are somebody's, as conditions of statements: made of what each context declares.

use kernel::{
    db::{
        TENANT,
        shape::{stands_in, typed_ids},
    },
    held::{By, Erased, Held, Part, Tie},
};
use sea_orm::{
    DbBackend,
    sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement, SimpleExpr},
};

use crate::domain::persons::{Catalogue, GivenRows, Someone};

/// So many words are looked for in texts.
const NEEDLES: usize = 200;

/// What makes conditions for one person.
pub struct Theirs<'a> {
    /// What is declared.
    pub catalogue: &'a Catalogue,
    /// Who.
    pub whose: &'a Someone,
    /// Whether what a client is not given is left out, with what hangs on it.
    pub outside: bool,
    /// Whether it is asked in order to erase: what hangs on a row that stays as it is stays with it.
    pub erasing: bool,
    /// For which database.
    pub backend: DbBackend,
}

/// The ids of all that is under a legal hold.
pub fn subjects() -> SelectStatement {
    let mut holds = Query::select();
    holds.column("subject_id").from((Alias::new(TENANT), "legal_holds"));
    holds.and_where(Expr::col("released_at").is_null());
    holds
}

impl Theirs<'_> {
    /// The rows of a table that are whole theirs; `None` where there can be none.
    pub fn whole(&self, held: &Held) -> Option<Condition> {
        self.by(held, Part::Whole)
    }

    /// The rows that are theirs in whatever way.
    pub fn any(&self, held: &Held) -> Option<Condition> {
        match (self.by(held, Part::Whole), self.by(held, Part::Named)) {
            (Some(whole), Some(named)) => Some(Condition::any().add(whole).add(named)),
            (whole, named) => whole.or(named),
        }
    }

    fn by(&self, held: &Held, part: Part) -> Option<Condition> {
        // What others were told about something of theirs is in words for those.
        let told = |tie: &Tie| self.outside && matches!(tie.by, By::Named { .. });
        let ties = held.ties.iter().filter(|tie| tie.part == part && !self.stays(tie) && !told(tie));
        let all: Vec<_> = ties.filter_map(|tie| self.tie(held, tie)).collect();
        if all.is_empty() {
            return None;
        }
        Some(Condition::all().add(all.into_iter().fold(Condition::any(), Condition::add)).add(self.rest(held)?))
    }

    /// Whether erasing leaves a row of this tie as it is: what hangs on it stays with it.
    pub fn stays(&self, tie: &Tie) -> bool {
        self.erasing && matches!(tie.erased, Erased::Id | Erased::Kept(_))
    }

    /// What is left of a table; `None` where that is nothing.
    fn rest(&self, held: &Held) -> Option<Condition> {
        let all = Condition::all();
        if !self.outside {
            return Some(all);
        }
        let col = |column: &'static str| Expr::col((Alias::new(held.table), Alias::new(column)));
        Some(match self.catalogue.given(held.table)?.rows {
            GivenRows::All => all,
            GivenRows::Where(column, word) => all.add(col(column).eq(word)),
            GivenRows::Own(column) => all.add(col(column).is_in(self.whose.ids.values().flatten().copied())),
        })
    }

    /// The rows that are theirs by one tie; `None` where there can be none, or where no statement can tell.
    pub fn tie(&self, held: &Held, tie: &Tie) -> Option<Condition> {
        let col = |column: &str| Expr::col((Alias::new(held.table), Alias::new(column)));
        let one = |expr: SimpleExpr| Some(Condition::all().add(expr));
        match tie.by {
            By::Id { column, of } => {
                let ids = self.whose.of(of);
                if ids.is_empty() { None } else { one(col(column).is_in(ids)) }
            }
            By::Email(column) => {
                let emails = &self.whose.emails;
                if emails.is_empty() { None } else { one(col(column).is_in(emails.iter().cloned())) }
            }
            By::Of { column, table, key } => {
                let keys = self.keys(table, Expr::col((Alias::new(table), Alias::new(key))))?;
                one(col(column).in_subquery(keys))
            }
            By::Entity { kind, id, of } => {
                let each = of.iter().filter_map(|(word, table)| {
                    let keys = self.keys(table, Expr::col((Alias::new(*table), Alias::new("id"))))?;
                    Some(Condition::all().add(col(kind).eq(*word)).add(col(id).in_subquery(keys)))
                });
                let each: Vec<_> = each.collect();
                (!each.is_empty()).then(|| each.into_iter().fold(Condition::any(), Condition::add))
            }
            By::Named { column, of } => {
                let each = of.iter().filter_map(|(prefix, table)| {
                    Some(col(column).in_subquery(self.keys(table, typed_ids(self.backend, prefix, table))?))
                });
                let each: Vec<_> = each.collect();
                (!each.is_empty()).then(|| each.into_iter().fold(Condition::any(), Condition::add))
            }
            By::Mentions(column) => {
                let needles = self.whose.needles();
                let each = needles.into_iter().take(NEEDLES);
                let each = each.map(|needle| stands_in(self.backend, held.table, column, needle));
                let each: Vec<_> = each.collect();
                (!each.is_empty()).then(|| each.into_iter().fold(Condition::any(), Condition::add))
            }
            By::Inside(_) => None,
        }
    }

    /// The ids of the rows of a table that are whole theirs and under a legal hold; `None` where there can be none.
    pub fn held(&self, table: &'static str) -> Option<SelectStatement> {
        let id = Expr::col((Alias::new(table), Alias::new("id")));
        let mut select = self.keys(table, id.clone())?;
        select.and_where(id.in_subquery(subjects()));
        Some(select)
    }

    /// What is said of the rows of a table that are whole theirs.
    pub fn keys(&self, table: &'static str, what: SimpleExpr) -> Option<SelectStatement> {
        let held = self.catalogue.of(table)?;
        let mut select = Query::select();
        select.expr(what).from((Alias::new(TENANT), Alias::new(table))).cond_where(self.whole(held)?);
        Some(select)
    }
}
