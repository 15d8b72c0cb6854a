//! What exports need beside the records.

use kernel::{
    Conn, Cx, Result,
    files::Received,
    id::{ExportId, FileId, UserId},
    page::Place,
};

use crate::{
    domain::exports::{cells::Cell, wanted::ExportFilter},
    store::exports::export::ExportType,
};

/// Some rows, and where the next ones begin; `None` after the last.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// The rows, each with all columns of its kind.
    pub rows: Vec<Vec<Cell>>,
    /// The place of the last one, where there may be more.
    pub next: Option<Place>,
}

/// How far the lines of the audit trail are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinesPlace {
    /// The number before the first row.
    pub start: i64,
    /// The last number that was written.
    pub sequence: i64,
    /// The hash there.
    pub hash: Vec<u8>,
    /// The last number that is to be written.
    pub upto: i64,
}

/// Some lines of the audit trail, and where the next ones begin; `None` after the last.
#[derive(Debug, Clone)]
pub struct LinesBatch {
    /// The lines, each with its end.
    pub text: String,
    /// How many rows are among them.
    pub rows: usize,
    /// The place of the last one, where there are more.
    pub next: Option<LinesPlace>,
}

/// What other contexts answer: whose export it is, and the rows that are theirs (leads and tickets).
pub trait ExportDesk: Sync {
    /// What somebody may who is active, as it is now; `None` for anybody else.
    fn as_active(&self, conn: &Conn, cx: &Cx, who: UserId) -> impl Future<Output = Result<Option<Cx>>> + Send;
    /// Refuses who may not list rows of another context.
    ///
    /// # Errors
    /// [`kernel::Error::Forbidden`].
    fn may(&self, cx: &Cx, kind: ExportType) -> Result<()>;
    /// How many rows there are that the actor sees; counting stops at `up_to`.
    fn count(
        &self,
        conn: &Conn,
        cx: &Cx,
        kind: ExportType,
        filter: &ExportFilter,
        up_to: u64,
    ) -> impl Future<Output = Result<u64>> + Send;
    /// The next rows that the actor sees, the oldest first.
    fn page(
        &self,
        conn: &Conn,
        cx: &Cx,
        kind: ExportType,
        filter: &ExportFilter,
        after: Option<Place>,
    ) -> impl Future<Output = Result<Batch>> + Send;
    /// The next lines of the audit trail, in the order of its chain.
    fn lines(
        &self,
        cx: &Cx,
        filter: &ExportFilter,
        after: Option<LinesPlace>,
    ) -> impl Future<Output = Result<LinesBatch>> + Send;
}

/// The tables of exports, whoever asks, and their files.
pub trait ExportBook {
    /// How many exports of somebody wait or are being made.
    async fn going_on_of(&self, who: UserId) -> Result<u64>;
    /// Makes everybody wait who counts the exports of this person, until the transaction ends.
    async fn queue_up(&self, who: UserId) -> Result<()>;
    /// Keeps the file of an export.
    async fn keep_export_file(&self, cx: &Cx, file: &Received, of: ExportId) -> Result<()>;
    /// Gives the file of an export up.
    async fn give_up_export_file(&self, cx: &Cx, file: FileId) -> Result<()>;
}
