//! Sixteen clients that write, note what they were told, and repeat under the same key what they are not sure of.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::running::{REPLY, SUBMIT, Site, submission, until};
use crate::support::{Client, PATIENCE, Smtp};

/// How many clients write.
const WRITERS: usize = 16;
/// How long a client rests between two writes, and before it repeats one.
const REST: Duration = Duration::from_millis(40);
/// How long a client repeats one write before it is lost: more than any fault lasts.
const STUBBORN: Duration = Duration::from_mins(2);
/// Clients at work.
pub struct Load {
    ledger: Arc<Mutex<Ledger>>,
    over: Arc<AtomicBool>,
    writers: JoinSet<()>,
}

/// What the clients know.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// What was acknowledged: the text of each message or reply, with its id.
    pub done: HashMap<String, String>,
    /// Requests that broke off without an answer.
    pub broken_off: usize,
    /// Why the last of these did.
    pub last_broken_off: String,
    /// How often each retryable code came.
    pub refusals: BTreeMap<String, usize>,
    /// How often each client was refused.
    pub refused: [usize; WRITERS],
    /// Answers that there should never be.
    pub wrong: Vec<String>,
    /// How long the slowest answer took.
    pub slowest: Duration,
}

/// What one answer says.
enum Said {
    Done(String),
    Again(String),
    Wrong(String),
}

impl Load {
    /// Begins to write as visitors, and to reply as a signed-in client.
    pub fn start(staff: &Client) -> Self {
        let (ledger, over) = (Arc::new(Mutex::default()), Arc::new(AtomicBool::new(false)));
        let mut writers = JoinSet::new();
        for number in 0..WRITERS {
            let writer = Writer { number, staff: staff.clone(), ledger: Arc::clone(&ledger) };
            writers.spawn(writer.write(Arc::clone(&over)));
        }
        Self { ledger, over, writers }
    }

