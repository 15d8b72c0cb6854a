//! Clients that mean harm, or do it.

use std::fmt::Write as _;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::running::{SUBMIT, Site, enter, submission, submit, until};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Client, PATIENCE, Server, both};

/// What a list of the inbox asks for.
const LIST: &str = "query List { messages(first: 25) { nodes { id name content status assignee { name } visitor { email } \
     replies(first: 3) { nodes { content } } } } }";

/// Documents that cost a server without limits dearly.
fn hostile() -> Vec<Value> {
    let mut bomb = "query { ...f0 }".to_owned();
    for level in 0..10 {
        let spread = format!("...f{} ", level + 1).repeat(8);
        write!(bomb, " fragment f{level} on Query {{ {spread} }}").expect("memory");
    }
    bomb.push_str(" fragment f10 on Query { __typename }");
    let aliases: String = (0..5000).map(|number| format!("a{number}: viewer {{ permissions }} ")).collect();
    let directives = "@include(if: true) ".repeat(10_000);
    let deep = format!("{{ {} id {} }}", "visitor { messages { nodes { ".repeat(400), "} } } ".repeat(400));
    let wide = "messages(first: 100) { nodes { visitor { messages(first: 100) { nodes { replies(first: 100) { nodes { \
         message { replies(first: 100) { nodes { id } } } } } } } } } }";
    let nested = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    let filter = (0..200).fold(json!({ "text": "a" }), |inner, _| json!({ "not": inner }));
    vec![
        json!({ "query": bomb }),
        json!({ "query": format!("{{ {aliases} }}") }),
        json!({ "query": format!("{{ viewer {directives} {{ permissions }} }}") }),
        json!({ "query": format!("{{ messages {{ nodes {deep} }} }}") }),
        json!({ "query": format!("{{ {wide} }}") }),
        json!({ "query": format!("{{ node(id: {nested}) {{ id }} }}") }),
        json!({ "query": "{ ".repeat(100_000) }),
        json!({ "query": "fragment a on Query { ...b } fragment b on Query { ...a } { ...a }" }),
        json!({ "query": "query($f: MessageFilter) { messages(filter: $f) { nodes { id } } }", "variables": { "f": filter } }),
        json!({ "query": "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }" }),
    ]
}

/// A number of kilobytes from what the system knows of a process.
fn memory(server: &Server, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("such a line");
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().expect("a number")
}

/// How long each of this many lists took, sorted.
async fn lists(staff: &Client, count: usize) -> Vec<Duration> {
    let mut times = Vec::new();
    for _ in 0..count {
        let began = Instant::now();
        staff.run(LIST, Value::Null).await.ok();
        times.push(began.elapsed());
    }
    times.sort();
    times
}

/// How a colleague's work went beside an attack.
#[derive(Debug)]
struct Seen {
    quiet: Duration,
    median: Duration,
    p99: Duration,
}

impl Seen {
    /// The cores are shared with the attackers, so some slowdown is theirs to cause.
    fn is_calm(&self) -> bool {
        self.median < (self.quiet * 20).max(Duration::from_millis(250)) && self.p99 < Duration::from_secs(2)
    }
}

/// Four attackers send hostile documents while a colleague reads their lists; notes the fastest answer to each document.
async fn attack(staff: &Client, fastest: &Arc<Mutex<Vec<Duration>>>) -> Seen {
    let quiet = lists(staff, 100).await[50];
    let (over, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut attackers = JoinSet::new();
    for number in 0..4 {
        let (client, over, sent, fastest) = (staff.clone(), over.clone(), sent.clone(), fastest.clone());
        attackers.spawn(async move {
            let documents = hostile();
            for (which, document) in documents.iter().enumerate().cycle().skip(number * 3) {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let began = Instant::now();
                let answer = client.post(document.clone()).await;
                assert!(!answer.errors().is_empty() && answer.status < 500, "{answer}");
                let mut fastest = fastest.lock().expect("nobody panicked");
                fastest[which] = fastest[which].min(began.elapsed());
                sent.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    let loud = lists(staff, 200).await;
    over.store(true, Ordering::Relaxed);
    attackers.join_all().await;
    assert!(sent.load(Ordering::Relaxed) >= 40, "there was an attack");
    Seen { quiet, median: loud[100], p99: loud[198] }
}

both! {
    /// Documents made to cost are refused cheaply: who works meanwhile hardly notices, and memory stays bounded.
    async fn hostile_documents_hurt_nobody(backend) {
        let site = Site::new(backend);
        let server = site.serve().await;
        let nobody = Client::new(server.base());
        let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        for number in 0..25 {
            submit(&nobody, &format!("message {number}")).await;
        }
        let before = memory(&server, "VmRSS");
        let fastest = Arc::new(Mutex::new(vec![Duration::MAX; hostile().len()]));
        let mut seen = Vec::new();
        // A machine with more to do may spoil one measurement, hardly all of them.
        while !seen.iter().any(Seen::is_calm) {
            assert!(seen.len() < 4, "{seen:?}");
            seen.push(attack(&staff, &fastest).await);
        }
        // Each was sent several times.
        let fastest = fastest.lock().expect("nobody panicked").clone();
        assert!(fastest.iter().all(|time| *time < Duration::from_secs(1)), "{fastest:?}");
        let grown = memory(&server, "VmHWM").saturating_sub(before);
        assert!(grown < 200 * 1024, "{grown} kB more at the peak");
    }

    /// More connections than the process may have files: who has a connection is served, the others are as soon as
    /// there is room, and connections that say nothing are cut, so that there is. The process survives all of it.
    async fn running_out_of_files_is_survived(backend) {
        let site = Site::new(backend);
        let server = site.serve().await;
        let before = Client::new(server.base());
        submit(&before, "before").await;
        let limit = ["--pid", &server.pid().to_string(), "--nofile=64:64"].map(str::to_owned);
        assert!(Command::new("prlimit").args(limit).status().expect("prlimit is there").success());

        let mut idle = Vec::new();
        // Each of them is cut after 10 s without a request, so 64 at a time: twice as many show it, four times take longer.
        for _ in 0..120 {
            idle.push(TcpStream::connect(("127.0.0.1", server.port())).await.expect("the system accepts it"));
        }
        let files = || std::fs::read_dir(format!("/proc/{}/fd", server.pid())).expect("it runs").count();
        until("the files are used up", PATIENCE, async || (files() >= 60).then_some(())).await;
        let answer = before.try_run(SUBMIT, submission("meanwhile")).await.expect("an old connection still works");
        for error in answer.errors() {
            assert_eq!(error["extensions"]["retryable"], true, "{answer}");
        }
        let late = Client::new(server.base());
        let health = late.get("/healthz").await;
        assert_eq!(health.status, 200, "the idle ones are still open on this side");
        let written = async || late.run(SUBMIT, submission("after")).await.errors().is_empty().then_some(());
        until("writes go on", PATIENCE, written).await;
        assert!(server.is_running());
        drop(idle);
    }
}
