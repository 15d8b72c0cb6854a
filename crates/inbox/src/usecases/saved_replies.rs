//! Saved replies are made, changed, archived and used. Nobody sees two in use with one shortcut: where a reply that all see
//! has it, nobody gets it for one of their own, and where anybody who works here has it for one of their own, no reply that all
//! see gets it.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::SavedReplyId,
    record::{self, Records},
    text::{Check, same_name},
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        entity::Entity,
        saved_replies::{CATEGORY, SavedReplyUsed, TITLE, Values, check_shortcut, check_variables},
    },
    kinds::works_on,
    limits,
    policy::{MANAGE_SAVED_REPLIES, works_in_inbox},
    ports::{Colleagues, Entities, Names, SavedReplyShelf},
    queries::saved_replies::TAKEN,
    store::saved_reply::{Entity as SavedReplies, Model as SavedReply},
};

/// A saved reply to be made.
#[derive(Debug, Clone, Default)]
pub struct CreateSavedReply {
    /// What it is called.
    pub title: String,
    /// The text, with its variables.
    pub content: String,
    /// What it is sorted under.
    pub category: Option<String>,
    /// What is typed for it.
    pub shortcut: Option<String>,
    /// Whether all colleagues see it.
    pub is_global: bool,
}

/// What is to be changed of a saved reply; what is absent stays.
#[derive(Debug, Clone)]
pub struct UpdateSavedReply {
    /// The reply.
    pub id: SavedReplyId,
    /// What it is called.
    pub title: Option<String>,
    /// The text, with its variables.
    pub content: Option<String>,
    /// What it is sorted under; empty clears it.
    pub category: Option<String>,
    /// What is typed for it; empty clears it.
    pub shortcut: Option<String>,
    /// Whether it is out of use.
    pub is_archived: Option<bool>,
}

/// A saved reply that is used for a thing.
#[derive(Debug, Clone, Copy)]
pub struct RenderSavedReply {
    /// The reply.
    pub id: SavedReplyId,
    /// The thing.
    pub entity: Entity,
}

/// What a saved reply says of a thing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rendered {
    /// The text.
    pub content: String,
    /// The variables for which nothing is known.
    pub missing: Vec<String>,
    /// The reply, with this use counted.
    pub saved_reply: SavedReply,
}

/// Refuses who may not keep a reply that all see, or one of their own.
fn may_keep(cx: &Cx, is_global: bool) -> Result<()> {
    if is_global { cx.require(MANAGE_SAVED_REPLIES) } else { works_in_inbox(cx) }
}

/// Takes the shortcut of a reply in use. Those of their own whose people left go out of use where they are in the way.
async fn claim<S>(s: &S, colleagues: &impl Colleagues, cx: &Cx, reply: &mut SavedReply) -> Result<()>
where
    S: Records<SavedReplies> + SavedReplyShelf + Emit,
{
    let in_use = reply.shortcut.as_ref().filter(|_| reply.archived_at.is_none());
    reply.shortcut_folded = in_use.map(|shortcut| same_name(shortcut));
    let Some(shortcut) = &reply.shortcut_folded else { return Ok(()) };
    if s.claim(shortcut, reply.is_global).await?
        || reply.is_global && give_up(s, colleagues, cx, shortcut).await? && s.claim(shortcut, true).await?
    {
        return Ok(());
    }
    Err(Error::invalid("shortcut", ProblemCode::NotAvailable, TAKEN))
}

/// Puts the replies out of use that have a shortcut for their own, where all of these people left; says whether they had.
async fn give_up<S>(s: &S, colleagues: &impl Colleagues, cx: &Cx, shortcut: &str) -> Result<bool>
where
    S: Records<SavedReplies> + SavedReplyShelf + Emit,
{
    let holders = s.with_shortcut(shortcut).await?;
    for holder in &holders {
        if colleagues.is_active(holder.created_by).await? {
            return Ok(false);
        }
    }
    for before in holders {
        let after = SavedReply { archived_at: Some(cx.now), shortcut_folded: None, ..before.clone() };
        record::save::<SavedReplies, _>(s, cx, before, after).await?;
    }
    Ok(true)
}

