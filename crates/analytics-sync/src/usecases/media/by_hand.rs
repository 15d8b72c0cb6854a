//! Somebody has media copied now, or tried again.

use kernel::{Cx, Error, ProblemCode, Result, Tx, db::Emit, id::B2chatChatId, record::Records};

use super::copy::{CopyMedia, MediaRules};
use crate::{
    domain::media::events::{B2chatMediaRequested, B2chatMediaRetried},
    limits,
    policy::MANAGE_SYNC,
    store::{
        b2chat::chat::{Entity as B2chatChats, Model as B2chatChat},
        media::queue::{count_waiting, hurry, revive, wake},
    },
};

/// Has copied now what waits, also what waits for another try: of a chat, or all. Returns how many wait.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] where the company switched the copying off.
pub async fn back_up_media(tx: &Tx, cx: &Cx, rules: MediaRules, chat: Option<B2chatChatId>) -> Result<i64> {
    cx.require(MANAGE_SYNC)?;
    ready(tx, cx, rules, chat).await?;
    hurry(tx.conn(), cx.now, rules.own, chat).await?;
    let waiting = count_waiting(tx.conn(), chat).await?;
    tx.emit(cx, &B2chatMediaRequested { tenant: cx.tenant.id, chat, waiting });
    wake(tx, cx, &CopyMedia {}, cx.now).await?;
    Ok(waiting)
}

/// Lets wait again what was given up, with all its tries: of a chat, or all, at most [`limits::MEDIA_RETRIED`] at a time. Returns
/// how many.
///
/// # Errors
/// As [`back_up_media`].
pub async fn retry_media(tx: &Tx, cx: &Cx, rules: MediaRules, chat: Option<B2chatChatId>) -> Result<i64> {
    cx.require(MANAGE_SYNC)?;
    ready(tx, cx, rules, chat).await?;
    let retried = revive(tx.conn(), cx.now, chat, limits::MEDIA_RETRIED).await?;
    tx.emit(cx, &B2chatMediaRetried { tenant: cx.tenant.id, chat, retried });
    wake(tx, cx, &CopyMedia {}, cx.now).await?;
    Ok(retried)
}

/// Refuses a chat that nobody sees, and all where nothing is copied.
async fn ready(tx: &Tx, cx: &Cx, rules: MediaRules, chat: Option<B2chatChatId>) -> Result<()> {
    if let Some(chat) = chat {
        let _seen: B2chatChat = Records::<B2chatChats>::lock(tx, cx, chat).await?;
    }
    if !rules.is_on {
        let why = "images and files are not copied: the setting b2chat.media_backup is off";
        return Err(Error::invalid("", ProblemCode::NotAllowed, why));
    }
    Ok(())
}
