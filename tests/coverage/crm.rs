//! A CRM that is connected, as coverage needs it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things, id};
use super::sdl::Root;
use crate::support::crm::{Crm, Kind};
use crate::support::{Backend, Options, Server, chance};

/// The HubSpot of each server, by the server's base.
static HUBSPOTS: Mutex<BTreeMap<String, Crm>> = Mutex::new(BTreeMap::new());

/// Starts a server that has a HubSpot.
pub async fn start(backend: Backend, options: Options) -> Server {
    let crm = Crm::start(Kind::Hubspot).await;
    let server = Server::start(backend, crm.settings(options)).await;
    HUBSPOTS.lock().unwrap_or_else(PoisonError::into_inner).insert(server.base().to_owned(), crm);
    server
}

fn hubspot(home: &Home) -> Crm {
    let found = HUBSPOTS.lock().unwrap_or_else(PoisonError::into_inner).get(home.visitor.base()).cloned();
    found.expect("the server has a HubSpot")
}

/// What belongs to a CRM.
pub struct OfCrm {
    /// A connection, which is paused.
    pub connection: String,
    /// A sync that was given up.
    pub sync: String,
    /// Its lead.
    pub lead: String,
}

impl OfCrm {
    /// Makes them. Nothing is brought while the tests count what there is.
    pub async fn make(home: &Home, lead: &str) -> Self {
        let connection = connect(home).await;
        home.sql.run("UPDATE crm_connections SET status = 'paused'").await;
        let lead = lead.to_owned();
        let (sync, row) = id(home, "csy");
        let (of, at) = (|text: &str| cell(home, text), "'2026-01-01T00:00:00+00:00'");
        for sql in [
            format!(
                "INSERT INTO crm_syncs (id, lead_id, connection_id, action, status, error_message, retry_count, round, created_at, updated_at) \
                 VALUES ({row}, {}, {}, 'create', 'failed', 'x', 8, 0, {at}, {at})",
                of(&lead),
                of(&connection)
            ),
            format!(
                "INSERT INTO crm_records (connection_id, lead_id, external_id, fields, synced_at) VALUES ({}, {}, '1', '{{}}', {at})",
                of(&connection),
                of(&lead)
            ),
        ] {
            home.sql.run(&sql).await;
        }
        Self { connection, sync, lead }
    }
}

/// An id in SQL.
fn cell(home: &Home, text: &str) -> String {
    let hex = text.rsplit('_').next().unwrap_or_default();
    if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
}

async fn connect(home: &Home) -> String {
    let document = "mutation($input: ConnectCrmWithKeyInput!) { connectCrmWithKey(input: $input) { crmConnection { id } errors { message } } }";
    let input = json!({ "name": chance::name("hubspot"), "key": hubspot(home).service_key() });
    home.admin.run(document, json!({ "input": input })).await.ok().string("connectCrmWithKey.crmConnection.id")
}

/// A connection, a sync of the lead of this id and its record, as rows of this id, by the person of it.
pub async fn rows(home: &Home, hex: &str, n: usize) {
    let id = cell(home, hex);
    let (at, no, yes) = if home.is_sqlite() {
        ("'2026-01-01T00:00:00+00:00'", "0", "1")
    } else {
        ("'2026-01-01T00:00:00+00:00'", "false", "true")
    };
    for sql in [
        format!(
            "INSERT INTO crm_connections (id, provider, name, name_folded, method, renewed, field_mappings, auto_sync, pull, active, status, \
                connected_by_id, connected_at, version, created_at, updated_at) \
             VALUES ({id}, 'hubspot', 'CRM {n}', 'crm {n}', 'key', 0, '[]', {no}, {no}, {yes}, 'paused', {id}, {at}, 1, {at}, {at})"
        ),
        format!(
            "INSERT INTO crm_syncs (id, lead_id, connection_id, action, status, retry_count, round, requested_by_id, created_at, updated_at) \
             VALUES ({id}, {id}, {id}, 'create', 'failed', 8, 0, {id}, {at}, {at})"
        ),
        format!(
            "INSERT INTO crm_records (connection_id, lead_id, external_id, fields, synced_at) VALUES ({id}, {id}, '{n}', '{{}}', {at})"
        ),
    ] {
        home.sql.run(&sql).await;
    }
}