/// Makes a saved reply.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] for a bad text, an unknown variable, or a bad or taken shortcut.
pub async fn create_saved_reply<S>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &CreateSavedReply,
) -> Result<SavedReply>
where
    S: Records<SavedReplies> + SavedReplyShelf + Emit,
{
    may_keep(cx, cmd.is_global)?;
    let created_by = cx.staff_id().ok_or(Error::Unauthenticated)?;
    let mut check = Check::default();
    let title = check.line("title", &cmd.title, TITLE);
    let content = check.body("content", &cmd.content, limits::CONTENT);
    check_variables(&mut check, "content", &content);
    let category = check.optional_line("category", cmd.category.as_deref(), CATEGORY);
    let shortcut = check_shortcut(&mut check, "shortcut", cmd.shortcut.as_deref());
    check.done()?;
    let mut reply = SavedReply {
        id: cx.new_id(),
        title,
        content,
        category,
        shortcut,
        shortcut_folded: None,
        is_global: cmd.is_global,
        use_count: 0,
        last_used_at: None,
        created_by,
        archived_at: None,
        created_at: cx.now,
        updated_at: cx.now,
    };
    claim(s, colleagues, cx, &mut reply).await?;
    record::add::<SavedReplies, _>(s, cx, reply).await
}

/// Changes a saved reply, takes it out of use, or back into it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for one that all see, without the permission; [`Error::Invalid`] for a bad
/// text, an unknown variable, or a bad or taken shortcut.
pub async fn update_saved_reply<S>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &UpdateSavedReply,
) -> Result<SavedReply>
where
    S: Records<SavedReplies> + SavedReplyShelf + Emit,
{
    works_in_inbox(cx)?;
    let before = s.lock(cx, cmd.id).await?;
    may_keep(cx, before.is_global)?;
    let (mut check, mut after) = (Check::default(), before.clone());
    if let Some(title) = &cmd.title {
        after.title = check.line("title", title, TITLE);
    }
    if let Some(content) = &cmd.content {
        after.content = check.body("content", content, limits::CONTENT);
        check_variables(&mut check, "content", &after.content);
    }
    if let Some(category) = &cmd.category {
        after.category = check.optional_line("category", Some(category), CATEGORY);
    }
    if let Some(shortcut) = &cmd.shortcut {
        after.shortcut = check_shortcut(&mut check, "shortcut", Some(shortcut));
    }
    check.done()?;
    if let Some(archived) = cmd.is_archived {
        after.archived_at = archived.then(|| before.archived_at.unwrap_or(cx.now));
    }
    if (&after.shortcut, after.archived_at) != (&before.shortcut, before.archived_at) {
        claim(s, colleagues, cx, &mut after).await?;
    }
    record::save::<SavedReplies, _>(s, cx, before, after).await
}

/// Fills a saved reply for a thing, and counts the use.
///
/// # Errors
/// [`Error::NotFound`] for the reply or the thing; [`Error::Invalid`] for a reply that is archived.
pub async fn render_saved_reply<S>(s: &S, names: &impl Names, cx: &Cx, cmd: &RenderSavedReply) -> Result<Rendered>
where
    S: SavedReplyShelf + Entities + Emit,
{
    works_on(cx, cmd.entity.kind)?;
    let contact = s.found(cx, cmd.entity).await?;
    let reply = s.saved_reply(cx, cmd.id).await?;
    if reply.archived_at.is_some() {
        return Err(Error::invalid("savedReplyId", ProblemCode::NotAllowed, "the reply is archived"));
    }
    let values = Values { contact, agent: names.agent(cx).await?, company: names.company(cx).await? };
    let (content, missing) = values.fill(&reply.content).map_err(Error::internal)?;
    s.used(reply.id, cx.now).await?;
    s.emit(cx, &SavedReplyUsed { saved_reply: reply.id, entity: cmd.entity });
    let missing = missing.into_iter().map(str::to_owned).collect();
    Ok(Rendered { content, missing, saved_reply: s.saved_reply(cx, cmd.id).await? })
}