    /// What the clients know so far.
    pub fn ledger(&self) -> Ledger {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until this many writes more have been acknowledged: the fault is over.
    pub async fn goes_on(&self) {
        let before = self.ledger().done.len();
        let grown = async || (self.ledger().done.len() >= before + WRITERS).then_some(());
        until("writes are acknowledged again", PATIENCE, grown).await;
    }

    /// Lets every client finish what it began, repeating it until it is acknowledged.
    pub async fn finish(self) -> Ledger {
        self.over.store(true, Ordering::Relaxed);
        self.writers.join_all().await;
        Arc::try_unwrap(self.ledger).expect("no writer is left").into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One client.
struct Writer {
    number: usize,
    staff: Client,
    ledger: Arc<Mutex<Ledger>>,
}

impl Writer {
    async fn write(self, over: Arc<AtomicBool>) {
        let visitor = self.staff.nobody();
        let mut about = None;
        for count in 0.. {
            if over.load(Ordering::Relaxed) {
                return;
            }
            let key = format!("w{}-{count}", self.number);
            // Three messages, then a reply to the last of them.
            match about.take_if(|_| count % 4 == 3) {
                Some(message) => {
                    let input = json!({ "input": { "messageId": message, "content": format!("reply {key}") } });
                    let client = self.staff.idempotency_key(&key);
                    self.insist(&client, REPLY, "/replyToMessage/reply/id", &format!("reply {key}"), input).await;
                }
                None => {
                    let client = visitor.idempotency_key(&key);
                    let (text, pointer) = (format!("message {key}"), "/submitMessage/receipt/messageId");
                    about = Some(self.insist(&client, SUBMIT, pointer, &text, submission(&text)).await);
                }
            }
            sleep(REST).await;
        }
    }

    /// Sends this until it is acknowledged, and every eighth once more.
    async fn insist(&self, client: &Client, query: &str, pointer: &str, text: &str, variables: Value) -> String {
        let began = Instant::now();
        let id = loop {
            match self.send(client, query, pointer, variables.clone()).await {
                Some(id) => break id,
                None => sleep(REST).await,
            }
            if began.elapsed() > STUBBORN {
                let known = self.note(|ledger| ledger.clone());
                let (done, broken, why) = (known.done.len(), known.broken_off, known.last_broken_off);
                let (refusals, wrong) = (known.refusals, known.wrong.last());
                panic!(
                    "{text} is never acknowledged, {done} others are; {broken} broke off: {why}; {refusals:?} {wrong:?}"
                );
            }
        };
        self.note(|ledger| {
            ledger.done.insert(text.to_owned(), id.clone());
        });
        if text.ends_with('7')
            && let Some(again) = self.send(client, query, pointer, variables).await
            && again != id
        {
            self.note(|ledger| ledger.wrong.push(format!("{text} is {id} and {again}")));
        }
        id
    }

    async fn send(&self, client: &Client, query: &str, pointer: &str, variables: Value) -> Option<String> {
        let began = Instant::now();
        let answer = client.try_run(query, variables).await;
        let took = began.elapsed();
        let mut id = None;
        self.note(|ledger| match answer.map(|answer| said(&answer.json, pointer)) {
            Err(error) => {
                ledger.broken_off += 1;
                ledger.last_broken_off = format!("{error:?} after {took:?}");
            }
            Ok(said) => {
                ledger.slowest = ledger.slowest.max(took);
                match said {
                    Said::Done(done) => id = Some(done),
                    Said::Again(code) => {
                        *ledger.refusals.entry(code).or_default() += 1;
                        ledger.refused[self.number] += 1;
                    }
                    Said::Wrong(answer) => ledger.wrong.push(answer),
                }
            }
        });
        id
    }

    fn note<T>(&self, note: impl FnOnce(&mut Ledger) -> T) -> T {
        note(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn said(answer: &Value, pointer: &str) -> Said {
    if let Some(id) = answer.pointer(&format!("/data{pointer}")).and_then(Value::as_str) {
        return Said::Done(id.to_owned());
    }
    let extensions = &answer["errors"][0]["extensions"];
    match (extensions["code"].as_str(), extensions["retryable"].as_bool()) {
        (Some(code), Some(true)) => Said::Again(code.to_owned()),
        _ => Said::Wrong(answer.to_string()),
    }
}

impl Ledger {
    /// Panics where something was acknowledged that is not stored, or stored twice. For a database at rest.
    pub async fn holds(&self, site: &Site) {
        let mut stored: HashMap<String, usize> = HashMap::new();
        for sql in ["SELECT content FROM messages", "SELECT content FROM message_replies"] {
            for text in site.look(Some("main"), sql).await {
                *stored.entry(text).or_default() += 1;
            }
        }
        let lost: Vec<_> = self.done.keys().filter(|text| !stored.contains_key(*text)).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let doubled: Vec<_> = stored.iter().filter(|(_, count)| **count > 1).collect();
        assert!(doubled.is_empty(), "stored more than once: {doubled:?}");
    }

    /// Panics unless everything adds up once all is acknowledged: rows, audit trail, sequence, chain and mails.
    pub async fn adds_up(&self, site: &Site, smtp: &Smtp) {
        assert!(self.wrong.is_empty(), "{:#?}", self.wrong);
        self.holds(site).await;
        let (replies, messages): (Vec<_>, Vec<_>) = self.done.keys().partition(|text| text.starts_with("reply"));
        let (replies, messages) = (number(replies.len()), number(messages.len()));
        assert!(replies > 0 && messages > replies);
        let count = async |sql: &str| site.count("main", sql).await;
        assert_eq!(count("SELECT count(*) FROM messages").await, messages, "nothing but what was acknowledged");
        assert_eq!(count("SELECT count(*) FROM message_replies").await, replies);

        let sent = "SELECT count(*) FROM message_replies WHERE email_status = 'sent'";
        let mut known = count(sent).await;
        // A crash orphans jobs for as long as their lease. However slow the disk is: as long as there are more and more,
        // nothing is stuck.
        while known < replies {
            let more = async || Some(count(sent).await).filter(|now| *now > known);
            known = until(&format!("{known} of {replies} replies are mailed, and more"), PATIENCE, more).await;
        }
        let sealed = async || (count("SELECT count(*) FROM outbox WHERE sequence IS NULL").await == 0).then_some(());
        until("all is sealed", PATIENCE, sealed).await;
        assert_eq!(count("SELECT count(*) FROM jobs").await, 0, "no job is left, and none was given up");
        let mut ids: HashMap<String, Vec<String>> = HashMap::new();
        for mail in smtp.mails() {
            ids.entry(mail.text().trim().to_owned()).or_default().push(mail.header("message-id").unwrap_or_default());
        }
        assert_eq!(number(ids.len()), replies, "every reply was mailed");
        assert!(ids.values().all(|ids| !ids[0].is_empty() && ids.iter().all(|id| *id == ids[0])), "{ids:#?}");

        let verified = site.run(["audit", "verify"]).await.ok();
        assert!(verified.out.starts_with("whole: ") && verified.out.contains(", 0 unsealed"), "{verified}");
        for (kind, expected) in
            [("message.received", messages), ("message.replied", replies), ("reply.delivered", replies)]
        {
            let rows = count(&format!("SELECT count(*) FROM audit_logs WHERE kind = '{kind}' AND success")).await;
            assert_eq!(rows, expected, "audit rows of {kind}");
        }
        let all = count("SELECT count(*) FROM outbox").await;
        assert_eq!(count("SELECT count(DISTINCT sequence) FROM outbox").await, all);
        assert_eq!(count("SELECT min(sequence) FROM outbox").await, 1);
        assert_eq!(count("SELECT max(sequence) FROM outbox").await, all, "without gaps");
        assert_eq!(count("SELECT count(*) FROM audit_chain").await, all);
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).expect("a count")
}
