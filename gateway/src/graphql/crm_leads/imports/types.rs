//! An import as those see it who may.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::id::{LeadImportId, UserId};

use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{IntoId, User, user},
        loaders::RowErrorsOf,
        scope::scope,
    },
};

/// What a column of a file is of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::ImportField")]
pub enum LeadImportField {
    /// Their whole name.
    Name,
    /// Their first name.
    FirstName,
    /// Their last name.
    LastName,
    /// Their address.
    Email,
    /// Their telephone number.
    Phone,
    /// Their company.
    Company,
    /// What is known of them.
    Notes,
}

/// In which encoding a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::Encoding")]
pub enum LeadFileEncoding {
    /// UTF-8.
    #[graphql(name = "UTF_8")]
    Utf8,
    /// UTF-16, either way round.
    #[graphql(name = "UTF_16")]
    Utf16,
    /// Windows-1252.
    #[graphql(name = "WINDOWS_1252")]
    Windows1252,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::ImportState")]
pub enum LeadImportState {
    /// It waits for its turn.
    Queued,
    /// Its rows are being read.
    Running,
    /// All of them were.
    Done,
    /// It could not go on.
    Failed,
}

/// What is wrong with a row.
#[derive(Debug, Clone, SimpleObject)]
pub struct LeadImportError {
    /// The line of the file on which the row begins, from 1.
    pub row: i32,
    /// What of the lead, such as `email`.
    pub column: String,
    /// What is wrong, as a sentence.
    pub message: String,
}

/// What a column of a file was taken for.
#[derive(Debug, Clone, SimpleObject)]
pub struct LeadImportColumn {
    /// The name of the column.
    pub column: String,
    /// What it is.
    pub field: LeadImportField,
}

/// What would come of a file.
#[derive(Debug, Clone, SimpleObject)]
pub struct LeadImportPlan {
    /// In which encoding it is.
    pub encoding: LeadFileEncoding,
    /// What stands between its values.
    pub delimiter: String,
    /// Which column is what; the others are left out.
    pub columns: Vec<LeadImportColumn>,
    /// How many rows it has, without those that are blank.
    pub row_count: i32,
    /// How many leads would be made.
    pub new_count: i32,
    /// How many are there already, by address or number, or come twice.
    pub duplicate_count: i32,
    /// How many rows are wrong.
    pub error_count: i32,
    /// What is wrong with the first 100.
    pub row_errors: Vec<LeadImportError>,
}

impl From<crm_leads::ImportPlan> for LeadImportPlan {
    fn from(plan: crm_leads::ImportPlan) -> Self {
        let column =
            |(column, field): (String, crm_leads::ImportField)| LeadImportColumn { column, field: field.into() };
        let error = |wrong: crm_leads::RowError| LeadImportError {
            row: wrong.row,
            column: wrong.column,
            message: wrong.message,
        };
        Self {
            encoding: plan.encoding.into(),
            delimiter: plan.delimiter.to_string(),
            columns: plan.columns.into_iter().map(column).collect(),
            row_count: plan.rows,
            new_count: plan.new,
            duplicate_count: plan.duplicates,
            error_count: plan.wrong,
            row_errors: plan.errors.into_iter().map(error).collect(),
        }
    }
}

/// An import of leads from a file.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct LeadImport {
    /// Its id, `lim_…`.
    pub id: ID,
    /// What the file was called.
    pub file_name: String,
    /// How far it is.
    pub state: LeadImportState,
    /// How many rows there are.
    pub row_count: i32,
    /// How many were read.
    pub rows_read: i32,
    /// How many leads were made.
    pub created_count: i32,
    /// How many were there already.
    pub duplicate_count: i32,
    /// How many rows were wrong.
    pub error_count: i32,
    /// Why it could not go on; null where it could.
    pub failure: Option<String>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    key: LeadImportId,
    #[graphql(skip)]
    created_by_id: Option<UserId>,
}

impl From<crm_leads::LeadImport> for LeadImport {
    fn from(import: crm_leads::LeadImport) -> Self {
        Self {
            id: import.id.into_id(),
            file_name: import.file_name,
            state: import.state.into(),
            row_count: import.row_count,
            rows_read: import.rows_read,
            created_count: import.created_count,
            duplicate_count: import.duplicate_count,
            error_count: import.error_count,
            failure: import.failure,
            created_at: import.created_at,
            finished_at: import.finished_at,
            key: import.id,
            created_by_id: import.created_by_id,
        }
    }
}

#[ComplexObject]
impl LeadImport {
    /// Who began it; null without the permission to see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.created_by_id)).await
    }

    /// What was wrong with the first 100 rows that were.
    async fn row_errors(&self, ctx: &Context<'_>) -> Result<Vec<LeadImportError>> {
        Box::pin(async move {
            let found = scope(ctx).loaders.load_one(RowErrorsOf(self.key)).await?;
            let one = |wrong: &crm_leads::LeadImportError| LeadImportError {
                row: wrong.row_number,
                column: wrong.column_name.clone(),
                message: wrong.message.clone(),
            };
            Ok(found.iter().flat_map(|found| found.iter()).map(one).collect())
        })
        .await
    }
}

connection!(LeadImportConnection, LeadImportEdge, LeadImport, crm_leads::LeadImport, "imports of leads");
