//! `cargo bench -p gateway --bench frontdesk`: what the server costs, as ratios to the least that it could cost.
//!
//! Figures differ by a quarter from run to run and more from machine to machine; ratios of things measured in turns do
//! not. The limit is one hand-written SQL statement that builds the same JSON behind a bare handler (`limit.rs`), for the page
//! also one of plain rows and JSON written by hand (`plain.rs`), on the same durable throw-away PostgreSQL cluster and the
//! same data, made by `frontdesk seed`. Clients ask for no compression, but for those of its own rows.
//!
//! Arguments: the parts that are wanted, of `reads`, `search`, `live`, `desk`, `tickets`, `conversations`, `leads`, `storm`, `tasks`,
//! `crm`, `intake`, `writes`, `trail`, `archive` and `sync`; all, where none is named. The last two have databases of their own and do
//! without the messages. Environment: `BENCH_MESSAGES` (1000000), which what there is of other things goes down with; `BENCH_SECONDS` for one round
//! of measuring (2); `BENCH_CRM_LEADS` that are brought into a CRM (2000); `BENCH_AUDIT` (1000000) rows among which one thing's are
//! read, `BENCH_TRAIL` (300000) that are proved, and `BENCH_ARCHIVE` (1000000) that are archived; `BENCH_DAYS` of B2Chat that are synchronised (73) and `BENCH_YEAR`, the days that
//! are counted and exported (365). With `--strict` a missed goal is a failure.

mod archive;
mod conversations;
mod cpu;
mod crm;
mod desk;
mod intake;
mod leads;
mod limit;
mod lists;
mod live;
mod load;
mod plain;
mod product;
mod reads;
mod search;
mod side;
mod storm;
#[path = "../tests/support/mod.rs"]
mod support;
mod sync;
mod table;
mod tasks;
mod tickets;
mod timers;
mod trail;
mod writes;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use limit::Limit;
use product::Product;
use side::Bench;
use support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Cluster, Database, server};
use table::{Goal, Table};

// The same allocator as the server's, so that the limit has it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the server may hold when it has nothing to do, in MB.
const MEMORY: f64 = 64.0;

/// Everything that the measuring needs.
struct Measuring {
    bench: Bench,
    table: Table,
    product: Product,
    limit: Limit,
    database: Database,
    schema: String,
    messages: u64,
}

