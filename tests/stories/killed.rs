//! What is under way outside when a process is killed is done once: a reply that a platform takes, a task that a provider thinks
//! about, a file that is read. And several processes on one database do each thing once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::ai_tasks::{over, request};
use super::conversation_replies::{REPLY, RETRY, Talk};
use super::desk::{Desk, SOON};
use super::lead_imports::{STATE, import, send};
use super::processes::beside_with;
use crate::coverage::sql::Sql;
use crate::support::anthropic::{Anthropic, Play as Says};
use crate::support::platforms::{Platforms, Play, Sent};
use crate::support::told::{echo, page, signature, tell, written};
use crate::support::{Backend, Client, Options, PATIENCE, both, chance, until};

/// How many write to the page, and how often the server is killed while they are answered.
const PEOPLE: usize = 4;
const CRASHES: usize = 5;

/// How many rows a file has.
const ROWS: usize = 2_000;

/// What a process left behind is soon taken up again.
fn quick() -> Options {
    Options::new().env("FRONTDESK_JOB_LEASE", "1s").env("FRONTDESK_SWEEP_INTERVAL", "1s")
}

/// The same, on a port that nobody takes while it is down.
fn quick_and_often() -> Options {
    quick().env("FRONTDESK_LISTEN", format!("127.0.0.1:{}", chance::port()))
}

/// What Facebook tells of what was sent through it.
fn echo_of(sent: &Sent) -> Value {
    page("page1", &[echo("page1", &sent.to, &sent.id, &sent.text, Talk::ago(0))])
}

/// As many people as this write to the page; the ids of their conversations, by person.
async fn everybody_writes(talk: &Talk, people: usize) -> Vec<(String, String)> {
    for n in 0..people {
        let told = page("page1", &[written("page1", &format!("p{n}"), &format!("m{n}"), "Price?", Talk::ago(1))]);
        assert_eq!(tell(&talk.desk.web, "facebook", &told).await, 200);
    }
    let all = "{ conversations(first: 100) { nodes { id participantId } } }";
    let all = talk.admin.client.run(all, Value::Null).await.ok();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let found = all.list("conversations.nodes").iter();
    let found: Vec<_> = found.map(|one| (text(&one["participantId"]), text(&one["id"]))).collect();
    assert_eq!(found.len(), people);
    found
}

