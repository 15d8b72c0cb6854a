//! Who is there at this moment, and who is typing: nothing of it is stored, and all processes know it.
//!
//! Whoever follows a chat, or the queue, is there for as long as they do. A process says so to the others at once and again
//! at each beat; who was not heard of for as long as [`LIMIT`] is away, so the people of a process that died are away within
//! that time. What is said is small and may get lost: the next beat says it again.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write as _,
    iter, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::id::{ChatId, DepartmentId, StaffId, TenantId};
use tokio::sync::{Notify, watch};

/// How often a process says who is there.
pub const BEAT: Duration = Duration::from_secs(3);
/// How long somebody is believed to be there who was heard of.
const LIMIT: TimeDelta = TimeDelta::seconds(10);
/// How long somebody is believed to be typing who said so.
const TYPING: TimeDelta = TimeDelta::seconds(6);
/// How much is told at once: PostgreSQL takes 8000 bytes.
const TOLD: usize = 60;
/// What its words begin with.
pub const WORD: &str = "presence ";

/// What the desk of one department begins with in its words.
const DESK_OF: &str = "desk-";

/// Where somebody can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// At the desk, ready to take chats: of the queue of one department, or of all that they see.
    Desk(Option<DepartmentId>),
    /// In a chat.
    Chat(ChatId),
}

/// Somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// The visitor of a chat.
    Visitor,
    /// A colleague.
    Staff(StaffId),
}

/// Somebody somewhere.
pub type Spot = (TenantId, Place, Who);

/// Who is in a chat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InChat {
    /// The visitor is.
    pub visitor: bool,
    /// They are typing.
    pub visitor_typing: bool,
    /// A colleague is.
    pub staff: bool,
    /// One is typing.
    pub staff_typing: bool,
}

/// Who is there, as far as this process knows.
pub struct Presence {
    /// Which process it is that tells.
    process: String,
    known: Mutex<Known>,
    /// Rings when there is something to tell.
    bell: Notify,
}

#[derive(Default)]
struct Known {
    rooms: HashMap<(TenantId, Place), Room>,
    untold: Vec<(Said, Spot)>,
}

/// What is known of a place.
#[derive(Default)]
struct Room {
    /// Those who are connected here, with how many connections.
    here: HashMap<Who, usize>,
    /// Those whom other processes told of, until when.
    elsewhere: HashMap<Who, HashMap<String, DateTime<Utc>>>,
    /// Those who type, until when.
    typing: HashMap<Who, DateTime<Utc>>,
    /// Those who want to know of it.
    watched: watch::Sender<()>,
}

/// What one process tells of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Here,
    Gone,
    Typing,
    Quiet,
}

/// Somebody is there for as long as this is kept.
pub struct Guard {
    presence: Arc<Presence>,
    spot: Spot,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.presence.leave(self.spot);
    }
}

impl Room {
    fn people(&self) -> impl Iterator<Item = Who> {
        self.here.keys().chain(self.elsewhere.keys()).copied()
    }

    fn is_there(&self, who: Who, now: DateTime<Utc>) -> bool {
        self.here.contains_key(&who)
            || self.elsewhere.get(&who).is_some_and(|said| said.values().any(|until| *until > now))
    }

    fn is_typing(&self, who: Who, now: DateTime<Utc>) -> bool {
        self.typing.get(&who).is_some_and(|until| *until > now)
    }

    /// Forgets what is over; says whether anything is left.
    fn is_known(&mut self, now: DateTime<Utc>) -> bool {
        self.elsewhere.retain(|_, said| {
            said.retain(|_, until| *until > now);
            !said.is_empty()
        });
        self.typing.retain(|_, until| *until > now);
        !self.here.is_empty()
            || !self.elsewhere.is_empty()
            || !self.typing.is_empty()
            || self.watched.receiver_count() > 0
    }
}

