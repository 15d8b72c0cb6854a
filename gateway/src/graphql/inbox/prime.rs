//! What a list of messages is asked for is fetched in one wave a level and put into the loaders.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Lookahead, Value};
use inbox::{
    MessagesOf, Replies,
    records::{Messages, Visitors},
};
use kernel::{
    Conn, Cx, Result,
    id::{MessageId, UserId, VisitorId},
    record::{self, Nested, Record},
};

use crate::graphql::{
    loaders::{By, CountOf, Of},
    paging::COUNTS,
    scope::Scope,
};

/// The node level of a connection that was looked ahead at.
pub fn nodes<'a>(connection: &Lookahead<'a>) -> [Lookahead<'a>; 2] {
    [connection.field("nodes"), connection.field("edges").field("node")]
}

/// Whether a field of the nodes is asked for.
pub fn asked(nodes: &[Lookahead<'_>], name: &str) -> bool {
    nodes.iter().any(|node| node.field(name).exists())
}

/// The node level of a connection below the nodes.
pub fn below<'a>(nodes: &[Lookahead<'a>], connection: &str) -> Vec<Lookahead<'a>> {
    nodes.iter().flat_map(|node| self::nodes(&node.field(connection))).collect()
}

/// Fetches the pages of the list below each parent that the nodes are asked for and puts them into the loaders; returns their rows.
pub async fn prime_below<N: Nested>(
    scope: &Scope,
    (conn, cx): (&Conn, &Cx),
    nodes: &[Lookahead<'_>],
    name: &str,
    list: N,
    parents: &[N::Parent],
) -> Result<Vec<Arc<Vec<<N::Of as Record>::Row>>>> {
    let mut rows_below = Vec::new();
    for (rows, backward) in pages(nodes, name) {
        let found = record::first_of_each::<N>(conn, cx, parents, rows, backward).await?;
        let key = |parent| Of { list, parent, rows, backward };
        let found: Vec<_> = found.into_iter().map(|(parent, below)| (key(parent), Arc::new(below))).collect();
        rows_below.extend(found.iter().map(|(_, below)| below.clone()));
        scope.loaders.feed_many(found);
    }
    Ok(rows_below)
}

fn counted(nodes: &[Lookahead<'_>], connection: &str) -> bool {
    let counted = |node: &Lookahead<'_>, count: &&str| node.field(connection).field(count).exists();
    nodes.iter().any(|node| COUNTS.iter().any(|count| counted(node, count)))
}

/// Each of these once.
pub fn distinct<T: Ord + Copy>(ids: impl Iterator<Item = T>) -> Vec<T> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// How many rows of a list below, and whether from its end.
type PageOf = (u64, bool);

/// The pages that a connection field without cursors is asked for: size with the row beyond it, and direction.
fn pages(nodes: &[Lookahead<'_>], name: &str) -> Vec<PageOf> {
    let mut pages = Vec::new();
    for field in nodes.iter().flat_map(|node| node.field(name).selection_fields()) {
        let Ok(arguments) = field.arguments() else { continue };
        if field.selection_set().all(|below| COUNTS.contains(&below.name())) {
            continue;
        }
        let number = |name: &str| {
            arguments.iter().find(|(known, _)| known == name).and_then(|(_, value)| match value {
                Value::Number(number) => number.as_u64().filter(|n| (1..=kernel::page::MAX).contains(n)),
                _ => None,
            })
        };
        let given = |name: &str| arguments.iter().any(|(known, value)| known == name && *value != Value::Null);
        if given("after") || given("before") {
            continue;
        }
        let page = match (number("first"), number("last")) {
            (Some(first), None) => (first + 1, false),
            (None, Some(last)) => (last + 1, true),
            (None, None) if !given("first") && !given("last") => (kernel::page::DEFAULT + 1, false),
            _ => continue,
        };
        if !pages.contains(&page) {
            pages.push(page);
        }
    }
    pages
}

/// What was read together with the messages already.
#[derive(Default)]
struct Given {
    visitors: Option<HashMap<VisitorId, inbox::Visitor>>,
    replies: Option<(PageOf, HashMap<MessageId, Vec<inbox::MessageReply>>)>,
}

/// One message with everything that is asked of it; what belongs to the inbox comes in one statement.
pub async fn message_with(scope: &Scope, id: MessageId, node: Lookahead<'_>) -> Result<Option<inbox::Message>> {
    let cx = scope.cx();
    let nodes = [node];
    let page = pages(&nodes, "replies").first().copied();
    let with = inbox::With { visitor: asked(&nodes, "visitor"), replies: page };
    let Some(whole) = inbox::message_with(&scope.app.db.reader(&cx).await?, &cx, id, with).await? else {
        return Ok(None);
    };
    let given = Given {
        visitors: with.visitor.then(|| whole.visitor.into_iter().map(|visitor| (visitor.id, visitor)).collect()),
        replies: page.map(|page| (page, HashMap::from([(id, whole.replies)]))),
    };
    prime_with(scope, std::slice::from_ref(&whole.message), &nodes, given).await?;
    Ok(Some(whole.message))
}

/// Primes the loaders with everything the nodes of a message list are asked for.
pub async fn prime(scope: &Scope, messages: &[inbox::Message], nodes: &[Lookahead<'_>]) -> Result<()> {
    prime_with(scope, messages, nodes, Given::default()).await
}

async fn prime_with(
    scope: &Scope,
    messages: &[inbox::Message],
    nodes: &[Lookahead<'_>],
    mut given: Given,
) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let cx = scope.cx();
    let conn = scope.app.db.reader(&cx).await?;
    let ids: Vec<_> = messages.iter().map(|message| message.id).collect();
    // The messages of their replies are the same ones again.
    let again = nodes.iter().flat_map(|node| self::nodes(&node.field("replies"))).map(|reply| reply.field("message"));
    let again: Vec<_> = again.collect();

    let visitors = async {
        if !asked(nodes, "visitor") && !asked(&again, "visitor") {
            return Ok(());
        }
        let found = match given.visitors.take() {
            Some(found) => found,
            None => {
                let ids = distinct(messages.iter().map(|message| message.visitor_id));
                record::by_ids::<Visitors>(&conn, &cx, &ids).await?
            }
        };
        let visitors: Vec<_> = found.values().cloned().collect();
        scope.loaders.feed_many(found.into_iter().map(|(id, visitor)| (By::<Visitors>(id), Arc::new(visitor))));
        let below: Vec<_> = nodes.iter().chain(&again).map(|node| node.field("visitor")).collect();
        prime_visitors(scope, &visitors, &below).await
    };
    let replies = async {
        let mut authors = Vec::new();
        for (rows, backward) in pages(nodes, "replies") {
            let found = match given.replies.take_if(|(page, _)| *page == (rows, backward)) {
                Some((_, found)) => found,
                None => record::first_of_each::<Replies>(&conn, &cx, &ids, rows, backward).await?,
            };
            authors.extend(found.values().flatten().filter_map(|reply| reply.author_id));
            let key = |parent| Of { list: Replies, parent, rows, backward };
            scope.loaders.feed_many(found.into_iter().map(|(id, replies)| (key(id), Arc::new(replies))));
        }
        Ok::<_, kernel::Error>(authors)
    };
    let counts = async {
        if asked(nodes, "replyCount") || asked(&again, "replyCount") || counted(nodes, "replies") {
            let found = record::count_of_each::<Replies>(&conn, &cx, &ids).await?;
            scope.loaders.feed_many(found.into_iter().map(|(id, n)| (CountOf(Replies, id), n)));
        }
        Ok(())
    };
    let ((), authors, ()) = futures_util::try_join!(visitors, replies, counts)?;

    let replies: Vec<_> = nodes.iter().map(|node| node.field("replies")).collect();
    let below: Vec<_> = replies.iter().flat_map(self::nodes).collect();
    let assignees = asked(nodes, "assignee").then(|| messages.iter().filter_map(|message| message.assignee_id));
    let authors = asked(&below, "author").then_some(authors);
    let people = assignees.into_iter().flatten().chain(authors.into_iter().flatten());
    let people = distinct(people.map(UserId::from));
    if !people.is_empty() {
        let found = scope.app.directory.people_by_ids(&conn, &cx, &people).await?;
        scope.loaders.feed_many(found);
    }
    if asked(&below, "message") {
        let seen = messages.iter().map(|message| (By::<Messages>(message.id), Arc::new(message.clone())));
        scope.loaders.feed_many(seen);
    }
    Ok(())
}

/// Primes the loaders with everything the nodes of a visitor list are asked for.
pub async fn prime_visitors(scope: &Scope, visitors: &[inbox::Visitor], nodes: &[Lookahead<'_>]) -> Result<()> {
    if visitors.is_empty() {
        return Ok(());
    }
    let cx = scope.cx();
    let conn = scope.app.db.reader(&cx).await?;
    let ids: Vec<_> = visitors.iter().map(|visitor| visitor.id).collect();
    for (rows, backward) in pages(nodes, "messages") {
        let found = record::first_of_each::<MessagesOf>(&conn, &cx, &ids, rows, backward).await?;
        let messages: Vec<_> = found.values().flatten().cloned().collect();
        let key = |parent| Of { list: MessagesOf, parent, rows, backward };
        scope.loaders.feed_many(found.into_iter().map(|(id, messages)| (key(id), Arc::new(messages))));
        let below: Vec<_> = nodes.iter().map(|node| node.field("messages")).collect();
        let below: Vec<_> = below.iter().flat_map(self::nodes).collect();
        let seen = visitors.iter().map(|visitor| (By::<Visitors>(visitor.id), Arc::new(visitor.clone())));
        scope.loaders.feed_many(seen);
        Box::pin(prime(scope, &messages, &below)).await?;
    }
    if asked(nodes, "messageCount") || counted(nodes, "messages") {
        let found = record::count_of_each::<MessagesOf>(&conn, &cx, &ids).await?;
        scope.loaders.feed_many(found.into_iter().map(|(id, n)| (CountOf(MessagesOf, id), n)));
    }
    Ok(())
}
