//! B2Chat, as far as a synchronisation asks it: chats by day, made while they are asked for from nothing but their numbers, so
//! that a year of them takes no memory and next to no time.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::support::chance;

/// Chats of a day.
pub const CHATS: u64 = 1_000;
/// Messages of a chat.
pub const MESSAGES: u64 = 20;
/// How many of each there are to name.
const AGENTS: u64 = 40;
const DEPARTMENTS: u64 = 12;
/// Those that are below no other.
const ROOTS: u64 = 3;
const CONTACTS: u64 = 20_000;
const TAGS: u64 = 10;

/// The tag of this number.
pub fn tag(number: u64) -> String {
    format!("Topic {number}")
}

/// B2Chat on the loopback. It ends with the program.
pub struct Source {
    /// Where it is.
    pub url: String,
    /// With what it is asked.
    pub username: String,
    /// The same.
    pub password: String,
    asked: Arc<Asked>,
}

struct Asked {
    token: String,
    first: NaiveDate,
    days: u64,
    pages: AtomicU64,
    bytes: AtomicU64,
}

impl Source {
    /// Starts one that has so many days, the first of them this.
    pub async fn start(first: NaiveDate, days: u64) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (pages, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        let asked = Arc::new(Asked { token: chance::name("token"), first, days, pages, bytes });
        let routes = Router::new()
            .route("/oauth/token", post(token))
            .route("/chats/export", get(export))
            .with_state(Arc::clone(&asked));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, username: chance::name("client"), password: chance::name("secret"), asked }
    }

    /// How many pages were asked for, and how many bytes they had.
    pub fn gave(&self) -> (u64, u64) {
        (self.asked.pages.load(Ordering::Relaxed), self.asked.bytes.load(Ordering::Relaxed))
    }
}

async fn token(State(asked): State<Arc<Asked>>) -> impl IntoResponse {
    let token = json!({ "access_token": asked.token, "token_type": "bearer", "expires_in": 24 * 3600, "scope": "all" });
    said(StatusCode::OK, token.to_string())
}

