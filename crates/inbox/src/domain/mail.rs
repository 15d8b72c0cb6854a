//! The mail that a reply becomes.

use kernel::{
    id::{MessageId, MessageReplyId},
    text::one_line,
};

use crate::store::message::Model as Message;

/// A mail address with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The name shown.
    pub name: String,
    /// The address.
    pub email: String,
}

/// A file that goes with a mail: something for a program to read, such as a calendar's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// What it is, such as `text/calendar; method=REQUEST; charset=UTF-8`.
    pub content_type: String,
    /// What it says.
    pub text: String,
}

/// A mail to be sent, with its threading headers (RFC 5322, section 3.6.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// From whom.
    pub from: Address,
    /// To whom.
    pub to: Address,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML, a whole document.
    pub html: Option<String>,
    /// `Message-ID`, the same at every try.
    pub message_id: String,
    /// `In-Reply-To`: the mail before this one in the conversation; empty where there is none.
    pub in_reply_to: String,
    /// `References`: all mails before this one, oldest first; empty where there is none.
    pub references: Vec<String>,
    /// Whether no person wrote it: then it says so, and what answers by itself leaves it alone (RFC 3834).
    pub automatic: bool,
    /// A file that goes with it.
    pub attachment: Option<Attachment>,
    /// Where what it comes for is ended, with one click (RFC 8058); for mails of a list.
    pub ended_at: Option<String>,
}

/// The longest subject that is made of a message's first words, in characters.
const FIRST_WORDS: usize = 60;

impl Message {
    /// What it is about: the service that was asked for, else its first words.
    pub(crate) fn subject(&self) -> String {
        let Some(service) = &self.service else { return first_words(&self.content) };
        service.clone()
    }

    /// The message under an answer: when it came, who wrote it, and each of its lines with a mark.
    pub(crate) fn quoted(&self) -> String {
        let at = self.created_at.format("%-d %B %Y, %H:%M UTC");
        let lines = self.content.lines().map(|line| if line.is_empty() { "\n>".into() } else { format!("\n> {line}") });
        format!("{at}, {}:{}", one_line(&self.name), lines.collect::<String>())
    }
}

/// The first words of a text, as one line.
fn first_words(text: &str) -> String {
    let line = one_line(text);
    let Some((end, _)) = line.char_indices().nth(FIRST_WORDS) else { return line };
    // A word that ends just there is whole; of a script without blanks there are only letters to count.
    let words = if line[end..].starts_with(' ') { end } else { line[..end].rfind(' ').unwrap_or(end) };
    line[..words].to_owned()
}

/// The Message-ID that a message from the contact form would have had as a mail.
pub fn message_thread_id(id: MessageId, domain: &str) -> String {
    format!("<{id}@{domain}>")
}

/// The Message-ID of a reply. Made of the reply's id, so every try has the same.
pub fn reply_message_id(id: MessageReplyId, domain: &str) -> String {
    format!("<{id}@{domain}>")
}

/// The `References` of a reply: the message, then its earlier mailed replies. At most the first and the last
/// nine are kept, so that the header stays within what mail systems accept.
pub fn references(message: MessageId, earlier: &[MessageReplyId], domain: &str) -> Vec<String> {
    let from = earlier.len().saturating_sub(9);
    std::iter::once(message_thread_id(message, domain))
        .chain(earlier[from..].iter().map(|id| reply_message_id(*id, domain)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_the_first_words_and_never_half_a_word() {
        assert_eq!(first_words(" Water under\n\nthe bath "), "Water under the bath");
        let sixty = "word ".repeat(12);
        assert_eq!(first_words(&format!("{sixty}more")), sixty.trim_end());
        assert_eq!(first_words(&format!("{}xx more", "word ".repeat(11) + "word")), "word ".repeat(11).trim_end());
        assert_eq!(first_words(&"水".repeat(80)), "水".repeat(60));
        assert_eq!(first_words(&format!("{}word", "word ".repeat(11) + "words")), "word ".repeat(11).trim_end());
    }

    #[test]
    fn a_long_conversation_keeps_its_beginning_and_its_end() {
        let ids: Vec<_> = (0..20).map(|n| MessageReplyId(uuid::Uuid::from_u128(n))).collect();
        let references = references(MessageId(uuid::Uuid::from_u128(99)), &ids, "example.com");
        assert_eq!(references.len(), 10);
        assert!(references[0].starts_with("<msg_"));
        assert_eq!(references[9], reply_message_id(ids[19], "example.com"));
    }
}
