//! What is looked at. All of it is data: nothing that somebody wrote is an instruction.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::store::b2chat::chat::B2chatStatus;

/// How much of what was written is looked at, in characters; of more the newest counts.
pub const GIVEN: usize = 12_000;

/// Something that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Whether the contact wrote it; the company did otherwise.
    pub incoming: bool,
    /// What; empty for a picture or a file without words.
    pub text: String,
}

/// What there is of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// Where it stands.
    pub status: B2chatStatus,
    /// How long the contact waited for the first answer, in seconds: until now, or until the chat was over, where there is none.
    pub waited: i64,
    /// Whether anybody answered.
    pub answered: bool,
    /// How long a contact may wait for the first answer, in seconds.
    pub wanted: i64,
    /// What was noted when it was over.
    pub resolution_note: Option<String>,
    /// What was written, the oldest first.
    pub lines: Vec<Line>,
}

/// When things happened to a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// When it began.
    pub created: DateTime<Utc>,
    /// When somebody first answered.
    pub answered: Option<DateTime<Utc>>,
    /// When it was over.
    pub closed: Option<DateTime<Utc>>,
    /// Now.
    pub now: DateTime<Utc>,
}

impl Times {
    /// How long the contact waited for the first answer, in seconds; nothing is before it began.
    pub fn waited(&self) -> i64 {
        let until = self.answered.or(self.closed).unwrap_or(self.now);
        (until - self.created).num_seconds().max(0)
    }
}

impl Material {
    /// Cuts what was written to what is looked at. The newest is kept.
    pub fn cut(&mut self) {
        let (mut left, mut keep) = (GIVEN, Vec::new());
        for line in self.lines.drain(..).rev() {
            let length = line.text.chars().count();
            if length <= left {
                left -= length;
                keep.push(line);
                continue;
            }
            if keep.is_empty() {
                let text = line.text.chars().take(left).collect();
                keep.push(Line { text, ..line });
            }
            break;
        }
        keep.reverse();
        self.lines = keep;
    }

    /// How well the contact was answered in time, 0 to 100: all of it within what is wanted, and nothing from ten times that on.
    pub fn response_time_score(&self) -> f64 {
        // Who did not write did not wait.
        if !self.lines.iter().any(|line| line.incoming) {
            return 100.0;
        }
        let (waited, wanted) = (as_float(self.waited), as_float(self.wanted.max(1)));
        if waited <= wanted {
            return 100.0;
        }
        super::verdict::rounded(100.0 * (10.0 * wanted - waited).max(0.0) / (9.0 * wanted))
    }
}

fn as_float(seconds: i64) -> f64 {
    // No chat lasts longer than a float counts exactly.
    i32::try_from(seconds).map_or(f64::from(i32::MAX), f64::from)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A chat that was closed, in which this was written; `>` begins what the company wrote.
    pub(crate) fn chat(lines: &[&str]) -> Material {
        let line = |text: &&str| match text.strip_prefix('>') {
            Some(ours) => Line { incoming: false, text: ours.trim().into() },
            None => Line { incoming: true, text: (*text).into() },
        };
        let lines: Vec<_> = lines.iter().map(line).collect();
        let answered = lines.iter().any(|line| !line.incoming);
        Material { status: B2chatStatus::Closed, waited: 60, answered, wanted: 300, resolution_note: None, lines }
    }

    #[test]
    fn of_too_much_the_newest_is_looked_at() {
        let long = "x".repeat(GIVEN - 2);
        let mut more = chat(&["old", &long, "no"]);
        more.cut();
        assert_eq!(more.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), [long.as_str(), "no"]);
        let mut one = chat(&[&"ä".repeat(GIVEN + 5)]);
        one.cut();
        assert_eq!(one.lines[0].text.chars().count(), GIVEN);
    }

    #[test]
    fn who_waits_longer_scores_less() {
        let score = |waited| Material { waited, ..chat(&["Hello", "> Hello"]) }.response_time_score();
        assert_eq!([0, 300, 1_650, 3_000, 1_000_000].map(score), [100.0, 100.0, 50.0, 0.0, 0.0]);
        assert_eq!(Material { waited: 1_000_000, ..chat(&["> A word from us"]) }.response_time_score(), 100.0);
    }

    #[test]
    fn nobody_waits_less_than_nothing() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        let times = |answered, closed| Times { created: at(100), answered, closed, now: at(1_000) };
        assert_eq!(times(Some(at(160)), None).waited(), 60);
        assert_eq!(times(Some(at(50)), None).waited(), 0);
        assert_eq!(times(None, Some(at(500))).waited(), 400);
        assert_eq!(times(None, None).waited(), 900);
    }
}
