//! Zoho CRM.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::{Asked, Crm, Field, Holds, Play, Said, field};

pub(super) fn fields() -> Vec<Field> {
    let mut fields: Vec<_> = ["First_Name", "Company", "Description"].map(|name| field(name, Holds::Text)).into();
    fields.push(Field { required: true, ..field("Last_Name", Holds::Text) });
    fields.push(Field { unique: true, ..field("Email", Holds::Email) });
    fields.push(field("Phone", Holds::Phone));
    fields.push(field("No_of_Employees", Holds::Number));
    fields.push(field("Lead_Status", Holds::Choice));
    fields.push(Field { read_only: true, ..field("Modified_Time", Holds::Text) });
    fields.push(Field { unique: true, ..field("Frontdesk_Id", Holds::Text) });
    fields
}

fn error(status: u16, code: &str, message: &str) -> Said {
    Said::new(status, json!({ "code": code, "details": {}, "message": message, "status": "error" }))
}

/// It does not say for how long.
pub(super) fn limited() -> Said {
    error(429, "TOO_MANY_REQUESTS", "too many requests fired in concurrency")
}

fn described(field: &Field) -> Value {
    let kind = match field.holds {
        Holds::Text => "text",
        Holds::Email => "email",
        Holds::Phone => "phone",
        Holds::Number => "integer",
        Holds::Choice => "picklist",
    };
    let unique = if field.unique { json!({ "casesensitive": false }) } else { json!({}) };
    let values = if field.holds == Holds::Choice { json!([{ "actual_value": "New" }]) } else { json!([]) };
    json!({ "api_name": field.name, "field_label": field.name, "data_type": kind, "length": 255,
        "system_mandatory": field.required, "read_only": field.read_only, "unique": unique, "pick_list_values": values })
}

pub(super) fn answer(crm: &Crm, asked: &Asked, play: Option<Play>) -> Said {
    match (asked.method.as_str(), asked.path.as_str()) {
        // What is wrong with a token comes with 200 too.
        ("POST", "/oauth/v2/token") => {
            return match crm.tokens(&asked.form(), false) {
                Ok((access, refresh)) => Said::new(
                    200,
                    json!({ "access_token": access, "refresh_token": refresh, "api_domain": crm.url,
                    "token_type": "Bearer", "expires_in": 3600 }),
                ),
                Err(why) => Said::new(200, json!({ "error": why })),
            };
        }
        ("POST", "/oauth/v2/token/revoke") => {
            crm.revoke();
            return Said::new(200, json!({ "status": "success" }));
        }
        _ => {}
    }
    if !crm.lets_in(asked.header("authorization"), "Zoho-oauthtoken") {
        return error(401, "INVALID_TOKEN", "invalid oauth token");
    }
    let said = match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/crm/v8/settings/fields") => {
            let all: Vec<_> = crm.world().fields.iter().map(described).collect();
            Said::new(200, json!({ "fields": all }))
        }
        ("POST", "/crm/v8/Leads/upsert") => several(crm, &asked.json(), true),
        ("PUT", "/crm/v8/Leads") => several(crm, &asked.json(), false),
        ("GET", "/crm/v8/Leads") => list(crm, asked),
        ("DELETE", path) if path.starts_with("/crm/v8/Leads/") => {
            match crm.world().records.remove(path.trim_start_matches("/crm/v8/Leads/")) {
                Some(_) => Said::new(200, json!({ "data": [{ "code": "SUCCESS", "status": "success" }] })),
                None => error(400, "INVALID_DATA", "the id given seems to be invalid"),
            }
        }
        _ => error(404, "INVALID_URL_PATTERN", "Please check if the URL is correct"),
    };
    if play == Some(Play::Last) { said.with("X-API-CREDITS-REMAINING", 0) } else { said }
}

fn several(crm: &Crm, body: &Value, upserts: bool) -> Said {
    let data = body["data"].as_array().cloned().unwrap_or_default();
    if data.is_empty() || data.len() > 100 {
        return error(400, "INVALID_DATA", "data holds 1 to 100 records");
    }
    let mut world = crm.world();
    let mut results = Vec::new();
    for record in data {
        let mut values: Map<_, _> = record.as_object().cloned().unwrap_or_default();
        let fails = |code: &str, details: Value| json!({ "code": code, "details": details, "message": "it is not right", "status": "error" });
        let id = values.remove("id");
        let of = if upserts {
            let checked = body["duplicate_check_fields"].as_array().cloned().unwrap_or_default();
            let given = checked.iter().filter_map(Value::as_str);
            let mut found = None;
            for name in given.chain(["Email"]) {
                let value = values.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
                found = found.or_else(|| world.find(name, value?));
            }
            found
        } else {
            match id.as_ref().and_then(Value::as_str).filter(|id| world.records.get(id).is_some()) {
                Some(id) => Some(id.to_owned()),
                None => {
                    results.push(fails("INVALID_DATA", json!({ "api_name": "id" })));
                    continue;
                }
            }
        };
        results.push(match world.wrong(&values, of.as_deref(), &["Email", "Frontdesk_Id"]) {
            Some(wrong) => match wrong.what {
                "missing" => fails("MANDATORY_NOT_FOUND", json!({ "api_name": wrong.field })),
                "duplicate" => fails("DUPLICATE_DATA", json!({ "api_name": wrong.field, "id": wrong.existing })),
                _ => fails("INVALID_DATA", json!({ "api_name": wrong.field })),
            },
            None => {
                let (id, new) = world.put(of, &values);
                json!({ "code": "SUCCESS", "details": { "id": id }, "status": "success", "message": "record added",
                    "action": if new { "insert" } else { "update" } })
            }
        });
    }
    let failed = results.iter().any(|result| result["status"] == "error");
    Said::new(if failed { 207 } else { 200 }, json!({ "data": results }))
}

fn list(crm: &Crm, asked: &Asked) -> Said {
    let Some(fields) = asked.query.get("fields") else {
        return error(400, "REQUIRED_PARAM_MISSING", "fields is mandatory");
    };
    let since = asked.header("if-modified-since").parse::<DateTime<Utc>>().unwrap_or_default();
    let found = crm.world().since(since);
    if found.is_empty() {
        return Said::new(304, Value::Null);
    }
    let mut data = Vec::new();
    for (id, record) in found {
        let mut shown = json!({ "id": id });
        for name in fields.split(',') {
            shown[name] = match name {
                "Modified_Time" => record.modified.to_rfc3339_opts(SecondsFormat::Millis, true).into(),
                name => record.values.get(name).filter(|it| !it.is_empty()).cloned().into(),
            };
        }
        data.push(shown);
    }
    Said::new(200, json!({ "data": data, "info": { "more_records": false } }))
}
