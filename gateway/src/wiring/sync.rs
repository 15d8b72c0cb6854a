//! The synchronisation with B2Chat, put together.

use std::collections::HashMap;

use analytics_sync::{Colleagues, SyncSettings, parsed_day};
use chrono_tz::Tz;
use kernel::{Cx, Result, Tx, id::StaffId};

use super::app::App;

/// Colleagues by their addresses.
pub struct Staff;

#[async_trait::async_trait]
impl Colleagues for Staff {
    async fn with_addresses(&self, tx: &Tx, addresses: &[String]) -> Result<HashMap<String, StaffId>> {
        identity::staff_with_addresses(tx.conn(), addresses).await
    }
}

/// The settings of a company.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn settings(app: &App, cx: &Cx) -> Result<SyncSettings> {
    let text =
        async |key| Ok::<_, kernel::Error>(app.settings.get(cx, key).await?.as_str().unwrap_or_default().to_owned());
    let whole = async |key| app.settings.whole(cx, key).await;
    Ok(SyncSettings {
        api_url: text(identity::B2CHAT_API_URL).await?,
        zone: text(identity::B2CHAT_TIME_ZONE).await?.parse().unwrap_or(Tz::UTC),
        first_day: parsed_day(&text(identity::B2CHAT_FIRST_DAY).await?),
        trailing_days: whole(identity::B2CHAT_TRAILING_DAYS).await?.unsigned_abs(),
        page_size: i32::try_from(whole(identity::B2CHAT_PAGE_SIZE).await?).unwrap_or(200),
        interval_hours: whole(identity::B2CHAT_SYNC_INTERVAL_HOURS).await?,
    })
}
