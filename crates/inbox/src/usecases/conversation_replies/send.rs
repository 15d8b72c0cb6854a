//! A reply goes to the platform: between two transactions, of which the first notes that it is begun.
//!
//! What a crash, a lost answer or a time-out leaves is a reply that was begun and of which nobody knows what came. It is not sent
//! again: whoever has the job next looks whether the platform told of the reply meanwhile (its echo), for [`PATIENCE`], and gives
//! it up where it did not, so that a person decides. Tried again by itself is only what was certainly not taken: where no
//! connection came about, or the platform said that it took nothing.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Cx, Db, Result, Tx,
    id::{ConversationReplyId, SocialAccountId},
    jobs::{self, Job, Verdict, Work},
    text::handed_over,
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};

use super::{become_of, way};
use crate::{
    domain::social::platform::Window,
    limits,
    ports::social::{Automation, Outbound, SocialError, SocialNetworks, SocialSender},
    queries::conversation_replies::{answered_since, echo, lock, lock_conversation, message_in, waits_behind},
    store::{
        conversation_reply::{ConversationReplyStatus, Model as ConversationReply, ReplySource},
        conversations::{
            conversation::{ConversationStatus, Model as Conversation},
            message::{Direction, Model as ConversationMessage},
        },
        social::account::{self, Model as SocialAccount, SocialAccountStatus},
    },
    usecases::{
        conversations::take_message::{TakeMessage, take_message},
        social::{
            renew_social_account::{Renewal, newer, renew},
            tokens::{access, refuse},
        },
    },
};

/// The job: send this reply.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendConversationReply {
    /// The reply.
    pub reply: ConversationReplyId,
}

impl Work for SendConversationReply {
    const KIND: &'static str = "inbox.send_conversation_reply";
}

/// How long the echo of a reply is waited for of which is not known whether the platform took it.
pub const PATIENCE: TimeDelta = TimeDelta::minutes(2);
/// How often it is looked for.
const LOOK: TimeDelta = TimeDelta::seconds(5);

/// How often a reply looks whether those are sent that were said before it.
const TURN: TimeDelta = TimeDelta::milliseconds(300);
/// After how long it is sent before one that still is not.
const OVERTAKEN: TimeDelta = TimeDelta::hours(1);

/// What the text of a reply is where a platform tells of it.
pub(super) fn sent_text(reply: &ConversationReply) -> String {
    handed_over(&reply.content, limits::CONTENT).0
}

/// A reply that the platform told of.
pub(super) fn found(reply: &ConversationReply, message: &ConversationMessage) -> ConversationReply {
    ConversationReply {
        status: ConversationReplyStatus::Sent,
        sent_at: Some(message.received_at),
        platform_message_id: Some(message.platform_message_id.clone()),
        sent_message_id: Some(message.id),
        attempted_at: None,
        next_attempt_at: None,
        error_message: None,
        ..reply.clone()
    }
}

/// A reply that is to be sent now.
#[derive(Serialize, Deserialize)]
struct Ready {
    reply: ConversationReply,
    conversation: Conversation,
    account: SocialAccount,
    version: String,
    answers: Option<String>,
    as_agent: bool,
}

/// What is to be done with a reply.
#[derive(Serialize, Deserialize)]
enum Step {
    /// Nothing any more.
    Done,
    /// The same later.
    Wait(DateTime<Utc>),
    /// Send it.
    Send(Box<Ready>),
}

/// Sends a reply, and ends its job with it.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away; the job is tried again.
pub async fn send_conversation_reply<N: SocialNetworks + SocialSender>(
    db: &Db,
    networks: &N,
    company: &dyn Automation,
    cx: &Cx,
    job: &Job,
) -> Result<()> {
    let work: SendConversationReply = job.work()?;
    let first = |tx| async move { begin(&tx, company, cx, job, work.reply).await };
    let step = db.transact(cx, "conversation_reply.begin", first);
    let ready = match step.await? {
        Step::Done => return Ok(()),
        Step::Wait(until) => return jobs::put_back(&db.bookkeeping(cx).await?, job, until).await,
        Step::Send(ready) => ready,
    };
    let ready = &*ready;
    let sent = &send(db, networks, cx, ready).await?;
    let cx = &cx.at_present();
    let wait =
        db.transact(cx, "conversation_reply.send", |tx| async move { conclude(&tx, cx, job, ready, sent).await });
    match wait.await? {
        Some(until) => jobs::put_back(&db.bookkeeping(cx).await?, job, until).await,
        None => Ok(()),
    }
}

