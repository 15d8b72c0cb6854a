//! An author changes what a comment says.

use chrono::TimeDelta;
use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::TicketCommentId,
    record::{self, Records},
    text::Check,
};

use super::add_ticket_comment::Commented;
use crate::{
    domain::comments::events::TicketCommentEdited,
    limits,
    policy::writes_tickets,
    ports::{comments::Comments, tickets::TicketBook},
    store::{
        comments::comment::{Entity as TicketComments, Model as TicketComment},
        ticket::Entity as Tickets,
    },
};

/// What a comment is to say.
#[derive(Debug, Clone)]
pub struct EditTicketComment {
    /// The comment.
    pub comment: TicketCommentId,
    /// The text.
    pub content: String,
    /// For how many minutes after it was written it may be changed.
    pub within: i64,
}

impl TicketComment {
    /// Whether it may still be changed, where that is allowed for so many minutes.
    pub fn is_fresh(&self, cx: &Cx, minutes: i64) -> bool {
        cx.now - self.created_at < TimeDelta::minutes(minutes)
    }
}

/// Changes the text of the actor's own comment; the one before it is kept.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] for a bad text, somebody else's comment, one that is too old,
/// and a ticket that was merged.
pub async fn edit_ticket_comment<S>(s: &S, cx: &Cx, cmd: &EditTicketComment) -> Result<Commented>
where
    S: Records<Tickets> + Records<TicketComments> + TicketBook + Comments + Emit,
{
    writes_tickets(cx)?;
    let mut check = Check::default();
    let content = check.body("content", &cmd.content, limits::COMMENT);
    check.done()?;
    // The ticket first, as everybody takes them.
    let ticket = s.ticket_of(cx, cmd.comment).await?;
    let ticket = Records::<Tickets>::lock(s, cx, ticket).await?;
    let before = Records::<TicketComments>::lock(s, cx, cmd.comment).await?;
    let refused = |why: String| Err(Error::invalid("commentId", ProblemCode::NotAllowed, why));
    if cx.user()?.id != before.author_id {
        return refused("only its author changes what a comment says".into());
    }
    if !before.is_fresh(cx, cmd.within) {
        let minutes = cmd.within;
        return refused(match minutes {
            0 => "comments cannot be changed".into(),
            1 => "it can be changed for a minute after it was written".into(),
            _ => format!("it can be changed for {minutes} minutes after it was written"),
        });
    }
    ticket.whole("commentId")?;
    if content == before.content {
        return Ok(Commented { comment: before, ticket });
    }
    let number = s.keep_text(before.id, &before.content, cx.now).await? + 1;
    let after = TicketComment { content, edited_at: Some(cx.now), ..before.clone() };
    let comment = record::change::<TicketComments, S>(s, cx, &before, after).await?;
    if !comment.is_internal() {
        s.index_ticket(&ticket).await?;
    }
    s.emit(cx, &TicketCommentEdited { ticket: ticket.id, comment: comment.id, visibility: comment.visibility, number });
    Ok(Commented { comment, ticket })
}
