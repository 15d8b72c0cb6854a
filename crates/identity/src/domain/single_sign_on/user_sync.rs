//! Deliveries of changes to people (Clerk by Svix): their signature, and what they say.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use kernel::text;
use serde::Deserialize;
use serde_json::Value as Json;

use super::id_token::{Described, is_subject, name, picture};

/// How old a delivery may be, and how far from the future, in seconds.
const TOLERANCE: i64 = 5 * 60;
/// More signatures than this are not looked at.
const SIGNATURES: usize = 10;

/// A delivery as it came in. Its headers are the sender's word until [`Delivery::is_signed`].
#[derive(Debug, Clone)]
pub struct Delivery<'a> {
    /// `svix-id`: the same for each try.
    pub id: &'a str,
    /// `svix-timestamp`: seconds since 1970, of this try.
    pub timestamp: &'a str,
    /// `svix-signature`: `v1,<base64>`, several with blanks between.
    pub signature: &'a str,
    /// The body as sent.
    pub body: &'a [u8],
}

impl Delivery<'_> {
    /// Whether one of the signatures is by one of the secrets, and the delivery of these minutes.
    pub fn is_signed(&self, secrets: &[Vec<u8>], now: DateTime<Utc>) -> bool {
        let stamp = self.timestamp.parse::<i64>().ok();
        let fresh = stamp.is_some_and(|at| at.abs_diff(now.timestamp()) <= TOLERANCE.unsigned_abs());
        // The three parts are joined by dots, so a dot in the id would make two deliveries look alike.
        let named = is_subject(self.id) && !self.id.contains('.');
        if !fresh || !named {
            return false;
        }
        let signed = [self.id.as_bytes(), b".", self.timestamp.as_bytes(), b".", self.body].concat();
        let given: Vec<_> = self
            .signature
            .split(' ')
            .take(SIGNATURES)
            .filter_map(|part| STANDARD.decode(part.strip_prefix("v1,")?).ok())
            .collect();
        secrets.iter().any(|secret| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
            given.iter().any(|tag| hmac::verify(&key, &signed, tag).is_ok())
        })
    }
}

/// The bytes of a secret that is written `whsec_` and base64; `None` for what is none, or too short to be safe.
pub fn secret(text: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(text.trim().strip_prefix("whsec_")?).ok()?;
    (24..=64).contains(&bytes.len()).then_some(bytes)
}

/// What a delivery tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Somebody is there, or was changed.
    Saved {
        /// They as they are now.
        who: Described,
        /// The provider's time of this state, in milliseconds since 1970.
        revision: i64,
    },
    /// Somebody was removed.
    Removed {
        /// Their id there.
        subject: String,
    },
    /// Something that is nothing to us.
    Other,
}

#[derive(Deserialize)]
struct Wire {
    r#type: String,
    data: Json,
}

#[derive(Deserialize)]
struct WireUser {
    id: String,
    username: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    image_url: Option<String>,
    #[serde(default)]
    email_addresses: Vec<WireEmail>,
    primary_email_address_id: Option<String>,
    #[serde(default)]
    public_metadata: Json,
    updated_at: i64,
}

#[derive(Deserialize)]
struct WireEmail {
    id: String,
    email_address: String,
    verification: Option<WireVerification>,
}

#[derive(Deserialize)]
struct WireVerification {
    status: Option<String>,
}

