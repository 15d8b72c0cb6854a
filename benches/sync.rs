//! B2Chat's chats: synchronised against raw `COPY` of the same rows, counted, and exported against `COPY TO`. On a database of its
//! own with few messages, so that this can be measured by itself.

mod export;
mod ingest;
mod numbers;
mod source;

use std::time::{Duration, Instant};

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::product::Product;
use crate::side::Bench;
use crate::support::{Backend, Cluster, Database, Options};
use crate::table::Table;
use crate::{seed, setting, settle};

/// So many messages the database has beside.
const SEEDED: u64 = 1_000;
/// How long this waits for what is done in the background.
const PATIENCE: Duration = Duration::from_hours(2);

/// Everything that the measuring needs.
struct Synced {
    bench: Bench,
    table: Table,
    product: Product,
    database: Database,
    /// The tenant's schema, quoted.
    schema: String,
    /// The first of the days that are synchronised, and how many there are.
    first: NaiveDate,
    days: u64,
    /// How many days are counted and exported, up to the last of those.
    year: u64,
}

/// All that is measured here.
pub async fn all(cluster: &Cluster, bench: Bench, table: Table) -> Table {
    let days = setting("BENCH_DAYS", 73).max(1);
    let year = setting("BENCH_YEAR", 365).max(days);
    let database = cluster.database();
    seed(&database.url(), SEEDED);
    settle(&database);
    let product = start(&database).await;
    let schema = format!("\"{}\"", database.psql("SELECT schema_name FROM public.tenants"));
    // Today goes on; the days before it are over.
    let first = database.psql(&format!("SELECT (now() AT TIME ZONE 'UTC')::date - {days}")).parse().expect("a day");
    let mut s = Synced { bench, table, product, database, schema, first, days, year };
    ingest::run(&mut s).await;
    numbers::fill(&mut s).await;
    numbers::dashboard(&mut s).await;
    numbers::filtered(&mut s).await;
    s.product.server().kill9().await;
    // What it holds by now is nothing of an export's.
    s.product = start(&s.database).await;
    export::csv(&mut s).await;
    s.product.server().kill9().await;
    s.table
}

/// A server that may ask a source on this machine.
async fn start(database: &Database) -> Product {
    let options = Options::new().env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on");
    Product::start_with(Backend::Postgres, &database.url(), options).await
}

impl Synced {
    /// A number that SQL tells; `{schema}` stands for the tenant's.
    fn count(&self, sql: &str) -> f64 {
        let said = self.database.psql(&sql.replace("{schema}", &self.schema));
        said.parse().unwrap_or_else(|_| panic!("{sql} tells {said:?}"))
    }

    /// Sets a setting.
    async fn set(&self, key: &str, value: Value) {
        let set = "mutation Set($key: String!, $value: JSON!) { setSetting(input: { key: $key, value: $value }) { errors { message } } }";
        self.product.client().run(set, json!({ "key": key, "value": value })).await.ok();
    }

    /// Waits until no jobs of these kinds are left.
    async fn worked_off(&self, kinds: &[&str]) {
        let kinds: Vec<_> = kinds.iter().map(|kind| format!("'{kind}'")).collect();
        let left = format!("SELECT count(*) FROM {{schema}}.jobs WHERE kind IN ({})", kinds.join(", "));
        let began = Instant::now();
        while self.count(&left) > 0.0 {
            assert!(began.elapsed() < PATIENCE, "jobs are left of {}", kinds.join(", "));
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// Waits until all numbers are counted ahead.
    async fn counted(&self) {
        self.worked_off(&["analytics.recount_metrics", "analytics.count_metric_days"]).await;
        let behind = self.count("SELECT count(*) FROM {schema}.metric_days WHERE mark <> counted");
        assert_eq!(behind, 0.0, "days are not counted");
    }
}
