//! What the assistant answers from: the guides and help documents that whoever asks may see, as they may see them now.

use std::sync::Arc;

use kernel::{Actor, Cx, Result, id::UserId};
use ticketing::{Document, HelpHit, HelpThing, SourceKind, Wanted};

use super::app::App;

/// So many documents are read for one question.
const MOST: usize = 6;

/// The guides and help documents of a company.
pub struct HelpLibrary<'a>(pub &'a App);

impl HelpLibrary<'_> {
    /// The asker's own context, with the rights that they have now; `None` where they may not ask any more.
    async fn asker(&self, cx: &Cx, asker: UserId) -> Result<Option<Cx>> {
        let for_clients = self.0.settings.boolean(cx, identity::ASSISTANT_FOR_CLIENTS).await?;
        let conn = self.0.db.reader(cx).await?;
        let Some(standing) = identity::standing(&conn, cx, &self.0.catalog, asker).await? else { return Ok(None) };
        if !standing.is_active {
            return Ok(None);
        }
        let theirs = cx.acting_as(Actor::User(Arc::new(standing.actor)));
        Ok(ticketing::still_asks(&theirs, for_clients).then_some(theirs))
    }
}

#[async_trait::async_trait]
impl ticketing::Library for HelpLibrary<'_> {
    async fn documents(&self, cx: &Cx, asker: UserId, question: &str) -> Result<Option<Vec<Document>>> {
        let Some(theirs) = self.asker(cx, asker).await? else { return Ok(None) };
        // By what the question is about, and not by the words that every question is asked with.
        let about = ticketing::sought(question).join(" ");
        let conn = self.0.db.reader(cx).await?;
        let found = ticketing::help_search(&conn, &theirs, &about, Wanted::Any, MOST).await?;
        Ok(Some(found.into_iter().map(document).collect()))
    }
}

fn document(hit: HelpHit) -> Document {
    let (kind, id) = match hit.thing {
        HelpThing::Guide(id) => (SourceKind::Guide, id.0),
        HelpThing::Document(id) => (SourceKind::HelpDocument, id.0),
    };
    let title = hit.title.into_iter().map(|part| part.text).collect();
    Document { kind, id, title, text: hit.text }
}
