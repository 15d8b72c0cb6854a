//! B2Chat, as far as Frontdesk asks it: one token for the subscription, which is the same until it ends and lasts shorter each
//! time; pages of chats and contacts by day, at most a thousand at a time; times without a zone; and whatever goes wrong there.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::chance;

/// How long a token lasts.
const LASTS: u64 = 24 * 3600;

/// What becomes of the next page that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Play {
    /// It comes as it is.
    Fine,
    /// It fails with this status.
    Fails(u16),
    /// The limit is reached; there is more in so many seconds.
    Limited(u64),
    /// A web page comes instead.
    Html,
    /// JSON of another shape comes.
    Other,
    /// The line is cut in the middle.
    Cut,
    /// The token has ended.
    Ends,
    /// The page is empty, although there is more.
    Lost,
    /// The page before comes once more.
    Repeated,
    /// The page comes in another order.
    Reordered,
    /// The page comes, and the first chat of its day is removed.
    Removes,
    /// The page comes, and this chat is there from then on.
    Adds(Value),
}

#[derive(Default)]
struct World {
    chats: Vec<Value>,
    contacts: Vec<Value>,
    token: Option<(String, Instant)>,
    tokens: usize,
    asked: Vec<String>,
    script: VecDeque<Play>,
    slow: Duration,
    inclusive: bool,
}

/// B2Chat on the loopback. It ends with the test.
#[derive(Clone)]
pub struct B2chat {
    pub url: String,
    pub username: String,
    pub password: String,
    world: Arc<Mutex<World>>,
}

/// A chat with some messages, at this second of a day.
pub fn chat(n: usize, day: &str, second: usize) -> Value {
    let at = |more: usize| {
        let all = second + more;
        format!("{day} {:02}:{:02}:{:02}", all / 3600 % 24, all / 60 % 60, all % 60)
    };
    let messages: Vec<Value> = (0..n % 4)
        .map(|m| {
            json!({ "body": format!("Message {m} of {n}"), "broadcasted": false, "caption": null, "created_at": at(m),
                "incoming": m % 2 == 0, "type": if m == 3 { "IMAGE" } else { "TEXT" }, "location": null })
        })
        .collect();
    let over = n.is_multiple_of(3);
    json!({
        "chat_id": format!("00000000-0000-4000-8000-{n:012}"),
        "agent": { "email": format!("agent{}@example.com", n % 5), "name": format!("Agent {}", n % 5), "username": format!("agent{}", n % 5) },
        "alias": "Main line",
        "contact": { "id": n % 7, "name": format!("Contact {}", n % 7), "email": null, "identification": "", "mobile_number": format!("+5730000000{}", n % 7),
            "phone_number": "", "custom_attributes": null, "tags": null },
        "department": if n % 6 == 5 { Value::Null } else { json!(format!("Department {}", n % 6)) },
        "provider": "WHATSAPPB2CHAT",
        "status": if over { "CLOSED" } else { "RESPONDED_BY_AGENT" },
        "is_agent_available": true,
        "created_at": at(0), "opened_at": at(0), "picked_up_at": at(1), "responded_at": at(2),
        "closed_at": if over { json!(at(60)) } else { Value::Null },
        "duration": if over { json!("00:00:01:00") } else { Value::Null },
        "messages": messages, "tags": [format!("Tag {}", n % 2)],
        "viewer_url": "https://app.b2chat.io/viewer/a/b"
    })
}

/// A contact as the export of contacts has it.
pub fn contact(n: usize, updated: &str) -> Value {
    json!({ "contact_id": n, "fullname": format!("Contact {n} whole"), "mobile": format!("+5730000000{n}"), "landline": "", "email": format!("C{n}@example.com"),
        "identification": format!("ID{n}"), "address": "Calle 1", "city": "Bogotá", "country": "CO", "company": "Acme", "merchant_id": 1,
        "created": "2025-12-01 10:00:00", "updated": updated, "custom_attributes": [{ "name": "tier", "value": "gold" }],
        "tags": [{ "name": "vip", "assigned_at": 1_764_547_200 }], "row_index": n })
}

