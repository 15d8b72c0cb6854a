//! A setting is set, or goes back to what it is where nobody set it.

use kernel::{Cx, Error, ProblemCode, Result, db::Emit, id::UserId, text::Check};
use serde_json::Value as Json;

use crate::{
    domain::settings::{
        events::SettingChanged,
        setting::{CUSTOM, Known, Scope, checked_custom, is_custom},
    },
    policy::in_session,
    ports::Settings,
    queries::settings::values::may,
    store::settings::setting::{Kind, Model},
};

/// How many settings that only others know the company has at the most, and each person.
const CUSTOM_AT_MOST: u64 = 200;

/// A setting to be set.
#[derive(Debug, Clone)]
pub struct SetSetting {
    /// Its key.
    pub key: String,
    /// Whose it is.
    pub scope: Scope,
    /// Its value.
    pub value: Json,
    /// What it is for, where Frontdesk does not know; `None` keeps what was said.
    pub description: Option<String>,
}

/// Whose the setting is, where the actor may change it and there is one of that key. One's own is no business of a key.
fn owner(cx: &Cx, key: &str, scope: Scope) -> Result<Option<UserId>> {
    may(cx, key, scope)?;
    let known = Known::of(key);
    if known.is_none() && !is_custom(key) {
        return Err(Error::invalid(
            "key",
            ProblemCode::NotAvailable,
            "there is no such setting; one of your own begins with custom. and has lower-case letters, digits, _ and dots",
        ));
    }
    if known.is_some_and(|known| known.scope != scope) {
        return Err(Error::invalid("scope", ProblemCode::NotAllowed, "this setting has the other scope"));
    }
    Ok(if scope == Scope::Personal { Some(in_session(cx, &[])?.id) } else { None })
}

/// Sets a setting.
///
/// # Errors
/// [`Error::Forbidden`] for the company's without the permission it takes; [`Error::Invalid`] for an unknown key, the
/// wrong scope, a value that the setting cannot have, and too many settings of one's own.
pub async fn set_setting<S: Settings + Emit>(s: &S, cx: &Cx, cmd: SetSetting) -> Result<()> {
    let owner = owner(cx, &cmd.key, cmd.scope)?;
    let mut check = Check::default();
    let (kind, value) = match Known::of(&cmd.key) {
        Some(known) => (known.kind(), known.checked(&mut check, "value", &cmd.value)),
        None => (checked_custom(&mut check, "value", &cmd.value), cmd.value),
    };
    let description = check.optional_line("description", cmd.description.as_deref(), 500);
    check.done()?;
    // What Frontdesk knows it describes itself.
    let description = description.filter(|_| Known::of(&cmd.key).is_none());
    store(s, cx, &cmd.key, owner, kind, value, description).await
}

/// Stores a value that was checked.
pub(crate) async fn store<S: Settings + Emit>(
    s: &S,
    cx: &Cx,
    key: &str,
    owner: Option<UserId>,
    kind: Kind,
    value: Json,
    description: Option<String>,
) -> Result<()> {
    let old = s.setting(key, owner).await?;
    if old.as_ref().is_some_and(|old| old.value == value && (description.is_none() || description == old.description)) {
        return Ok(());
    }
    if old.is_none() && Known::of(key).is_none() && s.count_settings(CUSTOM, owner).await? >= CUSTOM_AT_MOST {
        return Err(Error::invalid(
            "key",
            ProblemCode::NotAllowed,
            format!("there are {CUSTOM_AT_MOST} such settings already"),
        ));
    }
    let row = Model {
        id: old.as_ref().map_or_else(|| cx.new_id(), |old| old.id),
        key: key.to_owned(),
        user_id: owner,
        kind,
        value,
        description: description.or_else(|| old.as_ref()?.description.clone()),
        updated_by: cx.person().ok().map(|person| person.id),
        created_at: old.as_ref().map_or(cx.now, |old| old.created_at),
        updated_at: cx.now,
    };
    if !s.put_setting(&row, old.is_none()).await? {
        return Err(Error::lost_race("the setting"));
    }
    let old = old.map_or(Json::Null, |old| old.value);
    s.emit(cx, &SettingChanged { setting: row.id, key: row.key, user: owner, old, new: row.value });
    Ok(())
}

/// Takes a setting away, so that it is what it is where nobody set it. One that nobody set stays as it is.
///
/// # Errors
/// As [`set_setting`].
pub async fn reset_setting<S: Settings + Emit>(s: &S, cx: &Cx, key: &str, scope: Scope) -> Result<()> {
    let owner = owner(cx, key, scope)?;
    remove(s, cx, key, owner).await
}

/// Takes away what was checked to be the actor's to take.
pub(crate) async fn remove<S: Settings + Emit>(s: &S, cx: &Cx, key: &str, owner: Option<UserId>) -> Result<()> {
    let Some(old) = s.setting(key, owner).await? else { return Ok(()) };
    s.remove_setting(old.id).await?;
    s.emit(cx, &SettingChanged { setting: old.id, key: old.key, user: owner, old: old.value, new: Json::Null });
    Ok(())
}
