//! Salesforce.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{Asked, Crm, Field, Holds, Play, Said, field};

pub(super) fn fields() -> Vec<Field> {
    let mut fields: Vec<_> = ["FirstName", "Description", "LeadSource"].map(|name| field(name, Holds::Text)).into();
    fields.push(Field { required: true, ..field("LastName", Holds::Text) });
    fields.push(Field { required: true, ..field("Company", Holds::Text) });
    fields.push(field("Email", Holds::Email));
    fields.push(field("Phone", Holds::Phone));
    fields.push(field("NumberOfEmployees", Holds::Number));
    fields.push(field("Rating", Holds::Choice));
    fields.push(Field { read_only: true, ..field("Id", Holds::Text) });
    fields.push(Field { read_only: true, ..field("SystemModstamp", Holds::Text) });
    fields.push(Field { unique: true, ..field("Frontdesk_Id__c", Holds::Text) });
    fields
}

fn error(status: u16, code: &str, message: &str) -> Said {
    Said::new(status, json!([{ "message": message, "errorCode": code }]))
}

pub(super) fn limited() -> Said {
    error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        .with("Retry-After", 1)
        .with("Sforce-Limit-Info", "api-usage=15000/15000")
}

fn described(field: &Field) -> Value {
    let kind = match field.holds {
        Holds::Text => "string",
        Holds::Email => "email",
        Holds::Phone => "phone",
        Holds::Number => "int",
        Holds::Choice => "picklist",
    };
    let values = if field.holds == Holds::Choice { json!([{ "value": "Hot", "active": true }]) } else { json!([]) };
    json!({ "name": field.name, "label": field.name, "type": kind, "length": 255, "nillable": !field.required,
        "defaultedOnCreate": false, "createable": !field.read_only, "updateable": !field.read_only, "unique": field.unique,
        "externalId": field.unique, "picklistValues": values })
}

pub(super) fn answer(crm: &Crm, asked: &Asked, play: Option<Play>) -> Said {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", "/services/oauth2/token") => {
            return match crm.tokens(&asked.form(), true) {
                Ok((access, refresh)) => Said::new(
                    200,
                    json!({ "access_token": access, "refresh_token": refresh, "instance_url": crm.url,
                    "id": format!("{}/id/00D00000000000{}/005000000000001", crm.url, crm.world().account),
                    "token_type": "Bearer", "issued_at": "1764400000000", "signature": "x" }),
                ),
                Err(why) => {
                    Said::new(400, json!({ "error": why, "error_description": "expired access/refresh token" }))
                }
            };
        }
        ("POST", "/services/oauth2/revoke") => {
            crm.revoke();
            return Said::new(200, Value::Null);
        }
        _ => {}
    }
    if !crm.lets_in(asked.header("authorization"), "Bearer") {
        return error(401, "INVALID_SESSION_ID", "Session expired or invalid");
    }
    let Some(path) = asked.path.strip_prefix("/services/data/v67.0/") else {
        return error(404, "NOT_FOUND", "no such version");
    };
    let said = match (asked.method.as_str(), path) {
        ("GET", "sobjects/Lead/describe") => {
            let all: Vec<_> = crm.world().fields.iter().map(described).collect();
            Said::new(200, json!({ "name": "Lead", "fields": all }))
        }
        ("PATCH", "composite/sobjects/Lead/Frontdesk_Id__c") => collection(crm, &asked.json(), true),
        ("PATCH", "composite/sobjects") => collection(crm, &asked.json(), false),
        ("GET", "query") => query(crm, asked.query.get("q").map(String::as_str).unwrap_or_default()),
        ("DELETE", path) if path.starts_with("sobjects/Lead/") => {
            let id = path.trim_start_matches("sobjects/Lead/");
            let known = crm.world().records.remove(id).is_some();
            if known { Said::new(204, Value::Null) } else { error(404, "ENTITY_IS_DELETED", "entity is deleted") }
        }
        _ => error(404, "NOT_FOUND", "The requested resource does not exist"),
    };
    let used = if play == Some(Play::Last) { 15_000 } else { 20 };
    said.with("Sforce-Limit-Info", format!("api-usage={used}/15000"))
}

