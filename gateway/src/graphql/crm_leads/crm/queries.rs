//! Reading connections with a CRM and what is brought there.

use async_graphql::{Context, ID, Object};
use crm_leads::{
    describe_crm_fields,
    entities::{crm_connection, crm_sync},
    records::{CrmConnections, CrmSyncs},
};
use kernel::page::PageArgs;

use super::{
    filters::{CrmConnectionFilter, CrmConnectionOrder, CrmSyncFilter, CrmSyncOrder},
    types::{ConnectedCrm, ConnectedCrmConnection, CrmField, CrmSync, CrmSyncConnection},
};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    records::{list, one, ordered},
    scalars,
    scope::scope,
};

/// Reading CRMs.
#[derive(Default)]
pub struct CrmQuery;

#[Object]
impl CrmQuery {
    /// A connection with a CRM; null where there is none that the viewer may see.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn crm_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`crc_…`")] id: ID,
    ) -> Result<Option<ConnectedCrm>> {
        one::<CrmConnections, _>(ctx, &id).await
    }

    /// The connections with CRMs, by name unless ordered otherwise. There may be several with one kind of CRM.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn crm_connections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<CrmConnectionFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<
            Vec<CrmConnectionOrder>,
        >,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ConnectedCrmConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (crm_connection::Column::Name, false));
        Ok(list(ctx, "CRM connections", filter, order, page).await?.into())
    }

    /// The fields that a CRM has for leads, as it says itself at this moment.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn describe_crm_fields(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The connection, `crc_…`.")] crm_connection_id: ID,
    ) -> Result<Vec<CrmField>> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        let id = scalars::id("crmConnectionId", &crm_connection_id)?;
        let fields = describe_crm_fields(&app.db, app.crms.as_ref(), &cx, id).await?;
        Ok(fields.into_iter().map(Into::into).collect())
    }

    /// What of a lead is brought into a CRM; null where there is none that the viewer may see.
    #[graphql(directive = requires::apply(Permission::ViewLeads))]
    async fn crm_sync(&self, ctx: &Context<'_>, #[graphql(desc = "`csy_…`")] id: ID) -> Result<Option<CrmSync>> {
        one::<CrmSyncs, _>(ctx, &id).await
    }

    /// What of leads that the viewer sees is brought into CRMs: the queue and what was, newest first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewLeads))]
    async fn crm_syncs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<CrmSyncFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<CrmSyncOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<CrmSyncConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (crm_sync::Column::CreatedAt, true));
        Ok(list(ctx, "CRM syncs", filter, order, page).await?.into())
    }
}
