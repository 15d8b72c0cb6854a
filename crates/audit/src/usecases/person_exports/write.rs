//! What is held on a person is written: table by table, batch by batch, and handed on before the next is read.

use std::collections::HashMap;

use futures_util::StreamExt;
use kernel::{
    Cx, Db, Error, Result,
    db::any_of,
    files::{self, Files, clean_name},
    held::{By, Held, Kind},
    id::{EventId, FileId, PersonExportId, PersonalKeyId, TypedId},
    personal::{PersonalKey, join, place},
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::archive::Archive;
use crate::{
    domain::{
        person_exports::page::{Attached, Part},
        persons::{Catalogue, Found, Someone},
    },
    ports::persons::PersonDesk,
    queries::{
        list::AuditLog,
        persons::{
            archived::{known_in_archives, theirs_in},
            theirs::Theirs,
        },
    },
    store::{
        log,
        person_exports::{
            person_export::Model as PersonExport,
            repository::{Progress, note_progress},
        },
        persons::{After, Row, Table, id, rows, table, text},
    },
};

/// So many rows at a time.
const BATCH: u64 = 200;
/// So many rows are written between two notes of how far it is.
const NOTED: i32 = 5_000;
/// So many files are named on the page.
const NAMED: usize = 1_000;
/// What others wrote is in these, or what was given out before.
const NOT_TAKEN: &[&str] = &["exp", PersonExportId::PREFIX];
/// What says that a row only names somebody.
const PART: &str = "$part";

/// What is written, and for whom.
pub struct Sheet<'a> {
    /// The databases.
    pub db: &'a Db,
    /// The files.
    pub files: &'a Files,
    /// What other contexts answer.
    pub desk: &'a dyn PersonDesk,
    /// What is declared.
    pub catalogue: &'a Catalogue,
    /// Who notes how far it is.
    pub cx: &'a Cx,
    /// The export.
    pub export: &'a PersonExport,
    /// Whose data they are.
    pub whose: &'a Someone,
    /// Whether what a client is not given is left out.
    pub outside: bool,
    /// Their keys.
    pub keys: HashMap<PersonalKeyId, Option<PersonalKey>>,
}

/// What was written.
#[derive(Debug, Default)]
pub struct Written {
    /// The tables.
    pub parts: Vec<Part>,
    /// The first files.
    pub files: Vec<Attached>,
    /// How many files there are whose bytes are in it.
    pub file_count: usize,
    /// How many rows.
    pub rows: i32,
}

/// Why nothing more is written: it was cancelled, or another worker makes it.
pub fn taken_back() -> Error {
    Error::Conflict { message: "the export is made no more".into(), retryable: false }
}

/// A table's file in the archive, begun with its first row.
struct Lines<'a> {
    archive: &'a Archive,
    path: String,
    begun: bool,
}

impl Lines<'_> {
    async fn row(&mut self, row: &Json) -> Result<()> {
        let mut line = if self.begun { b",\n".to_vec() } else { b"[\n".to_vec() };
        if !self.begun {
            self.archive.file(self.path.as_str()).await?;
            self.begun = true;
        }
        serde_json::to_writer(&mut line, row).map_err(Error::internal)?;
        self.archive.bytes(line).await
    }

    async fn end(self) -> Result<()> {
        if self.begun { self.archive.bytes(&b"\n]\n"[..]).await } else { Ok(()) }
    }
}

