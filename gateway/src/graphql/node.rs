//! Things by id, whatever they are.

use async_graphql::{Context, ID, Interface, Object};
use kernel::{Error, ProblemCode, id::prefix};

use super::{
    audit::AuditLog,
    errors::Result,
    identity::{Staff, staff},
    inbox::{Message, MessageReply, Visitor, message, reply},
    scalars::id,
    scope::scope,
};

/// Something with an id of its own.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "&ID", desc = "Its id, prefixed by its kind."))]
pub enum Node {
    /// What a visitor wrote.
    Message(Message),
    /// A reply to a message.
    MessageReply(MessageReply),
    /// A person on the website.
    Visitor(Visitor),
    /// A colleague.
    Staff(Staff),
    /// A row of the audit trail.
    AuditLog(AuditLog),
}

async fn node(ctx: &Context<'_>, argument: &str, text: &ID) -> Result<Option<Node>> {
    let scope = scope(ctx);
    scope.cx().staff()?;
    Ok(match prefix(text) {
        Some("msg") => message(ctx, id(argument, text)?).await?.map(Node::Message),
        Some("rpl") => reply(ctx, id(argument, text)?).await?.map(Node::MessageReply),
        Some("vis") => {
            let visitor = scope.loaders.load_one(id::<kernel::id::VisitorId>(argument, text)?).await?;
            visitor.map(|visitor| Node::Visitor(visitor.as_ref().clone().into()))
        }
        Some("stf") => staff(ctx, Some(id(argument, text)?)).await?.map(Node::Staff),
        Some("aud") => {
            let cx = scope.cx();
            let found = audit::by_id(&scope.app.db.reader(&cx).await?, &cx, id(argument, text)?).await?;
            found.map(|log| Node::AuditLog(log.into()))
        }
        _ => return Err(Error::invalid(argument, ProblemCode::InvalidFormat, "is not the id of anything here").into()),
    })
}

/// Things by id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Something by its id; null where there is nothing that the viewer may see.
    #[graphql(name = "node")]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<Node>> {
        node(ctx, "id", &id).await
    }

    /// Several things by their ids, at most 100, in the order of the ids.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids.", validator(max_items = 100))] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        // Together, so that the loaders see all of them at once.
        futures_util::future::try_join_all(ids.iter().map(|id| node(ctx, "ids", id))).await
    }
}
