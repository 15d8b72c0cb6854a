//! HubSpot, Salesforce and Zoho, as far as Frontdesk asks them. Each refuses what the real one refuses: tokens that ended, a wrong
//! refresh, fields that are unknown, read-only, of another type or missing, batches that are too large, and what comes beyond its
//! limit; and each can be told to fail, to answer in parts, and to lose an answer after the deed. They count what they have.

mod hubspot;
mod records;
mod salesforce;
mod slow;
mod zoho;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use url::{Url, form_urlencoded};

pub use self::records::Record;
use self::{records::Records, slow::Slow};
use super::chance;

/// Who Frontdesk is there.
pub const CLIENT_ID: &str = "frontdesk-of-the-tests";

/// Which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Hubspot,
    Salesforce,
    Zoho,
}

pub const KINDS: [Kind; 3] = [Kind::Hubspot, Kind::Salesforce, Kind::Zoho];

/// What becomes of the next request that brings records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Play {
    /// It is done, and the answer breaks off.
    Lost,
    /// It is done, and the answer does not come.
    Waits,
    /// It fails with this status, and nothing is done.
    Fails(u16),
    /// The limit is reached; there is more in a second, where the CRM says when.
    Limited,
    /// It is done, and these were the last requests there are for now.
    Last,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Text,
    Email,
    Phone,
    Number,
    Choice,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: &'static str,
    pub holds: Holds,
    pub required: bool,
    pub read_only: bool,
    pub unique: bool,
}

#[derive(Default)]
struct World {
    fields: Vec<Field>,
    records: Records,
    made: usize,
    codes: HashMap<String, (String, String)>,
    access: BTreeSet<String>,
    refresh: Option<String>,
    refreshes: usize,
    asked: Vec<String>,
    script: VecDeque<Play>,
    account: usize,
    slow: Slow,
}

/// A CRM on the loopback. It ends with the test.
#[derive(Clone)]
pub struct Crm {
    pub kind: Kind,
    pub url: String,
    pub secret: String,
    world: Arc<Mutex<World>>,
}

#[expect(clippy::disallowed_methods, reason = "a CRM has a clock of its own")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// An answer.
struct Said {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Value,
}

impl Said {
    fn new(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body }
    }

    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }
}

/// A request.
struct Asked {
    method: Method,
    path: String,
    query: HashMap<String, String>,
    headers: HeaderMap,
    body: Bytes,
}

impl Asked {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn form(&self) -> HashMap<String, String> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Why a record is not taken.
struct Wrong {
    what: &'static str,
    field: String,
    existing: Option<String>,
}

fn field(name: &'static str, holds: Holds) -> Field {
    Field { name, holds, required: false, read_only: false, unique: false }
}

impl Crm {
    /// Starts one.
    pub async fn start(kind: Kind) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let crm = Self { kind, url, secret: chance::name("client-secret-"), world: Arc::default() };
        crm.world().fields = match kind {
            Kind::Hubspot => hubspot::fields(),
            Kind::Salesforce => salesforce::fields(),
            Kind::Zoho => zoho::fields(),
        };
        let routes = Router::new().fallback(Self::answer).with_state(crm.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        crm
    }

    /// The settings of a server that asks it.
    pub fn settings(&self, options: super::Options) -> super::Options {
        let (id, secret, url) = match self.kind {
            Kind::Hubspot => ("CRM_HUBSPOT_CLIENT_ID", "CRM_HUBSPOT_CLIENT_SECRET", "CRM_HUBSPOT_URL"),
            Kind::Salesforce => ("CRM_SALESFORCE_CLIENT_ID", "CRM_SALESFORCE_CLIENT_SECRET", "CRM_SALESFORCE_URL"),
            Kind::Zoho => ("CRM_ZOHO_CLIENT_ID", "CRM_ZOHO_CLIENT_SECRET", "CRM_ZOHO_URL"),
        };
        options
            .env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on")
            .env(&format!("FRONTDESK_{id}"), CLIENT_ID)
            .env(&format!("FRONTDESK_{secret}"), &self.secret)
            .env(&format!("FRONTDESK_{url}"), &self.url)
    }

    /// Its name in the API.
    pub fn provider(&self) -> &'static str {
        match self.kind {
            Kind::Hubspot => "HUBSPOT",
            Kind::Salesforce => "SALESFORCE",
            Kind::Zoho => "ZOHO",
        }
    }

