//! Colleagues as other things show them: assignees, authors, actors. Believed for a few seconds.

use std::{collections::HashMap, sync::Arc};

use kernel::{
    Conn, Cx, Db, Result,
    id::{TenantId, UserId},
};
use moka::sync::Cache;

use super::list::people_by_ids;
use crate::queries::access::actor::ACCESS_TTL;
use crate::{
    domain::people::person::Person,
    policy::{VIEW_CLIENTS, VIEW_STAFF},
};

/// The people that messages and events refer to. A tenant has hundreds of them, and nearly every read shows some, so they
/// are read at most once in [`ACCESS_TTL`], as rights are. Lists of staff and a person asked for by id are always read.
#[derive(Clone)]
pub struct Directory {
    known: Cache<(TenantId, UserId), Arc<Person>>,
}

impl Default for Directory {
    fn default() -> Self {
        Self { known: Cache::builder().max_capacity(100_000).time_to_live(ACCESS_TTL).build() }
    }
}

impl Directory {
    /// People by id, as far as the actor may see them; those not known are read in one statement.
    pub async fn people_by_ids(&self, conn: &Conn, cx: &Cx, ids: &[UserId]) -> Result<HashMap<UserId, Arc<Person>>> {
        // What is known is what those see who see everybody.
        if !cx.can(VIEW_STAFF) || !cx.can(VIEW_CLIENTS) {
            let found = people_by_ids(conn, cx, ids).await?;
            return Ok(found.into_iter().map(|(id, person)| (id, Arc::new(person))).collect());
        }
        let mut found = HashMap::with_capacity(ids.len());
        let mut unknown = Vec::new();
        for id in ids {
            match self.known.get(&(cx.tenant.id, *id)) {
                Some(person) => drop(found.insert(*id, person)),
                None => unknown.push(*id),
            }
        }
        if !unknown.is_empty() {
            for (id, person) in people_by_ids(conn, cx, &unknown).await? {
                let person = Arc::new(person);
                self.known.insert((cx.tenant.id, id), person.clone());
                found.insert(id, person);
            }
        }
        Ok(found)
    }

    /// The person who asks: everybody sees themselves.
    pub async fn own(&self, db: &Db, cx: &Cx, id: UserId) -> Result<Option<Arc<Person>>> {
        if let Some(person) = self.known.get(&(cx.tenant.id, id)) {
            return Ok(Some(person));
        }
        let found = people_by_ids(&db.reader(cx).await?, cx, &[id]).await?.remove(&id).map(Arc::new);
        if let Some(person) = &found {
            self.known.insert((cx.tenant.id, id), person.clone());
        }
        Ok(found)
    }

    /// Forgets a person who was just changed, in this process at once.
    pub fn forget(&self, tenant: TenantId, id: UserId) {
        self.known.invalidate(&(tenant, id));
    }
}
