//! Answers of the assistant that are being made at this moment: what there is of each, in every process. Nothing of it is stored
//! here; the answer itself is, now and then and when it is whole.
//!
//! Whoever makes an answer tells the other processes each piece with its place in the text. A piece may get lost; then those
//! that come after it wait until somebody who listens has read what was stored ([`Answers::learn`]).

use std::{
    collections::{BTreeMap, HashMap},
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Source,
    id::{AssistantMessageId, TenantId},
};
use tokio::sync::{Notify, watch};

/// What its words begin with.
pub const WORD: &str = "answer ";
/// How much of a text is told at once, in bytes: PostgreSQL takes 8000 with all that stands around it.
const TOLD: usize = 6000;
/// How long an answer is remembered that nobody listens to and of which nothing was heard.
const REMEMBERED: TimeDelta = TimeDelta::minutes(5);
/// So many pieces wait for those before them.
const AHEAD: usize = 1000;
/// So many answers of one company are made at a time in a process: the others leave workers for other work.
const PLACES: usize = 4;

type Key = (TenantId, AssistantMessageId);

/// What is known of answers under way.
pub struct Answers {
    /// Which process it is that tells.
    process: String,
    source: std::sync::Arc<Source>,
    known: Mutex<Known>,
    /// Rings when there is something to tell.
    bell: Notify,
}

#[derive(Default)]
struct Known {
    rooms: HashMap<Key, Room>,
    untold: Vec<(Key, i32, usize, String)>,
    working: HashMap<TenantId, usize>,
}

/// One answer.
struct Room {
    /// Raised whenever it is begun anew.
    round: i32,
    text: String,
    /// Pieces of later on, by their places.
    ahead: BTreeMap<usize, String>,
    heard: DateTime<Utc>,
    watched: watch::Sender<()>,
}

/// A place among those that make answers, for as long as it is kept.
pub struct Place<'a>(&'a Answers, TenantId);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(working) = self.0.lock().working.get_mut(&self.1) {
            *working -= 1;
        }
    }
}

impl Room {
    fn new(now: DateTime<Utc>) -> Self {
        let (text, ahead, watched) = Default::default();
        Self { round: -1, text, ahead, heard: now, watched }
    }

    /// Begins anew where the round is a later one; says whether the round is the one that is under way.
    fn is_of(&mut self, round: i32) -> bool {
        if round > self.round {
            self.round = round;
            self.text.clear();
            self.ahead.clear();
            self.watched.send_modify(|()| ());
        }
        round == self.round
    }

    /// Takes a piece that stands at `at`; one that comes too early waits.
    fn take(&mut self, at: usize, piece: &str) {
        match at.checked_sub(self.text.len()) {
            // Some of it is known already, or none of it.
            Some(0) => self.text.push_str(piece),
            None => {
                if let Some(rest) = piece.get(self.text.len() - at..) {
                    self.text.push_str(rest);
                }
            }
            Some(_) if self.ahead.len() < AHEAD => drop(self.ahead.insert(at, piece.to_owned())),
            Some(_) => {}
        }
        while let Some(first) = self.ahead.first_entry().filter(|first| *first.key() <= self.text.len()) {
            let (at, piece) = first.remove_entry();
            if let Some(rest) = piece.get(self.text.len() - at..) {
                self.text.push_str(rest);
            }
        }
        self.watched.send_modify(|()| ());
    }
}

impl Answers {
    /// Of a process with this name, which no other has. It holds no blanks.
    pub fn new(process: String, source: std::sync::Arc<Source>) -> Self {
        Self { process, source, known: Mutex::default(), bell: Notify::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for making an answer of this company; `None` while enough of them are made here.
    pub fn place(&self, tenant: TenantId) -> Option<Place<'_>> {
        let mut known = self.lock();
        let working = known.working.entry(tenant).or_default();
        (*working < PLACES).then(|| {
            *working += 1;
            Place(self, tenant)
        })
    }

    /// What there is of an answer, and in which round, as far as this process knows.
    pub fn so_far(&self, tenant: TenantId, answer: AssistantMessageId) -> Option<(i32, String)> {
        let known = self.lock();
        let room = known.rooms.get(&(tenant, answer))?;
        Some((room.round, room.text.clone()))
    }

    /// Wakes when there is more of an answer.
    pub fn watch(&self, tenant: TenantId, answer: AssistantMessageId) -> watch::Receiver<()> {
        let now = self.source.now();
        let mut known = self.lock();
        known.rooms.entry((tenant, answer)).or_insert_with(|| Room::new(now)).watched.subscribe()
    }

    /// Learns what was stored of an answer under way.
    pub fn learn(&self, tenant: TenantId, answer: AssistantMessageId, round: i32, text: &str) {
        self.heard((tenant, answer), round, 0, text);
    }

    fn heard(&self, key: Key, round: i32, at: usize, piece: &str) {
        let now = self.source.now();
        let mut known = self.lock();
        known
            .rooms
            .retain(|other, room| *other == key || room.watched.receiver_count() > 0 || now - room.heard < REMEMBERED);
        let room = known.rooms.entry(key).or_insert_with(|| Room::new(now));
        room.heard = now;
        if room.is_of(round) {
            room.take(at, piece);
        }
    }

    fn tell(&self, key: Key, round: i32, at: usize, piece: String) {
        let mut known = self.lock();
        match known.untold.last_mut() {
            // What comes in one moment is told together.
            Some((last, of, from, text)) if *last == key && *of == round && *from + text.len() == at => {
                text.push_str(&piece)
            }
            _ => known.untold.push((key, round, at, piece)),
        }
        self.bell.notify_one();
    }

    /// Waits until there is something to tell.
    pub async fn untold(&self) {
        self.bell.notified().await;
    }

    /// What came since it was asked last, in words for [`Answers::hear`] of the others.
    pub fn untold_words(&self) -> Vec<String> {
        let untold = mem::take(&mut self.lock().untold);
        let mut all = Vec::new();
        for ((tenant, answer), round, at, text) in untold {
            let (mut at, mut rest) = (at, text.as_str());
            loop {
                let mut end = rest.len().min(TOLD);
                while !rest.is_char_boundary(end) {
                    end -= 1;
                }
                let (piece, later) = rest.split_at(end);
                let (tenant, answer) = (tenant.0.simple(), answer.0.simple());
                all.push(format!("{WORD}{} {tenant} {answer} {round} {at} {piece}", self.process));
                (at, rest) = (at + end, later);
                if rest.is_empty() {
                    break;
                }
            }
        }
        all
    }

    /// Learns what another process told, without [`WORD`]; its own words, and what are none, it does not hear.
    pub fn hear(&self, words: &str) {
        let mut words = words.splitn(6, ' ');
        let Some(_) = words.next().filter(|process| *process != self.process) else { return };
        let mut id = || uuid::Uuid::try_parse(words.next()?).ok();
        let (Some(tenant), Some(answer)) = (id(), id()) else { return };
        let (round, at) =
            (words.next().and_then(|text| text.parse().ok()), words.next().and_then(|text| text.parse().ok()));
        if let (Some(round), Some(at), Some(piece)) = (round, at, words.next()) {
            self.heard((TenantId(tenant), AssistantMessageId(answer)), round, at, piece);
        }
    }
}

impl ticketing::Listeners for Answers {
    fn begin(&self, tenant: TenantId, answer: AssistantMessageId, round: i32) {
        self.heard((tenant, answer), round, 0, "");
        self.tell((tenant, answer), round, 0, String::new());
    }