/// Tells us of all that Facebook sent, as often as it takes; `told` is how many of them were taken.
async fn keeps_telling(platforms: Platforms, web: Client, told: Arc<AtomicUsize>) {
    loop {
        let next = platforms.sent().get(told.load(Ordering::Relaxed)).cloned();
        if let Some(sent) = next {
            let body = echo_of(&sent).to_string();
            let (header, signature) = signature("facebook", crate::support::told::SECRET, body.as_bytes());
            let post = web.header(header, &signature).request(Method::POST, "/webhooks/social/facebook").body(body);
            if post.send().await.is_ok_and(|answer| answer.status() == 200) {
                told.fetch_add(1, Ordering::Relaxed);
            }
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// Answers in a conversation again and again, each time until it is acknowledged; what was said.
async fn keeps_answering(
    staff: Client,
    (who, conversation): (String, String),
    said: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
) -> Vec<String> {
    let mut texts = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let text = format!("{who}-{}", texts.len());
        let keyed = staff.idempotency_key(&text);
        let input = json!({ "input": { "conversationId": conversation, "content": text } });
        // Whatever gets no answer is said again, with its key.
        while !keyed
            .try_run(REPLY, input.clone())
            .await
            .is_ok_and(|answer| answer.json["data"]["replyToConversation"]["conversationReply"]["id"].is_string())
        {
            sleep(Duration::from_millis(20)).await;
        }
        texts.push(text);
        said.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(150)).await;
    }
    texts
}

/// All that was sent, sorted.
fn sent(platforms: &Platforms) -> Vec<String> {
    let mut sent: Vec<_> = platforms.sent().into_iter().map(|sent| sent.text).collect();
    sent.sort_unstable();
    sent
}

async fn outbound(sql: &Sql) -> Vec<String> {
    sql.texts("SELECT content FROM conversation_messages WHERE direction = 'outbound' ORDER BY content").await
}

both! {
    /// A process is killed while Facebook takes its reply. Where Facebook took it, its echo says so, whether that came before the
    /// kill or after; it is not sent again. Where no echo comes nobody knows, and a person has it sent again.
    async fn a_reply_outlives_a_kill(backend) {
        let mut talk = Talk::open_with(backend, quick()).await;
        let ann = talk.ann(1).await;
        // Whether Facebook takes it, and whether it tells of it while the process still waits.
        for (n, early) in [(1, false), (2, true)] {
            talk.platforms.script([Play::Holds(true)]);
            let text = format!("Reply {n}");
            let reply = talk.reply(&ann, &text).await;
            until("Facebook has it", SOON, async || (talk.platforms.held() == n).then_some(())).await;
            let told = echo_of(talk.platforms.sent().last().expect("what was sent"));
            if early {
                assert_eq!(tell(&talk.desk.web, "facebook", &told).await, 200);
            }
            talk.desk.server.kill9().await;
            talk.desk.server.restart().await;
            assert_eq!(tell(&talk.desk.web, "facebook", &told).await, 200);
            let done = talk.becomes(&reply, "SENT").await;
            assert_eq!((&done["platformMessageId"], &done["attempts"]), (&json!(format!("sent-{n}")), &json!(1)));
            assert_eq!(done["sentMessage"]["content"], json!(text));
            assert_eq!(talk.platforms.sent().len(), n);
        }

        talk.platforms.script([Play::Holds(false)]);
        let reply = talk.reply(&ann, "Reply 3").await;
        until("Facebook is asked", SOON, async || (talk.platforms.held() == 3).then_some(())).await;
        talk.desk.server.kill9().await;
        talk.desk.server.restart().await;
        talk.echoes_are_late().await;
        let failed = talk.becomes(&reply, "FAILED").await;
        assert!(failed["errorMessage"].as_str().expect("why").contains("not known"), "{failed}");
        assert_eq!(talk.platforms.sent().len(), 2, "what nobody knows of is not sent again by itself");
        talk.admin.client.run(RETRY, json!({ "input": { "conversationReplyId": reply } })).await.ok();
        talk.becomes(&reply, "SENT").await;
        assert_eq!(sent(&talk.platforms), ["Reply 1", "Reply 2", "Reply 3"]);
        assert_eq!(outbound(&talk.sql).await, ["Reply 1", "Reply 2", "Reply 3"]);
    }

    /// A server is killed at random moments while colleagues answer. Each reply that was acknowledged is at Facebook once, and is one
    /// message of its conversation; of none is it lost what became of it.
    async fn replies_under_kills_are_sent_once_each(backend) {
        let mut talk = Talk::open_with(backend, quick_and_often()).await;
        let conversations = everybody_writes(&talk, PEOPLE).await;
        let (said, told, over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let mut writers = JoinSet::new();
        for one in conversations {
            writers.spawn(keeps_answering(talk.admin.client.clone(), one, Arc::clone(&said), Arc::clone(&over)));
        }
        let mut facebook = JoinSet::new();
        facebook.spawn(keeps_telling(talk.platforms.clone(), talk.desk.web.clone(), Arc::clone(&told)));
        let goes_on = async |talk: &Talk| {
            let (before, there) = (said.load(Ordering::Relaxed), talk.platforms.sent().len());
            let more = async || (said.load(Ordering::Relaxed) > before + PEOPLE && talk.platforms.sent().len() > there).then_some(());
            until("replies are said, and go out", PATIENCE, more).await;
        };
        goes_on(&talk).await;
        for _ in 0..CRASHES {
            sleep(Duration::from_millis(u64::from(u16::from_be_bytes(chance::bytes())) % 500)).await;
            talk.desk.server.kill9().await;
            talk.desk.server.restart().await;
            goes_on(&talk).await;
        }
        over.store(true, Ordering::Relaxed);
        let mut acknowledged = writers.join_all().await.concat();
        acknowledged.sort_unstable();
        // A kill between the note that a reply is begun and Facebook leaves one of which nobody knows: when its time has passed, a
        // person looks there and has it sent.
        let given_up = "{ conversationReplies(first: 100, filter: { status: { eq: FAILED } }) { nodes { id content } } }";
        until("each is sent", 2 * PATIENCE, async || {
            let (there, heard) = (talk.platforms.sent(), told.load(Ordering::Relaxed));
            if there.len() == heard {
                talk.echoes_are_late().await;
            }
            let failed = talk.admin.client.run(given_up, Value::Null).await.ok();
            for reply in failed.list("conversationReplies.nodes") {
                talk.admin.client.run(RETRY, json!({ "input": { "conversationReplyId": reply["id"] } })).await;
            }
            sleep(Duration::from_millis(500)).await;
            (talk.sql.number("SELECT count(*) FROM conversation_replies WHERE status <> 'sent'").await == 0).then_some(())
        })
        .await;
        assert_eq!(sent(&talk.platforms), acknowledged, "each once, none twice");
        until("each is told of", SOON, async || (told.load(Ordering::Relaxed) == acknowledged.len()).then_some(())).await;
        assert_eq!(outbound(&talk.sql).await, acknowledged, "and each is one message");
        let named = "SELECT DISTINCT platform_message_id FROM conversation_replies WHERE sent_message_id IS NOT NULL";
        assert_eq!(talk.sql.texts(named).await.len(), acknowledged.len());
    }

    /// A process is killed while the provider thinks: the task is done again, and what follows from it happens once and is paid for
    /// once.
    async fn a_task_outlives_a_kill(backend) {
        let api = Anthropic::start().await;
        let options = api.task_settings(quick().env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on"));
        let mut talk = Talk::open_with(backend, options).await;
        talk.ann(1).await;
        let first = talk.conversation("FACEBOOK").await["messages"]["nodes"][0]["id"].as_str().expect("an id").to_owned();
        let answer = json!({ "content": "It is 5.", "confidence": 0.6, "reasoning": "They ask for the price." });
        api.script([Says::Stalls(""), Says::Stalls(""), Says::Uses(answer)]);
        let task = request(&talk.admin, "REPLY", &first, Some("ANTHROPIC")).await;
        for asked in 1..=2 {
            api.wait(asked, SOON).await;
            talk.desk.server.kill9().await;
            talk.desk.server.restart().await;
        }
        let done = over(&talk.admin, &task).await;
        assert_eq!((&done["status"], &done["decided"]), (&json!("COMPLETED"), &Value::Null), "{done}");
        assert_eq!(api.seen().len(), 3);
        let replies = "{ conversationReplies { nodes { content status } } }";
        let replies = talk.admin.client.run(replies, Value::Null).await.ok();
        assert_eq!(replies.data("conversationReplies.nodes"), &json!([{ "content": "It is 5.", "status": "PENDING" }]));
        let usage = talk.admin.client.run("{ aiUsage { tokens } }", Value::Null).await.ok();
        assert_eq!(usage.data("aiUsage.tokens"), &json!(333));
        let told = "SELECT (SELECT count(*) FROM audit_logs WHERE kind = 'ai_task.completed')
            - (SELECT count(*) FROM ai_tasks WHERE status = 'completed')";
        assert_eq!(talk.sql.number(told).await, 0, "each is told of once");
    }

    /// A process is killed again and again while it reads a file of leads: each row is a lead once, and none is left out.
    async fn an_import_outlives_kills(backend) {
        let mut desk = Desk::open_with(backend, quick_and_often()).await;
        let admin = desk.admin().await;
        // Every fiftieth is somebody who was there, and every eightieth cannot be.
        let row = |n: usize| match n {
            n if n % 50 == 49 => format!("Again {n},person{}@example.com\n", n - 1),
            n if n % 80 == 7 => format!("Broken {n},no address\n"),
            n => format!("Person {n},person{n}@example.com\n"),
        };
        let rows: Vec<_> = (0..ROWS).map(row).collect();
        let count = |word: &str| rows.iter().filter(|row| row.starts_with(word)).map(|_| 1_i64).sum::<i64>();
        let file = send(&admin, &format!("name,email\n{}", rows.concat())).await;
        let begun = import(&admin, json!({ "fileId": file })).await.ok();
        let id = begun.string("importLeads.leadImport.id");
        let state = async || admin.client.run(STATE, json!({ "id": id })).await.ok().data("leadImport").clone();
        let mut read = 0;
        for _ in 0..3 {
            let now = until("it goes on", PATIENCE, async || {
                state().await["rowsRead"].as_i64().filter(|now| *now > read)
            })
            .await;
            assert!(now < count(""), "there is something to lose");
            read = now;
            desk.server.kill9().await;
            desk.server.restart().await;
        }
        let done = until("it ended", PATIENCE, async || Some(state().await).filter(|now| !now["finishedAt"].is_null())).await;
        let numbers = ["rowsRead", "createdCount", "duplicateCount", "errorCount"].map(|name| done[name].as_i64());
        let wanted = ["", "Person", "Again", "Broken"].map(|word| Some(count(word)));
        assert_eq!((&done["state"], numbers), (&json!("DONE"), wanted));
        let sql = desk.sql().await;
        let mut names: Vec<_> = sql.texts("SELECT name FROM leads").await;
        let persons = rows.iter().filter(|row| row.starts_with("Person"));
        let mut expected: Vec<_> = persons.filter_map(|row| Some(row.split_once(',')?.0.to_owned())).collect();
        names.sort_unstable();
        expected.sort_unstable();
        assert_eq!(names, expected);
        let told = async |kind: &str| sql.number(&format!("SELECT count(*) FROM audit_logs WHERE kind = '{kind}'")).await;
        assert_eq!((told("lead.created").await, told("lead_import.finished").await), (count("Person"), 1));
    }
}

/// Two processes on one database send each reply once, and those of one conversation in the order in which they were said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_send_each_reply_once() {
    let talk = Talk::open(Backend::Postgres).await;
    let beside = beside_with(&talk.desk, talk.platforms.settings(Options::new())).await;
    let conversations = everybody_writes(&talk, 6).await;
    let there = Client::new(beside.base()).bearer(&talk.admin.access);
    let said = conversations.iter().enumerate().map(|(n, (who, conversation))| {
        let clients = [talk.admin.client.clone(), there.clone()];
        async move {
            let mut said = Vec::new();
            for number in 0..5 {
                let text = format!("{who}-{number}");
                let input = json!({ "input": { "conversationId": conversation, "content": text } });
                clients[(n + number) % 2].run(REPLY, input).await.ok();
                said.push(text);
            }
            (who.clone(), said)
        }
    });
    let said: BTreeMap<_, _> = join_all(said).await.into_iter().collect();
    let left = "SELECT count(*) FROM conversation_replies WHERE status <> 'sent'";
    until("all are sent", PATIENCE, async || (talk.sql.number(left).await == 0).then_some(())).await;
    let mut sent: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in talk.platforms.sent() {
        sent.entry(one.to).or_default().push(one.text);
    }
    assert_eq!(sent, said, "each once, and in its order");
    assert_eq!(outbound(&talk.sql).await.len(), 30);
    // The process beside goes before its database does.
    drop(beside);
    drop(talk);
}
