//! What whoever runs it asks: is it alive, is it ready, how is it doing.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde_json::json;

use crate::wiring::app::App;

/// How long `/readyz` waits for the database.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone)]
struct Parts {
    app: Arc<App>,
    metrics: PrometheusHandle,
}

/// Starts collecting metrics; once a process.
///
/// # Errors
/// [`kernel::Error::Internal`] where a recorder is there already.
pub fn metrics() -> kernel::Result<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(
            Matcher::Suffix("_seconds".into()),
            &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0],
        )
        .map_err(kernel::Error::internal)?
        .install_recorder()
        .map_err(kernel::Error::internal)
}

/// `/healthz`, `/readyz` and `/metrics`.
pub fn router(app: Arc<App>, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(scrape))
        .with_state(Parts { app, metrics })
}

/// Ready when the database answers. Tenants that are behind are named; they are refused, the others served.
async fn ready(State(Parts { app, .. }): State<Parts>) -> Response {
    let tenants = tokio::time::timeout(PATIENCE, app.db.tenants()).await;
    let Ok(Ok(tenants)) = tenants else {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "ready": false, "database": "unavailable" })))
            .into_response();
    };
    let behind =
        tenants.iter().filter(|tenant| tenant.schema_version.as_deref() != Some(crate::wiring::tenants::version()));
    let behind: Vec<_> = behind.map(|tenant| &tenant.slug).collect();
    let served = tenants.len() - behind.len();
    let ready = behind.is_empty() || served > 0;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": ready, "database": "ok", "tenants": tenants.len(), "behind": behind })))
        .into_response()
}

async fn scrape(State(Parts { app, metrics }): State<Parts>) -> Response {
    if let Some((open, idle)) = app.db.connections() {
        metrics::gauge!("frontdesk_database_connections").set(f64::from(open));
        metrics::gauge!("frontdesk_database_connections_idle").set(u32::try_from(idle).map_or(0.0, f64::from));
    }
    let _ = tokio::time::timeout(PATIENCE, queues(&app)).await;
    metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response()
}

/// Gauges of what waits: events not yet sealed, mails and other jobs, over at most 100 tenants.
async fn queues(app: &Arc<App>) -> kernel::Result<()> {
    let (mut lag, mut queued, mut dead) = (0.0_f64, 0, 0);
    for tenant in app.db.tenants().await?.into_iter().take(100) {
        if tenant.schema_version.as_deref() != Some(crate::wiring::tenants::version()) {
            continue;
        }
        let cx = app.system(Arc::new(tenant));
        if let Some(oldest) = app.db.outbox().oldest_unsealed(&app.db, &cx).await? {
            lag = lag.max((cx.now - oldest).as_seconds_f64());
        }
        let (waiting, given_up) = kernel::jobs::counts(&app.db.reader(&cx).await?).await?;
        queued += waiting;
        dead += given_up;
    }
    metrics::gauge!("frontdesk_outbox_lag_seconds").set(lag);
    metrics::gauge!("frontdesk_jobs_queued").set(u32::try_from(queued).map_or(f64::MAX, f64::from));
    metrics::gauge!("frontdesk_jobs_dead").set(u32::try_from(dead).map_or(f64::MAX, f64::from));
    Ok(())
}
