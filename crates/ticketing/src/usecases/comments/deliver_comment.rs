//! A public comment goes to a client by mail.

use kernel::{
    Cx, Db, Result, Tx,
    db::Emit,
    id::{TicketCommentId, UserId},
    jobs::{self, Job, Verdict, Work},
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::comments::{
        events::{TicketCommentDelivered, TicketCommentFailed, TicketCommentWithheld},
        letter::{CommentLetter, comment_message_id, references},
    },
    ports::comments::{Addressee, CommentPost, Posted},
    queries::comments::post::{Outgoing, for_delivery, note},
    store::comments::mail::CommentMailStatus,
};

/// The job: take this comment to this client.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliverComment {
    /// The comment.
    pub comment: TicketCommentId,
    /// To whom.
    pub user: UserId,
    /// Its ticket, and to whom: what somebody is told of one arrives in its order. Those that were queued before there was such a
    /// thing lack it.
    #[serde(default)]
    pub thread: Option<String>,
}

impl Work for DeliverComment {
    const KIND: &'static str = "ticketing.deliver_comment";
}

/// Sends the mail of a comment and notes what came of it. It says what the comment says by then, and goes to nobody who may
/// not see that any more.
///
/// The mail goes out between two transactions, so a crash after the server took it and before we noted that sends it again,
/// under the same Message-ID. Nothing else can repeat it: the job is leased to one worker at a time.
pub async fn deliver_comment(db: &Db, post: &dyn CommentPost, domain: &str, cx: &Cx, job: &Job) -> Result<()> {
    let work: DeliverComment = job.work()?;
    let found = for_delivery(&db.reader(cx).await?, work.comment, work.user).await?;
    let Some(outgoing) = found.filter(|found| found.status == CommentMailStatus::Queued) else {
        return db.transact(cx, "ticket_comment.deliver", |tx| async move { jobs::finish(&tx, job).await }).await;
    };
    let to = match outgoing.comment.is_internal() {
        true => None,
        false => post.addressee(cx, work.user, work.comment).await?,
    };
    let posted = match to {
        None => Posted::Off,
        Some(to) => {
            let author = post.author(cx, outgoing.comment.author_id).await?;
            post.send(cx, &letter(&outgoing, to, work.user, author, domain)).await?
        }
    };
    let (posted, outgoing, work) = (&posted, &outgoing, &work);
    db.transact(cx, "ticket_comment.deliver", |tx| async move { noted(&tx, cx, job, work, outgoing, posted).await })
        .await
}

fn letter(outgoing: &Outgoing, to: Addressee, user: UserId, author: String, domain: &str) -> CommentLetter {
    let Outgoing { comment, ticket, earlier, files, .. } = outgoing;
    let ids: Vec<_> = earlier.iter().map(|(id, _)| *id).collect();
    CommentLetter {
        name: to.name,
        email: to.email,
        number: ticket.number.clone(),
        title: ticket.title.clone(),
        author,
        content: comment.content.clone(),
        files: files.clone(),
        // The thread keeps the subject that it began with, whatever became of the wording and of the title.
        subject: earlier.iter().find_map(|(_, subject)| subject.clone()),
        message_id: comment_message_id(comment.id, user, domain),
        references: references(ticket.id, &ids, user, domain),
    }
}

/// Notes what became of a mail.
async fn noted(tx: &Tx, cx: &Cx, job: &Job, work: &DeliverComment, outgoing: &Outgoing, posted: &Posted) -> Result<()> {
    let (ticket, comment, to) = (outgoing.ticket.id, work.comment, work.user);
    let failed = match posted {
        Posted::Sent(subject) => {
            jobs::finish(tx, job).await?;
            tx.emit(cx, &TicketCommentDelivered { ticket, comment, to });
            return note(tx, cx, comment, to, CommentMailStatus::Sent, Some(subject), None).await;
        }
        Posted::Off => {
            jobs::finish(tx, job).await?;
            tx.emit(cx, &TicketCommentWithheld { ticket, comment, to });
            return note(tx, cx, comment, to, CommentMailStatus::Withheld, None, None).await;
        }
        Posted::Later(why) => (why, false),
        Posted::Never(why) => (why, true),
    };
    let error: String = failed.0.chars().take(500).collect();
    let verdict = jobs::fail(tx, cx, job, &error, failed.1).await?;
    let status = if verdict == Verdict::Dead { CommentMailStatus::Failed } else { CommentMailStatus::Queued };
    note(tx, cx, comment, to, status, None, Some(&error)).await?;
    if verdict == Verdict::Dead {
        tx.emit(cx, &TicketCommentFailed { ticket, comment, to, error });
    }
    Ok(())
}
