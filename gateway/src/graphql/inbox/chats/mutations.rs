//! Working in chats, from both sides.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::{ClaimChat, EndChat, MarkChatRead, RateChat, RequestTranscript, SendChatMessage, StartChat, TransferChat};
use kernel::id::ChatId;

use super::{
    presence::{nobody_available, typing},
    types::{Chat, ChatMessage},
};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError, payload},
        identity::{IntoId, Permission},
        records::write,
        scalars::{EmailAddress, id},
        scope::{Scope, scope},
    },
    payload,
    wiring::bridges::InTransaction,
};

/// What the chat window sends first. No text may hold control characters, except line ends and tabs in `content`.
#[derive(Clone, InputObject)]
pub struct StartChatInput {
    /// The visitor's name, 1–200 characters.
    pub name: String,
    /// Their address, where they give one; a transcript goes there.
    pub email: Option<EmailAddress>,
    /// The department that they ask for, `dep_…`.
    pub department_id: Option<ID>,
    /// What they begin with, 1–5,000 characters.
    pub content: String,
    /// The token of an earlier receipt.
    pub visitor_token: Option<String>,
    /// Leave it out. A form shows it to programs only, and what comes with it is discarded.
    pub website: Option<String>,
}

/// What a visitor gets for a chat.
#[derive(SimpleObject)]
pub struct ChatReceipt {
    /// The chat, `cht_…`.
    pub chat_id: ID,
    /// It opens this chat and nothing else. Keep it in the browser for as long as the chat lasts.
    pub chat_token: String,
    /// Keep it in the browser and send it with the next chat or message.
    pub visitor_token: String,
    /// Whether nobody is there at the moment. The chat stays in the queue.
    pub nobody_available: bool,
}

impl From<inbox::ChatReceipt> for ChatReceipt {
    fn from(receipt: inbox::ChatReceipt) -> Self {
        Self {
            chat_id: receipt.chat.into_id(),
            chat_token: receipt.chat_token,
            visitor_token: receipt.visitor_token,
            nobody_available: receipt.nobody_available,
        }
    }
}

/// A line for a chat.
#[derive(Clone, InputObject)]
pub struct SendChatMessageInput {
    /// The chat, `cht_…`.
    pub chat_id: ID,
    /// The text, 1–5,000 characters.
    pub content: String,
    /// The chat's token, from its visitor; a colleague is signed in instead.
    pub chat_token: Option<String>,
}

/// A chat, from either side.
#[derive(Clone, InputObject)]
pub struct ChatInput {
    /// The chat, `cht_…`.
    pub chat_id: ID,
    /// The chat's token, from its visitor; a colleague is signed in instead.
    pub chat_token: Option<String>,
}

/// What a visitor thinks of a chat.
#[derive(Clone, InputObject)]
pub struct RateChatInput {
    /// The chat, `cht_…`.
    pub chat_id: ID,
    /// From 1 to 5.
    pub rating: i32,
    /// In words, at most 5,000 characters.
    pub feedback: Option<String>,
    /// The chat's token.
    pub chat_token: String,
}

/// Somebody types, or does so no more.
#[derive(Clone, InputObject)]
pub struct SetTypingInput {
    /// The chat, `cht_…`.
    pub chat_id: ID,
    /// Whether they type.
    pub typing: bool,
    /// The chat's token, from its visitor; a colleague is signed in instead.
    pub chat_token: Option<String>,
}

/// A chat is taken out of the queue.
#[derive(Clone, InputObject)]
pub struct ClaimChatInput {
    /// The chat, `cht_…`.
    pub chat_id: ID,
}

/// A chat goes to a colleague or into the queue of a department: one of the two.
#[derive(Clone, InputObject)]
pub struct TransferChatInput {
    /// The chat, `cht_…`.
    pub chat_id: ID,
    /// Who gets it, `stf_…`: somebody who takes chats.
    pub assignee_id: Option<ID>,
    /// In whose queue it waits, `dep_…`.
    pub department_id: Option<ID>,
}

