//! Erasures as records, and what one would do.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    Conn, Cx, Result,
    held::{By, Erased, Kind},
    id::ErasureId,
    record::Record,
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    domain::{
        erasures::{Elsewhere, ErasedHow, Line, Plan, Task, Tasks},
        persons::{Catalogue, Someone},
    },
    policy::MANAGE_PERSONAL_DATA,
    queries::persons::theirs::Theirs,
    store::{
        erasures::{
            erasure::{Column, Entity, Model},
            rows::count,
        },
        persons::table,
        retention::hold::{self, Entity as Holds, Model as LegalHold},
    },
};

impl Record for Entity {
    type Id = ErasureId;
    type Row = Model;
    const WHAT: &'static str = "Erasure";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(MANAGE_PERSONAL_DATA)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(MANAGE_PERSONAL_DATA).then(Condition::all)
    }
}

/// A context, a table of it, what becomes of its rows, and why.
type Of<'a> = (&'a str, &'a str, ErasedHow, Option<&'a str>);

/// What becomes of which rows, as it is now.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn plan(conn: &Conn, catalogue: &Catalogue, whose: &Someone) -> Result<Plan> {
    let theirs = Theirs { catalogue, whose, outside: false, erasing: true, backend: conn.get_database_backend() };
    let mut lines: BTreeMap<Of<'_>, (i64, &str)> = BTreeMap::new();
    for (context, all) in catalogue.held {
        for held in *all {
            for (at, tie) in held.ties.iter().enumerate() {
                let (how, why) = match tie.erased {
                    Erased::Row => (ErasedHow::Deleted, None),
                    Erased::Values(_) => (ErasedHow::Anonymised, None),
                    Erased::Kept(why) => (ErasedHow::Kept, Some(why)),
                    // That somebody is named by an id says nothing of them.
                    Erased::Id => continue,
                };
                let inside = matches!(tie.by, By::Inside(_));
                let rows = if inside { 0 } else { count(conn, &theirs, held, at).await? };
                if rows > 0 || inside && how == ErasedHow::Deleted {
                    lines.entry((context, held.table, how, why)).or_insert((0, held.about)).0 += rows;
                }
            }
        }
    }
    let line = |((context, table, how, why), (rows, about)): (Of<'_>, (i64, &str))| Line {
        context: context.to_owned(),
        table: table.to_owned(),
        about: about.to_owned(),
        how,
        why: why.map(str::to_owned),
        rows,
    };
    let mut records: Vec<_> = whose.records.iter().map(|record| record.shown.clone()).collect();
    records.sort_unstable();
    Ok(Plan { records, lines: lines.into_iter().map(line).collect() })
}

/// The oldest hold that is on somebody or on what is theirs, whatever kind of thing it is: ids are no two things', so every table with
/// ids is asked.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn held(conn: &Conn, catalogue: &Catalogue, whose: &Someone) -> Result<Option<LegalHold>> {
    let holds = Holds::find().filter(hold::Column::ReleasedAt.is_null());
    let holds = holds.order_by_asc(hold::Column::PlacedAt).order_by_asc(hold::Column::Id).all(conn).await?;
    if holds.is_empty() {
        return Ok(None);
    }
    let mut held: BTreeSet<Uuid> = whose.ids.values().flatten().copied().collect();
    for of in catalogue.held.iter().flat_map(|(_, all)| all.iter()) {
        // What is sealed under their key stays and is not to be read any more.
        let erasing = !of.ties.iter().any(|tie| matches!(tie.by, By::Id { of: Kind::Key, .. }));
        let theirs = Theirs { catalogue, whose, outside: false, erasing, backend: conn.get_database_backend() };
        let Some(select) = theirs.held(of.table) else { continue };
        if !table(conn, of.table).await?.has_ids() {
            continue;
        }
        for row in conn.query_all(&select).await? {
            held.insert(row.try_get_by_index(0)?);
        }
    }
    Ok(holds.into_iter().find(|hold| held.contains(&hold.subject_id)))
}

/// What is to be done by hand where Frontdesk does not reach.
pub fn tasks(plan: &Plan, whose: &Someone) -> Tasks {
    let task =
        |what, record: Option<&str>| Task { what, record: record.map(str::to_owned), done_at: None, done_by: None };
    let of = |kind: Kind| whose.records.iter().filter(move |record| record.kind == kind);
    let mut all = Vec::new();
    if plan.lines.iter().any(|line| line.table == "crm_records") {
        all.extend(of(Kind::Lead).map(|lead| task(Elsewhere::CrmRecord, Some(&lead.shown))));
    }
    all.extend(of(Kind::Contact).map(|contact| task(Elsewhere::B2chatContact, Some(&contact.shown))));
    all.extend(of(Kind::Participant).map(|one| task(Elsewhere::SocialConversation, Some(&one.shown))));
    if !whose.emails.is_empty() {
        all.push(task(Elsewhere::Mail, None));
    }
    all.push(task(Elsewhere::Backups, None));
    Tasks(all)
}