/// Looks whether a reply may still be sent, and notes that it is begun.
async fn begin(tx: &Tx, company: &dyn Automation, cx: &Cx, job: &Job, id: ConversationReplyId) -> Result<Step> {
    let done = async || jobs::finish(tx, job).await.map(|()| Step::Done);
    let Some(reply) = lock(tx, id).await? else { return done().await };
    if reply.status != ConversationReplyStatus::Approved {
        return done().await;
    }
    let Some(conversation) = lock_conversation(tx, reply.conversation_id).await? else { return done().await };
    let give_up = async |status, why: String| {
        let mut after = reply.clone();
        after.status = status;
        after.next_attempt_at = None;
        after.error_message = Some(why);
        become_of(tx, cx, &reply, after).await?;
        done().await
    };
    if let Some(began) = reply.attempted_at {
        if let Some(message) = echo(tx.conn(), &reply, &sent_text(&reply)).await? {
            become_of(tx, cx, &reply, found(&reply, &message)).await?;
            return done().await;
        }
        if cx.now < began + PATIENCE {
            return Ok(Step::Wait((cx.now + LOOK).min(began + PATIENCE)));
        }
        let why = "it is not known whether the platform took it: look there before it is tried again";
        return give_up(ConversationReplyStatus::Failed, why.into()).await;
    }
    let answers = match (reply.message_id, reply.message_received_at) {
        (Some(message), Some(at)) => message_in(tx.conn(), conversation.id, message, at).await?,
        _ => None,
    };
    if reply.is_automatic {
        if let Some(why) = stands_against(tx, &reply, &conversation, answers.as_ref()).await? {
            return give_up(ConversationReplyStatus::Rejected, why.into()).await;
        }
        let now = company.automatic_replies(tx.conn(), cx).await?;
        if !now.allow(reply.confidence.unwrap_or_default()) {
            // What the company does not let go out at this moment waits for a person.
            let mut after = reply.clone();
            after.status = ConversationReplyStatus::Pending;
            (after.is_automatic, after.approved_at) = (false, None);
            (after.next_attempt_at, after.error_message) = (None, None);
            become_of(tx, cx, &reply, after).await?;
            return done().await;
        }
    }
    let way = way(tx.conn(), &conversation).await?;
    let by_person = reply.source == ReplySource::Person || reply.approved_by_id.is_some();
    let window = match way.open(conversation.last_inbound_at, cx.now, by_person) {
        Ok(window) => window,
        Err(why) => return give_up(ConversationReplyStatus::Failed, why).await,
    };
    if let Some(until) = way.account.paused_until.filter(|until| *until > cx.now) {
        return Ok(Step::Wait(until));
    }
    // What was said first is sent first.
    if waits_behind(tx.conn(), &reply, cx.now - OVERTAKEN).await? {
        return Ok(Step::Wait(cx.now + TURN));
    }
    let mut after = reply.clone();
    after.attempts = reply.attempts.saturating_add(1);
    after.attempted_at = Some(cx.now);
    after.next_attempt_at = None;
    let reply = become_of(tx, cx, &reply, after).await?;
    let version = way.config.version(way.account.platform).to_owned();
    Ok(Step::Send(Box::new(Ready {
        reply,
        conversation,
        account: way.account,
        version,
        answers: answers.map(|message| message.platform_message_id),
        as_agent: window == Window::Agent,
    })))
}

/// What speaks against a reply that nobody looked at, since it was suggested.
async fn stands_against(
    tx: &Tx,
    reply: &ConversationReply,
    conversation: &Conversation,
    answers: Option<&ConversationMessage>,
) -> Result<Option<&'static str>> {
    if conversation.status == ConversationStatus::Closed {
        return Ok(Some("the conversation was closed meanwhile"));
    }
    if answers.is_some_and(|message| message.deleted_at.is_some()) {
        return Ok(Some("what it answers was taken back"));
    }
    let Some(wrote_at) = reply.message_received_at else { return Ok(None) };
    let answered = answered_since(tx.conn(), conversation.id, wrote_at, Some(reply.id)).await?;
    Ok(answered.then_some("somebody answered meanwhile"))
}

/// Sends it; with a new token where the old one is not taken any more, by which nothing was sent.
async fn send<N: SocialNetworks + SocialSender>(
    db: &Db,
    networks: &N,
    cx: &Cx,
    ready: &Ready,
) -> Result<Result<String, SocialError>> {
    let Some(token) = access(db.keyring(), &ready.account)? else {
        return Ok(Err(SocialError::Permanent("the account is not connected".into())));
    };
    let sent = networks.send(&outbound(ready, &token, cx.now)).await;
    let Err(SocialError::Revoked(_)) = &sent else { return Ok(sent) };
    if ready.account.refresh_token_encrypted.is_none() {
        return Ok(sent);
    }
    let token = match renew(db, networks, cx, &ready.account).await? {
        Renewal::Done(token) => Some(token),
        Renewal::Elsewhere => newer(db, cx, &ready.account).await?,
        Renewal::Not(error) => return Ok(Err(error)),
    };
    match token {
        Some(token) => Ok(networks.send(&outbound(ready, &token, cx.now)).await),
        None => Ok(Err(SocialError::Later("the token of the account is being renewed".into()))),
    }
}

