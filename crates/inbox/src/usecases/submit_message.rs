//! A website visitor writes to us.

use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::{Cx, Db, Result, crypto::token, db::Emit, id::MessageId, limit::Limit, text::Check};
use serde::{Deserialize, Serialize};

use crate::{
    domain::events::MessageReceived,
    limits,
    ports::{Messages, Visitors},
    store::message::{MessageStatus, Model as Message},
    usecases::recognise::{Seen, recognise},
};

/// Messages from one address.
const BY_ADDRESS: Limit = Limit { name: "messages by address", attempts: 20, window: Duration::from_secs(10 * 60) };

/// What the contact form sends.
#[derive(Debug, Clone, Default)]
pub struct SubmitMessage {
    /// The visitor's name.
    pub name: String,
    /// The visitor's address.
    pub email: String,
    /// Their company.
    pub company: Option<String>,
    /// The service they ask for.
    pub service: Option<String>,
    /// The text.
    pub content: String,
    /// What brought them here.
    pub source: Option<String>,
    /// The page they write on.
    pub page_url: Option<String>,
    /// The token from an earlier receipt.
    pub visitor_token: Option<String>,
    /// A field that people do not see: whoever fills it is a program.
    pub honeypot: Option<String>,
    /// Whether messages are limited by address.
    pub limited: bool,
}

/// What the visitor gets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Receipt {
    /// The message.
    pub message: MessageId,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// By which the visitor is known again.
    pub visitor_token: String,
}

/// Stores a message and finds or makes its visitor. Public.
///
/// A filled honeypot gets a receipt like any other, and nothing is stored: a program that is told learns.
///
/// # Errors
/// [`kernel::Error::Invalid`] naming every field that is wrong; [`kernel::Error::RateLimited`].
pub async fn submit_message(db: &Db, cx: &Cx, cmd: &SubmitMessage) -> Result<Receipt> {
    if cmd.limited {
        BY_ADDRESS.count(&db.bookkeeping(cx).await?, cx, &cx.origin.limit_key()).await?;
    }
    if cmd.honeypot.as_ref().is_some_and(|text| !text.is_empty()) {
        tracing::info!(request_id = %cx.request_id, "a filled honeypot was discarded");
        return Ok(Receipt { message: cx.new_id(), received_at: cx.now, visitor_token: token(cx.source(), "fdv") });
    }
    db.transact(cx, "message.receive", |tx| async move { store(&tx, cx, cmd).await }).await
}

async fn store<S: Messages + Visitors + Emit>(s: &S, cx: &Cx, cmd: &SubmitMessage) -> Result<Receipt> {
    let mut check = Check::default();
    let name = check.line("name", &cmd.name, limits::LINE);
    let email = check.email("email", &cmd.email);
    let company = check.optional_line("company", cmd.company.as_deref(), limits::LINE);
    let service = check.optional_line("service", cmd.service.as_deref(), limits::LINE);
    let content = check.body("content", &cmd.content, limits::CONTENT);
    let source = check.optional_line("source", cmd.source.as_deref(), limits::LINE);
    let page_url = check.optional_link("pageUrl", cmd.page_url.as_deref(), limits::URL);
    check.done()?;

    let seen = Seen { token: cmd.visitor_token.as_deref(), name: Some(&name), email: Some(&email), source };
    let (visitor, visitor_token) = recognise(s, cx, seen).await?;
    let message = Message {
        id: cx.new_id(),
        visitor_id: visitor.id,
        name,
        email,
        company,
        service,
        content,
        page_url,
        status: MessageStatus::New,
        assignee_id: None,
        converted_to: None,
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
    };
    Messages::add(s, &message).await?;
    s.emit(cx, &MessageReceived { message: message.id, visitor: visitor.id });
    Ok(Receipt { message: message.id, received_at: cx.now, visitor_token })
}