    /// The field that holds our ids.
    pub fn key(&self) -> &'static str {
        match self.kind {
            Kind::Hubspot => "frontdesk_lead_id",
            Kind::Salesforce => "Frontdesk_Id__c",
            Kind::Zoho => "Frontdesk_Id",
        }
    }

    /// What it calls these: e-mail address, telephone number, last name, company.
    pub fn names(&self) -> [&'static str; 4] {
        match self.kind {
            Kind::Hubspot => ["email", "phone", "lastname", "company"],
            Kind::Salesforce => ["Email", "Phone", "LastName", "Company"],
            Kind::Zoho => ["Email", "Phone", "Last_Name", "Company"],
        }
    }

    /// Somebody says yes: what they come back with.
    pub fn consents(&self, authorization_url: &str) -> (String, String) {
        let url = Url::parse(authorization_url).expect("an address");
        let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["client_id"], CLIENT_ID);
        assert_eq!(asked["code_challenge_method"], "S256");
        let code = chance::name("code-of-the-crm-");
        let known = (asked["redirect_uri"].clone(), asked["code_challenge"].clone());
        self.world().codes.insert(code.clone(), known);
        (asked["state"].clone(), code)
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A key that somebody made there.
    pub fn service_key(&self) -> String {
        let key = chance::name("pat-eu1-key-of-the-tests-");
        self.world().access.insert(key.clone());
        key
    }

    /// Ends all access tokens; what they are renewed with is good.
    pub fn expire(&self) {
        self.world().access.clear();
    }

    /// Ends everything that we were given.
    pub fn revoke(&self) {
        let mut world = self.world();
        world.access.clear();
        world.refresh = None;
    }

    /// Whoever comes next has another account: nobody is in it, and its ids begin anew.
    pub fn another_account(&self) {
        self.revoke();
        let mut world = self.world();
        world.account += 1;
        world.records = Records::default();
        world.made = 0;
    }

    /// All that it was ever given or gave that is secret.
    pub fn secrets(&self) -> Vec<String> {
        let world = self.world();
        world.access.iter().cloned().chain(world.refresh.clone()).chain([self.secret.clone()]).collect()
    }

    /// How often a token was renewed.
    pub fn refreshes(&self) -> usize {
        self.world().refreshes
    }

    /// Adds to the end of the script.
    pub fn script(&self, plays: impl IntoIterator<Item = Play>) {
        self.world().script.extend(plays);
    }

    /// What was asked so far, each as method and path.
    pub fn asked(&self) -> Vec<String> {
        self.world().asked.clone()
    }

    /// What it has.
    pub fn records(&self) -> Vec<(String, Record)> {
        self.world().records.iter().map(|(id, record)| (id.clone(), record.clone())).collect()
    }

    /// The one record of a lead; panics where there are several.
    pub fn of(&self, lead: &str) -> Option<(String, Record)> {
        let key = self.key();
        let mut found =
            self.records().into_iter().filter(|(_, record)| record.values.get(key).is_some_and(|it| it == lead));
        let one = found.next();
        assert!(found.next().is_none(), "{lead} is there twice");
        one
    }

    /// Somebody makes a record there.
    pub fn make(&self, values: &[(&str, &str)]) -> String {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.world().add(values)
    }

    /// Somebody else's program makes so many records there that are of no lead of ours, though they hold something like an id.
    pub fn make_strangers(&self, count: usize) {
        let (key, mut world) = (self.key(), self.world());
        for n in 0..count {
            world.add(BTreeMap::from([(key.to_owned(), format!("of another program {n}"))]));
        }
    }

    /// Somebody changes a record there.
    pub fn change(&self, id: &str, name: &str, value: &str) {
        let mut world = self.world();
        assert!(world.records.get(id).is_some(), "{id} is a record");
        world.records.set(id, [(name.to_owned(), value.to_owned())]);
    }

    /// Somebody removes a record there.
    pub fn remove(&self, id: &str) {
        self.world().records.remove(id);
    }

    /// The field that holds our ids is not there.
    pub fn without_key(&self) {
        let key = self.key();
        self.world().fields.retain(|field| field.name != key);
    }

    async fn answer(
        State(crm): State<Self>,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> Response<Body> {
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let asked = Asked { method, path: uri.path().to_owned(), query, headers, body };
        let line = format!("{} {}", asked.method, asked.path);
        let came = Instant::now();
        let (play, latency) = {
            let mut world = crm.world();
            world.asked.push(line.clone());
            let script = if is_write(&line) { world.script.pop_front() } else { None };
            (if world.slow.is_full(came) { Some(Play::Limited) } else { script }, world.slow.latency())
        };
        let said = match (play, crm.kind) {
            (Some(Play::Fails(status)), _) => Said::new(status, json!({ "message": "something is wrong here" })),
            (Some(Play::Limited), Kind::Hubspot) => hubspot::limited(),
            (Some(Play::Limited), Kind::Salesforce) => salesforce::limited(),
            (Some(Play::Limited), Kind::Zoho) => zoho::limited(),
            (_, Kind::Hubspot) => hubspot::answer(&crm, &asked, play),
            (_, Kind::Salesforce) => salesforce::answer(&crm, &asked, play),
            (_, Kind::Zoho) => zoho::answer(&crm, &asked, play),
        };
        if play == Some(Play::Waits) {
            return std::future::pending().await;
        }
        if !latency.is_zero() {
            tokio::time::sleep(latency.saturating_sub(came.elapsed())).await;
            if is_write(&line) {
                crm.world().slow.note(came);
            }
        }
        let mut response = Response::builder().status(StatusCode::from_u16(said.status).expect("a status"));
        for (name, value) in said.headers {
            response = response.header(name, value);
        }
        let text = said.body.to_string();
        let body = match play {
            // More is announced than comes.
            Some(Play::Lost) => {
                response = response.header("content-length", text.len() + 100);
                let part = Ok::<_, std::io::Error>(Bytes::from(text));
                let broken = Err(std::io::Error::other("the line is cut"));
                Body::from_stream(futures_util::stream::iter([part, broken]))
            }
            _ if said.body.is_null() => Body::empty(),
            _ => Body::from(text),
        };
        response.header("content-type", "application/json").body(body).expect("an answer")
    }

    /// Gives tokens, or says why not. `rotates`: what they are renewed with is good once.
    fn tokens(&self, form: &HashMap<String, String>, rotates: bool) -> Result<(String, String), &'static str> {
        let of = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if of("client_id") != CLIENT_ID || of("client_secret") != self.secret {
            return Err("invalid_client");
        }
        let mut world = self.world();
        match of("grant_type") {
            "authorization_code" => {
                let (redirect, challenge) = world.codes.remove(of("code")).ok_or("invalid_code")?;
                let shown = URL_SAFE_NO_PAD
                    .encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, of("code_verifier").as_bytes()));
                if redirect != of("redirect_uri") || challenge != shown {
                    return Err("invalid_code");
                }
                world.refresh = Some(chance::name("refresh-of-the-crm-"));
            }
            "refresh_token" => {
                if world.refresh.as_deref() != Some(of("refresh_token")) {
                    return Err("invalid_grant");
                }
                world.refreshes += 1;
                if rotates {
                    world.refresh = Some(chance::name("refresh-of-the-crm-"));
                }
            }
            _ => return Err("unsupported_grant_type"),
        }
        let access = chance::name("access-of-the-crm-");
        world.access.insert(access.clone());
        Ok((access, world.refresh.clone().unwrap_or_default()))
    }

    fn lets_in(&self, authorization: &str, scheme: &str) -> bool {
        let token = authorization.strip_prefix(scheme).and_then(|rest| rest.strip_prefix(' '));
        token.is_some_and(|token| self.world().access.contains(token))
    }
}

