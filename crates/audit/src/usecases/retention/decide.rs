//! Somebody decides how long rows are kept.

use kernel::{Cx, Error, ProblemCode, Result, Tx, db::Emit, retention::RetentionAction};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryFilter, entity::prelude::*};

use crate::{
    domain::retention::{decided::RetentionPolicy, events::RetentionPolicyChanged},
    policy::MANAGE_RETENTION,
    ports::retention::RetentionDesk,
    queries::retention::policies::{holding, named},
    store::retention::policy::{Column, Entity, Model},
};

/// What is decided of a policy; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct SetRetentionPolicy {
    /// Which.
    pub name: String,
    /// How many days rows are kept in the database.
    pub hot_days: Option<i64>,
    /// How many in all; of a policy that archives, none keeps archives.
    pub total_days: Option<Option<i64>>,
    /// What happens then.
    pub action: Option<RetentionAction>,
    /// Whether it is carried out.
    pub is_enabled: Option<bool>,
}

fn days(days: i64) -> Result<i32> {
    i32::try_from(days).map_err(Error::internal)
}

/// What would hold of a policy: read before the transaction, since settings are somebody else's.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_RETENTION`]; [`Error::Invalid`] for no policy.
pub async fn policy_to_set<D: RetentionDesk>(
    desk: &D,
    cx: &Cx,
    cmd: &SetRetentionPolicy,
) -> Result<(&'static kernel::retention::Policy, RetentionPolicy)> {
    cx.require(MANAGE_RETENTION)?;
    let policy = named(desk, &cmd.name)?;
    Ok((policy, holding(desk, cx, policy, None).await?))
}

/// Sets a policy. `usual` is it as it comes.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_RETENTION`]; [`Error::Invalid`] for days below the law's floor, an action that its rows do not
/// take, and days that are a setting's.
pub async fn set_retention_policy(
    tx: &Tx,
    cx: &Cx,
    (policy, usual): &(&'static kernel::retention::Policy, RetentionPolicy),
    cmd: &SetRetentionPolicy,
) -> Result<RetentionPolicy> {
    cx.require(MANAGE_RETENTION)?;
    let conn = tx.conn();
    let row = Entity::find_by_id(policy.name).one(conn).await?;
    let setting = usual.setting.as_ref().map(|_| usual.hot_days);
    let before = RetentionPolicy::of(policy, row.as_ref(), setting, usual.floor_days);
    if let Some(setting) = usual.setting.as_ref().filter(|_| cmd.hot_days.is_some_and(|days| days != before.hot_days)) {
        let why = format!("is the setting {setting}; change that");
        return Err(Error::invalid("hotDays", ProblemCode::NotAllowed, why));
    }
    let action = cmd.action.unwrap_or(before.action);
    // What is archived no more has no archives that end.
    let total = match action {
        RetentionAction::Archive => before.total_days,
        _ => None,
    };
    let after = RetentionPolicy {
        hot_days: cmd.hot_days.unwrap_or(before.hot_days),
        total_days: cmd.total_days.unwrap_or(total),
        action,
        is_enabled: cmd.is_enabled.unwrap_or(before.is_enabled),
        is_default: false,
        version: before.version + 1,
        updated_at: Some(cx.now),
        ..before.clone()
    };
    after.check(policy)?;
    let (version, updated_at, is_default) = (before.version, before.updated_at, before.is_default);
    let same = RetentionPolicy { version, updated_at, is_default, ..after.clone() };
    if same == before {
        return Ok(before);
    }
    let new = Model {
        name: policy.name.into(),
        hot_days: days(after.hot_days)?,
        total_days: after.total_days.map(days).transpose()?,
        action: after.action,
        is_enabled: after.is_enabled,
        updated_by_id: cx.user().ok().map(|user| user.id),
        version: after.version,
        created_at: row.as_ref().map_or(cx.now, |row| row.created_at),
        updated_at: cx.now,
    };
    match row {
        None => drop(new.into_active_model().insert(conn).await?),
        Some(row) => {
            let saved = Entity::update_many()
                .set(new.into_active_model().reset_all())
                .filter(Column::Name.eq(policy.name))
                .filter(Column::Version.eq(row.version))
                .exec(conn);
            if saved.await?.rows_affected != 1 {
                return Err(Error::lost_race("RetentionPolicy"));
            }
        }
    }
    tx.emit(cx, &RetentionPolicyChanged { tenant: cx.tenant.id, before, after: after.clone() });
    Ok(after)
}
