//! What a list of tickets is asked for is fetched in one wave and put into the loaders.

use std::sync::Arc;

use async_graphql::Lookahead;
use identity::records::Teams;
use kernel::{Result, id::UserId, record};

use crate::graphql::{
    inbox::prime::{asked, distinct},
    loaders::{By, TagsOf},
    scope::Scope,
};

/// Primes the loaders with everything the nodes of a list of tickets are asked for.
pub async fn prime_tickets(scope: &Scope, tickets: &[ticketing::Ticket], nodes: &[Lookahead<'_>]) -> Result<()> {
    if tickets.is_empty() {
        return Ok(());
    }
    let cx = scope.cx();
    let conn = scope.app.db.reader(&cx).await?;
    let people = async {
        let wanted = |name: &str| asked(nodes, name);
        let of = |ticket: &ticketing::Ticket| {
            let requester = ticket.requester_id.filter(|_| wanted("requester")).map(UserId::from);
            let assignee = ticket.assignee_id.filter(|_| wanted("assignee")).map(UserId::from);
            [requester, assignee, ticket.created_by_id.filter(|_| wanted("createdBy"))]
        };
        let people = distinct(tickets.iter().flat_map(of).flatten());
        if !people.is_empty() {
            scope.loaders.feed_many(scope.app.directory.people_by_ids(&conn, &cx, &people).await?);
        }
        Ok::<_, kernel::Error>(())
    };
    let teams = async {
        let teams = distinct(tickets.iter().filter_map(|ticket| ticket.team_id).filter(|_| asked(nodes, "team")));
        if !teams.is_empty() {
            let found = record::by_ids::<Teams>(&conn, &cx, &teams).await?;
            scope.loaders.feed_many(found.into_iter().map(|(id, team)| (By::<Teams>(id), Arc::new(team))));
        }
        Ok(())
    };
    let tags = async {
        if asked(nodes, "tags") {
            let things: Vec<_> = tickets.iter().map(|ticket| inbox::Entity::from(ticket.id)).collect();
            let found = inbox::tags_of_each(&conn, &cx, &things).await?;
            scope.loaders.feed_many(found.into_iter().map(|(thing, tags)| (TagsOf(thing), Arc::new(tags))));
        }
        Ok(())
    };
    futures_util::try_join!(people, teams, tags)?;
    Ok(())
}
