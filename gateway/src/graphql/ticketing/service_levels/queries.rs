//! Reading policies.

use async_graphql::{Context, ID, Object};
use kernel::page::PageArgs;
use ticketing::{entities::service_level_policy::Column, records::ServiceLevelPolicies};

use super::types::{
    ServiceLevelPolicy, ServiceLevelPolicyConnection, ServiceLevelPolicyFilter, ServiceLevelPolicyOrder,
};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    records::{list, one, ordered},
};

/// Reading policies of service levels.
#[derive(Default)]
pub struct ServiceLevelQuery;

#[Object]
impl ServiceLevelQuery {
    /// A policy of service levels; null where there is none that the viewer may see.
    #[graphql(directive = requires::apply(Permission::ViewTickets))]
    async fn service_level_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`slp_…`")] id: ID,
    ) -> Result<Option<ServiceLevelPolicy>> {
        one::<ServiceLevelPolicies, _>(ctx, &id).await
    }

    /// The policies of service levels, as they stand unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewTickets))]
    async fn service_level_policies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<ServiceLevelPolicyFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<
            Vec<ServiceLevelPolicyOrder>,
        >,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ServiceLevelPolicyConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (Column::Position, false));
        Ok(list(ctx, "service level policies", filter, order, page).await?.into())
    }
}
