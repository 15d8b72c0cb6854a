//! `frontdesk seed`: fills an empty tenant with as much as a big company has, to see how everything behaves then.
//!
//! This is a bulk import. Rows are written directly, many at a time, and no event is emitted for each of them: a
//! million events would say nothing. All of it is one transaction, which ends with one `data.seeded` event, so a tenant
//! holds all of the data and a line about it in its audit trail, or nothing. Indexes are dropped at the beginning of
//! the transaction and made again at its end, which is several times faster than keeping them up.
//!
//! Everything is a pure function of the row's number: the same arguments make the same rows, ids and times included.
//! Nothing reads the clock; the two years of history end on 2026-01-01.

mod bulk;
pub mod dice;
mod history;
mod people;
mod text;

use indicatif::{ProgressBar, ProgressStyle};
use kernel::{
    Conn, Cx, Db, Error, ProblemCode, Result, Tx,
    db::Emit,
    events::{Event, Resource},
    id::TenantId,
};
use sea_orm::{EntityTrait, QuerySelect};
use serde::Serialize;
use serde_json::{Value as Json, json};

use history::History;

/// How much of everything.
#[derive(Debug, Clone, Copy)]
pub struct SeedSize {
    /// Messages; each but the new ones has 1 to 5 replies.
    pub messages: u64,
    /// Visitors, who wrote the messages.
    pub visitors: u64,
    /// Staff, who have the messages and wrote the replies.
    pub staff: u64,
}

/// Visitors or messages made and written at a time.
const BATCH: u64 = 4_000;

/// Fills the tenant of `cx`. Everybody on the staff gets the password whose hash is given; their addresses are
/// `staff0001@seed.frontdesk.example` and so on, the first of them an administrator.
///
/// # Errors
/// [`Error::Conflict`] where the tenant has messages already; [`Error::Invalid`] for sizes that make no sense.
pub async fn seed(db: &Db, cx: &Cx, size: SeedSize, password_hash: &str) -> Result<()> {
    cx.require(identity::MANAGE_STAFF)?;
    if size.messages > 0 && size.visitors == 0 {
        return Err(Error::invalid("visitors", ProblemCode::NotAllowed, "somebody must have written the messages"));
    }
    db.transact(cx, "data.seed", |tx| async move { fill(&tx, cx, size, password_hash).await }).await
}

async fn fill(tx: &Tx, cx: &Cx, size: SeedSize, password_hash: &str) -> Result<()> {
    let conn = tx.conn();
    refuse_unless_empty(conn).await?;
    // The built-in roles are there unless this tenant has never been served.
    identity::bootstrap(tx, cx, None).await?;
    let bar = progress(size);
    let indexes = bulk::drop_indexes(conn).await?;
    people::add(conn, size.staff, password_hash).await?;

    let history = History::new(size);
    for from in (0..size.visitors).step_by(to_usize(BATCH)) {
        let to = size.visitors.min(from + BATCH);
        history.visitors(from..to).insert(conn).await?;
        history.visitor_words(from..to).insert(conn).await?;
        bar.inc(to - from);
    }
    let mut replies = 0;
    for from in (0..size.messages).step_by(to_usize(BATCH)) {
        let to = size.messages.min(from + BATCH);
        let (messages, answers) = history.messages(from..to);
        messages.insert(conn).await?;
        replies += answers.len();
        answers.insert(conn).await?;
        bar.inc(to - from);
    }
    bar.set_message("making the indexes");
    bulk::make_indexes(conn, &indexes).await?;
    bar.finish_and_clear();
    tx.emit(
        cx,
        &DataSeeded {
            tenant: cx.tenant.id,
            messages: size.messages,
            replies,
            visitors: size.visitors,
            staff: size.staff,
        },
    );
    Ok(())
}

async fn refuse_unless_empty(conn: &Conn) -> Result<()> {
    if inbox::entities::message::Entity::find().limit(1).one(conn).await?.is_some() {
        return Err(Error::Conflict {
            message: "the tenant has messages already; seed an empty one".into(),
            retryable: false,
        });
    }
    Ok(())
}

fn progress(size: SeedSize) -> ProgressBar {
    let style = ProgressStyle::with_template("{elapsed_precise} {wide_bar} {percent:>3} % {msg} (about {eta} left)");
    ProgressBar::new(size.visitors + size.messages).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Indexes and sizes of a seed fit into memory's own.
fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A tenant was filled with made-up data.
#[derive(Serialize)]
struct DataSeeded {
    tenant: TenantId,
    messages: u64,
    replies: usize,
    visitors: u64,
    staff: u64,
}

impl Event for DataSeeded {
    const KIND: &'static str = "data.seeded";
    const TOPIC: &'static str = "data";
    fn resource(&self) -> Resource {
        Resource::new("Tenant", self.tenant)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let Self { messages, replies, visitors, staff, .. } = self;
        (None, Some(json!({ "messages": messages, "replies": replies, "visitors": visitors, "staff": staff })))
    }
}
