//! The rows of an export are written: read batch by batch, as who asked sees them, and handed on before the next is read.

use bytes::Bytes;
use chrono_tz::Tz;
use futures_util::{StreamExt, stream};
use kernel::{Cx, Db, Error, Result, files::Content};
use std::collections::BTreeMap;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{
    adapters::exports::book::{Book, Heading},
    domain::exports::{
        cells::{BYTE_ORDER_MARK, Cell, csv_line},
        columns::Column,
        report::{Days, Tally, group_id, group_of},
        wanted::{GROUPS, ReportGroup, Wanted},
    },
    ports::exports::ExportDesk,
    queries::exports::rows::{BATCH, Names, chat_rows, next_chats, page},
    store::{
        exports::export::{ExportFormat, ExportType, Model as Export},
        exports::repository::note_progress,
    },
};

/// So many bytes of a CSV are handed on at a time.
const CHUNK: usize = 64 << 10;
/// So many chunks wait to be taken.
const WAITING: usize = 4;
/// So many rows are written between two notes of how far it is.
const NOTED: usize = 5_000;

/// Where bytes go that somebody else takes.
pub type Out = mpsc::Sender<Result<Bytes>>;

/// Bytes that one end writes and the other takes, a few at a time.
pub fn pipe() -> (Out, Content) {
    let (out, taken) = mpsc::channel(WAITING);
    let content = stream::unfold(taken, |mut taken| async move { taken.recv().await.map(|bytes| (bytes, taken)) });
    (out, content.boxed())
}

/// What was asked for, ready to be written.
pub struct Sheet<'a, D> {
    /// The databases.
    pub db: &'a Db,
    /// What other contexts answer.
    pub desk: &'a D,
    /// Who notes how far it is.
    pub cx: &'a Cx,
    /// Who asked, as they are now.
    pub theirs: &'a Cx,
    /// The export.
    pub export: &'a Export,
    /// What was asked for.
    pub wanted: &'a Wanted,
    /// Its columns.
    pub columns: &'a [&'static Column],
    /// How many rows there are.
    pub total: i32,
    /// The company's time zone.
    pub zone: Tz,
}

/// Takes rows as they are read.
trait Takes: Send {
    /// Takes some.
    fn take(&mut self, rows: Vec<Vec<Cell>>) -> impl Future<Output = Result<()>> + Send;
}

/// A CSV, handed on in chunks.
struct Lines<'a> {
    text: String,
    zone: Tz,
    out: &'a Out,
}

impl Lines<'_> {
    async fn send(&mut self) -> Result<()> {
        let bytes = Bytes::copy_from_slice(self.text.as_bytes());
        self.text.clear();
        self.out.send(Ok(bytes)).await.map_err(|_| gone())
    }
}

impl Takes for Lines<'_> {
    async fn take(&mut self, rows: Vec<Vec<Cell>>) -> Result<()> {
        for row in &rows {
            csv_line(&mut self.text, row, self.zone);
            if self.text.len() >= CHUNK {
                self.send().await?;
            }
        }
        Ok(())
    }
}

/// A book, which another thread writes.
impl Takes for mpsc::Sender<Vec<Vec<Cell>>> {
    async fn take(&mut self, rows: Vec<Vec<Cell>>) -> Result<()> {
        self.send(rows).await.map_err(|_| gone())
    }
}

/// Why nothing more is written: it was cancelled, or another worker makes it.
pub fn taken_back() -> Error {
    Error::Conflict { message: "the export is made no more".into(), retryable: false }
}

