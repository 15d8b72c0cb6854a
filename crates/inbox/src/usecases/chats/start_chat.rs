//! A visitor begins a chat.

use std::time::Duration;

use kernel::{
    Cx, Db, Error, ProblemCode, Result,
    crypto::{token, token_hash},
    db::Emit,
    id::{ChatId, DepartmentId},
    jobs::Enqueue,
    limit::Limit,
    text::Check,
};
use serde::{Deserialize, Serialize};

use super::end_silent_chat::watch;
use crate::{
    domain::chats::{conversation::said, events::ChatStarted},
    limits,
    ports::{Chats, Takers, Visitors},
    store::chats::session::{ChatSide, ChatStatus, Model as Chat},
    usecases::recognise::{Seen, recognise},
};

/// Chats begun from one address.
const BY_ADDRESS: Limit = Limit { name: "chats by address", attempts: 20, window: Duration::from_secs(10 * 60) };

/// What the chat window sends first.
#[derive(Debug, Clone, Default)]
pub struct StartChat {
    /// The visitor's name.
    pub name: String,
    /// Their address, where they give one.
    pub email: Option<String>,
    /// The department that they ask for.
    pub department: Option<DepartmentId>,
    /// What they begin with.
    pub content: String,
    /// The token from an earlier receipt.
    pub visitor_token: Option<String>,
    /// A field that people do not see: whoever fills it is a program.
    pub honeypot: Option<String>,
    /// Whether chats are limited by address.
    pub limited: bool,
    /// Whether nobody is there to answer.
    pub nobody_available: bool,
}

/// What the visitor gets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChatReceipt {
    /// The chat.
    pub chat: ChatId,
    /// What opens it.
    pub chat_token: String,
    /// By which the visitor is known again.
    pub visitor_token: String,
    /// Whether nobody was there to answer when it began.
    pub nobody_available: bool,
}

/// Counts the attempt, and finds out whether a program made it: then it gets a receipt like anybody, and nothing is stored.
///
/// # Errors
/// [`Error::RateLimited`].
pub async fn admit(db: &Db, cx: &Cx, cmd: &StartChat) -> Result<Option<ChatReceipt>> {
    if cmd.limited {
        BY_ADDRESS.count(&db.bookkeeping(cx).await?, cx, &cx.origin.limit_key()).await?;
    }
    if cmd.honeypot.as_ref().is_none_or(String::is_empty) {
        return Ok(None);
    }
    tracing::info!(request_id = %cx.request_id, "a filled honeypot was discarded");
    Ok(Some(ChatReceipt {
        chat: cx.new_id(),
        chat_token: token(cx.source(), "fdc"),
        visitor_token: token(cx.source(), "fdv"),
        nobody_available: cmd.nobody_available,
    }))
}

/// Puts a chat into the queue and finds or makes its visitor. Public; [`admit`] comes first.
///
/// # Errors
/// [`Error::Invalid`] naming every field that is wrong.
pub async fn start_chat<S: Chats + Visitors + Emit + Enqueue>(
    s: &S,
    takers: &impl Takers,
    cx: &Cx,
    cmd: &StartChat,
) -> Result<ChatReceipt> {
    let mut check = Check::default();
    let name = check.line("name", &cmd.name, limits::LINE);
    let email = cmd.email.as_deref().map(|email| check.email("email", email));
    let content = check.body("content", &cmd.content, limits::CHAT_LINE);
    check.done()?;
    let department = match cmd.department {
        Some(id) => Some(takers.department(id).await?.ok_or_else(no_department)?),
        None => None,
    };

    let seen = Seen { token: cmd.visitor_token.as_deref(), name: Some(&name), email: email.as_deref(), source: None };
    let (visitor, visitor_token) = recognise(s, cx, seen).await?;
    let chat_token = token(cx.source(), "fdc");
    let mut chat = Chat {
        id: cx.new_id(),
        visitor_id: visitor.id,
        visitor_name: name,
        visitor_email: email,
        status: ChatStatus::Waiting,
        department_id: cmd.department,
        assignee_id: None,
        token_hash: token_hash(&chat_token),
        started_at: cx.now,
        claimed_at: None,
        first_answer_at: None,
        ended_at: None,
        ended_by: None,
        rating: None,
        feedback: None,
        visitor_lines: 0,
        staff_lines: 0,
        unread_by_visitor: 0,
        unread_by_staff: 0,
        last_message_at: cx.now,
        last_message_id: None,
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
    };
    let first = chat.next_line(cx, ChatSide::Visitor, content);
    let queued = said::queued(department.as_deref(), cmd.nobody_available);
    let queued = chat.next_line(cx, ChatSide::System, queued);
    s.begin(&chat).await?;
    s.say(&first).await?;
    s.say(&queued).await?;
    watch(s, cx, chat.id).await?;
    s.emit(
        cx,
        &ChatStarted {
            chat: chat.id,
            visitor: visitor.id,
            department: chat.department_id,
            lines: vec![first.id, queued.id],
        },
    );
    Ok(ChatReceipt { chat: chat.id, chat_token, visitor_token, nobody_available: cmd.nobody_available })
}

/// What is said of a department that takes no chats.
pub(crate) fn no_department() -> Error {
    Error::invalid("departmentId", ProblemCode::NotAvailable, "there is no such department")
}
