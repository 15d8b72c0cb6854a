//! The facts of a day in one piece of bytes.
//!
//! Numbers are LEB128, signed ones zigzag. First the version, then the ids, the words and the tags that the day's things name, then
//! the things in the order in which they began: when since the one before, what they are, which of the optional values they
//! have, and those, times since they began.

use kernel::{Error, Result};
use uuid::Uuid;

use super::facts::{Counted, Facts, NEVER, NOBODY};
use crate::store::metrics::fact::{MetricKind, MetricPriority, MetricStatus};

/// How blocks are written.
const VERSION: u8 = 1;

const KINDS: [MetricKind; 3] = [MetricKind::B2chatChat, MetricKind::LiveChat, MetricKind::Ticket];
const STATUSES: [MetricStatus; 3] = [MetricStatus::Pending, MetricStatus::Open, MetricStatus::Closed];
const PRIORITIES: [Option<MetricPriority>; 5] = [
    None,
    Some(MetricPriority::Urgent),
    Some(MetricPriority::High),
    Some(MetricPriority::Normal),
    Some(MetricPriority::Low),
];

fn position<T: PartialEq>(all: &[T], value: &T) -> u8 {
    all.iter().position(|known| known == value).and_then(|position| u8::try_from(position).ok()).unwrap_or_default()
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)) as u64);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// The things of a day, which began on it, in one piece.
pub fn encode(facts: &Facts) -> Vec<u8> {
    let mut out = vec![VERSION];
    put(&mut out, facts.ids.all().len() as u64);
    facts.ids.all().iter().for_each(|id| out.extend_from_slice(id.as_bytes()));
    put(&mut out, facts.words.all().len() as u64);
    facts.words.all().iter().for_each(|word| put_text(&mut out, word));
    put(&mut out, facts.tags_shown.len() as u64);
    for (folded, shown) in facts.tag_words.all().iter().zip(&facts.tags_shown) {
        put_text(&mut out, folded);
        put_text(&mut out, shown);
    }
    let things = &facts.things;
    let mut places: Vec<usize> = (0..things.len()).collect();
    places.sort_by_key(|place| things.created[*place]);
    put(&mut out, places.len() as u64);
    let mut last = 0;
    for place in places {
        let thing = things.get(place);
        put_signed(&mut out, thing.created - last);
        last = thing.created;
        let kinds = position(&KINDS, &thing.kind) * 15 + position(&STATUSES, &thing.status) * 5;
        out.push(kinds + position(&PRIORITIES, &thing.priority));
        let times = [thing.opened, thing.picked_up, thing.answered, thing.closed];
        let ids = [thing.agent, thing.staff, thing.b2chat_department, thing.department];
        let has = times.iter().map(|at| *at != NEVER).chain(ids.iter().map(|id| *id != NOBODY));
        out.push(has.enumerate().fold(0, |mask, (bit, has)| mask | u8::from(has) << bit));
        times.iter().filter(|at| **at != NEVER).for_each(|at| put_signed(&mut out, at - thing.created));
        put(&mut out, thing.channel.into());
        ids.iter().filter(|id| **id != NOBODY).for_each(|id| put(&mut out, (*id).into()));
        let tags = things.tags_of(place);
        put(&mut out, tags.len() as u64);
        tags.iter().for_each(|tag| put(&mut out, (*tag).into()));
    }
    out
}

/// Bytes that are read from the front.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    #[inline]
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    #[inline]
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    #[inline]
    fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn bytes(&mut self, count: u64) -> Option<&[u8]> {
        let (bytes, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<String> {
        let count = self.number()?;
        String::from_utf8(self.bytes(count)?.to_vec()).ok()
    }
}

/// Adds the things of a block to others.
///
/// # Errors
/// [`Error::Internal`] for bytes that are no block of this version.
pub fn decode(block: &[u8], facts: &mut Facts) -> Result<()> {
    read(Reader(block), facts).ok_or_else(|| Error::internal("a day of metrics cannot be read"))
}

fn read(mut from: Reader<'_>, facts: &mut Facts) -> Option<()> {
    if from.byte()? != VERSION {
        return None;
    }
    let mut all_ids = Vec::new();
    for _ in 0..from.number()? {
        all_ids.push(facts.ids.put(Uuid::from_slice(from.bytes(16)?).ok()?));
    }
    let mut words = Vec::new();
    for _ in 0..from.number()? {
        words.push(facts.words.put(from.text()?));
    }
    let mut tags = Vec::new();
    for _ in 0..from.number()? {
        let (folded, shown) = (from.text()?, from.text()?);
        tags.push(facts.tag(&folded, &shown));
    }
    let mut created = 0;
    let known = |all: &[u32], number: u64| all.get(usize::try_from(number).ok()?).copied();
    for _ in 0..from.number()? {
        created += from.signed()?;
        let kinds = usize::from(from.byte()?);
        let mask = from.byte()?;
        let (mut times, mut ids) = ([NEVER; 4], [NOBODY; 4]);
        for (bit, at) in times.iter_mut().enumerate() {
            if mask >> bit & 1 == 1 {
                *at = created + from.signed()?;
            }
        }
        let channel = known(&words, from.number()?)?;
        for (bit, id) in ids.iter_mut().enumerate() {
            if mask >> (bit + 4) & 1 == 1 {
                *id = known(&all_ids, from.number()?)?;
            }
        }
        for _ in 0..from.number()? {
            facts.things.tag(known(&tags, from.number()?)?);
        }
        let ([opened, picked_up, answered, closed], [agent, staff, b2chat_department, department]) = (times, ids);
        facts.things.push(Counted {
            kind: *KINDS.get(kinds / 15)?,
            status: *STATUSES.get(kinds / 5 % 3)?,
            priority: *PRIORITIES.get(kinds % 5)?,
            created,
            opened,
            picked_up,
            answered,
            closed,
            channel,
            agent,
            staff,
            b2chat_department,
            department,
        });
    }
    from.0.is_empty().then_some(())
}
