//! The provider that comes with Frontdesk: it quotes, and needs no network.

use crate::{
    domain::assistant::{
        extract::extract,
        provider::{Answered, Asked, NoAnswer},
    },
    ports::assistant::{Out, Provider},
    store::assistant::message::{AssistantFailure, AssistantStop},
};

/// Answers by quoting the documents.
pub struct Builtin;

#[async_trait::async_trait]
impl Provider for Builtin {
    fn name(&self) -> &'static str {
        "builtin"
    }

    fn model(&self) -> Option<&str> {
        None
    }

    async fn answer(&self, asked: &Asked, out: &dyn Out) -> Result<Answered, NoAnswer> {
        let asked = asked.clone();
        // Reading whole documents takes a while; others go on meanwhile.
        let found = tokio::task::spawn_blocking(move || extract(&asked))
            .await
            .map_err(|error| NoAnswer { failure: AssistantFailure::Unreadable, detail: error.to_string() })?;
        for piece in &found.pieces {
            out.piece(piece);
            tokio::task::yield_now().await;
        }
        Ok(Answered { citations: found.citations, stop: AssistantStop::Complete, model: None, usage: None })
    }
}
