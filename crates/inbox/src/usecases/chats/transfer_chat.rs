//! A chat goes to somebody else, or back into a queue.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{ChatId, DepartmentId, StaffId},
    record::{self, Records},
};

use super::{
    enter::{has_room, tell},
    start_chat::no_department,
};
use crate::{
    domain::chats::{conversation::said, events::ChatTransferred},
    policy::MANAGE_CHATS,
    ports::{Chats, Takers},
    store::chats::session::{Entity as ChatSessions, Model as Chat},
};

/// Which chat goes where: to a colleague or into the queue of a department.
#[derive(Debug, Clone)]
pub struct TransferChat {
    /// The chat.
    pub chat: ChatId,
    /// Who gets it.
    pub to: Option<StaffId>,
    /// The department whose queue it goes into.
    pub department: Option<DepartmentId>,
    /// How many chats of one department a colleague may have at a time; 0 for any number.
    pub most_at_once: i64,
}

/// Moves the chat and returns it as it is then. In a queue it stands where it would stand had it waited there from its
/// beginning.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for an ended chat, for somebody who takes no chats or has as many as they may, for an unknown department, and
/// for both or neither.
pub async fn transfer_chat<S: Chats + Records<ChatSessions> + Emit>(
    s: &S,
    takers: &impl Takers,
    cx: &Cx,
    cmd: &TransferChat,
) -> Result<Chat> {
    cx.require(MANAGE_CHATS)?;
    let before = s.lock(cx, cmd.chat).await?;
    before.is_open()?;
    let mut chat = before.clone();
    // Both are looked at first, so that each is named that is none.
    let colleague = match cmd.to {
        Some(staff) => Some((staff, taker(takers, staff).await?)),
        None => None,
    };
    let department = match cmd.department {
        Some(id) => Some((id, takers.department(id).await?.ok_or_else(no_department)?)),
        None => None,
    };
    let text = match (colleague, department) {
        (Some((staff, name)), None) => {
            if before.assignee_id != Some(staff) {
                has_room(s, takers, staff, before.department_id, cmd.most_at_once, "assigneeId").await?;
            }
            chat.give_to(cx, staff);
            said::joined(&name)
        }
        (None, Some((id, name))) => {
            chat.put_back(Some(id));
            said::queued(Some(&name), false)
        }
        _ => {
            let why = "give either a colleague or a department";
            return Err(Error::invalid("assigneeId", ProblemCode::NotAllowed, why));
        }
    };
    if chat == before {
        return Ok(before);
    }
    let line = tell(s, cx, &mut chat, text).await?;
    let chat = record::change::<ChatSessions, S>(s, cx, &before, chat).await?;
    told(s, cx, &before, &chat, line);
    Ok(chat)
}

/// The name of a colleague who takes chats.
async fn taker(takers: &impl Takers, staff: StaffId) -> Result<String> {
    let name = if takers.takes_chats(staff).await? { takers.name(staff).await? } else { None };
    name.ok_or_else(|| Error::invalid("assigneeId", ProblemCode::NotAvailable, "is nobody who takes chats"))
}

/// Tells of a chat that moved.
pub(crate) fn told<S: Emit>(s: &S, cx: &Cx, before: &Chat, chat: &Chat, line: kernel::id::ChatMessageId) {
    s.emit(
        cx,
        &ChatTransferred {
            chat: chat.id,
            visitor: chat.visitor_id,
            from: before.assignee_id,
            to: chat.assignee_id,
            from_department: before.department_id,
            department: chat.department_id,
            lines: vec![line],
        },
    );
}

/// The chats that a colleague has who leaves go to another, or back into the queues that they came from. Part of deactivating
/// somebody, which is what needs the permission. Returns how many.
pub async fn hand_over_chats<S: Chats + Records<ChatSessions> + Emit>(
    s: &S,
    takers: &impl Takers,
    cx: &Cx,
    from: StaffId,
    to: Option<StaffId>,
) -> Result<u64> {
    let held = s.held_by(from).await?;
    let heir = match to {
        Some(to) if takers.takes_chats(to).await? => takers.name(to).await?.map(|name| (to, name)),
        _ => None,
    };
    for before in &held {
        let mut chat = before.clone();
        let text = match &heir {
            Some((to, name)) => {
                chat.give_to(cx, *to);
                said::joined(name)
            }
            None => {
                chat.put_back(before.department_id);
                let department = match before.department_id {
                    Some(id) => takers.department(id).await?,
                    None => None,
                };
                said::queued(department.as_deref(), false)
            }
        };
        let line = tell(s, cx, &mut chat, text).await?;
        let chat = record::change::<ChatSessions, S>(s, cx, before, chat).await?;
        told(s, cx, before, &chat, line);
    }
    Ok(held.len() as u64)
}
