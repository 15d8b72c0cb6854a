//! Things by id, whatever they are.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface, Lookahead, Object};
use identity::records::Invitations;
use inbox::records::{Messages, Visitors};
use kernel::{
    Error, ProblemCode,
    id::{DepartmentId, MessageId, TeamId, TypedId, VisitorId, prefix},
    record::by_ids,
};

use super::{
    audit::AuditLog,
    errors::Result,
    files::{File, file},
    identity::{
        Client, Department, Invitation, Staff, Team, client, department,
        notifications::{
            channels::{NotificationChannel, NotificationDelivery, channel, delivery},
            feed::{Notification, notification},
        },
        staff, team,
    },
    inbox::{Message, MessageReply, Visitor, message, prime, prime_visitors, reply},
    loaders::By,
    scalars::id,
    scope::{Scope, scope},
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
    /// Somebody who buys here.
    Client(Client),
    /// A department of the company.
    Department(Department),
    /// A team of colleagues.
    Team(Team),
    /// An invitation to become a colleague.
    Invitation(Invitation),
    /// A row of the audit trail.
    AuditLog(AuditLog),
    /// Something that the viewer is told.
    Notification(Notification),
    /// A channel that notifications are delivered through.
    NotificationChannel(NotificationChannel),
    /// A notification on its way through a channel.
    NotificationDelivery(NotificationDelivery),
    /// A file.
    File(File),
}

pub(super) async fn node(ctx: &Context<'_>, argument: &str, text: &ID) -> Result<Option<Node>> {
    let scope = scope(ctx);
    scope.cx().user()?;
    Ok(match prefix(text) {
        Some("msg") => message(ctx, id(argument, text)?).await?.map(Node::Message),
        Some("rpl") => reply(ctx, id(argument, text)?).await?.map(Node::MessageReply),
        Some("vis") => {
            let visitor = scope.loaders.load_one(By::<Visitors>(id(argument, text)?)).await?;
            visitor.map(|visitor| Node::Visitor(visitor.as_ref().clone().into()))
        }
        Some("stf") => staff(ctx, Some(id(argument, text)?)).await?.map(Node::Staff),
        Some("cli") => client(ctx, Some(id(argument, text)?)).await?.map(Node::Client),
        Some("dep") => department(ctx, Some(id::<DepartmentId>(argument, text)?)).await?.map(Node::Department),
        Some("tem") => team(ctx, id::<TeamId>(argument, text)?).await?.map(Node::Team),
        Some("inv") => {
            let invitation = scope.loaders.load_one(By::<Invitations>(id(argument, text)?)).await?;
            invitation.map(|invitation| Node::Invitation(invitation.as_ref().clone().into()))
        }
        Some("aud") => {
            let cx = scope.cx();
            let found = audit::by_id(&scope.app.db, &cx, id(argument, text)?).await?;
            found.map(|log| Node::AuditLog(log.into()))
        }
        Some("ntf") => notification(ctx, id(argument, text)?).await?.map(Node::Notification),
        Some("nch") => channel(ctx, id(argument, text)?).await?.map(Node::NotificationChannel),
        Some("fil") => file(ctx, id(argument, text)?).await?.map(Node::File),
        Some("ndl") => delivery(ctx, id(argument, text)?).await?.map(Node::NotificationDelivery),
        _ => return Err(Error::invalid(argument, ProblemCode::InvalidFormat, "is not the id of anything here").into()),
    })
}

/// Reads the inbox's things in one statement a kind and puts them, with what is asked of them, into the loaders.
async fn prime_inbox(scope: &Scope, ids: &[ID], look: Lookahead<'_>) -> kernel::Result<()> {
    let cx = scope.cx();
    let conn = scope.app.db.reader(&cx).await?;
    let nodes = [look];
    let messages = of_kind::<MessageId>(ids);
    if !messages.is_empty() {
        let found: Vec<_> = by_ids::<Messages>(&conn, &cx, &messages).await?.into_values().collect();
        prime(scope, &found, &nodes).await?;
        scope.loaders.feed_many(found.into_iter().map(|message| (By::<Messages>(message.id), Arc::new(message))));
    }
    let visitors = of_kind::<VisitorId>(ids);
    if !visitors.is_empty() {
        let found: Vec<_> = by_ids::<Visitors>(&conn, &cx, &visitors).await?.into_values().collect();
        prime_visitors(scope, &found, &nodes).await?;
        scope.loaders.feed_many(found.into_iter().map(|visitor| (By::<Visitors>(visitor.id), Arc::new(visitor))));
    }
    Ok(())
}

fn of_kind<I: TypedId>(ids: &[ID]) -> Vec<I> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
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
        scope(ctx).cx().user()?;
        prime_inbox(scope(ctx), &ids, ctx.look_ahead()).await?;
        futures_util::future::try_join_all(ids.iter().map(|id| node(ctx, "ids", id))).await
    }
}
