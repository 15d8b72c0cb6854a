//! A company sets itself up: its settings, and how it presents itself.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::support::{Answer, Client, both};

const SETTINGS: &str =
    "query Settings($scope: SettingScope, $category: String) { settings(scope: $scope, category: $category) {
    key scope category type value defaultValue description isSet updatedAt updatedBy { name } } }";
const SET: &str = "mutation Set($input: SetSettingInput!) { setSetting(input: $input) {
    setting { key scope type value isSet description updatedBy { name } } errors { code message path } } }";
const RESET: &str = "mutation Reset($input: ResetSettingInput!) { resetSetting(input: $input) {
    setting { key value isSet } errors { code message path } } }";
const SETTING: &str =
    "query One($key: String!, $scope: SettingScope!) { setting(key: $key, scope: $scope) { key value } }";
const PROFILE: &str = "query Profile { companyProfile { name logoUrl primaryColor supportEmail timeZone } }";
const UPDATE_PROFILE: &str =
    "mutation Profile($input: UpdateCompanyProfileInput!) { updateCompanyProfile(input: $input) {
    companyProfile { name logoUrl primaryColor supportEmail timeZone } errors { code path } } }";
const TRAIL: &str = "query Trail($filter: AuditLogFilter) { auditLogs(first: 20, filter: $filter) { nodes {
    eventType oldValues newValues success } } }";

async fn set(client: &Client, key: &str, value: Value) -> Answer {
    client.run(SET, json!({ "input": { "key": key, "value": value } })).await
}

async fn keys(client: &Client, variables: Value) -> Vec<String> {
    let found = client.run(SETTINGS, variables).await.ok();
    found.list("settings").iter().map(|setting| setting["key"].as_str().expect("a key").to_owned()).collect()
}

