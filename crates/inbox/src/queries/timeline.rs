//! A visitor's whole history, as one list.
//!
//! Each source is a list below a visitor ([`Nested`]), newest first; the timeline merges them by instant and id, so that a page
//! costs a page of each source, at any depth. Another source is a line in [`sources`].

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Result,
    id::{TypedId, VisitorId},
    page::{Key, Page, Place, Slice},
    record::{self, Nested, Record, Row},
};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::{booking::consultations::ConsultationsOf, chats::sessions::ChatsOf, messages::MessagesOf};

/// Something on the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// The prefix of its id, which says what it is.
    pub prefix: &'static str,
    /// Its id.
    pub id: Uuid,
}

impl Entry {
    /// Where it stands.
    pub fn place(&self) -> Place {
        Place { keys: vec![Key::Time(self.at)], id: self.id }
    }

    /// Its id as it is shown.
    pub fn shown_id(&self) -> String {
        format!("{}_{}", self.prefix, self.id.simple())
    }
}

/// Calls a function for each source.
macro_rules! sources {
    ($call:ident($($argument:expr),*) => $put:ident) => {{
        $put($call::<MessagesOf>($($argument),*).await?);
        $put($call::<ChatsOf>($($argument),*).await?);
        $put($call::<ConsultationsOf>($($argument),*).await?);
    }};
}

type ColumnOf<N> = <<N as Nested>::Of as EntityTrait>::Column;

fn entries<N: Nested<Parent = VisitorId>>(rows: Vec<<N::Of as Record>::Row>) -> Vec<Entry> {
    let (order, id): (ColumnOf<N>, ColumnOf<N>) = (N::ORDER, N::Of::ID);
    let entry = |row: &<N::Of as Record>::Row| match (Key::of(row.value(order)), row.value(id)) {
        (Key::Time(at), sea_orm::Value::Uuid(Some(id))) => {
            Some(Entry { at, prefix: <N::Of as Record>::Id::PREFIX, id })
        }
        _ => None,
    };
    rows.iter().filter_map(entry).collect()
}

/// Newest first, or oldest first, and no more than so many.
fn merged(mut entries: Vec<Entry>, rows: u64, from_end: bool) -> Vec<Entry> {
    entries.sort_unstable_by_key(|entry| (entry.at, entry.id));
    if !from_end {
        entries.reverse();
    }
    entries.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    entries
}

async fn page<N: Nested<Parent = VisitorId>>(
    conn: &Conn,
    cx: &Cx,
    visitor: VisitorId,
    page: &Page,
) -> Result<Vec<Entry>> {
    Ok(entries::<N>(record::page_of::<N>(conn, cx, visitor, page).await?.rows))
}

async fn first<N: Nested<Parent = VisitorId>>(
    conn: &Conn,
    cx: &Cx,
    visitors: &[VisitorId],
    rows: u64,
    from_end: bool,
) -> Result<HashMap<VisitorId, Vec<Entry>>> {
    let found = record::first_of_each::<N>(conn, cx, visitors, rows, from_end).await?;
    Ok(found.into_iter().map(|(visitor, rows)| (visitor, entries::<N>(rows))).collect())
}

async fn count<N: Nested<Parent = VisitorId>>(
    conn: &Conn,
    cx: &Cx,
    visitors: &[VisitorId],
) -> Result<HashMap<VisitorId, u64>> {
    record::count_of_each::<N>(conn, cx, visitors).await
}

/// A page of the timeline of one visitor.
pub async fn page_of(conn: &Conn, cx: &Cx, visitor: VisitorId, asked: &Page) -> Result<Slice<Entry>> {
    // One more of each source than the page shows, to know whether there are more.
    let wider = &Page { size: asked.size + 1, ..asked.clone() };
    let mut all = Vec::new();
    let mut put = |found: Vec<Entry>| all.extend(found);
    sources!(page(conn, cx, visitor, wider) => put);
    Ok(asked.slice(merged(all, asked.size + 1, asked.backward)))
}

/// The first (or last) so many of the timeline of each of many visitors. From the end they come in reverse.
pub async fn first_of_each(
    conn: &Conn,
    cx: &Cx,
    visitors: &[VisitorId],
    rows: u64,
    from_end: bool,
) -> Result<HashMap<VisitorId, Vec<Entry>>> {
    let mut all: HashMap<VisitorId, Vec<Entry>> = visitors.iter().map(|id| (*id, Vec::new())).collect();
    let mut put = |found: HashMap<VisitorId, Vec<Entry>>| {
        found.into_iter().for_each(|(visitor, entries)| all.entry(visitor).or_default().extend(entries));
    };
    sources!(first(conn, cx, visitors, rows, from_end) => put);
    Ok(all.into_iter().map(|(visitor, entries)| (visitor, merged(entries, rows, from_end))).collect())
}

/// How long the timeline of each of many visitors is.
pub async fn count_of_each(conn: &Conn, cx: &Cx, visitors: &[VisitorId]) -> Result<HashMap<VisitorId, u64>> {
    let mut all: HashMap<VisitorId, u64> = visitors.iter().map(|id| (*id, 0)).collect();
    let mut put = |found: HashMap<VisitorId, u64>| {
        found.into_iter().for_each(|(visitor, count)| *all.entry(visitor).or_default() += count);
    };
    sources!(count(conn, cx, visitors) => put);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_several_sources_are_one_list() {
        let entry = |second: i64, prefix: &'static str, id: u128| Entry {
            at: DateTime::from_timestamp(second, 0).unwrap(),
            prefix,
            id: Uuid::from_u128(id),
        };
        let all = vec![entry(3, "msg", 1), entry(1, "msg", 2), entry(3, "cht", 3), entry(2, "con", 4)];
        let ids = |entries: Vec<Entry>| entries.iter().map(|entry| entry.id.as_u128()).collect::<Vec<_>>();
        assert_eq!(ids(merged(all.clone(), 10, false)), [3, 1, 4, 2]);
        assert_eq!(ids(merged(all, 2, true)), [2, 4]);
        assert_eq!(entry(0, "msg", 1).shown_id(), "msg_00000000000000000000000000000001");
    }
}
