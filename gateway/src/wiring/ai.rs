//! What tasks for artificial intelligence need of the other contexts: what they are about, and what follows.

use crm_leads::{
    AiProviderName, AiSubjectType, AiTask, AiTaskType, Classified, CreateLeadFrom, Effects, Intent, Lead, LeadSource,
    Line, Material, Output, ReadyAnswer, RecordLeadScore, Replied, Scored, Sources, Subject, Wanted, records::Leads,
};
use inbox::{
    ChatSide, ConvertMessage, Direction, Lines, MessagesIn, SuggestReply,
    records::{Chats, ConversationMessages, Conversations, Messages},
};
use kernel::{
    Conn, Cx, Error, Result, Tx,
    id::{ChatId, ConversationMessageId, LeadId, MessageId},
    record::{by_ids, first_of_each, visible_ids},
};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType};
use uuid::Uuid;

use super::{app::App, bridges::InTransaction, leads::Ears, social::automatic_replies, tickets::House};

/// So many ready answers are looked at, those that are used most.
const ANSWERS: u64 = 100;
/// How sure it must be that somebody wants to buy before they are a lead.
const SURE: f64 = 0.35;
/// So many messages of a conversation count, up to the one that it is about and later.
const SAID: u64 = 30;
/// So many lines of a chat count.
const LINES: u64 = 100;

/// What tasks are about, in all that there is of it: Frontdesk itself reads it.
pub struct AiSubjects<'a>(pub &'a App);

impl AiSubjects<'_> {
    async fn message(&self, conn: &Conn, cx: &Cx, id: MessageId) -> Result<Option<Material>> {
        let found = by_ids::<Messages>(conn, cx, &[id]).await?.remove(&id);
        Ok(found.map(|message| Material {
            lines: vec![Line { theirs: true, text: message.content }],
            name: Some(message.name),
            about: message.service,
            ..Material::default()
        }))
    }

    async fn conversation(&self, conn: &Conn, cx: &Cx, id: ConversationMessageId) -> Result<Option<Material>> {
        let Some(message) = by_ids::<ConversationMessages>(conn, cx, &[id]).await?.remove(&id) else { return Ok(None) };
        // Of a picture there is nothing to read.
        if message.deleted_at.is_some() || message.content.trim().is_empty() {
            return Ok(None);
        }
        let of = message.conversation_id;
        let Some(conversation) = by_ids::<Conversations>(conn, cx, &[of]).await?.remove(&of) else { return Ok(None) };
        let said = first_of_each::<MessagesIn>(conn, cx, &[of], SAID, true).await?.remove(&of).unwrap_or_default();
        let line = |said: inbox::ConversationMessage| Line {
            theirs: said.direction == Direction::Inbound,
            text: said.content,
        };
        // What was said after it is not what it answers.
        let until =
            |said: &inbox::ConversationMessage| (said.received_at, said.id) <= (message.received_at, message.id);
        let mut lines: Vec<_> = said.into_iter().rev().filter(until).map(line).collect();
        if lines.is_empty() {
            lines.push(Line { theirs: true, text: message.content });
        }
        lines.retain(|line| !line.text.trim().is_empty());
        let account = conversation.social_account_id;
        let on = inbox::accounts_of_conversations(conn, &[account]).await?.remove(&account);
        let longest = on.map(|on| on.platform.longest());
        Ok(Some(Material { lines, name: conversation.participant_name, longest, ..Material::default() }))
    }

    async fn chat(&self, conn: &Conn, cx: &Cx, id: ChatId) -> Result<Option<Material>> {
        let Some(chat) = by_ids::<Chats>(conn, cx, &[id]).await?.remove(&id) else { return Ok(None) };
        let said = first_of_each::<Lines>(conn, cx, &[id], LINES, true).await?.remove(&id).unwrap_or_default();
        let line =
            |line: inbox::ChatMessage| Line { theirs: line.sender_type == ChatSide::Visitor, text: line.content };
        let lines = said.into_iter().rev().filter(|line| line.sender_type != ChatSide::System).map(line).collect();
        Ok(Some(Material { lines, name: Some(chat.visitor_name), ..Material::default() }))
    }
}

/// The source of leads that a subject is, or is in; `None` for what is gone.
async fn source(conn: &Conn, cx: &Cx, subject: Subject) -> Result<Option<(LeadSource, String, Uuid)>> {
    Ok(match subject.kind {
        AiSubjectType::Message => Some((LeadSource::Message, subject.to_string(), subject.id)),
        AiSubjectType::Chat => Some((LeadSource::Chat, subject.to_string(), subject.id)),
        AiSubjectType::ConversationMessage => {
            let id = ConversationMessageId(subject.id);
            let found = by_ids::<ConversationMessages>(conn, cx, &[id]).await?.remove(&id);
            found.map(|message| {
                let of = message.conversation_id;
                (LeadSource::Conversation, of.to_string(), of.0)
            })
        }
        AiSubjectType::Lead => None,
    })
}

