//! Connecting a CRM: who may, what is checked, what is kept secret, and what becomes of tokens.

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::support::crm::{Crm, KINDS, Kind};
use crate::support::{Answer, Backend, Options, PATIENCE, both, secrets, until};

pub const START: &str = "mutation($input: StartCrmConnectionInput!) { startCrmConnection(input: $input) { authorizationUrl expiresAt \
    errors { code message path } } }";
pub const COMPLETE: &str = "mutation($input: CompleteCrmConnectionInput!) { completeCrmConnection(input: $input) { crmConnection { id \
    provider name method status isActive autoSync pull keyField fieldMappings { leadField crmField fallback } } \
    errors { code message path } } }";
const KEY: &str = "mutation($input: ConnectCrmWithKeyInput!) { connectCrmWithKey(input: $input) { crmConnection { id method status } \
    errors { code message path } } }";
const MAP: &str = "mutation($input: SetCrmFieldMappingsInput!) { setCrmFieldMappings(input: $input) { crmConnection { fieldMappings { \
    leadField crmField fallback } } errors { code message path } } }";
const TEST: &str = "mutation($input: TestCrmConnectionInput!) { testCrmConnection(input: $input) { isWorking problems \
    errors { code message path } } }";
const DESCRIBE: &str =
    "query($id: ID!) { describeCrmFields(crmConnectionId: $id) { name type isRequired isReadOnly isUnique } }";
const SEE: &str = "query($id: ID!) { crmConnection(id: $id) { id status name autoSync isActive lastError limitedUntil pulledAt \
    connectedBy { id } } }";

/// A company with three CRMs that it may connect.
pub struct Sales {
    pub desk: Desk,
    pub admin: Person,
    pub crms: Vec<Crm>,
}

impl Sales {
    pub async fn open(backend: Backend) -> Self {
        let (mut crms, mut options) = (Vec::new(), Options::new().env("FRONTDESK_JOB_LEASE", "2s"));
        for kind in KINDS {
            let crm = Crm::start(kind).await;
            options = crm.settings(options);
            crms.push(crm);
        }
        let desk = Desk::open_with(backend, options).await;
        let admin = desk.admin().await;
        Self { desk, admin, crms }
    }

    pub fn crm(&self, kind: Kind) -> Crm {
        self.crms.iter().find(|crm| crm.kind == kind).expect("a CRM").clone()
    }

    /// Connects one by its own way of asking; returns the connection's id.
    pub async fn connect(&self, crm: &Crm) -> String {
        let input = json!({ "provider": crm.provider(), "name": format!("Sales in {:?}", crm.kind) });
        let started = self.admin.client.run(START, json!({ "input": input })).await.ok();
        let (state, code) = crm.consents(&started.string("startCrmConnection.authorizationUrl"));
        let input = json!({ "state": state, "code": code });
        let made = self.admin.client.run(COMPLETE, json!({ "input": input })).await.ok();
        self.watch(crm);
        made.string("completeCrmConnection.crmConnection.id")
    }

    /// What it gave may be found nowhere.
    pub fn watch(&self, crm: &Crm) {
        crm.secrets().iter().for_each(|secret| secrets::used(self.desk.server.base(), secret));
    }

    pub async fn see(&self, connection: &str) -> Value {
        self.admin.client.run(SEE, json!({ "id": connection })).await.ok().data("crmConnection").clone()
    }

    /// Does one of the mutations that take no more than a connection.
    pub async fn turn(&self, mutation: &str, connection: &str) -> Answer {
        let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let document = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ crmConnection {{ status isActive }} errors {{ code message path }} }} }}"
        );
        self.admin.client.run(&document, json!({ "input": { "crmConnectionId": connection } })).await
    }

    pub async fn update(&self, connection: &str, mut input: Value) {
        input["crmConnectionId"] = connection.into();
        let document = "mutation($input: UpdateCrmConnectionInput!) { updateCrmConnection(input: $input) { crmConnection { id } errors { code } } }";
        self.admin.client.run(document, json!({ "input": input })).await.ok();
    }
}

#[track_caller]
pub fn wrong(answer: &Answer, mutation: &str) -> Vec<(String, String)> {
    let found = answer.user_errors(mutation);
    assert!(!found.is_empty(), "{answer}");
    found.into_iter().map(|error| (error.path, error.code)).collect()
}

