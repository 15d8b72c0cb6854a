//! Two years of visitors, messages and replies.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::db::search;
use uuid::Uuid;

use super::{
    SeedSize,
    bulk::{Column, Rows},
    dice::{Dice, For},
    people::{staff_id, workers},
    text, to_usize,
};

/// 2024-01-01: when the history begins.
pub fn begin() -> DateTime<Utc> {
    DateTime::from_timestamp(1_704_067_200, 0).unwrap_or_default()
}

/// From 2024-01-01 to 2026-01-01, in microseconds.
const SPAN: u64 = 731 * 24 * 3600 * 1_000_000;

/// What happens when to whom.
pub struct History {
    size: SeedSize,
    visits: Vec<Visits>,
}

/// When a visitor wrote.
#[derive(Clone, Copy)]
struct Visits {
    first: DateTime<Utc>,
    last: DateTime<Utc>,
    messages: i32,
}

/// Where a message begins.
struct Origin {
    at: DateTime<Utc>,
    visitor: u64,
}

/// One reply.
struct Reply {
    id: Uuid,
    message: Uuid,
    author: Option<Uuid>,
    content: String,
    status: &'static str,
    error: Option<String>,
    sent_at: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
}

impl History {
    /// Goes through all messages once, to know when each visitor comes first and last.
    pub fn new(size: SeedSize) -> Self {
        let unseen = |n: u64| {
            let at = begin() + microseconds(Dice::of(For::Visitor, n).below(SPAN));
            Visits { first: at, last: at, messages: 0 }
        };
        let mut this = Self { size, visits: (0..size.visitors).map(unseen).collect() };
        for n in 0..size.messages {
            let origin = this.origin(n);
            let visits = &mut this.visits[to_usize(origin.visitor)];
            // Messages come in the order of their time.
            if visits.messages == 0 {
                visits.first = origin.at;
            }
            visits.last = origin.at;
            visits.messages += 1;
        }
        this
    }

    /// When message `n` was written, later than the one before, and by whom.
    fn origin(&self, n: u64) -> Origin {
        let mut dice = Dice::of(For::Origin, n);
        let step = (SPAN / self.size.messages).max(1);
        Origin { at: begin() + microseconds(n * step + dice.below(step)), visitor: dice.below(self.size.visitors) }
    }

    fn visitor_id(&self, n: u64) -> Uuid {
        Dice::of(For::Visitor, n).id(self.visits[to_usize(n)].first)
    }

    /// Some of the visitors.
    pub fn visitors(&self, range: Range<u64>) -> Rows {
        let seen = |n: u64| self.visits[to_usize(n)];
        let each = || range.clone();
        let person = |n| text::person(&mut text::visitor_dice(n));
        let mut sources = Vec::new();
        let mut hashes = Vec::new();
        let mut views = Vec::new();
        for n in each() {
            let mut dice = Dice::of(For::Visitor, n);
            // Tokens whose hash nobody can find, so that nobody is taken for one of these visitors.
            hashes.push((0..4).flat_map(|_| dice.any().to_be_bytes()).collect());
            sources.push(text::source(&mut dice).map(str::to_owned));
            views.push(seen(n).messages.max(1));
        }
        Rows::new(
            "visitors",
            sources.len(),
            vec![
                ("id", Column::Ids(each().map(|n| self.visitor_id(n)).collect())),
                ("name", Column::Texts(each().map(|n| person(n).full()).collect())),
                ("email", Column::Texts(each().map(|n| person(n).email(n)).collect())),
                ("source", Column::MaybeTexts(sources)),
                ("token_hash", Column::Bytes(hashes)),
                ("page_views", Column::Numbers(views)),
                ("first_visit_at", Column::Times(each().map(|n| seen(n).first).collect())),
                ("last_visit_at", Column::Times(each().map(|n| seen(n).last).collect())),
            ],
        )
    }

    /// By which words some of the visitors are found.
    pub fn visitor_words(&self, range: Range<u64>) -> Rows {
        let words = |n| {
            let person = text::person(&mut text::visitor_dice(n));
            search::stored_words([person.full().as_str(), person.email(n).as_str()])
        };
        let ids: Vec<_> = range.clone().map(|n| self.visitor_id(n)).collect();
        let sought = range.map(words).collect();
        Rows::new("visitor_words", ids.len(), vec![("id", Column::Ids(ids)), ("sought", Column::Sought(sought))])
    }