fn collection(crm: &Crm, body: &Value, upserts: bool) -> Said {
    let records = body["records"].as_array().cloned().unwrap_or_default();
    if records.is_empty() || records.len() > 200 || body["allOrNone"] != false {
        return error(400, "EXCEEDED_MAX_SIZE_REQUEST", "a collection holds 1 to 200 records");
    }
    let mut world = crm.world();
    let mut results = Vec::new();
    for record in records {
        let mut values: Map<_, _> = record.as_object().cloned().unwrap_or_default();
        let fails = |code: &str, message: String, fields: Value| json!({ "success": false, "errors": [{ "statusCode": code, "message": message, "fields": fields }] });
        if values.remove("attributes").is_none_or(|it| it["type"] != "Lead") {
            return error(400, "INVALID_TYPE", "a record says its type");
        }
        let id = values.remove("id");
        let of = if upserts {
            let key = values.get("Frontdesk_Id__c").and_then(Value::as_str).unwrap_or_default();
            if key.is_empty() || id.is_some() {
                results.push(fails("MISSING_ARGUMENT", "Frontdesk_Id__c not specified".into(), json!([])));
                continue;
            }
            world.find("Frontdesk_Id__c", key)
        } else {
            match id.as_ref().and_then(Value::as_str).filter(|id| world.records.get(id).is_some()) {
                Some(id) => Some(id.to_owned()),
                None => {
                    results.push(fails("ENTITY_IS_DELETED", "entity is deleted".into(), json!([])));
                    continue;
                }
            }
        };
        results.push(match world.wrong(&values, of.as_deref(), &["Frontdesk_Id__c"]) {
            Some(wrong) => {
                let code = match wrong.what {
                    "unknown" => "INVALID_FIELD",
                    "read-only" => "INVALID_FIELD_FOR_INSERT_UPDATE",
                    "missing" => "REQUIRED_FIELD_MISSING",
                    "duplicate" => "DUPLICATE_VALUE",
                    _ if wrong.field == "Email" => "INVALID_EMAIL_ADDRESS",
                    _ => "JSON_PARSER_ERROR",
                };
                fails(code, format!("{} is {}", wrong.field, wrong.what), json!([wrong.field]))
            }
            None => {
                let (id, created) = world.put(of, &values);
                json!({ "id": id, "success": true, "created": created, "errors": [] })
            }
        });
    }
    Said::new(200, Value::Array(results))
}

fn query(crm: &Crm, query: &str) -> Said {
    let since = query.split("SystemModstamp >= ").nth(1).and_then(|rest| rest.split(' ').next());
    let Some(Ok(since)) = since.map(str::parse::<DateTime<Utc>>) else {
        return error(400, "MALFORMED_QUERY", "unexpected token");
    };
    let columns = query.trim_start_matches("SELECT ").split(" FROM ").next().unwrap_or_default();
    let world = crm.world();
    let mut records = Vec::new();
    for (id, record) in world.since(since) {
        if !record.values.contains_key("Frontdesk_Id__c") {
            continue;
        }
        let mut shown = json!({ "attributes": { "type": "Lead" } });
        for column in columns.split(", ") {
            shown[column] = match column {
                "Id" => id.clone().into(),
                "SystemModstamp" => record.modified.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string().into(),
                other if world.field(other).is_none() => {
                    return error(400, "INVALID_FIELD", &format!("No such column '{other}'"));
                }
                other => record.values.get(other).filter(|it| !it.is_empty()).cloned().into(),
            };
        }
        records.push(shown);
    }
    Said::new(200, json!({ "totalSize": records.len(), "done": true, "records": records }))
}
