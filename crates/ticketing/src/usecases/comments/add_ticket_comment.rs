//! Somebody says something on a ticket.

use std::collections::BTreeSet;

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{ClientId, FileId, StaffId, TicketId, UserId},
    jobs::Enqueue,
    record::{self, Records},
    text::Check,
};
use serde::{Deserialize, Serialize};

use super::deliver_comment::DeliverComment;
use crate::{
    domain::{
        comments::{
            events::TicketCommentAdded,
            mention::{Mentioned, each_once},
        },
        tickets::link_events::TicketWatchersChanged,
    },
    limits,
    policy::{is_theirs, writes_tickets},
    ports::{
        comments::{Attachments, Comments, Onlookers},
        tickets::{Company, TicketBook},
    },
    store::{
        comments::comment::{CommentSender, CommentVisibility, Entity as TicketComments, Model as TicketComment},
        ticket::{Entity as Tickets, Model as Ticket, TicketStatus},
        tickets::change::{TicketAction, TicketField},
    },
    usecases::{
        service_levels::commented,
        tickets::{answered::answered_by_client, keep::note, set_ticket_status::stand},
    },
};

/// A comment to be written.
#[derive(Debug, Clone)]
pub struct AddTicketComment {
    /// The ticket.
    pub ticket: TicketId,
    /// The text.
    pub content: String,
    /// Who sees it.
    pub visibility: CommentVisibility,
    /// Who is mentioned in it.
    pub mentions: Vec<Mentioned>,
    /// Files that go with it.
    pub files: Vec<FileId>,
}

/// The comment and the ticket as it is then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Commented {
    /// The comment.
    pub comment: TicketComment,
    /// The ticket.
    pub ticket: Ticket,
}

/// Whether the actor comments on what they see: a client on their own, colleagues who work on tickets.
pub fn may_comment(cx: &Cx) -> bool {
    writes_tickets(cx).is_ok()
}

/// Adds a comment. Who is mentioned watches the ticket from then on. What is public goes by mail to the client whose ticket it
/// is and to clients who watch it, but to nobody what they wrote themselves.
///
/// Our first public answer to an open ticket begins the work on it. A client's answer is [`answered_by_client`]: it may open the
/// ticket again, or begin another one.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`] for a ticket that the actor does not see; [`Error::Invalid`] for a bad text, what
/// a client may not do, a mention of somebody who does not see it, files that are none, and a ticket that was merged.
pub async fn add_ticket_comment<S, O>(s: &S, o: &O, cx: &Cx, cmd: &AddTicketComment) -> Result<Commented>
where
    S: Records<Tickets> + Records<TicketComments> + TicketBook + Comments + Attachments + Emit + Enqueue,
    O: Onlookers + Company,
{
    let client = writes_tickets(cx)?;
    let sender = if client.is_some() { CommentSender::Client } else { CommentSender::Staff };
    let content = checked(cmd, sender)?;
    let mentions = each_once(&cmd.mentions)?;
    let before = Records::<Tickets>::lock(s, cx, cmd.ticket).await?;
    is_theirs(client, &before)?;
    let before = match sender {
        CommentSender::Client => answered_by_client(s, o, cx, before.id).await?,
        CommentSender::Staff => {
            before.whole("ticketId")?;
            begun(s, o, cx, before, cmd.visibility).await?
        }
    };
    let people = mentioned(o, cx, cmd, &before, sender, &mentions).await?;

    let author_id = cx.user()?.id;
    let comment = TicketComment {
        id: cx.new_id(),
        ticket_id: before.id,
        author_id,
        sender,
        visibility: cmd.visibility,
        content,
        edited_at: None,
        created_at: cx.now,
        updated_at: cx.now,
    };
    Records::<TicketComments>::insert(s, &comment).await?;
    s.mention(comment.id, &mentions).await?;
    s.attach_to_comment(cx, "fileIds", &cmd.files, comment.id).await?;
    watch(s, o, cx, before.id, &people).await?;
    let mut ticket = before.clone();
    ticket.comment_count += 1;
    if !comment.is_internal() {
        ticket.public_comment_count += 1;
        ticket.shown_at = cx.now;
        ticket.last_replied_at = ticket.last_replied_at.max(Some(cx.now));
    }
    let ticket = record::change::<Tickets, S>(s, cx, &before, ticket).await?;
    if !comment.is_internal() {
        s.index_ticket(&ticket).await?;
        commented(s, o, cx, &ticket, sender).await?;
        post(s, o, cx, &ticket, &comment).await?;
    }
    let teams = mentions.iter().filter_map(|who| if let Mentioned::Team(team) = who { Some(*team) } else { None });
    s.emit(
        cx,
        &TicketCommentAdded {
            ticket: ticket.id,
            comment: comment.id,
            sender,
            visibility: comment.visibility,
            people,
            teams: teams.collect(),
            files: cmd.files.clone(),
        },
    );
    Ok(Commented { comment, ticket })
}

