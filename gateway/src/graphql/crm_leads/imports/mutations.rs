//! Leads come from a file.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use crm_leads::{
    ImportLeads, MANAGE_LEADS, Mapping, Named, Sheet, import_leads,
    limits::{BYTES, COLUMNS},
    plan_import,
};
use futures_util::TryStreamExt;
use identity::{COMPANY_REGION, company_setting};
use kernel::{Cx, Error, ProblemCode, Tx, files, id::FileId};

use super::types::{LeadImport, LeadImportField, LeadImportPlan};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError, payload},
        identity::Permission,
        records::write,
        scalars::id,
        scope::{Scope, scope},
    },
    wiring::leads::Numbers,
};

/// What a column of the file is.
#[derive(Debug, Clone, InputObject)]
pub struct LeadImportColumnInput {
    /// The name of the column, in any case.
    pub column: String,
    /// What it is.
    pub field: LeadImportField,
}

/// Leads are to come from a file.
#[derive(Debug, Clone, InputObject)]
pub struct ImportLeadsInput {
    /// The file, `fil_…`, uploaded by the viewer: comma-separated values with the names of the columns in the first row; UTF-8,
    /// UTF-16 or Windows-1252; with commas, semicolons or tabs; at most 10 MiB, 50,000 rows and 100 columns.
    pub file_id: ID,
    /// Whether only to say what would come of it. The file waits on then.
    pub dry_run: Option<bool>,
    /// Which column is what, at most 100; by the names of the columns unless given.
    pub mapping: Option<Vec<LeadImportColumnInput>>,
}

/// What came of a file of leads.
#[derive(SimpleObject)]
pub struct ImportLeadsPayload {
    /// What would come of it; of a trial.
    pub plan: Option<LeadImportPlan>,
    /// The import that was begun; none of a trial.
    pub lead_import: Option<LeadImport>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// What is in a file that the viewer uploaded and that waits.
async fn sheet(scope: &Scope, cx: &Cx, id: FileId) -> kernel::Result<Sheet> {
    let none = || {
        let why = "is not a file that you uploaded and that waits to be used";
        Error::invalid("fileId", ProblemCode::NotAvailable, why)
    };
    let user = cx.user()?.id;
    let found = files::by_ids(&scope.app.db.reader(cx).await?, &[id]).await?.remove(&id);
    let waits = |file: &files::File| file.uploaded_by == Some(user) && file.owner_id.is_none() && file.is_there(cx.now);
    let file = found.filter(waits).ok_or_else(none)?;
    if file.bytes() > BYTES {
        let why = format!("may have at most {} MiB", BYTES >> 20);
        return Err(Error::invalid("fileId", ProblemCode::TooLong, why));
    }
    let content = match scope.app.files.read(&cx.tenant, &file, 0..file.bytes()).await {
        Ok(content) => content,
        Err(Error::NotFound { .. }) => return Err(none()),
        Err(error) => return Err(error),
    };
    let bytes = content
        .try_fold(Vec::new(), |mut all, bytes| async move {
            all.extend_from_slice(&bytes);
            Ok(all)
        })
        .await?;
    // So that others are answered meanwhile.
    tokio::task::spawn_blocking(move || Sheet::read(&bytes)).await.map_err(Error::internal)?
}

/// What is in a file, and which column is what.
async fn read(scope: &Scope, cx: &Cx, file: FileId, input: &ImportLeadsInput) -> kernel::Result<(Sheet, Mapping)> {
    cx.require(MANAGE_LEADS)?;
    let sheet = sheet(scope, cx, file).await?;
    let given = match &input.mapping {
        Some(given) if given.len() > COLUMNS => {
            let why = format!("may name at most {COLUMNS} columns");
            return Err(Error::invalid("mapping", ProblemCode::TooLong, why));
        }
        Some(given) => {
            let named = given.iter().map(|one| Named { column: one.column.clone(), field: one.field.into() });
            Some(named.collect::<Vec<_>>())
        }
        None => None,
    };
    let mapping = Mapping::of(&sheet.head, given.as_deref())?;
    Ok((sheet, mapping))
}

/// What would come of a file.
async fn tried(scope: &Scope, cx: &Cx, sheet: &Sheet, mapping: &Mapping) -> kernel::Result<crm_leads::ImportPlan> {
    let conn = scope.app.db.reader(cx).await?;
    let region = company_setting(&conn, COMPANY_REGION).await?;
    plan_import(&conn, &Numbers::of(&region), cx, sheet, mapping).await
}

/// Leads come from a file.
#[derive(Default)]
pub struct LeadImportMutation;

#[Object]
impl LeadImportMutation {
    /// Brings leads from a file: tries it with `dryRun`, and begins an import without. Rows that are wrong are reported, and the rest
    /// is taken; who is there already, by address or number, is left alone.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn import_leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ImportLeadsInput,
    ) -> Result<ImportLeadsPayload> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let file = id("input.fileId", &input.file_id)?;
        let (sheet, mapping) = match Box::pin(read(scope, &cx, file, &input)).await {
            Ok(found) => found,
            Err(error) => {
                // It leaves a row in the trail, as every refusal does.
                let refuse =
                    |_: Tx, _, error: Arc<Error>| async move { Err::<crm_leads::LeadImport, _>((*error).clone()) };
                // Asked once more under its key, it is answered with the import that has the file by now.
                let (import, errors) = write(ctx, "lead.import", error, refuse).await?;
                return Ok(ImportLeadsPayload { plan: None, lead_import: import.map(Into::into), errors });
            }
        };
        if input.dry_run == Some(true) {
            let (plan, errors) = payload(Box::pin(tried(scope, &cx, &sheet, &mapping)).await)?;
            return Ok(ImportLeadsPayload { plan: plan.map(Into::into), lead_import: None, errors });
        }
        let cmd = ImportLeads { file, mapping, rows: sheet.rows.len() };
        let work = |tx: Tx, cx: Arc<Cx>, cmd: Arc<_>| async move { import_leads(&tx, &cx, &cmd).await };
        let (import, errors) = write(ctx, "lead.import", cmd, work).await?;
        Ok(ImportLeadsPayload { plan: None, lead_import: import.map(Into::into), errors })
    }
}