/// Valid arguments with one's own things; none for what is about something else.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    let connection = || json!({ "input": { "crmConnectionId": own.crm.connection } });
    Some(match root.name.as_str() {
        "crmConnection" => json!({ "id": own.crm.connection }),
        "crmSync" => json!({ "id": own.crm.sync }),
        "crmConnections" | "crmSyncs" => json!({}),
        "describeCrmFields" => json!({ "crmConnectionId": own.crm.connection }),
        "startCrmConnection" => json!({ "input": { "provider": "HUBSPOT", "name": chance::name("crm") } }),
        "completeCrmConnection" => json!({ "input": { "state": chance::name("fdc"), "code": chance::name("code") } }),
        "connectCrmWithKey" => json!({ "input": { "name": chance::name("crm"), "key": chance::name("pat") } }),
        "updateCrmConnection" => put(connection(), "input.name", json!(chance::name("crm"))),
        "setCrmFieldMappings" => put(
            connection(),
            "input.fieldMappings",
            json!({ "leadField": "EMAIL", "crmField": "email", "fallback": chance::name("none") }),
        ),
        "testCrmConnection"
        | "pauseCrmConnection"
        | "resumeCrmConnection"
        | "disconnectCrm"
        | "pullCrmChanges"
        | "syncAllLeads" => connection(),
        "syncLead" => json!({ "input": { "leadId": own.crm.lead, "crmConnectionId": own.crm.connection } }),
        "retryCrmSync" | "cancelCrmSync" => json!({ "input": { "crmSyncId": own.crm.sync } }),
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes; none for what is about something else.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place) {
        ("crmConnection", "id") => &["crc"],
        ("crmSync", "id") => &["csy"],
        // One that is there keeps its name, and a new one has no id.
        ("connectCrmWithKey" | "startCrmConnection", "input.crmConnectionId") => &[],
        (_, "crmConnectionId" | "input.crmConnectionId") => &["crc"],
        (_, "input.crmSyncId") => &["csy"],
        ("crmSyncs", "filter.connectionId.eq" | "filter.connectionId.in") => &["crc"],
        ("crmSyncs", "filter.leadId.eq" | "filter.leadId.in") | ("syncLead", "input.leadId") => &["led"],
        _ => return None,
    })
}

/// Arguments with which a change is refused; none for what is about something else.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let with = |place: &str, value: Value| put(arguments(root, own), place, value);
    let missing = || with("input.crmConnectionId", json!("crc_0190a5f0000070008000000000000000"));
    let nowhere = || with("input.crmSyncId", json!("csy_0190a5f0000070008000000000000000"));
    Some(match root.name.as_str() {
        "startCrmConnection" => vec![
            with("input.name", json!(" ")),
            json!({ "input": { "crmConnectionId": "crc_0190a5f0000070008000000000000000" } }),
        ],
        "completeCrmConnection" => vec![arguments(root, own)],
        "connectCrmWithKey" => vec![with("input.name", json!(" ")), arguments(root, own)],
        "updateCrmConnection" => vec![missing(), with("input.name", json!(" "))],
        "setCrmFieldMappings" => vec![missing(), with("input.fieldMappings", json!([]))],
        "testCrmConnection" | "pauseCrmConnection" | "resumeCrmConnection" | "disconnectCrm" | "syncAllLeads" => {
            vec![missing()]
        }
        "pullCrmChanges" => vec![missing(), arguments(root, own)],
        "syncLead" => vec![missing(), with("input.leadId", json!("led_0190a5f0000070008000000000000000"))],
        "retryCrmSync" => vec![nowhere()],
        "cancelCrmSync" => vec![nowhere(), arguments(root, own)],
        _ => return None,
    })
}

/// Arguments with which a change goes well; none for what is about something else.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    let crm = hubspot(home);
    let stands = async |status: &str| {
        let of = cell(home, &own.crm.connection);
        home.sql.run(&format!("UPDATE crm_connections SET status = '{status}' WHERE id = {of}")).await;
    };
    Some(match root.name.as_str() {
        "completeCrmConnection" => {
            let start = "mutation($input: StartCrmConnectionInput!) { startCrmConnection(input: $input) { authorizationUrl errors { message } } }";
            let input = json!({ "provider": "HUBSPOT", "name": chance::name("crm") });
            let started = home.admin.run(start, json!({ "input": input })).await.ok();
            let (state, code) = crm.consents(&started.string("startCrmConnection.authorizationUrl"));
            json!({ "input": { "state": state, "code": code } })
        }
        "connectCrmWithKey" => json!({ "input": { "name": chance::name("crm"), "key": crm.service_key() } }),
        "disconnectCrm" => json!({ "input": { "crmConnectionId": connect(home).await } }),
        // Leads are noted for one that nobody else looks at.
        "syncAllLeads" => {
            let other = connect(home).await;
            home.sql
                .run(&format!("UPDATE crm_connections SET status = 'paused' WHERE id = {}", cell(home, &other)))
                .await;
            json!({ "input": { "crmConnectionId": other } })
        }
        "pauseCrmConnection" | "pullCrmChanges" => {
            stands("connected").await;
            arguments(root, own)
        }
        "resumeCrmConnection" | "testCrmConnection" | "setCrmFieldMappings" | "syncLead" => {
            stands("paused").await;
            arguments(root, own)
        }
        "retryCrmSync" | "cancelCrmSync" => {
            stands("paused").await;
            let of = cell(home, &own.crm.sync);
            home.sql.run(&format!("DELETE FROM crm_syncs WHERE id <> {of} AND status = 'pending'")).await;
            let state = if root.name == "retryCrmSync" {
                "'failed', next_retry_at = NULL"
            } else {
                "'pending', next_retry_at = created_at"
            };
            home.sql.run(&format!("UPDATE crm_syncs SET status = {state} WHERE id = {of}")).await;
            arguments(root, own)
        }
        _ => return None,
    })
}