both! {
    /// Settings have a type, a default, a history and a way back; nobody sets what the setting cannot be.
    async fn a_setting_has_a_type_a_history_and_a_way_back(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await.client;
        let before = admin.run(SETTINGS, json!({ "category": "session" })).await.ok();
        let idle = before.list("settings").iter().find(|setting| setting["key"] == "session.idle_days").expect("a setting");
        assert_eq!((&idle["value"], &idle["type"], &idle["isSet"], &idle["scope"]), (&json!(30), &json!("NUMBER"), &json!(false), &json!("SYSTEM")));
        let changed = set(&admin, "session.idle_days", json!(14)).await.ok();
        assert_eq!(changed.data("setSetting.setting.value"), &json!(14));
        assert_eq!(changed.string("setSetting.setting.updatedBy.name"), "Administrator");
        for (key, value, field) in [
            ("session.idle_days", json!("14"), "value"),
            ("session.idle_days", json!(0), "value"),
            ("registration.open", json!(1), "value"),
            ("company.time_zone", json!("Mars!"), "value"),
            ("no.such.setting", json!(1), "key"),
            ("custom.", json!(1), "key"),
            ("custom.Big", json!(1), "key"),
            ("custom.big", json!("x".repeat(20_000)), "value"),
            ("custom.nul", json!("a\u{0}b"), "value"),
            ("custom.none", Value::Null, "value"),
            ("custom.rate", json!(0.123_456_789_012_345_68), "value"),
            // What 100000000000000000001 is once it was read.
            ("custom.rate", json!(1e20), "value"),
            ("custom.rate", json!([{ "big": 1.844_674_407_370_955_2e19 }]), "value"),
            ("ui.theme", json!("dark"), "scope"),
        ] {
            let answer = set(&admin, key, value.clone()).await;
            // What a document cannot even say is refused before.
            if answer.errors().is_empty() {
                assert_eq!(answer.user_errors("setSetting")[0].path, format!("input.{field}"), "{key} = {value}: {answer}");
                assert!(answer.data("setSetting.setting").is_null(), "{key} = {value}: {answer}");
            }
        }
        let trail = admin.run(TRAIL, json!({ "filter": { "eventType": { "eq": "setting.changed" } } })).await.ok();
        assert_eq!(trail.list("auditLogs.nodes").len(), 1, "what changes nothing is no change: {trail}");
        assert_eq!(trail.data("auditLogs.nodes.0.oldValues"), &json!({ "key": "session.idle_days", "value": null }));
        assert_eq!(trail.data("auditLogs.nodes.0.newValues"), &json!({ "key": "session.idle_days", "value": 14 }));
        let back = admin.run(RESET, json!({ "input": { "key": "session.idle_days" } })).await.ok();
        assert_eq!(back.data("resetSetting.setting"), &json!({ "key": "session.idle_days", "value": 30, "isSet": false }));
    }

    /// Settings of the company's own: every type comes back as it was given, and goes when it is taken away.
    async fn a_company_keeps_settings_of_its_own(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await.client;
        for (key, value, kind) in [
            ("custom.greeting", json!("Ahoi \u{1f6a2} 'n \"x\""), "STRING"),
            ("custom.rate", json!(1.25), "NUMBER"),
            ("custom.open", json!(true), "BOOLEAN"),
            ("custom.hours", json!({ "mon": [8, 17], "note": null }), "JSON"),
        ] {
            let input = json!({ "key": key, "value": value, "description": "Ours" });
            let made = admin.run(SET, json!({ "input": input })).await.ok();
            let setting = made.data("setSetting.setting");
            assert_eq!((&setting["value"], &setting["type"], &setting["description"]), (&value, &json!(kind), &json!("Ours")));
            let read = admin.run(SETTING, json!({ "key": key, "scope": "SYSTEM" })).await.ok();
            assert_eq!(read.data("setting.value"), &value);
        }
        assert_eq!(keys(&admin, json!({ "category": "custom" })).await, ["custom.greeting", "custom.hours", "custom.open", "custom.rate"]);
        let gone = admin.run(RESET, json!({ "input": { "key": "custom.rate" } })).await.ok();
        assert!(gone.data("resetSetting.setting").is_null());
        assert_eq!(keys(&admin, json!({ "category": "custom" })).await.len(), 3);
    }

    /// One's own settings are one's own; the company's take a permission, those about signing in another one.
    async fn everybody_has_settings_of_their_own(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await.client;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await.client;
        let own = json!({ "input": { "key": "ui.theme", "scope": "PERSONAL", "value": "dark" } });
        bea.run(SET, own).await.ok();
        let theme = |answer: Answer| answer.string("setting.value");
        let ask = json!({ "key": "ui.theme", "scope": "PERSONAL" });
        assert_eq!(theme(bea.run(SETTING, ask.clone()).await.ok()), "dark");
        assert_eq!(theme(admin.run(SETTING, ask).await.ok()), "system", "another's theme is not mine");
        assert_eq!(keys(&bea, json!({})).await, ["ui.language", "ui.theme"], "nothing of the company's");
        assert!(keys(&admin, json!({ "scope": "SYSTEM" })).await.contains(&"session.idle_days".to_owned()));
        for key in ["company.name", "custom.x", "session.idle_days", "no.such.setting"] {
            assert_eq!(set(&bea, key, json!("x")).await.error_code(), "FORBIDDEN", "{key}");
            let seen = bea.run(SETTING, json!({ "key": key, "scope": "SYSTEM" })).await.ok();
            assert!(seen.data("setting").is_null(), "{key}");
        }
        // ADMIN holds everything but deciding how people sign in.
        let deputy = desk.colleague("deputy@example.com", "Deputy", "ADMIN").await.client;
        set(&deputy, "company.name", json!("Deputy & Co")).await.ok();
        let refused = set(&deputy, "registration.open", json!(true)).await;
        assert_eq!(refused.errors()[0]["extensions"]["permission"], "MANAGE_SIGN_IN");
        assert!(!keys(&deputy, json!({})).await.contains(&"registration.open".to_owned()));
    }

    /// A time zone is one that there is, in the spelling that it has (B65).
    async fn a_time_zone_is_one_that_there_is(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await.client;
        let update = async |zone: &str| admin.run(UPDATE_PROFILE, json!({ "input": { "timeZone": zone } })).await;
        let zone = "updateCompanyProfile.companyProfile.timeZone";
        assert_eq!(update("europe/berlin").await.ok().string(zone), "Europe/Berlin");
        for none in ["Mars/Olympus", "GMT+2", "Eastern Standard Time", "Europe/Berlin\u{0}"] {
            let refused = update(none).await;
            assert_eq!(refused.user_errors("updateCompanyProfile")[0].path, "input.timeZone", "{none}");
            assert_eq!(set(&admin, "company.time_zone", json!(none)).await.user_errors("setSetting")[0].path, "input.value");
        }
        let set = set(&admin, "company.time_zone", json!("aMERICA/new_york")).await.ok();
        assert_eq!(set.data("setSetting.setting.value"), &json!("America/New_York"));
        assert_eq!(admin.run(PROFILE, json!({})).await.ok().string("companyProfile.timeZone"), "America/New_York");
    }

    /// Who has not signed in yet sees whose desk it is; the rest of the profile is for those who have.
    async fn a_company_shows_who_it_is(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await.client;
        assert_eq!(desk.web.run(PROFILE, json!({})).await.ok().string("companyProfile.name"), "Main", "the tenant's name");
        let input = json!({ "name": "Harbour & Lane", "logoUrl": "https://cdn.example.com/l.png", "primaryColor": "#0A1b2C",
            "supportEmail": "Help@Harbour.example", "timeZone": "Europe/Lisbon" });
        let updated = admin.run(UPDATE_PROFILE, json!({ "input": input })).await.ok();
        let whole = json!({ "name": "Harbour & Lane", "logoUrl": "https://cdn.example.com/l.png", "primaryColor": "#0a1b2c",
            "supportEmail": "help@harbour.example", "timeZone": "Europe/Lisbon" });
        assert_eq!(updated.data("updateCompanyProfile.companyProfile"), &whole);
        let outside = desk.web.run(PROFILE, json!({})).await.ok();
        let mut public = whole.clone();
        (public["supportEmail"], public["timeZone"]) = (Value::Null, Value::Null);
        assert_eq!(outside.data("companyProfile"), &public);
        let cleared = admin.run(UPDATE_PROFILE, json!({ "input": { "logoUrl": null, "name": null } })).await.ok();
        let profile = cleared.data("updateCompanyProfile.companyProfile");
        assert_eq!((&profile["name"], &profile["logoUrl"], &profile["primaryColor"]), (&json!("Main"), &Value::Null, &json!("#0a1b2c")));
        let bad = json!({ "primaryColor": "#12", "logoUrl": "http://example.com/l.png", "supportEmail": "x", "name": "" });
        let refused = admin.run(UPDATE_PROFILE, json!({ "input": bad })).await;
        let paths: Vec<_> = refused.user_errors("updateCompanyProfile").into_iter().map(|error| error.path).collect();
        assert_eq!(paths, ["input.name", "input.logoUrl", "input.primaryColor", "input.supportEmail"], "all at once");
    }
}