/// The lead that a subject is, or became.
async fn lead(tx: &Tx, cx: &Cx, subject: Subject) -> Result<Option<Lead>> {
    if subject.kind == AiSubjectType::Lead {
        return crm_leads::lead_by_id(tx, LeadId(subject.id)).await;
    }
    match own_lead(tx, cx, subject).await? {
        None => person_of(tx, cx, subject).await,
        own => Ok(own),
    }
}

/// The lead that was made of a subject, or that it was converted to.
async fn own_lead(tx: &Tx, cx: &Cx, subject: Subject) -> Result<Option<Lead>> {
    let Some((kind, _, id)) = source(tx.conn(), cx, subject).await? else { return Ok(None) };
    if let Some(lead) = crm_leads::lead_of(tx, kind, id).await? {
        return Ok(Some(lead));
    }
    if subject.kind != AiSubjectType::Message {
        return Ok(None);
    }
    let id = MessageId(subject.id);
    let became = by_ids::<Messages>(tx.conn(), cx, &[id]).await?.remove(&id).and_then(|message| message.converted_to);
    match became.and_then(|became| became.parse::<LeadId>().ok()) {
        Some(lead) => crm_leads::lead_now(tx, lead).await,
        None => Ok(None),
    }
}

/// The open lead that whoever wrote on the website is already, by their address or as the visitor they are, or were before they were
/// merged. Who writes twice at once is looked for one after the other.
async fn person_of(tx: &Tx, cx: &Cx, subject: Subject) -> Result<Option<Lead>> {
    let kind = match subject.kind {
        AiSubjectType::Message => LeadSource::Message,
        AiSubjectType::Chat => LeadSource::Chat,
        AiSubjectType::ConversationMessage | AiSubjectType::Lead => return Ok(None),
    };
    let Some(known) = House(tx, &[]).known_of(cx, kind, subject.id).await? else { return Ok(None) };
    let (mut emails, mut visitors) = (Vec::from_iter(known.email), Vec::from_iter(known.visitor));
    if let Some(visitor) = known.visitor {
        let one = inbox::entities::visitor::Entity::find_by_id(visitor).lock(LockType::NoKeyUpdate);
        one.one(tx.conn()).await?;
        // Who was merged into them is the same person.
        let merged = inbox::merged_of_each(tx.conn(), cx, &[visitor]).await?.remove(&visitor).unwrap_or_default();
        for one in merged {
            emails.extend(one.email);
            visitors.push(one.id);
        }
    }
    crm_leads::open_lead_of(tx, &emails, &visitors).await
}

/// Notes that a message became a lead, where it became nothing yet.
async fn converted(tx: &Tx, cx: &Cx, subject: Subject, lead: LeadId) -> Result<()> {
    let message = MessageId(subject.id);
    if subject.kind != AiSubjectType::Message {
        return Ok(());
    }
    let found = by_ids::<Messages>(tx.conn(), cx, &[message]).await?.remove(&message);
    if found.is_some_and(|found| found.converted_to.is_none()) {
        let became = ConvertMessage { message, target: lead.to_string() };
        inbox::convert_message(tx, &InTransaction(tx), cx, &became).await?;
    }
    Ok(())
}

#[async_trait::async_trait]
impl crm_leads::Subjects for AiSubjects<'_> {
    async fn read(&self, cx: &Cx, subject: Subject, task: AiTaskType) -> Result<Option<Material>> {
        let conn = &self.0.db.reader(cx).await?;
        let material = match subject.kind {
            AiSubjectType::Message => self.message(conn, cx, MessageId(subject.id)).await?,
            AiSubjectType::Chat => self.chat(conn, cx, ChatId(subject.id)).await?,
            AiSubjectType::ConversationMessage => {
                self.conversation(conn, cx, ConversationMessageId(subject.id)).await?
            }
            AiSubjectType::Lead => Some(Material::default()),
        };
        let Some(mut material) = material else { return Ok(None) };
        if task == AiTaskType::Score {
            let score = |tx: Tx| async move {
                let Some(lead) = lead(&tx, cx, subject).await? else { return Ok(None) };
                crm_leads::scored_by_rules(&tx, &Ears(tx.conn()), cx, &lead).await.map(Some)
            };
            material.by_rules = self.0.db.transact(cx, "ai_task.read", score).await?;
            if material.by_rules.is_none() {
                return Ok(None);
            }
        }
        if task == AiTaskType::Reply {
            material.answers = answers(conn, material.name.as_deref()).await?;
        }
        Ok(Some(material))
    }
}

/// The company's ready answers, as far as they can be said to anybody.
async fn answers(conn: &Conn, name: Option<&str>) -> Result<Vec<ReadyAnswer>> {
    use inbox::entities::saved_reply::{Column, Entity};
    let found = Entity::find()
        .filter(Column::IsGlobal.eq(true))
        .filter(Column::ArchivedAt.is_null())
        .order_by_desc(Column::UseCount)
        .limit(ANSWERS)
        .all(conn)
        .await?;
    let filled = found.into_iter().map(|answer| ReadyAnswer {
        content: answer.content.replace("{{name}}", name.unwrap_or_default()),
        title: answer.title,
    });
    // What else stands in it is known to whoever uses it, and not here.
    Ok(filled.filter(|answer| !answer.content.contains("{{")).collect())
}

