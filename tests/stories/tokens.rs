//! Access tokens: what opens the door, and what only looks like it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kernel::crypto::Keyring;
use serde_json::{Value, json};

use super::desk::{Desk, Person, VIEWER};
use crate::support::{Options, both, server::secret_key};

both! {
    /// Somebody who has a token edits it, and somebody who even had the key makes tokens that say other things than the
    /// server's. None of them opens the door; the one that says the same does.
    async fn a_forged_token_opens_nothing(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let key = Key::of(&desk);
        let claims = part(&admin.access, 1);
        let now = claims["iat"].as_i64().expect("a time");
        assert_eq!(claims["exp"].as_i64(), Some(now + 15 * 60));
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            claims
        };
        let without = |name: &str| {
            let mut claims = claims.clone();
            claims.as_object_mut().expect("an object").remove(name);
            claims
        };
        assert!(opens(&desk, &admin, &key.sign(&claims)).await, "what says the same as the server's own is as good");

        let [head, body, mark] = pieces(&admin.access);
        let edited = |piece: &str| {
            let (first, rest) = piece.split_at(1);
            format!("{}{rest}", if first == "A" { "B" } else { "A" })
        };
        let none = |alg: &str| format!("{}.{body}.", json64(&json!({ "alg": alg, "typ": "JWT", "kid": key.id })));
        let headed = |header: Value| format!("{}.{body}.{mark}", json64(&header));
        let forged = [
            ("edited signature", format!("{head}.{body}.{}", edited(&mark))),
            ("no signature", format!("{head}.{body}.")),
            ("two parts", format!("{head}.{body}")),
            ("edited payload", format!("{head}.{}.{mark}", json64(&with("exp", json!(now + 86_400))))),
            ("alg none", none("none")),
            ("alg None", none("None")),
            ("alg none, signed", headed(json!({ "alg": "none", "typ": "JWT", "kid": key.id }))),
            ("unknown kid", key.named("00000000", &claims)),
            ("kid as a path", key.named("../../../dev/null", &claims)),
            ("kid as SQL", key.named("' OR '1'='1", &claims)),
            ("no kid", key.header(Header::new(Algorithm::HS256), &claims)),
            ("a key of its own in jwk", key.carrying(&claims)),
            ("another algorithm", key.header(Header { kid: Some(key.id.clone()), ..Header::new(Algorithm::HS512) }, &claims)),
            ("another key", Key { bytes: vec![7; 32], id: key.id.clone() }.sign(&claims)),
            ("an empty key", Key { bytes: Vec::new(), id: key.id.clone() }.sign(&claims)),
            ("expired", key.sign(&with("exp", json!(now - 1)))),
            ("exp as text", key.sign(&with("exp", json!((now + 900).to_string())))),
            ("exp as fraction", key.sign(&with("exp", json!(1e300)))),
            ("exp beyond all time", key.sign(&with("exp", json!(i64::MAX)))),
            ("exp missing", key.sign(&without("exp"))),
            ("wrong aud", key.sign(&with("aud", json!("another-api")))),
            ("aud missing", key.sign(&without("aud"))),
            ("wrong iss", key.sign(&with("iss", json!("somebody")))),
            ("iss missing", key.sign(&without("iss"))),
            ("another version", key.sign(&with("ver", json!(99)))),
            ("another session", key.sign(&with("sid", json!("ses_01890a5d-ac96-774b-bcce-b302099a8057")))),
            ("another tenant", key.sign(&with("tnt", json!("tnt_01890a5d-ac96-774b-bcce-b302099a8057")))),
            ("another person", key.sign(&with("sub", json!("stf_01890a5d-ac96-774b-bcce-b302099a8057")))),
            ("the refresh token", admin.refresh.clone()),
            ("nothing", String::new()),
            ("very long", "a".repeat(7000)),
        ];
        for (what, token) in forged {
            assert!(!opens(&desk, &admin, &token).await, "{what}: {token}");
        }
        assert!(admin.is_in().await, "and the true one is still good");
    }

    /// The operator rotates the secret key: with the old one kept beside the new one nobody notices; without it
    /// everybody signs in again.
    async fn keys_can_be_rotated(backend) {
        let mut desk = Desk::open(backend).await;
        let old = desk.server.setting("FRONTDESK_SECRET_KEY").expect("a key").to_owned();
        let admin = desk.admin().await;
        let new = secret_key();
        desk.server.restart_with(Options::new().env("FRONTDESK_SECRET_KEY", format!("{new},{old}"))).await;
        assert!(admin.is_in().await);
        let later = desk.admin().await;
        assert_ne!(part(&later.access, 0)["kid"], part(&admin.access, 0)["kid"], "the newest key signs");
        desk.server.restart_with(Options::new().env("FRONTDESK_SECRET_KEY", new)).await;
        assert!(!admin.is_in().await);
        assert!(later.is_in().await);
    }
}

/// The key that signs access tokens.
pub(super) struct Key {
    bytes: Vec<u8>,
    id: String,
}

impl Key {
    pub(super) fn of(desk: &Desk) -> Self {
        let ring = Keyring::parse(desk.server.setting("FRONTDESK_SECRET_KEY").expect("a key")).expect("a keyring");
        let (id, bytes) = ring.access_token_keys().map(|(id, key)| (id, key.to_vec())).next().expect("a key");
        Self { bytes, id }
    }

    pub(super) fn sign(&self, claims: &Value) -> String {
        self.named(&self.id, claims)
    }

    fn named(&self, kid: &str, claims: &Value) -> String {
        self.header(Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::HS256) }, claims)
    }

    fn header(&self, header: Header, claims: &Value) -> String {
        encode(&header, claims, &EncodingKey::from_secret(&self.bytes)).expect("a token")
    }

    /// Signed with a key that the token brings along.
    fn carrying(&self, claims: &Value) -> String {
        let own = Self { bytes: vec![1; 32], id: self.id.clone() };
        let header = json!({ "alg": "HS256", "typ": "JWT", "kid": self.id, "jku": "http://127.0.0.1:9/keys",
            "jwk": { "kty": "oct", "k": URL_SAFE_NO_PAD.encode(&own.bytes) } });
        let text = format!("{}.{}", json64(&header), json64(claims));
        let signature =
            jsonwebtoken::crypto::sign(text.as_bytes(), &EncodingKey::from_secret(&own.bytes), Algorithm::HS256);
        format!("{text}.{}", signature.expect("a signature"))
    }
}

/// Whether the door opens with this token; it says who is asked for and nothing else where it does not.
async fn opens(desk: &Desk, admin: &Person, token: &str) -> bool {
    let answer = desk.web.bearer(token).run(VIEWER, json!({})).await;
    if answer.errors().is_empty() {
        return answer.data("viewer.user.id") == &json!(admin.id);
    }
    assert_eq!(answer.error_code(), "UNAUTHENTICATED", "{answer}");
    false
}

fn pieces(token: &str) -> [String; 3] {
    let pieces: Vec<_> = token.split('.').map(str::to_owned).collect();
    pieces.try_into().expect("three parts")
}

/// The header (0) or the claims (1) of a token.
pub(super) fn part(token: &str, index: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(&pieces(token)[index]).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn json64(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