fn is_write(asked: &str) -> bool {
    let (method, path) = asked.split_once(' ').unwrap_or_default();
    let writes = path.contains("/batch/")
        || path.contains("/composite/")
        || path.contains("/Leads")
        || path.contains("/sobjects/Lead/");
    (writes && method != "GET") || (method == "DELETE" && path.contains("/objects/"))
}

impl World {
    fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// What is wrong with these values; null is empty.
    fn wrong(&self, values: &Map<String, Value>, of: Option<&str>, unique: &[&str]) -> Option<Wrong> {
        let bad = |what, field: &str| Some(Wrong { what, field: field.to_owned(), existing: None });
        for (name, value) in values {
            let Some(field) = self.field(name) else { return bad("unknown", name) };
            let text = value.as_str().unwrap_or_default();
            if field.read_only {
                return bad("read-only", name);
            }
            let fits = match field.holds {
                _ if text.is_empty() => true,
                Holds::Email => text.contains('@') && !text.contains("refused"),
                Holds::Number => text.parse::<f64>().is_ok(),
                _ => value.is_string(),
            };
            if !fits {
                return bad("invalid", name);
            }
            if unique.contains(&name.as_str())
                && !text.is_empty()
                && let Some(id) = self.records.holding(name, text).find(|id| Some(id.as_str()) != of)
            {
                return Some(Wrong { what: "duplicate", field: name.clone(), existing: Some(id.clone()) });
            }
        }
        for field in self.fields.iter().filter(|field| field.required) {
            let now = of.and_then(|id| self.records.get(id)).and_then(|record| record.values.get(field.name));
            let then = values.get(field.name).map(|value| value.as_str().unwrap_or_default());
            if then.is_some_and(str::is_empty) || (then.is_none() && now.is_none_or(String::is_empty)) {
                return bad("missing", field.name);
            }
        }
        None
    }

    fn add(&mut self, values: BTreeMap<String, String>) -> String {
        self.made += 1;
        let id = format!("{:06}", 100_000 + self.made);
        self.records.set(&id, values);
        id
    }

    fn find(&self, name: &str, value: &str) -> Option<String> {
        self.records.holding(name, value).next().cloned()
    }

    /// Writes values into a record, or a new one; returns its id and whether it is new.
    fn put(&mut self, id: Option<String>, values: &Map<String, Value>) -> (String, bool) {
        let texts = values.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
        match id {
            Some(id) => {
                self.records.set(&id, texts);
                (id, false)
            }
            None => (self.add(texts.collect()), true),
        }
    }

    /// What was changed since an instant, oldest first.
    fn since(&self, since: DateTime<Utc>) -> Vec<(String, Record)> {
        let mut found: Vec<_> = self.records.iter().map(|(id, it)| (id.clone(), it.clone())).collect();
        found.retain(|(_, record)| record.modified >= since - TimeDelta::milliseconds(1));
        found.sort_by_key(|(_, record)| record.modified);
        found
    }
}
