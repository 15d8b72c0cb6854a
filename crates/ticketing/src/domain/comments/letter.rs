//! The mail that a comment becomes.

use kernel::id::{ClientId, TicketCommentId, TicketId, UserId};

/// A comment on its way to a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentLetter {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The ticket's number.
    pub number: String,
    /// What the ticket is about.
    pub title: String,
    /// Who wrote the comment.
    pub author: String,
    /// What it says.
    pub content: String,
    /// The names of the files that it has.
    pub files: Vec<String>,
    /// The subject that the thread has; none where it begins.
    pub subject: Option<String>,
    /// `Message-ID`, the same at every try.
    pub message_id: String,
    /// `References`: the ticket, then the mails before this one, oldest first.
    pub references: Vec<String>,
}

/// The Message-ID that a ticket would have as a mail: with it each thread about the ticket begins.
pub fn ticket_thread_id(id: TicketId, domain: &str) -> String {
    format!("<{id}@{domain}>")
}

/// The Message-ID of a comment's mail to somebody. Made of both ids, so every try has the same and no two people's mails do.
pub fn comment_message_id(comment: TicketCommentId, to: UserId, domain: &str) -> String {
    format!("<{comment}.{}@{domain}>", ClientId(to.0))
}

/// The `References` of a comment's mail: the ticket, then the mails that its reader had of it, at most the last nine.
pub fn references(ticket: TicketId, earlier: &[TicketCommentId], to: UserId, domain: &str) -> Vec<String> {
    let from = earlier.len().saturating_sub(9);
    let earlier = earlier[from..].iter().map(|comment| comment_message_id(*comment, to, domain));
    std::iter::once(ticket_thread_id(ticket, domain)).chain(earlier).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_long_thread_keeps_its_beginning_and_its_end() {
        let ids: Vec<_> = (0..20).map(|n| TicketCommentId(Uuid::from_u128(n))).collect();
        let to = UserId(Uuid::from_u128(7));
        let references = references(TicketId(Uuid::from_u128(99)), &ids, to, "example.com");
        assert_eq!(references.len(), 10);
        assert!(references[0].starts_with("<tkt_"));
        assert_eq!(references[9], comment_message_id(ids[19], to, "example.com"));
        assert_ne!(references[9], comment_message_id(ids[19], UserId(Uuid::from_u128(8)), "example.com"));
    }
}