payload! {
    /// What came of beginning a chat.
    StartChatPayload {
        /// The receipt.
        receipt: ChatReceipt as inbox::ChatReceipt
    }
    /// What came of writing a line.
    SendChatMessagePayload {
        /// The line.
        message: ChatMessage as inbox::ChatMessage
    }
    /// What came of claiming a chat.
    ClaimChatPayload {
        /// The chat.
        chat: Chat as inbox::Chat
    }
    /// What came of transferring a chat.
    TransferChatPayload {
        /// The chat, as it is then.
        chat: Chat as inbox::Chat
    }
    /// What came of ending a chat.
    EndChatPayload {
        /// When it ended.
        ended_at: DateTime<Utc> as DateTime<Utc>
    }
    /// What came of rating a chat.
    RateChatPayload {
        /// The rating.
        rating: i32 as i32
    }
    /// What came of having read.
    MarkChatReadPayload {
        /// How many lines of the other side are unread.
        unread_count: i32 as i32
    }
    /// What came of asking for a transcript.
    RequestChatTranscriptPayload {
        /// Whether it is on its way.
        is_queued: bool as bool
    }
    /// What came of saying that somebody types.
    SetTypingPayload {
        /// Whether they do.
        typing: bool as bool
    }
}

/// Counts what somebody does by a chat's token.
async fn counted(scope: &Scope, token: Option<&String>) -> Result<()> {
    if token.is_some() && scope.app.rate_limits {
        inbox::count_visitor(&scope.app.db, &scope.cx()).await?;
    }
    Ok(())
}

fn chat_id(text: &ID) -> kernel::Result<ChatId> {
    id("input.chatId", text)
}

/// How many chats of one department a colleague may have at a time, as the company says.
async fn most_at_once(scope: &Scope) -> kernel::Result<i64> {
    scope.app.settings.whole(&scope.cx(), identity::CHATS_AT_ONCE).await
}

/// Working in chats.
#[derive(Default)]
pub struct ChatMutation;

#[Object]
impl ChatMutation {
    /// Public: a visitor begins a chat, which waits in the queue. Limited per address.
    async fn start_chat(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: StartChatInput,
    ) -> Result<StartChatPayload> {
        let scope = scope(ctx);
        let cx = scope.mutation(ctx);
        let department =
            input.department_id.as_ref().map(|department| id("input.departmentId", department)).transpose()?;
        let nobody_available = nobody_available(scope, &cx, None, department).await?;
        let cmd = StartChat {
            name: input.name,
            email: input.email.map(|email| email.0),
            department,
            content: input.content,
            visitor_token: input.visitor_token,
            honeypot: input.website,
            limited: scope.app.rate_limits,
            nobody_available,
        };
        if let Some(receipt) = inbox::admit(&scope.app.db, &cx, &cmd).await? {
            return Ok((Some(receipt), Vec::new()).into());
        }
        let started = write(ctx, "chat.start", cmd, |tx, cx, cmd| async move {
            inbox::start_chat(&tx, &InTransaction(&tx), &cx, &cmd).await
        });
        Ok(started.await?.into())
    }

