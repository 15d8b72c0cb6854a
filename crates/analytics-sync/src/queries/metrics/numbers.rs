//! Numbers of a period.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use kernel::{Conn, Cx, Error, ProblemCode, Result, text::same_name};
use uuid::Uuid;

use super::load;
use crate::{
    domain::metrics::{
        apart::apart,
        chosen::{Chosen, Ground},
        facts::Facts,
        group::{Grouping, Key, Which},
        period::Period,
        tally::{Measure, Tally},
        working::Working,
    },
    policy::{VIEW_ANALYTICS, sees_b2chat},
    ports::metrics::{Departments, WorkingTimes},
};

/// What numbers are asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The zone, where it is not the company's.
    pub zone: Option<String>,
    /// Which things.
    pub which: Which,
    /// Whether only the company's working times count.
    pub business_hours: bool,
    /// Above how many minutes a first response came too late.
    pub sla_minutes: i64,
}

impl Asked {
    /// The period, and what is looked for in the form in which it is compared.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without [`VIEW_ANALYTICS`]; [`Error::Invalid`] naming what is wrong.
    pub fn checked(&self, cx: &Cx, company: Tz) -> Result<(Period, Which)> {
        cx.require(VIEW_ANALYTICS)?;
        let zone = match &self.zone {
            None => company,
            Some(name) => name.parse().map_err(|_| {
                let message = "must be the IANA name of a time zone, such as Europe/Berlin";
                Error::invalid("filter.timeZone", ProblemCode::InvalidFormat, message)
            })?,
        };
        for (field, text) in [("filter.channel", &self.which.channel), ("filter.tag", &self.which.tag)] {
            if text.as_ref().is_some_and(|text| text.chars().count() > TEXT) {
                let message = format!("must have at most {TEXT} characters");
                return Err(Error::invalid(field, ProblemCode::TooLong, message));
            }
        }
        let mut which = self.which.clone();
        which.tag = which.tag.map(|tag| same_name(&tag));
        Ok((Period::new(zone, self.from, self.to)?, which))
    }

    /// Above how many milliseconds a first response came too late.
    pub fn sla(&self) -> i64 {
        self.sla_minutes * 60_000
    }
}

/// The longest channel or tag that is looked for, in characters.
const TEXT: usize = 200;

/// The numbers of a period and, where that was asked for, of the one before.
#[derive(Debug)]
pub struct Loaded {
    /// The period.
    pub period: Period,
    now: Arc<Chosen>,
    before: Option<Arc<Chosen>>,
    names: HashMap<Uuid, String>,
}

/// A group with its numbers.
#[derive(Debug, Clone)]
pub struct Group {
    /// What its things have in common.
    pub key: Key,
    /// What that is called, where this context knows and the actor may.
    pub label: Option<String>,
    /// What is counted.
    pub tally: Tally,
    /// The same of the period before.
    pub before: Option<Tally>,
}

/// Loads what numbers of a period need.
///
/// # Errors
/// As [`Asked::checked`]; [`Error::Unavailable`] where the database is away.
pub async fn load_metrics(
    conn: &Conn,
    cx: &Cx,
    company: (Tz, &impl Departments, &impl WorkingTimes),
    asked: &Asked,
    with_before: bool,
    with_backlog: bool,
) -> Result<Loaded> {
    let (zone, departments, working_times) = company;
    let (period, which) = asked.checked(cx, zone)?;
    let before = with_before.then(|| period.before());
    let from = before.as_ref().map_or(period.from, |before| before.from);
    let mut facts = load::of_period(conn, from, period.until).await?;
    if with_backlog {
        load::open_at(conn, from, &mut facts).await?;
    }
    let (around, mut names) = load::around(conn, departments).await?;
    if !sees_b2chat(cx) {
        names.clear();
    }
    let working = match asked.business_hours {
        true => Some(working(cx, &facts, working_times).await?),
        false => None,
    };
    let measure = Measure { working, sla: asked.sla() };
    let ground = Arc::new(Ground { facts, around, which, measure });
    let chosen = |period: Period| Arc::new(Chosen::new(Arc::clone(&ground), period));
    Ok(Loaded { period, now: chosen(period), before: before.map(chosen), names })
}

/// When the company was at work while anything was open.
async fn working(cx: &Cx, facts: &Facts, times: &impl WorkingTimes) -> Result<Working> {
    // A source may tell of instants that are none of ours; at those nobody was at work.
    let (least, most) = (DateTime::UNIX_EPOCH + TimeDelta::days(10_957), cx.now + TimeDelta::days(1));
    let all = || facts.things.instants().filter_map(DateTime::from_timestamp_millis);
    let within = |at: DateTime<Utc>| at.clamp(least, most.max(least));
    let (Some(from), Some(until)) = (all().min().map(within), all().max().map(within)) else {
        return Ok(Working::default());
    };
    let open = times.open(from, until).await?;
    let millis = |(from, until): (DateTime<Utc>, DateTime<Utc>)| (from.timestamp_millis(), until.timestamp_millis());
    Ok(Working::new(open.into_iter().map(millis).collect()))
}

/// The most groups of one answer.
pub const GROUPS: i32 = 1_000;

impl Loaded {
    /// All things together.
    pub fn together(&self) -> Group {
        let tally = |of: &Arc<Chosen>| apart(of, Grouping::All).pop().map(|(_, tally)| tally).unwrap_or_default();
        Group { key: Key::None, label: None, tally: tally(&self.now), before: self.before.as_ref().map(tally) }
    }

    /// The things told apart, at most so many groups; and how many more there are.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more groups than there may be.
    pub fn groups(&self, grouping: Grouping, limit: i32) -> Result<(Vec<Group>, usize)> {
        let limit = usize::try_from(limit).ok().filter(|_| (1..=GROUPS).contains(&limit));
        let Some(limit) = limit else {
            let message = format!("must be from 1 to {GROUPS}");
            return Err(Error::invalid("limit", ProblemCode::InvalidFormat, message));
        };
        let mut groups = apart(&self.now, grouping);
        let by_time = matches!(grouping, Grouping::Day | Grouping::Week | Grouping::Month);
        let before = self.before.as_ref().map(|before| apart(before, grouping)).unwrap_or_default();
        let more = groups.len().saturating_sub(limit);
        groups.truncate(limit);
        let count = groups.len();
        let mut by_key: HashMap<Key, Tally> = HashMap::new();
        let mut in_turn = Vec::new();
        for (key, tally) in before {
            // Those of the period before are told apart as these are: each is compared with as many days, in its turn.
            if by_time { in_turn.push(tally) } else { drop(by_key.insert(key, tally)) }
        }
        let mut shown = Vec::with_capacity(count);
        for (turn, (key, tally)) in groups.into_iter().enumerate() {
            let before = match (&self.before, by_time) {
                (None, _) => None,
                (Some(_), true) => in_turn.get(turn).cloned(),
                (Some(_), false) => Some(by_key.remove(&key).unwrap_or_default()),
            };
            shown.push(Group { label: self.label(&key), key, tally, before });
        }
        Ok((shown, more))
    }

    fn label(&self, key: &Key) -> Option<String> {
        match key {
            Key::Staff(id) | Key::Agent(id) | Key::B2chatDepartment(id) => self.names.get(id).cloned(),
            Key::Tag(folded) => {
                let facts = &self.now.ground.facts;
                let number = facts.tag_words.number(folded)?;
                facts.tags_shown.get(number as usize).cloned()
            }
            Key::Channel(word) => Some(word.clone()),
            _ => None,
        }
    }
}
