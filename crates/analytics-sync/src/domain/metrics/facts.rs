//! Things in the form in which many are counted quickly: ids and words stand once, and are named by their numbers; and each value of
//! all things stands in one row, so that who counts goes along those that it needs.

use std::{collections::HashMap, hash::Hash};

use uuid::Uuid;

use super::{metric::Span, thing::millis};
use crate::store::metrics::fact::{MetricKind, MetricPriority, MetricStatus, Model as Fact};

/// Values that stand once.
#[derive(Debug, Clone)]
pub struct Once<T> {
    all: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self { all: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Once<T> {
    /// The number of a value, which is known from now on.
    pub fn put(&mut self, value: T) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.numbers.insert(value.clone(), number);
        self.all.push(value);
        number
    }

    /// The number of a value that is known.
    pub fn number(&self, value: &T) -> Option<u32> {
        self.numbers.get(value).copied()
    }

    /// All of them, in the order of their numbers.
    pub fn all(&self) -> &[T] {
        &self.all
    }
}

/// A thing that counts. Instants are milliseconds since 1970; whom and what it names are numbers in [`Facts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// What it is.
    pub kind: MetricKind,
    /// Where it stands.
    pub status: MetricStatus,
    /// How much it matters.
    pub priority: Option<MetricPriority>,
    /// When it began.
    pub created: i64,
    /// When it entered the queue, [`NEVER`] where it did not, as all that follow.
    pub opened: i64,
    /// When somebody took it.
    pub picked_up: i64,
    /// When somebody first answered.
    pub answered: i64,
    /// When it was over.
    pub closed: i64,
    /// By which way it came, of the words.
    pub channel: u32,
    /// The agent of B2Chat's who has it, of the ids; [`NOBODY`] where none has, as all that follow.
    pub agent: u32,
    /// The colleague who has it.
    pub staff: u32,
    /// The department of B2Chat's.
    pub b2chat_department: u32,
    /// The department of the company.
    pub department: u32,
}

/// At no time: no clock ever showed it.
pub const NEVER: i64 = i64::MIN;
/// The number of no id.
pub const NOBODY: u32 = u32::MAX;

/// Many things, each value of all of them in one row. They are named by their places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Things {
    /// What each is, where it stands, and how much it matters.
    pub what: Vec<(MetricKind, MetricStatus, Option<MetricPriority>)>,
    /// When each began.
    pub created: Vec<i64>,
    opened: Vec<i64>,
    picked_up: Vec<i64>,
    answered: Vec<i64>,
    /// When each was over.
    pub closed: Vec<i64>,
    /// By which way each came.
    pub channel: Vec<u32>,
    /// Which agent of B2Chat's has each.
    pub agent: Vec<u32>,
    /// Which colleague.
    pub staff: Vec<u32>,
    /// Of which department of B2Chat's each is.
    pub b2chat_department: Vec<u32>,
    /// Of which department of the company.
    pub department: Vec<u32>,
    tags: Vec<u32>,
    /// Where the tags of each end.
    tags_end: Vec<u32>,
}

impl Things {
    /// Makes room for so many more.
    pub fn reserve(&mut self, more: usize) {
        self.what.reserve(more);
        for row in [&mut self.created, &mut self.opened, &mut self.picked_up, &mut self.answered, &mut self.closed] {
            row.reserve(more);
        }
        let numbers = [&mut self.channel, &mut self.agent, &mut self.staff, &mut self.b2chat_department];
        for row in numbers.into_iter().chain([&mut self.department, &mut self.tags, &mut self.tags_end]) {
            row.reserve(more);
        }
    }

    /// Adds a tag of the thing that is added next.
    #[inline]
    pub fn tag(&mut self, tag: u32) {
        self.tags.push(tag);
    }