fn outbound<'a>(ready: &'a Ready, token: &'a str, now: DateTime<Utc>) -> Outbound<'a> {
    Outbound {
        platform: ready.account.platform,
        version: &ready.version,
        account: &ready.account.account_id,
        access: token,
        participant: &ready.conversation.participant_id,
        conversation: &ready.conversation.platform_conversation_id,
        answers: ready.answers.as_deref(),
        content: &ready.reply.content,
        as_agent: ready.as_agent,
        now,
    }
}

/// Notes what came of sending; says when the job is to look again, where it is to.
async fn conclude(
    tx: &Tx,
    cx: &Cx,
    job: &Job,
    ready: &Ready,
    sent: &Result<String, SocialError>,
) -> Result<Option<DateTime<Utc>>> {
    let Some(before) = lock(tx, ready.reply.id).await? else { return Ok(None) };
    if before.status != ConversationReplyStatus::Approved {
        return jobs::finish(tx, job).await.map(|()| None);
    }
    let mut after = before.clone();
    let error = match sent {
        Ok(name) => {
            jobs::finish(tx, job).await?;
            take(tx, cx, ready, name, &mut after).await?;
            become_of(tx, cx, &before, after).await?;
            return Ok(None);
        }
        Err(error) => error,
    };
    let why: String = error.to_string().chars().take(500).collect();
    after.error_message = Some(why.clone());
    if let SocialError::Unknown(_) = error {
        become_of(tx, cx, &before, after).await?;
        return Ok(Some(cx.now + LOOK));
    }
    after.attempted_at = None;
    let verdict = match error {
        SocialError::RetryAt(at, _) => {
            pause(tx, ready.account.id, *at).await?;
            jobs::fail_until(tx, cx, job, &why, *at).await?
        }
        SocialError::Later(_) | SocialError::Unknown(_) => jobs::fail(tx, cx, job, &why, false).await?,
        SocialError::Revoked(_) => {
            refuse(tx, cx, ready.account.id, SocialAccountStatus::Revoked, &why).await?;
            jobs::finish(tx, job).await.map(|()| Verdict::Dead)?
        }
        // A person sees why, and nothing is left to do.
        SocialError::Permanent(_) | SocialError::OutsideWindow(_) => {
            jobs::finish(tx, job).await.map(|()| Verdict::Dead)?
        }
    };
    match verdict {
        Verdict::Again(at) => after.next_attempt_at = DateTime::from_timestamp_micros(at.timestamp_micros()),
        Verdict::Dead => after.status = ConversationReplyStatus::Failed,
    }
    become_of(tx, cx, &before, after).await?;
    Ok(None)
}

/// What was sent is a message of the conversation, once, whether the platform told of it before or tells of it later.
async fn take(tx: &Tx, cx: &Cx, ready: &Ready, name: &str, after: &mut ConversationReply) -> Result<()> {
    let conversation = &ready.conversation;
    let message = TakeMessage {
        account: ready.account.id,
        platform_conversation_id: conversation.platform_conversation_id.clone(),
        participant_id: conversation.participant_id.clone(),
        participant_name: None,
        platform_message_id: name.to_owned(),
        direction: Direction::Outbound,
        sender_id: Some(ready.account.account_id.clone()),
        content: after.content.clone(),
        at: cx.now,
        metadata: serde_json::json!({}),
    };
    let taken = take_message(tx, cx, &message).await?;
    after.status = ConversationReplyStatus::Sent;
    after.sent_at = Some(taken.received_at);
    after.platform_message_id = Some(name.to_owned());
    after.sent_message_id = Some(taken.message);
    after.attempted_at = None;
    after.next_attempt_at = None;
    after.error_message = None;
    Ok(())
}

/// Leaves an account alone until an instant: for all replies that go through it.
async fn pause(tx: &Tx, id: SocialAccountId, until: DateTime<Utc>) -> Result<()> {
    use sea_orm::{ColumnTrait, QueryFilter};
    account::Entity::update_many()
        .set(account::ActiveModel { paused_until: Set(Some(until)), ..Default::default() })
        .filter(account::Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}
