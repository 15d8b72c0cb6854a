//! Leads that are brought into a CRM, against the time that the CRM takes itself.

use std::time::{Duration, Instant};

use serde_json::json;

use super::Measuring;
use super::product::Product;
use super::support::crm::{Crm, Kind};
use super::support::{Backend, Options};
use super::table::Goal::{AtMost, None as Any};

/// Leads, unless `BENCH_CRM_LEADS` says otherwise.
const LEADS: u64 = 2_000;
/// How long the CRM takes to answer.
const LATENCY: Duration = Duration::from_millis(100);
/// How many requests it takes in a second: one after another, no more than these come.
const LIMIT: usize = 10;
/// How long leads are waited for.
const PATIENCE: Duration = Duration::from_mins(10);

const START: &str = "mutation Start($input: StartCrmConnectionInput!) { startCrmConnection(input: $input) { authorizationUrl errors { message } } }";
const COMPLETE: &str = "mutation Complete($input: CompleteCrmConnectionInput!) { completeCrmConnection(input: $input) { crmConnection { id } errors { message } } }";

/// Leads that wait, a hundred in each request to a CRM that takes a tenth of a second for it: from the first request to the last
/// answer, to what of it was the CRM's; and whether each is there once.
pub async fn leads(m: &mut Measuring, url: &str) {
    let leads = super::setting("BENCH_CRM_LEADS", LEADS);
    let schema = format!("\"{}\"", m.schema);
    let crm = Crm::start(Kind::Hubspot).await;
    let product = Product::start_with(Backend::Postgres, url, crm.settings(Options::new())).await;
    let client = product.client();
    let input = json!({ "input": { "provider": crm.provider(), "name": "The bench's" } });
    let started = client.run(START, input).await.ok();
    let (state, code) = crm.consents(&started.string("startCrmConnection.authorizationUrl"));
    let made = client.run(COMPLETE, json!({ "input": { "state": state, "code": code } })).await.ok();
    let connection = made.string("completeCrmConnection.crmConnection.id");
    crm.slow_down(LATENCY, LIMIT);
    let filled =
        include_str!("data/crm.sql").replace("{leads}", &leads.to_string()).replace("{connection}", &connection);
    m.database.psql(&filled.replace("{schema}", &schema));
    let waiting = format!("SELECT count(*) FROM {schema}.crm_syncs WHERE status = 'pending'");
    let began = Instant::now();
    while m.database.psql(&waiting) != "0" {
        assert!(began.elapsed() < PATIENCE, "leads are not brought");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let answered = crm.answered();
    let (first, last) = (answered.first().expect("a request").0, answered.last().expect("a request").1);
    let own: Duration = answered.iter().map(|(came, went)| went.duration_since(*came)).sum();
    let both = (last.duration_since(first).as_secs_f64(), own.as_secs_f64());
    m.table.ratio(&format!("{leads} leads into a CRM: to what of it was the CRM's"), both, "s", AtMost(1.05));
    m.table.number("  requests", answered.len() as f64, "", Any);
    let lost = crm.records().len().abs_diff(usize::try_from(leads).expect("a small number"));
    m.table.number("  leads that are not there once", lost as f64, "", AtMost(0.0));
    product.server().kill9().await;
}
