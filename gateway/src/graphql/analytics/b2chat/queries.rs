//! Reading what B2Chat tells of.

use analytics_sync::{
    entities,
    records::{B2chatAgents, B2chatChats, B2chatContacts, B2chatDepartments, B2chatMessages},
};
use async_graphql::{Context, ID, Object};
use kernel::{page::PageArgs, record::Record};

use super::{
    agents::{B2ChatAgent, B2ChatAgentConnection, agent},
    chats::{B2ChatChat, B2ChatChatConnection, chat},
    contacts::{B2ChatContact, B2ChatContactConnection, contact},
    departments::{B2ChatDepartment, B2ChatDepartmentConnection, department},
    filters::{
        B2ChatAgentFilter, B2ChatAgentOrder, B2ChatChatFilter, B2ChatChatOrder, B2ChatContactFilter,
        B2ChatContactOrder, B2ChatDepartmentFilter, B2ChatDepartmentOrder, B2ChatMessageFilter, B2ChatMessageOrder,
        which_agents, which_chats, which_contacts,
    },
    messages::{B2ChatMessage, B2ChatMessageConnection},
};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    records::{list, list_where, one, ordered},
    scalars,
    scope::scope,
};

/// Reading what B2Chat tells of.
#[derive(Default)]
pub struct B2ChatQuery;

#[Object]
impl B2ChatQuery {
    /// A department of B2Chat; null where there is none that the viewer may see.
    #[graphql(name = "b2chatDepartment", directive = requires::apply(Permission::ViewB2chat))]
    async fn department(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`bdp_…`")] id: ID,
    ) -> Result<Option<B2ChatDepartment>> {
        B2chatDepartments::may_list(&scope(ctx).cx())?;
        department(ctx, Some(scalars::id("id", &id)?)).await
    }

    /// The departments of B2Chat, as the tree is read unless ordered otherwise.
    #[graphql(name = "b2chatDepartments", directive = requires::apply(Permission::ViewB2chat))]
    async fn departments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<B2ChatDepartmentFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<
            Vec<B2ChatDepartmentOrder>,
        >,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<B2ChatDepartmentConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (entities::department::Column::Path, false));
        Ok(list(ctx, "B2Chat departments", filter, order, page).await?.into())
    }

    /// An agent of B2Chat; null where there is none that the viewer may see.
    #[graphql(name = "b2chatAgent", directive = requires::apply(Permission::ViewB2chat))]
    async fn agent(&self, ctx: &Context<'_>, #[graphql(desc = "`bag_…`")] id: ID) -> Result<Option<B2ChatAgent>> {
        B2chatAgents::may_list(&scope(ctx).cx())?;
        agent(ctx, Some(scalars::id("id", &id)?)).await
    }

    /// The agents of B2Chat, by name unless ordered otherwise. Those that count as deleted are left out unless the filter asks for them.
    #[graphql(name = "b2chatAgents", directive = requires::apply(Permission::ViewB2chat))]
    async fn agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<B2ChatAgentFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<B2ChatAgentOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<B2ChatAgentConnection> {
        let page = PageArgs { first, after, last, before };
        B2chatAgents::may_list(&scope(ctx).cx())?;
        let filter = which_agents(scope(ctx), filter)?;
        let order = ordered(order_by, (entities::agent::Column::NameOrder, false))?;
        Ok(list_where::<B2chatAgents>(ctx, "B2Chat agents", filter, order, page).await?.into())
    }

    /// A contact of B2Chat; null where there is none that the viewer may see.
    #[graphql(name = "b2chatContact", directive = requires::apply(Permission::ViewB2chat))]
    async fn contact(&self, ctx: &Context<'_>, #[graphql(desc = "`bct_…`")] id: ID) -> Result<Option<B2ChatContact>> {
        B2chatContacts::may_list(&scope(ctx).cx())?;
        contact(ctx, Some(scalars::id("id", &id)?)).await
    }

    /// The contacts of B2Chat, last changed first unless ordered otherwise. Those that count as deleted are left out unless the filter asks for them.
    #[graphql(name = "b2chatContacts", directive = requires::apply(Permission::ViewB2chat))]
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<B2ChatContactFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<
            Vec<B2ChatContactOrder>,
        >,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<B2ChatContactConnection> {
        let page = PageArgs { first, after, last, before };
        B2chatContacts::may_list(&scope(ctx).cx())?;
        let filter = which_contacts(scope(ctx), filter)?;
        let order = ordered(order_by, (entities::contact::Column::UpdatedAt, true))?;
        Ok(list_where::<B2chatContacts>(ctx, "B2Chat contacts", filter, order, page).await?.into())
    }

    /// A chat of B2Chat; null where there is none that the viewer may see.
    #[graphql(name = "b2chatChat", directive = requires::apply(Permission::ViewB2chat))]
    async fn chat(&self, ctx: &Context<'_>, #[graphql(desc = "`bch_…`")] id: ID) -> Result<Option<B2ChatChat>> {
        B2chatChats::may_list(&scope(ctx).cx())?;
        chat(ctx, scalars::id("id", &id)?).await
    }

    /// The chats of B2Chat, newest first unless ordered otherwise. Those that count as deleted are left out unless the filter asks for them.
    #[graphql(name = "b2chatChats", directive = requires::apply(Permission::ViewB2chat))]
    async fn chats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<B2ChatChatFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<B2ChatChatOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<B2ChatChatConnection> {
        let page = PageArgs { first, after, last, before };
        B2chatChats::may_list(&scope(ctx).cx())?;
        let filter = which_chats(scope(ctx), filter)?;
        let order = ordered(order_by, (entities::chat::Column::CreatedAt, true))?;
        Ok(list_where::<B2chatChats>(ctx, "B2Chat chats", filter, order, page).await?.into())
    }

    /// A message of a chat of B2Chat; null where there is none that the viewer may see.
    #[graphql(name = "b2chatMessage", directive = requires::apply(Permission::ViewB2chat))]
    async fn message(&self, ctx: &Context<'_>, #[graphql(desc = "`bms_…`")] id: ID) -> Result<Option<B2ChatMessage>> {
        one::<B2chatMessages, _>(ctx, &id).await
    }

    /// The messages of all chats of B2Chat, newest first unless ordered otherwise.
    #[graphql(name = "b2chatMessages", directive = requires::apply(Permission::ViewB2chat))]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<B2ChatMessageFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<
            Vec<B2ChatMessageOrder>,
        >,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<B2ChatMessageConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (entities::message::Column::SentAt, true));
        Ok(list(ctx, "B2Chat messages", filter, order, page).await?.into())
    }
}
