//! Archived messages, read back.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::{Archived, archived_messages, conversation_archives::place};
use kernel::page::PageArgs;

use super::types::ConversationMessageConnection;
use crate::graphql::{
    errors::Result,
    paging::{Counted, List, Listed},
    scope::scope,
};

/// Messages of a conversation that were moved into an archive. Reading them takes longer than reading others.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ConversationArchive {
    /// The first instant of the month that they were written in, by the clock of Greenwich.
    pub month: DateTime<Utc>,
    /// Which of that month's archives it is, the first being 1.
    pub batch: i32,
    /// How many messages of the conversation are in it.
    pub message_count: i32,
    /// When they were moved there.
    pub archived_at: DateTime<Utc>,
    #[graphql(skip)]
    of: Archived,
}

impl From<Archived> for ConversationArchive {
    fn from(of: Archived) -> Self {
        let Archived { month, batch, messages, archived_at, .. } = of.clone();
        Self { month, batch, message_count: messages, archived_at, of }
    }
}

#[ComplexObject]
impl ConversationArchive {
    /// The messages, oldest first, as they are now: what whoever wrote them changed or took back since is changed here too.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ConversationMessageConnection> {
        Box::pin(async move {
            let (scope, of) = (scope(ctx), &self.of);
            let name = format!("archive {} of {}", of.id, of.conversation);
            let asked = List::new(scope, &name, &PageArgs { first, after, last, before })?;
            let storage = scope.app.files.storage();
            let read = async { archived_messages(&asked.conn().await?, storage, &asked.cx, of, &asked.page).await };
            let slice = asked.rows(ctx, read).await?;
            let messages = u64::try_from(of.messages).unwrap_or_default();
            let count = Arc::new(move |_| -> Counted { Box::pin(async move { Ok(messages) }) });
            Ok(Listed::new(asked, slice, place, count).into())
        })
        .await
    }
}
