//! Commenting, and attaching files.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use kernel::{Cx, id::FileId};
use ticketing::{
    AddTicketComment, AttachToTicket, Commented, EditTicketComment, RemoveTicketAttachment, add_ticket_comment,
    attach_to_ticket, edit_ticket_comment, remove_ticket_attachment,
};

use super::types::{CommentVisibility, TicketComment, mentioned};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        identity::Permission,
        records::write,
        scalars::id,
        scope::scope,
        ticketing::tickets::Ticket,
    },
    payload,
    wiring::tickets::House,
};

/// A comment is to be written.
#[derive(Clone, InputObject)]
pub struct AddTicketCommentInput {
    /// The ticket, `tkt_…`.
    pub ticket_id: ID,
    /// The text, 1–20,000 characters.
    pub content: String,
    /// Who sees it. Only colleagues write internal comments.
    #[graphql(default_with = "CommentVisibility::Public")]
    pub visibility: CommentVisibility,
    /// People and teams who are mentioned in it and told of it, at most 20: `stf_…`, `cli_…`, `tem_…`. Each must see the ticket;
    /// an internal comment mentions colleagues only. People who are mentioned watch the ticket from then on.
    #[graphql(default)]
    pub mention_ids: Vec<ID>,
    /// Files that the viewer sent and that wait, at most 10, `fil_…`.
    #[graphql(default)]
    pub file_ids: Vec<ID>,
}

/// A comment is to be changed.
#[derive(Clone, InputObject)]
pub struct EditTicketCommentInput {
    /// The comment, `tcm_…`.
    pub comment_id: ID,
    /// The text, 1–20,000 characters.
    pub content: String,
}

/// Files are to be attached.
#[derive(Clone, InputObject)]
pub struct AttachToTicketInput {
    /// The ticket, `tkt_…`.
    pub ticket_id: ID,
    /// Files that the viewer sent and that wait, `fil_…`. A ticket has at most 100, without those of its comments.
    pub file_ids: Vec<ID>,
}

/// A file is to be taken away.
#[derive(Clone, InputObject)]
pub struct RemoveTicketAttachmentInput {
    /// The ticket, `tkt_…`.
    pub ticket_id: ID,
    /// The file of it, or of a comment on it, `fil_…`.
    pub file_id: ID,
}

/// What came of commenting.
#[derive(SimpleObject)]
pub struct AddTicketCommentPayload {
    /// The comment.
    pub comment: Option<TicketComment>,
    /// The ticket that it is on: where a client answers what was resolved long ago, a new one that goes on with it.
    pub ticket: Option<Ticket>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// What came of changing a comment.
#[derive(SimpleObject)]
pub struct EditTicketCommentPayload {
    /// The comment.
    pub comment: Option<TicketComment>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

payload! {
    /// What came of attaching files.
    AttachToTicketPayload {
        /// The ticket.
        ticket: Ticket as ticketing::Ticket
    }
    /// What came of taking a file away.
    RemoveTicketAttachmentPayload {
        /// The ticket.
        ticket: Ticket as ticketing::Ticket
    }
}

fn files(ids: &[ID]) -> kernel::Result<Vec<FileId>> {
    ids.iter().map(|file| id("input.fileIds", file)).collect()
}

/// Commenting, and attaching files.
#[derive(Default)]
pub struct CommentMutation;

#[Object]
impl CommentMutation {
    /// Says something on a ticket: a colleague to all who see it or among colleagues, a client on their own. What is public goes
    /// by mail to the client whose ticket it is and to clients who watch it, not to who wrote it. Our first public answer to an
    /// open ticket begins the work on it; a client's answer opens it again.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn add_ticket_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AddTicketCommentInput,
    ) -> Result<AddTicketCommentPayload> {
        let mentions = input.mention_ids.iter().map(|who| mentioned("input.mentionIds", who));
        let cmd = AddTicketComment {
            ticket: id("input.ticketId", &input.ticket_id)?,
            content: input.content,
            visibility: input.visibility.into(),
            mentions: mentions.collect::<kernel::Result<_>>()?,
            files: files(&input.file_ids)?,
        };
        let app = &scope(ctx).app;
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move {
            let done = add_ticket_comment(&tx, &House(&tx, &app.catalog), &cx, &cmd).await?;
            if !done.comment.is_internal() {
                inbox::forget_draft(&tx, &cx, done.ticket.id.into()).await?;
            }
            Ok(done)
        };
        let (done, errors) = write(ctx, "ticket_comment.add", cmd, work).await?;
        let (comment, ticket) = done.map(|Commented { comment, ticket }| (comment.into(), ticket.into())).unzip();
        Ok(AddTicketCommentPayload { comment, ticket, errors })
    }

    /// Changes the text of the viewer's own comment, for `ticketing.edit_comment_minutes` (a setting, 15) after it was written.
    /// Colleagues see what it said before.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn edit_ticket_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: EditTicketCommentInput,
    ) -> Result<EditTicketCommentPayload> {
        let app = &scope(ctx).app;
        let cmd = EditTicketComment {
            comment: id("input.commentId", &input.comment_id)?,
            content: input.content,
            within: app.settings.whole(&scope(ctx).cx(), identity::TICKETS_EDIT_COMMENT_MINUTES).await?,
        };
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { edit_ticket_comment(&tx, &cx, &cmd).await };
        let (done, errors) = write(ctx, "ticket_comment.edit", cmd, work).await?;
        Ok(EditTicketCommentPayload { comment: done.map(|done: Commented| done.comment.into()), errors })
    }

    /// Attaches files to a ticket: a colleague to any that they work on, a client to their own that is not closed; one that is
    /// PENDING is open again then. Who sees the ticket sees them.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn attach_to_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AttachToTicketInput,
    ) -> Result<AttachToTicketPayload> {
        let cmd = AttachToTicket { ticket: id("input.ticketId", &input.ticket_id)?, files: files(&input.file_ids)? };
        let app = &scope(ctx).app;
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move {
            attach_to_ticket(&tx, &House(&tx, &app.catalog), &cx, &cmd).await
        };
        Ok(write(ctx, "ticket.attach", cmd, work).await?.into())
    }

    /// Takes a file from a ticket, or from a comment on it: a colleague any, a client what they sent themselves.
    #[graphql(directive = requires::apply(Permission::ManageTickets))]
    async fn remove_ticket_attachment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RemoveTicketAttachmentInput,
    ) -> Result<RemoveTicketAttachmentPayload> {
        let cmd = RemoveTicketAttachment {
            ticket: id("input.ticketId", &input.ticket_id)?,
            file: id("input.fileId", &input.file_id)?,
        };
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { remove_ticket_attachment(&tx, &cx, &cmd).await };
        Ok(write(ctx, "ticket.remove_attachment", cmd, work).await?.into())
    }
}
