//! The policies, as they hold.

use std::collections::HashMap;

use kernel::{Conn, Cx, Error, ProblemCode, Result, retention::Policy};
use sea_orm::EntityTrait;

use crate::{
    domain::retention::decided::RetentionPolicy,
    policy::VIEW_RETENTION,
    ports::retention::RetentionDesk,
    store::retention::policy::{Entity, Model},
};

/// All policies in the order in which they are carried out, with what holds of each.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub(crate) async fn decided<D: RetentionDesk>(
    conn: &Conn,
    desk: &D,
    cx: &Cx,
) -> Result<Vec<(&'static Policy, RetentionPolicy)>> {
    let rows: HashMap<String, Model> =
        Entity::find().all(conn).await?.into_iter().map(|row| (row.name.clone(), row)).collect();
    let mut all = Vec::new();
    for policy in desk.policies() {
        all.push((policy, holding(desk, cx, policy, rows.get(policy.name)).await?));
    }
    Ok(all)
}

/// What holds of a policy whose row this is.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub(crate) async fn holding<D: RetentionDesk>(
    desk: &D,
    cx: &Cx,
    policy: &Policy,
    row: Option<&Model>,
) -> Result<RetentionPolicy> {
    let setting = match policy.setting {
        Some(key) => Some(desk.whole(cx, key).await?),
        None => None,
    };
    let floor = match policy.floor {
        Some(key) => Some(desk.whole(cx, key).await?),
        None => None,
    };
    Ok(RetentionPolicy::of(policy, row, setting, floor))
}

/// The policy of this name.
///
/// # Errors
/// [`Error::Invalid`] for no policy.
pub(crate) fn named<D: RetentionDesk>(desk: &D, name: &str) -> Result<&'static Policy> {
    desk.policies()
        .into_iter()
        .find(|policy| policy.name == name)
        .ok_or_else(|| Error::invalid("policy", ProblemCode::NotAvailable, "is no policy"))
}

/// All policies, as they hold.
///
/// # Errors
/// [`Error::Forbidden`] without [`VIEW_RETENTION`].
pub async fn retention_policies<D: RetentionDesk>(conn: &Conn, desk: &D, cx: &Cx) -> Result<Vec<RetentionPolicy>> {
    cx.require(VIEW_RETENTION)?;
    Ok(decided(conn, desk, cx).await?.into_iter().map(|(_, policy)| policy).collect())
}
