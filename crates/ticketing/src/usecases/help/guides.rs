//! Guides are made, changed, published and taken back. What of HTML could run is gone before it is stored.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{GuideCategoryId, GuideId},
    record::{self, Records},
    text::Check,
};

use crate::{
    domain::help::{guides::Filling, thing::HelpThing},
    limits,
    policy::MANAGE_HELP,
    ports::help::HelpShelf,
    store::help::guide::{Entity as Guides, GuideType, Model as Guide},
};

/// What a guide is to be; what is absent stays, or is as usual.
#[derive(Debug, Clone, Default)]
pub struct SaveGuide {
    /// What it is called.
    pub title: Option<String>,
    /// What it is about; empty clears it.
    pub description: Option<String>,
    /// What it is sorted under.
    pub category: Option<GuideCategoryId>,
    /// What it holds.
    pub filling: Filling,
    /// Where it stands among the others of its category.
    pub display_order: Option<i32>,
}

impl SaveGuide {
    async fn apply(&self, s: &impl HelpShelf, mut check: Check, guide: &mut Guide) -> Result<()> {
        if let Some(title) = &self.title {
            guide.title = check.line("title", title, limits::HELP_TITLE);
        }
        if let Some(description) = &self.description {
            guide.description = check.optional_body("description", Some(description), limits::DESCRIPTION);
        }
        guide.display_order = self.display_order.unwrap_or(guide.display_order);
        self.filling.apply(&mut check, guide);
        if let Some(category) = self.category {
            in_category(s, &mut check, category).await?;
            guide.category_id = category;
        }
        check.done()
    }
}

/// Whether something may be sorted under a category: it must be there.
pub(super) async fn in_category(s: &impl HelpShelf, check: &mut Check, category: GuideCategoryId) -> Result<()> {
    if !s.has_category(category).await? {
        check.problem("categoryId", ProblemCode::NotAvailable, "is no category");
    }
    Ok(())
}

/// Makes a guide, as a draft.
///
/// # Errors
/// [`Error::Invalid`] for a bad title, a category that is not there, and what does not belong to its type.
pub async fn create_guide<S: Records<Guides> + HelpShelf + Emit>(s: &S, cx: &Cx, cmd: &SaveGuide) -> Result<Guide> {
    cx.require(MANAGE_HELP)?;
    let category = cmd.category.ok_or(Error::NotFound { what: "GuideCategory" })?;
    let mut guide = Guide {
        id: cx.new_id(),
        title: String::new(),
        description: None,
        category_id: category,
        r#type: GuideType::Html,
        content: None,
        scribehow_url: None,
        video_url: None,
        is_published: false,
        published_at: None,
        display_order: 0,
        created_by_id: cx.user().ok().map(|user| user.id),
        created_at: cx.now,
        updated_at: cx.now,
    };
    let cmd = SaveGuide { title: Some(cmd.title.clone().unwrap_or_default()), ..cmd.clone() };
    cmd.apply(s, Check::default(), &mut guide).await?;
    let guide = record::add::<Guides, _>(s, cx, guide).await?;
    s.index(HelpThing::Guide(guide.id), &guide.title, Some(&guide.text())).await?;
    Ok(guide)
}

/// Changes a guide; one that is published stays so.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] as when it is made.
pub async fn update_guide<S: Records<Guides> + HelpShelf + Emit>(
    s: &S,
    cx: &Cx,
    id: GuideId,
    cmd: &SaveGuide,
) -> Result<Guide> {
    cx.require(MANAGE_HELP)?;
    let before = s.lock(cx, id).await?;
    let mut after = before.clone();
    cmd.apply(s, Check::default(), &mut after).await?;
    let says = |guide: &Guide| (guide.title.clone(), guide.description.clone(), guide.content.clone());
    let said = says(&before);
    let after = record::save::<Guides, _>(s, cx, before, after).await?;
    if said != says(&after) {
        s.index(HelpThing::Guide(after.id), &after.title, Some(&after.text())).await?;
    }
    Ok(after)
}

/// Publishes a guide, or makes it a draft again. One that is so already stays as it is.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn publish_guide<S: Records<Guides> + Emit>(s: &S, cx: &Cx, id: GuideId, published: bool) -> Result<Guide> {
    cx.require(MANAGE_HELP)?;
    let before = s.lock(cx, id).await?;
    let mut after = before.clone();
    if before.is_published != published {
        after.is_published = published;
        after.published_at = published.then_some(cx.now);
    }
    record::save::<Guides, _>(s, cx, before, after).await
}
