//! Reading platforms and accounts.

use async_graphql::{Context, ID, Object};
use inbox::{entities::social_account::Column, records::SocialAccounts};
use kernel::page::PageArgs;

use super::types::{Platform, SocialAccount, SocialAccountConnection, SocialAccountFilter, SocialAccountOrder};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    records::{list, one, ordered},
    scope::scope,
};

/// Reading platforms and accounts.
#[derive(Default)]
pub struct SocialQuery;

#[Object]
impl SocialQuery {
    /// The social platforms, by name.
    #[graphql(directive = requires::apply(Permission::ViewConversations))]
    async fn platforms(&self, ctx: &Context<'_>) -> Result<Vec<Platform>> {
        let cx = scope(ctx).cx();
        let found = inbox::platforms(&scope(ctx).app.db.reader(&cx).await?, &cx).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// An account on a social platform; null where there is none that the viewer may see.
    #[graphql(name = "socialAccount", directive = requires::apply(Permission::ViewConversations))]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "`sac_…`")] id: ID) -> Result<Option<SocialAccount>> {
        one::<SocialAccounts, _>(ctx, &id).await
    }

    /// The company's accounts on social platforms, the newest connection first unless ordered otherwise. Those that were
    /// disconnected are among them.
    #[graphql(directive = requires::apply(Permission::ViewConversations))]
    async fn social_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<SocialAccountFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<
            Vec<SocialAccountOrder>,
        >,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<SocialAccountConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (Column::ConnectedAt, true));
        Ok(list(ctx, "social accounts", filter, order, page).await?.into())
    }
}
