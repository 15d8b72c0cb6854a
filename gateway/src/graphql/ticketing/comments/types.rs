//! Comments, who is mentioned in them, what they said before, and their mails.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use kernel::{
    files,
    id::{TicketCommentId, TicketId, UserId},
};
use ticketing::{Mentioned, records::TicketComments};

use crate::{
    connection,
    graphql::{
        errors::Result,
        files::File,
        identity::{IntoId, Team, User, team, user},
        loaders::{Batch, By, EditsOf, FilesOf, Key, MailsOf, MentionsOf, NameOfPerson, NameOfTeam, Of},
        scope::scope,
        ticketing::tickets::types::{Ticket, ticket},
    },
};

/// The sides of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::CommentSender")]
pub enum CommentSender {
    /// A client.
    Client,
    /// We.
    Staff,
}

/// Who sees a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::CommentVisibility")]
pub enum CommentVisibility {
    /// Whoever sees the ticket.
    Public,
    /// Colleagues who see the ticket; no client ever does.
    Internal,
}

/// Where the mail of a comment to somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::CommentMailStatus")]
pub enum CommentMailStatus {
    /// It will be sent, or sent again.
    Queued,
    /// The mail server took it.
    Sent,
    /// It was given up.
    Failed,
    /// It is not sent: they may not see the comment any more, or the company sends no such mails.
    Withheld,
}

/// Somebody who is mentioned in a comment, or a team.
#[derive(Debug, Clone, Copy)]
pub struct TicketMention {
    who: Mentioned,
}

/// Somebody who is mentioned in a comment, or a team.
#[Object]
impl TicketMention {
    /// Their name, which whoever sees the comment sees.
    async fn name(&self, ctx: &Context<'_>) -> Result<String> {
        Box::pin(async move {
            let found = match self.who {
                Mentioned::Person(id) => scope(ctx).loaders.load_one(NameOfPerson(id)).await?,
                Mentioned::Team(id) => scope(ctx).loaders.load_one(NameOfTeam(id)).await?,
            };
            Ok(found.map(|name: Arc<str>| name.to_string()).unwrap_or_default())
        })
        .await
    }

    /// The person; null for a team, and where the viewer may not see them.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(async move {
            match self.who {
                Mentioned::Person(id) => user(ctx, Some(id)).await,
                Mentioned::Team(_) => Ok(None),
            }
        })
        .await
    }

    /// The team; null for a person, and where the viewer may not see it.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        Box::pin(async move {
            match self.who {
                Mentioned::Team(id) => team(ctx, id).await,
                Mentioned::Person(_) => Ok(None),
            }
        })
        .await
    }
}

/// A text that a comment had before it was edited.
#[derive(Debug, Clone, SimpleObject)]
pub struct TicketCommentEdit {
    /// The text.
    pub content: String,
    /// Until when the comment had it.
    pub replaced_at: DateTime<Utc>,
}

/// The mail of a comment to somebody.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct TicketCommentMail {
    /// Where it stands.
    pub status: CommentMailStatus,
    /// What the mail server said last.
    pub error: Option<String>,
    /// When the mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    to: UserId,
}

#[ComplexObject]
impl TicketCommentMail {
    /// To whom it goes; null where the viewer may not see them.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, Some(self.to))).await
    }
}

/// What somebody said on a ticket.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct TicketComment {
    /// Its id, `tcm_…`.
    pub id: ID,
    /// The text.
    pub content: String,
    /// Which side wrote it.
    pub sender: CommentSender,
    /// Who sees it.
    pub visibility: CommentVisibility,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When its author last changed it; null where they never did.
    pub edited_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    comment: ticketing::TicketComment,
}

impl From<ticketing::TicketComment> for TicketComment {
    fn from(comment: ticketing::TicketComment) -> Self {
        Self {
            id: comment.id.into_id(),
            content: comment.content.clone(),
            sender: comment.sender.into(),
            visibility: comment.visibility.into(),
            created_at: comment.created_at,
            edited_at: comment.edited_at,
            comment,
        }
    }
}

#[ComplexObject]
impl TicketComment {
    /// The ticket.
    async fn ticket(&self, ctx: &Context<'_>) -> Result<Option<Ticket>> {
        Box::pin(ticket(ctx, Some(self.comment.ticket_id))).await
    }

