//! What was said goes out by mail.

use std::{
    collections::{HashMap, hash_map::Entry},
    time::Duration,
};

use kernel::{
    Cx, Db, Error, ProblemCode, Result,
    crypto::{hex, token_hash},
    db::Emit,
    id::ChatId,
    limit::Limit,
    record::Records,
};

use super::enter::enter;
use crate::{
    domain::chats::events::ChatTranscriptRequested,
    ports::{Chats, Takers},
    store::chats::{
        line::Model as ChatMessage,
        session::{ChatSide, Entity as ChatSessions},
    },
};

/// Transcripts of one chat.
const BY_CHAT: Limit = Limit { name: "transcripts by chat", attempts: 5, window: Duration::from_secs(60 * 60) };
/// The last lines that a transcript has.
const LINES: u64 = 500;
/// How long it may be, in characters; it keeps its end.
const LENGTH: usize = 100_000;

/// Which chat.
#[derive(Debug, Clone)]
pub struct RequestTranscript {
    /// The chat.
    pub chat: ChatId,
    /// Its token, from the visitor.
    pub token: Option<String>,
}

/// A transcript and whom it is for.
#[derive(Debug, Clone)]
pub struct Transcript {
    /// The address.
    pub to: String,
    /// The name.
    pub name: String,
    /// When the chat began.
    pub started: String,
    /// What was said.
    pub content: String,
}

/// Counts the request. Mails cost, and go where somebody typed that they should.
///
/// # Errors
/// [`Error::RateLimited`].
pub async fn count_transcript(db: &Db, cx: &Cx, chat: ChatId, token: Option<&str>) -> Result<()> {
    // By what is shown for it, so that whoever only knows of the chat uses nothing up.
    let key = match token {
        Some(token) => hex(&token_hash(token)),
        None => format!("{chat} {}", cx.user()?.id),
    };
    BY_CHAT.count(&db.bookkeeping(cx).await?, cx, &key).await
}

/// The transcript for whoever asks: the visitor at the address that they gave, a colleague at theirs. It is for the caller
/// to send it in the same transaction.
///
/// A visitor gets one once somebody has answered: until then everything in it is theirs, and the address might be anybody's.
///
/// # Errors
/// [`Error::Invalid`] for a wrong token, without an address, and before anybody answered; [`Error::NotFound`].
pub async fn request_transcript<S: Chats + Records<ChatSessions> + Emit>(
    s: &S,
    takers: &impl Takers,
    cx: &Cx,
    cmd: &RequestTranscript,
) -> Result<Transcript> {
    let (chat, side) = enter(s, cx, cmd.chat, cmd.token.as_deref()).await?;
    let refused = |why: &str| Error::invalid("chatId", ProblemCode::NotAllowed, why);
    let (to, name) = match side {
        ChatSide::Visitor => {
            let email = chat.visitor_email.clone().ok_or_else(|| refused("the chat has no address to send it to"))?;
            if chat.staff_lines == 0 {
                return Err(refused("nobody has answered yet"));
            }
            (email, chat.visitor_name.clone())
        }
        ChatSide::Staff | ChatSide::System => {
            let user = cx.user()?;
            let name = match user.staff_id() {
                Some(staff) => takers.name(staff).await?,
                None => None,
            };
            (user.email.clone(), name.unwrap_or_default())
        }
    };
    let lines = s.lines(chat.id, LINES).await?;
    let mut names = HashMap::new();
    for staff in lines.iter().filter_map(|line| line.staff_id) {
        if let Entry::Vacant(unknown) = names.entry(staff) {
            unknown.insert(takers.name(staff).await?.unwrap_or_else(|| "A colleague".into()));
        }
    }
    let written = |line: &ChatMessage| {
        let at = line.created_at.format("%H:%M");
        // Further lines of one that was said are set in, so that nobody writes what looks like another's.
        let said = line.content.replace('\n', "\n      ");
        match (line.sender_type, line.staff_id.and_then(|staff| names.get(&staff))) {
            (ChatSide::System, _) => format!("{at} {said}"),
            (_, Some(name)) => format!("{at} {name}: {said}"),
            (_, None) => format!("{at} {}: {said}", chat.visitor_name),
        }
    };
    let content = lines.iter().map(written).collect::<Vec<_>>().join("\n");
    let over = content.chars().count().saturating_sub(LENGTH);
    s.emit(cx, &ChatTranscriptRequested { chat: chat.id, visitor: chat.visitor_id, side });
    Ok(Transcript {
        to,
        name,
        started: chat.started_at.format("%-d %B %Y, %H:%M UTC").to_string(),
        content: content.chars().skip(over).collect(),
    })
}
