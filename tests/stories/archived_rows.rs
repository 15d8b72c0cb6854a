//! What is in archives of somebody is given out with all else that is held of them, and goes with them; what is of others stays.

use serde_json::{Value, json};

use super::chats::{answer, begin, claim};
use super::desk::{Desk, Person};
use super::erasures::{confirmed, over, second};
use super::person_exports::{asked, over as made, unpacked};
use super::retention::{ago, archives, done, events, read_back, set};
use crate::support::{Options, both};

/// The visitor with a name.
async fn visitor(who: &Person, name: &str) -> String {
    let all = who.client.run("{ visitors(first: 10) { nodes { id name } } }", Value::Null).await.ok();
    let found = all.list("visitors.nodes").iter().find(|visitor| visitor["name"] == name);
    found.and_then(|visitor| visitor["id"].as_str()).unwrap_or_else(|| panic!("no {name}: {all}")).to_owned()
}

both! {
    /// Lines of live chats and what was done on the website are archived; Ada takes along what is hers of both, and is erased. Bob's
    /// are as they were, and the archives are whole.
    async fn what_is_archived_is_given_out_and_erased(backend) {
        let quick = Options::new().env("FRONTDESK_SWEEP_INTERVAL", "1s").env("FRONTDESK_JOB_LEASE", "1s");
        let desk = Desk::open_with(backend, quick).await;
        let admin = desk.admin().await;
        let sam = second(&desk, &admin, "sam").await;
        for (name, says) in [("Ada", "My house is cold"), ("Bob", "My house is warm")] {
            let chat = begin(&desk, name, says).await;
            claim(&admin, &chat.id).await.ok();
            answer(&admin, &chat.id, &format!("Good day, {name}")).await.ok();
        }
        let (ada, bob) = (visitor(&admin, "Ada").await, visitor(&admin, "Bob").await);
        let sql = desk.sql().await;
        for (whose, rows) in [(None, 2), (Some(ada.as_str()), 3), (Some(bob.as_str()), 4)] {
            events(&sql, rows, whose).await;
        }
        sql.run(&format!("UPDATE chat_messages SET created_at = {}", ago(&sql, "400"))).await;
        let lines = sql.count("chat_messages").await as usize;
        for policy in ["chat_messages", "analytics_events"] {
            set(&admin, json!({ "policy": policy, "action": "ARCHIVE" })).await.ok();
        }
        done(&admin, "runRetention", &["chat_messages", "analytics_events"]).await;
        assert_eq!((sql.count("chat_messages").await, sql.count("analytics_events").await), (0, 0));
        let texts = |rows: &[Value], name: &str| rows.iter().filter(|row| row["content"].as_str().is_some_and(|text| text.contains(name))).count();

        let export = unpacked(&desk, &made(&admin, &asked(&admin, &ada).await).await).await;
        let (chats, pages) = (export.rows("inbox/chat_messages"), export.rows("analytics-sync/analytics_events"));
        assert_eq!((texts(&chats, "cold"), texts(&chats, "Good day, Ada"), pages.len()), (1, 1, 3), "{chats:?}");
        assert!(!export.text().contains("warm") && !export.text().contains("Good day, Bob"), "nothing of others");

        let erasure = confirmed((&admin, &sam), &ada, "PERSON").await;
        let erased = over(&admin, &erasure["id"]).await;
        assert_eq!(erased["status"], "DONE", "{erased}");
        let counts = erased["counts"].as_array().expect("counts");
        let of = |table: &str| counts.iter().find(|one| one["table"] == table).map(|one| one["rows"].clone());
        assert_eq!(of("analytics_events"), Some(json!(3)), "{erased}");
        let (left, pages) = (read_back(&desk, "chat_messages"), read_back(&desk, "analytics_events"));
        let nobody = left.iter().filter(|row| row["sender_type"] == "visitor").all(|row| row["staff_id"].is_null());
        assert!(nobody && pages.iter().filter(|row| row["visitor_id"].is_null()).count() == 2, "nothing is null: {left:?} {pages:?}");
        assert_eq!((left.len(), pages.len()), (lines - chats.len(), 6), "those of others, and the archives are whole");
        assert_eq!((texts(&left, "cold"), texts(&left, "Ada"), texts(&left, "warm"), texts(&left, "Good day, Bob")), (0, 0, 1, 1), "{left:?}");
        assert!(desk.server.places_of("My house is cold").iter().all(|place| !place.contains("archives")), "the objects that had them are gone");
        for table in ["chat_messages", "analytics_events"] {
            let known = archives(&admin, table).await;
            let rows: u64 = known.iter().filter_map(|one| one["rowCount"].as_u64()).sum();
            assert_eq!(rows, if table == "chat_messages" { left.len() as u64 } else { 6 });
        }
    }
}
