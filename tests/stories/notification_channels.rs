//! Channels lead where their keepers say, and nowhere else; their addresses are nobody's to read.

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use super::organisation::change;
use crate::support::{Hook, Options, both, chance};

pub const CREATE: &str =
    "mutation Create($input: CreateNotificationChannelInput!) { createNotificationChannel(input: $input) {
    channel { id name host types isActive isPersonal owner { id } } errors { code message path } } }";
pub const UPDATE: &str =
    "mutation Update($input: UpdateNotificationChannelInput!) { updateNotificationChannel(input: $input) {
    channel { id name host types isActive failures switchedOffAt } errors { code message path } } }";
pub const OWN: &str = "mutation Own($input: SetOwnTeamsChannelInput!) { setOwnTeamsChannel(input: $input) {
    channel { id name host isActive isPersonal } errors { code message path } } }";
pub const TEST: &str = "mutation Test($id: ID!) { testNotificationChannel(input: { channelId: $id }) {
    channel { id } accepted refusal errors { code message path } } }";
const TEST_OWN: &str = "mutation TestOwn { testOwnTeamsChannel { accepted refusal errors { code message path } } }";
const CHANNELS: &str = "query { notificationChannels { totalCount nodes { id name host types isActive isPersonal owner { id } lastError } } }";
const SECRET: &str = "s3cr3t-Signature-0f-Teams";

/// A server that may post to the loopback.
pub fn local() -> Options {
    Options::new().env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on").env("FRONTDESK_NOTIFICATION_HOSTS", "127.0.0.1")
}

/// A channel of the company's.
pub async fn company(by: &Person, url: &str) -> String {
    let made =
        by.client.run(CREATE, json!({ "input": { "name": chance::name("Everybody"), "webhookUrl": url } })).await.ok();
    made.string("createNotificationChannel.channel.id")
}

