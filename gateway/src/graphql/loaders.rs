//! Loaders: one batch for all fields of a level that ask for the same kind of thing.
//!
//! They live for one request, are keyed by typed ids, and ask the contexts' by-ids queries, so what the actor may not
//! see is not there for them either. What the fields of a request ask for is fetched in [rounds](Rounds). The inbox's
//! lists look ahead and prime them ([`prime`](super::inbox::prime)), which costs half of letting every field wait
//! (docs/decisions/0002-lists-prime-the-loaders.md).

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock},
};

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use identity::{Membership, Person, Role};
use kernel::{
    Conn, Cx, Error,
    files::File,
    id::{
        AssistantMessageId, ConversationId, EffectivenessBatchId, FileId, LeadId, LeadImportId, ProjectId, RoleId,
        ServiceId, SocialAccountId, StaffId, TeamId, TicketCommentId, TicketId, UserId, VisitorId,
    },
};

use crate::wiring::{app::App, lead_timeline, working_times::working_times};

mod records;
mod rounds;
pub use records::{By, CountOf, Of};
pub use rounds::Rounds;

/// The loaders of one request. Clones are the same loaders.
///
/// What a list fetched ahead is kept here. Only a field that finds nothing there waits for a batch, and most requests
/// have none, so what gathers the batches is made when it is first needed.
#[derive(Clone)]
pub struct Loaders(Arc<Inner>);

struct Inner {
    app: Arc<App>,
    cx: Arc<RwLock<Cx>>,
    live: bool,
    rounds: Rounds,
    fed: Mutex<Fed>,
    batches: OnceLock<DataLoader<Batch, HashMapCache>>,
}

impl Loaders {
    /// Loaders that see what `cx` sees; `live` ones remember nothing, so that a subscription shows things as they are.
    pub fn new(app: Arc<App>, cx: Arc<RwLock<Cx>>, live: bool) -> Self {
        let (rounds, fed, batches) = Default::default();
        Self(Arc::new(Inner { app, cx, live, rounds, fed, batches }))
    }

    /// When their batches are fetched: nothing comes but for what runs in these.
    pub fn rounds(&self) -> Rounds {
        self.0.rounds.clone()
    }

    fn fed(&self) -> MutexGuard<'_, Fed> {
        self.0.fed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was fetched ahead for a key.
    fn ahead<K: Key>(&self, key: &K) -> Option<K::Value> {
        self.fed().get(&TypeId::of::<K>())?.downcast_ref::<HashMap<K, K::Value>>()?.get(key).cloned()
    }

    /// Puts in what was fetched ahead.
    pub fn feed_many<K: Key>(&self, found: impl IntoIterator<Item = (K, K::Value)>) {
        if self.0.live {
            return;
        }
        let mut fed = self.fed();
        let kind = fed.entry(TypeId::of::<K>()).or_insert_with(|| Box::new(HashMap::<K, K::Value>::new()));
        if let Some(kind) = kind.downcast_mut::<HashMap<K, K::Value>>() {
            kind.extend(found);
        }
    }

    /// The value of a key; `None` where there is none that the viewer may see.
    pub async fn load_one<K: Key>(&self, key: K) -> Result<Option<K::Value>, Error>
    where
        Batch: Loader<K, Value = K::Value, Error = Error>,
    {
        if let Some(ahead) = self.ahead(&key) {
            return Ok(Some(ahead));
        }
        let Inner { app, cx, live, rounds, batches, .. } = self.0.as_ref();
        let batches = batches.get_or_init(|| {
            let batch = Batch { app: app.clone(), cx: cx.clone(), rounds: rounds.clone() };
            let loader = DataLoader::with_cache(batch, rounds.clone(), rounds.clone(), HashMapCache::default());
            loader.enable_all_cache(!live);
            // Each kind is one batch a round, however large: what a document may ask for is bounded by its cost.
            loader.max_batch_size(usize::MAX)
        });
        // Boxed, since hardly anybody comes here and every resolver that might would carry the room for it.
        Box::pin(batches.load_one(key)).await
    }
}

