//! An OpenID Connect provider that can be told to lie.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    RsaKeyPair,
};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::chance;

/// Who Frontdesk is at the provider.
pub const CLIENT_ID: &str = "frontdesk & co";

/// How the next ID tokens are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forge {
    /// As they should be.
    Not,
    /// Not at all: `alg` is `none`.
    None,
    /// With HS256, the public key taken for a shared secret.
    PublicKeyAsSecret,
    /// By somebody else's key under the provider's key's name.
    OtherKey,
    /// By a key that is not published.
    UnknownKey,
}

/// The provider. It ends with the test.
#[derive(Clone)]
pub struct Idp {
    /// Its issuer.
    pub issuer: String,
    /// Frontdesk's secret there.
    pub secret: String,
    world: Arc<Mutex<World>>,
}

struct World {
    keys: Vec<Key>,
    codes: HashMap<String, Grant>,
    forge: Forge,
    change: Value,
    userinfo: Value,
    jwks_read: usize,
    picture: Vec<u8>,
    pictures_read: usize,
    document: Value,
}

#[derive(Clone)]
struct Key {
    id: String,
    algorithm: Algorithm,
    sign: EncodingKey,
    public: Vec<u8>,
}

struct Grant {
    client: String,
    redirect_uri: String,
    challenge: String,
    claims: Value,
}

/// What somebody comes back with.
#[derive(Clone, Debug)]
pub struct Back {
    /// `state`.
    pub state: String,
    /// `code`.
    pub code: String,
}

impl Key {
    fn new(algorithm: Algorithm) -> Self {
        let random = SystemRandom::new();
        let (sign, public) = match algorithm {
            Algorithm::EdDSA => {
                let der = Ed25519KeyPair::generate_pkcs8(&random).expect("a key");
                let pair = Ed25519KeyPair::from_pkcs8(der.as_ref()).expect("a key");
                (EncodingKey::from_ed_der(der.as_ref()), pair.public_key().as_ref().to_vec())
            }
            Algorithm::ES256 | Algorithm::ES384 => {
                let kind = match algorithm {
                    Algorithm::ES256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
                    _ => &ECDSA_P384_SHA384_FIXED_SIGNING,
                };
                let der = EcdsaKeyPair::generate_pkcs8(kind, &random).expect("a key");
                let pair = EcdsaKeyPair::from_pkcs8(kind, der.as_ref()).expect("a key");
                (EncodingKey::from_ec_der(der.as_ref()), pair.public_key().as_ref().to_vec())
            }
            _ => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
                let der = pair.as_der().expect("a key");
                // PKCS #1, which stands in PKCS #8 behind 26 bytes.
                (EncodingKey::from_rsa_der(&der.as_ref()[26..]), pair.public_key().as_ref().to_vec())
            }
        };
        Self { id: chance::name("key"), algorithm, sign, public }
    }

    fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        if self.algorithm == Algorithm::EdDSA {
            return json!({ "kty": "OKP", "crv": "Ed25519", "kid": self.id, "use": "sig", "alg": "EdDSA", "x": text(&self.public) });
        }
        let algorithm = format!("{:?}", self.algorithm);
        if !matches!(self.algorithm, Algorithm::ES256 | Algorithm::ES384) {
            // PKCS #1: the modulus of 2048 bits stands behind 9 bytes.
            let n = text(&self.public[9..265]);
            return json!({ "kty": "RSA", "kid": self.id, "use": "sig", "alg": algorithm, "n": n, "e": "AQAB" });
        }
        let (curve, half) = if self.algorithm == Algorithm::ES256 { ("P-256", 32) } else { ("P-384", 48) };
        let (x, y) = (text(&self.public[1..=half]), text(&self.public[1 + half..]));
        json!({ "kty": "EC", "crv": curve, "kid": self.id, "use": "sig", "alg": algorithm, "x": x, "y": y })
    }
}

