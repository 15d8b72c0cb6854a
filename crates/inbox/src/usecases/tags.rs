//! Tags are made, renamed and merged; things get them and lose them. None is deleted: one that is no use goes into another.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::TagId,
    record::{self, Records},
    text::{Check, color, rename, same_name},
};

use crate::{
    domain::{
        entity::Entity,
        tags::{NAME, TAGS, TagMerged, TagsChanged},
    },
    kinds::works_on,
    policy::MANAGE_TAGS,
    ports::{Entities, Tagging},
    store::tag::{Entity as Tags, Model as Tag},
};

/// A tag to be made.
#[derive(Debug, Clone)]
pub struct CreateTag {
    /// Its name, unique.
    pub name: String,
    /// Its colour.
    pub color: String,
}

/// What is to be changed of a tag; what is absent stays.
#[derive(Debug, Clone)]
pub struct UpdateTag {
    /// The tag.
    pub id: TagId,
    /// Its name, unique.
    pub name: Option<String>,
    /// Its colour.
    pub color: Option<String>,
}

/// A tag becomes a part of another.
#[derive(Debug, Clone, Copy)]
pub struct MergeTags {
    /// The tag that is none any more then.
    pub from: TagId,
    /// The tag that its things have then.
    pub into: TagId,
}

/// Tags of a thing that are to come, or to go.
#[derive(Debug, Clone)]
pub struct TagEntity {
    /// The thing.
    pub entity: Entity,
    /// The tags.
    pub tags: Vec<TagId>,
}

fn checked_color(check: &mut Check, text: &str) -> String {
    color(text).unwrap_or_else(|| {
        let code = if text.trim().is_empty() { ProblemCode::Blank } else { ProblemCode::InvalidFormat };
        check.problem("color", code, "must be a colour such as #1a2b3c");
        String::new()
    })
}

/// Makes a tag.
///
/// # Errors
/// [`Error::Invalid`] for a bad or taken name, or what is no colour.
pub async fn create_tag<S: Records<Tags> + Emit>(s: &S, cx: &Cx, cmd: &CreateTag) -> Result<Tag> {
    cx.require(MANAGE_TAGS)?;
    let mut check = Check::default();
    let name = check.line("name", &cmd.name, NAME);
    let color = checked_color(&mut check, &cmd.color);
    check.done()?;
    let tag = Tag {
        id: cx.new_id(),
        name_folded: Some(same_name(&name)),
        name,
        color,
        merged_into: None,
        created_by: cx.person().ok().map(|person| person.id),
        created_at: cx.now,
        updated_at: cx.now,
    };
    record::add::<Tags, _>(s, cx, tag).await
}

/// Changes a tag.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a bad or taken name, or what is no colour.
pub async fn update_tag<S: Records<Tags> + Emit>(s: &S, cx: &Cx, cmd: &UpdateTag) -> Result<Tag> {
    cx.require(MANAGE_TAGS)?;
    let before = s.lock(cx, cmd.id).await?;
    let (mut check, mut after) = (Check::default(), before.clone());
    if let Some(name) = &cmd.name {
        let name = check.line("name", name, NAME);
        rename(&mut after.name, &mut after.name_folded, name);
    }
    if let Some(color) = &cmd.color {
        after.color = checked_color(&mut check, color);
    }
    check.done()?;
    record::save::<Tags, _>(s, cx, before, after).await
}

/// Gives all things that have a tag another one instead, and takes the tag out of use; returns the other.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] where the two are one.
pub async fn merge_tags<S: Records<Tags> + Tagging + Emit>(s: &S, cx: &Cx, cmd: &MergeTags) -> Result<Tag> {
    cx.require(MANAGE_TAGS)?;
    if cmd.from == cmd.into {
        return Err(Error::invalid("intoId", ProblemCode::NotAllowed, "must be another tag"));
    }
    // Whoever gives one of them to something has done so, or waits.
    let mut found = s.take_tags(cx, [cmd.from, cmd.into]).await?;
    let missing = || Error::NotFound { what: "Tag" };
    let into = found.remove(&cmd.into).ok_or_else(missing)?;
    let before = found.remove(&cmd.from).ok_or_else(missing)?;
    let moved = s.move_tagged(cmd.from, cmd.into).await?;
    let after = Tag { merged_into: Some(into.id), name_folded: None, ..before.clone() };
    record::change::<Tags, _>(s, cx, &before, after).await?;
    s.emit(cx, &TagMerged { tag: cmd.from, into: cmd.into, moved });
    Ok(into)
}

fn bounded(tags: &[TagId]) -> Result<()> {
    if tags.len() > TAGS {
        return Err(Error::invalid("tagIds", ProblemCode::TooLong, format!("may hold at most {TAGS} tags")));
    }
    Ok(())
}

/// Gives a thing tags, those that it has not yet, and returns all that it has then.
///
/// # Errors
/// [`Error::NotFound`] for the thing or a tag; [`Error::Invalid`] for too many, and for a thing that takes no more.
pub async fn add_tags<S: Entities + Tagging + Emit>(s: &S, cx: &Cx, cmd: &TagEntity) -> Result<Vec<Tag>> {
    works_on(cx, cmd.entity.kind)?;
    bounded(&cmd.tags)?;
    s.found(cx, cmd.entity).await?.takes_more()?;
    // They stay what they are until this is done.
    let held = s.hold_tags(cx, &cmd.tags).await?;
    if cmd.tags.iter().any(|id| !held.contains(id)) {
        return Err(Error::NotFound { what: "Tag" });
    }
    let before = s.tags_of(cx, cmd.entity).await?;
    let added: Vec<_> = held.into_iter().filter(|id| before.iter().all(|tag| tag.id != *id)).collect();
    if added.is_empty() {
        return Ok(before);
    }
    if before.len() + added.len() > TAGS {
        let problem = format!("a thing may have at most {TAGS} tags");
        return Err(Error::invalid("tagIds", ProblemCode::NotAllowed, problem));
    }
    s.tag(cmd.entity, &added, cx.now).await?;
    s.emit(cx, &TagsChanged { entity: cmd.entity, added, removed: Vec::new() });
    s.tags_of(cx, cmd.entity).await
}

/// Takes tags from a thing, those that it has, and returns all that it has then.
///
/// # Errors
/// [`Error::NotFound`] for the thing or a tag that it has not; [`Error::Invalid`] for too many.
pub async fn remove_tags<S: Entities + Tagging + Emit>(s: &S, cx: &Cx, cmd: &TagEntity) -> Result<Vec<Tag>> {
    works_on(cx, cmd.entity.kind)?;
    bounded(&cmd.tags)?;
    s.found(cx, cmd.entity).await?;
    let held = s.hold_tags(cx, &cmd.tags).await?;
    if cmd.tags.iter().any(|id| !held.contains(id)) {
        return Err(Error::NotFound { what: "Tag" });
    }
    let (gone, left): (Vec<_>, Vec<_>) =
        s.tags_of(cx, cmd.entity).await?.into_iter().partition(|tag| held.contains(&tag.id));
    if !gone.is_empty() {
        let removed: Vec<_> = gone.iter().map(|tag| tag.id).collect();
        s.untag(cmd.entity, &removed).await?;
        s.emit(cx, &TagsChanged { entity: cmd.entity, added: Vec::new(), removed });
    }
    Ok(left)
}
