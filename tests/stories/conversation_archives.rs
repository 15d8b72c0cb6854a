//! Old messages leave the database for the storage and are read back from there; PostgreSQL keeps a table for each month and looks
//! into those alone that it must.

use serde_json::{Value, json};

use super::conversations::{Social, texts};
use super::desk::SOON;
use super::erasures::{confirmed, over, second};
use super::roles::run;
use crate::coverage::sql::Sql;
use crate::support::told::{apps, edited, taken_back, written};
use crate::support::{Backend, Options, both, until};

const DAY: i64 = 86_400;
const BACK: &str = "query Back($first: Int, $after: String) { conversations(first: 1) { nodes { id messageCount
    lastMessage { content } messages { totalCount nodes { id content } }
    archives { month batch messageCount archivedAt messages(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
      nodes { id platformMessageId content deletedAt editedAt conversation { id } } } } } } }";

/// Until everything old is archived.
async fn archived(social: &Social, left: i64) {
    until("archived", SOON, async || {
        let unsealed = social.sql.number("SELECT count(*) FROM conversation_archives WHERE sealed_at IS NULL").await;
        (unsealed == 0 && social.sql.count("conversation_messages").await == left).then_some(())
    })
    .await;
}

async fn back(social: &Social, variables: Value) -> Value {
    let found = run(&social.admin, BACK, variables).await;
    found.list("conversations.nodes")[0].clone()
}

/// A column of all archives.
async fn everything(sql: &Sql, column: &str) -> Vec<String> {
    sql.texts(&format!("SELECT {column} FROM conversation_archives ORDER BY first_at")).await
}