impl Idp {
    /// Starts one.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}/realm", listener.local_addr().expect("an address"));
        let document = json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize?ui=plain"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"], "code_challenge_methods_supported": ["S256"],
        });
        let world = World {
            keys: vec![Key::new(Algorithm::ES256)],
            codes: HashMap::new(),
            forge: Forge::Not,
            change: json!({}),
            userinfo: json!({}),
            jwks_read: 0,
            picture: Vec::new(),
            pictures_read: 0,
            document,
        };
        let idp = Self { issuer, secret: chance::name("s3cret: /%"), world: Arc::new(Mutex::new(world)) };
        let routes = Router::new()
            .route(
                "/realm/.well-known/openid-configuration",
                get(async |State(idp): State<Self>| Json(idp.world().document.clone())),
            )
            .route("/realm/keys", get(async |State(idp): State<Self>| Json(idp.keys())))
            .route("/realm/token", post(Self::token))
            .route("/realm/picture", get(Self::picture))
            .route("/realm/userinfo", get(Self::userinfo))
            .with_state(idp.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        idp
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes its discovery document.
    pub fn document(&self, field: &str, value: Value) {
        self.world().document[field] = value;
    }

    /// Puts a new key in the place of the old ones.
    pub fn rotate(&self, algorithm: Algorithm) {
        self.world().keys = vec![Key::new(algorithm)];
    }

    /// How often its keys were read.
    pub fn keys_read(&self) -> usize {
        self.world().jwks_read
    }

    /// What its pictures of people are from now on; returns where they are.
    pub fn pictures(&self, bytes: &[u8]) -> String {
        self.world().picture = bytes.to_vec();
        format!("{}/picture", self.issuer)
    }

    /// How often a picture was read.
    pub fn pictures_read(&self) -> usize {
        self.world().pictures_read
    }

    async fn picture(State(idp): State<Self>) -> Vec<u8> {
        let mut world = idp.world();
        world.pictures_read += 1;
        world.picture.clone()
    }

    /// How the next ID tokens differ from what they should be.
    pub fn lie(&self, forge: Forge, change: Value) {
        let mut world = self.world();
        (world.forge, world.change) = (forge, change);
    }

    /// Somebody opens the address in their browser and signs in there.
    pub fn visit(&self, address: &str, who: Value) -> Back {
        let url = Url::parse(address).expect("an address");
        assert!(address.starts_with(&format!("{}/authorize?ui=plain&", self.issuer)), "{address}");
        let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
        for (name, value) in [("response_type", "code"), ("code_challenge_method", "S256"), ("client_id", CLIENT_ID)] {
            assert_eq!(asked[name], value);
        }
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid") && asked["nonce"].len() >= 43);
        let now = kernel::Source::system().now().timestamp();
        let mut claims =
            json!({ "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"] });
        merge(&mut claims, &who);
        let grant = Grant {
            client: asked["client_id"].clone(),
            redirect_uri: asked["redirect_uri"].clone(),
            challenge: asked["code_challenge"].clone(),
            claims,
        };
        let code = chance::name("code");
        self.world().codes.insert(code.clone(), grant);
        Back { state: asked["state"].clone(), code }
    }

    /// What its userinfo endpoint says from now on, besides whom it speaks of.
    pub fn describe(&self, who: Value) {
        self.world().userinfo = who;
    }

    async fn userinfo(State(idp): State<Self>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
        let given = headers.get("authorization").and_then(|given| given.to_str().ok()?.strip_prefix("Bearer of "));
        let Some(subject) = given else { return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_token" }))) };
        let said = idp.world().userinfo.clone();
        let mut who = json!({ "sub": subject });
        merge(&mut who, &said);
        (StatusCode::OK, Json(if said.is_object() { who } else { said }))
    }

    fn keys(&self) -> Value {
        let mut world = self.world();
        world.jwks_read += 1;
        let mut keys: Vec<_> = world.keys.iter().map(Key::jwk).collect();
        keys.push(json!({ "kty": "somebody's invention", "kid": "x" }));
        json!({ "keys": keys })
    }

    async fn token(State(idp): State<Self>, headers: HeaderMap, body: String) -> (StatusCode, Json<Value>) {
        let form: HashMap<_, _> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let part = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let known = format!("Basic {}", STANDARD.encode(format!("{}:{}", part(CLIENT_ID), part(&idp.secret))));
        let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error })));
        if headers.get("authorization").is_none_or(|given| given.as_bytes() != known.as_bytes()) {
            return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" })));
        }
        let mut world = idp.world();
        // A code is good once.
        let Some(grant) = form.get("code").and_then(|code| world.codes.remove(code)) else {
            return refused("invalid_grant");
        };
        let verifier = form.get("code_verifier").map_or("", String::as_str);
        let challenge = URL_SAFE_NO_PAD.encode(kernel::crypto::sha256(verifier.as_bytes()));
        let right = grant.client == CLIENT_ID
            && form.get("redirect_uri") == Some(&grant.redirect_uri)
            && form.get("grant_type").is_some_and(|kind| kind == "authorization_code")
            && (43..=128).contains(&verifier.len())
            && challenge == grant.challenge;
        if !right {
            return refused("invalid_grant");
        }
        let mut claims = grant.claims;
        merge(&mut claims, &world.change);
        let token = sign(&world, &claims);
        let access = format!("of {}", claims["sub"].as_str().unwrap_or_default());
        (
            StatusCode::OK,
            Json(json!({ "access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": token })),
        )
    }
}

fn merge(claims: &mut Value, change: &Value) {
    for (name, value) in change.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
}

fn sign(world: &World, claims: &Value) -> String {
    let key = &world.keys[0];
    let header = |algorithm, id: &str| Header { kid: Some(id.to_owned()), ..Header::new(algorithm) };
    let by = |header: Header, key: &EncodingKey| encode(&header, claims, key).expect("a token");
    match world.forge {
        Forge::Not => by(header(key.algorithm, &key.id), &key.sign),
        Forge::None => {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            format!("{}.{}.", part(&json!({ "alg": "none", "kid": key.id })), part(claims))
        }
        Forge::PublicKeyAsSecret => by(header(Algorithm::HS256, &key.id), &EncodingKey::from_secret(&key.public)),
        Forge::OtherKey => by(header(key.algorithm, &key.id), &Key::new(key.algorithm).sign),
        Forge::UnknownKey => {
            let other = Key::new(key.algorithm);
            by(header(other.algorithm, &other.id), &other.sign)
        }
    }
}
