//! The help centre as whoever comes by sees it.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use kernel::{Error, ProblemCode};
use ticketing::{
    HelpHit, HelpThing, Wanted, admit_help_view, help_centre, help_search, limits, record_help_view,
    records::{Guides, HelpDocuments},
    sees_help,
};

use super::{categories::GuideCategory, documents::HelpDocument, guides::Guide};
use crate::graphql::{
    errors::{Result, UserError, payload},
    loaders::By,
    scope::scope,
};

/// A part of a text: to be shown as text, never as markup.
#[derive(Debug, Clone, SimpleObject)]
pub struct TextPart {
    /// What it says.
    pub text: String,
    /// Whether it is one of the words that were looked for.
    pub is_match: bool,
}

impl From<ticketing::Part> for TextPart {
    fn from(part: ticketing::Part) -> Self {
        Self { text: part.text, is_match: part.is_match }
    }
}

/// A guide or a help document that holds what somebody looks for.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "HelpHit", complex)]
pub struct Hit {
    /// What it is called, with the words marked.
    pub title: Vec<TextPart>,
    /// The part of its text that has most of the words, marked.
    pub excerpt: Vec<TextPart>,
    /// How well it fits: more is better.
    pub score: f64,
    #[graphql(skip)]
    thing: HelpThing,
}

impl From<HelpHit> for Hit {
    fn from(hit: HelpHit) -> Self {
        let parts = |parts: Vec<ticketing::Part>| parts.into_iter().map(Into::into).collect();
        Self { title: parts(hit.title), excerpt: parts(hit.excerpt), score: hit.score, thing: hit.thing }
    }
}

#[ComplexObject]
impl Hit {
    /// The guide, where it is one.
    async fn guide(&self, ctx: &Context<'_>) -> Result<Option<Guide>> {
        let HelpThing::Guide(id) = self.thing else { return Ok(None) };
        Ok(scope(ctx).loaders.load_one(By::<Guides>(id)).await?.map(|found| found.as_ref().clone().into()))
    }

    /// The help document, where it is one.
    async fn document(&self, ctx: &Context<'_>) -> Result<Option<HelpDocument>> {
        let HelpThing::Document(id) = self.thing else { return Ok(None) };
        Ok(scope(ctx).loaders.load_one(By::<HelpDocuments>(id)).await?.map(|found| found.as_ref().clone().into()))
    }
}

/// Reading the help centre.
#[derive(Default)]
pub struct HelpCentreQuery;

#[Object]
impl HelpCentreQuery {
    /// Public: the categories of the help centre in their order, at most 100; in them what the viewer may see.
    async fn help_center(&self, ctx: &Context<'_>) -> Result<Vec<GuideCategory>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let found = help_centre(&scope.app.db.reader(&cx).await?, &cx).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// Public: a guide; null where there is none that is published.
    async fn published_guide(&self, ctx: &Context<'_>, #[graphql(desc = "`gui_…`")] id: ID) -> Result<Option<Guide>> {
        let id = crate::graphql::scalars::id("id", &id)?;
        let found = scope(ctx).loaders.load_one(By::<Guides>(id)).await?.filter(|found| found.is_published);
        Ok(found.map(|found| found.as_ref().clone().into()))
    }

    /// Public: a help document; null where there is none that is published for the viewer.
    async fn published_help_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`hlp_…`")] id: ID,
    ) -> Result<Option<HelpDocument>> {
        let id = crate::graphql::scalars::id("id", &id)?;
        let found = scope(ctx).loaders.load_one(By::<HelpDocuments>(id)).await?.filter(|found| found.is_published);
        Ok(found.map(|found| found.as_ref().clone().into()))
    }

    /// Public: guides and help documents that the viewer may see and that hold the words of a text, the best first. All words must be
    /// there, in any spelling; the last may be the beginning of one, unless a blank or a quotation mark follows it. A text without a
    /// word finds nothing.
    async fn help_search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The words, at most 200 characters.")] text: String,
        #[graphql(desc = "How many, 1–50, 10 unless given.")] limit: Option<i32>,
    ) -> Result<Vec<Hit>> {
        let most = usize::try_from(limit.unwrap_or(10)).ok().filter(|limit| (1..=limits::HITS).contains(limit));
        let wrong = || Error::invalid("limit", ProblemCode::InvalidFormat, format!("must be 1 to {}", limits::HITS));
        let most = most.ok_or_else(wrong)?;
        let scope = scope(ctx);
        let cx = scope.cx();
        let found = help_search(&scope.app.db.reader(&cx).await?, &cx, &text, Wanted::All, most).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }
}

/// Somebody opened a guide or a help document.
#[derive(Clone, InputObject)]
pub struct RecordHelpViewInput {
    /// It, `gui_…` or `hlp_…`.
    pub id: ID,
}

/// What came of telling it.
#[derive(SimpleObject)]
pub struct RecordHelpViewPayload {
    /// Whether it was counted: not where it was opened from the same address within the hour, or by who keeps the help centre.
    pub counted: Option<bool>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Being read.
#[derive(Default)]
pub struct HelpCentreMutation;

#[Object]
impl HelpCentreMutation {
    /// Public: tells that the viewer opened a guide or a help document that they may see.
    async fn record_help_view(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was opened.")] input: RecordHelpViewInput,
    ) -> Result<RecordHelpViewPayload> {
        let (db, cx) = (&scope(ctx).app.db, scope(ctx).mutation(ctx));
        let thing = HelpThing::read("input.id", &input.id)?;
        let told = async {
            if !sees_help(&db.reader(&cx).await?, &cx, thing).await? {
                return Err(Error::NotFound { what: thing.resource().kind });
            }
            let counts = admit_help_view(db, &cx, thing).await?;
            if counts {
                let cx = &cx;
                db.transact(cx, "help.view", |tx| async move { record_help_view(&tx, cx, thing).await }).await?;
            }
            Ok(counts)
        };
        let (counted, errors) = payload(told.await)?;
        Ok(RecordHelpViewPayload { counted, errors })
    }
}
