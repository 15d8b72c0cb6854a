//! Projects, as those see them who may.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{
    id::{ClientId, ProjectId, UserId},
    money::{Currency, Money as Exact},
    page::PageArgs,
};

use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{Client, IntoId, User, client, user},
        loaders::ProgressOf,
        records::nested,
        scalars::{Date, Decimal},
        scope::scope,
        ticketing::tickets::TicketConnection,
    },
};

/// Where a project stands: PENDING → APPROVED → IN_PROGRESS → REVIEW → COMPLETED; from REVIEW back to IN_PROGRESS; CANCELLED from
/// wherever it is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::ProjectStatus")]
pub enum ProjectStatus {
    /// The client asks for it; nobody has said yes yet.
    Pending,
    /// It can begin.
    Approved,
    /// It is worked on.
    InProgress,
    /// The client looks at it, or it is tested.
    Review,
    /// It is done.
    Completed,
    /// It will not be.
    Cancelled,
}

/// What a project is to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::ProjectType")]
pub enum ProjectType {
    /// A website.
    Website,
    /// A shop.
    ECommerce,
    /// A program in the browser.
    WebApp,
    /// A program on the telephone.
    MobileApp,
    /// A brand.
    Branding,
    /// That people hear of something.
    Marketing,
    /// Something else.
    Other,
}

/// An amount of money, exactly.
#[derive(Debug, Clone, SimpleObject)]
pub struct Money {
    /// How much, with all decimals that the currency has.
    pub amount: Decimal,
    /// Of which currency, by its code (ISO 4217).
    pub currency: String,
}

/// What a client asked for as a whole.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Project {
    /// Its id, `prj_…`.
    pub id: ID,
    /// In a line.
    pub title: String,
    /// And in full.
    pub description: Option<String>,
    /// Where it stands.
    pub status: ProjectStatus,
    /// What it is to make.
    #[graphql(name = "type")]
    pub kind: ProjectType,
    /// What it may cost; null where that is open.
    pub budget: Option<Money>,
    /// What it must do.
    pub requirements: Option<String>,
    /// When it begins.
    pub start_date: Option<Date>,
    /// When it is to be done.
    pub end_date: Option<Date>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) key: ProjectId,
    #[graphql(skip)]
    client_id: ClientId,
    #[graphql(skip)]
    created_by_id: Option<UserId>,
}

impl From<ticketing::Project> for Project {
    fn from(project: ticketing::Project) -> Self {
        let currency = project.currency.as_deref().and_then(Currency::of);
        let budget = project.budget.zip(currency).map(|(minor, currency)| Money {
            amount: Decimal(Exact { minor, currency }.to_string()),
            currency: currency.code().to_owned(),
        });
        Self {
            id: project.id.into_id(),
            title: project.title,
            description: project.description,
            status: project.status.into(),
            kind: project.kind.into(),
            budget,
            requirements: project.requirements,
            start_date: project.start_date.map(Into::into),
            end_date: project.end_date.map(Into::into),
            created_at: project.created_at,
            updated_at: project.updated_at,
            key: project.id,
            client_id: project.client_id,
            created_by_id: project.created_by_id,
        }
    }
}

/// What the viewer may do with a project.
#[derive(Debug, Clone, SimpleObject)]
pub struct ProjectViewerCan {
    /// Change what it is to be.
    pub update: bool,
    /// Where they may move it from where it stands.
    pub set_status: Vec<ProjectStatus>,
}

#[ComplexObject]
impl Project {
    /// The client whose it is; null without the permission to see clients.
    async fn client(&self, ctx: &Context<'_>) -> Result<Option<Client>> {
        Box::pin(client(ctx, Some(self.client_id))).await
    }

    /// Who made it, client or colleague; null where Frontdesk did, or without the permission to see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.created_by_id)).await
    }

    /// How many of its tickets are resolved or closed, in whole per cent, rounded down until all are; null where it has none.
    async fn progress(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        Box::pin(async move {
            let (done, all) = scope(ctx).loaders.load_one(ProgressOf(self.key)).await?.unwrap_or_default();
            Ok(ticketing::progress(done, all))
        })
        .await
    }

    /// Its tickets that the viewer sees, last changed first.
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<TicketConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            if ticketing::is_client(&scope(ctx).cx()) {
                return Ok(nested(ctx, ticketing::ShownProjectTickets, self.key, page).await?.into());
            }
            Ok(nested(ctx, ticketing::ProjectTickets, self.key, page).await?.into())
        })
        .await
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ProjectViewerCan {
        let cx = scope(ctx).cx();
        let keeps = cx.can(ticketing::MANAGE_PROJECTS) && !ticketing::is_client(&cx);
        let mover = match (keeps, ticketing::client(&cx)) {
            (true, _) => Some(ticketing::Mover::Staff),
            (false, Some(own)) if own == self.client_id => Some(ticketing::Mover::Client),
            (false, _) => None,
        };
        let status: ticketing::ProjectStatus = self.status.into();
        let next = mover.map(|mover| status.next(mover)).unwrap_or_default();
        ProjectViewerCan { update: keeps, set_status: next.iter().map(|status| (*status).into()).collect() }
    }
}

connection!(ProjectConnection, ProjectEdge, Project, ticketing::Project, "projects");
