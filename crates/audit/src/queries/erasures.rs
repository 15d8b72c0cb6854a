//! Erasures as records, and what one would do.

use std::collections::BTreeMap;

use kernel::{
    Conn, Cx, Result,
    held::{By, Erased, Kind},
    id::ErasureId,
    record::Record,
};
use sea_orm::{Condition, ConnectionTrait, DbBackend};

use crate::{
    domain::{
        erasures::{Elsewhere, ErasedHow, Line, Plan, Task, Tasks},
        persons::{Catalogue, Someone},
    },
    policy::MANAGE_PERSONAL_DATA,
    queries::persons::{kept::Kept, theirs::Theirs},
    store::erasures::{
        erasure::{Column, Entity, Model},
        rows::count,
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

/// The table of keys, by which everything sealed goes at once.
pub const KEYS: &str = "personal_keys";

/// A context, a table of it, what becomes of its rows, and why.
type Of<'a> = (&'a str, &'a str, ErasedHow, Option<&'a str>);

/// What becomes of which rows, as it is now; `kept` is what of it is under a legal hold.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn plan(conn: &Conn, catalogue: &Catalogue, whose: &Someone, kept: &Kept<'_>) -> Result<Plan> {
    let theirs = Theirs { catalogue, whose, outside: false, erasing: true, backend: conn.get_database_backend() };
    let mut lines: BTreeMap<Of<'_>, (i64, &str)> = BTreeMap::new();
    let held_why = kept.why();
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
                let (mut rows, mut stay) = if inside { (0, 0) } else { count(conn, &theirs, kept, held, at).await? };
                if how == ErasedHow::Kept {
                    (rows, stay) = (rows + stay, 0);
                } else if held.table == KEYS && !kept.is_none() {
                    // What is sealed under them is about what is held, too.
                    (rows, stay) = (0, rows + stay);
                }
                if rows > 0 || inside && how == ErasedHow::Deleted && !kept.all {
                    lines.entry((context, held.table, how, why)).or_insert((0, held.about)).0 += rows;
                }
                if stay > 0 {
                    let of = (*context, held.table, ErasedHow::Kept, Some(held_why.as_str()));
                    lines.entry(of).or_insert((0, held.about)).0 += stay;
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