impl<D: ExportDesk> Sheet<'_, D> {
    fn chosen(&self, rows: Vec<Vec<Cell>>) -> Vec<Vec<Cell>> {
        let one = |mut row: Vec<Cell>| {
            let value =
                |column: &&Column| row.get_mut(column.at).map_or(Cell::Empty, |at| std::mem::replace(at, Cell::Empty));
            self.columns.iter().map(value).collect()
        };
        rows.into_iter().map(one).collect()
    }

    async fn note(&self, rows: usize) -> Result<()> {
        let conn = self.db.bookkeeping(self.cx).await?;
        let rows = i32::try_from(rows).unwrap_or(i32::MAX);
        match note_progress(&conn, self.export.id, self.export.attempts, rows, self.total).await? {
            true => Ok(()),
            false => Err(taken_back()),
        }
    }

    /// Hands on all rows, batch by batch; returns how many there were.
    async fn each(&self, days: &mut Days, takes: &mut impl Takes) -> Result<usize> {
        if let Some(by) = self.wanted.options.group_by {
            let rows = self.chosen(self.groups(by, days).await?);
            let count = rows.len();
            takes.take(rows).await?;
            return Ok(count);
        }
        let (kind, filter) = (self.wanted.kind, &self.wanted.filter);
        let charted =
            self.wanted.format == ExportFormat::Pdf && matches!(kind, ExportType::Chats | ExportType::CustomReport);
        let (mut names, mut after, mut count, mut noted) = (Names::default(), None, 0, 0);
        loop {
            let conn = self.db.reader(self.theirs).await?;
            let (rows, next) = if charted {
                let (found, next) = next_chats(&conn, self.theirs, filter, after, &mut names).await?;
                found.iter().for_each(|chat| days.add(chat, self.zone));
                (chat_rows(&conn, self.theirs, found, &names).await?, next)
            } else {
                let batch = page(self.desk, &conn, self.theirs, kind, filter, after, &mut names).await?;
                (batch.rows, batch.next)
            };
            // Whoever takes the rows may be slow, and others want to read.
            drop(conn);
            count += rows.len();
            takes.take(self.chosen(rows)).await?;
            if count - noted >= NOTED {
                noted = count;
                self.note(count).await?;
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(count),
            }
        }
    }

    /// The rows of groups of chats, by what they are called. Two agents of one name are two groups.
    async fn groups(&self, by: ReportGroup, days: &mut Days) -> Result<Vec<Vec<Cell>>> {
        let mut groups: BTreeMap<(String, Option<Uuid>), Tally> = BTreeMap::new();
        let (mut names, mut after, mut count) = (Names::default(), None, 0);
        loop {
            let conn = self.db.reader(self.theirs).await?;
            let (found, next) = next_chats(&conn, self.theirs, &self.wanted.filter, after, &mut names).await?;
            drop(conn);
            count += found.len();
            for chat in &found {
                let (agent, department) = (names.agent(chat.agent_id), names.department(chat.department_id));
                let group = (group_of(by, chat, agent, department, self.zone), group_id(by, chat));
                groups.entry(group).or_default().add(chat);
                days.add(chat, self.zone);
            }
            if groups.len() > GROUPS {
                let why = format!("may have at most {GROUPS} groups");
                return Err(Error::invalid("options.groupBy", kernel::ProblemCode::TooLong, why));
            }
            if count % NOTED < usize::try_from(BATCH).unwrap_or(1) {
                self.note(0).await?;
            }
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        Ok(groups.into_iter().map(|((name, _), tally)| tally.row(&name)).collect())
    }

    /// Writes a CSV; returns how many rows it has.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it is made no more; [`Error::Unavailable`].
    pub async fn csv(&self, out: &Out) -> Result<usize> {
        let mut text = String::with_capacity(CHUNK * 2);
        if self.wanted.options.byte_order_mark {
            text.push_str(BYTE_ORDER_MARK);
        }
        let head: Vec<_> = self.columns.iter().map(|column| Cell::text(column.name)).collect();
        csv_line(&mut text, &head, self.zone);
        let mut lines = Lines { text, zone: self.zone, out };
        let count = self.each(&mut Days::default(), &mut lines).await?;
        lines.send().await?;
        Ok(count)
    }

    /// Writes the audit trail; returns how many rows it has.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it is made no more; [`Error::Unavailable`].
    pub async fn lines(&self, out: &Out) -> Result<usize> {
        let (mut after, mut count, mut noted) = (None, 0, 0);
        loop {
            let batch = self.desk.lines(self.theirs, &self.wanted.filter, after).await?;
            count += batch.rows;
            out.send(Ok(batch.text.into())).await.map_err(|_| gone())?;
            if count - noted >= NOTED {
                noted = count;
                self.note(count).await?;
            }
            match batch.next {
                Some(next) => after = Some(next),
                None => return Ok(count),
            }
        }
    }

    /// Writes a workbook or a report into a file of the system's temporary folder, and from there into the storage; returns how many
    /// rows it has.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it is made no more; [`Error::Unavailable`].
    pub async fn book(&self, heading: Heading, out: &Out) -> Result<usize> {
        let (mut pages, mut taken) = mpsc::channel::<Vec<Vec<Cell>>>(2);
        let (format, columns, zone) = (self.wanted.format, self.columns.to_vec(), self.zone);
        // What is worked out for long is no hindrance to others.
        let written = tokio::task::spawn_blocking(move || {
            let mut book = Book::begin(format, columns, zone)?;
            while let Some(rows) = taken.blocking_recv() {
                book.rows(&rows)?;
            }
            Ok::<_, Error>(book)
        });
        let mut days = Days::default();
        let count = self.each(&mut days, &mut pages).await;
        drop(pages);
        let book = written.await.map_err(Error::internal)??;
        let count = count?;
        let finished = tokio::task::spawn_blocking(move || book.finish(&heading, count, &days));
        let file = finished.await.map_err(Error::internal)??;
        let mut file = tokio::fs::File::from_std(file);
        loop {
            let mut chunk = vec![0; CHUNK];
            let read = tokio::io::AsyncReadExt::read(&mut file, &mut chunk).await.map_err(Error::unavailable)?;
            if read == 0 {
                return Ok(count);
            }
            chunk.truncate(read);
            out.send(Ok(chunk.into())).await.map_err(|_| gone())?;
        }
    }
}

/// Whoever takes the bytes does so no more, and says why.
fn gone() -> Error {
    Error::Unavailable { detail: "the storage took no more".into() }
}
