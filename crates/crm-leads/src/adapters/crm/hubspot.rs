//! HubSpot: leads are contacts there.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use hyper::{Method, StatusCode};
use serde_json::{Value as Json, json};

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

/// The version of its API that this speaks, as it stands in addresses.
const VERSION: &str = "v3";
/// What we ask to be let do.
const SCOPES: &str = "oauth crm.objects.contacts.read crm.objects.contacts.write crm.schemas.contacts.read";
/// How many records one page of a search holds.
const PAGE: usize = 200;
/// How many pages of one search it gives: 10,000 records.
const PAGES: usize = 50;
/// The field by which it knows our leads.
fn key() -> &'static str {
    CrmProvider::Hubspot.key_field()
}

/// Asks HubSpot.
pub(super) struct Hubspot {
    pub(super) http: Http,
    pub(super) client: CrmClient,
    pub(super) url: String,
    pub(super) authorize_url: String,
}

impl Hubspot {
    async fn api(&self, held: &Credentials, method: Method, path: &str, body: Option<Json>) -> Result<Said, NoCrm> {
        let address = format!("{}/crm/{VERSION}/{path}", self.url);
        let bearer = format!("Bearer {}", held.access);
        let sent = body.map_or(Sent::Nothing, Sent::Json);
        let answer = self.http.ask(method, &address, Some(&bearer), sent, None).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(refusal(&answer)) }
    }

    async fn tokens(&self, mut fields: Vec<(&'static str, String)>) -> Result<Grant, NoCrm> {
        fields.extend(ours(&self.client));
        let address = format!("{}/oauth/{VERSION}/token", self.url);
        let answer = self.http.ask(Method::POST, &address, None, Sent::Form(fields), None).await?;
        let access = answer.text("access_token").filter(|_| answer.status == StatusCode::OK);
        let Some(access) = access else {
            let why = answer.text("message").or(answer.text("error_description"));
            return Err(match answer.status.as_u16() {
                400 | 401 | 403 => NoCrm::Revoked(said(why, answer.status)),
                _ => usual(&answer, why),
            });
        };
        let refresh = answer.text("refresh_token").map(str::to_owned);
        let lasts = answer.body["expires_in"].as_u64().map(Duration::from_secs);
        let account = answer.body["hub_id"].as_i64().map(|id| id.to_string());
        Ok(Grant { credentials: Credentials { access: access.to_owned(), refresh, base: None }, lasts, account })
    }

    async fn batch(&self, held: &Credentials, what: &str, rows: &[Row]) -> Result<Batch, NoCrm> {
        let inputs: Vec<_> = rows.iter().map(|row| input(row, what == "upsert")).collect();
        let path = format!("objects/contacts/batch/{what}");
        let answer = self.api(held, Method::POST, &path, Some(json!({ "inputs": inputs }))).await?;
        let mut found = HashMap::new();
        for result in answer.body["results"].as_array().into_iter().flatten() {
            let trace = result["objectWriteTraceId"].as_str().or(result["properties"][key()].as_str());
            if let (Some(trace), Some(id)) = (trace, result["id"].as_str()) {
                found.insert(trace.to_owned(), Brought::There(id.to_owned()));
            }
        }
        for error in answer.body["errors"].as_array().into_iter().flatten() {
            let failure = failed(error);
            for trace in error["context"]["objectWriteTraceId"].as_array().into_iter().flatten() {
                found.insert(trace.as_str().unwrap_or_default().to_owned(), failure.clone());
            }
        }
        let silent = || RowFailure::brought(RowFault::ForNow, "HubSpot said nothing of it");
        let rows = rows.iter().map(|row| found.remove(&row.lead.to_string()).unwrap_or_else(silent)).collect();
        Ok(Batch { rows, pause: pause(&answer) })
    }
}

fn input(row: &Row, by_key: bool) -> Json {
    let mut properties = row.values.clone();
    // An empty text empties a property.
    properties.values_mut().filter(|value| value.is_null()).for_each(|value| *value = "".into());
    let lead = row.lead.to_string();
    properties.insert(key().into(), lead.clone().into());
    match &row.external_id {
        Some(id) if !by_key => json!({ "id": id, "properties": properties, "objectWriteTraceId": lead }),
        _ => json!({ "id": lead, "idProperty": key(), "properties": properties, "objectWriteTraceId": lead }),
    }
}