fn main() -> ExitCode {
    let has = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if has(limit::ARGUMENT) {
        runtime.enable_all().build().expect("a runtime").block_on(limit::serve());
        return ExitCode::SUCCESS;
    }
    // One thread for the load leaves the most of the machine to what is measured.
    let missed = runtime.worker_threads(1).enable_all().build().expect("a runtime").block_on(run());
    if missed > 0 && has("--strict") { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

/// The parts that can be wanted.
const PARTS: [&str; 15] = [
    "reads",
    "search",
    "live",
    "storm",
    "desk",
    "tickets",
    "conversations",
    "leads",
    "tasks",
    "crm",
    "intake",
    "writes",
    "trail",
    ARCHIVE,
    SYNC,
];
/// Those that do without the messages.
const ARCHIVE: &str = "archive";
const SYNC: &str = "sync";

/// The parts that are named; all, where none is.
fn named() -> Vec<String> {
    let named: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    for name in &named {
        assert!(PARTS.contains(&name.as_str()), "{name} is none of {}", PARTS.join(", "));
    }
    if named.is_empty() { PARTS.map(str::to_owned).into() } else { named }
}

async fn run() -> usize {
    let named = named();
    let cluster = Cluster::private(true);
    let bench = Bench { postmaster: cluster.pid(), time: Duration::from_secs(setting("BENCH_SECONDS", 2)) };
    let mut table = Table::default();
    if named.iter().any(|name| name != SYNC && name != ARCHIVE) {
        table = with_messages(&cluster, bench, &named, table).await;
    }
    if named.iter().any(|name| name == ARCHIVE) {
        table = archive::all(&cluster, bench, table).await;
    }
    if named.iter().any(|name| name == SYNC) {
        table = sync::all(&cluster, bench, table).await;
    }
    println!();
    table.print()
}

/// Does what autovacuum does in its own time: nothing to a table that nothing was ever written to. A connection that met one while
/// it was known to be empty would go through all of it, for every row that is added below, until autovacuum has looked at it again.
fn settle(database: &Database) {
    let tables = database.psql(
        "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class \
         WHERE relnamespace::regnamespace::text !~ '^(pg_|information_schema)' \
           AND (relkind = 'p' OR relkind = 'r' AND pg_relation_size(oid) > 0)",
    );
    database.psql(&format!("VACUUM (ANALYZE) {tables}"));
}

/// The parts that are measured with many messages there.
async fn with_messages(cluster: &Cluster, bench: Bench, named: &[String], mut table: Table) -> Table {
    let wanted = |part: &str| named.iter().any(|name| name == part);
    let messages = setting("BENCH_MESSAGES", 1_000_000);
    let (big, small, tenth) = (cluster.database(), cluster.database(), cluster.database());
    let seeding = seed(&big.url(), messages);
    table.number(&format!("seeding {messages} messages"), seeding.as_secs_f64(), "s", Goal::AtMost(240.0));
    if wanted("reads") {
        seed(&small.url(), 10_000.min(messages));
    }
    if wanted("search") {
        seed(&tenth.url(), messages / 10);
    }
    for database in [&big, &small, &tenth] {
        settle(database);
    }
    big.psql("CHECKPOINT");

    let started = Instant::now();
    let product = Product::start(&big.url(), true).await;
    // The sign-in belongs to it: a server that listens but cannot answer is not ready.
    table.number("ready, first sign-in included", started.elapsed().as_secs_f64(), "s", Goal::AtMost(1.0));
    let schema = big.psql("SELECT schema_name FROM public.tenants");
    let limit = Limit::start(&big.url(), &schema);
    let url = big.url();
    let mut m = Measuring { bench, table, product, limit, database: big, schema, messages };
    if wanted("reads") {
        reads::page(&mut m).await;
        reads::compressed(&mut m).await;
        reads::message(&mut m).await;
        reads::growth(&mut m, &Product::start(&small.url(), true).await).await;
    }
    if wanted("search") {
        search::on_postgres(&mut m, &Product::start(&tenth.url(), true).await, messages / 10).await;
        let folder = tempfile::tempdir().expect("a folder");
        let (embedded, some) =
            (format!("sqlite://{}", folder.path().join("frontdesk.db").display()), messages * 3 / 10);
        seed(&embedded, some);
        search::on_sqlite(&mut m, &Product::start_on(Backend::Sqlite, &embedded, true).await, some).await;
    }
    if wanted("live") {
        live::submit_to_subscriber(&mut m).await;
    }
    if wanted("storm") {
        storm::viewer(&mut m).await;
        let resident = |m: &Measuring| cpu::resident_mb(m.product.server().pid());
        m.table.number("memory of the server after all that", resident(&m), "MB", Goal::AtMost(MEMORY));
        storm::sign_in_storm(&mut m).await;
        // Each password takes 19 MiB while it is hashed, and the allocator keeps them for a while.
        m.table.number("memory of the server after the storm", resident(&m), "MB", Goal::None);
        let waiting = Instant::now();
        while resident(&m) > MEMORY && waiting.elapsed() < Duration::from_secs(60) {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        m.table.number("  and at most a minute later", resident(&m), "MB", Goal::AtMost(MEMORY));
        m.table.number("  seconds later", waiting.elapsed().as_secs_f64(), "s", Goal::None);
    }
    if wanted("desk") {
        desk::chats(&mut m).await;
        desk::slots(&mut m).await;
        desk::open_chats(&mut m).await;
    }
    if wanted("tickets") {
        tickets::list(&mut m).await;
        tickets::numbers(&mut m).await;
    }
    if wanted("trail") {
        trail::history(&mut m).await;
    }
    if wanted("conversations") {
        conversations::list(&mut m).await;
    }
    if wanted("leads") {
        leads::list(&mut m).await;
    }
    m.product.server().kill9().await;
    if wanted("tickets") {
        timers::due(&mut m, &url).await;
    }
    if wanted("tasks") {
        tasks::builtin(&mut m, &url).await;
    }
    if wanted("crm") {
        crm::leads(&mut m, &url).await;
    }
    // What they leave to be done is done by nobody here.
    if wanted("intake") {
        intake::deliveries(&mut m, &url).await;
    }
    if wanted("writes") {
        writes::replies(&mut m, &url).await;
    }
    if wanted("trail") {
        trail::proof(&mut m, &url);
    }
    m.table
}

/// Makes the first tenant and fills it; returns how long the filling took.
fn seed(url: &str, messages: u64) -> Duration {
    let started = Instant::now();
    let (messages, visitors) = (messages.to_string(), (messages / 5).max(1).to_string());
    let mut command = server::frontdesk(["seed", "--messages", &messages, "--visitors", &visitors, "--staff", "200"]);
    command.env("FRONTDESK_DATABASE_URL", url).env("FRONTDESK_SECRET_KEY", product::key());
    command.env("FRONTDESK_ADMIN_EMAIL", ADMIN_EMAIL).env("FRONTDESK_ADMIN_PASSWORD", ADMIN_PASSWORD);
    // Millions of rows are slow statements; nobody needs to be warned of that.
    command.env("FRONTDESK_LOG", "error");
    assert!(command.status().expect("frontdesk starts").success(), "the seed failed");
    started.elapsed()
}
