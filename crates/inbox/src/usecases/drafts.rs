//! Answers that are being written are kept as they grow. Who saves on top of what they have seen wins; who has not seen the
//! newest is told its version and changes nothing.

use kernel::{
    Cx, Error, Result,
    db::Emit,
    record::{self, Records},
    text::Check,
};

use crate::{
    domain::{
        drafts::{DraftChanged, SUBJECT},
        entity::Entity,
    },
    kinds::works_on,
    limits,
    ports::{Drafts, Entities},
    store::draft::{Entity as DraftRecords, Model as Draft},
};

/// A draft as it is now.
#[derive(Debug, Clone)]
pub struct SaveDraft {
    /// What it is for.
    pub entity: Entity,
    /// What it is about.
    pub subject: Option<String>,
    /// The text.
    pub content: String,
    /// The version that it was written on top of; `None` for one that was begun.
    pub seen: Option<i32>,
}

/// A draft that is to go.
#[derive(Debug, Clone, Copy)]
pub struct DiscardDraft {
    /// What it is for.
    pub entity: Entity,
    /// The version that is known of it; `None` for whichever it is.
    pub seen: Option<i32>,
}

/// The first version of a draft: a number by chance, so that whoever saw one that is gone by now has not seen this one.
fn first_version(cx: &Cx) -> i32 {
    let number = u32::from_be_bytes(cx.random::<4>()) >> 2;
    i32::try_from(number).map_or(1, |number| number + 1)
}

fn outdated(found: Option<&Draft>) -> Error {
    Error::Outdated { what: "Draft", version: found.map_or(0, |draft| draft.version) }
}

/// Keeps a draft: the actor's for the thing.
///
/// # Errors
/// [`Error::NotFound`] for the thing; [`Error::Invalid`] for a bad text; [`Error::Outdated`] where what was seen is not what
/// is there: another window went on with it, or it was sent or thrown away.
pub async fn save_draft<S>(s: &S, cx: &Cx, cmd: &SaveDraft) -> Result<Draft>
where
    S: Records<DraftRecords> + Drafts + Entities + Emit,
{
    let staff = works_on(cx, cmd.entity.kind)?;
    let mut check = Check::default();
    let subject = check.optional_line("subject", cmd.subject.as_deref(), SUBJECT);
    let content = check.body("content", &cmd.content, limits::CONTENT);
    check.done()?;
    s.found(cx, cmd.entity).await?;
    let found = s.draft(staff, cmd.entity).await?;
    if found.as_ref().map(|draft| draft.version) != cmd.seen {
        return Err(outdated(found.as_ref()));
    }
    let draft = match found {
        Some(before) => {
            let after = Draft { subject, content, ..before.clone() };
            if after == before {
                return Ok(before);
            }
            record::change::<DraftRecords, _>(s, cx, &before, after).await?
        }
        None => {
            let draft = Draft {
                id: cx.new_id(),
                staff_id: staff,
                entity_type: cmd.entity.kind,
                entity_id: cmd.entity.id,
                subject,
                content,
                version: first_version(cx),
                created_at: cx.now,
                updated_at: cx.now,
            };
            if !s.begin(&draft).await? {
                return Err(outdated(s.draft(staff, cmd.entity).await?.as_ref()));
            }
            draft
        }
    };
    s.emit(cx, &DraftChanged { draft: draft.id, entity: cmd.entity, before: cmd.seen, after: Some(draft.version) });
    Ok(draft)
}

/// Throws the actor's draft for a thing away, and returns it as it was; `None` where there is none.
///
/// # Errors
/// [`Error::NotFound`] for the thing; [`Error::Outdated`] where the draft has another version than was seen.
pub async fn discard_draft<S: Drafts + Entities + Emit>(s: &S, cx: &Cx, cmd: &DiscardDraft) -> Result<Option<Draft>> {
    let staff = works_on(cx, cmd.entity.kind)?;
    s.found(cx, cmd.entity).await?;
    let Some(draft) = s.draft(staff, cmd.entity).await? else { return Ok(None) };
    if cmd.seen.is_some_and(|seen| seen != draft.version) {
        return Err(outdated(Some(&draft)));
    }
    s.forget(staff, cmd.entity).await?;
    s.emit(cx, &DraftChanged { draft: draft.id, entity: cmd.entity, before: Some(draft.version), after: None });
    Ok(Some(draft))
}

/// Removes the actor's draft for a thing, as another context sends the answer that it was. Part of sending it, which is what needs the
/// permission.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn forget_draft<S: Drafts>(s: &S, cx: &Cx, entity: Entity) -> Result<()> {
    match cx.staff_id() {
        Some(staff) => s.forget(staff, entity).await,
        None => Ok(()),
    }
}