    /// Who wrote it; null where the viewer may not see them.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, Some(self.comment.author_id))).await
    }

    /// The name of who wrote it, which whoever sees the comment sees.
    async fn author_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Box::pin(async move {
            let found = scope(ctx).loaders.load_one(NameOfPerson(self.comment.author_id)).await?;
            Ok(found.map(|name: Arc<str>| name.to_string()))
        })
        .await
    }

    /// Whether the viewer wrote it.
    async fn is_own(&self, ctx: &Context<'_>) -> bool {
        scope(ctx).cx().user().is_ok_and(|user| user.id == self.comment.author_id)
    }

    /// Whether the viewer may still change what it says: they wrote it, and not long ago.
    async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        let cx = scope(ctx).cx();
        if cx.user().is_ok_and(|user| user.id == self.comment.author_id) {
            let within = scope(ctx).app.settings.whole(&cx, identity::TICKETS_EDIT_COMMENT_MINUTES).await?;
            return Ok(self.comment.is_fresh(&cx, within) && ticketing::may_comment(&cx));
        }
        Ok(false)
    }

    /// Who is mentioned in it, in the order in which they were given.
    async fn mentions(&self, ctx: &Context<'_>) -> Result<Vec<TicketMention>> {
        Box::pin(async move {
            let found = scope(ctx).loaders.load_one(MentionsOf(self.comment.id)).await?.unwrap_or_default();
            Ok(found.iter().map(|who| TicketMention { who: *who }).collect())
        })
        .await
    }

    /// Its files, the oldest first.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<File>> {
        Box::pin(attachments(ctx, self.comment.id)).await
    }

    /// What it said before, the oldest text first; nothing for a client.
    async fn edits(&self, ctx: &Context<'_>) -> Result<Vec<TicketCommentEdit>> {
        Box::pin(async move {
            if ticketing::is_client(&scope(ctx).cx()) || self.comment.edited_at.is_none() {
                return Ok(Vec::new());
            }
            let found = scope(ctx).loaders.load_one(EditsOf(self.comment.id)).await?.unwrap_or_default();
            let edit = |edit: &ticketing::TicketCommentEdit| TicketCommentEdit {
                content: edit.content.clone(),
                replaced_at: edit.created_at,
            };
            Ok(found.iter().map(edit).collect())
        })
        .await
    }

    /// The mails that it became; nothing for a client.
    async fn mails(&self, ctx: &Context<'_>) -> Result<Vec<TicketCommentMail>> {
        Box::pin(async move {
            if ticketing::is_client(&scope(ctx).cx()) || self.comment.is_internal() {
                return Ok(Vec::new());
            }
            let found = scope(ctx).loaders.load_one(MailsOf(self.comment.id)).await?.unwrap_or_default();
            let mail = |mail: &ticketing::TicketCommentMail| TicketCommentMail {
                status: mail.status.into(),
                error: mail.error.clone(),
                sent_at: mail.sent_at,
                to: mail.user_id,
            };
            Ok(found.iter().map(mail).collect())
        })
        .await
    }
}

connection!(TicketCommentConnection, TicketCommentEdge, TicketComment, ticketing::TicketComment, "comments");

/// A comment, where the viewer may see it.
pub async fn comment(ctx: &Context<'_>, id: TicketCommentId) -> Result<Option<TicketComment>> {
    let found = scope(ctx).loaders.load_one(By::<TicketComments>(id)).await?;
    Ok(found.map(|comment| comment.as_ref().clone().into()))
}

/// What was last said on a ticket, as far as the viewer sees it.
pub async fn last_comment(ctx: &Context<'_>, parent: TicketId) -> Result<Option<TicketComment>> {
    let key = Of { list: ticketing::CommentsOf, parent, rows: 1, backward: true };
    let found = scope(ctx).loaders.load_one(key).await?;
    Ok(found.and_then(|found| found.first().cloned()).map(Into::into))
}

/// The files of something that the viewer sees.
pub async fn attachments<I>(ctx: &Context<'_>, of: I) -> Result<Vec<File>>
where
    FilesOf<I>: Key<Value = Arc<Vec<files::File>>>,
    Batch: Loader<FilesOf<I>, Value = Arc<Vec<files::File>>, Error = kernel::Error>,
{
    let found = scope(ctx).loaders.load_one(FilesOf(of)).await?.unwrap_or_default();
    Ok(found.iter().map(File::from).collect())
}

/// The id of a person or a team, at the field of that name.
pub(super) fn mentioned(field: &str, id: &ID) -> kernel::Result<Mentioned> {
    let wrong = "is not the id of a colleague, a client or a team: stf_…, cli_… or tem_…";
    Mentioned::of(id).ok_or_else(|| kernel::Error::invalid(field, kernel::ProblemCode::InvalidFormat, wrong))
}