/// What was fetched ahead: by the type of the key, a map of keys and values.
type Fed = HashMap<TypeId, Box<dyn Any + Send>>;

/// What a loader is asked for.
pub trait Key: Copy + Eq + Hash + Send + Sync + 'static {
    /// What it is answered with.
    type Value: Clone + Send + Sync + 'static;
}

/// What a loader asks.
pub struct Batch {
    app: Arc<App>,
    cx: Arc<RwLock<Cx>>,
    rounds: Rounds,
}

impl Batch {
    async fn conn(&self) -> kernel::Result<(Conn, Cx)> {
        let cx = self.cx.read().unwrap_or_else(PoisonError::into_inner).clone();
        Ok((self.app.db.reader(&cx).await?, cx))
    }
}

/// The loader of each kind of key that is no record's: `name: Key => Value, |conn, cx, app, keys| found`.
macro_rules! loaders {
    ($($key:ty => $value:ty, |$conn:ident, $cx:ident, $app:ident, $keys:ident| $load:expr;)*) => {$(
        impl Key for $key {
            type Value = $value;
        }

        impl Loader<$key> for Batch {
            type Value = $value;
            type Error = Error;

            async fn load(&self, $keys: &[$key]) -> Result<HashMap<$key, $value>, Error> {
                let found = async {
                    let ($conn, $cx) = self.conn().await?;
                    let $app = &self.app;
                    $load
                };
                let found = found.await;
                self.rounds.all_fetched().await;
                found
            }
        }
    )*};
}

