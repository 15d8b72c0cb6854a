//! Who can be mentioned.

use std::collections::HashSet;

use kernel::{
    Error, ProblemCode, Result,
    id::{TeamId, TypedId, UserId, prefix},
};

/// How many people and teams one comment may mention.
pub const MENTIONS: usize = 20;

/// Somebody who is mentioned, or a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mentioned {
    /// A colleague or a client.
    Person(UserId),
    /// A team of colleagues.
    Team(TeamId),
}

impl Mentioned {
    /// Who has this id; `None` for one that is nobody's.
    pub fn of(text: &str) -> Option<Self> {
        match prefix(text) {
            Some(TeamId::PREFIX) => text.parse().ok().map(Self::Team),
            _ => UserId::from_shown(text).ok().map(Self::Person),
        }
    }
}

/// Those of a list, each once.
///
/// # Errors
/// [`Error::Invalid`] at `mentionIds` for too many.
pub fn each_once(mentions: &[Mentioned]) -> Result<Vec<Mentioned>> {
    if mentions.len() > MENTIONS {
        let problem = format!("may hold at most {MENTIONS} people and teams");
        return Err(Error::invalid("mentionIds", ProblemCode::TooLong, problem));
    }
    let mut met = HashSet::new();
    Ok(mentions.iter().copied().filter(|who| met.insert(*who)).collect())
}
