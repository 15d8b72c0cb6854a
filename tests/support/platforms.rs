//! The social platforms: one server that plays Facebook's Graph API, X and LinkedIn, and refuses what they refuse.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::told::{SECRET, apps};
use super::{Options, chance};

/// Who Frontdesk is there.
pub const CLIENT_ID: &str = "frontdesk-app";

/// What happens to the next thing that is sent.
#[derive(Clone, Debug)]
pub enum Play {
    /// It is refused with this status, headers and body, and nothing is done.
    Refuses(u16, Vec<(&'static str, String)>, Value),
    /// It is done, and the answer is lost.
    Loses,
    /// On Facebook it is done where this says so, and never answered: who asked waits until they die.
    Holds(bool),
}

/// Something that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Whose account.
    pub from: String,
    /// To whom, or under which comment.
    pub to: String,
    /// What it says.
    pub text: String,
    /// How it is named.
    pub id: String,
    /// The body.
    pub body: Value,
}

/// What becomes of an answer.
#[derive(PartialEq)]
enum Fate {
    Given,
    Lost,
    /// It never comes; whether the thing was done.
    Held(bool),
}

struct Grant {
    platform: String,
    redirect: String,
    challenge: Option<String>,
}

#[derive(Default)]
struct World {
    codes: HashMap<String, Grant>,
    /// Tokens that are taken, and whose they are.
    access: HashMap<String, String>,
    refresh: HashMap<String, String>,
    pages: Vec<(String, String)>,
    lasts: i64,
    renewals: usize,
    lose_renewal: bool,
    outside: HashSet<String>,
    plays: VecDeque<Play>,
    held: usize,
    sent: Vec<Sent>,
    subscribed: Vec<String>,
    /// All that was ever given.
    given: Vec<String>,
}

/// The platforms. They end with the test.
#[derive(Clone)]
pub struct Platforms {
    base: String,
    world: Arc<Mutex<World>>,
}

type Answered = Result<Value, (u16, Value)>;

impl Platforms {
    /// Starts them.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let world = World {
            pages: vec![("page1".into(), "Shop".into()), ("page2".into(), "Repairs".into())],
            lasts: 7200,
            ..World::default()
        };
        let all = Self { base, world: Arc::new(Mutex::new(world)) };
        let routes = Router::new().fallback(Self::serve).with_state(all.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        all
    }

