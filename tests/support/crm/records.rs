//! What a CRM has, found by what its fields hold: a fake that looks through all would be slower than what it stands for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::now;

/// A record.
#[derive(Clone, Debug)]
pub struct Record {
    pub values: BTreeMap<String, String>,
    pub modified: DateTime<Utc>,
}

#[derive(Default)]
pub(super) struct Records {
    all: BTreeMap<String, Record>,
    by: HashMap<(String, String), BTreeSet<String>>,
}

impl Records {
    pub(super) fn get(&self, id: &str) -> Option<&Record> {
        self.all.get(id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Record)> {
        self.all.iter()
    }

    /// The ids of those whose field holds this.
    pub(super) fn holding(&self, name: &str, value: &str) -> impl Iterator<Item = &String> {
        self.by.get(&(name.to_owned(), value.to_owned())).into_iter().flatten()
    }

    /// Writes values into a record, which is there afterwards.
    pub(super) fn set(&mut self, id: &str, values: impl IntoIterator<Item = (String, String)>) {
        let record =
            self.all.entry(id.to_owned()).or_insert_with(|| Record { values: BTreeMap::new(), modified: now() });
        record.modified = now();
        for (name, value) in values {
            self.by.entry((name.clone(), value.clone())).or_default().insert(id.to_owned());
            let old = record.values.insert(name.clone(), value.clone());
            if let Some(ids) = old.filter(|old| *old != value).and_then(|old| self.by.get_mut(&(name, old))) {
                ids.remove(id);
            }
        }
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Record> {
        let record = self.all.remove(id)?;
        for (name, value) in &record.values {
            if let Some(ids) = self.by.get_mut(&(name.clone(), value.clone())) {
                ids.remove(id);
            }
        }
        Some(record)
    }
}
