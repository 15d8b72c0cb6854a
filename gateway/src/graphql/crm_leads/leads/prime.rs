//! What a list of leads is asked for is fetched in one wave and put into the loaders.

use std::sync::Arc;

use async_graphql::Lookahead;
use kernel::{Result, id::UserId};

use crate::graphql::{
    inbox::prime::{asked, distinct},
    loaders::TagsOf,
    scope::Scope,
};

/// Primes the loaders with everything the nodes of a list of leads are asked for.
pub async fn prime_leads(scope: &Scope, leads: &[crm_leads::Lead], nodes: &[Lookahead<'_>]) -> Result<()> {
    if leads.is_empty() {
        return Ok(());
    }
    let cx = scope.cx();
    let conn = scope.app.db.reader(&cx).await?;
    let people = async {
        let wanted = |name: &str| asked(nodes, name);
        let of = |lead: &crm_leads::Lead| {
            let owner = lead.owner_id.filter(|_| wanted("owner")).map(UserId::from);
            [owner, lead.created_by_id.filter(|_| wanted("createdBy"))]
        };
        let people = distinct(leads.iter().flat_map(of).flatten());
        if !people.is_empty() {
            scope.loaders.feed_many(scope.app.directory.people_by_ids(&conn, &cx, &people).await?);
        }
        Ok::<_, kernel::Error>(())
    };
    let tags = async {
        if asked(nodes, "tags") {
            let things: Vec<_> = leads.iter().map(|lead| inbox::Entity::from(lead.id)).collect();
            let found = inbox::tags_of_each(&conn, &cx, &things).await?;
            scope.loaders.feed_many(found.into_iter().map(|(thing, tags)| (TagsOf(thing), Arc::new(tags))));
        }
        Ok(())
    };
    futures_util::try_join!(people, tags)?;
    Ok(())
}
