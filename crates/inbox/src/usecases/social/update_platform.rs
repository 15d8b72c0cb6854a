//! What the company sets of a platform.

use kernel::{Cx, Error, Result, Tx, db::Emit, text::Check};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;

use crate::{
    domain::social::{
        events::PlatformSaved,
        platform::{DISPLAY_NAME, PlatformConfig},
    },
    policy::MANAGE_SOCIAL_ACCOUNTS,
    queries::social::accounts::platform_of,
    store::social::platform::{self, Model, Platform},
};

/// What a platform is to be like; what is absent stays.
#[derive(Debug, Clone)]
pub struct UpdatePlatform {
    /// Which.
    pub platform: Platform,
    /// What people call it.
    pub display_name: Option<String>,
    /// Which version of its API is asked; `None` inside for the usual one.
    pub api_version: Option<Option<String>>,
    /// For how many hours a reply may be sent; `None` inside as the platform says.
    pub reply_window_hours: Option<Option<i32>>,
    /// Whether our app may answer later where a person does.
    pub human_agent: Option<bool>,
}

/// Changes what the company sets of a platform.
///
/// # Errors
/// [`Error::Invalid`] at the field that is wrong.
pub async fn update_platform(tx: &Tx, cx: &Cx, cmd: &UpdatePlatform) -> Result<Model> {
    cx.require(MANAGE_SOCIAL_ACCOUNTS)?;
    let before = platform_of(tx.conn(), cmd.platform).await?;
    let (mut after, mut config) = (before.clone(), PlatformConfig::of(&before));
    let mut check = Check::default();
    if let Some(name) = &cmd.display_name {
        after.display_name = check.line("displayName", name, DISPLAY_NAME);
    }
    if let Some(version) = &cmd.api_version {
        config.api_version = version.clone();
    }
    if let Some(hours) = cmd.reply_window_hours {
        config.reply_window_hours = hours;
    }
    config.human_agent = cmd.human_agent.or(config.human_agent);
    config.check(&mut check, cmd.platform);
    check.done()?;
    after.config = serde_json::to_value(&config).map_err(Error::internal)?;
    if before == after {
        return Ok(after);
    }
    after.updated_at = cx.now;
    let row = platform::ActiveModel {
        name: Set(after.name),
        display_name: Set(after.display_name.clone()),
        config: Set(after.config.clone()),
        updated_at: Set(after.updated_at),
    };
    platform::Entity::update(row).exec(tx.conn()).await?;
    let told = |row: &Model| json!({ "platform": row.name, "displayName": row.display_name, "config": row.config });
    tx.emit(cx, &PlatformSaved { tenant: cx.tenant.id, before: told(&before), after: told(&after) });
    Ok(after)
}