impl Known {
    fn room(&mut self, (tenant, place, _): Spot) -> &mut Room {
        self.rooms.entry((tenant, place)).or_default()
    }
}

impl Presence {
    /// Of a process with this name, which no other has. It holds no blanks.
    pub fn new(process: String) -> Self {
        Self { process, known: Mutex::default(), bell: Notify::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, known: &mut Known, said: Said, spot: Spot) {
        known.room(spot).watched.send_modify(|()| ());
        known.untold.push((said, spot));
        self.bell.notify_one();
    }

    /// Somebody comes.
    pub fn enter(self: &Arc<Self>, spot: Spot) -> Guard {
        let mut known = self.lock();
        let connections = known.room(spot).here.entry(spot.2).or_default();
        *connections += 1;
        if *connections == 1 {
            self.tell(&mut known, Said::Here, spot);
        }
        drop(known);
        Guard { presence: self.clone(), spot }
    }

    fn leave(&self, spot: Spot) {
        let mut known = self.lock();
        let room = known.room(spot);
        let Some(connections) = room.here.get_mut(&spot.2) else { return };
        *connections -= 1;
        if *connections == 0 {
            room.here.remove(&spot.2);
            room.typing.remove(&spot.2);
            self.tell(&mut known, Said::Gone, spot);
        }
    }

    /// Somebody types, or does so no more.
    pub fn types(&self, spot: Spot, typing: bool, now: DateTime<Utc>) {
        let mut known = self.lock();
        let room = known.room(spot);
        if typing {
            room.typing.insert(spot.2, now + TYPING);
        } else if room.typing.remove(&spot.2).is_none() {
            return;
        }
        self.tell(&mut known, if typing { Said::Typing } else { Said::Quiet }, spot);
    }

    /// Who is in a chat.
    pub fn in_chat(&self, tenant: TenantId, chat: ChatId, now: DateTime<Utc>) -> InChat {
        let known = self.lock();
        let Some(room) = known.rooms.get(&(tenant, Place::Chat(chat))) else { return InChat::default() };
        InChat {
            visitor: room.is_there(Who::Visitor, now),
            visitor_typing: room.is_typing(Who::Visitor, now),
            staff: room.people().any(|who| who != Who::Visitor && room.is_there(who, now)),
            staff_typing: room.typing.keys().any(|who| *who != Who::Visitor && room.is_typing(*who, now)),
        }
    }

    /// Who is at the desk and takes what waits for a department, or for the whole company; whether they see it is not known
    /// here.
    pub fn at_the_desk(&self, tenant: TenantId, of: Option<DepartmentId>, now: DateTime<Utc>) -> BTreeSet<StaffId> {
        let known = self.lock();
        let desks = iter::once(None).chain(of.map(Some));
        let rooms = desks.filter_map(|of| known.rooms.get(&(tenant, Place::Desk(of))));
        let people = rooms.flat_map(|room| room.people().filter(|who| room.is_there(*who, now)));
        people
            .filter_map(|who| match who {
                Who::Staff(staff) => Some(staff),
                Who::Visitor => None,
            })
            .collect()
    }

    /// Wakes when something changes at a place.
    pub fn watch(&self, tenant: TenantId, place: Place) -> watch::Receiver<()> {
        self.lock().rooms.entry((tenant, place)).or_default().watched.subscribe()
    }

    /// Waits until there is something to tell.
    pub async fn untold(&self) {
        self.bell.notified().await;
    }

    /// What changed since it was asked last, in words for [`Presence::hear`] of the others.
    pub fn untold_words(&self) -> Vec<String> {
        let untold = mem::take(&mut self.lock().untold);
        self.words(&untold)
    }

    /// All who are here, in such words; and forgets who has been away for long.
    pub fn beat(&self, now: DateTime<Utc>) -> Vec<String> {
        let mut known = self.lock();
        known.rooms.retain(|_, room| room.is_known(now));
        let spots = known
            .rooms
            .iter()
            .flat_map(|((tenant, place), room)| room.here.keys().map(|who| (Said::Here, (*tenant, *place, *who))));
        let here: Vec<_> = spots.collect();
        drop(known);
        self.words(&here)
    }

    fn words(&self, told: &[(Said, Spot)]) -> Vec<String> {
        let words = |some: &[(Said, Spot)]| {
            let mut words = format!("{WORD}{}", self.process);
            for (said, (tenant, place, who)) in some {
                let said = match said {
                    Said::Here => 'h',
                    Said::Gone => 'g',
                    Said::Typing => 't',
                    Said::Quiet => 'q',
                };
                let place = match place {
                    Place::Desk(None) => "desk".into(),
                    Place::Desk(Some(department)) => format!("{DESK_OF}{}", department.0.simple()),
                    Place::Chat(chat) => chat.0.simple().to_string(),
                };
                let who = match who {
                    Who::Visitor => "visitor".into(),
                    Who::Staff(staff) => staff.0.simple().to_string(),
                };
                // Writing into a text cannot fail.
                let _ = write!(words, " {said} {} {place} {who}", tenant.0.simple());
            }
            words
        };
        told.chunks(TOLD).map(words).collect()
    }

    /// Learns what another process told, without [`WORD`]; its own words, and what are none, it does not hear.
    pub fn hear(&self, words: &str, now: DateTime<Utc>) {
        let mut words = words.split(' ');
        let Some(process) = words.next().filter(|process| *process != self.process) else { return };
        let mut known = self.lock();
        while let (Some(said), Some(tenant), Some(place), Some(who)) =
            (words.next(), words.next(), words.next(), words.next())
        {
            let (Some(spot), Some(said)) = (spot(tenant, place, who), said_of(said)) else { continue };
            let room = known.room(spot);
            match said {
                Said::Here => drop(room.elsewhere.entry(spot.2).or_default().insert(process.to_owned(), now + LIMIT)),
                Said::Gone => {
                    if let Some(said) = room.elsewhere.get_mut(&spot.2) {
                        said.remove(process);
                    }
                    room.typing.remove(&spot.2);
                }
                Said::Typing => drop(room.typing.insert(spot.2, now + TYPING)),
                Said::Quiet => drop(room.typing.remove(&spot.2)),
            }
            room.watched.send_modify(|()| ());
        }
    }
}

fn said_of(word: &str) -> Option<Said> {
    Some(match word {
        "h" => Said::Here,
        "g" => Said::Gone,
        "t" => Said::Typing,
        "q" => Said::Quiet,
        _ => return None,
    })
}

fn spot(tenant: &str, place: &str, who: &str) -> Option<Spot> {
    let id = |text: &str| uuid::Uuid::try_parse(text).ok();
    let place = match (place, place.strip_prefix(DESK_OF)) {
        ("desk", _) => Place::Desk(None),
        (_, Some(department)) => Place::Desk(Some(DepartmentId(id(department)?))),
        (chat, None) => Place::Chat(ChatId(id(chat)?)),
    };
    let who = if who == "visitor" { Who::Visitor } else { Who::Staff(StaffId(id(who)?)) };
    Some((TenantId(id(tenant)?), place, who))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId(uuid::Uuid::nil());
    const CHAT: ChatId = ChatId(uuid::Uuid::max());
    const VISITOR: Spot = (TENANT, Place::Chat(CHAT), Who::Visitor);
    const STAFF: StaffId = StaffId(uuid::Uuid::max());
    const AT_THE_DESK: Spot = (TENANT, Place::Desk(None), Who::Staff(STAFF));
    const SALES: Option<DepartmentId> = Some(DepartmentId(uuid::Uuid::max()));
    const CARE: Option<DepartmentId> = Some(DepartmentId(uuid::Uuid::nil()));

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn pass(from: &Presence, to: &Presence, now: DateTime<Utc>) {
        for words in from.untold_words() {
            to.hear(words.strip_prefix(WORD).unwrap(), now);
        }
    }

    #[test]
    fn who_is_there_is_known_to_all_processes_and_who_died_is_away_within_the_limit() {
        let (one, other) = (Arc::new(Presence::new("one".into())), Arc::new(Presence::new("other".into())));
        let here = one.enter(VISITOR);
        let again = one.enter(VISITOR);
        let desk = one.enter(AT_THE_DESK);
        pass(&one, &other, at(0));
        assert!(one.in_chat(TENANT, CHAT, at(0)).visitor && other.in_chat(TENANT, CHAT, at(0)).visitor);
        assert!(other.at_the_desk(TENANT, None, at(0)).contains(&STAFF));
        assert!(other.at_the_desk(TENANT, SALES, at(0)).contains(&STAFF));
        drop(here);
        assert!(one.in_chat(TENANT, CHAT, at(0)).visitor, "in another window");
        drop(again);
        pass(&one, &other, at(0));
        assert!(!other.in_chat(TENANT, CHAT, at(0)).visitor);
        for words in one.beat(at(5)) {
            other.hear(words.strip_prefix(WORD).unwrap(), at(5));
        }
        assert!(other.at_the_desk(TENANT, None, at(14)).contains(&STAFF));
        assert!(other.at_the_desk(TENANT, None, at(15)).is_empty(), "nothing was heard any more");
        drop(desk);
    }

    #[test]
    fn who_follows_one_queue_is_at_the_desk_for_that_alone() {
        let (one, other) = (Arc::new(Presence::new("one".into())), Arc::new(Presence::new("other".into())));
        let _desk = one.enter((TENANT, Place::Desk(SALES), Who::Staff(STAFF)));
        pass(&one, &other, at(0));
        for process in [one, other] {
            assert!(process.at_the_desk(TENANT, SALES, at(0)).contains(&STAFF));
            assert!(process.at_the_desk(TENANT, CARE, at(0)).is_empty());
            assert!(process.at_the_desk(TENANT, None, at(0)).is_empty());
        }
    }

    #[test]
    fn who_types_does_so_until_they_stop_or_say_nothing_more() {
        let (one, other) = (Arc::new(Presence::new("one".into())), Arc::new(Presence::new("other".into())));
        let mut woken = other.watch(TENANT, Place::Chat(CHAT));
        one.types(VISITOR, true, at(0));
        pass(&one, &other, at(0));
        assert!(woken.has_changed().unwrap());
        woken.mark_unchanged();
        assert!(one.in_chat(TENANT, CHAT, at(5)).visitor_typing && other.in_chat(TENANT, CHAT, at(5)).visitor_typing);
        assert!(!one.in_chat(TENANT, CHAT, at(6)).visitor_typing && !other.in_chat(TENANT, CHAT, at(6)).visitor_typing);
        one.types(VISITOR, true, at(7));
        one.types(VISITOR, false, at(8));
        pass(&one, &other, at(8));
        assert!(!other.in_chat(TENANT, CHAT, at(8)).visitor_typing);
        for nonsense in ["", "x", "x h", "x h y desk z", "x z 0 0 0", "\u{0} h"] {
            other.hear(nonsense, at(9));
        }
        assert_eq!(other.in_chat(TENANT, CHAT, at(9)), InChat::default());
    }

    #[test]
    fn much_is_told_in_pieces() {
        let one = Arc::new(Presence::new("one".into()));
        let chats =
            (0..TOLD as u128 + 1).map(|n| (TENANT, Place::Chat(ChatId(uuid::Uuid::from_u128(n))), Who::Visitor));
        let guards: Vec<_> = chats.map(|spot| one.enter(spot)).collect();
        let told = one.untold_words();
        assert_eq!((told.len(), guards.len()), (2, TOLD + 1));
        assert!(told.iter().all(|words| words.len() < 8000));
    }
}
