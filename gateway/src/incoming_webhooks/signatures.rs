//! How each social platform shows that it is it, and asks whether we are we.

use base64::{Engine, engine::general_purpose::STANDARD};
use inbox::Platform;
use kernel::crypto::{hex, hmac_sha256, same};
use serde_json::{Value as Json, json};

/// The longest text that a platform asks us to sign, in bytes.
const LONGEST: usize = 1000;

/// The header that a delivery is signed in.
pub fn header(platform: Platform) -> &'static str {
    match platform {
        Platform::Facebook => "x-hub-signature-256",
        Platform::X => "x-twitter-webhooks-signature",
        Platform::Linkedin => "x-li-signature",
    }
}

/// Whether a signature is that of the very bytes that came, in time that says nothing of the right one.
pub fn is_right(platform: Platform, secret: &str, body: &[u8], signature: &[u8]) -> bool {
    let secret = secret.as_bytes();
    let right = match platform {
        Platform::Facebook => format!("sha256={}", hex(&hmac_sha256(secret, body))),
        Platform::X => format!("sha256={}", STANDARD.encode(hmac_sha256(secret, body))),
        Platform::Linkedin => hex(&hmac_sha256(secret, &[b"hmacsha256=", body].concat())),
    };
    same(right.as_bytes(), signature)
}

/// What we answer to a platform that asks whether the address is ours.
#[derive(Debug, PartialEq)]
pub enum Answer {
    /// This text.
    Text(String),
    /// This object.
    Object(Json),
}

/// The answer to the parameters of such a question; `None` for what is no such question, or not from the platform.
pub fn answer(
    platform: Platform,
    secret: &str,
    verify_token: Option<&str>,
    parameter: impl Fn(&str) -> Option<String>,
) -> Option<Answer> {
    let short = |name: &str| parameter(name).filter(|text| !text.is_empty() && text.len() <= LONGEST);
    match platform {
        Platform::Facebook => {
            let (token, shown) = (verify_token?, short("hub.verify_token")?);
            let asked = parameter("hub.mode")? == "subscribe" && same(token.as_bytes(), shown.as_bytes());
            // It is a number; what else somebody wants to see on a page of ours is not shown.
            let challenge = short("hub.challenge").filter(|text| text.bytes().all(|b| b.is_ascii_alphanumeric()));
            challenge.filter(|_| asked).map(Answer::Text)
        }
        Platform::X => {
            let signed = STANDARD.encode(hmac_sha256(secret.as_bytes(), short("crc_token")?.as_bytes()));
            Some(Answer::Object(json!({ "response_token": format!("sha256={signed}") })))
        }
        Platform::Linkedin => {
            let code = short("challengeCode")?;
            let response = hex(&hmac_sha256(secret.as_bytes(), code.as_bytes()));
            Some(Answer::Object(json!({ "challengeCode": code, "challengeResponse": response })))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_bytes_have_the_signature() {
        for platform in [Platform::Facebook, Platform::X, Platform::Linkedin] {
            let body = br#"{"a":"\u00e4"}"#;
            let signature = match platform {
                Platform::Facebook => format!("sha256={}", hex(&hmac_sha256(b"secret", body))),
                Platform::X => format!("sha256={}", STANDARD.encode(hmac_sha256(b"secret", body))),
                Platform::Linkedin => hex(&hmac_sha256(b"secret", &[b"hmacsha256=".as_slice(), body].concat())),
            };
            let signature = signature.as_bytes();
            assert!(is_right(platform, "secret", body, signature));
            assert!(!is_right(platform, "other", body, signature));
            assert!(
                !is_right(platform, "secret", "{\"a\":\"ä\"}".as_bytes(), signature),
                "the same JSON in other bytes"
            );
            assert!(!is_right(platform, "secret", body, &signature[..signature.len() - 1]));
            assert!(!is_right(platform, "secret", body, b""));
        }
    }

    #[test]
    fn questions_are_answered_to_those_who_may_ask() {
        let ask = |platform, parameters: &'static [(&str, &str)]| {
            let of =
                move |name: &str| parameters.iter().find(|(known, _)| *known == name).map(|(_, it)| (*it).to_owned());
            answer(platform, "secret", Some("token"), of)
        };
        let right = ask(
            Platform::Facebook,
            &[("hub.mode", "subscribe"), ("hub.verify_token", "token"), ("hub.challenge", "1158201444")],
        );
        assert_eq!(right, Some(Answer::Text("1158201444".into())));
        for wrong in [
            &[("hub.mode", "subscribe"), ("hub.verify_token", "other"), ("hub.challenge", "1")][..],
            &[("hub.mode", "unsubscribe"), ("hub.verify_token", "token"), ("hub.challenge", "1")],
            &[("hub.mode", "subscribe"), ("hub.verify_token", "token"), ("hub.challenge", "<b>")],
            &[("hub.mode", "subscribe"), ("hub.verify_token", "token")],
        ] {
            assert_eq!(ask(Platform::Facebook, wrong), None);
        }
        let Some(Answer::Object(crc)) = ask(Platform::X, &[("crc_token", "abc")]) else { panic!("no answer") };
        assert!(crc["response_token"].as_str().unwrap().starts_with("sha256="));
        let Some(Answer::Object(code)) = ask(Platform::Linkedin, &[("challengeCode", "c")]) else {
            panic!("no answer")
        };
        assert_eq!(code["challengeResponse"].as_str().unwrap().len(), 64);
        assert_eq!(ask(Platform::Linkedin, &[]), None);
    }
}
