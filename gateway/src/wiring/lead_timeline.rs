//! Everything that happened with a person, as one list: what they wrote, said and booked, their tickets where they are a client, and what
//! was done to the lead. Each source is a list of its context's own, newest first and only of what the actor sees; a page costs a page
//! of each.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use crm_leads::{HistoryBackward, LeadChange, LeadSource, ScoringsOf, records::Leads};
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

/// Who leads are elsewhere, as far as the actor sees it.
struct Known {
    conversations: HashMap<LeadId, (ConversationId, DateTime<Utc>)>,
    visitors: HashMap<LeadId, Vec<VisitorId>>,
    clients: HashMap<LeadId, ClientId>,
}

impl Known {
    async fn of(conn: &Conn, cx: &Cx, leads: &[LeadId]) -> Result<Self> {
        let leads = by_ids::<Leads>(conn, cx, leads).await?;
        let (mut visitors, mut clients) = (HashMap::new(), HashMap::new());
        let emails: Vec<_> = leads.values().filter_map(|lead| lead.email.clone()).collect();
        if Visitors::may_list(cx).is_ok() {
            let ids: Vec<_> = leads.values().filter_map(|lead| lead.visitor_id).collect();
            let survivors = survivors(conn, cx, &ids).await?;
            let mut with: BTreeMap<String, Vec<VisitorId>> = BTreeMap::new();
            if let Some(select) = find::<Visitors>(cx, conn.get_database_backend()).filter(|_| !emails.is_empty()) {
                let column = inbox::entities::visitor::Column::Email;
                let found = select.filter(column.is_in(emails.iter().map(String::as_str))).limit(VISITORS);
                for visitor in found.all(conn).await? {
                    with.entry(visitor.email.unwrap_or_default()).or_default().push(visitor.id);
                }
            }
            for lead in leads.values() {
                let own = lead.visitor_id.map(|id| survivors.get(&id).copied().unwrap_or(id));
                let by_email = lead.email.as_ref().and_then(|email| with.get(email)).into_iter().flatten().copied();
                let mut all: Vec<_> = own.into_iter().chain(by_email).collect();
                all.sort_unstable();
                all.dedup();
                visitors.insert(lead.id, all);
            }
        }
        let with = identity::clients_with_addresses(conn, cx, &emails).await?;
        for lead in leads.values() {
            if let Some(client) = lead.email.as_ref().and_then(|email| with.get(email)) {
                clients.insert(lead.id, *client);
            }
        }
        let of = |lead: &crm_leads::Lead| lead.source_id.filter(|_| lead.source_kind == LeadSource::Conversation);
        let ids: Vec<_> = leads.values().filter_map(of).map(ConversationId).collect();
        let found = by_ids::<Conversations>(conn, cx, &ids).await?;
        let began = |lead: &crm_leads::Lead| {
            let conversation = found.get(&ConversationId(of(lead)?))?;
            Some((lead.id, (conversation.id, conversation.started_at)))
        };
        Ok(Self { visitors, clients, conversations: leads.values().filter_map(began).collect() })
    }

    fn all_visitors(&self) -> Vec<VisitorId> {
        let mut all: Vec<_> = self.visitors.values().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn all_clients(&self) -> Vec<ClientId> {
        let mut all: Vec<_> = self.clients.values().copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
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
    for visitor in known.all_visitors() {
        all.extend(timeline::page_of(conn, cx, visitor, wider).await?.rows.iter().map(Entry::thing));
    }
    for client in known.all_clients() {
        all.extend(page_of::<TicketsOf>(conn, cx, client, wider).await?.rows.into_iter().map(Entry::ticket));
    }
    if let Some((id, _)) = known.conversations.get(&lead)
        && Conversations::may_list(cx).is_ok()
    {
        let order = by(inbox::entities::conversation::Column::StartedAt, true, Conversations::ID);
        let only = Filter::of(Condition::all().add(Conversations::ID.eq(*id)));
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
    let things = timeline::first_of_each(conn, cx, &known.all_visitors(), rows, from_end).await?;
    let tickets = first_of_each::<TicketsOf>(conn, cx, &known.all_clients(), rows, from_end).await?;
    let mut scorings = first_of_each::<ScoringsOf>(conn, cx, leads, rows, from_end).await?;
    let mut changes = first_of_each::<HistoryBackward>(conn, cx, leads, rows, from_end).await?;
    let mut found = HashMap::new();
    for lead in leads {
        let mut all = Vec::new();
        for visitor in known.visitors.get(lead).into_iter().flatten() {
            all.extend(things.get(visitor).into_iter().flatten().map(Entry::thing));
        }
        if let Some(client) = known.clients.get(lead) {
            all.extend(tickets.get(client).into_iter().flatten().cloned().map(Entry::ticket));
        }
        all.extend(known.conversations.get(lead).map(|(id, at)| Entry::conversation(*id, *at)));
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
    let things = timeline::count_of_each(conn, cx, &known.all_visitors()).await?;
    let tickets = count_of_each::<TicketsOf>(conn, cx, &known.all_clients()).await?;
    let scorings = count_of_each::<ScoringsOf>(conn, cx, leads).await?;
    let changes = count_of_each::<HistoryBackward>(conn, cx, leads).await?;
    let length = |lead: &LeadId| {
        let visitors = known.visitors.get(lead).into_iter().flatten();
        let of_visitors: u64 = visitors.filter_map(|visitor| things.get(visitor)).sum();
        let of_client = known.clients.get(lead).and_then(|client| tickets.get(client)).copied().unwrap_or_default();
        let own = |counts: &HashMap<LeadId, u64>| counts.get(lead).copied().unwrap_or_default();
        let talked = u64::from(known.conversations.contains_key(lead));
        talked + of_visitors + of_client + own(&scorings) + own(&changes)
    };
    Ok(leads.iter().map(|lead| (*lead, length(lead))).collect())
}
