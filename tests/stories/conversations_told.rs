//! What platforms tell is believed where it is theirs, and goes to whom it is for.

use reqwest::Method;
use serde_json::{Value, json};

use super::conversations::{Social, texts};
use super::desk::{SIGN_IN, SOON, credentials};
use crate::coverage::sql::Sql;
use crate::support::told::{
    SECRET, VERIFY, comment, direct, echo, hmac_of, page, signature, tell, tell_bytes, tell_signed, written,
};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, both, until};

fn platforms(at: i64) -> [(&'static str, Value); 3] {
    [
        ("facebook", page("page1", &[written("page1", "ann", "m1", "Hello", at)])),
        ("x", direct("100", ("9", "Nina"), "100", "d1", "Hello", at)),
        ("linkedin", comment("urn:li:organization:7", "COMMENT", "urn:li:person:p", "2", Some("Hello"), at)),
    ]
}

both! {
    /// Each platform asks in its own way whether the address is ours, and is answered; whoever does not know the token is not.
    async fn platforms_ask_whether_the_address_is_ours(backend) {
        let social = Social::open(backend).await;
        let web = &social.desk.web;
        let get = async |path: &str| web.get(path).await;
        let right = format!("/webhooks/social/facebook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={VERIFY}");
        let answer = get(&right).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "1158201444"));
        for wrong in [right.replace(VERIFY, "other"), right.replace("subscribe", "x"), right.replace("1158201444", "%3Cscript%3E"),
            "/webhooks/social/facebook".into(), "/webhooks/social/x".into(), "/webhooks/social/linkedin?challengeCode=".into()] {
            assert_eq!(get(&wrong).await.status, 403, "{wrong}");
        }
        assert_eq!(get("/webhooks/social/myspace").await.status, 404);
        let crc = get("/webhooks/social/x?crc_token=abc%2Bd").await;
        let crc: Value = serde_json::from_str(&crc.text).expect("JSON");
        use base64::Engine as _;
        let signed = base64::engine::general_purpose::STANDARD.encode(hmac_of(SECRET, b"abc+d"));
        assert_eq!(crc, json!({ "response_token": format!("sha256={signed}") }));
        let code = get("/webhooks/social/linkedin?challengeCode=890e4665-4dfe-4ab1-b689-ed553bceeed0").await;
        let code: Value = serde_json::from_str(&code.text).expect("JSON");
        let response: String = hmac_of(SECRET, b"890e4665-4dfe-4ab1-b689-ed553bceeed0").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(code["challengeResponse"], json!(response));
    }

    /// What each platform tells becomes a conversation of it; edits, deletions and the other direction too.
    async fn each_platform_in_its_own_words(backend) {
        let social = Social::open(backend).await;
        let web = &social.desk.web;
        for (platform, body) in platforms(social.at(1)) {
            assert_eq!(tell(web, platform, &body).await, 200);
            assert_eq!(tell(web, platform, &body).await, 200, "repeated");
        }
        assert_eq!(tell(web, "x", &direct("100", ("100", "Shop"), "9", "d2", "Hi Nina", social.at(2))).await, 200);
        let sealed = json!({ "data": { "event_uuid": "u9", "filter": { "user_id": "100" }, "event_type": "chat.received",
            "payload": { "sender_id": "9", "created_at_msec": social.at(3).to_string() } } });
        assert_eq!(tell(web, "x", &sealed).await, 200);
        let old = json!({ "for_user_id": "100", "direct_message_events": [{ "type": "message_create", "id": "d1",
            "created_timestamp": social.at(1).to_string(), "message_create": { "target": { "recipient_id": "100" }, "sender_id": "9",
            "message_data": { "text": "Hello" } } }], "users": {} });
        assert_eq!(tell(web, "x", &old).await, 200, "the envelope before, of the same message");
        let organisation = "urn:li:organization:7";
        for (action, id, text, at) in [("COMMENT_EDIT", "2", Some("Hello!"), 4), ("COMMENT", "3", Some("Wrong"), 5), ("COMMENT_DELETE", "3", None, 6), ("LIKE", "4", None, 7)] {
            assert_eq!(tell(web, "linkedin", &comment(organisation, action, "urn:li:person:p", id, text, social.at(at))).await, 200);
        }
        let of = async |platform: &str| social.list(json!({ "platform": { "eq": platform } })).await;
        let x = of("X").await;
        assert_eq!((x.len(), texts(&x[0]), &x[0]["participantName"]), (1, vec!["Hello", "Hi Nina", ""], &json!("Nina")));
        assert_eq!(x[0]["messages"]["nodes"][2]["metadata"]["encrypted"], true);
        assert_eq!(x[0]["messages"]["nodes"][1]["direction"], "OUTBOUND");
        let linkedin = of("LINKEDIN").await;
        assert_eq!((linkedin.len(), texts(&linkedin[0])), (1, vec!["Hello!", ""]));
        assert_eq!(texts(&of("FACEBOOK").await[0]), ["Hello"]);
    }

    /// Forged, truncated, signed by the secret of another, in another header, twice: nothing is written. Nor is what is not for
    /// anybody here; who tells it is answered like everybody.
    async fn nobody_else_is_believed(backend) {
        let social = Social::open(backend).await;
        let web = &social.desk.web;
        for (platform, body) in platforms(social.at(1)) {
            let body = body.to_string();
            let bytes = body.as_bytes();
            let (header, right) = signature(platform, SECRET, bytes);
            let forged = signature(platform, "another-secret", bytes).1;
            for (bytes, header, signature) in [
                (bytes, header, forged.as_str()),
                (bytes, header, ""),
                (bytes, header, &right[..right.len() - 2]),
                (bytes, "x-signature", right.as_str()),
                (&bytes[..bytes.len() - 1], header, right.as_str()),
                (body.replace("Hello", "HELLO").as_bytes(), header, right.as_str()),
            ] {
                let answer = tell_signed(web, platform, bytes, header, signature).await;
                assert_eq!((answer.status, answer.text.contains("Hello")), (401, false), "{platform} {signature}");
            }
            for broken in [&bytes[..bytes.len() - 1], b"[]", b"", b"nothing", &[b'['; 5000]] {
                assert_eq!(tell_bytes(web, platform, broken).await.status, 400, "{platform}");
            }
            for other in [json!({}), json!({ "object": "page" }), json!({ "object": "page", "entry": [1, {}, { "id": "page1", "messaging": [1, {}, null] }] }),
                json!({ "data": { "filter": { "user_id": "100" }, "event_type": "dm.received", "payload": 1 } }),
                json!({ "type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": [null, { "action": "COMMENT" }] })] {
                assert_eq!(tell(web, platform, &other).await, 200, "{platform} {other}");
            }
        }
        assert_eq!(tell(web, "myspace", &json!({})).await, 404);
        let stranger = page("page9", &[written("page9", "ann", "m1", "Hello", social.at(1))]);
        assert_eq!(tell(web, "facebook", &stranger).await, 200);
        social.sql.run("UPDATE social_accounts SET active = FALSE WHERE account_id = 'page1'").await;
        assert_eq!(tell(web, "facebook", &page("page1", &[written("page1", "ann", "m1", "Hello", social.at(1))])).await, 200);
        assert_eq!(social.all().await.len(), 0);
        assert_eq!(social.sql.count("conversation_message_keys").await, 0);
        let nothing = web.send(Method::PUT, "/webhooks/social/facebook", "").await;
        assert_eq!(nothing.status, 405);
        // The last, since whoever is not heard out has no connection any more.
        let long = vec![b' '; 3 * 1024 * 1024];
        assert_eq!(tell_bytes(web, "facebook", &long).await.status, 413);
    }

    /// Two companies have connected one account: each is told, and each has its own. A third is not.
    async fn two_companies_with_one_account(backend) {
        let social = Social::open(backend).await;
        for slug in ["other", "third"] {
            social.desk.cli_ok(&["tenant", "create", slug, "--name", slug, "--admin-email", ADMIN_EMAIL], ADMIN_PASSWORD);
        }
        let url = social.desk.server.setting("FRONTDESK_DATABASE_URL").expect("a setting");
        let registry = Sql::open(url, None).await;
        let tables = async |slug: &str| {
            let schema = registry.texts(&format!("SELECT schema_name FROM tenants WHERE slug = '{slug}'")).await;
            Sql::open(url, Some(&schema[0])).await
        };
        let (other, third) = (tables("other").await, tables("third").await);
        social.connect(&other, "other", 9, "facebook", "page1").await;
        social.told(&[written("page1", "ann", "m1", "Hello", social.at(1)), echo("page1", "ann", "m2", "Hi", social.at(2))]).await;
        for (sql, messages) in [(&social.sql, 2), (&other, 2), (&third, 0)] {
            assert_eq!(sql.count("conversation_messages").await, messages);
        }
        // Where one of them is suspended the other is told as before.
        let web = social.desk.web.tenant("other");
        let signed_in = web.run(SIGN_IN, credentials(ADMIN_EMAIL, ADMIN_PASSWORD)).await.ok();
        let there = web.bearer(&signed_in.string("signIn.session.accessToken"));
        social.desk.cli_ok(&["tenant", "suspend", "other", "--reason", "unpaid"], "");
        until("it is suspended", SOON, async || {
            let answer = there.run("{ __typename }", Value::Null).await;
            answer.errors().iter().any(|error| error["extensions"]["code"] == "FORBIDDEN").then_some(())
        })
        .await;
        social.told(&[written("page1", "ann", "m3", "Still there?", social.at(3))]).await;
        assert_eq!((social.sql.count("conversation_messages").await, other.count("conversation_messages").await), (3, 2));
    }

    /// Half characters, NUL, other control characters, a text of any length, names of any length, times of any other age: what can
    /// be kept is, and the rest of a delivery is not lost by it.
    async fn whatever_people_type(backend) {
        let social = Social::open(backend).await;
        let raw = page("page1", &[written("page1", "ann", "m1", "TEXT", social.at(1))]).to_string();
        let raw = raw.replace("TEXT", r"a\ud83d b\u0000c\u0007 \ud83d\ude00");
        assert_eq!(tell_bytes(&social.desk.web, "facebook", raw.as_bytes()).await.status, 200);
        let endless = "x".repeat(30_000);
        let mut pictures = written("page1", "ann", "m3", "", social.at(3));
        pictures["message"]["attachments"] = json!([{ "type": "image", "payload": { "url": "https://cdn.example/a\u{0}b.png" } }]);
        social.told(&[
            written("page1", "ann", "m2", &endless, social.at(2)),
            written("page1", "ann", &"m".repeat(300), "No such name", social.at(2)),
            pictures,
            written("page1", "ann", "m4", "From tomorrow", social.at(3_600 * 48)),
            written("page1", "ann", "m5", "From the last century", -1_000_000_000_000),
        ])
        .await;
        let one = social.one().await;
        let messages = one["messages"]["nodes"].as_array().expect("messages");
        let of = |mid: &str| messages.iter().find(|message| message["platformMessageId"] == mid).expect("it");
        assert_eq!(of("m1")["content"], "a\u{fffd} bc 😀");
        assert_eq!((of("m2")["content"].as_str().map(str::len), &of("m2")["metadata"]["cut"]), (Some(20_000), &json!(true)));
        assert_eq!((&of("m3")["content"], &of("m3")["metadata"]["attachments"][0]["link"]), (&json!(""), &json!("https://cdn.example/ab.png")));
        assert!(of("m4")["receivedAt"].as_str() < Some(&kernel::Source::system().now().to_rfc3339()));
        assert_eq!((messages.len(), one["messageCount"].as_i64()), (5, Some(5)));
        assert_eq!(texts(&one)[0], "From the last century");
    }
}
