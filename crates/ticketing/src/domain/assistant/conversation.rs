//! Sizes and limits of what is asked, and what a session is called.

use std::time::Duration;

/// The longest question, in characters.
pub const QUESTION: usize = 4_000;
/// The longest title, in characters.
pub const TITLE: usize = 80;
/// The longest answer, in characters; what a provider writes beyond it is no answer.
pub const ANSWER: usize = 60_000;
/// So many questions one session takes.
pub const QUESTIONS: u64 = 200;
/// So many of the last questions and answers a provider is told.
pub const REMEMBERED: u64 = 6;
/// So often an answer is begun that Frontdesk stopped under.
pub const ATTEMPTS: i32 = 3;
/// So many sources an answer names.
pub const SOURCES: usize = 20;
/// The longest quote that is kept, in characters.
pub const QUOTE: usize = 1_000;
/// How often what there is of an answer is kept.
pub const KEPT_EVERY: Duration = Duration::from_secs(1);
/// Rounds that one attempt may take: it and what the provider does again.
pub const ROUNDS: i32 = 16;

/// What a session is called: the beginning of its first question, in one line.
pub fn title_of(question: &str) -> String {
    let line = kernel::text::one_line(question);
    if line.chars().count() <= TITLE {
        return line;
    }
    let cut: String = line.chars().take(TITLE - 1).collect();
    // At a word's end, unless that leaves little.
    let end = cut.rfind(' ').filter(|at| *at > cut.len() / 2).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_beginning_of_the_question_in_one_line() {
        assert_eq!(title_of("How do I\npay?"), "How do I pay?");
        let long = title_of(&"word ".repeat(100));
        assert!(long.ends_with("word…") && long.chars().count() <= TITLE, "{long}");
        let one = title_of(&"ä".repeat(500));
        assert_eq!(one.chars().count(), TITLE);
    }
}
