//! What a list of chats is asked for is fetched in one wave and put into the loaders.

use std::sync::Arc;

use async_graphql::Lookahead;
use identity::records::Departments;
use inbox::records::{ChatMessages, Visitors};
use kernel::{Result, id::UserId, record};

use crate::graphql::{
    inbox::prime::{asked, distinct, prime_visitors},
    loaders::By,
    scope::Scope,
};

/// Primes the loaders with what the nodes of a list of chats are asked for: visitors, assignees, departments, last lines.
pub async fn prime_chats(scope: &Scope, chats: &[inbox::Chat], nodes: &[Lookahead<'_>]) -> Result<()> {
    if chats.is_empty() {
        return Ok(());
    }
    let cx = scope.cx();
    let conn = scope.app.db.reader(&cx).await?;
    let visitors = async {
        if !asked(nodes, "visitor") {
            return Ok(());
        }
        let ids = distinct(chats.iter().map(|chat| chat.visitor_id));
        let found = record::by_ids::<Visitors>(&conn, &cx, &ids).await?;
        let visitors: Vec<_> = found.values().cloned().collect();
        scope.loaders.feed_many(found.into_iter().map(|(id, visitor)| (By::<Visitors>(id), Arc::new(visitor))));
        let below: Vec<_> = nodes.iter().map(|node| node.field("visitor")).collect();
        prime_visitors(scope, &visitors, &below).await
    };
    let lines = async {
        let ids = distinct(chats.iter().filter_map(|chat| chat.last_message_id));
        if !asked(nodes, "lastMessage") || ids.is_empty() {
            return Ok(Vec::new());
        }
        let found = record::by_ids::<ChatMessages>(&conn, &cx, &ids).await?;
        let authors: Vec<_> = found.values().filter_map(|line| line.staff_id).collect();
        scope.loaders.feed_many(found.into_iter().map(|(id, line)| (By::<ChatMessages>(id), Arc::new(line))));
        Ok::<_, kernel::Error>(authors)
    };
    let departments = async {
        let ids = distinct(chats.iter().filter_map(|chat| chat.department_id));
        if asked(nodes, "department") && !ids.is_empty() {
            let found = record::by_ids::<Departments>(&conn, &cx, &ids).await?;
            let found = found.into_iter().map(|(id, department)| (By::<Departments>(id), Arc::new(department)));
            scope.loaders.feed_many(found);
        }
        Ok(())
    };
    let ((), authors, ()) = futures_util::try_join!(visitors, lines, departments)?;
    let last: Vec<_> = nodes.iter().map(|node| node.field("lastMessage")).collect();
    let assignees = asked(nodes, "assignee").then(|| chats.iter().filter_map(|chat| chat.assignee_id));
    let authors = asked(&last, "author").then_some(authors);
    let people = assignees.into_iter().flatten().chain(authors.into_iter().flatten());
    let people = distinct(people.map(UserId::from));
    if !people.is_empty() {
        let found = scope.app.directory.people_by_ids(&conn, &cx, &people).await?;
        scope.loaders.feed_many(found);
    }
    Ok(())
}
