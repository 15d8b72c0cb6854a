//! An answer that is being written is not lost, and is nobody else's to read.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::notifications::assign;
use super::roles::{colleague, make_role, run};
use super::ticket_comments::{said, ticket};
use crate::support::{Answer, Options};
use crate::support::{both, until};

const SAVE: &str = "mutation($of: ID!, $text: String!, $seen: Int) { saveDraft(input: { entityId: $of, content: $text, subject: \"Re\",
    seenVersion: $seen }) { draft { id version content } errors { code path } } }";
const DISCARD: &str =
    "mutation($of: ID!, $seen: Int) { discardDraft(input: { entityId: $of, seenVersion: $seen }) { draft { id content }
    errors { code } } }";
const OWN: &str = "query($id: ID!) { message(id: $id) { draft { id content version entityId subject } } drafts { nodes { id } totalCount } }";

async fn save(by: &Person, of: &str, text: &str, seen: Option<i64>) -> Answer {
    by.client.run(SAVE, json!({ "of": of, "text": text, "seen": seen })).await
}

/// The version of what was saved.
#[track_caller]
fn version(answer: &Answer) -> i64 {
    answer.data("saveDraft.draft.version").as_i64().expect("a version")
}

/// The version that a conflict names.
#[track_caller]
fn conflict(answer: &Answer) -> &Value {
    assert_eq!(answer.error_code(), "CONFLICT", "{answer}");
    &answer.errors()[0]["extensions"]["currentVersion"]
}

