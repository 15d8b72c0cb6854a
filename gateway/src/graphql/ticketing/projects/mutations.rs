//! Asking for projects and keeping them.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use chrono::NaiveDate;
use identity::COMPANY_CURRENCY;
use ticketing::{BudgetGiven, CreateProject, ProjectSettings, create_project, set_project_status, update_project};

use super::types::{Project, ProjectStatus, ProjectType};
use crate::{
    graphql::{
        directives::requires,
        errors::Result,
        identity::{Permission, cleared},
        records::write,
        scalars::{Date, Decimal, id},
        scope::scope,
    },
    payload,
    wiring::bridges::InTransaction,
};

/// An amount of money.
#[derive(Clone, InputObject)]
pub struct MoneyInput {
    /// How much, not negative, with at most as many decimals as the currency has, at most 15 digits.
    pub amount: Decimal,
    /// Of which currency, by its code (ISO 4217); the setting `company.currency` without it.
    pub currency: Option<String>,
}

impl From<MoneyInput> for BudgetGiven {
    fn from(money: MoneyInput) -> Self {
        Self { amount: money.amount.0, currency: money.currency }
    }
}

/// A project is to be made.
#[derive(Clone, InputObject)]
pub struct CreateProjectInput {
    /// Whose it is, `cli_…`. A client asks for their own and leaves it out.
    pub client_id: Option<ID>,
    /// In a line, 1–200 characters.
    pub title: String,
    /// And in full, at most 20,000 characters.
    pub description: Option<String>,
    /// What it is to make.
    #[graphql(name = "type")]
    pub kind: ProjectType,
    /// What it may cost.
    pub budget: Option<MoneyInput>,
    /// What it must do, at most 20,000 characters.
    pub requirements: Option<String>,
    /// When it begins.
    pub start_date: Option<Date>,
    /// When it is to be done, not before it begins.
    pub end_date: Option<Date>,
}

payload! {
    /// What came of asking for a project.
    CreateProjectPayload {
        /// The project, which waits for approval.
        project: Project as ticketing::Project
    }
    /// What came of changing a project.
    UpdateProjectPayload {
        /// The project.
        project: Project as ticketing::Project
    }
    /// What came of moving a project.
    SetProjectStatusPayload {
        /// The project.
        project: Project as ticketing::Project
    }
}

/// A project is to be changed. What is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateProjectInput {
    /// The project.
    pub project_id: ID,
    /// In a line, 1–200 characters.
    pub title: Option<String>,
    /// And in full, at most 20,000 characters; null clears it.
    pub description: MaybeUndefined<String>,
    /// What it is to make.
    #[graphql(name = "type")]
    pub kind: Option<ProjectType>,
    /// What it may cost, in its own currency where none is named; null clears it.
    pub budget: MaybeUndefined<MoneyInput>,
    /// What it must do, at most 20,000 characters; null clears it.
    pub requirements: MaybeUndefined<String>,
    /// When it begins; null clears it.
    pub start_date: MaybeUndefined<Date>,
    /// When it is to be done, not before it begins; null clears it.
    pub end_date: MaybeUndefined<Date>,
}

/// A project is to move.
#[derive(Clone, InputObject)]
pub struct SetProjectStatusInput {
    /// The project.
    pub project_id: ID,
    /// Where it is to stand.
    pub status: ProjectStatus,
}

/// A day to be set: absent keeps what is there, null clears it.
fn day(field: &str, date: MaybeUndefined<Date>) -> kernel::Result<Option<Option<NaiveDate>>> {
    match date {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Ok(Some(None)),
        MaybeUndefined::Value(date) => Ok(Some(Some(date.read(field)?))),
    }
}

/// The company's currency.
async fn usual_currency(ctx: &Context<'_>) -> kernel::Result<Option<String>> {
    let scope = scope(ctx);
    let settings = scope.app.settings.all(&scope.cx()).await?;
    let code = settings.get(COMPANY_CURRENCY).and_then(|code| code.as_str());
    Ok(code.filter(|code| !code.is_empty()).map(str::to_owned))
}

/// Asking for projects and keeping them.
#[derive(Default)]
pub struct ProjectMutation;

#[Object]
impl ProjectMutation {
    /// Asks for a project, which then waits for approval. A client asks for their own without the permission.
    #[graphql(directive = requires::apply(Permission::ManageProjects))]
    async fn create_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateProjectInput,
    ) -> Result<CreateProjectPayload> {
        let day = |field: &str, date: Option<Date>| date.map(|date| date.read(field)).transpose();
        let cmd = CreateProject {
            client: input.client_id.as_ref().map(|client| id("input.clientId", client)).transpose()?,
            settings: ProjectSettings {
                title: Some(input.title),
                description: input.description,
                kind: Some(input.kind.into()),
                budget: Some(input.budget.map(Into::into)),
                requirements: input.requirements,
                start_date: Some(day("input.startDate", input.start_date)?),
                end_date: Some(day("input.endDate", input.end_date)?),
                usual_currency: usual_currency(ctx).await?,
            },
        };
        Ok(write(ctx, "project.create", cmd, |tx, cx, cmd| async move {
            create_project(&tx, &InTransaction(&tx), &cx, &cmd).await
        })
        .await?
        .into())
    }

    /// Changes what a project is to be.
    #[graphql(directive = requires::apply(Permission::ManageProjects))]
    async fn update_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateProjectInput,
    ) -> Result<UpdateProjectPayload> {
        let project = id("input.projectId", &input.project_id)?;
        let cmd = ProjectSettings {
            title: input.title,
            description: cleared(input.description),
            kind: input.kind.map(Into::into),
            budget: match input.budget {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(budget) => Some(Some(budget.into())),
            },
            requirements: cleared(input.requirements),
            start_date: day("input.startDate", input.start_date)?,
            end_date: day("input.endDate", input.end_date)?,
            usual_currency: usual_currency(ctx).await?,
        };
        Ok(write(ctx, "project.update", cmd, move |tx, cx, cmd| async move {
            update_project(&tx, &cx, project, &cmd).await
        })
        .await?
        .into())
    }

    /// Moves a project: PENDING → APPROVED → IN_PROGRESS → REVIEW → COMPLETED, from REVIEW back to IN_PROGRESS, and CANCELLED from
    /// wherever it is not over. A client may cancel their own without the permission as long as it waits for approval.
    #[graphql(directive = requires::apply(Permission::ManageProjects))]
    async fn set_project_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetProjectStatusInput,
    ) -> Result<SetProjectStatusPayload> {
        let project = id("input.projectId", &input.project_id)?;
        let status = input.status.into();
        Ok(write(ctx, "project.set_status", (), move |tx, cx, _| async move {
            set_project_status(&tx, &cx, project, status).await
        })
        .await?
        .into())
    }
}
