//! Salesforce: its object `Lead`.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use hyper::{Method, StatusCode};
use serde_json::{Value as Json, json};
use url::form_urlencoded;

use super::{
    CrmClient,
    http::{Http, Said, Sent, as_text, authorize, ours, said, usual},
};
use crate::{
    domain::crm_connections::remote::{
        Batch, Brought, Changes, Credentials, Grant, NoCrm, Remote, RemoteField, RemoteType, Row, RowFailure, RowFault,
    },
    ports::crm::{Crm, Way},
    store::crm_connections::connection::CrmProvider,
};

/// How long it is left alone once a day's requests are used up: they come back one by one.
const ROLLING: Duration = Duration::from_secs(15 * 60);
/// How many pages of one query are read.
const PAGES: usize = 50;

fn key() -> &'static str {
    CrmProvider::Salesforce.key_field()
}

/// Asks Salesforce.
pub(super) struct Salesforce {
    pub(super) http: Http,
    pub(super) client: CrmClient,
    pub(super) url: String,
    pub(super) version: String,
}

impl Salesforce {
    async fn ask(&self, held: &Credentials, method: Method, path: &str, body: Option<Json>) -> Result<Said, NoCrm> {
        let base = held.base.as_deref().unwrap_or_default().trim_end_matches('/');
        let address = format!("{base}{path}");
        let bearer = format!("Bearer {}", held.access);
        self.http.ask(method, &address, Some(&bearer), body.map_or(Sent::Nothing, Sent::Json), None).await
    }

    async fn api(&self, held: &Credentials, method: Method, path: &str, body: Option<Json>) -> Result<Said, NoCrm> {
        let path = format!("/services/data/{}/{path}", self.version);
        let answer = self.ask(held, method, &path, body).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(refusal(&answer)) }
    }

    async fn tokens(&self, mut fields: Vec<(&'static str, String)>) -> Result<Grant, NoCrm> {
        fields.extend(ours(&self.client));
        let address = format!("{}/services/oauth2/token", self.url);
        let answer = self.http.ask(Method::POST, &address, None, Sent::Form(fields), None).await?;
        let access = answer.text("access_token").filter(|_| answer.status == StatusCode::OK);
        let (Some(access), Some(base)) = (access, answer.text("instance_url")) else {
            let why = answer.text("error_description").or(answer.text("error"));
            return Err(match answer.status.as_u16() {
                400 | 401 | 403 => NoCrm::Revoked(said(why, answer.status)),
                _ => usual(&answer, why),
            });
        };
        let refresh = answer.text("refresh_token").map(str::to_owned);
        // It does not say how long: a token is good until it is refused.
        let credentials = Credentials { access: access.to_owned(), refresh, base: Some(base.to_owned()) };
        Ok(Grant { credentials, lasts: None, account: answer.text("id").and_then(organisation) })
    }

    async fn collection(&self, held: &Credentials, path: &str, records: Vec<Json>) -> Result<Batch, NoCrm> {
        let count = records.len();
        let body = json!({ "allOrNone": false, "records": records });
        let answer = self.api(held, Method::PATCH, path, Some(body)).await?;
        let results = answer.body.as_array().map(Vec::as_slice).unwrap_or_default();
        let silent = || RowFailure::brought(RowFault::ForNow, "Salesforce said nothing of it");
        let rows = (0..count).map(|n| results.get(n).map_or_else(silent, brought)).collect();
        Ok(Batch { rows, pause: pause(&answer) })
    }
}

fn record(row: &Row, by_key: bool) -> Json {
    let mut record = row.values.clone();
    record.insert("attributes".into(), json!({ "type": "Lead" }));
    record.insert(key().into(), row.lead.to_string().into());
    if let (Some(id), false) = (&row.external_id, by_key) {
        record.insert("id".into(), id.clone().into());
    }
    Json::Object(record)
}

/// What became of one of several.
fn brought(result: &Json) -> Brought {
    if result["success"] == true {
        return Brought::There(result["id"].as_str().unwrap_or_default().to_owned());
    }
    let error = &result["errors"][0];
    let code = error["statusCode"].as_str().unwrap_or_default();
    let fields: Vec<_> = error["fields"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let named = if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(", ")) };
    let message = format!("{code}{named}: {}", error["message"].as_str().unwrap_or_default());
    let kind = match code {
        "ENTITY_IS_DELETED" | "INVALID_CROSS_REFERENCE_KEY" | "NOT_FOUND" => RowFault::Gone,
        "UNABLE_TO_LOCK_ROW" | "SERVER_UNAVAILABLE" | "REQUEST_RUNNING_TOO_LONG" => RowFault::ForNow,
        _ => RowFault::ForGood,
    };
    RowFailure::brought(kind, &message)
}

