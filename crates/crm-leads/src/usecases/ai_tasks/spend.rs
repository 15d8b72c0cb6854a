//! What others of Frontdesk spend on artificial intelligence is of the same day's tokens.

use kernel::{Conn, Cx, Result};

use crate::{ports::ai_tasks::Tasks, queries::ai_tasks::spent_on};

/// How many tokens the company spent today (UTC), whoever asks.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn ai_tokens_today(conn: &Conn, cx: &Cx) -> Result<i64> {
    spent_on(conn, cx.now.date_naive()).await
}

/// Adds to what was spent today.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn spend_ai_tokens(s: &impl Tasks, cx: &Cx, tokens: i64, cost_micros: i64) -> Result<()> {
    s.spend(cx.now.date_naive(), tokens, cost_micros).await
}
