//! Who may act in a chat: whoever holds its token, and colleagues who take chats and see it.

use std::time::Duration;

use kernel::{
    Cx, Db, Error, ProblemCode, Result,
    crypto::{same, token_hash},
    id::{ChatId, ChatMessageId, DepartmentId, StaffId},
    limit::Limit,
    record::Records,
};

use crate::{
    policy::MANAGE_CHATS,
    ports::{Chats, Takers},
    store::chats::session::{ChatSide, Entity as ChatSessions, Model as Chat},
};

/// What visitors do in chats, from one address.
const BY_ADDRESS: Limit =
    Limit { name: "chat requests by address", attempts: 600, window: Duration::from_secs(10 * 60) };

/// What everybody is told whose token does not open the chat that they name, whether there is such a chat or not.
pub fn wrong_token() -> Error {
    Error::invalid("chatToken", ProblemCode::InvalidToken, "does not open this chat")
}

/// Whether this token opens the chat.
pub(crate) fn opens(chat: &Chat, token: &str) -> bool {
    same(&chat.token_hash, &token_hash(token))
}

/// Counts what a visitor does, where visitors are limited.
///
/// # Errors
/// [`Error::RateLimited`].
pub async fn count_visitor(db: &Db, cx: &Cx) -> Result<()> {
    BY_ADDRESS.count(&db.bookkeeping(cx).await?, cx, &cx.origin.limit_key()).await
}

/// The chat, taken, and the side that acts: the visitor's with the chat's token, else that of the colleague who is signed in.
pub(crate) async fn enter<S>(s: &S, cx: &Cx, chat: ChatId, token: Option<&str>) -> Result<(Chat, ChatSide)>
where
    S: Chats + Records<ChatSessions>,
{
    match token {
        Some(token) => {
            let found = s.take(chat).await?.filter(|chat| opens(chat, token));
            Ok((found.ok_or_else(wrong_token)?, ChatSide::Visitor))
        }
        None => {
            cx.require(MANAGE_CHATS)?;
            Ok((s.lock(cx, chat).await?, ChatSide::Staff))
        }
    }
}

/// Frontdesk says something in the chat.
pub(crate) async fn tell<S: Chats>(s: &S, cx: &Cx, chat: &mut Chat, text: String) -> Result<ChatMessageId> {
    let line = chat.next_line(cx, ChatSide::System, text);
    s.say(&line).await?;
    Ok(line.id)
}

/// Who acts on our side, by name.
pub(crate) async fn own_name(takers: &impl Takers, cx: &Cx) -> Result<String> {
    let name = match cx.staff_id() {
        Some(staff) => takers.name(staff).await?,
        None => None,
    };
    Ok(name.unwrap_or_else(|| "A colleague".into()))
}

/// Whether a colleague may have one more chat of a department, where so many at a time are the most; 0 is any number. Of two that
/// they are given at once, the second counts the first. `field` names what was asked in the error.
pub(crate) async fn has_room<S: Chats>(
    s: &S,
    takers: &impl Takers,
    staff: StaffId,
    department: Option<DepartmentId>,
    most: i64,
    field: &str,
) -> Result<()> {
    if most == 0 {
        return Ok(());
    }
    takers.hold(staff).await?;
    if s.held_of(staff, department).await? < most.unsigned_abs() {
        return Ok(());
    }
    let why = format!("nobody may have more than {most} chats of a department at a time");
    Err(Error::invalid(field, ProblemCode::NotAllowed, why))
}