/// How long to leave it alone, where all requests of a day are used up.
fn pause(answer: &Said) -> Option<Duration> {
    let info = answer.headers.get("sforce-limit-info")?.to_str().ok()?;
    let (used, total) = info.split(';').next()?.trim().strip_prefix("api-usage=")?.split_once('/')?;
    (used.parse::<u64>().ok()? >= total.parse::<u64>().ok()?).then_some(ROLLING)
}

/// What a refused request means. Its errors are a list.
fn refusal(answer: &Said) -> NoCrm {
    let error = &answer.body[0];
    let why = error["message"].as_str();
    match (answer.status.as_u16(), error["errorCode"].as_str().unwrap_or_default()) {
        (_, "REQUEST_LIMIT_EXCEEDED") => NoCrm::Limited(answer.wait(ROLLING), said(why, answer.status)),
        _ => usual(answer, why),
    }
}

fn kind(kind: &str) -> RemoteType {
    match kind {
        "string" | "url" => RemoteType::Text,
        "textarea" => RemoteType::LongText,
        "email" => RemoteType::Email,
        "phone" => RemoteType::Phone,
        "int" | "double" | "currency" | "percent" => RemoteType::Number,
        "date" | "datetime" => RemoteType::Time,
        "picklist" | "combobox" => RemoteType::Choice,
        "boolean" => RemoteType::Flag,
        _ => RemoteType::Other,
    }
}

#[async_trait]
impl Crm for Salesforce {
    fn authorization_url(&self, way: Way<'_>) -> Option<String> {
        let address = format!("{}/services/oauth2/authorize", self.url);
        authorize(&address, &self.client, way, &[("scope", "api refresh_token")])
    }

    async fn redeem(&self, way: Way<'_>, code: &str) -> Result<Grant, NoCrm> {
        self.tokens(vec![
            ("grant_type", "authorization_code".into()),
            ("code", code.into()),
            ("redirect_uri", way.redirect_uri.into()),
            ("code_verifier", way.verifier.into()),
        ])
        .await
    }

    async fn refresh(&self, held: &Credentials) -> Result<Grant, NoCrm> {
        let refresh = held.refresh.clone().unwrap_or_default();
        let mut grant =
            self.tokens(vec![("grant_type", "refresh_token".into()), ("refresh_token", refresh.clone())]).await?;
        // Where it gives a new one, the old one is dead already.
        grant.credentials.refresh = grant.credentials.refresh.or(Some(refresh));
        Ok(grant)
    }

    async fn revoke(&self, held: &Credentials) -> Result<(), NoCrm> {
        let address = format!("{}/services/oauth2/revoke", self.url);
        let token = held.refresh.as_ref().unwrap_or(&held.access).clone();
        self.http.ask(Method::POST, &address, None, Sent::Form(vec![("token", token)]), None).await.map(drop)
    }

    async fn describe(&self, held: &Credentials) -> Result<Vec<RemoteField>, NoCrm> {
        let answer = self.api(held, Method::GET, "sobjects/Lead/describe", None).await?;
        let field = |it: &Json| {
            let text = |name: &str| it[name].as_str().unwrap_or_default();
            let flag = |name: &str| it[name].as_bool().unwrap_or_default();
            let values = it["picklistValues"].as_array().into_iter().flatten();
            RemoteField {
                name: text("name").to_owned(),
                label: text("label").to_owned(),
                kind: kind(text("type")),
                required: flag("createable") && !flag("nillable") && !flag("defaultedOnCreate"),
                read_only: !flag("createable") || !flag("updateable"),
                unique: flag("unique") && flag("externalId"),
                choices: values.filter_map(|it| it["value"].as_str().map(str::to_owned)).collect(),
                length: it["length"].as_u64().and_then(|length| u32::try_from(length).ok()).filter(|it| *it > 0),
            }
        };
        Ok(answer.body["fields"].as_array().into_iter().flatten().map(field).collect())
    }

    async fn upsert(&self, held: &Credentials, rows: &[Row]) -> Result<Batch, NoCrm> {
        let records = rows.iter().map(|row| record(row, true)).collect();
        self.collection(held, &format!("composite/sobjects/Lead/{}", key()), records).await
    }

