//! Looking for words in guides and documents alike: the best first, with the words marked.

use std::cmp::Reverse;

use kernel::{
    Conn, Cx, Error, ProblemCode, Result,
    db::{any_uuid_of, search::holds},
    filter::MAX_TEXT,
    id::{GuideId, HelpDocumentId},
    text::words::Sought,
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*,
    sea_query::ExprTrait,
};

use crate::{
    domain::{
        assistant::passages::{ENDING, STEM},
        help::{
            excerpt::{Marker, Part},
            thing::HelpThing,
        },
    },
    policy::{visible_documents, visible_guides},
    store::help::{
        document, guide,
        text::{Column, Entity},
    },
};

/// So many of those that hold the words are looked at, the newest first.
const LOOKED_AT: u64 = 500;
/// So many of them, those that fit best by their titles, are read.
const READ: usize = 40;
/// So many words count, where any will do.
const WORDS: usize = 24;

/// Which of the words must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All of them, as somebody types who looks for a thing.
    All,
    /// One at least, as somebody asks who wants to know a thing.
    Any,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct HelpHit {
    /// It.
    pub thing: HelpThing,
    /// What it is called, with the words marked.
    pub title: Vec<Part>,
    /// The part of its text that has most of the words, marked.
    pub excerpt: Vec<Part>,
    /// How well it fits: more is better.
    pub score: f64,
    /// All that it says.
    pub text: String,
}

/// The texts that the actor may read: those of the guides and documents that they see.
pub fn visible_texts(cx: &Cx) -> Condition {
    let guides = guide::Entity::find().select_only().column(guide::Column::Id).filter(visible_guides(cx));
    let documents = document::Entity::find().select_only().column(document::Column::Id).filter(visible_documents(cx));
    Condition::any()
        .add(Column::GuideId.in_subquery(guides.into_query()))
        .add(Column::DocumentId.in_subquery(documents.into_query()))
}

/// Those of a table whose text holds the words; a text without a word leaves everything.
pub(super) fn holding<C: ColumnTrait>(backend: DbBackend, words: &str, of: Column, id: C) -> Condition {
    match Sought::new(words) {
        None => Condition::all().add(Expr::val(1).eq(1)),
        Some(sought) => {
            let with = Entity::find().select_only().column(of).filter(of.is_not_null());
            let with = with.filter(holds(backend, Entity.table_name(), &sought));
            Condition::all().add(id.in_subquery(with.into_query()))
        }
    }
}

/// The words that are looked for, as they are asked of the database one by one.
fn sought(text: &str, wanted: Wanted) -> Vec<Sought> {
    match wanted {
        Wanted::All => Sought::new(text).into_iter().collect(),
        // A blank behind it: it is whole, but for the endings that words have.
        Wanted::Any => {
            let mut words: Vec<_> = text.split_whitespace().collect();
            // Short words are in everything.
            words.sort_by_key(|word| Reverse(word.chars().count()));
            words.dedup();
            let forms = |word: &str| Some(Sought::new(&format!("{word} "))?.in_other_forms(STEM, ENDING));
            words.into_iter().take(WORDS).filter_map(forms).collect()
        }
    }
}

/// What holds the words among what the actor may read, the best first; at most `most`.
///
/// # Errors
/// [`Error::Invalid`] at `text` for one that is too long.
pub async fn help_search(conn: &Conn, cx: &Cx, text: &str, wanted: Wanted, most: usize) -> Result<Vec<HelpHit>> {
    if wanted == Wanted::All && text.chars().count() > MAX_TEXT {
        let message = format!("must have at most {MAX_TEXT} characters");
        return Err(Error::invalid("text", ProblemCode::TooLong, message));
    }
    let sought = sought(text, wanted);
    if sought.is_empty() {
        return Ok(Vec::new());
    }
    let backend = conn.get_database_backend();
    let table = Entity.table_name();
    let any = sought.iter().fold(Condition::any(), |any, sought| any.add(holds(backend, table, sought)));
    let found: Vec<(Uuid, Option<GuideId>, Option<HelpDocumentId>, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::GuideId, Column::DocumentId, Column::Title])
        .filter(visible_texts(cx))
        .filter(any)
        .order_by_desc(Column::Id)
        .limit(LOOKED_AT)
        .into_tuple()
        .all(conn)
        .await?;
    let marker = Marker::new(&sought);
    let mut found: Vec<_> = found
        .into_iter()
        .filter_map(|(id, guide, document, title)| {
            let thing = guide.map(HelpThing::Guide).or(document.map(HelpThing::Document))?;
            Some((marker.terms_in(&title), id, thing, title))
        })
        .collect();
    // The newest first where titles tell nothing.
    found.sort_by_key(|(terms, id, ..)| Reverse((*terms, *id)));
    found.truncate(READ);
    let ids: Vec<_> = found.iter().map(|(_, id, ..)| *id).collect();
    let texts = Entity::find().select_only().columns([Column::Id, Column::Text]);
    let texts: Vec<(Uuid, String)> = texts.filter(any_uuid_of(backend, Column::Id, ids)).into_tuple().all(conn).await?;
    let mut texts: std::collections::HashMap<_, _> = texts.into_iter().collect();
    let mut hits: Vec<_> = found
        .into_iter()
        .map(|(_, id, thing, title)| {
            let text = texts.remove(&id).unwrap_or_default();
            let score = marker.score(&title, &text);
            HelpHit { thing, title: marker.all(&title), excerpt: Vec::new(), score, text }
        })
        .collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    hits.truncate(most);
    for hit in &mut hits {
        hit.excerpt = marker.excerpt(&hit.text);
    }
    Ok(hits)
}