loaders! {
    UserId => Arc<Person>, |conn, cx, app, ids| app.directory.people_by_ids(&conn, &cx, ids).await;
    RoleId => Arc<Role>, |conn, _cx, app, ids| {
        let found = identity::roles_by_ids(&conn, ids, &app.catalog).await?;
        Ok(found.into_iter().map(|(id, role)| (id, Arc::new(role))).collect())
    };
    FileId => Arc<File>, |conn, _cx, _app, ids| {
        let found = kernel::files::by_ids(&conn, ids).await?;
        Ok(found.into_iter().map(|(id, file)| (id, Arc::new(file))).collect())
    };
    GrantsOf => Arc<Vec<String>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = identity::grants_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, names)| (GrantsOf(id), Arc::new(names))).collect())
    };
    KnownAsOf => Arc<Vec<identity::KnownAs>>, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = identity::known_as(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, known)| (KnownAsOf(id), Arc::new(known))).collect())
    };
    AcquaintancesOf => Arc<Vec<VisitorId>>, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = inbox::acquaintances_of_each(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, others)| (AcquaintancesOf(id), Arc::new(others))).collect())
    };
    HoldersOf => Arc<Vec<StaffId>>, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = inbox::staff_of_each(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, staff)| (HoldersOf(id), Arc::new(staff))).collect())
    };
    SurvivorOf => VisitorId, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = inbox::survivors(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, into)| (SurvivorOf(id), into)).collect())
    };
    MergedInto => Arc<Vec<inbox::Merged>>, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = inbox::merged_of_each(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, merged)| (MergedInto(id), Arc::new(merged))).collect())
    };
    TimelineOf => Arc<Vec<inbox::timeline::Entry>>, |conn, cx, _app, keys| {
        // Visitors of whom the same page is asked for, together.
        let mut pages: HashMap<_, Vec<_>> = HashMap::new();
        for key in keys {
            pages.entry((key.rows, key.backward)).or_default().push(key.visitor);
        }
        let mut found = HashMap::new();
        for ((rows, backward), visitors) in pages {
            let of_each = inbox::timeline::first_of_each(&conn, &cx, &visitors, rows, backward).await?;
            let of = |(visitor, entries)| (TimelineOf { visitor, rows, backward }, Arc::new(entries));
            found.extend(of_each.into_iter().map(of));
        }
        Ok(found)
    };
    TimelineLength => u64, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = inbox::timeline::count_of_each(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, count)| (TimelineLength(id), count)).collect())
    };
    LeadTimelineOf => Arc<Vec<lead_timeline::Entry>>, |conn, cx, _app, keys| {
        // Leads of which the same page is asked for, together.
        let mut pages: HashMap<_, Vec<_>> = HashMap::new();
        for key in keys {
            pages.entry((key.rows, key.backward)).or_default().push(key.lead);
        }
        let mut found = HashMap::new();
        for ((rows, backward), leads) in pages {
            let of_each = lead_timeline::timelines(&conn, &cx, &leads, rows, backward).await?;
            let of = |(lead, entries)| (LeadTimelineOf { lead, rows, backward }, Arc::new(entries));
            found.extend(of_each.into_iter().map(of));
        }
        Ok(found)
    };
    LeadTimelineLength => u64, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = lead_timeline::timeline_lengths(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, count)| (LeadTimelineLength(id), count)).collect())
    };
    DuplicatesOf => Arc<Vec<crm_leads::Duplicate>>, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = crm_leads::duplicates_of_each(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, others)| (DuplicatesOf(id), Arc::new(others))).collect())
    };
    RowErrorsOf => Arc<Vec<crm_leads::LeadImportError>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = crm_leads::errors_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, errors)| (RowErrorsOf(id), Arc::new(errors))).collect())
    };
    FailuresOf => Arc<Vec<analytics_sync::EffectivenessBatchChat>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = analytics_sync::failures_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, failures)| (FailuresOf(id), Arc::new(failures))).collect())
    };
    NameOf => Arc<str>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = identity::staff_names(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, name)| (NameOf(id), name.into())).collect())
    };
    NameOfPerson => Arc<str>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = identity::person_names(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, name)| (NameOfPerson(id), name.into())).collect())
    };
    NameOfTeam => Arc<str>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = identity::team_names(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, name)| (NameOfTeam(id), name.into())).collect())
    };
    MentionsOf => Arc<Vec<ticketing::Mentioned>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = ticketing::mentions_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, mentions)| (MentionsOf(id), Arc::new(mentions))).collect())
    };
    EditsOf => Arc<Vec<ticketing::TicketCommentEdit>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = ticketing::edits_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, edits)| (EditsOf(id), Arc::new(edits))).collect())
    };
    MailsOf => Arc<Vec<ticketing::TicketCommentMail>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = ticketing::mails_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, mails)| (MailsOf(id), Arc::new(mails))).collect())
    };
    FilesOf<TicketId> => Arc<Vec<File>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = kernel::files::of_owners(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, files)| (FilesOf(id), Arc::new(files))).collect())
    };
    FilesOf<TicketCommentId> => Arc<Vec<File>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = kernel::files::of_owners(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, files)| (FilesOf(id), Arc::new(files))).collect())
    };
    TagsOf => Arc<Vec<inbox::Tag>>, |conn, cx, _app, keys| {
        let things: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = inbox::tags_of_each(&conn, &cx, &things).await?;
        Ok(found.into_iter().map(|(thing, tags)| (TagsOf(thing), Arc::new(tags))).collect())
    };
    AccountOf => Arc<inbox::OnAccount>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = inbox::accounts_of_conversations(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, account)| (AccountOf(id), Arc::new(account))).collect())
    };
    ArchivesOf => Arc<Vec<inbox::Archived>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = inbox::archives_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, archives)| (ArchivesOf(id), Arc::new(archives))).collect())
    };
    ViewsOf => i64, |conn, _cx, _app, keys| {
        let things: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = ticketing::views_of_each(&conn, &things).await?;
        Ok(found.into_iter().map(|(thing, count)| (ViewsOf(thing), count)).collect())
    };
    DraftFor => Arc<inbox::Draft>, |conn, cx, _app, keys| {
        let things: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = inbox::drafts_of_each(&conn, &cx, &things).await?;
        Ok(found.into_iter().map(|(thing, draft)| (DraftFor(thing), Arc::new(draft))).collect())
    };
    ProgressOf => (u64, u64), |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = ticketing::progress_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, counts)| (ProgressOf(id), counts)).collect())
    };
    CrmRecordsOf => Arc<Vec<crm_leads::CrmRecord>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = crm_leads::crm_records_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, records)| (CrmRecordsOf(id), Arc::new(records))).collect())
    };
    ClocksOf => Arc<Vec<ticketing::Clock>>, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = ticketing::clocks_of_each(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, clocks)| (ClocksOf(id), Arc::new(clocks))).collect())
    };
    TraceOf => Arc<Vec<ticketing::Traced>>, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let calendar = working_times(&conn).await?;
        let found = ticketing::trace_of_each(&conn, &cx, &calendar, &ids).await?;
        Ok(found.into_iter().map(|(id, trace)| (TraceOf(id), Arc::new(trace))).collect())
    };
    WatchersOf => Arc<Vec<UserId>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = ticketing::watchers_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, watchers)| (WatchersOf(id), Arc::new(watchers))).collect())
    };
    TiesOf => Arc<Vec<ticketing::Tied>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = ticketing::links_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, ties)| (TiesOf(id), Arc::new(ties))).collect())
    };
    SourcesOf => Arc<Vec<ticketing::AssistantSource>>, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = ticketing::sources_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, sources)| (SourcesOf(id), Arc::new(sources))).collect())
    };
    TeamsOf => Arc<Vec<Membership>>, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = identity::teams_of_each(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, teams)| (TeamsOf(id), Arc::new(teams))).collect())
    };
}