/// Reads the body of a delivery; `None` where it is none.
pub fn read(body: &[u8]) -> Option<Told> {
    let Wire { r#type, data } = serde_json::from_slice(body).ok()?;
    match r#type.as_str() {
        "user.created" | "user.updated" => {
            let user: WireUser = serde_json::from_value(data).ok()?;
            if !is_subject(&user.id) || user.updated_at <= 0 {
                return None;
            }
            let primary = user.primary_email_address_id;
            let email = user.email_addresses.into_iter().find(|email| primary.as_ref() == Some(&email.id));
            let email = email.filter(|email| {
                email.verification.as_ref().and_then(|verification| verification.status.as_deref()) == Some("verified")
            });
            let named = user.first_name.is_some() || user.last_name.is_some();
            Some(Told::Saved {
                who: Described {
                    subject: user.id,
                    email: email.and_then(|email| text::email(&email.email_address)),
                    name: name(user.username.as_deref()).filter(|_| !named),
                    first_name: name(user.first_name.as_deref()),
                    picture: picture(user.image_url.as_deref()),
                    last_name: name(user.last_name.as_deref()),
                    role: user.public_metadata["role"].as_str().map(str::to_owned),
                },
                revision: user.updated_at,
            })
        }
        // A removal that names nobody removes nobody.
        "user.deleted" => Some(match data["id"].as_str() {
            Some(id) if is_subject(id) => Told::Removed { subject: id.to_owned() },
            _ => Told::Other,
        }),
        _ => Some(Told::Other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    // The example of Svix's own documentation.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    fn example<'a>(signature: &'a str) -> Delivery<'a> {
        Delivery { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: "1614265330", signature, body: BODY }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn a_signature_is_the_senders_and_of_these_minutes() {
        let right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let secrets = [vec![7; 24], secret(SECRET).unwrap()];
        let now = at(1_614_265_330);
        assert!(example(right).is_signed(&secrets, now));
        assert!(example(&format!("v1a,AAAA v1,AAAA {right}")).is_signed(&secrets, now), "one of several");
        assert!(example(right).is_signed(&secrets, at(1_614_265_330 + 300)));
        for late in [301, -301] {
            assert!(!example(right).is_signed(&secrets, at(1_614_265_330 + late)));
        }
        assert!(!example(right).is_signed(&secrets[..1], now), "another secret");
        for wrong in ["", "v1,", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,AAAA", "g0hM9SsE"] {
            assert!(!example(wrong).is_signed(&secrets, now), "{wrong}");
        }
        assert!(!Delivery { id: "other", ..example(right) }.is_signed(&secrets, now));
        assert!(!Delivery { timestamp: "1614265331", ..example(right) }.is_signed(&secrets, now));
        assert!(!Delivery { timestamp: "-9223372036854775808", ..example(right) }.is_signed(&secrets, now));
        assert!(!Delivery { body: b"{}", ..example(right) }.is_signed(&secrets, now));
        for bad in ["", "whsec_", "whsec_AAAA", "whsec_!!!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert!(secret(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn only_a_verified_primary_address_is_read() {
        let told = |status: &str, primary: &str| {
            let data = json!({ "id": "user_1", "first_name": "Ada", "updated_at": 5, "primary_email_address_id": primary,
                "email_addresses": [{ "id": "e1", "email_address": "Ada@example.com", "verification": { "status": status } }],
                "public_metadata": { "role": "boss" } });
            match read(json!({ "type": "user.updated", "data": data }).to_string().as_bytes()) {
                Some(Told::Saved { who, .. }) => who,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(told("verified", "e1").email.as_deref(), Some("ada@example.com"));
        assert_eq!(told("verified", "e1").role.as_deref(), Some("boss"));
        assert_eq!(told("unverified", "e1").email, None);
        assert_eq!(told("verified", "e2").email, None);
    }

    #[test]
    fn what_is_no_delivery_is_told_from_what_is_nothing_to_us() {
        let read = |value: Json| read(value.to_string().as_bytes());
        assert_eq!(read(json!({ "type": "session.created", "data": {} })), Some(Told::Other));
        assert_eq!(read(json!({ "type": "user.deleted", "data": { "deleted": true } })), Some(Told::Other));
        for bad in [json!({}), json!([]), json!({ "type": "user.updated", "data": { "id": "user_1" } })] {
            assert_eq!(read(bad.clone()), None, "{bad}");
        }
        assert_eq!(super::read(b"not json"), None);
    }
}
