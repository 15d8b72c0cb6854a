//! All records of one person, from any one of them: by what one record says of another, and by the same e-mail address. The same
//! telephone number is a hint and nothing more: families and companies share one.

use std::collections::{BTreeSet, VecDeque};

use kernel::{
    Conn, Cx, Db, Error, Result,
    db::TENANT,
    held::{Kind, Root},
};
use sea_orm::{
    ConnectionTrait,
    sea_query::{Alias, Condition, Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::theirs::Theirs;
use crate::{
    domain::persons::{Catalogue, Found, Someone, Start, Why, typed},
    policy::MANAGE_PERSONAL_DATA,
    store::persons::{After, Row, Table, id, rows, table, text},
};

/// So many records of one person are looked for.
pub const RECORDS: usize = 1_000;
/// So many hints are shown.
const HINTS: u64 = 20;
/// So many rows at a time.
const BATCH: u64 = 200;

/// The records of the person whom `start` names.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`] where nothing is held of such a person.
pub async fn person_records(db: &Db, cx: &Cx, catalogue: &Catalogue, start: &Start) -> Result<Someone> {
    cx.require(MANAGE_PERSONAL_DATA)?;
    find(db, cx, catalogue, start, true).await
}

/// The same for Frontdesk itself; without `by_email` only by what one record says of another.
///
/// # Errors
/// [`Error::NotFound`] where nothing is held of such a person.
pub async fn find(db: &Db, cx: &Cx, catalogue: &Catalogue, start: &Start, by_email: bool) -> Result<Someone> {
    let conn = db.reader(cx).await?;
    let mut search = Search {
        conn: &conn,
        catalogue,
        someone: Someone::default(),
        by_email,
        todo: VecDeque::new(),
        phones: BTreeSet::new(),
    };
    match start {
        Start::Record(kind, id) => {
            let root = catalogue.root(*kind).ok_or(Error::NotFound { what: "Person" })?;
            let own = Condition::all().add(column(root, "id").eq(*id));
            search.add(root, own, Why::Given, None).await?;
            if search.someone.records.is_empty() {
                return Err(Error::NotFound { what: "Person" });
            }
        }
        Start::Email(email) => search.email(email, Why::Given).await?,
    }
    search.follow().await?;
    search.hint().await?;
    let mut someone = search.someone;
    let keys = db.personal().of(&conn, cx, &someone.subjects()).await?;
    someone.ids.insert(Kind::Key, keys.into_iter().map(|key| key.0).collect());
    if someone.records.is_empty() && !anything(&conn, catalogue, &someone).await? {
        return Err(Error::NotFound { what: "Person" });
    }
    Ok(someone)
}

/// Whether an address without a record stands anywhere.
async fn anything(conn: &Conn, catalogue: &Catalogue, whose: &Someone) -> Result<bool> {
    let theirs = Theirs { catalogue, whose, outside: false, erasing: false, backend: conn.get_database_backend() };
    for held in catalogue.held.iter().flat_map(|(_, held)| held.iter()) {
        for tie in held.ties.iter().filter(|tie| matches!(tie.by, kernel::held::By::Email(_))) {
            let Some(condition) = theirs.tie(held, tie) else { continue };
            let mut select = Query::select();
            select.expr_as(Expr::val(1), "one").from((Alias::new(TENANT), Alias::new(held.table)));
            if conn.query_one(select.cond_where(condition).limit(1)).await?.is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn column(root: &Root, column: &str) -> Expr {
    Expr::col((Alias::new(root.table), Alias::new(column)))
}

struct Search<'a> {
    conn: &'a Conn,
    catalogue: &'a Catalogue,
    someone: Someone,
    by_email: bool,
    /// Records whose neighbours are to be looked for.
    todo: VecDeque<(&'static Root, Table, Row, String)>,
    phones: BTreeSet<String>,
}

impl Search<'_> {
    /// Adds the records that meet a condition and are not there yet.
    async fn add(&mut self, root: &'static Root, of: Condition, why: Why, by: Option<&str>) -> Result<()> {
        let table = table(self.conn, root.table).await?;
        let mut after = After::Begin;
        loop {
            let (found, next) = rows(self.conn, &table, of.clone(), None, after, BATCH).await?;
            for (row, _) in found {
                let Some(id) = id(&row, "id") else { continue };
                if self.someone.ids.get(&root.kind).is_some_and(|ids| ids.contains(&id)) {
                    continue;
                }
                if self.someone.records.len() == RECORDS {
                    self.someone.is_cut = true;
                    return Ok(());
                }
                let found = record(root, &row, id, why, by);
                self.someone.ids.entry(root.kind).or_default().insert(id);
                self.todo.push_back((root, table.clone(), row, found.shown.clone()));
                self.someone.records.push(found);
            }
            match next {
                Some(next) => after = next,
                None => return Ok(()),
            }
        }
    }

    /// Adds the records with an address.
    async fn email(&mut self, email: &str, why: Why) -> Result<()> {
        if !self.someone.emails.insert(email.to_owned()) {
            return Ok(());
        }
        for root in self.catalogue.roots().filter(|root| !root.emails.is_empty()) {
            let any = root.emails.iter().fold(Condition::any(), |any, name| any.add(column(root, name).eq(email)));
            self.add(root, any, why, Some(email)).await?;
        }
        Ok(())
    }

    /// Goes from record to record until nothing new is found.
    async fn follow(&mut self) -> Result<()> {
        while let Some((root, _, row, shown)) = self.todo.pop_front() {
            let Some(own) = id(&row, "id") else { continue };
            for name in root.emails {
                if let Some(email) = text(&row, name).filter(|_| self.by_email) {
                    Box::pin(self.email(email, Why::Email)).await?;
                }
            }
            self.phones.extend(root.phones.iter().filter_map(|name| text(&row, name)).map(str::to_owned));
            for link in root.links {
                let says = link.when.is_none_or(|(name, word)| text(&row, name) == Some(word));
                let Some((to, other)) = self.catalogue.root(link.to).zip(id(&row, link.column).filter(|_| says)) else {
                    continue;
                };
                self.add(to, Condition::all().add(column(to, "id").eq(other)), Why::Link, Some(&shown)).await?;
            }
            for other in self.catalogue.roots() {
                for link in other.links.iter().filter(|link| link.to == root.kind) {
                    let mut names = Condition::all().add(column(other, link.column).eq(own));
                    if let Some((name, word)) = link.when {
                        names = names.add(column(other, name).eq(word));
                    }
                    self.add(other, names, Why::Link, Some(&shown)).await?;
                }
            }
            if !root.alike.is_empty() {
                self.add(root, alike(root, own), Why::Participant, Some(&shown)).await?;
            }
        }
        Ok(())
    }

    /// Notes the records with the same telephone number.
    async fn hint(&mut self) -> Result<()> {
        let phones: Vec<_> = self.phones.iter().cloned().collect();
        if phones.is_empty() {
            return Ok(());
        }
        for root in self.catalogue.roots().filter(|root| !root.phones.is_empty()) {
            let any = root
                .phones
                .iter()
                .fold(Condition::any(), |any, name| any.add(column(root, name).is_in(phones.clone())));
            let table = table(self.conn, root.table).await?;
            let (found, _) = rows(self.conn, &table, any, None, After::Begin, HINTS).await?;
            for (row, _) in found {
                let Some(id) = id(&row, "id") else { continue };
                if self.someone.ids.get(&root.kind).is_some_and(|ids| ids.contains(&id)) {
                    continue;
                }
                let by =
                    root.phones.iter().filter_map(|name| text(&row, name)).find(|number| self.phones.contains(*number));
                self.someone.hints.push(record(root, &row, id, Why::Telephone, by));
            }
        }
        Ok(())
    }
}

/// Rows that are alike to one in the columns that say whose they are.
fn alike(root: &Root, own: Uuid) -> Condition {
    let mut one = Query::select();
    one.expr(Expr::val(1)).from_as((Alias::new(TENANT), Alias::new(root.table)), "other");
    one.and_where(Expr::col(("other", "id")).eq(own));
    for name in root.alike {
        one.and_where(Expr::col(("other", Alias::new(*name))).eq(column(root, name)));
    }
    Condition::all().add(Expr::exists(one))
}

fn record(root: &Root, row: &Row, id: Uuid, why: Why, by: Option<&str>) -> Found {
    let prefix = match (root.kind, text(row, "kind")) {
        (Kind::Person, Some("client")) => "cli",
        (Kind::Person, _) => "stf",
        _ => root.prefix,
    };
    Found {
        kind: root.kind,
        id,
        shown: typed(prefix, id),
        name: root.name.and_then(|name| text(row, name)).map(str::to_owned),
        email: root.emails.iter().find_map(|name| text(row, name)).map(str::to_owned),
        why,
        by: by.map(str::to_owned),
    }
}