/// How long to leave it alone, where its ten seconds are used up.
fn pause(answer: &Said) -> Option<Duration> {
    let left = answer.number("x-hubspot-ratelimit-remaining")?;
    let interval = answer.number("x-hubspot-ratelimit-interval-milliseconds").unwrap_or(10_000);
    (left == 0).then(|| Duration::from_millis(interval.min(60_000)))
}

/// What a refused request means.
fn refusal(answer: &Said) -> NoCrm {
    let why = answer.text("message");
    match (answer.status.as_u16(), answer.text("policyName")) {
        (429, Some("SECONDLY")) => NoCrm::Limited(answer.wait(Duration::from_secs(1)), said(why, answer.status)),
        // It ends at midnight, where the account is: nobody says when that is.
        (429, Some("DAILY")) => NoCrm::Limited(answer.wait(Duration::from_secs(3600)), said(why, answer.status)),
        (429, _) => NoCrm::Limited(answer.wait(Duration::from_secs(10)), said(why, answer.status)),
        _ => usual(answer, why),
    }
}

/// What one of several errors means.
fn failed(error: &Json) -> Brought {
    let message = error["message"].as_str().unwrap_or_default();
    let kind = match error["category"].as_str().unwrap_or_default() {
        "OBJECT_NOT_FOUND" => RowFault::Gone,
        "CONFLICT" => message
            .split_once("Existing ID: ")
            .map(|(_, id)| id.chars().take_while(char::is_ascii_digit).collect::<String>())
            .filter(|id| !id.is_empty())
            .map_or(RowFault::ForGood, RowFault::Known),
        "RATE_LIMITS" | "INTERNAL_ERROR" => RowFault::ForNow,
        _ => RowFault::ForGood,
    };
    RowFailure::brought(kind, message)
}

fn kind(kind: &str, field_type: &str, name: &str) -> RemoteType {
    match (kind, field_type) {
        ("string", "textarea" | "html") => RemoteType::LongText,
        ("string", "phonenumber") => RemoteType::Phone,
        ("phone_number", _) => RemoteType::Phone,
        ("string", _) if name == "email" => RemoteType::Email,
        ("string", _) => RemoteType::Text,
        ("number", _) => RemoteType::Number,
        ("date" | "datetime", _) => RemoteType::Time,
        ("bool", _) => RemoteType::Flag,
        ("enumeration", "booleancheckbox") => RemoteType::Flag,
        ("enumeration", "checkbox") => RemoteType::Other,
        ("enumeration", _) => RemoteType::Choice,
        _ => RemoteType::Other,
    }
}

#[async_trait]
impl Crm for Hubspot {
    fn authorization_url(&self, way: Way<'_>) -> Option<String> {
        authorize(&self.authorize_url, &self.client, way, &[("scope", SCOPES)])
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
        let Some(refresh) = &held.refresh else {
            return Err(NoCrm::Revoked("the key is not taken any more".into()));
        };
        let mut grant =
            self.tokens(vec![("grant_type", "refresh_token".into()), ("refresh_token", refresh.clone())]).await?;
        grant.credentials.refresh = grant.credentials.refresh.or_else(|| Some(refresh.clone()));
        Ok(grant)
    }

    async fn revoke(&self, held: &Credentials) -> Result<(), NoCrm> {
        let Some(refresh) = &held.refresh else { return Ok(()) };
        let address = format!("{}/oauth/v1/refresh-tokens/{refresh}", self.url);
        self.http.ask(Method::DELETE, &address, None, Sent::Nothing, None).await.map(drop)
    }

    async fn describe(&self, held: &Credentials) -> Result<Vec<RemoteField>, NoCrm> {
        let answer = self.api(held, Method::GET, "properties/contacts", None).await?;
        let field = |it: &Json| {
            let text = |name: &str| it[name].as_str().unwrap_or_default();
            let options = it["options"].as_array().into_iter().flatten();
            let flag = |value: &Json| value.as_bool().unwrap_or_default();
            RemoteField {
                name: text("name").to_owned(),
                label: text("label").to_owned(),
                kind: kind(text("type"), text("fieldType"), text("name")),
                required: false,
                read_only: flag(&it["modificationMetadata"]["readOnlyValue"]) || flag(&it["calculated"]),
                unique: flag(&it["hasUniqueValue"]),
                choices: options.filter_map(|option| option["value"].as_str().map(str::to_owned)).collect(),
                length: None,
            }
        };
        Ok(answer.body["results"].as_array().into_iter().flatten().map(field).collect())
    }