    /// A server that has its apps there.
    pub fn settings(&self, options: Options) -> Options {
        let mut options = apps(options).env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on");
        for name in ["facebook", "x", "linkedin"] {
            let (at, upper) = (format!("{}/{name}", self.base), name.to_uppercase());
            options = options
                .env(&format!("FRONTDESK_SOCIAL_{upper}_CLIENT_ID"), CLIENT_ID)
                .env(&format!("FRONTDESK_SOCIAL_{upper}_URL"), at.clone())
                .env(&format!("FRONTDESK_SOCIAL_{upper}_CONSENT_URL"), at);
        }
        options
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many seconds tokens last that are given from now on.
    pub fn last(&self, seconds: i64) {
        self.world().lasts = seconds;
    }

    /// Which pages there are from now on.
    pub fn pages(&self, pages: &[(&str, &str)]) {
        self.world().pages = pages.iter().map(|(id, name)| ((*id).into(), (*name).into())).collect();
    }

    /// Takes no token of anybody's any more.
    pub fn revoke_all(&self) {
        let mut world = self.world();
        world.access.clear();
        world.refresh.clear();
    }

    /// Takes no token that one acts with; those that renew stay.
    pub fn expire_all(&self) {
        self.world().access.clear();
    }

    /// Gives new tokens at the next renewal, and loses the answer.
    pub fn lose_renewal(&self) {
        self.world().lose_renewal = true;
    }

    /// How often tokens were renewed.
    pub fn renewals(&self) -> usize {
        self.world().renewals
    }

    /// A person who wrote too long ago.
    pub fn outside(&self, person: &str) {
        self.world().outside.insert(person.into());
    }

    /// What happens to what is sent next.
    pub fn script(&self, plays: impl IntoIterator<Item = Play>) {
        self.world().plays.extend(plays);
    }

    /// How often somebody was left waiting for an answer.
    pub fn held(&self) -> usize {
        self.world().held
    }

    /// What was sent.
    pub fn sent(&self) -> Vec<Sent> {
        self.world().sent.clone()
    }

    /// The pages that tell us of their messages.
    pub fn subscribed(&self) -> Vec<String> {
        self.world().subscribed.clone()
    }

    /// All tokens that were ever given.
    pub fn given(&self) -> Vec<String> {
        self.world().given.clone()
    }

    /// Somebody opens the address in their browser and lets us in: `state` and `code`.
    pub fn visit(&self, address: &str) -> (String, String) {
        let url = Url::parse(address).expect("an address");
        let platform = url.path().split('/').nth(1).expect("a platform").to_owned();
        let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT_ID));
        assert!(!asked["scope"].is_empty());
        let challenge = asked.get("code_challenge").cloned();
        assert_eq!(challenge.is_some(), platform == "x", "PKCE where it is offered");
        let code = chance::name("code");
        let grant = Grant { platform, redirect: asked["redirect_uri"].clone(), challenge };
        self.world().codes.insert(code.clone(), grant);
        (asked["state"].clone(), code)
    }

    async fn serve(State(all): State<Self>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
        let path: Vec<_> = uri.path().trim_start_matches('/').split('/').map(str::to_owned).collect();
        let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
        let sent: Value = serde_json::from_slice(&body).unwrap_or_default();
        let bearer = headers.get("authorization").and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
        let parts: Vec<_> = path.iter().map(String::as_str).collect();
        let token = bearer.strip_prefix("Bearer ").unwrap_or_default().to_owned();
        let answered = match (method.as_str(), parts.as_slice()) {
            ("POST", ["facebook", _, "oauth", "access_token"]) => all.facebook_token(&form),
            ("GET", ["facebook", _, "me", "accounts"]) => all.facebook_pages(&token),
            ("GET", ["facebook", _, page]) => all.facebook_page(&token, page),
            ("POST", ["facebook", _, page, "subscribed_apps"]) => all.facebook_page(&token, page).map(|_| {
                all.world().subscribed.push((*page).to_owned());
                json!({ "success": true })
            }),
            ("POST", ["facebook", _, page, "messages"]) => match all.played() {
                Ok(Fate::Held(done)) => {
                    if done {
                        drop(all.facebook_send(&token, page, &sent, true));
                    }
                    all.world().held += 1;
                    return std::future::pending().await;
                }
                Ok(fate) => all.facebook_send(&token, page, &sent, fate == Fate::Lost),
                Err(refused) => return *refused,
            },
            ("POST", ["x", "2", "oauth2", "token"]) => all.x_token(&bearer, &form),
            ("GET", ["x", "2", "users", "me"]) => all
                .holder(&token, 401, &json!({ "title": "Unauthorized", "status": 401 }))
                .map(|_| json!({ "data": { "id": "100", "name": "Shop on X", "username": "shop" } })),
            ("POST", ["x", "2", "dm_conversations", "with", person, "messages"]) => match all.played() {
                Ok(fate) => all.x_send(&token, person, &sent, fate == Fate::Lost),
                Err(refused) => return *refused,
            },
            ("POST", ["linkedin", "oauth", "v2", "accessToken"]) => all.linkedin_token(&form),
            ("GET", ["linkedin", "rest", "organizationAcls"]) => all
                .holder(&token, 401, &json!({ "message": "Unauthorized", "status": 401 }))
                .map(|_| json!({ "elements": [{ "organization": "urn:li:organization:7", "role": "ADMINISTRATOR" }] })),
            ("GET", ["linkedin", "rest", "organizations", "7"]) => all
                .holder(&token, 401, &json!({ "message": "Unauthorized", "status": 401 }))
                .map(|_| json!({ "localizedName": "Shop Ltd" })),
            ("POST", ["linkedin", "rest", "socialActions", urn, "comments"]) => match all.played() {
                Ok(fate) => all.linkedin_comment(&token, urn, &headers, &sent, fate == Fate::Lost),
                Err(refused) => return *refused,
            },
            _ => Err((404, json!({ "message": "there is nothing here" }))),
        };
        match answered {
            // The answer breaks off before its first byte.
            Ok(Value::Null) => panic!("the answer is lost"),
            Ok(body) => (StatusCode::OK, axum::Json(body)).into_response(),
            Err((status, body)) => (StatusCode::from_u16(status).expect("a status"), axum::Json(body)).into_response(),
        }
    }

    /// What the script says of what is sent now: what becomes of the answer, or a refusal.
    fn played(&self) -> Result<Fate, Box<Response>> {
        match self.world().plays.pop_front() {
            None => Ok(Fate::Given),
            Some(Play::Loses) => Ok(Fate::Lost),
            Some(Play::Holds(done)) => Ok(Fate::Held(done)),
            Some(Play::Refuses(status, headers, body)) => {
                let status = StatusCode::from_u16(status).expect("a status");
                let mut refused = (status, axum::Json(body)).into_response();
                for (name, value) in headers {
                    refused.headers_mut().insert(name, value.parse().expect("a header"));
                }
                Err(Box::new(refused))
            }
        }
    }

    fn give(&self, whose: &str) -> String {
        let token = chance::name("token-of-somebody");
        let mut world = self.world();
        world.access.insert(token.clone(), whose.to_owned());
        world.given.push(token.clone());
        token
    }

    fn give_refresh(&self, whose: &str) -> String {
        let token = chance::name("renews-for-somebody");
        let mut world = self.world();
        world.refresh.insert(token.clone(), whose.to_owned());
        world.given.push(token.clone());
        token
    }

    fn holder(&self, token: &str, status: u16, refusal: &Value) -> Result<String, (u16, Value)> {
        self.world().access.get(token).cloned().ok_or_else(|| (status, refusal.clone()))
    }

    fn redeem(&self, platform: &str, form: &HashMap<String, String>, refusal: Value) -> Result<(), (u16, Value)> {
        let grant = self.world().codes.remove(form.get("code").map_or("", String::as_str));
        let good = grant.is_some_and(|grant| {
            let verifier = form
                .get("code_verifier")
                .map(|verifier| URL_SAFE_NO_PAD.encode(kernel::crypto::sha256(verifier.as_bytes())));
            grant.platform == platform
                && form.get("redirect_uri") == Some(&grant.redirect)
                && (grant.challenge.is_none() || grant.challenge == verifier)
        });
        if good { Ok(()) } else { Err((400, refusal)) }
    }

    fn facebook_token(&self, form: &HashMap<String, String>) -> Answered {
        let refusal = |why: &str| json!({ "error": { "message": why, "type": "OAuthException", "code": 100, "fbtrace_id": "A" } });
        if form.get("client_id").map(String::as_str) != Some(CLIENT_ID)
            || form.get("client_secret").map(String::as_str) != Some(SECRET)
        {
            return Err((400, refusal("Error validating client secret.")));
        }
        let seconds = match form.get("fb_exchange_token") {
            Some(short) => {
                self.holder(short, 400, &refusal("Invalid token"))?;
                5_184_000
            }
            None => {
                self.redeem("facebook", form, refusal("This authorization code has been used."))?;
                3600
            }
        };
        Ok(json!({ "access_token": self.give("person"), "token_type": "bearer", "expires_in": seconds }))
    }

    fn no_token() -> Value {
        json!({ "error": { "message": "Error validating access token", "type": "OAuthException", "code": 190, "fbtrace_id": "A" } })
    }

    fn facebook_pages(&self, token: &str) -> Answered {
        self.holder(token, 400, &Self::no_token())?;
        let pages = self.world().pages.clone();
        let pages: Vec<_> = pages
            .into_iter()
            .map(|(id, name)| json!({ "id": id, "name": name, "category": "Shop", "access_token": self.give(&id) }))
            .collect();
        Ok(json!({ "data": pages, "paging": { "cursors": { "after": "x" } } }))
    }

    fn facebook_page(&self, token: &str, page: &str) -> Answered {
        if self.holder(token, 400, &Self::no_token())? != page {
            return Err((
                403,
                json!({ "error": { "message": "no permission", "type": "OAuthException", "code": 200 } }),
            ));
        }
        let name = self.world().pages.iter().find(|(id, _)| id == page).map(|(_, name)| name.clone());
        Ok(json!({ "id": page, "name": name }))
    }

    fn note(&self, from: &str, to: &str, text: &str, body: &Value) -> String {
        let mut world = self.world();
        let id = format!("sent-{}", world.sent.len() + 1);
        let sent = Sent { from: from.into(), to: to.into(), text: text.into(), id: id.clone(), body: body.clone() };
        world.sent.push(sent);
        id
    }

    fn facebook_send(&self, token: &str, page: &str, body: &Value, lost: bool) -> Answered {
        self.facebook_page(token, page)?;
        let (person, text) = (body["recipient"]["id"].as_str(), body["message"]["text"].as_str());
        let (Some(person), Some(text)) = (person, text) else {
            return Err((400, json!({ "error": { "message": "(#100) bad parameter", "code": 100 } })));
        };
        let agent = body["messaging_type"] == "MESSAGE_TAG" && body["tag"] == "HUMAN_AGENT";
        if !agent && (body["messaging_type"] != "RESPONSE" || self.world().outside.contains(person)) {
            let why = "(#10) This message is sent outside of allowed window.";
            return Err((400, json!({ "error": { "message": why, "code": 10, "error_subcode": 2018278 } })));
        }
        let id = self.note(page, person, text, body);
        Ok(if lost { Value::Null } else { json!({ "recipient_id": person, "message_id": id }) })
    }

    fn x_token(&self, basic: &str, form: &HashMap<String, String>) -> Answered {
        if basic != format!("Basic {}", STANDARD.encode(format!("{CLIENT_ID}:{SECRET}"))) {
            return Err((
                401,
                json!({ "error": "unauthorized_client", "error_description": "Missing valid authorization header" }),
            ));
        }
        let refused =
            || json!({ "error": "invalid_grant", "error_description": "Value passed for the token was invalid." });
        let mut lost = false;
        if form.get("grant_type").map(String::as_str) == Some("refresh_token") {
            let mut world = self.world();
            // Each is good once.
            let old = world.refresh.remove(form.get("refresh_token").map_or("", String::as_str));
            old.ok_or_else(|| (400, refused()))?;
            world.renewals += 1;
            lost = std::mem::take(&mut world.lose_renewal);
        } else {
            self.redeem("x", form, refused())?;
        }
        let (access, refresh, lasts) = (self.give("100"), self.give_refresh("100"), self.world().lasts);
        let given =
            json!({ "token_type": "bearer", "expires_in": lasts, "access_token": access, "refresh_token": refresh });
        Ok(if lost { Value::Null } else { given })
    }

    fn x_send(&self, token: &str, person: &str, body: &Value, lost: bool) -> Answered {
        let own =
            self.holder(token, 401, &json!({ "title": "Unauthorized", "detail": "Unauthorized", "status": 401 }))?;
        let text = body["text"].as_str().ok_or((400, json!({ "title": "Invalid Request", "status": 400 })))?;
        let id = self.note(&own, person, text, body);
        let conversation = format!("{own}-{person}");
        Ok(if lost {
            Value::Null
        } else {
            json!({ "data": { "dm_conversation_id": conversation, "dm_event_id": id } })
        })
    }

    fn linkedin_token(&self, form: &HashMap<String, String>) -> Answered {
        let refused = || json!({ "error": "invalid_request", "error_description": "Unable to retrieve access token" });
        if form.get("client_secret").map(String::as_str) != Some(SECRET) {
            return Err((401, json!({ "error": "invalid_client" })));
        }
        self.redeem("linkedin", form, refused())?;
        Ok(json!({ "access_token": self.give("urn:li:organization:7"), "expires_in": self.world().lasts }))
    }

    fn linkedin_comment(&self, token: &str, urn: &str, headers: &HeaderMap, body: &Value, lost: bool) -> Answered {
        let own = self.holder(token, 401, &json!({ "message": "Invalid access token", "status": 401 }))?;
        let version = headers.get("linkedin-version").and_then(|version| version.to_str().ok()).unwrap_or_default();
        if version.len() != 6 || headers.get("x-restli-protocol-version").is_none() {
            return Err((400, json!({ "message": "A version must be present", "status": 400 })));
        }
        let urn: String = form_urlencoded::parse(format!("u={urn}").as_bytes()).next().expect("a URN").1.into_owned();
        if body["actor"] != own.as_str() || !urn.starts_with("urn:li:") {
            return Err((403, json!({ "message": "Not enough permissions", "status": 403 })));
        }
        let text = body["message"]["text"].as_str().unwrap_or_default();
        let id = self.note(&own, &urn, text, body);
        let named = format!("urn:li:comment:({},{id})", body["object"].as_str().unwrap_or_default());
        Ok(if lost { Value::Null } else { json!({ "commentUrn": named, "id": id }) })
    }
}
