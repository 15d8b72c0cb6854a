//! Files are attached to a ticket, and taken away again.

use std::collections::HashSet;

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{FileId, TicketCommentId, TicketId, TypedId, UserId},
    record::{self, Records},
};

use crate::{
    domain::comments::events::TicketFilesChanged,
    limits,
    policy::{is_theirs, writes_tickets},
    ports::{
        comments::Attachments,
        tickets::{Company, TicketBook},
    },
    store::{
        comments::comment::Entity as TicketComments,
        ticket::{Entity as Tickets, Model as Ticket, TicketStatus},
        tickets::change::{TicketAction, TicketField},
    },
    usecases::tickets::{keep::note, set_ticket_status::stand},
};

/// Files for a ticket.
#[derive(Debug, Clone)]
pub struct AttachToTicket {
    /// The ticket.
    pub ticket: TicketId,
    /// The files, which the actor sent.
    pub files: Vec<FileId>,
}

/// A file to be taken from a ticket, or from a comment of it.
#[derive(Debug, Clone)]
pub struct RemoveTicketAttachment {
    /// The ticket.
    pub ticket: TicketId,
    /// The file.
    pub file: FileId,
}

/// Attaches files to a ticket. One that waits for the client is open again where the client attaches what it waits for.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] for no file, files that are none, too many, and a ticket that
/// was merged, or for a client is closed.
pub async fn attach_to_ticket<S>(s: &S, company: &impl Company, cx: &Cx, cmd: &AttachToTicket) -> Result<Ticket>
where
    S: Records<Tickets> + TicketBook + Attachments + Emit,
{
    let client = writes_tickets(cx)?;
    let mut met = HashSet::new();
    let files: Vec<_> = cmd.files.iter().copied().filter(|file| met.insert(*file)).collect();
    if files.is_empty() {
        return Err(Error::invalid("fileIds", ProblemCode::Blank, "must hold a file"));
    }
    let before = s.lock(cx, cmd.ticket).await?;
    is_theirs(client, &before)?;
    before.whole("ticketId")?;
    if client.is_some() && before.status == TicketStatus::Closed {
        return Err(Error::invalid("ticketId", ProblemCode::NotAllowed, "the ticket is closed: open it again first"));
    }
    // Whoever attaches holds the ticket.
    if s.attached(before.id).await? + files.len() > limits::FILES_OF_TICKET {
        let problem = format!("a ticket may have at most {} files", limits::FILES_OF_TICKET);
        return Err(Error::invalid("fileIds", ProblemCode::TooLong, problem));
    }
    s.attach_to_ticket(cx, "fileIds", &files, before.id).await?;
    for file in &files {
        let name = s.file(*file).await?.map(|file| file.name);
        note(s, cx, before.id, TicketAction::Updated, TicketField::Attachment, (None, name)).await?;
    }
    let ticket = match before.status {
        TicketStatus::Pending if client.is_some() => stand(s, company, cx, before, TicketStatus::Open).await?,
        _ => {
            let after = Ticket { shown_at: cx.now, ..before.clone() };
            record::change::<Tickets, S>(s, cx, &before, after).await?
        }
    };
    let told =
        TicketFilesChanged { ticket: ticket.id, comment: None, internal: false, added: files, removed: Vec::new() };
    s.emit(cx, &told);
    Ok(ticket)
}

/// Takes a file from a ticket, or from a comment of it: a client what they sent themselves, a colleague any.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] at `fileId` for what is no file of the ticket, or somebody
/// else's.
pub async fn remove_ticket_attachment<S>(s: &S, cx: &Cx, cmd: &RemoveTicketAttachment) -> Result<Ticket>
where
    S: Records<Tickets> + Records<TicketComments> + TicketBook + Attachments + Emit,
{
    let client = writes_tickets(cx)?;
    let before = Records::<Tickets>::lock(s, cx, cmd.ticket).await?;
    is_theirs(client, &before)?;
    let none = || Error::invalid("fileId", ProblemCode::NotAvailable, "is no file of this ticket");
    let file = s.file(cmd.file).await?.filter(|file| file.is_there(cx.now)).ok_or_else(none)?;
    let (comment, internal) = match (file.owner_kind.as_deref(), file.owner_id) {
        (Some(TicketId::PREFIX), Some(id)) if TicketId(id) == before.id => (None, false),
        (Some(TicketCommentId::PREFIX), Some(id)) => {
            let found = Records::<TicketComments>::lock(s, cx, TicketCommentId(id)).await;
            let comment = match found {
                Err(Error::NotFound { .. }) => return Err(none()),
                found => found?,
            };
            if comment.ticket_id != before.id {
                return Err(none());
            }
            (Some(comment.id), comment.is_internal())
        }
        _ => return Err(none()),
    };
    let own: Option<UserId> = file.uploaded_by.filter(|who| cx.user().is_ok_and(|user| user.id == *who));
    if client.is_some() && own.is_none() {
        return Err(Error::invalid("fileId", ProblemCode::NotAllowed, "only who sent a file takes it away"));
    }
    if !s.detach(cx, file.id).await? {
        return Err(none());
    }
    note(s, cx, before.id, TicketAction::Updated, TicketField::Attachment, (Some(file.name), None)).await?;
    let shown_at = if internal { before.shown_at } else { cx.now };
    let ticket = record::change::<Tickets, S>(s, cx, &before, Ticket { shown_at, ..before.clone() }).await?;
    let told = TicketFilesChanged { ticket: ticket.id, comment, internal, added: Vec::new(), removed: vec![file.id] };
    s.emit(cx, &told);
    Ok(ticket)
}
