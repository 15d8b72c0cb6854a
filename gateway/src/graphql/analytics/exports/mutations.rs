//! Asking for exports, and taking them back.

use analytics_sync::{CancelExport, ExportOptions, WantedExport, cancel_export, request_export};
use async_graphql::{Context, ID, InputObject, Object};
use kernel::{Error, ProblemCode, id::ExportId};

use super::types::{Export, ExportFormat, ExportGroup, ExportType};
use crate::{
    graphql::{
        analytics::b2chat::chats::{B2ChatPriority, B2ChatProvider, B2ChatStatus},
        directives::requires,
        errors::Result,
        filters::Instant,
        identity::Permission,
        records::write,
        scalars::id,
        scope::scope,
    },
    payload,
    wiring::exports::Rows,
};

/// The most columns that may be named.
const COLUMNS: usize = 100;

/// Which rows. All parts given must hold; one that says nothing of such rows is refused.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ExportFilterInput {
    /// Made, begun, sent or done at this instant or later; not of agents.
    pub from: Option<Instant>,
    /// And before this one.
    pub until: Option<Instant>,
    /// Of this agent, `bag_…`: of chats and their messages.
    pub agent_id: Option<ID>,
    /// Of this department, `bdp_…`, and those below it: of agents, of chats and their messages.
    pub department_id: Option<ID>,
    /// Through this: of chats and their messages.
    pub provider: Option<B2ChatProvider>,
    /// Standing so: of chats and their messages.
    pub status: Option<B2ChatStatus>,
    /// Mattering so much: of chats and their messages.
    pub priority: Option<B2ChatPriority>,
    /// Also what counts as deleted at B2Chat; left out unless given.
    pub include_deleted: Option<bool>,
}

/// How rows are shown.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ExportOptionsInput {
    /// Which columns, in this order, by the names that stand in the first row; all of them unless given, of a PDF those that fit a page.
    /// At most 100.
    pub columns: Option<Vec<String>>,
    /// Whether a CSV begins with a byte order mark, by which some spreadsheets know UTF-8.
    pub byte_order_mark: Option<bool>,
    /// By what the chats of a custom report are put together.
    pub group_by: Option<ExportGroup>,
}

/// Something is to be exported.
#[derive(Debug, Clone, InputObject)]
pub struct RequestExportInput {
    /// What.
    #[graphql(name = "type")]
    pub kind: ExportType,
    /// As what.
    pub format: ExportFormat,
    /// Which rows; all that the viewer sees unless given.
    pub filter: Option<ExportFilterInput>,
    /// How they are shown.
    pub options: Option<ExportOptionsInput>,
}

/// An export is to be made no more.
#[derive(Debug, Clone, InputObject)]
pub struct CancelExportInput {
    /// `exp_…`
    pub export_id: ID,
}

payload! {
    /// What came of asking for an export.
    RequestExportPayload {
        /// The export. It is made in the background; whoever asked is told when it is over.
        export: Export as analytics_sync::Export
    }
    /// What came of taking an export back.
    CancelExportPayload {
        /// The export.
        export: Export as analytics_sync::Export
    }
}

/// What an input asks for; what of it a person can correct is the use case's to say, after it has seen who asks.
fn wanted(input: RequestExportInput) -> kernel::Result<kernel::Result<WantedExport>> {
    let (filter, options) = (input.filter.unwrap_or_default(), input.options.unwrap_or_default());
    let agent_id = filter.agent_id.as_ref().map(|it| id("input.filter.agentId", it)).transpose()?;
    let department_id = filter.department_id.as_ref().map(|it| id("input.filter.departmentId", it)).transpose()?;
    let from = filter.from.map(|it| it.read("input.filter.from")).transpose()?;
    let until = filter.until.map(|it| it.read("input.filter.until")).transpose()?;
    let columns = options.columns.unwrap_or_default();
    if columns.len() > COLUMNS {
        let why = format!("may name at most {COLUMNS} columns");
        return Ok(Err(Error::invalid("options.columns", ProblemCode::TooLong, why)));
    }
    Ok(Ok(WantedExport {
        kind: input.kind.into(),
        format: input.format.into(),
        filter: analytics_sync::ExportFilter {
            from,
            until,
            agent_id,
            department_id,
            provider: filter.provider.map(Into::into),
            status: filter.status.map(Into::into),
            priority: filter.priority.map(Into::into),
            include_deleted: filter.include_deleted.unwrap_or_default(),
        },
        options: ExportOptions {
            columns,
            byte_order_mark: options.byte_order_mark.unwrap_or_default(),
            group_by: options.group_by.map(Into::into),
            held: None,
        },
    }))
}

/// Exporting data.
#[derive(Default)]
pub struct ExportMutation;

#[Object]
impl ExportMutation {
    /// Asks for a file of what the viewer sees, made in the background as they see it then; at most 5 of one person at a time.
    #[graphql(directive = requires::apply(Permission::ExportData))]
    async fn request_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RequestExportInput,
    ) -> Result<RequestExportPayload> {
        let desk = &Rows::of(&scope(ctx).app);
        let work = |tx: kernel::Tx, cx: std::sync::Arc<kernel::Cx>, cmd: std::sync::Arc<kernel::Result<_>>| async move {
            cx.require(analytics_sync::EXPORT_DATA)?;
            let cmd = cmd.as_ref().as_ref().map_err(Clone::clone)?;
            request_export(&tx, tx.conn(), desk, &cx, cmd).await
        };
        Ok(write(ctx, "export.request", wanted(input)?, work).await?.into())
    }

    /// Takes back an export that waits or is being made; what was written of it goes.
    #[graphql(directive = requires::apply(Permission::ExportData))]
    async fn cancel_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CancelExportInput,
    ) -> Result<CancelExportPayload> {
        let export: ExportId = id("input.exportId", &input.export_id)?;
        let cmd = CancelExport { id: export };
        Ok(write(ctx, "export.cancel", cmd, |tx, cx, cmd| async move { cancel_export(&tx, &cx, &cmd).await })
            .await?
            .into())
    }
}
