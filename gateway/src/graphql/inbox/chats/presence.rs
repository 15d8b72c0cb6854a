//! Who is in a chat at this moment, and who types there.

use std::time::Duration;

use async_graphql::SimpleObject;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{Stream, stream};
use inbox::{ChatSide, holder_of_chat, records::Chats};
use kernel::{
    Cx, Error, ProblemCode,
    id::{ChatId, DepartmentId, StaffId},
    record::by_ids,
    visibility::rule,
};
use tokio::sync::watch;

use crate::{
    graphql::{
        errors::{Fault, Result},
        scope::Scope,
    },
    wiring::{
        presence::{Guard, InChat, Place, Who},
        standing::as_active,
    },
};

/// How often it is looked whether somebody was not heard of any more.
const LOOK: Duration = Duration::from_secs(1);
/// How long a colleague is believed to see the chat.
const BELIEVED: TimeDelta = TimeDelta::seconds(2);

/// Who is in a chat at this moment.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct ChatPresence {
    /// Whether the visitor has it open.
    pub visitor_is_present: bool,
    /// Whether the visitor types.
    pub visitor_is_typing: bool,
    /// Whether a colleague who takes chats has it open.
    pub staff_is_present: bool,
    /// Whether one types.
    pub staff_is_typing: bool,
}

impl From<InChat> for ChatPresence {
    fn from(there: InChat) -> Self {
        Self {
            visitor_is_present: there.visitor,
            visitor_is_typing: there.visitor_typing,
            staff_is_present: there.staff,
            staff_is_typing: there.staff_typing,
        }
    }
}

/// The chat that somebody may follow, and from which side: the visitor with its token, else a colleague who sees it.
pub async fn entered(
    scope: &Scope,
    cx: &Cx,
    chat: ChatId,
    token: Option<&str>,
) -> kernel::Result<(inbox::Chat, ChatSide)> {
    if token.is_none() {
        cx.require(inbox::VIEW_CHATS)?;
    }
    let conn = scope.app.db.reader(cx).await?;
    match token {
        Some(token) => Ok((inbox::opened_chat(&conn, chat, token).await?, ChatSide::Visitor)),
        None => {
            let found = by_ids::<Chats>(&conn, cx, &[chat]).await?.remove(&chat);
            Ok((found.ok_or(Error::NotFound { what: "Chat" })?, ChatSide::Staff))
        }
    }
}

/// Whether nobody is at the desk who takes such a chat, of somebody's or of a department's queue, and sees it. What they may is
/// read anew.
pub async fn nobody_available(
    scope: &Scope,
    cx: &Cx,
    assignee: Option<StaffId>,
    department: Option<DepartmentId>,
) -> kernel::Result<bool> {
    let people = scope.app.presence.at_the_desk(cx.tenant.id, department, cx.now);
    if people.is_empty() {
        return Ok(true);
    }
    let conn = scope.app.db.reader(cx).await?;
    for who in people {
        let Some(theirs) = as_active(&conn, cx, &scope.app.catalog, who.into()).await? else { continue };
        if theirs.can(inbox::VIEW_CHATS)
            && theirs.can(inbox::MANAGE_CHATS)
            && rule(&theirs, &holder_of_chat(assignee, department)).is_some()
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Who somebody is in a chat; a colleague only counts who takes chats.
fn who(cx: &Cx, side: ChatSide) -> Option<Who> {
    match side {
        ChatSide::Visitor => Some(Who::Visitor),
        ChatSide::Staff | ChatSide::System => cx.staff_id().filter(|_| cx.can(inbox::MANAGE_CHATS)).map(Who::Staff),
    }
}

/// Somebody is in the chat for as long as this is kept.
pub fn present(scope: &Scope, cx: &Cx, chat: ChatId, side: ChatSide) -> Option<Guard> {
    let who = who(cx, side)?;
    Some(scope.app.presence.enter((cx.tenant.id, Place::Chat(chat), who)))
}

/// The same by the rights of now: who takes chats no more is there no more.
pub fn keep(here: &mut Option<Guard>, scope: &Scope, cx: &Cx, chat: ChatId, side: ChatSide) {
    match who(cx, side) {
        None => *here = None,
        Some(_) if here.is_none() => *here = present(scope, cx, chat, side),
        Some(_) => {}
    }
}

/// Says that somebody types in a chat that has not ended.
pub async fn typing(scope: &Scope, chat: ChatId, token: Option<&str>, typing: bool) -> kernel::Result<bool> {
    let cx = scope.cx();
    if token.is_none() {
        cx.require(inbox::MANAGE_CHATS)?;
    }
    let (found, side) = entered(scope, &cx, chat, token).await?;
    if found.status == inbox::ChatStatus::Ended {
        return Err(Error::invalid("chatId", ProblemCode::NotAllowed, "the chat has ended"));
    }
    if let Some(who) = who(&cx, side) {
        scope.app.presence.types((cx.tenant.id, Place::Chat(chat), who), typing, cx.now);
    }
    Ok(typing)
}

struct Watching<'a> {
    scope: &'a Scope,
    chat: ChatId,
    side: ChatSide,
    changes: watch::Receiver<()>,
    told: Option<InChat>,
    /// When it was last found that a colleague sees the chat.
    looked: DateTime<Utc>,
    over: bool,
    here: Option<Guard>,
}

impl Watching<'_> {
    /// What is so once it differs from what was told.
    async fn next(&mut self) -> kernel::Result<InChat> {
        loop {
            let cx = self.scope.app.renewed(&self.scope.cx(), self.scope.credential.as_ref()).await?;
            if self.side == ChatSide::Staff && cx.now - self.looked > BELIEVED {
                entered(self.scope, &cx, self.chat, None).await?;
                self.looked = cx.now;
            }
            keep(&mut self.here, self.scope, &cx, self.chat, self.side);
            self.changes.mark_unchanged();
            let now = self.scope.app.presence.in_chat(cx.tenant.id, self.chat, cx.now);
            if self.told != Some(now) {
                self.told = Some(now);
                return Ok(now);
            }
            let _ = tokio::time::timeout(LOOK, self.changes.changed()).await;
        }
    }
}

/// Tells who is in a chat, now and whenever that changes. Whoever listens is there.
pub async fn watch<'a>(
    scope: &'a Scope,
    chat: ChatId,
    token: Option<String>,
) -> Result<impl Stream<Item = Result<ChatPresence>> + 'a> {
    let cx = scope.cx();
    let (_, side) = entered(scope, &cx, chat, token.as_deref()).await?;
    let changes = scope.app.presence.watch(cx.tenant.id, Place::Chat(chat));
    let here = present(scope, &cx, chat, side);
    let watching = Watching { scope, chat, side, changes, told: None, looked: cx.now, over: false, here };
    Ok(stream::unfold(watching, async |mut watching| {
        if watching.over {
            return None;
        }
        let next = watching.next().await;
        watching.over = next.is_err();
        Some((next.map(Into::into).map_err(Fault::from), watching))
    }))
}