impl B2chat {
    /// Starts one.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (username, password) = (chance::name("client-of-b2chat"), chance::name("secret-of-b2chat"));
        let b2chat = Self { url, username, password, world: Arc::default() };
        let routes = Router::new().fallback(Self::answer).with_state(b2chat.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        b2chat
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many chats on each of these days.
    pub fn fill(&self, days: &[String], each: usize) {
        let mut world = self.world();
        for day in days {
            for n in 0..each {
                let number = world.chats.len();
                world.chats.push(chat(number, day, 3600 + n * 60));
            }
        }
    }

    /// What it has.
    pub fn chats(&self) -> Vec<Value> {
        self.world().chats.clone()
    }

    /// Changes what it has.
    pub fn change(&self, change: impl FnOnce(&mut Vec<Value>)) {
        change(&mut self.world().chats);
    }

    /// Its contacts are these.
    pub fn set_contacts(&self, contacts: Vec<Value>) {
        self.world().contacts = contacts;
    }

    /// Adds to the end of the script.
    pub fn script(&self, plays: impl IntoIterator<Item = Play>) {
        self.world().script.extend(plays);
    }

    /// Each page takes so long.
    pub fn slow(&self, by: Duration) {
        self.world().slow = by;
    }

    /// The end of a range is among what it asks for.
    pub fn inclusive(&self) {
        self.world().inclusive = true;
    }

    /// The token ends.
    pub fn expire(&self) {
        self.world().token = None;
    }

    /// How many tokens it gave, each counted once however often it was asked for.
    pub fn tokens(&self) -> usize {
        self.world().tokens
    }

    /// How many pages were asked for.
    pub fn pages(&self) -> usize {
        self.world().asked.len()
    }

    /// The queries of the pages that were asked for.
    pub fn asked(&self) -> Vec<String> {
        self.world().asked.clone()
    }

    /// All that is secret there.
    pub fn secrets(&self) -> Vec<String> {
        let token = self.world().token.as_ref().map(|(token, _)| token.clone());
        token.into_iter().chain([self.password.clone()]).collect()
    }

    async fn answer(State(b2chat): State<Self>, method: Method, uri: Uri, headers: HeaderMap) -> Response<Body> {
        let authorization = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let said = |status: u16, body: Value| whole(status, "application/json", body.to_string());
        match (method.as_str(), uri.path()) {
            ("POST", "/oauth/token") => {
                let ours = STANDARD.encode(format!("{}:{}", b2chat.username, b2chat.password));
                if authorization != format!("Basic {ours}") {
                    return said(401, json!({ "error": "invalid_client", "error_description": "Bad credentials" }));
                }
                let mut world = b2chat.world();
                if world.token.as_ref().is_none_or(|(_, since)| since.elapsed().as_secs() >= LASTS) {
                    world.tokens += 1;
                    world.token = Some((chance::name("token-of-b2chat"), Instant::now()));
                }
                let (token, since) = world.token.clone().expect("a token");
                let left = LASTS - since.elapsed().as_secs();
                said(200, json!({ "access_token": token, "token_type": "bearer", "expires_in": left, "scope": "all" }))
            }
            ("GET", path @ ("/chats/export" | "/contacts/export")) => {
                let slow = b2chat.world().slow;
                tokio::time::sleep(slow).await;
                let query: HashMap<String, String> =
                    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
                b2chat.export(path, &query, uri.query().unwrap_or_default(), authorization)
            }
            _ => said(404, json!({ "message": "not found" })),
        }
    }

    fn export(
        &self,
        path: &str,
        query: &HashMap<String, String>,
        whole_query: &str,
        authorization: &str,
    ) -> Response<Body> {
        let mut world = self.world();
        let said = |status: u16, body: Value| whole(status, "application/json", body.to_string());
        let play = world.script.pop_front();
        if play == Some(Play::Ends) {
            world.token = None;
        }
        if world.token.as_ref().is_none_or(|(token, _)| authorization != format!("Bearer {token}")) {
            return said(401, json!({ "error": "invalid_token" }));
        }
        world.asked.push(format!("{path}?{whole_query}"));
        match &play {
            Some(Play::Fails(status)) => return said(*status, json!({ "message": "something is wrong here" })),
            Some(Play::Limited(seconds)) => {
                let mut response = said(429, json!({ "message": "too many requests" }));
                response.headers_mut().insert("retry-after", seconds.to_string().parse().expect("a number"));
                return response;
            }
            Some(Play::Html) => {
                return whole(200, "text/html", "<!DOCTYPE html><html><body>Maintenance</body></html>".into());
            }
            Some(Play::Other) => return said(200, json!({ "items": [], "count": 3 })),
            _ => {}
        }
        let number = |name: &str, usual: usize| query.get(name).map_or(Some(usual), |text| text.parse().ok());
        let (Some(limit), Some(mut offset)) = (number("limit", 1000), number("offset", 0)) else {
            return said(400, json!({ "message": "limit and offset are numbers" }));
        };
        let (from, to) = match path {
            "/chats/export" => (query.get("date_range_from"), query.get("date_range_to")),
            _ => (query.get("updated_from"), query.get("updated_to")),
        };
        if limit > 1000 || from.zip(to).is_some_and(|(from, to)| from >= to) {
            return said(400, json!({ "message": "limit is at most 1000, and from is before to" }));
        }
        if play == Some(Play::Repeated) {
            offset = offset.saturating_sub(limit);
        }
        let (field, time, id) = match path {
            "/chats/export" => ("chats", "created_at", "chat_id"),
            _ => ("contacts", "updated", "contact_id"),
        };
        let all = if field == "chats" { &world.chats } else { &world.contacts };
        let within = |record: &&Value| {
            let Some(day) = record[time].as_str().map(|at| at.get(..10).unwrap_or(at)) else { return true };
            let before = |to: &String| if world.inclusive { day <= to.as_str() } else { day < to.as_str() };
            from.is_none_or(|from| day >= from.as_str()) && to.is_none_or(before)
        };
        let mut found: Vec<Value> = all.iter().filter(within).cloned().collect();
        found.sort_by_key(|record| (record[time].as_str().unwrap_or_default().to_owned(), record[id].to_string()));
        if query.get("order_dir").map(String::as_str) != Some("asc") {
            found.reverse();
        }
        let total = found.len();
        let first = found.first().map(|record| record[id].clone());
        let mut page: Vec<Value> = found.into_iter().skip(offset).take(limit).collect();
        match play {
            Some(Play::Lost) => page.clear(),
            Some(Play::Reordered) => page.reverse(),
            Some(Play::Removes) => world.chats.retain(|chat| Some(&chat["chat_id"]) != first.as_ref()),
            Some(Play::Adds(chat)) => world.chats.push(chat),
            Some(Play::Cut) => {
                let part = Ok::<_, std::io::Error>(axum::body::Bytes::from("{\"chats\": ["));
                let broken = Err(std::io::Error::other("the line is cut"));
                let body = Body::from_stream(futures_util::stream::iter([part, broken]));
                return Response::builder().header("content-length", "5000").body(body).expect("an answer");
            }
            _ => {}
        }
        let count = page.len();
        let mut body =
            json!({ "exported": count, "total": total, "message": format!("{count} {field} were exported") });
        body[field] = page.into();
        said(200, body)
    }
}

fn whole(status: u16, kind: &str, body: String) -> Response<Body> {
    let response = Response::builder().status(StatusCode::from_u16(status).expect("a status"));
    response.header("content-type", kind).body(Body::from(body)).expect("an answer")
}