impl Sheet<'_> {
    /// Writes all tables and files.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it is made no more; [`Error::Unavailable`].
    pub async fn write(&self, archive: &Archive) -> Result<Written> {
        let tables: usize = self.catalogue.held.iter().map(|(_, held)| held.len()).sum();
        let mut progress = Progress { tables: i32::try_from(tables).unwrap_or(i32::MAX), ..Progress::default() };
        let mut written = Written::default();
        for (context, held) in self.catalogue.held {
            for held in *held {
                if !self.outside || self.catalogue.given(held.table).is_some() {
                    let part = self.table(archive, context, held, &mut progress, &mut written).await?;
                    written.parts.push(part);
                }
                progress.done += 1;
                self.note(progress).await?;
            }
        }
        written.rows = progress.rows;
        Ok(written)
    }

    /// The records of theirs that are named to them: of what a client is not given none, nor by what such a one was found.
    pub fn records(&self) -> Vec<Found> {
        let given = |record: &Found| {
            self.catalogue.root(record.kind).is_some_and(|root| self.catalogue.given(root.table).is_some())
        };
        let (shown, left_out): (Vec<_>, Vec<_>) =
            self.whose.records.iter().cloned().partition(|record| !self.outside || given(record));
        let by_none = |mut record: Found| {
            record.by = record.by.filter(|by| !left_out.iter().any(|other| other.shown == *by));
            record
        };
        shown.into_iter().map(by_none).collect()
    }

    async fn note(&self, progress: Progress) -> Result<()> {
        let conn = self.db.bookkeeping(self.cx).await?;
        match note_progress(&conn, self.export.id, self.export.attempts, progress).await? {
            true => Ok(()),
            false => Err(taken_back()),
        }
    }

    async fn table(
        &self,
        archive: &Archive,
        context: &'static str,
        held: &'static Held,
        progress: &mut Progress,
        written: &mut Written,
    ) -> Result<Part> {
        let mut part = Part { context, table: held.table, about: held.about, rows: 0, named: 0 };
        let theirs = Theirs {
            catalogue: self.catalogue,
            whose: self.whose,
            outside: self.outside,
            erasing: false,
            backend: self.db.backend(),
        };
        let mut lines = Lines { archive, path: format!("data/{context}/{}.json", held.table), begun: false };
        let mut pictures = Vec::new();
        let mut attached = Vec::new();
        if let Some(any) = theirs.any(held) {
            let shape = table(&self.db.reader(self.cx).await?, held.table).await?;
            let mut after = After::Begin;
            loop {
                let conn = self.db.reader(self.cx).await?;
                let (mut found, next) = rows(&conn, &shape, any.clone(), theirs.whole(held), after, BATCH).await?;
                self.open(held, &conn, &mut found).await?;
                // Whoever takes the rows may be slow, and others want to read.
                drop(conn);
                for (row, whole) in found {
                    part.rows += 1;
                    part.named += u64::from(!whole);
                    if whole && held.table == "files" {
                        attached.extend(id(&row, "id").map(FileId));
                    }
                    let row = self.shown(held, &shape, row, whole, &mut pictures);
                    lines.row(&row).await?;
                    progress.rows = progress.rows.saturating_add(1);
                    if progress.rows % NOTED == 0 {
                        self.note(*progress).await?;
                    }
                }
                match next {
                    Some(next) => after = next,
                    None => break,
                }
            }
        }
        if let Some((known, archives)) = known_in_archives(self.db, self.cx, &theirs, held).await? {
            let shape = table(&self.db.reader(self.cx).await?, held.table).await?;
            for one in archives {
                for row in theirs_in(self.files.storage(), &one, &known).await? {
                    part.rows += 1;
                    let row = self.shown(held, &shape, row, true, &mut pictures);
                    lines.row(&row).await?;
                    progress.rows = progress.rows.saturating_add(1);
                }
                self.note(*progress).await?;
            }
        }
        if held.ties.iter().any(|tie| matches!(tie.by, By::Inside(_))) {
            let mut after = None;
            loop {
                let inside = self.desk.inside(self.cx, held.table, self.whose, after).await?;
                for row in &inside.rows {
                    lines.row(row).await?;
                    part.rows += 1;
                    progress.rows = progress.rows.saturating_add(1);
                }
                after = inside.next;
                self.note(*progress).await?;
                if after.is_none() {
                    break;
                }
            }
        }
        lines.end().await?;
        for (path, bytes) in pictures {
            archive.file(path).await?;
            archive.bytes(bytes).await?;
        }
        for ids in attached.chunks(usize::try_from(BATCH).unwrap_or(1)) {
            self.attach(archive, ids, written).await?;
            self.note(*progress).await?;
        }
        Ok(part)
    }

    /// A row as it is given out: without what is nobody's to read; of one that only names them no more than that.
    fn shown(
        &self,
        held: &Held,
        shape: &Table,
        mut row: Row,
        whole: bool,
        pictures: &mut Vec<(String, Vec<u8>)>,
    ) -> Json {
        for column in held.hidden {
            row.remove(*column);
        }
        if self.outside {
            let given = self.catalogue.given(held.table);
            row.retain(|column, _| given.is_some_and(|given| given.has(column)));
        }
        let own: Vec<_> = self.whose.ids.values().flatten().map(Uuid::to_string).collect();
        if !whole {
            let named: Vec<_> = held.ties.iter().flat_map(kernel::held::Tie::columns).collect();
            row.retain(|column, value| {
                let names = named.contains(&column.as_str())
                    && value.as_str().is_some_and(|value| own.iter().any(|own| own == value));
                let key =
                    column == "id" || shape.key.iter().any(|key| key == column) && !named.contains(&column.as_str());
                names || key || column == "at" || column.ends_with("_at")
            });
            row.insert(PART.into(), "names you, and is of somebody else".into());
            return Json::Object(row);
        }
        let of = text(&row, "id").unwrap_or("one").to_owned();
        for (column, value) in &mut row {
            let Some(hex) = value.as_str().and_then(|text| text.strip_prefix("\\x")).filter(|hex| hex.len() > 128)
            else {
                continue;
            };
            let bytes =
                hex.as_bytes().chunks(2).filter_map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
            let path = format!("files/{}-{of}-{column}", held.table);
            pictures.push((path.clone(), bytes.collect()));
            *value = path.into();
        }
        Json::Object(row)
    }

    /// Puts back what is sealed in rows under keys of theirs; what is sealed under those of others stays so.
    async fn open(&self, held: &Held, conn: &kernel::Conn, found: &mut [(Row, bool)]) -> Result<()> {
        match held.table {
            "audit_logs" => {
                let ids: Vec<_> = found.iter().filter_map(|(row, _)| id(row, "id")).map(EventId).collect();
                let these = any_of(conn.get_database_backend(), log::Column::Id, &ids);
                let logs = log::Entity::find().filter(these).all(conn).await?;
                let mut logs: HashMap<_, _> = logs.into_iter().map(|row| (row.id.0, row)).collect();
                for (row, _) in found {
                    let Some(log) = id(row, "id").and_then(|id| logs.remove(&id)) else { continue };
                    let mut log = AuditLog { row: log, link: None, is_erased: false };
                    log.open(&self.keys);
                    let opened = json!({
                        "actor_email": log.row.actor_email, "address": log.row.address, "agent": log.row.agent,
                        "old_values": log.row.old_values, "new_values": log.row.new_values, "details": log.row.details,
                    });
                    row.extend(opened.as_object().cloned().unwrap_or_default());
                }
            }
            "outbox" => {
                for (row, _) in found {
                    let key = id(row, "personal_key").map(PersonalKeyId);
                    let Some(key) = key.and_then(|key| self.keys.get(&key)).and_then(Option::as_ref) else { continue };
                    let sealed = text(row, "sealed").and_then(|text| text.strip_prefix("\\x")).map(|hex| {
                        let two = hex.as_bytes().chunks(2);
                        two.filter_map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok())
                            .collect::<Vec<_>>()
                    });
                    let Some((sealed, event)) = sealed.zip(id(row, "id")) else { continue };
                    if let Ok(values) = key.open(&place("outbox", event), &sealed)
                        && let Some(payload) = row.get_mut("payload")
                    {
                        join(payload, values);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Writes the bytes of files.
    async fn attach(&self, archive: &Archive, ids: &[FileId], written: &mut Written) -> Result<()> {
        let conn = self.db.reader(self.cx).await?;
        let mut all: Vec<_> = files::by_ids(&conn, ids).await?.into_values().collect();
        drop(conn);
        all.sort_unstable_by_key(|file| file.id);
        for file in all {
            if file.stored_at.is_none() || file.owner_kind.as_deref().is_some_and(|kind| NOT_TAKEN.contains(&kind)) {
                continue;
            }
            let path = format!("files/{}/{}", file.id, safe(&file.name));
            let path = match self.files.read(&self.cx.tenant, &file, 0..file.bytes()).await {
                Ok(mut content) => {
                    archive.file(path.as_str()).await?;
                    while let Some(bytes) = content.next().await {
                        archive.bytes(bytes?).await?;
                    }
                    written.file_count += 1;
                    Some(path)
                }
                Err(Error::NotFound { .. }) => None,
                Err(error) => return Err(error),
            };
            if written.files.len() < NAMED {
                written.files.push(Attached { path, name: file.name.clone() });
            }
        }
        Ok(())
    }

    /// The keys that values about somebody are sealed under, as far as they are there.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database is away.
    pub async fn keys_of(db: &Db, cx: &Cx, whose: &Someone) -> Result<HashMap<PersonalKeyId, Option<PersonalKey>>> {
        let keys = whose.of(Kind::Key).into_iter().map(PersonalKeyId);
        db.personal().by_ids(&db.reader(cx).await?, cx.tenant.id, keys).await
    }
}

/// A file's name that is one on every system and leads nowhere.
fn safe(name: &str) -> String {
    let name: String = clean_name(name)
        .chars()
        .map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c })
        .take(120)
        .collect();
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() { "file".into() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn a_name_leads_nowhere() {
        for (name, is) in [("a.txt", "a.txt"), ("..", "file"), ("", "file"), ("Füß e.pdf", "Füß e.pdf")] {
            assert_eq!(safe(name), is);
        }
        for name in ["../../etc/passwd", "C:\\x", "/a/b", "a\0b\n", "..\\..\\x"] {
            let safe = safe(name);
            assert!(!safe.contains(['/', '\\', ':', '\0', '\n']) && !safe.starts_with('.'), "{safe}");
        }
    }
}
