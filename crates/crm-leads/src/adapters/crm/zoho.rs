//! Zoho CRM: its module `Leads`.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use hyper::{Method, StatusCode};
use serde_json::{Value as Json, json};
use url::form_urlencoded;

use super::{
    CrmClient,
    http::{Http, Said, Sent, as_text, authorize, ours, usual},
};
use crate::{
    domain::crm_connections::remote::{
        Batch, Brought, Changes, Credentials, Grant, NoCrm, Remote, RemoteField, RemoteType, Row, RowFailure, RowFault,
    },
    ports::crm::{Crm, Way},
    store::crm_connections::connection::CrmProvider,
};

/// The version of its API that this speaks.
const VERSION: &str = "v8";
/// What we ask to be let do.
const SCOPES: &str = "ZohoCRM.modules.leads.ALL,ZohoCRM.settings.fields.READ";
/// How long it is left alone where it gave too many tokens in ten minutes.
const TOKENS: Duration = Duration::from_secs(600);
/// How long it is left alone once its credits are used up: they come back within a day, one by one.
const CREDITS: Duration = Duration::from_secs(3600);
/// How many pages of one question are read; each holds 200.
const PAGES: usize = 10;

fn key() -> &'static str {
    CrmProvider::Zoho.key_field()
}

/// Asks Zoho.
pub(super) struct Zoho {
    pub(super) http: Http,
    pub(super) client: CrmClient,
    pub(super) url: String,
}

impl Zoho {
    async fn ask(
        &self,
        held: &Credentials,
        method: Method,
        path: &str,
        body: Option<Json>,
        since: Option<DateTime<Utc>>,
    ) -> Result<Said, NoCrm> {
        let answer = self.said(held, method, path, body, since).await?;
        let fine = answer.status.is_success() || answer.status == StatusCode::NOT_MODIFIED;
        if fine { Ok(answer) } else { Err(usual(&answer, answer.text("message"))) }
    }

    /// The same, also where it is a refusal.
    async fn said(
        &self,
        held: &Credentials,
        method: Method,
        path: &str,
        body: Option<Json>,
        since: Option<DateTime<Utc>>,
    ) -> Result<Said, NoCrm> {
        let base = held.base.as_deref().unwrap_or_default().trim_end_matches('/');
        let address = format!("{base}/crm/{VERSION}/{path}");
        let token = format!("Zoho-oauthtoken {}", held.access);
        self.http.ask(method, &address, Some(&token), body.map_or(Sent::Nothing, Sent::Json), since).await
    }