both! {
    /// Somebody who keeps channels makes one, tests it, changes it; of its address only the host is ever seen again.
    async fn a_channel_is_kept_and_its_address_is_not_shown(backend) {
        let hook = Hook::start().await;
        let desk = Desk::open_with(backend, local()).await;
        let admin = desk.admin().await;
        let input = json!({ "name": " Front desk ", "webhookUrl": hook.url(SECRET), "types": ["MESSAGE_ASSIGNED"] });
        let made = admin.client.run(CREATE, json!({ "input": input })).await.ok();
        let id = made.string("createNotificationChannel.channel.id");
        assert_eq!(made.data("createNotificationChannel.channel"), &json!({ "id": id, "name": "Front desk", "host": "127.0.0.1",
            "types": ["MESSAGE_ASSIGNED"], "isActive": true, "isPersonal": false, "owner": null }));
        let tested = admin.client.run(TEST, json!({ "id": id })).await.ok();
        assert_eq!(tested.data("testNotificationChannel.accepted"), &json!(true));
        let card = &hook.posted()[0];
        assert!(card.path.ends_with(&format!("sig={SECRET}")) && card.delivery.starts_with("ndl_"), "{card:?}");
        assert_eq!((&card.body["type"], &card.body["attachments"][0]["content"]["version"]), (&json!("message"), &json!("1.4")));
        let changed = json!({ "channelId": id, "name": "SingleSignOn", "types": null, "isActive": false });
        let changed = admin.client.run(UPDATE, json!({ "input": changed })).await.ok();
        assert_eq!((changed.data("updateNotificationChannel.channel.types"), changed.data("updateNotificationChannel.channel.isActive")), (&Value::Null, &json!(false)));

        // Types that are people's own affair are nothing for the company's channels.
        for (input, path) in [
            (json!({ "name": "x", "webhookUrl": hook.url("x"), "types": ["NEW_SIGN_IN"] }), "input.types"),
            (json!({ "name": " ", "webhookUrl": hook.url("x") }), "input.name"),
            (json!({ "name": "x".repeat(101), "webhookUrl": hook.url("x") }), "input.name"),
            (json!({ "name": "x", "webhookUrl": " " }), "input.webhookUrl"),
        ] {
            let refused = admin.client.run(CREATE, json!({ "input": input })).await;
            assert_eq!(refused.user_errors("createNotificationChannel")[0].path, path, "{refused}");
        }

        let shown = admin.client.run("{ auditLogs(first: 100) { nodes { oldValues newValues } } }", json!({})).await.ok();
        let listed = admin.client.run(CHANNELS, json!({})).await.ok();
        assert!(shown.text.contains("127.0.0.1") && listed.text.contains("SingleSignOn"));
        for answer in [&made, &tested, &changed, &shown, &listed] {
            assert!(!answer.text.contains(SECRET), "{answer}");
        }
        // Nor in the log, nor in the database's files.
        assert_eq!(desk.server.places_of(SECRET), Vec::<String>::new());
    }

    /// Nobody gives another's channel an address, or tests it; who keeps channels may switch it off. Who does not keep
    /// them sees their own alone.
    async fn ones_own_channel_is_ones_own(backend) {
        let hook = Hook::start().await;
        let desk = Desk::open_with(backend, local()).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let none = bea.client.run(TEST_OWN, json!({})).await;
        assert_eq!(none.user_errors("testOwnTeamsChannel")[0].code, "NOT_AVAILABLE");
        let made = bea.client.run(OWN, json!({ "input": { "webhookUrl": hook.url(SECRET) } })).await.ok();
        let hers = made.string("setOwnTeamsChannel.channel.id");
        assert_eq!(bea.client.run(TEST_OWN, json!({})).await.ok().data("testOwnTeamsChannel.accepted"), &json!(true));
        let again = bea.client.run(OWN, json!({ "input": { "name": "Mine" } })).await.ok();
        assert_eq!((again.string("setOwnTeamsChannel.channel.id"), again.string("setOwnTeamsChannel.channel.name")), (hers.clone(), "Mine".into()));
        let ours = company(&admin, &hook.url("another-secret")).await;

        assert_eq!(bea.client.run(CHANNELS, json!({})).await.error_code(), "FORBIDDEN");
        let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } ownTeamsChannel { id } }";
        let seen = bea.client.run(nodes, json!({ "ids": [hers, ours] })).await.ok();
        assert_eq!((seen.data("nodes"), seen.data("ownTeamsChannel.id")), (&json!([{ "id": hers }, null]), &json!(hers)));
        let seen = admin.client.run(nodes, json!({ "ids": [hers, ours] })).await.ok();
        assert_eq!((seen.list("nodes").len(), seen.data("ownTeamsChannel")), (2, &Value::Null));

        for input in [
            json!({ "channelId": hers, "webhookUrl": hook.url("his") }), json!({ "channelId": hers, "name": "His" }),
            json!({ "channelId": hers, "isActive": true }), json!({ "channelId": hers, "types": null }),
        ] {
            let refused = admin.client.run(UPDATE, json!({ "input": input })).await;
            assert_eq!(refused.user_errors("updateNotificationChannel")[0].code, "NOT_ALLOWED", "{refused}");
        }
        let refused = admin.client.run(TEST, json!({ "id": hers })).await;
        assert_eq!(refused.user_errors("testNotificationChannel")[0].code, "NOT_ALLOWED");
        admin.client.run(UPDATE, json!({ "input": { "channelId": hers, "isActive": false } })).await.ok();
        let off = bea.client.run("{ ownTeamsChannel { isActive } }", json!({})).await.ok();
        assert_eq!(off.data("ownTeamsChannel.isActive"), &json!(false));
        assert_eq!(hook.posted().len(), 1, "her own test");
    }

    /// By default a channel leads to Microsoft's hosts and nowhere else, however the address is written.
    async fn only_the_hosts_of_teams_are_taken(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        for bad in [
            "http://prod-1.westeurope.logic.azure.com/x", "https://example.com/x", "https://127.0.0.1/", "https://[::1]/",
            "https://169.254.169.254/latest/meta-data/", "https://logic.azure.com.evil.example/", "https://localhost/",
            "https://prod.logic.azure.com@evil.example/", "https://prod.logic.azure.com:22/", "https://2130706433/",
            "ftp://prod.logic.azure.com/", "file:///etc/passwd", "javascript:alert(1)", "https://user:pw@prod.logic.azure.com/",
            "https://prod.logic.azure.com/\r\nX: y", "//prod.logic.azure.com/", "prod.logic.azure.com",
        ] {
            for (document, mutation) in [(CREATE, "createNotificationChannel"), (OWN, "setOwnTeamsChannel")] {
                let refused = admin.client.run(document, json!({ "input": { "name": "x", "webhookUrl": bad } })).await;
                let [error] = refused.user_errors(mutation).try_into().expect("one error");
                assert_eq!((error.code.as_str(), error.path.as_str()), ("INVALID_FORMAT", "input.webhookUrl"), "{bad}");
                assert!(!error.message.contains("evil") && !error.message.contains("pw"), "{error:?}");
            }
        }
        let good = "https://prod-01.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sig=abc";
        company(&admin, good).await;
    }

    /// Where any host is taken, it is looked up before it is connected to: what leads into our own network is not posted
    /// to, under whatever name.
    async fn nothing_is_posted_into_the_own_network(backend) {
        let hook = Hook::start().await;
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_NOTIFICATION_HOSTS", "*")).await;
        let admin = desk.admin().await;
        for host in [
            "localhost", "127.0.0.1", "127.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "192.168.1.1", "172.16.0.1",
            "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fc00::1]", "0x7f000001", "2130706433", "0177.0.0.1", "224.0.0.1",
        ] {
            let url = format!("https://{host}/x");
            let id = company(&admin, &url).await;
            let tested = admin.client.run(TEST, json!({ "id": id })).await.ok();
            assert_eq!(tested.data("testNotificationChannel.accepted"), &json!(false), "{host}");
            let refusal = tested.string("testNotificationChannel.refusal");
            assert!(refusal.contains("not on the public internet") || refusal.contains("no address is known"), "{host}: {refusal}");
        }
        assert_eq!(hook.posted().len(), 0);
    }
}