    async fn update(&self, held: &Credentials, rows: &[Row]) -> Result<Batch, NoCrm> {
        self.collection(held, "composite/sobjects", rows.iter().map(|row| record(row, false)).collect()).await
    }

    async fn delete(&self, held: &Credentials, external_id: &str) -> Result<(), NoCrm> {
        let path = format!("/services/data/{}/sobjects/Lead/{external_id}", self.version);
        let answer = self.ask(held, Method::DELETE, &path, None).await?;
        match answer.status {
            StatusCode::NOT_FOUND => Ok(()),
            status if status.is_success() => Ok(()),
            _ => Err(refusal(&answer)),
        }
    }

    async fn changes(&self, held: &Credentials, since: DateTime<Utc>, fields: &[String]) -> Result<Changes, NoCrm> {
        let columns: Vec<_> =
            ["Id", "SystemModstamp", key()].into_iter().chain(fields.iter().map(String::as_str)).collect();
        let since = since.to_rfc3339_opts(SecondsFormat::Millis, true);
        let query = format!(
            "SELECT {} FROM Lead WHERE SystemModstamp >= {since} AND {} != null ORDER BY SystemModstamp",
            columns.join(", "),
            key()
        );
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", &query).finish();
        let mut answer = self.api(held, Method::GET, &format!("query?{query}"), None).await?;
        let mut found = Vec::new();
        let mut more = true;
        for _ in 0..PAGES {
            for it in answer.body["records"].as_array().into_iter().flatten() {
                let Some(modified_at) = it["SystemModstamp"].as_str().and_then(instant) else { continue };
                found.push(Remote {
                    external_id: it["Id"].as_str().unwrap_or_default().to_owned(),
                    lead: it[key()].as_str().unwrap_or_default().to_owned(),
                    modified_at,
                    values: fields.iter().map(|name| (name.clone(), as_text(&it[name]))).collect(),
                });
            }
            let Some(next) = answer.text("nextRecordsUrl").map(str::to_owned) else {
                more = false;
                break;
            };
            answer = self.ask(held, Method::GET, &next, None).await?;
            if !answer.status.is_success() {
                return Err(refusal(&answer));
            }
        }
        Ok(Changes { records: found, go_on: more })
    }
}

/// The organisation that the address of whoever let us in says: `https://login.salesforce.com/id/00D…/005…`.
fn organisation(id: &str) -> Option<String> {
    let (_, rest) = id.split_once("/id/")?;
    rest.split('/').next().filter(|id| !id.is_empty()).map(str::to_owned)
}

/// Its instants are written `2026-01-02T03:04:05.000+0000`.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let read = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z").or_else(|_| DateTime::parse_from_rfc3339(text));
    read.ok().map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_says_what_became_of_its_row() {
        let done = brought(&json!({ "id": "00Q", "success": true, "errors": [] }));
        assert_eq!(done, Brought::There("00Q".into()));
        let of = |code: &str| {
            let errors = json!([{ "statusCode": code, "message": "no", "fields": ["Email"] }]);
            match brought(&json!({ "success": false, "errors": errors })) {
                Brought::Not(failure) => failure,
                Brought::There(id) => panic!("{id}"),
            }
        };
        assert_eq!(of("ENTITY_IS_DELETED").kind, RowFault::Gone);
        assert_eq!(of("UNABLE_TO_LOCK_ROW").kind, RowFault::ForNow);
        let refused = of("INVALID_EMAIL_ADDRESS");
        assert_eq!((refused.kind, refused.message.as_str()), (RowFault::ForGood, "INVALID_EMAIL_ADDRESS (Email): no"));
    }

    #[test]
    fn the_organisation_is_read() {
        let read = organisation("https://login.salesforce.com/id/00Dxx0000001gPLEAY/005xx000001SwiUAAS");
        assert_eq!(read.as_deref(), Some("00Dxx0000001gPLEAY"));
        assert_eq!(organisation("something else"), None);
    }

    #[test]
    fn its_instants_are_read() {
        let read = instant("2026-01-02T03:04:05.678+0000").map(|at| at.timestamp_millis());
        assert_eq!(read, instant("2026-01-02T03:04:05.678Z").map(|at| at.timestamp_millis()));
        assert!(read.is_some() && instant("yesterday").is_none());
    }
}
