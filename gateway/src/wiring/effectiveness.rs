//! What analyses of chats need of the other contexts: what may be spent, and how soon contacts are to be answered.

use crm_leads::{Price, ai_tokens_today, spend_ai_tokens};
use kernel::{Conn, Cx, Result, Tx};

use super::app::App;

/// How long a contact may wait for the first answer, in seconds.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn wanted(app: &App, cx: &Cx) -> Result<i64> {
    Ok(app.settings.whole(cx, identity::ANALYTICS_SLA_MINUTES).await?.saturating_mul(60))
}

/// What the company may spend on artificial intelligence in a day.
pub struct Purse {
    /// What the provider costs.
    pub price: Price,
    /// How many tokens a day there are; 0 for any number.
    pub daily: i64,
}

#[async_trait::async_trait]
impl analytics_sync::Purse for Purse {
    fn cost(&self, usage: (i64, i64)) -> Option<i64> {
        self.price.of(usage)
    }

    async fn left_today(&self, conn: &Conn, cx: &Cx) -> Result<Option<(i64, i64)>> {
        if self.daily == 0 {
            return Ok(None);
        }
        Ok(Some(((self.daily - ai_tokens_today(conn, cx).await?).max(0), self.daily)))
    }

    async fn spend(&self, tx: &Tx, cx: &Cx, tokens: i64, cost_micros: i64) -> Result<()> {
        spend_ai_tokens(tx, cx, tokens, cost_micros).await
    }
}
