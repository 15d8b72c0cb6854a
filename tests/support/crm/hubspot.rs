//! HubSpot.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::{Asked, Crm, Field, Holds, Play, Record, Said, Wrong, field};

/// So many results one search gives.
const FOUND: usize = 10_000;

pub(super) fn fields() -> Vec<Field> {
    let mut fields: Vec<_> =
        ["firstname", "lastname", "company", "message"].map(|name| field(name, Holds::Text)).into();
    fields.push(Field { unique: true, ..field("email", Holds::Email) });
    fields.push(field("phone", Holds::Phone));
    fields.push(field("numemployees", Holds::Number));
    fields.push(field("hs_lead_status", Holds::Choice));
    fields.push(Field { read_only: true, ..field("hs_object_id", Holds::Text) });
    fields.push(Field { read_only: true, ..field("lastmodifieddate", Holds::Text) });
    fields.push(Field { unique: true, ..field("frontdesk_lead_id", Holds::Text) });
    fields
}

fn error(status: u16, category: &str, message: &str) -> Said {
    Said::new(status, json!({ "status": "error", "message": message, "correlationId": "c0ffee", "category": category }))
}

pub(super) fn limited() -> Said {
    Said::new(
        429,
        json!({ "status": "error", "message": "You have reached your secondly limit.", "errorType": "RATE_LIMIT",
            "policyName": "SECONDLY", "correlationId": "c0ffee" }),
    )
}

fn described(field: &Field) -> Value {
    let (kind, field_type) = match field.holds {
        Holds::Text | Holds::Email => ("string", "text"),
        Holds::Phone => ("string", "phonenumber"),
        Holds::Number => ("number", "number"),
        Holds::Choice => ("enumeration", "select"),
    };
    let options = if field.holds == Holds::Choice { json!([{ "label": "New", "value": "NEW" }]) } else { json!([]) };
    json!({ "name": field.name, "label": field.name, "type": kind, "fieldType": field_type, "options": options,
        "hasUniqueValue": field.unique, "calculated": false, "modificationMetadata": { "readOnlyValue": field.read_only } })
}

fn shown(id: &str, record: &Record) -> Value {
    let at = record.modified.to_rfc3339_opts(SecondsFormat::Millis, true);
    json!({ "id": id, "properties": record.values, "createdAt": at, "updatedAt": at, "archived": false })
}

pub(super) fn answer(crm: &Crm, asked: &Asked, play: Option<Play>) -> Said {
    let path = asked.path.as_str();
    match (asked.method.as_str(), path) {
        ("POST", "/oauth/v3/token") => {
            return match crm.tokens(&asked.form(), false) {
                Ok((access, refresh)) => Said::new(
                    200,
                    json!({ "access_token": access, "refresh_token": refresh, "expires_in": 1800, "token_type": "bearer",
                        "hub_id": 1_234_560 + crm.world().account }),
                ),
                Err(why) => Said::new(400, json!({ "status": "BAD_REFRESH_TOKEN", "message": why })),
            };
        }
        ("DELETE", path) if path.starts_with("/oauth/v1/refresh-tokens/") => {
            crm.revoke();
            return Said::new(204, Value::Null);
        }
        _ => {}
    }
    if !crm.lets_in(asked.header("authorization"), "Bearer") {
        return error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.");
    }
    let said = match (asked.method.as_str(), path) {
        ("GET", "/crm/v3/properties/contacts") => {
            let all: Vec<_> = crm.world().fields.iter().map(described).collect();
            Said::new(200, json!({ "results": all }))
        }
        ("GET", "/account-info/v3/details") => {
            Said::new(200, json!({ "portalId": 1_234_560 + crm.world().account, "timeZone": "US/Eastern" }))
        }
        ("POST", "/crm/v3/objects/contacts/batch/upsert") => batch(crm, &asked.json(), true),
        ("POST", "/crm/v3/objects/contacts/batch/update") => batch(crm, &asked.json(), false),
        ("POST", "/crm/v3/objects/contacts/search") => search(crm, &asked.json()),
        ("DELETE", path) => match path.strip_prefix("/crm/v3/objects/contacts/") {
            Some(id) => {
                crm.remove(id);
                Said::new(204, Value::Null)
            }
            None => error(404, "OBJECT_NOT_FOUND", "Not found"),
        },
        _ => error(404, "OBJECT_NOT_FOUND", "Not found"),
    };
    let left = if play == Some(Play::Last) { 0 } else { 99 };
    said.with("X-HubSpot-RateLimit-Max", 100)
        .with("X-HubSpot-RateLimit-Remaining", left)
        .with("X-HubSpot-RateLimit-Interval-Milliseconds", 1000)
}

