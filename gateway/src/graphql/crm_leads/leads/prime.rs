//! What a list of leads is asked for is fetched in one wave and put into the loaders.

use std::sync::Arc;

use async_graphql::Lookahead;
use crm_leads::ScoringsOf;
use inbox::records::Visitors;
use kernel::{Result, id::UserId, record};

use crate::graphql::{
    inbox::prime::{asked, distinct, prime_below, prime_visitors},
    loaders::{By, CrmRecordsOf, TagsOf},
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
    let visitors = async {
        let ids = distinct(leads.iter().filter_map(|lead| lead.visitor_id));
        if !asked(nodes, "visitor") || ids.is_empty() {
            return Ok(());
        }
        let found = record::by_ids::<Visitors>(&conn, &cx, &ids).await?;
        let visitors: Vec<_> = found.values().cloned().collect();
        scope.loaders.feed_many(found.into_iter().map(|(id, visitor)| (By::<Visitors>(id), Arc::new(visitor))));
        let below: Vec<_> = nodes.iter().map(|node| node.field("visitor")).collect();
        prime_visitors(scope, &visitors, &below).await
    };
    let ids: Vec<_> = leads.iter().map(|lead| lead.id).collect();
    let scorings = prime_below(scope, (&conn, &cx), nodes, "scores", ScoringsOf, &ids);
    let records = async {
        if asked(nodes, "crmRecords") {
            let found = crm_leads::crm_records_of_each(&conn, &ids).await?;
            scope.loaders.feed_many(found.into_iter().map(|(id, records)| (CrmRecordsOf(id), Arc::new(records))));
        }
        Ok(())
    };
    futures_util::try_join!(people, tags, visitors, scorings, records)?;
    Ok(())
}
