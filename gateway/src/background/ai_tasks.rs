//! Tasks for artificial intelligence: which events ask for them, and how they are done.

use crm_leads::{AiBench, AiSubjectType, AiTaskType, Subject, Wanted};
use inbox::{ConversationReplyStatus, Direction, records::ConversationReplies};
use kernel::{
    Cx, Result, Tx,
    events::Stored,
    id::{ChatId, ConversationMessageId, ConversationReplyId, MessageId},
    jobs::Job,
    record::by_ids,
};
use serde::Deserialize;

use crate::wiring::{
    ai::{AiEffects, AiSubjects},
    app::App,
};

/// Somebody wrote to us.
#[derive(Deserialize)]
struct Written {
    message: Option<MessageId>,
    chat: Option<ChatId>,
}

/// There is another message of a conversation.
#[derive(Deserialize)]
struct Added {
    message: ConversationMessageId,
    direction: Direction,
}

/// The task that an event asks for, if it does.
fn wanted(event: &Stored) -> Option<Wanted> {
    let about = |kind, id| Some(Wanted { task: AiTaskType::Classify, subject: Subject { kind, id } });
    match event.kind.as_str() {
        "message.received" => about(AiSubjectType::Message, event.decode::<Written>().ok()?.message?.0),
        "chat.ended" => about(AiSubjectType::Chat, event.decode::<Written>().ok()?.chat?.0),
        "conversation.message_added" => {
            let added: Added = event.decode().ok()?;
            let message = Some(added.message).filter(|_| added.direction == Direction::Inbound);
            about(AiSubjectType::ConversationMessage, message?.0)
        }
        _ => None,
    }
}

/// The tasks that events ask for, as far as the company wants them.
pub async fn wanted_of(app: &App, cx: &Cx, events: &[Stored]) -> Result<Vec<Wanted>> {
    let wanted: Vec<_> = events.iter().filter_map(wanted).collect();
    if wanted.is_empty() || !app.settings.boolean(cx, identity::AI_ENABLED).await? {
        return Ok(Vec::new());
    }
    let website = app.settings.boolean(cx, identity::AI_WEBSITE).await?;
    let social = |wanted: &Wanted| wanted.subject.kind == AiSubjectType::ConversationMessage;
    Ok(wanted.into_iter().filter(|wanted| website || social(wanted)).collect())
}

/// A reply stands elsewhere now.
#[derive(Deserialize)]
struct Decided {
    reply: ConversationReplyId,
    from: ConversationReplyStatus,
    to: ConversationReplyStatus,
    edited: bool,
}

fn is_decision(event: &Stored) -> bool {
    event.kind == "conversation.reply_changed"
}

/// Whether [`note_decisions`] may find something.
pub fn decides(events: &[Stored]) -> bool {
    events.iter().any(is_decision)
}

/// Notes of suggested answers what people did with them: sent as they were, changed, or not at all.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn note_decisions(tx: &Tx, cx: &Cx, events: &[Stored]) -> Result<()> {
    for event in events.iter().filter(|event| is_decision(event)) {
        let Ok(Decided { reply, from, to, edited }) = event.decode() else { continue };
        if from != ConversationReplyStatus::Pending {
            continue;
        }
        let (decided, agreed) = match to {
            ConversationReplyStatus::Approved if edited => ("edited", false),
            ConversationReplyStatus::Approved => ("sent", true),
            ConversationReplyStatus::Rejected => ("rejected", false),
            _ => continue,
        };
        let reply = by_ids::<ConversationReplies>(tx.conn(), cx, &[reply]).await?.remove(&reply);
        let Some(reply) = reply else { continue };
        if let Some(message) = reply.message_id {
            let made = (AiTaskType::Reply, reply.generated_at);
            crm_leads::note_ai_decision(tx, cx, made, message.0, decided, agreed).await?;
        }
    }
    Ok(())
}

/// Does a task.
pub async fn run(app: &App, cx: &Cx, job: &Job) -> Result<()> {
    let daily = app.settings.whole(cx, identity::AI_DAILY_TOKENS).await?;
    let bench = AiBench {
        is_on: app.settings.boolean(cx, identity::AI_ENABLED).await?,
        subjects: &AiSubjects(app),
        providers: &app.ai.providers,
        effects: &AiEffects {
            catalog: &app.catalog,
            make_leads: app.settings.boolean(cx, identity::AI_MAKE_LEADS).await?,
            suggest_replies: app.settings.boolean(cx, identity::AI_SUGGEST_REPLIES).await?,
        },
        patience: app.ai.patience,
        price: app.ai.price,
        daily_tokens: (daily > 0).then_some(daily),
    };
    crm_leads::run_ai_task(&app.db, &bench, cx, job).await
}
