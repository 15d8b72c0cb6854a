//! Who somebody is: the records that are one person's.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    held::{Held, Kind, Root},
    id::{
        B2chatAgentId, B2chatContactId, ClientId, ConversationId, InvitationId, LeadId, NewsletterSubscriptionId,
        StaffId, TypedId, UserId, VisitorId, prefix,
    },
    personal::Subject,
};
use uuid::Uuid;

/// What all contexts declare, and what a client is given of it.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue {
    /// What each context's tables hold of people.
    pub held: &'static [(&'static str, &'static [Held])],
    /// The tables with records of people.
    pub roots: &'static [&'static [Root]],
    /// What of it a client is given who takes along what is held on them: nothing else.
    pub given: &'static [Given],
}

/// What of a table a client is given.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    /// The table.
    pub table: &'static str,
    /// Which rows of those that are theirs.
    pub rows: GivenRows,
    /// These columns, with blanks between them.
    pub columns: &'static str,
    /// Not these: what colleagues keep among themselves, and what says nothing to anybody outside.
    pub kept: &'static str,
}

/// Which rows of those that are theirs a client is given.
#[derive(Debug, Clone, Copy)]
pub enum GivenRows {
    /// All.
    All,
    /// Those with this word in this column.
    Where(&'static str, &'static str),
    /// Those in which this column holds the id of a record of theirs.
    Own(&'static str),
}

impl Given {
    /// Whether a column is given.
    pub fn has(&self, column: &str) -> bool {
        self.columns.split_whitespace().any(|given| given == column)
    }
}

impl Catalogue {
    /// The declaration of a table.
    pub fn of(&self, table: &str) -> Option<&'static Held> {
        self.held.iter().flat_map(|(_, held)| held.iter()).find(|held| held.table == table)
    }

    /// What of a table a client is given; `None` for nothing.
    pub fn given(&self, table: &str) -> Option<&'static Given> {
        self.given.iter().find(|given| given.table == table)
    }

    /// The tables with records, each.
    pub fn roots(&self) -> impl Iterator<Item = &'static Root> {
        self.roots.iter().flat_map(|roots| roots.iter())
    }

    /// Whose records a kind's are.
    pub fn root(&self, kind: Kind) -> Option<&'static Root> {
        self.roots().find(|root| root.kind == kind)
    }
}

/// Where the search for a person begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// A record of theirs.
    Record(Kind, Uuid),
    /// Their e-mail address, as it is stored.
    Email(String),
}

impl Start {
    /// What a text names: the typed id of a record, or an address; `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        if text.contains('@') {
            return kernel::text::email(text).map(Self::Email);
        }
        fn id<I: TypedId>(kind: Kind, text: &str) -> Option<Start> {
            text.parse::<I>().ok().map(|id| Start::Record(kind, id.uuid()))
        }
        match prefix(text)? {
            StaffId::PREFIX => id::<StaffId>(Kind::Person, text),
            ClientId::PREFIX => id::<ClientId>(Kind::Person, text),
            UserId::PREFIX => id::<UserId>(Kind::Person, text),
            VisitorId::PREFIX => id::<VisitorId>(Kind::Visitor, text),
            LeadId::PREFIX => id::<LeadId>(Kind::Lead, text),
            B2chatContactId::PREFIX => id::<B2chatContactId>(Kind::Contact, text),
            B2chatAgentId::PREFIX => id::<B2chatAgentId>(Kind::Agent, text),
            ConversationId::PREFIX => id::<ConversationId>(Kind::Participant, text),
            NewsletterSubscriptionId::PREFIX => id::<NewsletterSubscriptionId>(Kind::Subscriber, text),
            InvitationId::PREFIX => id::<InvitationId>(Kind::Invited, text),
            _ => None,
        }
    }

    /// As it is kept: one text for one thing.
    pub fn stored(&self, catalogue: &Catalogue) -> String {
        match self {
            Self::Email(email) => email.clone(),
            Self::Record(kind, id) => typed(catalogue.root(*kind).map_or("", |root| root.prefix), *id),
        }
    }
}

/// A typed id as text.
pub fn typed(prefix: &str, id: Uuid) -> String {
    format!("{prefix}_{}", id.simple())
}

/// Why a record is counted to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It was asked for.
    Given,
    /// It has an e-mail address of theirs.
    Email,
    /// A record names the other.
    Link,
    /// It is of the same participant on the same platform.
    Participant,
    /// It has a telephone number of theirs: a hint only, and it is not counted.
    Telephone,
}

/// A record of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: Uuid,
    /// The typed id.
    pub shown: String,
    /// What they are called in it.
    pub name: Option<String>,
    /// The address that stands in it.
    pub email: Option<String>,
    /// Why it is counted.
    pub why: Why,
    /// The record or the address by which it was found.
    pub by: Option<String>,
}

/// Somebody.
#[derive(Debug, Clone, Default)]
pub struct Someone {
    /// Their records, in the order in which they were found.
    pub records: Vec<Found>,
    /// Records that may be theirs.
    pub hints: Vec<Found>,
    /// Their addresses.
    pub emails: BTreeSet<String>,
    /// The ids of their records and keys.
    pub ids: BTreeMap<Kind, BTreeSet<Uuid>>,
    /// Whether there were more than are looked for.
    pub is_cut: bool,
}

impl Someone {
    /// The ids of a kind.
    pub fn of(&self, kind: Kind) -> Vec<Uuid> {
        self.ids.get(&kind).map(|ids| ids.iter().copied().collect()).unwrap_or_default()
    }

    /// Whom values are sealed for that are about them.
    pub fn subjects(&self) -> Vec<Subject> {
        let people = self.of(Kind::Person).into_iter().map(|id| Subject::Person(UserId(id)));
        let visitors = self.of(Kind::Visitor).into_iter().map(|id| Subject::Visitor(VisitorId(id)));
        people.chain(visitors).chain(self.emails.iter().cloned().map(Subject::Email)).collect()
    }

    /// What they are named by in texts: the typed ids of their records, and their addresses.
    pub fn needles(&self) -> Vec<String> {
        let mut all: Vec<String> = self.emails.iter().cloned().collect();
        for record in &self.records {
            all.push(record.shown.clone());
            if record.kind == Kind::Person {
                all.extend([StaffId::PREFIX, ClientId::PREFIX].map(|prefix| typed(prefix, record.id)));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_named_by_an_id_or_an_address() {
        let hex = "0190a5f0000070008000000000000000";
        let id = Uuid::parse_str(hex).unwrap();
        for (text, found) in [
            (format!("stf_{hex}"), Some(Start::Record(Kind::Person, id))),
            (format!("cli_{hex}"), Some(Start::Record(Kind::Person, id))),
            (format!("vis_{hex}"), Some(Start::Record(Kind::Visitor, id))),
            (format!("bct_{hex}"), Some(Start::Record(Kind::Contact, id))),
            ("Ada@Example.com".into(), Some(Start::Email("ada@example.com".into()))),
            (format!("tkt_{hex}"), None),
            ("vis_1".into(), None),
            ("@".into(), None),
            (String::new(), None),
        ] {
            assert_eq!(Start::read(&text), found, "{text}");
        }
    }
}