both! {
    /// Two windows write at one answer: the newest wins, and the other is told which version there is. Once the answer is
    /// sent, or thrown away, no window brings it back.
    async fn the_newest_draft_wins_and_the_loser_is_told(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let message = desk.message("Ann", "Hello").await;
        let first = save(&admin, &message, "Dear", None).await.ok();
        let begun = version(&first);
        let id = first.string("saveDraft.draft.id");
        assert_eq!(conflict(&save(&admin, &message, "Mine", None).await), &json!(begun), "another window began");
        let second = save(&admin, &message, "Dear Ann", Some(begun)).await.ok();
        assert_eq!(second.data("saveDraft.draft"), &json!({ "id": id, "version": begun + 1, "content": "Dear Ann" }));
        assert_eq!(conflict(&save(&admin, &message, "Deer", Some(begun)).await), &json!(begun + 1));
        assert_eq!(version(&save(&admin, &message, "Dear Ann", Some(begun + 1)).await.ok()), begun + 1, "nothing new");
        let own = run(&admin, OWN, json!({ "id": message })).await;
        let draft = json!({ "id": id, "content": "Dear Ann", "version": begun + 1, "entityId": message, "subject": "Re" });
        assert_eq!((own.data("message.draft"), own.data("drafts")), (&draft, &json!({ "nodes": [{ "id": id }], "totalCount": 1 })));

        // Of many at once one wins.
        let at_once = join_all((0..10).map(|n| at_once_save(&admin, &message, begun + 1, n))).await;
        let won: Vec<_> = at_once.iter().filter(|answer| answer.errors().is_empty()).collect();
        assert_eq!(won.len(), 1);
        assert!(at_once.iter().filter(|answer| !answer.errors().is_empty()).all(|lost| conflict(lost) == &json!(begun + 2)));

        assert_eq!(conflict(&admin.client.run(DISCARD, json!({ "of": message, "seen": begun + 1 })).await), &json!(begun + 2));
        admin.reply(&message, "Dear Ann, yes.").await;
        let sent = run(&admin, OWN, json!({ "id": message })).await;
        assert_eq!((sent.data("message.draft"), sent.data("drafts.totalCount")), (&Value::Null, &json!(0)));
        assert_eq!(conflict(&save(&admin, &message, "Late", Some(begun + 2)).await), &json!(0), "it was sent");

        let again = version(&save(&admin, &message, "Another", None).await.ok());
        // A window that still shows the first draft has not seen this one, whatever its version was.
        for seen in begun..=begun + 2 {
            assert_eq!(conflict(&save(&admin, &message, "Stale", Some(seen)).await), &json!(again));
            assert_eq!(conflict(&admin.client.run(DISCARD, json!({ "of": message, "seen": seen })).await), &json!(again));
        }
        let gone = run(&admin, DISCARD, json!({ "of": message })).await;
        assert_eq!(gone.data("discardDraft.draft.content"), "Another");
        assert_eq!(run(&admin, DISCARD, json!({ "of": message })).await.data("discardDraft.draft"), &Value::Null);
        for (text, code) in [(" ".to_owned(), "BLANK"), ("x".repeat(20_001), "TOO_LONG")] {
            let refused = save(&admin, &message, &text, None).await.user_errors("saveDraft").remove(0);
            assert_eq!((refused.code.as_str(), refused.path.as_str()), (code, "input.content"));
        }
        // The trail tells that it was written at, and never what.
        let told = "{ auditLogs(filter: { eventType: { eq: \"draft.changed\" } }) { nodes { oldValues newValues details } } }";
        let told = run(&admin, told, Value::Null).await;
        assert!(told.list("auditLogs.nodes").len() == 5 && !told.text.contains("Dear") && !told.text.contains("Another"), "{told}");
    }

    /// A draft is its author's alone by every way that there is, and for nothing that they do not see.
    async fn a_draft_is_nobody_elses(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own", &["VIEW_MESSAGES", "MANAGE_MESSAGES", "SEE_ASSIGNED"]).await;
        let bea = colleague(&desk, &admin, "bea", &role, json!({})).await;
        let viewer = desk.colleague("vic@example.com", "Vic", "VIEWER").await;
        let (message, hidden) = (desk.message("Ann", "Hello").await, desk.message("Ulf", "Hot").await);
        assign(&admin, &message, &bea).await;
        let hers = save(&bea, &message, "Hers", None).await.ok().string("saveDraft.draft.id");
        let his = save(&admin, &message, "His", None).await.ok().string("saveDraft.draft.id");
        assert_ne!(hers, his, "each has one");
        let seen = run(&admin, OWN, json!({ "id": message })).await;
        assert_eq!((seen.data("message.draft.content"), seen.data("drafts.totalCount")), (&json!("His"), &json!(1)));
        let node = "query($id: ID!) { node(id: $id) { ... on Draft { content } } nodes(ids: [$id]) { id } }";
        assert_eq!(run(&admin, node, json!({ "id": hers })).await.data(""), &json!({ "node": null, "nodes": [null] }));
        assert_eq!(save(&bea, &hidden, "x", None).await.error_code(), "NOT_FOUND");
        assert_eq!(bea.client.run(DISCARD, json!({ "of": hidden })).await.error_code(), "NOT_FOUND");
        assert_eq!(save(&viewer, &message, "x", None).await.error_code(), "FORBIDDEN");
        // What she does not see any more she does not answer any more.
        assign(&admin, &message, &admin).await;
        assert_eq!(run(&bea, node, json!({ "id": hers })).await.data("node"), &Value::Null);
        assert_eq!(save(&bea, &message, "x", Some(1)).await.error_code(), "NOT_FOUND");
        assign(&admin, &message, &bea).await;
        assert_eq!(run(&bea, node, json!({ "id": hers })).await.data("node.content"), "Hers");
        // His answer is his draft's end, and not hers.
        admin.reply(&message, "His").await;
        assert_eq!(run(&bea, OWN, json!({ "id": message })).await.data("message.draft.id"), &json!(hers));
    }

    /// On a ticket a public comment is the answer, and the draft goes with it; what is said among colleagues is none.
    async fn a_draft_on_a_ticket_goes_with_the_answer(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let of = ticket(&admin, "Help").await;
        save(&admin, &of, "His", None).await.ok();
        save(&bea, &of, "Hers", None).await.ok();
        let left = async |who: &Person| {
            let drafts = run(who, "{ drafts { nodes { content } } }", Value::Null).await;
            drafts.list("drafts.nodes").len()
        };
        said(&admin, &of, "Beware", json!({ "visibility": "INTERNAL" })).await;
        assert_eq!((left(&admin).await, left(&bea).await), (1, 1));
        said(&admin, &of, "His", json!({})).await;
        assert_eq!((left(&admin).await, left(&bea).await), (0, 1));
    }

    /// Thirty days after somebody last wrote at it a draft goes.
    async fn a_draft_that_nobody_writes_at_goes_after_thirty_days(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        let ago = |days: u32| match sql.is_sqlite() {
            true => format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-{days} days')"),
            false => format!("now() - interval '{days} days'"),
        };
        for (text, days) in [("young", 29), ("old", 31)] {
            let message = desk.message(text, "Hello").await;
            save(&admin, &message, text, None).await.ok();
            sql.run(&format!("UPDATE drafts SET updated_at = {}, created_at = {} WHERE content = '{text}'", ago(days), ago(60))).await;
        }
        until("the old one is gone", SOON, async || (sql.count("drafts").await == 1).then_some(())).await;
        let left = run(&admin, "{ drafts { nodes { content } } }", Value::Null).await;
        assert_eq!(left.data("drafts.nodes"), &json!([{ "content": "young" }]));
    }
}

async fn at_once_save(by: &Person, of: &str, seen: i64, n: usize) -> Answer {
    save(by, of, &format!("Version {n}"), Some(seen)).await
}