    async fn upsert(&self, held: &Credentials, rows: &[Row]) -> Result<Batch, NoCrm> {
        self.batch(held, "upsert", rows).await
    }

    async fn update(&self, held: &Credentials, rows: &[Row]) -> Result<Batch, NoCrm> {
        self.batch(held, "update", rows).await
    }

    async fn delete(&self, held: &Credentials, external_id: &str) -> Result<(), NoCrm> {
        let address = format!("{}/crm/{VERSION}/objects/contacts/{external_id}", self.url);
        let bearer = format!("Bearer {}", held.access);
        let answer = self.http.ask(Method::DELETE, &address, Some(&bearer), Sent::Nothing, None).await?;
        match answer.status {
            StatusCode::NOT_FOUND => Ok(()),
            status if status.is_success() => Ok(()),
            _ => Err(refusal(&answer)),
        }
    }

    async fn changes(&self, held: &Credentials, since: DateTime<Utc>, fields: &[String]) -> Result<Changes, NoCrm> {
        let mut found = Vec::new();
        let mut after = None::<String>;
        let properties: Vec<_> = fields.iter().map(String::as_str).chain([key(), "lastmodifieddate"]).collect();
        for _ in 0..PAGES {
            let mut body = json!({
                "filterGroups": [{ "filters": [
                    { "propertyName": "lastmodifieddate", "operator": "GTE", "value": since.timestamp_millis().to_string() },
                    { "propertyName": key(), "operator": "HAS_PROPERTY" },
                ] }],
                "properties": properties,
                "sorts": [{ "propertyName": "lastmodifieddate", "direction": "ASCENDING" }],
                "limit": PAGE,
            });
            if let Some(after) = &after {
                body["after"] = after.clone().into();
            }
            let answer = self.api(held, Method::POST, "objects/contacts/search", Some(body)).await?;
            for it in answer.body["results"].as_array().into_iter().flatten() {
                let modified = it["updatedAt"].as_str().or(it["properties"]["lastmodifieddate"].as_str());
                let Some(Ok(modified_at)) = modified.map(str::parse::<DateTime<Utc>>) else { continue };
                found.push(Remote {
                    external_id: it["id"].as_str().unwrap_or_default().to_owned(),
                    lead: it["properties"][key()].as_str().unwrap_or_default().to_owned(),
                    modified_at,
                    values: fields.iter().map(|name| (name.clone(), as_text(&it["properties"][name]))).collect(),
                });
            }
            after = answer.body["paging"]["next"]["after"].as_str().map(str::to_owned);
            if after.is_none() {
                break;
            }
        }
        Ok(Changes { records: found, go_on: after.is_some() })
    }

    async fn account(&self, held: &Credentials) -> Result<Option<String>, NoCrm> {
        let address = format!("{}/account-info/{VERSION}/details", self.url);
        let bearer = format!("Bearer {}", held.access);
        let answer = self.http.ask(Method::GET, &address, Some(&bearer), Sent::Nothing, None).await?;
        match answer.status.as_u16() {
            200 => Ok(answer.body["portalId"].as_i64().map(|id| id.to_string())),
            // A key may be let do what we need and not that.
            403 | 404 => Ok(None),
            _ => Err(refusal(&answer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_a_row_says_what_to_do_about_it() {
        let of = |category: &str, message: &str| failed(&json!({ "category": category, "message": message }));
        let kind = |brought: Brought| match brought {
            Brought::Not(failure) => failure.kind,
            Brought::There(id) => panic!("{id}"),
        };
        let known = of("CONFLICT", "Contact already exists. Existing ID: 123");
        assert_eq!(kind(known), RowFault::Known("123".into()));
        assert_eq!(kind(of("CONFLICT", "something else")), RowFault::ForGood);
        assert_eq!(kind(of("OBJECT_NOT_FOUND", "")), RowFault::Gone);
        assert_eq!(kind(of("VALIDATION_ERROR", "")), RowFault::ForGood);
    }
}
