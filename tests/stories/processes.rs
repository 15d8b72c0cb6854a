//! Several server processes on one PostgreSQL database are one front desk.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::desk::{Desk, SOON, number};
use crate::support::{Backend, Client, Options, Server, until};

const SETTLED: Duration = Duration::from_secs(1);

/// A visitor writes through one process; a colleague connected to the other one hears of it within a second, and the
/// other way round.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_reaches_the_other_process() {
    let desk = Desk::open(Backend::Postgres).await;
    let beside = beside(&desk).await;
    let admin = desk.admin().await;
    let mut here = desk.follow(&admin, json!({ "after": "0" })).await;
    let there = Desk { web: Client::new(beside.base()), server: beside };
    // The token of one is good at the other.
    let mut away = there.follow(&admin, json!({ "after": "0" })).await;
    let mut took = Vec::new();
    for n in 0..10 {
        let (writer, reader, other) =
            if n % 2 == 0 { (&desk, &mut away, &mut here) } else { (&there, &mut here, &mut away) };
        let message = json!(writer.message(&format!("Visitor {n}"), "Hello").await);
        let since = Instant::now();
        let frame = reader.next(SOON).await;
        took.push(since.elapsed());
        assert_eq!(frame.data("inboxEvents.message.id"), &message);
        assert_eq!(other.next(SOON).await.payload, frame.payload, "both tell the same");
    }
    took.sort_unstable();
    assert!(took[took.len() / 2] < SETTLED, "{took:?}");
}

/// A session that is signed out at one process is out at the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_is_known_to_the_other_process() {
    let desk = Desk::open(Backend::Postgres).await;
    let beside = beside(&desk).await;
    let mut admin = desk.admin().await;
    let home = admin.client.clone();
    admin.client = Client::new(beside.base()).bearer(&admin.access);
    assert!(admin.is_in().await);
    home.run(super::desk::SIGN_OUT, json!({})).await.ok();
    until("it is out there too", Duration::from_secs(5), async || (!admin.is_in().await).then_some(())).await;
}

/// A transaction that began earlier commits later. What it did is not skipped: it comes with a later number.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_commit_is_not_skipped() {
    let desk = Arc::new(Desk::open(Backend::Postgres).await);
    let admin = desk.admin().await;
    let mut live = desk.follow(&admin, json!({ "after": "0" })).await;
    let first = json!(desk.message("First", "Hello").await);
    assert_eq!(live.next(SOON).await.data("inboxEvents.message.id"), &first);

    let database = desk.server.database();
    let schema = database.psql("SELECT schema_name FROM public.tenants");
    // What a server does at the end of a transaction, held open before its commit: the first message is received again.
    let late = "01890a5d-ac96-774b-bcce-b302099a8057";
    let rows = format!(
        "SET search_path = \"{schema}\";
         INSERT INTO audit_logs SELECT (jsonb_populate_record(a, '{{\"id\": \"{late}\"}}')).* FROM audit_logs a WHERE kind = 'message.received' LIMIT 1;
         INSERT INTO outbox (id, topic, kind, at, actor_id, payload) SELECT '{late}', topic, kind, at, actor_id, payload FROM outbox WHERE kind = 'message.received' LIMIT 1;
         SELECT pg_advisory_xact_lock(42);
         DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_class WHERE relname = 'gate') LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;"
    );
    let written = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42";
    let transaction = tokio::task::spawn_blocking({
        let desk = desk.clone();
        move || desk.server.database().psql(&rows)
    });
    until("the late rows are written", SOON, async || (database.psql(written) == "1").then_some(())).await;
    let second = json!(desk.message("Second", "Hello").await);
    let frame = live.next(SOON).await;
    assert_eq!(frame.data("inboxEvents.message.id"), &second, "nobody waits for a slow transaction");
    assert!(!transaction.is_finished(), "the late one is still open");
    database.psql("CREATE TABLE public.gate ()");
    transaction.await.expect("the late one commits");
    // A commit by hand wakes nobody; the next event does.
    let third = json!(desk.message("Third", "Hello").await);
    let (again, last) = (live.next(SOON).await, live.next(SOON).await);
    assert_eq!((again.data("inboxEvents.message.id"), last.data("inboxEvents.message.id")), (&first, &third));
    let sequences = [&frame, &again, &last].map(|frame| number(frame.data("inboxEvents.sequence")));
    assert_eq!(sequences, [sequences[0], sequences[0] + 1, sequences[0] + 2]);
    assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "));
}

/// A second server on the same database, with the same keys.
pub async fn beside(desk: &Desk) -> Server {
    beside_with(desk, Options::new()).await
}

/// The same with other settings.
pub async fn beside_with(desk: &Desk, options: Options) -> Server {
    let mut options = options.database(desk.server.database().url()).env("FRONTDESK_RATE_LIMITS", "off");
    let key = desk.server.setting("FRONTDESK_SECRET_KEY").expect("a key");
    options = options.env("FRONTDESK_SECRET_KEY", key);
    Server::start(Backend::Postgres, options).await
}
