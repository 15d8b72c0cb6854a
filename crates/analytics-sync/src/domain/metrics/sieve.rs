//! What a filter leaves of things.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    facts::{Facts, NOBODY},
    group::{Around, Which},
};

/// What a filter says of each id and word, worked out once.
pub struct Sieve<'a> {
    which: &'a Which,
    staff: Vec<bool>,
    staff_of_agent: Vec<bool>,
    departments: Vec<bool>,
    b2chat_departments: Vec<bool>,
    agent: Option<u32>,
    channel: Option<u32>,
    tag: Option<u32>,
}

impl<'a> Sieve<'a> {
    /// Of these facts.
    pub fn new(which: &'a Which, around: &Around, facts: &Facts) -> Self {
        let each = |holds: &dyn Fn(Uuid) -> bool| facts.ids.all().iter().map(|id| holds(*id)).collect();
        let below = |tree: &HashMap<_, _>, wanted: Option<Uuid>| {
            wanted.map_or_else(Vec::new, |wanted| each(&|id| Around::is_in(tree, id, wanted)))
        };
        Self {
            which,
            staff: which.staff.map_or_else(Vec::new, |staff| each(&|id| id == staff)),
            staff_of_agent: which
                .staff
                .map_or_else(Vec::new, |staff| each(&|id| around.staff_of.get(&id) == Some(&staff))),
            departments: below(&around.departments, which.department),
            b2chat_departments: below(&around.b2chat_departments, which.b2chat_department),
            agent: which.agent.and_then(|id| facts.ids.number(&id)),
            channel: which.channel.as_ref().and_then(|word| facts.words.number(word)),
            tag: which.tag.as_ref().and_then(|tag| facts.tag_words.number(tag)),
        }
    }

    /// Whether the thing at a place counts.
    pub fn lets_through(&self, facts: &Facts, place: usize) -> bool {
        let (which, things) = (self.which, &facts.things);
        let of = |all: &[bool], number: u32| all.get(number as usize).copied().unwrap_or_default();
        let (kind, _, priority) = things.what[place];
        let staff = things.staff[place];
        which.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
            && which.priority.is_none_or(|wanted| priority == Some(wanted))
            && (which.channel.is_none() || self.channel == Some(things.channel[place]))
            && (which.agent.is_none() || self.agent == Some(things.agent[place]))
            && (which.staff.is_none()
                || of(&self.staff, staff)
                || staff == NOBODY && of(&self.staff_of_agent, things.agent[place]))
            && (which.department.is_none() || of(&self.departments, things.department[place]))
            && (which.b2chat_department.is_none() || of(&self.b2chat_departments, things.b2chat_department[place]))
            && (which.tag.is_none() || self.tag.is_some_and(|tag| things.tags_of(place).contains(&tag)))
    }
}
