//! Colleagues as other things show them: assignees, authors, actors. Believed for a few seconds.

use std::{collections::HashMap, sync::Arc};

use kernel::{
    Conn, Cx, Result,
    id::{StaffId, TenantId},
};
use moka::sync::Cache;

use super::{access::ACCESS_TTL, staff::staff_by_ids};
use crate::{domain::staff::Staff, policy::VIEW_STAFF};

/// The staff that messages and events refer to. A tenant has hundreds of them, and nearly every read shows some, so they
/// are read at most once in [`ACCESS_TTL`], as rights are. Lists of staff and a person asked for by id are always read.
#[derive(Clone)]
pub struct Directory {
    known: Cache<(TenantId, StaffId), Arc<Staff>>,
}

impl Default for Directory {
    fn default() -> Self {
        Self { known: Cache::builder().max_capacity(100_000).time_to_live(ACCESS_TTL).build() }
    }
}

impl Directory {
    /// Staff by id, as far as the actor may see them; those not known are read in one statement.
    pub async fn staff_by_ids(&self, conn: &Conn, cx: &Cx, ids: &[StaffId]) -> Result<HashMap<StaffId, Arc<Staff>>> {
        if !cx.can(VIEW_STAFF) {
            let found = staff_by_ids(conn, cx, ids).await?;
            return Ok(found.into_iter().map(|(id, staff)| (id, Arc::new(staff))).collect());
        }
        let mut found = HashMap::with_capacity(ids.len());
        let mut unknown = Vec::new();
        for id in ids {
            match self.known.get(&(cx.tenant.id, *id)) {
                Some(staff) => drop(found.insert(*id, staff)),
                None => unknown.push(*id),
            }
        }
        if !unknown.is_empty() {
            for (id, staff) in staff_by_ids(conn, cx, &unknown).await? {
                let staff = Arc::new(staff);
                self.known.insert((cx.tenant.id, id), staff.clone());
                found.insert(id, staff);
            }
        }
        Ok(found)
    }
}
