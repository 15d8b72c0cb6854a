//! A sender of webhooks in the way of Svix.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Client, chance};

/// A fresh secret, `whsec_…`.
pub fn secret() -> String {
    format!("whsec_{}", STANDARD.encode(chance::bytes::<32>()))
}

/// What is sent, and how it is signed.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The delivery's id.
    pub id: String,
    /// Seconds since 1970.
    pub at: i64,
    /// The body.
    pub body: String,
    /// The secret that signs it.
    pub secret: String,
}

impl Sent {
    /// A delivery of this moment.
    pub fn new(secret: &str, event: &Value) -> Self {
        let at = kernel::Source::system().now().timestamp();
        Self { id: chance::name("msg"), at, body: event.to_string(), secret: secret.to_owned() }
    }

    /// `v1,…`
    pub fn signature(&self) -> String {
        let key = STANDARD.decode(self.secret.trim_start_matches("whsec_")).expect("a secret");
        let signed = format!("{}.{}.{}", self.id, self.at, self.body);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    }

    /// Delivers it to a path.
    pub async fn to(&self, web: &Client, path: &str) -> Answer {
        self.signed_to(web, path, &self.signature()).await
    }

    /// The same under another signature.
    pub async fn signed_to(&self, web: &Client, path: &str, signature: &str) -> Answer {
        let at = self.at.to_string();
        let web = web.header("svix-id", &self.id).header("svix-timestamp", &at).header("svix-signature", signature);
        web.send(Method::POST, path, self.body.clone()).await
    }
}

/// `user.created` or `user.updated` of somebody as they are at an instant, in milliseconds.
pub fn saved(kind: &str, id: &str, email: &str, at: i64, more: Value) -> Value {
    let mut data = json!({
        "id": id, "object": "user", "first_name": "Ada", "last_name": "Lovelace", "username": null,
        "email_addresses": [{ "id": "idn_1", "email_address": email, "verification": { "status": "verified", "strategy": "email_code" } }],
        "primary_email_address_id": "idn_1", "public_metadata": {}, "created_at": 1, "updated_at": at,
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        data[name] = value.clone();
    }
    json!({ "type": kind, "object": "event", "timestamp": at, "data": data })
}

/// `user.deleted`.
pub fn deleted(id: &str) -> Value {
    json!({ "type": "user.deleted", "object": "event", "data": { "id": id, "object": "user", "deleted": true } })
}
