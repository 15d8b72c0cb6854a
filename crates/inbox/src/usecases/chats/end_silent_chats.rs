//! Chats in which nothing is said any more end by themselves.

use chrono::TimeDelta;
use kernel::{Cx, Db, Result};

use super::end_chat::over;
use crate::{domain::chats::conversation::said, ports::Chats, store::chats::session::ChatSide};

/// So many at a time.
const CHATS: u64 = 50;

/// Ends the chats that somebody has and in which nothing was said for so many minutes; returns how many. What waits in the
/// queue stays there: nobody has answered it yet.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away; what has ended by then has.
pub async fn end_silent_chats(db: &Db, cx: &Cx, minutes: i64) -> Result<u64> {
    let before = cx.now - TimeDelta::minutes(minutes);
    let mut all = 0;
    loop {
        let batch = db.transact(cx, "chat.end_silent", |tx| async move {
            let silent = tx.silent_since(before, CHATS).await?;
            let count = silent.len() as u64;
            for chat in silent {
                over(&tx, cx, chat, ChatSide::System, said::silent(minutes)).await?;
            }
            Ok(count)
        });
        let count = batch.await?;
        all += count;
        if count < CHATS {
            return Ok(all);
        }
    }
}