/// The text, where all that can be said of the command by itself is right.
fn checked(cmd: &AddTicketComment, sender: CommentSender) -> Result<String> {
    let mut check = Check::default();
    let content = check.body("content", &cmd.content, limits::COMMENT);
    if sender == CommentSender::Client && cmd.visibility == CommentVisibility::Internal {
        check.problem("visibility", ProblemCode::NotAllowed, "only colleagues write internal comments");
    }
    if cmd.files.len() > limits::FILES_OF_COMMENT {
        let problem = format!("may hold at most {} files", limits::FILES_OF_COMMENT);
        check.problem("fileIds", ProblemCode::TooLong, problem);
    }
    check.done()?;
    Ok(content)
}

/// Our first public answer to an open ticket begins the work on it.
async fn begun<S>(
    s: &S,
    company: &impl Company,
    cx: &Cx,
    ticket: Ticket,
    visibility: CommentVisibility,
) -> Result<Ticket>
where
    S: Records<Tickets> + TicketBook + Emit,
{
    let answers = visibility == CommentVisibility::Public && ticket.status == TicketStatus::Open;
    if answers { stand(s, company, cx, ticket, TicketStatus::InProgress).await } else { Ok(ticket) }
}

/// Whom a comment of the actor's may mention of those given: who sees the ticket, and in what is internal colleagues alone.
async fn mentioned(
    o: &impl Onlookers,
    cx: &Cx,
    cmd: &AddTicketComment,
    ticket: &Ticket,
    sender: CommentSender,
    mentions: &[Mentioned],
) -> Result<Vec<UserId>> {
    let refused = |problem| Err(Error::invalid("mentionIds", ProblemCode::NotAvailable, problem));
    let mut people = Vec::new();
    for who in mentions {
        match who {
            Mentioned::Person(id) => {
                if !o.sees(cx, *id, ticket.id).await? {
                    return refused("is nobody who is active and may see this ticket");
                }
                people.push(*id);
            }
            Mentioned::Team(_) if sender == CommentSender::Client => {
                return refused("is no person: teams are mentioned by colleagues");
            }
            Mentioned::Team(team) => {
                let mut seen = false;
                for member in o.members(*team).await? {
                    seen = o.sees(cx, member.into(), ticket.id).await?;
                    if seen {
                        break;
                    }
                }
                if !seen {
                    return refused("is no team in use of which anybody may see this ticket");
                }
            }
        }
    }
    if cmd.visibility == CommentVisibility::Internal && !o.clients(&people).await?.is_empty() {
        return refused("is a client, who does not see an internal comment");
    }
    Ok(people)
}

/// Lets those watch the ticket who are mentioned and do not yet, as far as there is room for more.
async fn watch<S>(s: &S, o: &impl Onlookers, cx: &Cx, ticket: TicketId, people: &[UserId]) -> Result<()>
where
    S: TicketBook + Emit,
{
    if people.is_empty() {
        return Ok(());
    }
    let watchers = s.watchers(ticket).await?;
    let clients = o.clients(people).await?;
    let new = people.iter().filter(|who| !watchers.contains(who));
    for who in new.take(limits::AROUND.saturating_sub(watchers.len())) {
        s.watch(cx, ticket, *who).await?;
        let shown = if clients.contains(who) { ClientId(who.0).to_string() } else { StaffId(who.0).to_string() };
        note(s, cx, ticket, TicketAction::Watched, TicketField::Watcher, (None, Some(shown))).await?;
        s.emit(cx, &TicketWatchersChanged { ticket, added: Some(*who), removed: None });
    }
    Ok(())
}

/// Queues the mails of a public comment: to the clients who see it, but not to its author. Colleagues are told of it as they
/// want to be told.
async fn post<S>(s: &S, o: &impl Onlookers, cx: &Cx, ticket: &Ticket, comment: &TicketComment) -> Result<()>
where
    S: TicketBook + Comments + Enqueue,
{
    let watchers = s.watchers(ticket.id).await?;
    let all: BTreeSet<UserId> = ticket.requester_id.map(UserId::from).into_iter().chain(watchers).collect();
    let others: Vec<_> = all.into_iter().filter(|who| *who != comment.author_id).collect();
    let to = o.clients(&others).await?;
    s.post(comment.id, &to, cx.now).await?;
    for user in to {
        let thread = Some(format!("{} {user}", ticket.id));
        s.enqueue(cx, &DeliverComment { comment: comment.id, user, thread }).await?;
    }
    Ok(())
}
