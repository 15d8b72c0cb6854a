//! `kill -9` of the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::load::Load;
use crate::running::{Site, enter};
use crate::support::{
    ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Backend, Client, Cluster, PATIENCE, Smtp, Socket, both, chance, until,
};

/// How often the server is killed.
const CRASHES: usize = 20;
/// How many chats go on meanwhile, and how often the server is killed under them.
const CHATS: usize = 4;
const CHAT_CRASHES: usize = 6;
const BEGIN: &str =
    "mutation { startChat(input: { name: \"Ann\", content: \"0\" }) { receipt { chatId chatToken } errors { code } } }";
const SAY: &str =
    "mutation($input: SendChatMessageInput!) { sendChatMessage(input: $input) { message { id } errors { code } } }";
const HEAR: &str = "subscription($id: ID!, $token: String) { chatEvents(chatId: $id, chatToken: $token, after: \"0\") {
    __typename sequence lines { sender content } } }";

/// Says one number after the other in a chat that was begun, each until it is acknowledged; `said` is how many were.
async fn keeps_talking(
    web: Client,
    begun: Answer,
    said: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
) -> (String, String, usize) {
    let (chat, token) = (begun.string("startChat.receipt.chatId"), begun.string("startChat.receipt.chatToken"));
    loop {
        let number = said.load(Ordering::Relaxed);
        let input = json!({ "chatId": chat, "chatToken": token, "content": (number + 1).to_string() });
        let web = web.idempotency_key(&format!("{chat}-{number}"));
        // Whatever gets no answer is said again, with its key.
        let answer = web.try_run(SAY, json!({ "input": input })).await;
        if answer.is_ok_and(|answer| answer.json["data"]["sendChatMessage"]["message"]["id"].is_string()) {
            said.store(number + 1, Ordering::Relaxed);
            // Never while one is not known to have arrived.
            if over.load(Ordering::Relaxed) {
                return (chat, token, number + 1);
            }
        }
        sleep(Duration::from_millis(5)).await;
    }
}

both! {
    /// A server is killed again and again at random moments while sixteen clients write. Whatever was acknowledged is
    /// there, nothing is there twice although every request without an answer was repeated, and what follows from a
    /// write (its audit row, its number, its mail) followed.
    async fn nothing_acknowledged_is_lost_and_nothing_is_doubled(backend) {
        // Its database keeps its promises as in production: fsync is on.
        let cluster = (backend == Backend::Postgres).then(|| Cluster::private(true));
        let site = cluster.as_ref().map_or_else(Site::on_disk, |cluster| Site::on(cluster.database()));
        let smtp = Smtp::start().await;
        // What a crash orphaned is taken up again while there are more of them.
        let options = site.options().smtp(&smtp).env("FRONTDESK_JOB_LEASE", "5s").env("FRONTDESK_SWEEP_INTERVAL", "1s");
        let options = options.env("FRONTDESK_LISTEN", format!("127.0.0.1:{}", chance::port()));
        let mut server = site.serve_with(options).await;
        let staff = enter(&Client::new(server.base()), ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let load = Load::start(&staff);
        let mut starts = Vec::new();
        for _ in 0..CRASHES {
            let moment = 200 + u64::from(u16::from_be_bytes(chance::bytes())) % 1300;
            sleep(Duration::from_millis(moment)).await;
            server.kill9().await;
            load.ledger().holds(&site).await;
            let began = Instant::now();
            server.restart().await;
            starts.push(began.elapsed());
        }
        starts.sort_unstable();
        // A machine with more to do may spoil some, hardly half of them.
        assert!(starts[CRASHES / 2] < Duration::from_secs(5), "ready again after {starts:?}");
        load.goes_on().await;
        let ledger = load.finish().await;
        assert!(ledger.broken_off >= CRASHES, "the crashes were felt: {}", ledger.broken_off);
        ledger.adds_up(&site, &smtp).await;
        if backend == Backend::Sqlite {
            assert_eq!(site.look(Some("main"), "PRAGMA integrity_check").await, ["ok"]);
        }
    }

    /// A server is killed under chats: every line that was acknowledged is there once, in its order, and who listens again
    /// hears each once.
    async fn no_line_of_a_chat_is_lost_or_doubled(backend) {
        let cluster = (backend == Backend::Postgres).then(|| Cluster::private(true));
        let site = cluster.as_ref().map_or_else(Site::on_disk, |cluster| Site::on(cluster.database()));
        let mut server = site.serve_with(site.options().env("FRONTDESK_LISTEN", format!("127.0.0.1:{}", chance::port()))).await;
        let (web, over) = (Client::new(server.base()), Arc::new(AtomicBool::new(false)));
        let (mut chats, mut counts) = (JoinSet::new(), Vec::new());
        for _ in 0..CHATS {
            let begun = web.run(BEGIN, Value::Null).await.ok();
            let said = Arc::new(AtomicUsize::new(0));
            counts.push(Arc::clone(&said));
            chats.spawn(keeps_talking(web.clone(), begun, said, Arc::clone(&over)));
        }
        let said = || counts.iter().map(|said| said.load(Ordering::Relaxed)).collect::<Vec<_>>();
        let goes_on = async |before: Vec<usize>| {
            let all = async || said().iter().zip(&before).all(|(now, before)| now > before).then_some(());
            until("each chat goes on", PATIENCE, all).await;
        };
        goes_on(said()).await;
        for _ in 0..CHAT_CRASHES {
            sleep(Duration::from_millis(300 + u64::from(u16::from_be_bytes(chance::bytes())) % 700)).await;
            server.kill9().await;
            server.restart().await;
            goes_on(said()).await;
        }
        over.store(true, Ordering::Relaxed);
        for (chat, token, said) in chats.join_all().await {
            let mut socket = Socket::connect(server.base(), None).await;
            socket.subscribe("hear", HEAR, json!({ "id": chat, "token": token })).await;
            let mut heard = Vec::new();
            while heard.len() <= said {
                let event = socket.next(Duration::from_secs(20)).await;
                let lines = event.data("chatEvents.lines").as_array().cloned().unwrap_or_default();
                let own = lines.iter().filter(|line| line["sender"] == "VISITOR");
                heard.extend(own.map(|line| line["content"].as_str().expect("a text").to_owned()));
            }
            let all: Vec<_> = (0..=said).map(|n| n.to_string()).collect();
            assert_eq!(heard, all);
            assert!(said > CHAT_CRASHES, "there was something to lose: {said}");
            let last = "query($id: ID!, $token: String!) { visitorChat(chatId: $id, chatToken: $token) {
                messages(last: 5) { totalCount nodes { sender content } } } }";
            let kept = web.run(last, json!({ "id": chat, "token": token })).await.ok();
            // One line is the system's.
            assert_eq!(kept.data("visitorChat.messages.totalCount"), &json!(said + 2));
            assert_eq!(kept.data("visitorChat.messages.nodes.4.content"), &json!(said.to_string()));
        }
    }
}