/// What follows from tasks.
pub struct AiEffects<'a> {
    /// The names of all permissions.
    pub catalog: &'a [&'static str],
    /// Whether a lead is made of who wants to buy.
    pub make_leads: bool,
    /// Whether answers are suggested.
    pub suggest_replies: bool,
}

impl AiEffects<'_> {
    /// Who wants to buy becomes a lead, who is one is scored anew, and who wrote on a platform may be answered.
    async fn classified(&self, tx: &Tx, cx: &Cx, subject: Subject, said: &Classified) -> Result<Vec<Wanted>> {
        let mut next = Vec::new();
        let mut is_lead = own_lead(tx, cx, subject).await?.is_some();
        let buys = said.intent == Intent::Sales && said.confidence >= SURE;
        if !is_lead
            && self.make_leads
            && buys
            && let Some((_, source, _)) = source(tx.conn(), cx, subject).await?
        {
            let cmd = CreateLeadFrom { source };
            let made = match person_of(tx, cx, subject).await? {
                Some(lead) => Ok(lead),
                None => crm_leads::create_lead_from(tx, &House(tx, self.catalog), cx, &cmd).await,
            };
            match made {
                Ok(lead) => {
                    converted(tx, cx, subject, lead.id).await?;
                    is_lead = true;
                }
                // Nobody can be made a lead of whom nothing is known.
                Err(Error::Invalid(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if is_lead {
            next.push(Wanted { task: AiTaskType::Score, subject });
        }
        let written = subject.kind == AiSubjectType::ConversationMessage;
        if written && self.suggest_replies && said.intent != Intent::Spam {
            next.push(Wanted { task: AiTaskType::Reply, subject });
        }
        Ok(next)
    }

    async fn scored(&self, tx: &Tx, cx: &Cx, subject: Subject, said: &Scored, provider: AiProviderName) -> Result<()> {
        let found = lead(tx, cx, subject).await?.ok_or(Error::NotFound { what: "Lead" })?;
        let cmd = RecordLeadScore {
            lead: found.id,
            value: said.value,
            score: None,
            signals: said.signals.clone(),
            reasoning: said.reasoning.clone(),
            rules: said.rules,
            provider: provider.to_value(),
        };
        crm_leads::record_lead_score(tx, cx, &cmd).await.map(drop)
    }

    async fn replied(&self, tx: &Tx, cx: &Cx, subject: Subject, said: &Replied) -> Result<()> {
        if subject.kind != AiSubjectType::ConversationMessage {
            // It is read where the task is; only a conversation has replies that wait for approval.
            return Ok(());
        }
        let id = ConversationMessageId(subject.id);
        let message = by_ids::<ConversationMessages>(tx.conn(), cx, &[id]).await?.remove(&id);
        let message = message.ok_or(Error::NotFound { what: "ConversationMessage" })?;
        let cmd = SuggestReply {
            conversation: message.conversation_id,
            message: id,
            received_at: message.received_at,
            content: said.content.clone(),
            confidence: said.confidence,
        };
        inbox::suggest_reply(tx, cx, &cmd, automatic_replies(tx.conn(), cx).await?).await.map(drop)
    }
}

#[async_trait::async_trait]
impl Effects for AiEffects<'_> {
    async fn follow(&self, tx: &Tx, cx: &Cx, task: &AiTask, output: &Output) -> Result<Vec<Wanted>> {
        let subject = Subject { kind: task.subject_type, id: task.subject_id };
        match output {
            Output::Classify(said) => return self.classified(tx, cx, subject, said).await,
            Output::Score(said) => self.scored(tx, cx, subject, said, task.provider).await?,
            Output::Reply(said) => self.replied(tx, cx, subject, said).await?,
        }
        Ok(Vec::new())
    }
}

/// Whether those who ask for tasks see what they are about.
pub struct Asking<'a>(pub &'a Tx);

impl crm_leads::SeesSubjects for Asking<'_> {
    async fn sees(&self, cx: &Cx, subject: Subject) -> Result<bool> {
        let conn = self.0.conn();
        Ok(match subject.kind {
            AiSubjectType::Message => !visible_ids::<Messages>(conn, cx, &[MessageId(subject.id)]).await?.is_empty(),
            AiSubjectType::Chat => !visible_ids::<Chats>(conn, cx, &[ChatId(subject.id)]).await?.is_empty(),
            AiSubjectType::ConversationMessage => {
                let ids = [ConversationMessageId(subject.id)];
                !visible_ids::<ConversationMessages>(conn, cx, &ids).await?.is_empty()
            }
            AiSubjectType::Lead => !visible_ids::<Leads>(conn, cx, &[LeadId(subject.id)]).await?.is_empty(),
        })
    }
}
