//! What this context publishes of the newsletter.

use kernel::{
    events::{Event, Resource},
    id::NewsletterSubscriptionId,
    personal::Subject,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::events::TOPIC;

/// Somebody asked for the newsletter. Whether the address is known nobody has looked yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewsletterRequested {
    /// What names the request until the address has a subscription.
    pub request: NewsletterSubscriptionId,
    /// The address.
    pub email: String,
}

impl Event for NewsletterRequested {
    const KIND: &'static str = "newsletter.requested";
    const TOPIC: &'static str = TOPIC;
    const PERSONAL: &'static [&'static str] = &["email"];
    fn resource(&self) -> Resource {
        Resource::new("NewsletterRequest", self.request)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "email": self.email })))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Email(self.email.clone()))
    }
}

/// Somebody confirmed that they want the newsletter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewsletterSubscribed {
    /// The subscription.
    pub subscription: NewsletterSubscriptionId,
    /// The address.
    pub email: String,
}

impl Event for NewsletterSubscribed {
    const KIND: &'static str = "newsletter.subscribed";
    const TOPIC: &'static str = TOPIC;
    const PERSONAL: &'static [&'static str] = &["email"];
    fn resource(&self) -> Resource {
        Resource::new("NewsletterSubscription", self.subscription)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "status": "subscribed", "email": self.email })))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Email(self.email.clone()))
    }
}

/// Somebody wants the newsletter no more.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewsletterUnsubscribed {
    /// The subscription.
    pub subscription: NewsletterSubscriptionId,
    /// The address.
    pub email: String,
}

impl Event for NewsletterUnsubscribed {
    const KIND: &'static str = "newsletter.unsubscribed";
    const TOPIC: &'static str = TOPIC;
    const PERSONAL: &'static [&'static str] = &["email"];
    fn resource(&self) -> Resource {
        Resource::new("NewsletterSubscription", self.subscription)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "status": "subscribed" })), Some(json!({ "status": "unsubscribed", "email": self.email })))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Email(self.email.clone()))
    }
}