fn batch(crm: &Crm, body: &Value, upserts: bool) -> Said {
    let inputs = body["inputs"].as_array().cloned().unwrap_or_default();
    if inputs.is_empty() || inputs.len() > 100 {
        return error(400, "VALIDATION_ERROR", "a batch holds 1 to 100 inputs");
    }
    let mut world = crm.world();
    let properties = |input: &Value| input["properties"].as_object().cloned().unwrap_or_default();
    // What no record could hold refuses them all.
    for input in &inputs {
        let wrong = world.wrong(&properties(input), None, &[]);
        if let Some(Wrong { what: "unknown" | "read-only", field, .. }) = wrong {
            return error(400, "VALIDATION_ERROR", &format!("Property \"{field}\" cannot be set"));
        }
    }
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for input in &inputs {
        let (values, trace): (Map<_, _>, _) = (properties(input), input["objectWriteTraceId"].clone());
        let id = input["id"].as_str().unwrap_or_default();
        let mut refuse = |category: &str, message: String| {
            errors.push(json!({ "status": "error", "category": category, "message": message, "context": { "objectWriteTraceId": [trace] } }));
        };
        let of = match (upserts, input["idProperty"].as_str()) {
            (true, Some(property)) => world.find(property, id),
            (true, None) => {
                refuse("VALIDATION_ERROR", "idProperty is required".into());
                continue;
            }
            (false, _) if world.records.get(id).is_none() => {
                refuse("OBJECT_NOT_FOUND", format!("{id} was not found"));
                continue;
            }
            (false, _) => Some(id.to_owned()),
        };
        match world.wrong(&values, of.as_deref(), &["email", "frontdesk_lead_id"]) {
            Some(Wrong { what: "duplicate", existing: Some(id), .. }) => {
                refuse("CONFLICT", format!("Contact already exists. Existing ID: {id}"));
            }
            Some(wrong) => {
                refuse("VALIDATION_ERROR", format!("Property values were not valid: {} is {}", wrong.field, wrong.what))
            }
            None => {
                let (id, new) = world.put(of, &values);
                let mut shown = shown(&id, world.records.get(&id).expect("a record"));
                shown["new"] = new.into();
                shown["objectWriteTraceId"] = trace;
                results.push(shown);
            }
        }
    }
    let status = if errors.is_empty() { 200 } else { 207 };
    Said::new(status, json!({ "status": "COMPLETE", "results": results, "numErrors": errors.len(), "errors": errors }))
}

fn search(crm: &Crm, body: &Value) -> Said {
    let filters = body["filterGroups"][0]["filters"].as_array().cloned().unwrap_or_default();
    let since = filters.iter().find(|filter| filter["propertyName"] == "lastmodifieddate");
    let since = since
        .and_then(|filter| filter["value"].as_str()?.parse().ok())
        .and_then(DateTime::<Utc>::from_timestamp_millis);
    let limit = body["limit"].as_u64().unwrap_or(10);
    if limit > 200 {
        return error(400, "VALIDATION_ERROR", "limit is 200 at most");
    }
    let found = crm.world().since(since.unwrap_or_default());
    let found: Vec<_> = found.iter().filter(|(_, record)| record.values.contains_key("frontdesk_lead_id")).collect();
    let after: usize = body["after"].as_str().and_then(|after| after.parse().ok()).unwrap_or_default();
    let end = after.saturating_add(usize::try_from(limit).expect("a limit"));
    if end > FOUND {
        return error(400, "VALIDATION_ERROR", "a search gives 10000 results at most");
    }
    let results: Vec<_> = found.iter().take(end).skip(after).map(|(id, record)| shown(id, record)).collect();
    let mut said = json!({ "total": found.len(), "results": results });
    if end < found.len() {
        said["paging"]["next"]["after"] = end.to_string().into();
    }
    Said::new(200, said)
}