fn said(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

async fn export(
    State(asked): State<Arc<Asked>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let wrong = |status, message: &str| said(status, json!({ "message": message }).to_string());
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if bearer.strip_prefix("Bearer ") != Some(&asked.token) {
        return wrong(StatusCode::UNAUTHORIZED, "invalid_token");
    }
    let number = |name: &str, usual: u64| query.get(name).map_or(Some(usual), |text| text.parse().ok());
    let day = |name: &str| query.get(name).map(|text| text.parse::<NaiveDate>());
    let (Some(limit), Some(offset)) = (number("limit", CHATS), number("offset", 0)) else {
        return wrong(StatusCode::BAD_REQUEST, "limit and offset are numbers");
    };
    let day_number = match (day("date_range_from"), day("date_range_to")) {
        (None, None) => Some(0),
        // A day at a time, the end being the day after.
        (Some(Ok(from)), Some(Ok(to))) if from.checked_add_days(Days::new(1)) == Some(to) => {
            u64::try_from((from - asked.first).num_days()).ok().filter(|number| *number < asked.days)
        }
        _ => return wrong(StatusCode::BAD_REQUEST, "a day and the one after it are asked for here"),
    };
    let total = day_number.map_or(0, |_| CHATS);
    let numbers = offset.min(total)..offset.saturating_add(limit.min(1_000)).min(total);
    let body = page(asked.first, day_number.unwrap_or_default(), numbers, total);
    asked.pages.fetch_add(1, Ordering::Relaxed);
    asked.bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
    said(StatusCode::OK, body)
}

fn page(first: NaiveDate, day_number: u64, numbers: std::ops::Range<u64>, total: u64) -> String {
    let day = first.checked_add_days(Days::new(day_number)).expect("a day").to_string();
    let count = numbers.end - numbers.start;
    let mut out = String::with_capacity(usize::try_from(count).unwrap_or_default() * 6_000 + 200);
    out.push_str("{\"chats\":[");
    for number in numbers.clone() {
        if number > numbers.start {
            out.push(',');
        }
        chat(&mut out, &day, day_number * CHATS + number, number);
    }
    write!(out, "],\"exported\":{count},\"total\":{total},\"message\":\"{count} chats were exported\"}}")
        .expect("a text takes all");
    out
}

/// A number that looks like chance and is always the same for the same one (splitmix64).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

const SAID: [&str; 6] = [
    "Good morning, I would like to know whether my order has been sent already",
    "It says that it would come on Thursday, and nobody was here to ring the bell",
    "Could you give me the number that is printed below the bar code, please?",
    "Thank you, I am looking it up; this takes a minute or two",
    "Your parcel is in Bogotá and leaves from there tonight, you will have it tomorrow before noon",
    "That is good to hear, thanks for the quick help",
];
const PROVIDERS: [&str; 4] = ["WHATSAPPB2CHAT", "FACEBOOK", "INSTAGRAM", "LIVECHAT"];
const PRIORITIES: [&str; 4] = ["NORMAL", "LOW", "HIGH", "URGENT"];

/// A chat as the export has it: from eight in the morning until eight in the evening, most of them answered and over.
fn chat(out: &mut String, day: &str, id: u64, number: u64) {
    let m = mixed(id);
    let part = |shift: u32, of: u64| (m >> shift) % of;
    let begins = 8 * 3600 + number * 43;
    let picked_up = begins + 5 + part(0, 300);
    let answered = picked_up + 5 + part(8, 600);
    let closed = answered + 120 + part(16, 7_200);
    let (is_answered, is_over, has_agent) = (part(24, 20) > 0, part(28, 20) > 0, part(32, 25) > 0);
    let at = |second: u64| format!("{day} {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    let given = |is: bool, second: u64| if is { format!("\"{}\"", at(second)) } else { "null".to_owned() };
    let (agent, contact) = (part(36, AGENTS), part(4, CONTACTS));
    // Each agent works in one.
    let department = agent % DEPARTMENTS;
    out.push('{');
    write!(out, "\"chat_id\":\"00000000-0000-4000-8000-{id:012}\",\"alias\":\"Line {}\",", part(44, 3))
        .expect("a text");
    if has_agent {
        write!(
            out,
            "\"agent\":{{\"email\":\"agent{agent}@b2chat.example\",\"name\":\"Agent {agent}\",\"username\":\"agent{agent}\"}},"
        )
        .expect("a text");
    } else {
        out.push_str("\"agent\":null,");
    }
    write!(
        out,
        "\"contact\":{{\"id\":{contact},\"name\":\"Contact {contact}\",\"email\":null,\"identification\":\"\",\
         \"mobile_number\":\"+57300{contact:07}\",\"phone_number\":\"\",\"custom_attributes\":null,\"tags\":null}},"
    )
    .expect("a text");
    let above = match department {
        0..ROOTS => Value::Null,
        _ => json!(format!("D{}", department % ROOTS)),
    };
    write!(
        out,
        "\"department\":{{\"code\":\"D{department}\",\"name\":\"Department {department}\",\"parent_code\":{above}}},\
         \"provider\":\"{}\",\"priority\":\"{}\",\"status\":\"{}\",\"is_agent_available\":true,",
        PROVIDERS[part(46, 4) as usize],
        PRIORITIES[(part(48, 16) / 4) as usize],
        if is_over { "CLOSED" } else { "RESPONDED_BY_AGENT" }
    )
    .expect("a text");
    write!(
        out,
        "\"created_at\":\"{}\",\"opened_at\":\"{}\",\"picked_up_at\":{},\"responded_at\":{},\"closed_at\":{},\"duration\":null,",
        at(begins),
        at(begins + 2),
        given(has_agent, picked_up),
        given(has_agent && is_answered, answered),
        given(is_over, closed)
    )
    .expect("a text");
    out.push_str("\"messages\":[");
    for message in 0..MESSAGES {
        if message > 0 {
            out.push(',');
        }
        let said = SAID[((m >> 12) + message) as usize % SAID.len()];
        write!(
            out,
            "{{\"body\":\"{said} ({message})\",\"broadcasted\":false,\"caption\":null,\"created_at\":\"{}\",\
             \"incoming\":{},\"type\":\"TEXT\",\"location\":null}}",
            at(begins + (closed - begins) * message / MESSAGES),
            message % 2 == 0
        )
        .expect("a text");
    }
    write!(out, "],\"tags\":[\"{}\"", tag(part(50, TAGS))).expect("a text");
    if part(54, 3) == 0 {
        write!(out, ",\"{}\"", tag((part(50, TAGS) + 1) % TAGS)).expect("a text");
    }
    write!(out, "],\"viewer_url\":\"https://app.b2chat.io/viewer/a/{id}\"}}").expect("a text");
}
