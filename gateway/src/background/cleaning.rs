//! What has outlived its use is removed, now and then.

use std::sync::Arc;

use chrono::TimeDelta;
use inbox::CONFIRMED_WITHIN;
use kernel::{Conn, Cx, Result, events::Outbox};

use crate::{
    background::{media, notifications},
    wiring::app::App,
};

/// How long nothing is heard of an answer that nobody makes any more.
const LOST: TimeDelta = TimeDelta::hours(1);
/// How long notifications are kept that were read.
const READ: TimeDelta = TimeDelta::days(30);
/// How long those are kept that nobody read.
const UNREAD: TimeDelta = TimeDelta::days(90);
/// How long drafts are kept that nobody writes at.
const DRAFTS: TimeDelta = TimeDelta::days(30);
/// How long sessions and refresh tokens are kept after their end.
const ENDED: TimeDelta = TimeDelta::days(30);
/// How long what visitors did on the website is kept; what it counted for stays.
const HAPPENED: TimeDelta = TimeDelta::days(365);

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
            let cleaned = async {
                let conn = app.db.bookkeeping(&cx).await?;
                kernel::idempotency::purge(&conn, cx.now).await?;
                identity::purge_external(&conn, cx.now).await?;
                identity::purge_one_time_tokens(&conn, cx.now).await?;
                crm_leads::purge_crm_connecting(&conn, cx.now).await?;
                identity::purge_notifications(&conn, cx.now - READ, cx.now - UNREAD).await?;
                identity::purge_sessions(&conn, cx.now - ENDED).await?;
                inbox::purge_newsletter(&conn, cx.now - CONFIRMED_WITHIN).await?;
                // Between the statements others write.
                while analytics_sync::purge(&conn, cx.now - HAPPENED).await? {
                    tokio::task::yield_now().await;
                }
                let raw_days = app.settings.whole(&cx, identity::B2CHAT_RAW_DAYS).await?;
                let raw_megabytes = app.settings.whole(&cx, identity::B2CHAT_RAW_MEGABYTES).await?;
                while analytics_sync::purge_syncs(&conn, cx.now, raw_days, raw_megabytes).await? {
                    tokio::task::yield_now().await;
                }
                analytics_sync::expire_exports(&app.db, &cx).await?;
                inbox::purge_connecting(&conn, cx.now).await?;
                inbox::purge_drafts(&conn, cx.now - DRAFTS).await?;
                ticketing::end_lost_answers(&app.db, &cx, LOST).await?;
                let kept = app.settings.whole(&cx, identity::ASSISTANT_KEEP_DAYS).await?;
                ticketing::purge_conversations(&conn, cx.now - TimeDelta::days(kept)).await?;
                archive_conversations(&app, &cx).await?;
                kernel::limit::purge(&conn, cx.now).await?;
                app.files.sweep(&app.db, &cx).await?;
                media::wake(&app, &cx).await?;
                identity::move_avatars(&app.db, &app.files, &cx).await?;
                while inbox::purge_chat_lines(&conn, cx.now).await? == inbox::PURGED_LINES {
                    tokio::task::yield_now().await;
                }
                purge_events(&app, &cx, &conn).await
            };
            if let Err(error) = cleaned.await {
                tracing::warn!(tenant = %cx.tenant.slug, ?error, "cleaning up failed");
            }
        }
    }
}

/// Keeps the tables of the months that messages of conversations are in, and moves out what is old.
async fn archive_conversations(app: &App, cx: &Cx) -> Result<()> {
    let days = app.settings.whole(cx, identity::CONVERSATION_KEEP_DAYS).await?;
    let hot = cx.now - TimeDelta::days(days);
    inbox::keep_months(&app.db, cx, hot).await?;
    // Between the objects others write.
    while inbox::archive_messages(&app.db, app.files.storage(), cx, hot).await? {
        tokio::task::yield_now().await;
    }
    inbox::keep_months(&app.db, cx, hot).await
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