    /// Public with the chat's token: somebody writes a line, the visitor or the colleague who has the chat.
    async fn send_chat_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SendChatMessageInput,
    ) -> Result<SendChatMessagePayload> {
        counted(scope(ctx), input.chat_token.as_ref()).await?;
        let chat = chat_id(&input.chat_id)?;
        let cmd = SendChatMessage { chat, token: input.chat_token, content: input.content };
        let sent = write(ctx, "chat.send_message", cmd, |tx, cx, cmd| async move {
            inbox::send_chat_message(&tx, &InTransaction(&tx), &cx, &cmd).await
        });
        Ok(sent.await?.into())
    }

    /// Takes a chat out of the queue. One wins; the others are told who.
    #[graphql(directive = requires::apply(Permission::ManageChats))]
    async fn claim_chat(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ClaimChatInput,
    ) -> Result<ClaimChatPayload> {
        let cmd = ClaimChat { chat: chat_id(&input.chat_id)?, most_at_once: most_at_once(scope(ctx)).await? };
        let claimed = write(ctx, "chat.claim", cmd, |tx, cx, cmd| async move {
            inbox::claim_chat(&tx, &InTransaction(&tx), &cx, &cmd).await
        });
        Ok(claimed.await?.into())
    }

    /// Hands a chat to a colleague, or puts it into the queue of a department, where it stands by when it began.
    #[graphql(directive = requires::apply(Permission::ManageChats))]
    async fn transfer_chat(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: TransferChatInput,
    ) -> Result<TransferChatPayload> {
        let cmd = TransferChat {
            chat: chat_id(&input.chat_id)?,
            to: input.assignee_id.as_ref().map(|staff| id("input.assigneeId", staff)).transpose()?,
            department: input.department_id.as_ref().map(|it| id("input.departmentId", it)).transpose()?,
            most_at_once: most_at_once(scope(ctx)).await?,
        };
        let moved = write(ctx, "chat.transfer", cmd, |tx, cx, cmd| async move {
            inbox::transfer_chat(&tx, &InTransaction(&tx), &cx, &cmd).await
        });
        Ok(moved.await?.into())
    }

    /// Public with the chat's token: either side ends a chat. It takes no more lines and is not reopened.
    async fn end_chat(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ChatInput,
    ) -> Result<EndChatPayload> {
        counted(scope(ctx), input.chat_token.as_ref()).await?;
        let cmd = EndChat { chat: chat_id(&input.chat_id)?, token: input.chat_token };
        let ended = write(ctx, "chat.end", cmd, |tx, cx, cmd| async move {
            let chat = inbox::end_chat(&tx, &InTransaction(&tx), &cx, &cmd).await?;
            Ok(chat.ended_at.unwrap_or(cx.now))
        });
        Ok(ended.await?.into())
    }

    /// Public with the chat's token: a visitor says what they think of a chat, once, after somebody had it or it ended.
    async fn rate_chat(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RateChatInput,
    ) -> Result<RateChatPayload> {
        counted(scope(ctx), Some(&input.chat_token)).await?;
        let cmd = RateChat {
            chat: chat_id(&input.chat_id)?,
            token: input.chat_token,
            rating: input.rating,
            feedback: input.feedback,
        };
        let rated = write(ctx, "chat.rate", cmd, |tx, cx, cmd| async move {
            Ok(inbox::rate_chat(&tx, &cx, &cmd).await?.rating.unwrap_or_default())
        });
        Ok(rated.await?.into())
    }

    /// Public with the chat's token: a side has read what the other wrote.
    async fn mark_chat_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ChatInput,
    ) -> Result<MarkChatReadPayload> {
        counted(scope(ctx), input.chat_token.as_ref()).await?;
        let cmd = MarkChatRead { chat: chat_id(&input.chat_id)?, token: input.chat_token };
        let read =
            write(ctx, "chat.mark_read", cmd, |tx, cx, cmd| async move { inbox::mark_chat_read(&tx, &cx, &cmd).await });
        Ok(read.await?.into())
    }

    /// Public with the chat's token: what was said goes by mail to whoever asks: to a visitor at the address that they gave,
    /// once somebody answered, to a colleague at theirs. A few times an hour.
    async fn request_chat_transcript(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ChatInput,
    ) -> Result<RequestChatTranscriptPayload> {
        let scope = scope(ctx);
        counted(scope, input.chat_token.as_ref()).await?;
        let chat = chat_id(&input.chat_id)?;
        if scope.app.rate_limits {
            inbox::count_transcript(&scope.app.db, &scope.cx(), chat, input.chat_token.as_deref()).await?;
        }
        let cmd = RequestTranscript { chat, token: input.chat_token };
        let keyring = scope.app.db.keyring();
        let queued = write(ctx, "chat.request_transcript", cmd, |tx, cx, cmd| async move {
            let transcript = inbox::request_transcript(&tx, &InTransaction(&tx), &cx, &cmd).await?;
            let letter = identity::TemplatedMail {
                to: transcript.to,
                name: Some(transcript.name),
                template: identity::Template::ChatTranscript,
                variables: vec![("at", transcript.started), ("content", transcript.content)],
                opens: identity::mail::Opens::Nothing,
            };
            identity::queue_mail(&tx, &cx, keyring, &letter).await?;
            Ok(true)
        });
        Ok(queued.await?.into())
    }

    /// Public with the chat's token: says that somebody types, or does so no more. Nothing of it is kept; say it again every
    /// few seconds for as long as they do.
    async fn set_typing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetTypingInput,
    ) -> Result<SetTypingPayload> {
        let said = typing(scope(ctx), chat_id(&input.chat_id)?, input.chat_token.as_deref(), input.typing).await;
        let (typing, errors): (Option<bool>, Vec<UserError>) = payload(said)?;
        Ok(SetTypingPayload { typing, errors })
    }
}