    /// Some of the messages, and their replies.
    pub fn messages(&self, range: Range<u64>) -> (Rows, Rows) {
        let len = to_usize(range.end - range.start);
        let mut replies = Vec::with_capacity(3 * len);
        let (mut ids, mut visitors, mut names, mut emails) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut companies, mut services, mut contents, mut pages) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut statuses, mut assignees, mut versions) = (Vec::new(), Vec::new(), Vec::new());
        let (mut created, mut updated) = (Vec::new(), Vec::new());
        for n in range {
            let mut dice = Dice::of(For::Message, n);
            let Origin { at, visitor } = self.origin(n);
            let id = dice.id(at);
            let status = dice.weighted(&[(10, "new"), (25, "in_progress"), (15, "converted"), (50, "archived")]);
            // 70 of 100 messages are with somebody; of the new ones hardly any.
            let assignee =
                if dice.chance(if status == "new" { 5 } else { 77 }) { self.worker(&mut dice) } else { None };
            let before = replies.len();
            if status != "new" {
                self.replies(n, id, at, assignee, &mut replies);
            }
            let person = text::person(&mut text::visitor_dice(visitor));
            let service = dice.one_of(text::SERVICES);
            ids.push(id);
            visitors.push(self.visitor_id(visitor));
            names.push(person.full());
            emails.push(person.email(visitor));
            companies.push(text::company(&mut dice));
            services.push(dice.chance(85).then(|| service.to_owned()));
            contents.push(text::message(&mut dice, service));
            pages.push(dice.chance(90).then(|| text::page(service)));
            statuses.push(status);
            assignees.push(assignee);
            versions
                .push(1 + i32::from(assignee.is_some()) + i32::try_from(replies.len() - before).unwrap_or_default());
            created.push(at);
            updated.push(replies[before..].last().map_or(at, |last: &Reply| last.at));
        }
        let sought = (0..len).map(|n| {
            let [company, service] = [&companies[n], &services[n]].map(Option::as_deref);
            let [name, email, content] = [&names[n], &emails[n], &contents[n]].map(|text| Some(text.as_str()));
            let texts = [name, email, company, service, content];
            search::stored_words(texts.into_iter().flatten())
        });
        let sought = sought.collect();
        let messages = Rows::new(
            "messages",
            len,
            vec![
                ("id", Column::Ids(ids)),
                ("visitor_id", Column::Ids(visitors)),
                ("name", Column::Texts(names)),
                ("email", Column::Texts(emails)),
                ("company", Column::MaybeTexts(companies)),
                ("service", Column::MaybeTexts(services)),
                ("content", Column::Texts(contents)),
                ("page_url", Column::MaybeTexts(pages)),
                ("sought", Column::Sought(sought)),
                ("status", Column::Words(statuses)),
                ("assignee_id", Column::MaybeIds(assignees)),
                ("version", Column::Numbers(versions)),
                ("created_at", Column::Times(created)),
                ("updated_at", Column::Times(updated)),
            ],
        );
        (messages, reply_rows(replies))
    }

    fn worker(&self, dice: &mut Dice) -> Option<Uuid> {
        let workers = workers(self.size.staff);
        (workers > 0).then(|| staff_id(dice.below(workers)))
    }

    /// 1 to 5 replies to message number `n`, each later than the one before; mostly by who has the message.
    fn replies(&self, n: u64, message: Uuid, at: DateTime<Utc>, assignee: Option<Uuid>, replies: &mut Vec<Reply>) {
        let mut dice = Dice::of(For::Replies, n);
        let mut at = at;
        for _ in 0..dice.weighted(&[(10, 1), (20, 2), (45, 3), (17, 4), (8, 5)]) {
            at += microseconds(600_000_000 + dice.below(2 * 24 * 3600 * 1_000_000));
            let status = dice.weighted(&[(88, "sent"), (10, "not_requested"), (2, "failed")]);
            replies.push(Reply {
                id: dice.id(at),
                message,
                author: if dice.chance(75) {
                    assignee.or_else(|| self.worker(&mut dice))
                } else {
                    self.worker(&mut dice)
                },
                content: text::reply(&mut dice),
                status,
                error: (status == "failed").then(|| "550 5.1.1 no such mailbox".to_owned()),
                sent_at: (status == "sent").then(|| at + microseconds(500_000 + dice.below(20_000_000))),
                at,
            });
        }
    }
}

fn reply_rows(replies: Vec<Reply>) -> Rows {
    let len = replies.len();
    let each = || replies.iter();
    let columns = vec![
        ("id", Column::Ids(each().map(|reply| reply.id).collect())),
        ("message_id", Column::Ids(each().map(|reply| reply.message).collect())),
        ("author_id", Column::MaybeIds(each().map(|reply| reply.author).collect())),
        ("email_status", Column::Words(each().map(|reply| reply.status).collect())),
        ("email_error", Column::MaybeTexts(each().map(|reply| reply.error.clone()).collect())),
        ("email_sent_at", Column::MaybeTimes(each().map(|reply| reply.sent_at).collect())),
        ("created_at", Column::Times(each().map(|reply| reply.at).collect())),
        ("content", Column::Texts(replies.into_iter().map(|reply| reply.content).collect())),
    ];
    Rows::new("message_replies", len, columns)
}

fn microseconds(count: u64) -> TimeDelta {
    TimeDelta::microseconds(count.cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: SeedSize = SeedSize { messages: 2_000, visitors: 300, staff: 20 };

    #[test]
    fn messages_ascend_through_the_two_years() {
        let history = History::new(SIZE);
        let times: Vec<_> = (0..SIZE.messages).map(|n| history.origin(n).at).collect();
        assert!(times.is_sorted_by(|a, b| a < b));
        assert!(times[0] >= begin() && *times.last().unwrap() < begin() + microseconds(SPAN));
        assert_eq!((begin() + microseconds(SPAN)).to_rfc3339(), "2026-01-01T00:00:00+00:00");
    }

    #[test]
    fn a_message_has_two_or_three_replies() {
        let (messages, replies) = History::new(SIZE).messages(0..SIZE.messages);
        assert_eq!(messages.len(), 2_000);
        assert!((4_000..5_500).contains(&replies.len()), "{}", replies.len());
    }
}
