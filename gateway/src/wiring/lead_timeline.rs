//! Everything that happened with a person, as one list: what they wrote, said and booked, their tickets where they are a client, and what
//! was done to the lead. Each source is a list of its context's own, newest first and only of what the actor sees; a page costs a page
//! of each.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use crm_leads::{HistoryBackward, Lead, LeadChange, LeadSource, ScoringsOf, merged_into_each, records::Leads};
use inbox::{
    records::{Conversations, Visitors},
    survivors, timeline,
};
use kernel::{
    Conn, Cx, Result,
    id::{ClientId, ConversationId, LeadId, VisitorId},
    page::{Key, Page, Place, Slice},
    record::{Filter, Record, by, by_ids, count_of_each, find, first_of_each, list, page_of},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QuerySelect};
use ticketing::TicketsOf;
use uuid::Uuid;

/// So many visitors are looked for at most.
const VISITORS: u64 = 1_000;

/// Something on the timeline.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub what: What,
}

/// What something on the timeline is.
#[derive(Debug, Clone)]
pub enum What {
    /// A thing of its own, by its id as it is shown.
    Thing(String),
    /// Something that was done to the lead.
    Change(Box<LeadChange>),
}

impl Entry {
    /// Where it stands.
    pub fn place(&self) -> Place {
        Place { keys: vec![Key::Time(self.at)], id: self.id }
    }

    fn thing(entry: &timeline::Entry) -> Self {
        Self { at: entry.at, id: entry.id, what: What::Thing(entry.shown_id()) }
    }

    fn ticket(ticket: ticketing::Ticket) -> Self {
        Self { at: ticket.created_at, id: ticket.id.0, what: What::Thing(ticket.id.to_string()) }
    }

    fn scoring(scoring: crm_leads::LeadScoring) -> Self {
        Self { at: scoring.scored_at, id: scoring.id.0, what: What::Thing(scoring.id.to_string()) }
    }

    fn conversation(id: ConversationId, at: DateTime<Utc>) -> Self {
        Self { at, id: id.0, what: What::Thing(id.to_string()) }
    }

    fn change(change: LeadChange) -> Self {
        Self { at: change.created_at, id: change.id.0, what: What::Change(Box::new(change)) }
    }
}

/// Who leads are elsewhere, as far as the actor sees it; what went into a lead is the same person.
struct Known {
    conversations: HashMap<LeadId, Vec<(ConversationId, DateTime<Utc>)>>,
    visitors: HashMap<LeadId, Vec<VisitorId>>,
    clients: HashMap<LeadId, Vec<ClientId>>,
}

