//! A record is marked as deleted, or that is taken back. Nothing is ever removed: the source still tells of it, and what it says
//! goes on being written.

use kernel::{
    Cx, Result, Tx,
    db::Emit,
    id::{B2chatAgentId, B2chatChatId, B2chatContactId},
    record::{self, Records},
    text::Check,
};

use crate::{
    domain::sync::events::B2chatRecordMarked,
    policy::MANAGE_SYNC,
    store::b2chat::{agent::Entity as B2chatAgents, chat::Entity as B2chatChats, contact::Entity as B2chatContacts},
    usecases::metrics::note::chats_changed,
};

/// The longest reason.
const REASON: usize = 500;

/// A record of B2Chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum B2chatRecord {
    /// A chat.
    Chat(B2chatChatId),
    /// A contact.
    Contact(B2chatContactId),
    /// An agent.
    Agent(B2chatAgentId),
}

/// Marks a record as deleted, with the reason; or takes that back, where none is given. One that is as wanted stays as it is.
///
/// # Errors
/// [`kernel::Error::Forbidden`]; [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] at `reason`.
pub async fn mark_b2chat_record(tx: &Tx, cx: &Cx, of: B2chatRecord, reason: Option<&str>) -> Result<()> {
    cx.require(MANAGE_SYNC)?;
    let mut check = Check::default();
    let reason = reason.map(|reason| check.line("reason", reason, REASON));
    check.done()?;
    macro_rules! mark {
        ($records:ty, $id:expr, $what:literal) => {{
            let before = Records::<$records>::lock(tx, cx, $id).await?;
            if before.is_deleted == reason.is_some() {
                return Ok(());
            }
            let mut after = before.clone();
            after.is_deleted = reason.is_some();
            after.deleted_at = reason.is_some().then_some(cx.now);
            after.deletion_reason = reason;
            record::change::<$records, _>(tx, cx, &before, after.clone()).await?;
            tx.emit(cx, &B2chatRecordMarked::new($what, $id, after.is_deleted));
        }};
    }
    match of {
        B2chatRecord::Chat(id) => {
            mark!(B2chatChats, id, "B2ChatChat");
            chats_changed(tx, cx, &[id]).await?;
        }
        B2chatRecord::Contact(id) => mark!(B2chatContacts, id, "B2ChatContact"),
        B2chatRecord::Agent(id) => mark!(B2chatAgents, id, "B2ChatAgent"),
    }
    Ok(())
}