/// The permissions that somebody was granted beyond their role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GrantsOf(pub UserId);

/// The accounts elsewhere of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KnownAsOf(pub UserId);

/// Whom a visitor was seen with in one browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AcquaintancesOf(pub VisitorId);

/// Whom a visitor became who was merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SurvivorOf(pub VisitorId);

/// Who was merged into a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MergedInto(pub VisitorId);

/// The first (or last) entries of a visitor's timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimelineOf {
    /// The visitor.
    pub visitor: VisitorId,
    /// How many at the most.
    pub rows: u64,
    /// From the end.
    pub backward: bool,
}

/// The first (or last) entries of a lead's timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeadTimelineOf {
    /// The lead.
    pub lead: LeadId,
    /// How many entries.
    pub rows: u64,
    /// Whether from the end.
    pub backward: bool,
}

/// How long a lead's timeline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeadTimelineLength(pub LeadId);

/// The leads that may be the same person as this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DuplicatesOf(pub LeadId);

/// What was wrong with rows of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowErrorsOf(pub LeadImportId);

/// The chats of a batch that could not be analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FailuresOf(pub EffectivenessBatchId);

/// How long a visitor's timeline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimelineLength(pub VisitorId);
/// The name of a colleague, whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameOf(pub StaffId);

/// The name of a colleague or client, whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameOfPerson(pub UserId);

/// The name of a team, whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameOfTeam(pub TeamId);

/// Who is mentioned in a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MentionsOf(pub TicketCommentId);

/// What a comment said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EditsOf(pub TicketCommentId);

/// The mails that a comment became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MailsOf(pub TicketCommentId);

/// The files of something that the viewer sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FilesOf<I>(pub I);

/// The teams of a colleague.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TeamsOf(pub StaffId);

/// How many tickets of a project are done, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProgressOf(pub ProjectId);

/// Who watches a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WatchersOf(pub TicketId);

/// What a ticket is tied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TiesOf(pub TicketId);

/// What an answer of the assistant rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SourcesOf(pub AssistantMessageId);

/// Who holds a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HoldersOf(pub ServiceId);

/// What there is of a lead in CRMs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CrmRecordsOf(pub LeadId);

/// The clocks of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClocksOf(pub TicketId);

/// What of their time counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceOf(pub TicketId);

/// How often a guide or a help document was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ViewsOf(pub ticketing::HelpThing);

/// The account that a conversation is on, for whoever sees the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccountOf(pub SocialAccountId);

/// The archives that messages of a conversation are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ArchivesOf(pub ConversationId);

/// The tags of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TagsOf(pub inbox::Entity);

/// The viewer's own draft of an answer to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DraftFor(pub inbox::Entity);