    fn piece(&self, tenant: TenantId, answer: AssistantMessageId, text: &str) {
        let (round, at) = self.so_far(tenant, answer).map_or((0, 0), |(round, text)| (round, text.len()));
        self.heard((tenant, answer), round, at, text);
        self.tell((tenant, answer), round, at, text.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use ticketing::Listeners;

    use super::*;

    const TENANT: TenantId = TenantId(uuid::Uuid::nil());
    const ANSWER: AssistantMessageId = AssistantMessageId(uuid::Uuid::max());

    fn two() -> (Answers, Answers) {
        let source = std::sync::Arc::new(Source::system());
        (Answers::new("one".into(), source.clone()), Answers::new("other".into(), source))
    }

    fn heard(answers: &Answers) -> (i32, String) {
        answers.so_far(TENANT, ANSWER).unwrap()
    }

    #[test]
    fn all_processes_know_what_there_is_of_an_answer() {
        let (one, other) = two();
        one.begin(TENANT, ANSWER, 16);
        one.piece(TENANT, ANSWER, "Fünf ");
        one.piece(TENANT, ANSWER, "Tage.");
        let words = one.untold_words();
        assert_eq!(words.len(), 1, "what comes in one moment is told together");
        words.iter().for_each(|words| other.hear(words.strip_prefix(WORD).unwrap()));
        assert_eq!(heard(&other), (16, "Fünf Tage.".into()));
        one.hear(words[0].strip_prefix(WORD).unwrap());
        assert_eq!(heard(&one), (16, "Fünf Tage.".into()), "its own words it does not hear");
        one.begin(TENANT, ANSWER, 17);
        one.untold_words().iter().for_each(|words| other.hear(words.strip_prefix(WORD).unwrap()));
        assert_eq!(heard(&other), (17, String::new()), "it begins anew");
    }

    #[test]
    fn what_was_lost_is_made_up_for_by_what_is_stored() {
        let (one, other) = two();
        let mut woken = other.watch(TENANT, ANSWER);
        one.begin(TENANT, ANSWER, 1);
        one.piece(TENANT, ANSWER, "Fünf ");
        drop(one.untold_words());
        one.piece(TENANT, ANSWER, &"ä".repeat(TOLD));
        let words = one.untold_words();
        assert!(words.len() > 1 && words.iter().all(|words| words.len() < 8000));
        words.iter().rev().for_each(|words| other.hear(words.strip_prefix(WORD).unwrap()));
        assert_eq!(heard(&other).1, "", "the beginning is missing");
        assert!(woken.has_changed().unwrap());
        woken.mark_unchanged();
        other.learn(TENANT, ANSWER, 0, "of an earlier round");
        assert_eq!(heard(&other).1, "");
        other.learn(TENANT, ANSWER, 1, "Fünf ä");
        assert_eq!(heard(&other), heard(&one));
        assert!(woken.has_changed().unwrap());
        for nonsense in ["", "x", "x y z", "x 0 0 1 1 ä"] {
            other.hear(nonsense);
        }
    }

    #[test]
    fn a_company_takes_some_places_and_no_more() {
        let (one, _) = two();
        let places: Vec<_> = std::iter::from_fn(|| one.place(TENANT)).take(100).collect();
        assert_eq!(places.len(), PLACES);
        assert!(one.place(TenantId(uuid::Uuid::max())).is_some());
        drop(places);
        assert!(one.place(TENANT).is_some());
    }
}
