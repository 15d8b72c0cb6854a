//! What is published about settings.

use kernel::{
    events::{Event, Resource},
    id::{SettingId, UserId},
};
use serde::Serialize;
use serde_json::{Value as Json, json};

/// A setting was set or reset.
#[derive(Serialize)]
pub struct SettingChanged {
    /// The setting.
    pub setting: SettingId,
    /// Its key.
    pub key: String,
    /// Whose it is; nobody's where it is the company's.
    pub user: Option<UserId>,
    /// What it was; null where it was not set.
    #[serde(skip)]
    pub old: Json,
    /// What it is; null where it is not set any more.
    #[serde(skip)]
    pub new: Json,
}

impl Event for SettingChanged {
    const KIND: &'static str = "setting.changed";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("Setting", self.setting)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "key": self.key, "value": self.old })), Some(json!({ "key": self.key, "value": self.new })))
    }
}
