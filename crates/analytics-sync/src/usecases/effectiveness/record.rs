//! What is looked at of a chat, and the analysis that is made of what was said.

use kernel::{
    Cx, Error, Result,
    db::Emit,
    id::{EffectivenessBatchId, UserId},
};

use crate::{
    domain::effectiveness::{
        events::ChatAnalysed,
        material::{Line, Material, Times},
        verdict::{Part, effectiveness},
    },
    ports::effectiveness::{EffectivenessBook, Given, Read},
    store::{
        b2chat::{
            chat::Model as B2chatChat,
            message::{B2chatMessageType, Model as B2chatMessage},
        },
        effectiveness::analysis::{Analysed, AnalystName, AskedBy, Model as EffectivenessAnalysis, Reasons},
    },
};

/// So many messages of a chat are looked at, the newest.
pub const MESSAGES: u64 = 500;

/// What stands for a picture or a file without words.
const WORDLESS: &str = "(a picture or a file)";

fn line(message: &B2chatMessage) -> Option<Line> {
    // What goes to everybody is no answer to anybody.
    if message.broadcasted {
        return None;
    }
    let words = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(Into::into);
    let media = matches!(message.r#type, B2chatMessageType::Image | B2chatMessageType::File);
    let text = words(&message.text).or_else(|| words(&message.caption)).or_else(|| media.then(|| WORDLESS.into()))?;
    Some(Line { incoming: message.incoming, text })
}

/// What is looked at of a chat: `wanted` is how long a contact may wait for the first answer, in seconds.
pub fn material(cx: &Cx, (chat, messages): &Read, wanted: i64) -> Material {
    let first_answer = messages.iter().rev().find(|message| !message.incoming && !message.broadcasted);
    let answered = chat.response_at.or(first_answer.map(|message| message.sent_at));
    let times = Times { created: chat.created_at, answered, closed: chat.closed_at, now: cx.now };
    let mut material = Material {
        status: chat.status,
        waited: times.waited(),
        answered: answered.is_some(),
        wanted,
        resolution_note: chat.resolution_note.clone(),
        lines: messages.iter().rev().filter_map(line).collect(),
    };
    material.cut();
    material
}

/// On whose behalf an analysis is made.
#[derive(Debug, Clone, Copy)]
pub struct Asker {
    /// The person; none where no person asked.
    pub user: Option<UserId>,
    /// The batch.
    pub batch: Option<EffectivenessBatchId>,
}

fn reasons(part: &Part) -> Reasons {
    Reasons { score: part.score, reasons: part.reasons.clone() }
}

/// Keeps what was said of a chat.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn keep<S: EffectivenessBook + Emit>(
    s: &S,
    cx: &Cx,
    (chat, material): (&B2chatChat, &Material),
    (provider, given): (AnalystName, &Given),
    (asker, cost_micros): (Asker, Option<i64>),
) -> Result<EffectivenessAnalysis> {
    let verdict = &given.verdict;
    let analyzed_messages = i32::try_from(material.lines.len()).unwrap_or(i32::MAX);
    let data = Analysed {
        model: given.model.clone(),
        prompt_version: Some(given.prompt_version.into()),
        resolution_details: reasons(&verdict.resolution),
        sentiment_analysis: reasons(&verdict.satisfaction),
        recommendations: verdict.recommendations.clone(),
        analyzed_messages,
        answer: given.answer.clone(),
    };
    let (resolution_score, customer_satisfaction) = (verdict.resolution_score(), verdict.satisfaction.score);
    let analysis = EffectivenessAnalysis {
        id: cx.new_id(),
        chat_id: chat.id,
        agent_id: chat.agent_id,
        department_id: chat.department_id,
        user_id: asker.user,
        actor_kind: if asker.user.is_some() { AskedBy::Person } else { AskedBy::System },
        batch_id: asker.batch,
        effectiveness_score: effectiveness(resolution_score, customer_satisfaction),
        response_time_score: material.response_time_score(),
        resolution_score,
        customer_satisfaction,
        provider,
        model: given.model.clone(),
        prompt_version: Some(given.prompt_version.into()),
        analyzed_messages,
        input_tokens: given.usage.map(|(read, _)| read),
        output_tokens: given.usage.map(|(_, wrote)| wrote),
        cost_micros,
        analysis_data: serde_json::to_value(&data).map_err(Error::internal)?,
        created_at: cx.now,
    };
    s.add_analysis(&analysis).await?;
    let told = ChatAnalysed {
        analysis: analysis.id,
        chat: chat.id,
        provider,
        score: analysis.effectiveness_score,
        batch: asker.batch,
    };
    s.emit(cx, &told);
    Ok(analysis)
}
