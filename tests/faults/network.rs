//! The network between a server and PostgreSQL is slow, silent, or gone, and answers get lost in it.

use std::time::Duration;

use serde_json::Value;

use super::load::Load;
use crate::running::{Site, enter};
use crate::support::proxy::{Network, Proxy};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Client, Cluster, Options, PATIENCE, Server, Smtp, until};

/// An answer comes within this time whatever the network does.
const BOUND: Duration = Duration::from_secs(30);

/// A server whose database is behind a network, and clients at work.
struct Place {
    cluster: Cluster,
    site: Site,
    smtp: Smtp,
    proxy: Proxy,
    server: Server,
    load: Load,
}

impl Place {
    async fn new() -> Self {
        let cluster = Cluster::private(true);
        let site = Site::on(cluster.database());
        let (smtp, proxy) = (Smtp::start().await, Proxy::to(cluster.port()).await);
        let far = site.url().replace(&format!(":{}/", cluster.port()), &format!(":{}/", proxy.port()));
        assert_ne!(far, site.url());
        let options = site.options().smtp(&smtp).database(far).env("FRONTDESK_REQUEST_TIMEOUT_SECONDS", "6");
        let options: Options = options.env("FRONTDESK_JOB_LEASE", "5s").env("FRONTDESK_SWEEP_INTERVAL", "1s");
        let server = site.serve_with(options).await;
        let staff = enter(&Client::new(server.base()), ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let load = Load::start(&staff);
        load.goes_on().await;
        Self { cluster, site, smtp, proxy, server, load }
    }

    async fn ready(&self) -> u16 {
        Client::new(self.server.base()).get("/readyz").await.status
    }

    async fn becomes(&self, status: u16) {
        until("it says so", PATIENCE, async || (self.ready().await == status).then_some(())).await;
    }

    async fn adds_up(self) {
        let Self { cluster, site, smtp, proxy, server, load } = self;
        load.goes_on().await;
        let ledger = load.finish().await;
        assert_eq!(ledger.broken_off, 0, "every request was answered");
        assert!(ledger.slowest < BOUND, "{:?}", ledger.slowest);
        assert!(!ledger.refusals.is_empty(), "it was felt");
        ledger.adds_up(&site, &smtp).await;
        assert!(server.is_running());
        drop((server, proxy, cluster));
    }
}

/// The network is cut again and again: the server says that it is not ready, and goes on by itself when it is back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_network_is_outlived() {
    let place = Place::new().await;
    for _ in 0..4 {
        place.proxy.network(Network::Cut);
        place.becomes(503).await;
        let alive = Client::new(place.server.base()).get("/healthz").await;
        assert_eq!(alive.status, 200, "{alive}");
        place.proxy.network(Network::Whole);
        place.becomes(200).await;
        place.load.goes_on().await;
    }
    place.adds_up().await;
}

/// A network that swallows everything and says nothing hangs nobody: who asks is answered in time. When it is back, everything goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_network_hangs_nobody() {
    let place = Place::new().await;
    let before = place.load.ledger().refused;
    place.proxy.network(Network::Silent);
    until("every client was answered", PATIENCE, async || {
        let refused = place.load.ledger().refused;
        before.iter().zip(refused).all(|(before, now)| *before < now).then_some(())
    })
    .await;
    assert_eq!(place.ready().await, 503);
    // It comes back without what was on its way.
    place.proxy.network(Network::Cut);
    place.proxy.network(Network::Whole);
    place.becomes(200).await;
    place.adds_up().await;
}

/// The database commits, and the answer gets lost with the connection: nobody knows, and who asks again under the same key has one row.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_to_a_commit_that_gets_lost_doubles_nothing() {
    let place = Place::new().await;
    for _ in 0..5 {
        let before = place.proxy.lost();
        place.proxy.lose_commits(6);
        until("some answers got lost", PATIENCE, async || (place.proxy.lost() >= before + 6).then_some(())).await;
        place.load.goes_on().await;
    }
    place.adds_up().await;
}

/// Half a second for each way is slow, and nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_network_is_slow_and_nothing_else() {
    let cluster = Cluster::private(false);
    let site = Site::on(cluster.database());
    let proxy = Proxy::to(cluster.port()).await;
    let far = site.url().replace(&format!(":{}/", cluster.port()), &format!(":{}/", proxy.port()));
    let server = site.serve_with(site.options().database(far)).await;
    let staff = enter(&Client::new(server.base()), ADMIN_EMAIL, ADMIN_PASSWORD).await;
    proxy.network(Network::Slow);
    let answer = staff.run("{ viewer { user { email } } }", Value::Null).await.ok();
    assert_eq!(answer.string("viewer.user.email"), ADMIN_EMAIL);
    proxy.network(Network::Whole);
    drop((server, cluster));
}
