//! What a list of conversations is asked for is fetched in one wave a level and put into the loaders.

use std::sync::Arc;

use async_graphql::Lookahead;
use inbox::{RepliesIn, records::ConversationMessages};
use kernel::{Result, id::UserId, record};

use crate::graphql::{
    inbox::prime::{asked, below, distinct, prime_below},
    loaders::{AccountOf, By, TagsOf},
    scope::Scope,
};

/// Primes the loaders with what the nodes of a list of conversations are asked for: accounts, assignees, last messages, tags, replies
/// and whose they are.
pub async fn prime_conversations(
    scope: &Scope,
    conversations: &[inbox::Conversation],
    nodes: &[Lookahead<'_>],
) -> Result<()> {
    if conversations.is_empty() {
        return Ok(());
    }
    let cx = scope.cx();
    let conn = scope.app.db.reader(&cx).await?;
    let ids: Vec<_> = conversations.iter().map(|conversation| conversation.id).collect();
    let accounts = async {
        if asked(nodes, "platform") || asked(nodes, "accountName") {
            let ids = distinct(conversations.iter().map(|conversation| conversation.social_account_id));
            let found = inbox::accounts_of_conversations(&conn, &ids).await?;
            scope.loaders.feed_many(found.into_iter().map(|(id, account)| (AccountOf(id), Arc::new(account))));
        }
        Ok::<_, kernel::Error>(())
    };
    let messages = async {
        let ids = distinct(conversations.iter().filter_map(|conversation| conversation.last_message_id));
        if asked(nodes, "lastMessage") && !ids.is_empty() {
            let found = record::by_ids::<ConversationMessages>(&conn, &cx, &ids).await?;
            let found = found.into_iter().map(|(id, message)| (By::<ConversationMessages>(id), Arc::new(message)));
            scope.loaders.feed_many(found);
        }
        Ok(())
    };
    let tags = async {
        if asked(nodes, "tags") {
            let things: Vec<_> = ids.iter().map(|id| inbox::Entity::from(*id)).collect();
            let found = inbox::tags_of_each(&conn, &cx, &things).await?;
            scope.loaders.feed_many(found.into_iter().map(|(thing, tags)| (TagsOf(thing), Arc::new(tags))));
        }
        Ok(())
    };
    let replies = prime_below(scope, (&conn, &cx), nodes, "replies", RepliesIn, &ids);
    let ((), (), (), replies) = futures_util::try_join!(accounts, messages, tags, replies)?;

    let of_replies = below(nodes, "replies");
    let replies = replies.iter().flat_map(|replies| replies.iter());
    let of_replies = replies.flat_map(|reply| {
        let wanted = |name: &str| asked(&of_replies, name);
        [reply.author_id.filter(|_| wanted("author")), reply.approved_by_id.filter(|_| wanted("approvedBy"))]
    });
    let assignees = conversations.iter().filter_map(|it| it.assignee_id).filter(|_| asked(nodes, "assignee"));
    let people = distinct(of_replies.flatten().chain(assignees).map(UserId::from));
    if !people.is_empty() {
        scope.loaders.feed_many(scope.app.directory.people_by_ids(&conn, &cx, &people).await?);
    }
    Ok(())
}
