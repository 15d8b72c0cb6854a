//! The timer of service levels and due dates: it looks at what is next by an index, and sleeps until then.

use std::{sync::Arc, time::Duration};

use kernel::{Result, Tenant};
use ticketing::{next_clocks, tell_clock};
use tokio::time::Instant;

use crate::wiring::{app::App, bridges::InTransaction};

/// How soon it is tried again where telling failed.
const AGAIN: Duration = Duration::from_secs(2);

/// Tells what is due in a tenant, where it is time to look for that, and returns when it is next. What fails is tried again.
pub async fn tell_due(app: &App, tenant: &Arc<Tenant>, at: Option<Instant>) -> Option<Instant> {
    if at.is_none_or(|at| at > Instant::now()) {
        return at;
    }
    match tell(app, tenant).await {
        Ok(wait) => wait.map(|wait| Instant::now() + wait),
        Err(error) => {
            tracing::warn!(tenant = %tenant.slug, ?error, "what is due could not be told; trying again");
            app.errors.failed(&app.system(tenant.clone()), audit::ErrorSource::Cron, "telling what is due", &error);
            Some(Instant::now() + AGAIN)
        }
    }
}

/// Waits for an instant, forever where there is none.
pub async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

async fn tell(app: &App, tenant: &Arc<Tenant>) -> Result<Option<Duration>> {
    loop {
        let cx = &app.system(tenant.clone());
        let next = next_clocks(&app.db.reader(cx).await?).await?;
        let due = next.iter().filter(|next| next.at <= cx.now).count();
        let mut failed = None;
        for next in &next[..due] {
            let told = |tx| async move { tell_clock(&tx, &InTransaction(&tx), cx, *next).await };
            // One that cannot be told holds up no other.
            if let Err(error) = app.db.transact(cx, "ticket.tell_clock", told).await {
                failed = Some(error);
            }
        }
        match (failed, next.get(due)) {
            (Some(error), _) => return Err(error),
            (None, Some(next)) => return Ok(Some((next.at - cx.now).to_std().unwrap_or_default())),
            (None, None) if due == 0 => return Ok(None),
            // There may be more than are looked at together.
            (None, None) => {}
        }
    }
}
