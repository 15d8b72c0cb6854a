//! What analyses need: the tables, somebody who analyses, and what may be spent.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result, Tx,
    id::{B2chatChatId, B2chatDepartmentId, EffectivenessBatchId},
    outgoing::Again,
};
use serde_json::Value as Json;

use crate::{
    domain::effectiveness::{material::Material, verdict::Verdict},
    store::{
        b2chat::{chat::Model as B2chatChat, message::Model as B2chatMessage},
        effectiveness::{
            analysis::{AnalystName, Model as EffectivenessAnalysis},
            batch::Model as EffectivenessBatch,
            item::{AnalysisFailure, Model as BatchChat},
        },
    },
    usecases::effectiveness::start::Chosen,
};

/// A chat with what was written in it, the newest first.
pub type Read = (B2chatChat, Vec<B2chatMessage>);

/// The tables of analyses in an open transaction, whoever asks.
pub trait EffectivenessBook {
    /// Those of these chats that are there, with the newest `messages` messages of each.
    async fn read_chats(&self, cx: &Cx, chats: &[B2chatChatId], messages: u64) -> Result<HashMap<B2chatChatId, Read>>;
    /// The newest analysis of each of these chats that is good enough still.
    async fn good_enough(
        &self,
        cx: &Cx,
        chats: &[B2chatChatId],
    ) -> Result<HashMap<B2chatChatId, EffectivenessAnalysis>>;
    /// The batch of this chat alone that goes on with this analyst. Those who ask for the same chat do so in turn.
    async fn under_way(&self, chat: B2chatChatId, provider: AnalystName) -> Result<Option<EffectivenessBatch>>;
    /// Adds an analysis.
    async fn add_analysis(&self, analysis: &EffectivenessAnalysis) -> Result<()>;
    /// The path of a department that the actor sees.
    async fn path_of(&self, cx: &Cx, department: B2chatDepartmentId) -> Result<Option<String>>;
    /// Puts the newest `limit` chats that are asked for into a batch; says how many.
    async fn choose(&self, cx: &Cx, batch: EffectivenessBatchId, chosen: &Chosen, limit: u64) -> Result<u64>;
    /// The chats of a batch about which somebody was asked who is not at it any more.
    async fn left_behind(&self, batch: EffectivenessBatchId) -> Result<Vec<BatchChat>>;
    /// The next `count` chats of a batch.
    async fn next_chats(&self, batch: EffectivenessBatchId, count: u64) -> Result<Vec<BatchChat>>;
    /// Writes what became of a chat; says whether it was as it is supposed to be.
    async fn note_chat(&self, was: &BatchChat, is: &BatchChat) -> Result<bool>;
}

/// What an analyst gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// What it says of the chat.
    pub verdict: Verdict,
    /// The model, as the provider names it.
    pub model: Option<String>,
    /// Of the instructions or rules.
    pub prompt_version: &'static str,
    /// What was read and written, in tokens.
    pub usage: Option<(i64, i64)>,
    /// The answer as it came.
    pub answer: Option<Json>,
}

/// Why an analyst gave nothing. It repeats nothing that was asked, and no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nothing {
    /// As people are told.
    pub failure: AnalysisFailure,
    /// For whoever keeps the analyses.
    pub detail: String,
    /// When another attempt may go better.
    pub again: Again,
    /// What was read and written all the same, in tokens; none where that is not known.
    pub usage: Option<(i64, i64)>,
}

/// Somebody who analyses chats.
#[async_trait::async_trait]
pub trait Analyst: Send + Sync {
    /// Which one.
    fn name(&self) -> AnalystName;
    /// The most tokens that asking about a chat can cost.
    fn most_tokens(&self, chat: &Material) -> i64;
    /// How many may be asked about at a time.
    fn at_a_time(&self) -> u64;
    /// Analyses a chat.
    ///
    /// # Errors
    /// Why there is nothing.
    async fn analyse(&self, chat: &Material) -> std::result::Result<Given, Nothing>;
}

/// What the company may spend on artificial intelligence, which is one thing for all that asks for it.
#[async_trait::async_trait]
pub trait Purse: Send + Sync {
    /// What so much costs, in millionths of a US dollar; `None` where there is no price.
    fn cost(&self, usage: (i64, i64)) -> Option<i64>;
    /// How many tokens are left of the day, and how many a day has; `None` where there is no limit.
    async fn left_today(&self, conn: &Conn, cx: &Cx) -> Result<Option<(i64, i64)>>;
    /// Notes what was spent.
    async fn spend(&self, tx: &Tx, cx: &Cx, tokens: i64, cost_micros: i64) -> Result<()>;
}