/// All of them together, each once.
fn all_of<T: Copy + Ord>(of: &HashMap<LeadId, Vec<T>>) -> Vec<T> {
    let mut all: Vec<_> = of.values().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

impl Known {
    async fn of(conn: &Conn, cx: &Cx, leads: &[LeadId]) -> Result<Self> {
        let leads = by_ids::<Leads>(conn, cx, leads).await?;
        let ids: Vec<_> = leads.keys().copied().collect();
        let mut merged = merged_into_each(conn, &ids).await?;
        let person = |lead: Lead| {
            let also = merged.remove(&lead.id).unwrap_or_default();
            (lead.id, std::iter::once(lead).chain(also).collect::<Vec<_>>())
        };
        let people: HashMap<LeadId, Vec<Lead>> = leads.into_values().map(person).collect();
        let all = || people.values().flatten();
        let emails: Vec<_> = all().filter_map(|lead| lead.email.clone()).collect();
        let mut known = Self { visitors: HashMap::new(), clients: HashMap::new(), conversations: HashMap::new() };
        if Visitors::may_list(cx).is_ok() {
            let ids: Vec<_> = all().filter_map(|lead| lead.visitor_id).collect();
            let survivors = survivors(conn, cx, &ids).await?;
            let mut with: BTreeMap<String, Vec<VisitorId>> = BTreeMap::new();
            if let Some(select) = find::<Visitors>(cx, conn.get_database_backend()).filter(|_| !emails.is_empty()) {
                let column = inbox::entities::visitor::Column::Email;
                let found = select.filter(column.is_in(emails.iter().map(String::as_str))).limit(VISITORS);
                for visitor in found.all(conn).await? {
                    with.entry(visitor.email.unwrap_or_default()).or_default().push(visitor.id);
                }
            }
            let of = |lead: &Lead| {
                let own = lead.visitor_id.map(|id| survivors.get(&id).copied().unwrap_or(id));
                let by_email = lead.email.as_ref().and_then(|email| with.get(email)).into_iter().flatten().copied();
                own.into_iter().chain(by_email).collect::<Vec<_>>()
            };
            known.visitors = each(&people, of);
        }
        let with = identity::clients_with_addresses(conn, cx, &emails).await?;
        known.clients =
            each(&people, |lead| lead.email.as_ref().and_then(|email| with.get(email)).copied().into_iter().collect());
        let of = |lead: &Lead| lead.source_id.filter(|_| lead.source_kind == LeadSource::Conversation);
        let ids: Vec<_> = all().filter_map(of).map(ConversationId).collect();
        let found = by_ids::<Conversations>(conn, cx, &ids).await?;
        known.conversations = each(&people, |lead| {
            let conversation = of(lead).and_then(|id| found.get(&ConversationId(id)));
            conversation.map(|conversation| (conversation.id, conversation.started_at)).into_iter().collect()
        });
        Ok(known)
    }
}

/// What is of each person, each once.
fn each<T: Ord>(people: &HashMap<LeadId, Vec<Lead>>, of: impl Fn(&Lead) -> Vec<T>) -> HashMap<LeadId, Vec<T>> {
    let one = |(id, leads): (&LeadId, &Vec<Lead>)| {
        let mut all: Vec<_> = leads.iter().flat_map(&of).collect();
        all.sort_unstable();
        all.dedup();
        (*id, all)
    };
    people.iter().map(one).collect()
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

/// A page of the timeline of one lead.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn timeline_page(conn: &Conn, cx: &Cx, lead: LeadId, asked: &Page) -> Result<Slice<Entry>> {
    // One more of each source than the page shows, to know whether there are more.
    let wider = &Page { size: asked.size + 1, ..asked.clone() };
    let known = Known::of(conn, cx, &[lead]).await?;
    let mut all = Vec::new();
    for visitor in all_of(&known.visitors) {
        all.extend(timeline::page_of(conn, cx, visitor, wider).await?.rows.iter().map(Entry::thing));
    }
    for client in all_of(&known.clients) {
        all.extend(page_of::<TicketsOf>(conn, cx, client, wider).await?.rows.into_iter().map(Entry::ticket));
    }
    let talks: Vec<_> = all_of(&known.conversations).into_iter().map(|(id, _)| id).collect();
    if !talks.is_empty() && Conversations::may_list(cx).is_ok() {
        let order = by(inbox::entities::conversation::Column::StartedAt, true, Conversations::ID);
        let only = Filter::of(Condition::all().add(Conversations::ID.is_in(talks)));
        let found = list::<Conversations>(conn, cx, &only, &order, wider).await?;
        all.extend(found.rows.iter().map(|found| Entry::conversation(found.id, found.started_at)));
    }
    all.extend(page_of::<ScoringsOf>(conn, cx, lead, wider).await?.rows.into_iter().map(Entry::scoring));
    all.extend(page_of::<HistoryBackward>(conn, cx, lead, wider).await?.rows.into_iter().map(Entry::change));
    Ok(asked.slice(merged(all, asked.size + 1, asked.backward)))
}

/// The first (or last) so many of the timeline of each of many leads. From the end they come in reverse.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn timelines(
    conn: &Conn,
    cx: &Cx,
    leads: &[LeadId],
    rows: u64,
    from_end: bool,
) -> Result<HashMap<LeadId, Vec<Entry>>> {
    let known = Known::of(conn, cx, leads).await?;
    let things = timeline::first_of_each(conn, cx, &all_of(&known.visitors), rows, from_end).await?;
    let tickets = first_of_each::<TicketsOf>(conn, cx, &all_of(&known.clients), rows, from_end).await?;
    let mut scorings = first_of_each::<ScoringsOf>(conn, cx, leads, rows, from_end).await?;
    let mut changes = first_of_each::<HistoryBackward>(conn, cx, leads, rows, from_end).await?;
    let mut found = HashMap::new();
    for lead in leads {
        let mut all = Vec::new();
        for visitor in known.visitors.get(lead).into_iter().flatten() {
            all.extend(things.get(visitor).into_iter().flatten().map(Entry::thing));
        }
        for client in known.clients.get(lead).into_iter().flatten() {
            all.extend(tickets.get(client).into_iter().flatten().cloned().map(Entry::ticket));
        }
        let talks = known.conversations.get(lead).into_iter().flatten();
        all.extend(talks.map(|(id, at)| Entry::conversation(*id, *at)));
        all.extend(scorings.remove(lead).unwrap_or_default().into_iter().map(Entry::scoring));
        all.extend(changes.remove(lead).unwrap_or_default().into_iter().map(Entry::change));
        found.insert(*lead, merged(all, rows, from_end));
    }
    Ok(found)
}

/// How long the timeline of each of many leads is.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn timeline_lengths(conn: &Conn, cx: &Cx, leads: &[LeadId]) -> Result<HashMap<LeadId, u64>> {
    let known = Known::of(conn, cx, leads).await?;
    let things = timeline::count_of_each(conn, cx, &all_of(&known.visitors)).await?;
    let tickets = count_of_each::<TicketsOf>(conn, cx, &all_of(&known.clients)).await?;
    let scorings = count_of_each::<ScoringsOf>(conn, cx, leads).await?;
    let changes = count_of_each::<HistoryBackward>(conn, cx, leads).await?;
    let length = |lead: &LeadId| {
        let visitors = known.visitors.get(lead).into_iter().flatten();
        let of_visitors: u64 = visitors.filter_map(|visitor| things.get(visitor)).sum();
        let clients = known.clients.get(lead).into_iter().flatten();
        let of_clients: u64 = clients.filter_map(|client| tickets.get(client)).sum();
        let own = |counts: &HashMap<LeadId, u64>| counts.get(lead).copied().unwrap_or_default();
        let talked = known.conversations.get(lead).map_or(0, |talks| talks.len() as u64);
        talked + of_visitors + of_clients + own(&scorings) + own(&changes)
    };
    Ok(leads.iter().map(|lead| (*lead, length(lead))).collect())
}