    async fn tokens(&self, mut fields: Vec<(&'static str, String)>) -> Result<Grant, NoCrm> {
        fields.extend(ours(&self.client));
        let address = format!("{}/oauth/v2/token", self.url);
        let answer = self.http.ask(Method::POST, &address, None, Sent::Form(fields), None).await?;
        // What is wrong comes with 200 too.
        if let Some(error) = answer.text("error") {
            let why = answer.text("error_description").unwrap_or(error).to_owned();
            return Err(match error {
                "Access Denied" => NoCrm::Limited(TOKENS, why),
                _ => NoCrm::Revoked(why),
            });
        }
        let access = answer.text("access_token").filter(|_| answer.status == StatusCode::OK);
        let (Some(access), Some(base)) = (access, answer.text("api_domain")) else {
            return Err(match answer.status.as_u16() {
                200 => NoCrm::Away("its answer holds no token".into()),
                _ => usual(&answer, None),
            });
        };
        let refresh = answer.text("refresh_token").map(str::to_owned);
        let lasts = answer.body["expires_in"].as_u64().map(Duration::from_secs);
        Ok(Grant {
            credentials: Credentials { access: access.to_owned(), refresh, base: Some(base.to_owned()) },
            lasts,
            account: None,
        })
    }

    async fn several(
        &self,
        held: &Credentials,
        method: Method,
        path: &str,
        body: Json,
        count: usize,
    ) -> Result<Batch, NoCrm> {
        let answer = self.ask(held, method, path, Some(body), None).await?;
        let results = answer.body["data"].as_array().map(Vec::as_slice).unwrap_or_default();
        let silent = || RowFailure::brought(RowFault::ForNow, "Zoho said nothing of it");
        let rows = (0..count).map(|n| results.get(n).map_or_else(silent, brought)).collect();
        let used_up = answer.number("x-api-credits-remaining") == Some(0);
        Ok(Batch { rows, pause: used_up.then_some(CREDITS) })
    }
}

fn record(row: &Row, by_key: bool) -> Json {
    let mut record = row.values.clone();
    record.insert(key().into(), row.lead.to_string().into());
    if let (Some(id), false) = (&row.external_id, by_key) {
        record.insert("id".into(), id.clone().into());
    }
    Json::Object(record)
}

/// What became of one of several.
fn brought(result: &Json) -> Brought {
    let (code, details) = (result["code"].as_str().unwrap_or_default(), &result["details"]);
    if code == "SUCCESS" {
        return Brought::There(details["id"].as_str().unwrap_or_default().to_owned());
    }
    let field = details["api_name"].as_str().unwrap_or_default();
    let message = format!("{code} ({field}): {}", result["message"].as_str().unwrap_or_default());
    let kind = match (code, field) {
        ("DUPLICATE_DATA", _) => match details["id"].as_str().or(details["duplicate_record"]["id"].as_str()) {
            Some(id) => RowFault::Known(id.to_owned()),
            None => RowFault::ForGood,
        },
        ("INVALID_DATA", "id") => RowFault::Gone,
        ("INTERNAL_ERROR", _) => RowFault::ForNow,
        _ => RowFault::ForGood,
    };
    RowFailure::brought(kind, &message)
}

fn kind(kind: &str) -> RemoteType {
    match kind {
        "text" | "website" => RemoteType::Text,
        "textarea" => RemoteType::LongText,
        "email" => RemoteType::Email,
        "phone" => RemoteType::Phone,
        "integer" | "bigint" | "double" | "currency" | "percent" => RemoteType::Number,
        "date" | "datetime" => RemoteType::Time,
        "picklist" => RemoteType::Choice,
        "boolean" => RemoteType::Flag,
        _ => RemoteType::Other,
    }
}

#[async_trait]
impl Crm for Zoho {
    fn authorization_url(&self, way: Way<'_>) -> Option<String> {
        let more = [("scope", SCOPES), ("access_type", "offline"), ("prompt", "consent")];
        authorize(&format!("{}/oauth/v2/auth", self.url), &self.client, way, &more)
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
        grant.credentials.refresh = grant.credentials.refresh.or(Some(refresh));
        Ok(grant)
    }

    async fn revoke(&self, held: &Credentials) -> Result<(), NoCrm> {
        let address = format!("{}/oauth/v2/token/revoke", self.url);
        let token = held.refresh.as_ref().unwrap_or(&held.access).clone();
        self.http.ask(Method::POST, &address, None, Sent::Form(vec![("token", token)]), None).await.map(drop)
    }

    async fn describe(&self, held: &Credentials) -> Result<Vec<RemoteField>, NoCrm> {
        let answer = self.ask(held, Method::GET, "settings/fields?module=Leads", None, None).await?;
        let field = |it: &Json| {
            let text = |name: &str| it[name].as_str().unwrap_or_default();
            let flag = |name: &str| it[name].as_bool().unwrap_or_default();
            let values = it["pick_list_values"].as_array().into_iter().flatten();
            RemoteField {
                name: text("api_name").to_owned(),
                label: text("field_label").to_owned(),
                kind: kind(text("data_type")),
                required: flag("system_mandatory"),
                read_only: flag("read_only") || flag("field_read_only"),
                unique: it["unique"].as_object().is_some_and(|unique| !unique.is_empty()),
                choices: values.filter_map(|it| it["actual_value"].as_str().map(str::to_owned)).collect(),
                length: it["length"].as_u64().and_then(|length| u32::try_from(length).ok()),
            }
        };
        Ok(answer.body["fields"].as_array().into_iter().flatten().map(field).collect())
    }

