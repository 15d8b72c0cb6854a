//! The rules that come with Frontdesk: no network, and the same answer to the same chat. Each point that is given or taken has its
//! reason.

use super::{
    material::{Line, Material},
    verdict::{Part, Verdict},
    words::{Folded, asks},
};
use crate::store::b2chat::chat::B2chatStatus;

/// So many of the contact's last lines tell how it ended.
const LAST: usize = 3;
/// The most that questions without an answer take.
const QUESTIONS: i32 = 30;

/// Points, and why.
struct Points {
    all: i32,
    reasons: Vec<String>,
}

impl Points {
    fn add(&mut self, points: i32, reason: impl Into<String>) {
        self.all += points;
        let reason = reason.into();
        self.reasons.push(if points == 0 { reason } else { format!("{reason} ({points:+})") });
    }

    fn part(self) -> Part {
        Part { score: Some(f64::from(self.all.clamp(0, 100))), reasons: self.reasons }
    }
}

/// What is said of a chat.
pub fn judge(chat: &Material) -> Verdict {
    let theirs: Vec<_> = chat.lines.iter().filter(|line| line.incoming).collect();
    let last: Vec<_> = theirs.iter().rev().take(LAST).map(|line| Folded::of(&line.text)).collect();
    let thanked = last.iter().find_map(Folded::thanks);
    // Who thanks at the end is angry no more.
    let angry = last.first().and_then(Folded::anger).or_else(|| {
        last.iter().find_map(Folded::anger).filter(|_| last.first().is_none_or(|newest| newest.thanks().is_none()))
    });
    let open = unanswered(&chat.lines);
    let satisfaction = satisfaction(&theirs);
    let recommendations = recommendations(chat, open, angry.is_some());
    Verdict { resolution: resolution(chat, thanked, angry, open, theirs.is_empty()), satisfaction, recommendations }
}

/// How many questions came after the company's last word.
fn unanswered(lines: &[Line]) -> usize {
    lines.iter().rev().take_while(|line| line.incoming).filter(|line| asks(&line.text)).count()
}

fn resolution(chat: &Material, thanked: Option<&str>, angry: Option<&str>, open: usize, silent: bool) -> Part {
    let mut points = Points { all: 0, reasons: Vec::new() };
    match chat.status {
        B2chatStatus::Closed => points.add(70, "The chat was closed"),
        B2chatStatus::Pending => points.add(40, "The chat waits"),
        B2chatStatus::Open => points.add(30, "The chat is open"),
    }
    if chat.status == B2chatStatus::Closed
        && chat.resolution_note.as_deref().is_some_and(|note| !note.trim().is_empty())
    {
        points.add(10, "How it ended was noted");
    }
    if let Some(word) = thanked {
        points.add(20, format!("The contact thanked at the end: “{word}”"));
    }
    if let Some(word) = angry {
        points.add(-25, format!("The contact was angry at the end: “{word}”"));
    }
    if open > 0 {
        let taken = i32::try_from(open).unwrap_or(i32::MAX).saturating_mul(15).min(QUESTIONS);
        points.add(-taken, format!("{open} of the contact's questions came after the last answer"));
    }
    if !silent && !chat.lines.iter().any(|line| !line.incoming) {
        // Whatever else there is to say: nothing was resolved by nobody.
        let left = points.all.min(10);
        points.add(left - points.all, "Nobody answered");
    } else if chat.waited > chat.wanted && !silent {
        points.add(-5, format!("The first answer came after {} s, and {} s are wanted", chat.waited, chat.wanted));
    }
    points.part()
}

/// How satisfied the contact was, by what they wrote; the last such word counts twice.
fn satisfaction(theirs: &[&Line]) -> Part {
    let (mut glad, mut angry, mut reasons) = (0_u32, 0_u32, Vec::new());
    let mut last = None;
    for line in theirs {
        let text = Folded::of(&line.text);
        if let Some(word) = text.thanks() {
            (glad, last) = (glad + 1, Some(true));
            reasons.push(format!("“{word}” is a word of thanks"));
        }
        if let Some(word) = text.anger() {
            (angry, last) = (angry + 1, Some(false));
            reasons.push(format!("“{word}” is a word of anger"));
        }
    }
    match last {
        Some(true) => glad += 1,
        Some(false) => angry += 1,
        None => return Part { score: None, reasons: vec!["The contact does not say how they feel".into()] },
    }
    reasons.reverse();
    Part { score: Some(100.0 * f64::from(glad) / f64::from(glad + angry)), reasons }
}

fn recommendations(chat: &Material, open: usize, angry: bool) -> Vec<String> {
    let mut all = Vec::new();
    if !chat.answered && chat.lines.iter().any(|line| line.incoming) {
        all.push("Answer the contact: nobody has.".to_owned());
    } else if chat.waited > chat.wanted {
        all.push("Answer sooner: the contact waited longer than is wanted for the first answer.".to_owned());
    }
    if open > 0 {
        all.push("Answer the questions that came after the last answer.".to_owned());
    }
    if angry {
        all.push("Ask the contact whether all is well now: they were angry at the end.".to_owned());
    }
    if chat.status == B2chatStatus::Closed && chat.resolution_note.is_none() {
        all.push("Note how a chat ended when it is closed.".to_owned());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{super::material::tests::chat, *};

    fn scores(chat: &Material) -> (Option<f64>, Option<f64>) {
        let verdict = judge(chat);
        (verdict.resolution.score, verdict.satisfaction.score)
    }

    #[test]
    fn a_chat_that_went_well() {
        let well = chat(&["Hola, ¿dónde está mi pedido?", "> Llega mañana.", "Muchas gracias"]);
        assert_eq!(scores(&well), (Some(90.0), Some(100.0)));
        assert_eq!(scores(&Material { resolution_note: Some("Delivered".into()), ..well }), (Some(100.0), Some(100.0)));
    }

    #[test]
    fn a_chat_that_went_badly() {
        let badly =
            chat(&["Where is my order?", "> One moment.", "This is unacceptable. When does it come?", "Hello?"]);
        let verdict = judge(&Material { waited: 4_000, ..badly });
        assert_eq!((verdict.resolution.score, verdict.satisfaction.score), (Some(10.0), Some(0.0)));
        assert!(verdict.resolution.reasons.iter().any(|reason| reason.contains("2 of the contact's questions")));
        assert_eq!(verdict.recommendations.len(), 4);
    }

    #[test]
    fn who_says_nothing_of_it_is_neither_glad_nor_angry() {
        assert_eq!(scores(&chat(&["Hello", "> Hello"])), (Some(70.0), None));
        assert_eq!(scores(&chat(&["Hello"])), (Some(10.0), None));
        assert_eq!(scores(&chat(&["> News of ours"])), (Some(70.0), None));
    }

    #[test]
    fn who_thanks_in_the_end_is_angry_no_more() {
        let verdict = judge(&chat(&["I am very disappointed", "> We send another.", "Thank you"]));
        assert_eq!((verdict.resolution.score, verdict.satisfaction.score.map(f64::round)), (Some(90.0), Some(67.0)));
    }

    #[test]
    fn whatever_is_written_the_verdict_is_believed() {
        let texts = ["", "?", "gracias?", "angry thanks", "\u{202e}x", "¿¿¿", "refund|refund", "> ", "> Yes", "😀"];
        for first in texts {
            for second in texts {
                for status in [B2chatStatus::Open, B2chatStatus::Pending, B2chatStatus::Closed] {
                    let chat = Material { status, waited: 999, ..chat(&[first, second, first, second]) };
                    judge(&chat).checked().unwrap();
                }
            }
        }
    }
}
