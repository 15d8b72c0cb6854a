//! What is published about notifications.

use kernel::{
    events::{Event, Resource, Severity},
    id::{NotificationChannelId, NotificationDeliveryId, NotificationId, UserId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::notification::NotificationType;

/// The topic of what a person's feed shows live.
pub const NOTIFICATIONS: &str = "notifications";

/// A person was told something.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NotificationCreated {
    /// What.
    pub notification: NotificationId,
    /// Who.
    pub user: UserId,
    /// Its type.
    pub kind: NotificationType,
}

impl Event for NotificationCreated {
    const KIND: &'static str = "notification.created";
    const TOPIC: &'static str = NOTIFICATIONS;
    fn resource(&self) -> Resource {
        Resource::new("Notification", self.notification)
    }
    fn concerns(&self) -> Option<uuid::Uuid> {
        Some(self.user.0)
    }
}

/// A person read some of their notifications, or all; or may see no more what some are about.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NotificationsRead {
    /// Who.
    pub user: UserId,
    /// Which; `None` for all.
    pub notifications: Option<Vec<NotificationId>>,
    /// How many of them were not read before.
    pub count: u64,
}

impl Event for NotificationsRead {
    const KIND: &'static str = "notifications.read";
    const TOPIC: &'static str = NOTIFICATIONS;
    fn resource(&self) -> Resource {
        Resource::new("User", self.user)
    }
    fn concerns(&self) -> Option<uuid::Uuid> {
        Some(self.user.0)
    }
}

/// A person decided how they want to be told of a type.
#[derive(Debug, Clone, Serialize)]
pub struct NotificationPreferenceSet {
    /// Who.
    pub user: UserId,
    /// Of which type.
    pub kind: NotificationType,
    /// By mail and in Teams, before.
    pub from: (bool, bool),
    /// By mail and in Teams, from now on.
    pub to: (bool, bool),
}

impl Event for NotificationPreferenceSet {
    const KIND: &'static str = "notification_preference.set";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("User", self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let value = |(email, teams): (bool, bool)| Some(json!({ "type": self.kind, "email": email, "teams": teams }));
        (value(self.from), value(self.to))
    }
}

/// A channel was made or changed. Of its address only the host is told, and whether another one was given.
#[derive(Debug, Clone, Serialize)]
pub struct NotificationChannelSaved {
    /// The channel.
    pub channel: NotificationChannelId,
    /// Whether its address is another one than before.
    pub new_address: bool,
    /// What it was like.
    #[serde(skip)]
    pub from: Option<Json>,
    /// What it is like.
    #[serde(skip)]
    pub to: Json,
}

impl Event for NotificationChannelSaved {
    const KIND: &'static str = "notification_channel.saved";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("NotificationChannel", self.channel)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (self.from.clone(), Some(self.to.clone()))
    }
}

/// A card was posted to see whether a channel takes it.
#[derive(Debug, Clone, Serialize)]
pub struct NotificationChannelTested {
    /// The channel.
    pub channel: NotificationChannelId,
    /// Whether the card was taken.
    pub accepted: bool,
}

impl Event for NotificationChannelTested {
    const KIND: &'static str = "notification_channel.tested";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("NotificationChannel", self.channel)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "accepted": self.accepted })))
    }
}

/// A channel was switched off, because too many deliveries through it were given up, or it said that it is gone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NotificationChannelSwitchedOff {
    /// The channel.
    pub channel: NotificationChannelId,
    /// Whose it is; `None` for the company's.
    pub owner: Option<UserId>,
}

impl Event for NotificationChannelSwitchedOff {
    const KIND: &'static str = "notification_channel.switched_off";
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::Medium;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        Resource::new("NotificationChannel", self.channel)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "isActive": true })), Some(json!({ "isActive": false })))
    }
}

/// A delivery was given up.
#[derive(Debug, Clone, Serialize)]
pub struct NotificationDeliveryFailed {
    /// The delivery.
    pub delivery: NotificationDeliveryId,
    /// Its channel.
    pub channel: NotificationChannelId,
    /// What the other side said last.
    pub error: String,
}

impl Event for NotificationDeliveryFailed {
    const KIND: &'static str = "notification_delivery.failed";
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::Medium;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        Resource::new("NotificationDelivery", self.delivery)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "state": "pending" })), Some(json!({ "state": "failed", "error": self.error })))
    }
}

/// A delivery that was given up is tried again.
#[derive(Debug, Clone, Serialize)]
pub struct NotificationDeliveryRetried {
    /// The delivery.
    pub delivery: NotificationDeliveryId,
}

impl Event for NotificationDeliveryRetried {
    const KIND: &'static str = "notification_delivery.retried";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("NotificationDelivery", self.delivery)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "state": "failed" })), Some(json!({ "state": "pending" })))
    }
}