    async fn upsert(&self, held: &Credentials, rows: &[Row]) -> Result<Batch, NoCrm> {
        let data: Vec<_> = rows.iter().map(|row| record(row, true)).collect();
        let body = json!({ "data": data, "duplicate_check_fields": [key()] });
        self.several(held, Method::POST, "Leads/upsert", body, rows.len()).await
    }

    async fn update(&self, held: &Credentials, rows: &[Row]) -> Result<Batch, NoCrm> {
        let data: Vec<_> = rows.iter().map(|row| record(row, false)).collect();
        self.several(held, Method::PUT, "Leads", json!({ "data": data }), rows.len()).await
    }

    async fn delete(&self, held: &Credentials, external_id: &str) -> Result<(), NoCrm> {
        let answer = self.said(held, Method::DELETE, &format!("Leads/{external_id}"), None, None).await?;
        let one = &answer.body["data"][0];
        let (code, message) =
            (answer.text("code").or(one["code"].as_str()), answer.text("message").or(one["message"].as_str()));
        match code {
            // What is gone is an invalid id.
            Some("INVALID_DATA") => Ok(()),
            Some("SUCCESS") | None if answer.status.is_success() => Ok(()),
            _ if answer.status == StatusCode::NOT_FOUND => Ok(()),
            _ => Err(usual(&answer, message)),
        }
    }

    async fn changes(&self, held: &Credentials, since: DateTime<Utc>, fields: &[String]) -> Result<Changes, NoCrm> {
        let columns: Vec<_> = fields.iter().map(String::as_str).chain([key(), "Modified_Time"]).collect();
        let mut found = Vec::new();
        let mut more = false;
        for page in 1..=PAGES {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("fields", &columns.join(","))
                .append_pair("sort_by", "Modified_Time")
                .append_pair("sort_order", "asc")
                .append_pair("per_page", "200")
                .append_pair("page", &page.to_string())
                .finish();
            let answer = self.ask(held, Method::GET, &format!("Leads?{query}"), None, Some(since)).await?;
            for it in answer.body["data"].as_array().into_iter().flatten() {
                let modified = it["Modified_Time"].as_str().map(DateTime::parse_from_rfc3339);
                let (Some(Ok(modified)), Some(lead)) = (modified, it[key()].as_str()) else { continue };
                found.push(Remote {
                    external_id: it["id"].as_str().unwrap_or_default().to_owned(),
                    lead: lead.to_owned(),
                    modified_at: modified.to_utc(),
                    values: fields.iter().map(|name| (name.clone(), as_text(&it[name]))).collect(),
                });
            }
            more = answer.body["info"]["more_records"] == true;
            if !more {
                break;
            }
        }
        Ok(Changes { records: found, go_on: more })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_one_of_several_is_read_from_its_code() {
        let done = brought(&json!({ "code": "SUCCESS", "details": { "id": "7" }, "status": "success" }));
        assert_eq!(done, Brought::There("7".into()));
        let known = brought(&json!({ "code": "DUPLICATE_DATA", "details": { "api_name": "Email", "id": "9" } }));
        assert!(matches!(known, Brought::Not(RowFailure { kind: RowFault::Known(id), .. }) if id == "9"));
        let gone = brought(&json!({ "code": "INVALID_DATA", "details": { "api_name": "id" } }));
        assert!(matches!(gone, Brought::Not(RowFailure { kind: RowFault::Gone, .. })));
        let missing = brought(&json!({ "code": "MANDATORY_NOT_FOUND", "details": { "api_name": "Last_Name" } }));
        assert!(
            matches!(missing, Brought::Not(RowFailure { kind: RowFault::ForGood, message }) if message.contains("Last_Name"))
        );
    }
}
