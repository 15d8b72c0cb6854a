//! PostgreSQL goes away, cuts sessions, and stops answering, under a server that stays.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::Value;
use tokio::task::block_in_place;
use tokio::time::sleep;

use super::load::{Ledger, Load};
use crate::running::{Site, enter, messages, until};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Client, Cluster, Options, PATIENCE, Server, Smtp};

/// An answer comes within this time whatever the database does: twice the 15 s that an operation may take at the most,
/// for a machine with more to do.
const BOUND: Duration = Duration::from_secs(30);

/// A durable cluster with a server on it and clients at work.
struct Place {
    cluster: Cluster,
    site: Site,
    smtp: Smtp,
    server: Server,
    load: Load,
}

impl Place {
    async fn new() -> Self {
        Self::with(|options| options).await
    }

    async fn with(settings: impl FnOnce(Options) -> Options) -> Self {
        let cluster = Cluster::private(true);
        let site = Site::on(cluster.database());
        let smtp = Smtp::start().await;
        // What a fault orphaned is taken up again soon.
        let options = site.options().smtp(&smtp).env("FRONTDESK_JOB_LEASE", "5s").env("FRONTDESK_SWEEP_INTERVAL", "1s");
        let server = site.serve_with(settings(options)).await;
        let staff = enter(&Client::new(server.base()), ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let load = Load::start(&staff);
        load.goes_on().await;
        Self { cluster, site, smtp, server, load }
    }

    async fn ready(&self) -> u16 {
        Client::new(self.server.base()).get("/readyz").await.status
    }

    async fn is_not_ready(&self) {
        until("not ready", PATIENCE, async || (self.ready().await == 503).then_some(())).await;
    }

    async fn is_ready_again(&self) {
        until("ready again", PATIENCE, async || (self.ready().await == 200).then_some(())).await;
    }

    async fn is_alive(&self) {
        let health = Client::new(self.server.base()).get("/healthz").await;
        assert_eq!(health.status, 200, "{health}");
    }

    /// It says so without waiting for the database, since it does while one who asked for that is still waiting.
    async fn is_alive_at_once(&self) {
        tokio::select! {
            biased;
            () = self.is_alive() => {}
            ready = self.ready() => panic!("whether it is ready ({ready}) was known before that it is alive"),
        }
    }

    /// Everything adds up after the faults, and every refusal was retryable and in time.
    async fn adds_up(self) -> Ledger {
        let Self { cluster, site, smtp, server, load } = self;
        load.goes_on().await;
        let ledger = load.finish().await;
        assert_eq!(ledger.broken_off, 0, "every request was answered");
        assert!(ledger.slowest < BOUND, "{:?}", ledger.slowest);
        let known = |code: &String| ["UNAVAILABLE", "CONFLICT", "TIMEOUT"].contains(&code.as_str());
        assert!(ledger.refusals.keys().all(known), "{:?}", ledger.refusals);
        ledger.adds_up(&site, &smtp).await;
        assert!(server.is_running());
        drop((server, cluster));
        ledger
    }
}

/// The postmaster is killed with -9 and started again, several times. The server says that it is not ready, answers
/// `UNAVAILABLE` with the advice to try again, and goes on by itself; nothing is lost or doubled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_outlives_a_crash_of_postgresql() {
    let place = Place::new().await;
    let nobody = Client::new(place.server.base());
    for _ in 0..4 {
        place.load.goes_on().await;
        block_in_place(|| place.cluster.kill9());
        place.is_not_ready().await;
        place.is_alive().await;
        let began = Instant::now();
        let refused = nobody.run("query Whose { viewer { tenant { slug } } }", Value::Null).await;
        // A tenant that was just read is still believed, and needs no database to be named.
        if !refused.errors().is_empty() {
            assert_eq!((refused.status, refused.error_code()), (503, "UNAVAILABLE"), "{refused}");
            assert_eq!(refused.json["errors"][0]["extensions"]["retryable"], true, "{refused}");
            assert!(!refused.text.contains("postgres") && !refused.text.contains("connect"), "{refused}");
        }
        assert!(began.elapsed() < BOUND, "{:?}", began.elapsed());
        block_in_place(|| place.cluster.start());
        place.is_ready_again().await;
    }
    let ledger = place.adds_up().await;
    assert!(ledger.refusals.contains_key("UNAVAILABLE"), "the crashes were felt: {:?}", ledger.refusals);
}

/// Sessions are cut at random while everybody writes: what was asked in them is refused with the advice to try again,
/// and that works.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_sessions_cost_a_retry_and_nothing_else() {
    let place = Place::new().await;
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity \
         WHERE application_name = 'frontdesk' AND datname = current_database() ORDER BY random() LIMIT 3) AS chosen";
    let mut all = 0;
    for _ in 0..50 {
        all += block_in_place(|| place.site.database().psql(cut)).parse::<u32>().expect("a number");
        sleep(Duration::from_millis(100)).await;
    }
    assert!(all >= 50, "{all} sessions were cut");
    let ledger = place.adds_up().await;
    assert!(!ledger.refusals.is_empty(), "it was felt");
}

/// Sessions that are cut while nobody uses them cost readers nothing: what they ask is asked again in another one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_outlive_cut_sessions() {
    let site = Site::new(Backend::Postgres);
    let server = site.serve().await;
    let staff = enter(&Client::new(server.base()), ADMIN_EMAIL, ADMIN_PASSWORD).await;
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
         WHERE application_name = 'frontdesk' AND datname = current_database()";
    for _ in 0..20 {
        join_all((0..8).map(|_| messages(&staff))).await;
        let cut = block_in_place(|| site.database().psql(cut));
        assert!(cut.parse::<u32>().expect("a number") > 1, "{cut} sessions were cut");
        join_all((0..8).map(|_| messages(&staff))).await;
    }
}

/// PostgreSQL neither answers nor goes away. Requests are answered in time all the same, the server is alive and says
/// that it is not ready; when PostgreSQL goes on, so does everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_hangs_hangs_nobody() {
    let place = Place::with(|options| options.env("FRONTDESK_REQUEST_TIMEOUT_SECONDS", "6")).await;
    block_in_place(|| place.cluster.freeze());
    let before = place.load.ledger().refused;
    place.is_not_ready().await;
    until("every client was answered while nothing answers the server", PATIENCE, async || {
        place.is_alive_at_once().await;
        let refused = place.load.ledger().refused;
        before.iter().zip(refused).all(|(before, now)| *before < now).then_some(())
    })
    .await;
    assert_eq!(place.ready().await, 503);
    block_in_place(|| place.cluster.thaw());
    place.is_ready_again().await;
    place.adds_up().await;
}
