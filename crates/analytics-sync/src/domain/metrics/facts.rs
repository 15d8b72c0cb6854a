//! Things in the form in which many are counted quickly: ids and words stand once, and are named by their numbers.

use std::{collections::HashMap, hash::Hash};

use uuid::Uuid;

use super::thing::millis;
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

    /// The value with a number.
    pub fn value(&self, number: u32) -> Option<&T> {
        self.all.get(usize::try_from(number).ok()?)
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
    /// When it entered the queue.
    pub opened: Option<i64>,
    /// When somebody took it.
    pub picked_up: Option<i64>,
    /// When somebody first answered.
    pub answered: Option<i64>,
    /// When it was over.
    pub closed: Option<i64>,
    /// By which way it came, of the words.
    pub channel: u32,
    /// The agent of B2Chat's, of the ids; as the three below.
    pub agent: Option<u32>,
    /// The colleague.
    pub staff: Option<u32>,
    /// The department of B2Chat's.
    pub b2chat_department: Option<u32>,
    /// The department of the company.
    pub department: Option<u32>,
    /// Where its tags begin, and how many it has.
    pub tags: (u32, u32),
}

impl Counted {
    /// Whether it had begun and was not over at an instant.
    pub fn is_open_at(&self, at: i64) -> bool {
        self.created < at && self.closed.map_or(self.status != MetricStatus::Closed, |closed| closed >= at)
    }
}

/// Many things.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Them.
    pub things: Vec<Counted>,
    /// Ids of people and departments.
    pub ids: Once<Uuid>,
    /// Words of channels.
    pub words: Once<String>,
    /// Tags, in the form in which they are compared.
    pub tag_words: Once<String>,
    /// The same as they are written first.
    pub tags_shown: Vec<String>,
    /// The tags of all things, one after the other.
    pub tags: Vec<u32>,
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
        let begins = self.tags.len();
        for (folded, shown) in tags {
            let number = self.tag(folded, shown);
            self.tags.push(number);
        }
        let counted = Counted {
            kind: fact.kind,
            status: fact.status,
            priority: fact.priority,
            created: millis(fact.created_at),
            opened: fact.opened_at.map(millis),
            picked_up: fact.picked_up_at.map(millis),
            answered: fact.response_at.map(millis),
            closed: fact.closed_at.map(millis),
            channel: self.words.put(fact.channel.clone()),
            agent: fact.agent_id.map(|id| self.ids.put(id.0)),
            staff: fact.staff_id.map(|id| self.ids.put(id.0)),
            b2chat_department: fact.b2chat_department_id.map(|id| self.ids.put(id.0)),
            department: fact.department_id.map(|id| self.ids.put(id.0)),
            tags: (u32::try_from(begins).unwrap_or(u32::MAX), u32::try_from(tags.len()).unwrap_or_default()),
        };
        self.things.push(counted);
    }

    /// The tags of a thing.
    pub fn tags_of(&self, thing: &Counted) -> &[u32] {
        let (begins, count) = (thing.tags.0 as usize, thing.tags.1 as usize);
        self.tags.get(begins..begins + count).unwrap_or_default()
    }
}