both! {
    /// Whoever keeps a channel says where in Teams it leads, since its address does not tell: all of it anew, or nothing.
    async fn a_channel_says_where_it_leads(backend) {
        let hook = Hook::start().await;
        let desk = Desk::open_with(backend, local()).await;
        let admin = desk.admin().await;
        let place = json!({ "teamId": "19:team", "teamName": "Front desk", "channelId": "19:channel@thread.tacv2", "channelName": "General" });
        let made = change(&admin.client, "createNotificationChannel",
            json!({ "name": "Everybody", "webhookUrl": hook.url("x"), "teams": place }),
            "channel { id teams { teamId teamName channelId channelName } }").await.ok();
        assert_eq!(made.data("createNotificationChannel.channel.teams"), &place);
        let id = made.string("createNotificationChannel.channel.id");
        let update = async |teams: Value| {
            let mut input = json!({ "channelId": id });
            input["teams"] = teams;
            let shown = "channel { teams { teamId teamName channelId channelName } }";
            change(&admin.client, "updateNotificationChannel", input, shown).await
        };
        let kept = change(&admin.client, "updateNotificationChannel", json!({ "channelId": id, "name": "All" }),
            "channel { teams { teamName } }").await.ok();
        assert_eq!(kept.data("updateNotificationChannel.channel.teams.teamName"), "Front desk");
        let other = update(json!({ "channelName": " Night " })).await.ok();
        assert_eq!(other.data("updateNotificationChannel.channel.teams"), &json!({ "teamId": null, "teamName": null, "channelId": null, "channelName": "Night" }));
        let refused = update(json!({ "teamId": "x".repeat(201) })).await;
        assert_eq!(refused.user_errors("updateNotificationChannel")[0].path, "input.teams.teamId");
        let none = update(Value::Null).await.ok();
        assert_eq!(none.data("updateNotificationChannel.channel.teams.channelName"), &Value::Null);
        let own = change(&admin.client, "setOwnTeamsChannel", json!({ "webhookUrl": hook.url("y"), "teams": place }),
            "channel { teams { channelName } }").await.ok();
        assert_eq!(own.data("setOwnTeamsChannel.channel.teams.channelName"), "General");
    }
}
