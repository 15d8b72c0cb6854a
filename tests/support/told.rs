//! What social platforms tell, signed as each of them signs, and as none does.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Client, Options};

/// The secret of our app at every platform.
pub const SECRET: &str = "app-secret-0123456789";
/// What Facebook shows when it asks whether the address is ours.
pub const VERIFY: &str = "verify-token-987";

/// A server that has an app at each platform.
pub fn apps(options: Options) -> Options {
    options
        .env("FRONTDESK_SOCIAL_FACEBOOK_CLIENT_SECRET", SECRET)
        .env("FRONTDESK_SOCIAL_FACEBOOK_VERIFY_TOKEN", VERIFY)
        .env("FRONTDESK_SOCIAL_X_CLIENT_SECRET", SECRET)
        .env("FRONTDESK_SOCIAL_LINKEDIN_CLIENT_SECRET", SECRET)
}

/// The HMAC-SHA-256 under the secret of our app.
pub fn hmac_of(secret: &str, bytes: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), bytes).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The header that a platform signs in, and what stands in it.
pub fn signature(platform: &str, secret: &str, body: &[u8]) -> (&'static str, String) {
    match platform {
        "facebook" => ("x-hub-signature-256", format!("sha256={}", hex(&hmac_of(secret, body)))),
        "x" => ("x-twitter-webhooks-signature", format!("sha256={}", STANDARD.encode(hmac_of(secret, body)))),
        _ => ("x-li-signature", hex(&hmac_of(secret, &[b"hmacsha256=", body].concat()))),
    }
}

/// Tells these bytes, signed.
pub async fn tell_bytes(web: &Client, platform: &str, body: &[u8]) -> Answer {
    let (header, signature) = signature(platform, SECRET, body);
    tell_signed(web, platform, body, header, &signature).await
}

/// Tells these bytes under whatever signature.
pub async fn tell_signed(web: &Client, platform: &str, body: &[u8], header: &str, signature: &str) -> Answer {
    let path = format!("/webhooks/social/{platform}");
    web.header(header, signature).send(Method::POST, &path, body.to_vec()).await
}

/// Tells it; the status.
pub async fn tell(web: &Client, platform: &str, body: &Value) -> u16 {
    tell_bytes(web, platform, body.to_string().as_bytes()).await.status
}

/// A delivery of Messenger's for a page.
pub fn page(page: &str, events: &[Value]) -> Value {
    json!({ "object": "page", "entry": [{ "id": page, "time": 1, "messaging": events }] })
}

/// Somebody writes to a page.
pub fn written(page: &str, person: &str, mid: &str, text: &str, at: i64) -> Value {
    json!({ "sender": { "id": person }, "recipient": { "id": page }, "timestamp": at, "message": { "mid": mid, "text": text } })
}

/// A page writes to somebody.
pub fn echo(page: &str, person: &str, mid: &str, text: &str, at: i64) -> Value {
    json!({ "sender": { "id": page }, "recipient": { "id": person }, "timestamp": at,
        "message": { "mid": mid, "text": text, "is_echo": true, "app_id": 1 } })
}

/// Somebody changes what they wrote.
pub fn edited(page: &str, person: &str, mid: &str, text: &str, at: i64) -> Value {
    json!({ "sender": { "id": person }, "recipient": { "id": page }, "timestamp": at,
        "message_edit": { "mid": mid, "text": text, "num_edit": 1 } })
}

/// Somebody takes back what they wrote.
pub fn taken_back(page: &str, person: &str, mid: &str, at: i64) -> Value {
    json!({ "sender": { "id": person }, "recipient": { "id": page }, "timestamp": at,
        "message": { "mid": mid, "is_deleted": true } })
}

/// A direct message on X, in the envelope of the Activity API.
pub fn direct(own: &str, from: (&str, &str), to: &str, id: &str, text: &str, at: i64) -> Value {
    let kind = if from.0 == own { "dm.sent" } else { "dm.received" };
    json!({ "data": { "event_uuid": format!("u-{id}"), "filter": { "user_id": own }, "event_type": kind, "payload": {
        "direct_message_events": [{ "type": "message_create", "id": id, "created_timestamp": at.to_string(),
            "message_create": { "target": { "recipient_id": to }, "sender_id": from.0, "message_data": { "text": text } } }],
        "users": { from.0: { "id": from.0, "name": from.1 } } } } })
}

/// What happened to a comment on a post of an organisation's.
pub fn comment(organisation: &str, action: &str, person: &str, id: &str, text: Option<&str>, at: i64) -> Value {
    json!({ "type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": [{ "notificationId": at,
        "organizationalEntity": organisation, "action": action, "sourcePost": "urn:li:share:5",
        "generatedActivity": format!("urn:li:comment:(urn:li:activity:1,{id})"), "lastModifiedAt": at,
        "decoratedGeneratedActivity": { "comment": { "owner": person, "text": text } } }] })
}
