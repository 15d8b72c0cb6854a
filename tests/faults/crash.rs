//! `kill -9` of the server.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::load::Load;
use crate::running::{Site, enter};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Client, Cluster, Smtp, both, chance};

/// How often the server is killed.
const CRASHES: usize = 20;

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
}