both! {
    /// Each is connected by asking there: the state is good once and for whoever went, the code only with what they went with; it
    /// is connected with mappings that work, and no secret is anywhere.
    async fn a_crm_is_connected_by_asking_there(backend) {
        let sales = Sales::open(backend).await;
        let other = sales.desk.colleague("ada@example.com", "Ada", "ADMIN").await;
        for crm in &sales.crms {
            let start = json!({ "input": { "provider": crm.provider(), "name": format!("{:?}", crm.kind) } });
            let started = sales.admin.client.run(START, start.clone()).await.ok();
            let (state, code) = crm.consents(&started.string("startCrmConnection.authorizationUrl"));
            let back = json!({ "input": { "state": state, "code": code } });
            // Somebody else's state, and one that nobody has.
            let stolen = other.client.run(COMPLETE, back.clone()).await;
            assert_eq!(wrong(&stolen, "completeCrmConnection"), [("input.state".into(), "INVALID_TOKEN".into())]);
            let unknown = json!({ "input": { "state": "fdc_nobody-has-this-one", "code": code } });
            wrong(&sales.admin.client.run(COMPLETE, unknown).await, "completeCrmConnection");
            // A code that the CRM never gave uses up the state.
            let again = sales.admin.client.run(START, start).await.ok();
            let (second, _) = crm.consents(&again.string("startCrmConnection.authorizationUrl"));
            let forged = json!({ "input": { "state": second, "code": "a-code-that-was-never-given" } });
            let refused = sales.admin.client.run(COMPLETE, forged.clone()).await;
            assert_eq!(wrong(&refused, "completeCrmConnection"), [("input.code".into(), "INVALID_TOKEN".into())]);
            assert_eq!(wrong(&sales.admin.client.run(COMPLETE, forged).await, "completeCrmConnection")[0].0, "input.state");
            // And as it should be.
            let made = sales.admin.client.run(COMPLETE, back.clone()).await.ok();
            sales.watch(crm);
            let connection = made.data("completeCrmConnection.crmConnection").clone();
            assert_eq!((&connection["status"], &connection["method"], &connection["autoSync"]), (&json!("CONNECTED"), &json!("OAUTH"), &json!(false)));
            assert_eq!(connection["keyField"], crm.key());
            assert_eq!(wrong(&sales.admin.client.run(COMPLETE, back).await, "completeCrmConnection")[0].0, "input.state");
            let id = connection["id"].as_str().expect("an id");
            let tried = sales.admin.client.run(TEST, json!({ "input": { "crmConnectionId": id } })).await.ok();
            assert_eq!(tried.data("testCrmConnection.problems"), &json!([]), "{:?}", crm.kind);
        }
        // Who may not keep CRMs sees none.
        let bea = sales.desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let seen = bea.client.run("{ crmConnections { totalCount } }", Value::Null).await;
        assert_eq!(seen.error_code(), "FORBIDDEN");
        let stored = sales.desk.sql().await.everything().await;
        for secret in sales.crms.iter().flat_map(Crm::secrets) {
            assert!(!stored.contains(&secret), "a secret is stored as it is");
        }
    }

    /// HubSpot is connected by a key that somebody made there, once it takes it; another key takes the first one's place.
    async fn a_key_that_is_taken_connects_hubspot(backend) {
        let sales = Sales::open(backend).await;
        let crm = sales.crm(Kind::Hubspot);
        let with = async |input: Value| sales.admin.client.run(KEY, json!({ "input": input })).await;
        let refused = with(json!({ "name": "By key", "key": "pat-eu1-nobody-made-this-key" })).await;
        assert_eq!(wrong(&refused, "connectCrmWithKey"), [("input.key".into(), "INVALID_TOKEN".into())]);
        assert_eq!(wrong(&with(json!({ "name": "By key", "key": "two words" })).await, "connectCrmWithKey")[0].1, "INVALID_FORMAT");
        let key = crm.service_key();
        let made = with(json!({ "name": "By key", "key": key })).await.ok();
        sales.watch(&crm);
        let id = made.string("connectCrmWithKey.crmConnection.id");
        assert_eq!(made.string("connectCrmWithKey.crmConnection.method"), "KEY");
        let taken = with(json!({ "name": "by KEY", "key": crm.service_key() })).await;
        assert_eq!(wrong(&taken, "connectCrmWithKey"), [("input.name".into(), "NOT_AVAILABLE".into())]);
        // It is taken no more, which is found out when it is used.
        crm.expire();
        let tried = sales.admin.client.run(TEST, json!({ "input": { "crmConnectionId": id } })).await.ok();
        assert_eq!(tried.data("testCrmConnection.isWorking"), &json!(false));
        assert_eq!(sales.see(&id).await["status"], "REVOKED");
        let again = with(json!({ "crmConnectionId": id, "key": crm.service_key() })).await.ok();
        assert_eq!(again.string("connectCrmWithKey.crmConnection.status"), "CONNECTED");
        sales.watch(&crm);
        assert!(!sales.desk.sql().await.everything().await.contains(&key));
    }

    /// A mapping is held against what the CRM says of its own fields: each that is wrong is named, and nothing is changed.
    async fn a_mapping_is_checked_against_what_the_crm_says(backend) {
        let sales = Sales::open(backend).await;
        for (kind, read_only, number, choice, required) in [
            (Kind::Hubspot, "hs_object_id", "numemployees", "hs_lead_status", "email"),
            (Kind::Salesforce, "SystemModstamp", "NumberOfEmployees", "Rating", "Company"),
            (Kind::Zoho, "Modified_Time", "No_of_Employees", "Lead_Status", "Last_Name"),
        ] {
            let crm = sales.crm(kind);
            let id = sales.connect(&crm).await;
            let fields = sales.admin.client.run(DESCRIBE, json!({ "id": id })).await.ok();
            let field = |name: &str| fields.list("describeCrmFields").iter().find(|it| it["name"] == name).cloned().expect("a field");
            assert_eq!(field(read_only)["isReadOnly"], true);
            assert_eq!(field(crm.key())["isUnique"], true);
            let [email, phone, last, company] = crm.names();
            let map = async |given: Value| sales.admin.client.run(MAP, json!({ "input": { "crmConnectionId": id, "fieldMappings": given } })).await;
            let good = json!([
                { "leadField": "LAST_NAME", "crmField": last, "fallback": "Nobody" },
                { "leadField": "COMPANY", "crmField": company, "fallback": "None" },
                { "leadField": "EMAIL", "crmField": email },
            ]);
            map(good.clone()).await.ok();
            let with = |more: Value| { let mut all = good.as_array().expect("a list").clone(); all.push(more); Value::Array(all) };
            for (more, code) in [
                (json!({ "leadField": "NOTES", "crmField": "no_such_field" }), "NOT_AVAILABLE"),
                (json!({ "leadField": "NOTES", "crmField": read_only }), "NOT_ALLOWED"),
                (json!({ "leadField": "NOTES", "crmField": number }), "INVALID_FORMAT"),
                (json!({ "leadField": "PHONE", "crmField": email }), "NOT_ALLOWED"),
                (json!({ "leadField": "EMAIL", "crmField": phone }), "INVALID_FORMAT"),
                (json!({ "leadField": "STATUS", "crmField": choice }), "INVALID_FORMAT"),
                (json!({ "leadField": "NOTES", "crmField": crm.key() }), "NOT_ALLOWED"),
            ] {
                let refused = map(with(more.clone())).await;
                let found = wrong(&refused, "setCrmFieldMappings");
                assert_eq!(found[0], ("input.fieldMappings.3.crmField".into(), code.into()), "{more}: {refused}");
                assert!(refused.to_string().contains(more["crmField"].as_str().expect("a name")), "the field is named");
            }
            let without: Vec<_> = good.as_array().expect("a list").iter().filter(|it| it["crmField"] != required && kind != Kind::Hubspot).cloned().collect();
            let refused = map(Value::Array(without)).await;
            assert_eq!(wrong(&refused, "setCrmFieldMappings")[0], ("input.fieldMappings".into(), "BLANK".into()));
            assert!(refused.to_string().contains(required), "{refused}");
            crm.without_key();
            let tried = sales.admin.client.run(TEST, json!({ "input": { "crmConnectionId": id } })).await.ok();
            assert!(tried.list("testCrmConnection.problems")[0].as_str().is_some_and(|it| it.contains(crm.key())), "{tried}");
        }
    }

    /// A token is renewed before it ends and once where it is refused, by one of all who need it; what is given instead of the old one is
    /// kept. Where the CRM lets us in no more, the connection says so, those who keep it are told, and it can be made again.
    async fn a_token_is_renewed_once_and_a_lost_connection_is_told(backend) {
        let sales = Sales::open(backend).await;
        for crm in &sales.crms {
            let id = sales.connect(crm).await;
            for round in 1..=2 {
                crm.expire();
                let ask = async || sales.admin.client.run(DESCRIBE, json!({ "id": id })).await.ok();
                futures_util::future::join_all((0..6).map(|_| ask())).await;
                assert_eq!(crm.refreshes(), round, "{:?}: one renews for all", crm.kind);
                sales.watch(crm);
            }
            crm.revoke();
            let refused = sales.admin.client.run(DESCRIBE, json!({ "id": id })).await;
            assert_eq!(refused.error_code(), "BAD_USER_INPUT", "{refused}");
            let seen = sales.see(&id).await;
            assert_eq!(seen["status"], "REVOKED");
            assert!(seen["lastError"].is_string());
            until("who keeps CRMs is told", PATIENCE, async || {
                let told = sales.admin.client.run("{ notifications(first: 20) { nodes { type resourceId } } }", Value::Null).await.ok();
                told.list("notifications.nodes").iter().any(|it| it["type"] == "CRM_CONNECTION_LOST" && it["resourceId"] == id).then_some(())
            })
            .await;
            let again = sales.admin.client.run(START, json!({ "input": { "crmConnectionId": id } })).await.ok();
            let (state, code) = crm.consents(&again.string("startCrmConnection.authorizationUrl"));
            let made = sales.admin.client.run(COMPLETE, json!({ "input": { "state": state, "code": code } })).await.ok();
            sales.watch(crm);
            assert_eq!(made.string("completeCrmConnection.crmConnection.id"), id);
            assert_eq!(sales.see(&id).await["status"], "CONNECTED");
            // And ended: what it took is forgotten here and ended there.
            let ended = sales.turn("disconnectCrm", &id).await.ok();
            assert_eq!(ended.string("disconnectCrm.crmConnection.status"), "DISCONNECTED");
            let kept = sales.desk.sql().await.number("SELECT count(*) FROM crm_connections WHERE credentials_encrypted IS NOT NULL").await;
            assert_eq!(kept, 0);
            assert!(crm.secrets().len() == 1, "it was ended there too");
            assert_eq!(sales.admin.client.run(DESCRIBE, json!({ "id": id })).await.error_code(), "BAD_USER_INPUT");
        }
    }

    /// A connection pauses and goes on, and each refusal says why.
    async fn a_connection_is_paused_and_resumed(backend) {
        let sales = Sales::open(backend).await;
        let crm = sales.crm(Kind::Hubspot);
        let id = sales.connect(&crm).await;
        assert_eq!(wrong(&sales.admin.client.run(START, json!({ "input": { "name": "x" } })).await, "startCrmConnection")[0].0, "input.provider");
        sales.turn("pauseCrmConnection", &id).await.ok();
        assert_eq!(sales.see(&id).await["status"], "PAUSED");
        assert_eq!(wrong(&sales.turn("pullCrmChanges", &id).await, "pullCrmChanges")[0].1, "NOT_ALLOWED");
        sales.turn("resumeCrmConnection", &id).await.ok();
        sales.update(&id, json!({ "name": "Renamed", "autoSync": true })).await;
        let seen = sales.see(&id).await;
        assert_eq!((&seen["status"], &seen["name"], &seen["autoSync"]), (&json!("CONNECTED"), &json!("Renamed"), &json!(true)));
        sales.turn("disconnectCrm", &id).await.ok();
        assert_eq!(wrong(&sales.turn("resumeCrmConnection", &id).await, "resumeCrmConnection")[0].1, "NOT_ALLOWED");
    }
}