    /// Adds a thing, whose tags were added.
    #[inline]
    pub fn push(&mut self, thing: Counted) {
        self.what.push((thing.kind, thing.status, thing.priority));
        self.created.push(thing.created);
        self.opened.push(thing.opened);
        self.picked_up.push(thing.picked_up);
        self.answered.push(thing.answered);
        self.closed.push(thing.closed);
        self.channel.push(thing.channel);
        self.agent.push(thing.agent);
        self.staff.push(thing.staff);
        self.b2chat_department.push(thing.b2chat_department);
        self.department.push(thing.department);
        self.tags_end.push(u32::try_from(self.tags.len()).unwrap_or(u32::MAX));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.created.len()
    }

    /// The thing at a place, of those that there are.
    pub fn get(&self, place: usize) -> Counted {
        let (kind, status, priority) = self.what[place];
        Counted {
            kind,
            status,
            priority,
            created: self.created[place],
            opened: self.opened[place],
            picked_up: self.picked_up[place],
            answered: self.answered[place],
            closed: self.closed[place],
            channel: self.channel[place],
            agent: self.agent[place],
            staff: self.staff[place],
            b2chat_department: self.b2chat_department[place],
            department: self.department[place],
        }
    }

    /// The tags of the thing at a place.
    pub fn tags_of(&self, place: usize) -> &[u32] {
        let begins = place.checked_sub(1).map_or(0, |before| self.tags_end[before]);
        &self.tags[begins as usize..self.tags_end[place] as usize]
    }

    /// Where a span of each begins and ends.
    pub fn ends(&self, span: Span) -> (&[i64], &[i64]) {
        match span {
            Span::Response => (&self.created, &self.answered),
            Span::FirstResponse => (&self.opened, &self.answered),
            Span::Pickup => (&self.opened, &self.picked_up),
            Span::Resolution => (&self.created, &self.closed),
        }
    }

    /// Every instant that one of them knows.
    pub fn instants(&self) -> impl Iterator<Item = i64> + '_ {
        let rows = [&self.created, &self.opened, &self.picked_up, &self.answered, &self.closed];
        rows.into_iter().flatten().copied().filter(|at| *at != NEVER)
    }

    /// Whether the thing at a place had begun and was not over at an instant.
    pub fn is_open_at(&self, place: usize, at: i64) -> bool {
        let is_open = match self.closed[place] {
            NEVER => self.what[place].1 != MetricStatus::Closed,
            closed => closed >= at,
        };
        is_open && self.created[place] < at
    }
}

/// Many things, and what they name.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Them.
    pub things: Things,
    /// Ids of people and departments.
    pub ids: Once<Uuid>,
    /// Words of channels.
    pub words: Once<String>,
    /// Tags, in the form in which they are compared.
    pub tag_words: Once<String>,
    /// The same as they are written first.
    pub tags_shown: Vec<String>,
}

impl Facts {
    /// The number of a tag, in the form in which tags are compared and as it is written.
    pub fn tag(&mut self, folded: &str, shown: &str) -> u32 {
        let number = self.tag_words.put(folded.to_owned());
        if self.tags_shown.len() < self.tag_words.all().len() {
            self.tags_shown.push(shown.to_owned());
        }
        number
    }

    /// Adds a thing with its tags: in the form in which they are compared, and as they are written.
    pub fn add(&mut self, fact: &Fact, tags: &[(String, String)]) {
        for (folded, shown) in tags {
            let number = self.tag(folded, shown);
            self.things.tag(number);
        }
        let at = |instant: Option<_>| instant.map_or(NEVER, millis);
        let mut id = |id: Option<Uuid>| id.map_or(NOBODY, |id| self.ids.put(id));
        let (agent, staff) = (id(fact.agent_id.map(|id| id.0)), id(fact.staff_id.map(|id| id.0)));
        let b2chat_department = id(fact.b2chat_department_id.map(|id| id.0));
        let department = id(fact.department_id.map(|id| id.0));
        self.things.push(Counted {
            kind: fact.kind,
            status: fact.status,
            priority: fact.priority,
            created: millis(fact.created_at),
            opened: at(fact.opened_at),
            picked_up: at(fact.picked_up_at),
            answered: at(fact.response_at),
            closed: at(fact.closed_at),
            channel: self.words.put(fact.channel.clone()),
            agent,
            staff,
            b2chat_department,
            department,
        });
    }
}