both! {
    /// What is older than the company keeps is archived, month by month, counted and compared; it is read back as it was, with what
    /// was changed of it since; told again it is known; and nothing of it is lost when the storage holds something else.
    async fn old_messages_are_archived_and_read_back(backend) {
        let social = Social::open_with(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let old = |days: i64| social.at(-days * DAY);
        social.told(&[
            written("page1", "ann", "m1", "A hundred and fifty days ago", old(150)),
            written("page1", "ann", "m2", "The same day", old(150) + 1000),
            written("page1", "ann", "m3", "A hundred days ago", old(100)),
            written("page1", "ann", "m4", "Yesterday", social.at(0)),
        ])
        .await;
        archived(&social, 1).await;
        let one = back(&social, json!({})).await;
        assert_eq!((&one["messageCount"], texts(&one), &one["lastMessage"]["content"]), (&json!(4), vec!["Yesterday"], &json!("Yesterday")));
        let archives = one["archives"].as_array().expect("archives").clone();
        assert_eq!(archives.len(), 2, "{archives:?}");
        assert_eq!((&archives[0]["messageCount"], &archives[1]["messageCount"]), (&json!(2), &json!(1)));
        let texts_of = |archive: &Value| archive["messages"]["nodes"].as_array().expect("messages").iter().map(|message| message["content"].as_str().expect("a text").to_owned()).collect::<Vec<_>>();
        assert_eq!(texts_of(&archives[0]), ["A hundred and fifty days ago", "The same day"]);
        assert_eq!(archives[0]["messages"]["nodes"][0]["conversation"]["id"], one["id"]);
        // Told again it is known; changed or taken back it is so when it is read.
        social.told(&[written("page1", "ann", "m1", "A hundred and fifty days ago", old(150)), taken_back("page1", "ann", "m1", social.at(5)),
            edited("page1", "ann", "m3", "Edited", social.at(6))]).await;
        let one = back(&social, json!({})).await;
        assert_eq!(one["messageCount"], 4);
        assert_eq!((texts_of(&one["archives"][0]), texts_of(&one["archives"][1])), (vec![String::new(), "The same day".into()], vec!["Edited".into()]));
        assert!(one["archives"][0]["messages"]["nodes"][0]["deletedAt"].is_string());
        // In pages.
        let first = back(&social, json!({ "first": 1 })).await;
        let page = &first["archives"][0]["messages"];
        assert_eq!((&page["totalCount"], &page["pageInfo"]["hasNextPage"], &page["nodes"][0]["platformMessageId"]), (&json!(2), &json!(true), &json!("m1")));
        // It is no node any more, and on record.
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert!(run(&social.admin, node, json!({ "id": archives[0]["messages"]["nodes"][0]["id"] })).await.data("node").is_null());
        let trail = "{ auditLogs(filter: { eventType: { eq: \"conversation.messages_archived\" } }) { nodes { newValues } } }";
        let trail = run(&social.admin, trail, Value::Null).await;
        assert_eq!(trail.list("auditLogs.nodes").len(), 2);
        // A late one of an old month is archived beside the others.
        social.told(&[written("page1", "ann", "m5", "Late", old(150) + 5000)]).await;
        archived(&social, 1).await;
        let one = back(&social, json!({})).await;
        assert_eq!((&one["archives"][1]["batch"], texts_of(&one["archives"][1])), (&json!(2), vec!["Late".to_owned()]));
        // Where the storage holds something else, that is said and not shown.
        let keys = everything(&social.sql, "storage_key").await;
        let path = social.desk.server.dir().join("data/files").join(&keys[0]);
        let mut bytes = std::fs::read(&path).expect("an object");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).expect("a folder");
        let refused = social.admin.client.run(BACK, json!({})).await;
        assert_eq!(refused.error_code(), "INTERNAL_SERVER_ERROR", "{refused}");
    }

    /// Who is erased is in no archive any more, and what others wrote in the same months is there as it was.
    async fn who_is_erased_leaves_the_archives(backend) {
        let quick = Options::new().env("FRONTDESK_SWEEP_INTERVAL", "1s").env("FRONTDESK_JOB_LEASE", "1s").env("FRONTDESK_CLEANING_INTERVAL", "1s");
        let social = Social::open_with(backend, quick).await;
        let second = second(&social.desk, &social.admin, "sam").await;
        let old = |days: i64| social.at(-days * DAY);
        social.told(&[
            written("page1", "ann", "m1", "Annabel was here", old(150)),
            written("page1", "bob", "m2", "Bob was here", old(150) + 1000),
            written("page1", "ann", "m3", "Annabel was here again", old(100)),
            written("page1", "bob", "m4", "Bob is here", social.at(0)),
        ])
        .await;
        archived(&social, 1).await;
        let keys = everything(&social.sql, "storage_key").await;
        assert_eq!(keys.len(), 2);
        let all = social.all().await;
        let ann = all.iter().find(|one| one["participantId"] == "ann").expect("hers");
        let erasure = confirmed((&social.admin, &second), ann["id"].as_str().expect("an id"), "PERSON").await;
        let erased = over(&social.admin, &erasure["id"]).await;
        assert_eq!(erased["status"], "DONE", "{erased}");
        let counts = erased["counts"].as_array().expect("counts");
        assert!(counts.iter().any(|one| one["table"] == "conversation_archives" && one["rows"] == 2), "{erased}");
        assert_eq!(everything(&social.sql, "CAST(messages AS text)").await, ["1", "0"]);
        let folder = social.desk.server.dir().join("data/files");
        for (before, now) in keys.iter().zip(everything(&social.sql, "storage_key").await) {
            assert!(*before != now && !folder.join(before).exists() && folder.join(now).exists());
        }
        let bob = back(&social, json!({})).await;
        assert_eq!((&bob["messageCount"], texts(&bob)), (&json!(2), vec!["Bob is here"]));
        let archive = &bob["archives"].as_array().expect("archives")[0];
        assert_eq!((&archive["messageCount"], &archive["messages"]["nodes"][0]["content"]), (&json!(1), &json!("Bob was here")));
    }

    /// A process died on the way: its object is not sealed, and all of its messages are here. The next one begins anew.
    async fn what_was_begun_is_begun_anew(backend) {
        let mut social = Social::open_with(backend, apps(Options::new())).await;
        social.told(&[written("page1", "ann", "m1", "Old", social.at(-150 * DAY))]).await;
        let (id, at, bytes) = match social.sql.is_sqlite() {
            true => ("x'0190a5f0000070008000000000000099'", "'2026-01-01T00:00:00.000000+00:00'", "x'00'"),
            false => ("'0190a5f0-0000-7000-8000-000000000099'", "'2026-01-01T00:00:00Z'", "'\\x00'"),
        };
        social.sql.run(&format!(
            "INSERT INTO conversation_archives (id, month, batch, storage_key, messages, first_at, last_at, bytes, sha256, created_at)
             VALUES ({id}, {at}, 1, 'main/conversations/y2026m01/dead', 1, {at}, {at}, 10, {bytes}, {at})"
        )).await;
        social.desk.server.restart_with(apps(Options::new()).env("FRONTDESK_RATE_LIMITS", "off").env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        archived(&social, 0).await;
        let keys = everything(&social.sql, "storage_key").await;
        assert!(keys.len() == 1 && !keys[0].ends_with("dead"), "{keys:?}");
        let admin = social.desk.admin().await;
        let found = run(&admin, BACK, json!({})).await;
        assert_eq!(found.list("conversations.nodes")[0]["archives"][0]["messages"]["nodes"][0]["content"], "Old");
    }
}

/// Messages of months without a table are moved into one; a list of one conversation's messages, and one message by its id, are
/// looked for in the tables of their months alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn months_are_made_ahead_and_looked_into_alone() {
    let options = Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s");
    let social = Social::open_with(Backend::Postgres, options).await;
    let months = "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                  WHERE i.inhparent = 'conversation_messages'::regclass ORDER BY 1";
    assert_eq!(social.sql.texts(months).await.len(), 4, "what is elsewhere, this month, and the next two");
    social
        .told(&[
            written("page1", "ann", "m1", "Forty days ago", social.at(-40 * DAY)),
            written("page1", "bob", "m2", "Seventy days ago", social.at(-70 * DAY)),
            written("page1", "bob", "m3", "Yesterday", social.at(0)),
        ])
        .await;
    until("moved", SOON, async || (social.sql.count("conversation_messages_default").await == 0).then_some(())).await;
    assert!(social.sql.texts(months).await.len() >= 6);
    assert_eq!(social.sql.count("conversation_messages").await, 3);
    let all = social.all().await;
    let ann = all.iter().find(|one| one["participantId"] == "ann").expect("it");
    assert_eq!(texts(ann), ["Forty days ago"]);
    // As the server asks, by what it is made of.
    let looked_into = async |sql: &str| {
        let plan = social.sql.texts(&format!("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {sql}")).await;
        let mut tables = Vec::new();
        for line in &plan {
            if let Some((_, rest)) = line.split_once(" on conversation_messages_") {
                let table = rest.split_whitespace().next().unwrap_or_default().to_owned();
                let is_month = table == "default" || (table.len() == 8 && table.starts_with('y'));
                if is_month && !line.contains("never executed") {
                    tables.push(table);
                }
            }
        }
        tables.sort();
        tables.dedup();
        (tables, plan.join("\n"))
    };
    let month = social
        .sql
        .texts("SELECT tableoid::regclass::text FROM conversation_messages WHERE content = 'Forty days ago'")
        .await[0]
        .clone();
    let month = month.rsplit("conversation_messages_").next().expect("a month").trim_matches('"').to_owned();
    let of_ann = "SELECT id FROM conversations WHERE participant_id = 'ann'";
    let below = format!(
        "SELECT below.* FROM unnest(ARRAY({of_ann})) AS parent
         JOIN conversations AS bounds ON bounds.id = parent.parent
         JOIN LATERAL (SELECT * FROM conversation_messages WHERE conversation_id = parent.parent
            AND received_at >= bounds.started_at AND received_at <= bounds.last_message_at
            ORDER BY received_at, id LIMIT 26) AS below ON TRUE"
    );
    let (tables, plan) = looked_into(&below).await;
    assert_eq!(tables, std::slice::from_ref(&month), "{plan}");
    let by_id = "SELECT * FROM conversation_messages WHERE id = ANY(ARRAY(SELECT id FROM conversation_messages WHERE content = 'Forty days ago' AND received_at < now() - interval '35 days' AND received_at > now() - interval '45 days'))
         AND received_at >= (SELECT min(received_at) FROM conversation_message_keys WHERE platform_message_id = 'm1')
         AND received_at <= (SELECT max(received_at) FROM conversation_message_keys WHERE platform_message_id = 'm1')";
    let (tables, plan) = looked_into(by_id).await;
    assert!(tables.len() <= 2 && tables.contains(&month), "{plan}");
}
