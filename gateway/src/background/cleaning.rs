//! What has outlived its use is removed, now and then.

use std::sync::Arc;

use chrono::TimeDelta;
use inbox::CONFIRMED_WITHIN;
use kernel::{Conn, Cx, Result, events::Outbox};

use crate::{
    background::{errors::by_clock, media, notifications},
    wiring::{app::App, erasures, retention},
};

/// How long nothing is heard of an answer that nobody makes any more.
const LOST: TimeDelta = TimeDelta::hours(1);
/// Removes what has outlived its use, now and then.
pub async fn clean(app: Arc<App>) {
    loop {
        tokio::time::sleep(app.schedule.cleaning).await;
        let Ok(tenants) = app.db.tenants().await else { continue };
        if let Err(error) = kernel::limit::purge(&app.db.control_bookkeeping(), app.source.now()).await {
            tracing::warn!(?error, "cleaning up the registry failed");
        }
        for tenant in tenants {
            let cx = app.system(Arc::new(tenant));
            by_clock(&app, cx.tenant.id, "signing the audit trail of yesterday", sign_day(&app, &cx)).await;
            let cleaned = async {
                let conn = app.db.bookkeeping(&cx).await?;
                kernel::idempotency::purge(&conn, cx.now).await?;
                identity::purge_external(&conn, cx.now).await?;
                crm_leads::purge_crm_connecting(&conn, cx.now).await?;
                inbox::purge_newsletter(&conn, cx.now - CONFIRMED_WITHIN).await?;
                let raw_megabytes = app.settings.whole(&cx, identity::B2CHAT_RAW_MEGABYTES).await?;
                let held = audit::held_ids(&conn).await?;
                // Between the statements others write.
                while analytics_sync::keep_to_megabytes(&conn, raw_megabytes, &held).await? {
                    tokio::task::yield_now().await;
                }
                analytics_sync::expire_exports(&app.db, &cx).await?;
                let days = app.settings.whole(&cx, identity::CONVERSATION_KEEP_DAYS).await?;
                inbox::keep_months(&app.db, &cx, cx.now - TimeDelta::days(days)).await?;
                audit::expire_person_exports(&app.db, &cx).await?;
                let days = app.settings.whole(&cx, identity::ERASURE_PLAN_DAYS).await?;
                audit::expire_erasures(&app.db, &cx, days).await?;
                inbox::purge_connecting(&conn, cx.now).await?;
                ticketing::end_lost_answers(&app.db, &cx, LOST).await?;
                // What each context says of how long its rows are kept.
                let swept = retention::sweep(&app, &cx).await;
                // What could not be done is then a run that says why.
                retention::begin_nightly(&app, &cx).await?;
                swept?;
                kernel::limit::purge(&conn, cx.now).await?;
                app.files.sweep(&app.db, &cx).await?;
                erasures::tidy(&app, &cx).await?;
                media::wake(&app, &cx).await?;
                identity::move_avatars(&app.db, &app.files, &cx).await?;
                purge_events(&app, &cx, &conn).await
            };
            by_clock(&app, cx.tenant.id, "cleaning up", cleaned).await;
        }
    }
}

/// Signs the end of the audit trail of yesterday, once.
async fn sign_day(app: &App, cx: &Cx) -> Result<()> {
    // What a crash left unsealed belongs to the trail too.
    app.db.outbox().seal(&app.db, &cx.tenant).await?;
    let keyring = app.db.keyring();
    let sign = |tx| async move { audit::sign_day(&tx, cx, keyring).await };
    app.db.transact(cx, "audit.sign_day", sign).await.map(drop)
}

/// Removes events that are older than they are kept, as far as they were told to those whom they concern.
async fn purge_events(app: &App, cx: &Cx, conn: &Conn) -> Result<()> {
    notifications::catch_up(app, cx).await?;
    let told = identity::notified_up_to(conn).await?;
    // Between the statements others write.
    while Outbox::purge(conn, cx.now - app.schedule.events_kept, told).await? == kernel::events::PURGED {
        tokio::task::yield_now().await;
    }
    Ok(())
}
