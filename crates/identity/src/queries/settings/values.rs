//! Settings as they are now.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Conn, Cx, Db, Error, Result,
    id::{TenantId, UserId},
};
use moka::future::Cache;
use sea_orm::{Condition, EntityTrait, QueryFilter, QueryOrder, entity::prelude::*};

use crate::queries::access::actor::ACCESS_TTL;
use crate::{
    domain::{
        sessions::session::SessionPolicy,
        settings::setting::{KNOWN, Known, SESSION_ABSOLUTE_DAYS, SESSION_IDLE_DAYS, Scope, category},
    },
    policy::MANAGE_SETTINGS,
    store::settings::setting::{Column, Entity, Kind, Model},
};

/// A setting with its value, set or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Its key.
    pub key: String,
    /// Whose it is.
    pub scope: Scope,
    /// The type of its value.
    pub kind: Kind,
    /// Its value.
    pub value: Json,
    /// What it is where nobody set it; `None` for one that only others know.
    pub default: Option<Json>,
    /// What it is for.
    pub description: Option<String>,
    /// Who set it and when; `None` where nobody did.
    pub changed: Option<(Option<UserId>, DateTime<Utc>)>,
}

/// Whether the actor may see and change a setting. The company's takes a permission; one's own are one's own.
pub(crate) fn may(cx: &Cx, key: &str, scope: Scope) -> Result<()> {
    match scope {
        Scope::System => cx.require(Known::of(key).map_or(MANAGE_SETTINGS, |known| known.needs)),
        Scope::Personal => cx.user().map(drop),
    }
}

fn merged(row: Option<&Model>, known: Option<&Known>) -> Option<Setting> {
    let (key, scope) = match (row, known) {
        (Some(row), _) => (row.key.clone(), if row.user_id.is_some() { Scope::Personal } else { Scope::System }),
        (None, Some(known)) => (known.key.to_owned(), known.scope),
        (None, None) => return None,
    };
    let default = known.map(Known::default);
    Some(Setting {
        key,
        scope,
        kind: row.map(|row| row.kind).or(known.map(Known::kind))?,
        value: row.map(|row| row.value.clone()).or_else(|| default.clone())?,
        default,
        description: known.map(|known| known.description.to_owned()).or_else(|| row?.description.clone()),
        changed: row.map(|row| (row.updated_by, row.updated_at)),
    })
}

/// The settings that the actor may see, by key: the company's as far as they may change them, and their own. There are
/// few: what Frontdesk knows, and a bounded number that only others know.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in.
pub async fn settings(conn: &Conn, cx: &Cx, scope: Option<Scope>, of: Option<&str>) -> Result<Vec<Setting>> {
    let own = cx.user()?.id;
    let whose = Condition::any().add(Column::UserId.is_null()).add(Column::UserId.eq(own));
    let rows = Entity::find().filter(whose).order_by_asc(Column::Key).all(conn).await?;
    let unset = KNOWN.iter().filter(|known| !rows.iter().any(|row| row.key == known.key));
    let mut found: Vec<_> = unset
        .filter_map(|known| merged(None, Some(known)))
        .chain(rows.iter().filter_map(|row| merged(Some(row), Known::of(&row.key))))
        .filter(|setting| scope.is_none_or(|scope| scope == setting.scope))
        .filter(|setting| of.is_none_or(|of| of == category(&setting.key)))
        .filter(|setting| may(cx, &setting.key, setting.scope).is_ok())
        .collect();
    found.sort_by(|a, b| (&a.key, a.scope == Scope::Personal).cmp(&(&b.key, b.scope == Scope::Personal)));
    Ok(found)
}

/// One setting; `None` where there is none that the actor may see.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in.
pub async fn setting(conn: &Conn, cx: &Cx, key: &str, scope: Scope) -> Result<Option<Setting>> {
    let own = cx.user()?.id;
    let known = Known::of(key);
    if may(cx, key, scope).is_err() || known.is_some_and(|known| known.scope != scope) {
        return Ok(None);
    }
    let of = crate::store::of(Some(own).filter(|_| scope == Scope::Personal));
    let row = Entity::find().filter(of).filter(Column::Key.eq(key.replace('\0', ""))).one(conn).await?;
    Ok(merged(row.as_ref(), known))
}

/// A setting of the company as it is, set or not, as an open transaction sees it.
///
/// # Errors
/// [`Error::Internal`] for a key that is neither set nor known.
pub async fn company_setting(conn: &Conn, key: &str) -> Result<Json> {
    let row = Entity::find().filter(Column::UserId.is_null()).filter(Column::Key.eq(key)).one(conn).await?;
    let value = row.map(|row| row.value).or_else(|| Known::of(key).map(Known::default));
    value.ok_or_else(|| Error::internal(format!("there is no setting {key}")))
}

/// Reads the company's settings for other code, at most once in [`ACCESS_TTL`] for each tenant.
#[derive(Clone)]
pub struct SettingsReader {
    db: Db,
    known: Cache<TenantId, Arc<HashMap<String, Json>>>,
}

impl SettingsReader {
    /// Reads from `db`.
    pub fn new(db: Db) -> Self {
        Self { db, known: Cache::builder().max_capacity(10_000).time_to_live(ACCESS_TTL).build() }
    }

    /// All settings of the company that were set, by key.
    pub async fn all(&self, cx: &Cx) -> Result<Arc<HashMap<String, Json>>> {
        let read = async {
            let conn = self.db.reader(cx).await?;
            let rows = Entity::find().filter(Column::UserId.is_null()).all(&conn).await?;
            Ok::<_, Error>(Arc::new(rows.into_iter().map(|row| (row.key, row.value)).collect()))
        };
        self.known.try_get_with(cx.tenant.id, read).await.map_err(|error: Arc<Error>| (*error).clone())
    }

    /// A setting of the company as it is, set or not.
    ///
    /// # Errors
    /// [`Error::Internal`] for a key that is neither set nor known.
    pub async fn get(&self, cx: &Cx, key: &str) -> Result<Json> {
        let value = self.all(cx).await?.get(key).cloned();
        value
            .or_else(|| Known::of(key).map(Known::default))
            .ok_or_else(|| Error::internal(format!("there is no setting {key}")))
    }

    /// The same, of one that is true or false.
    pub async fn boolean(&self, cx: &Cx, key: &str) -> Result<bool> {
        self.get(cx, key).await?.as_bool().ok_or_else(|| Error::internal(format!("{key} is neither true nor false")))
    }

    /// The same, of one that is a whole number.
    pub async fn whole(&self, cx: &Cx, key: &str) -> Result<i64> {
        self.get(cx, key).await?.as_i64().ok_or_else(|| Error::internal(format!("{key} is no whole number")))
    }

    /// How long the company's sessions last: as its settings say, and no longer than `most`.
    pub async fn session_policy(&self, cx: &Cx, most: SessionPolicy) -> Result<SessionPolicy> {
        let days = async |key| Ok::<_, Error>(TimeDelta::days(self.whole(cx, key).await?));
        let (idle, absolute) = (days(SESSION_IDLE_DAYS).await?, days(SESSION_ABSOLUTE_DAYS).await?);
        Ok(most.within(idle, absolute))
    }

    /// Forgets a tenant's settings, after one was changed in this process.
    pub async fn forget(&self, tenant: TenantId) {
        self.known.invalidate(&tenant).await;
    }
}
