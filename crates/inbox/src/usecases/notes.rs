//! Colleagues note among themselves what they know of a thing. Who is mentioned is told; who does not see the thing cannot
//! be.

use std::collections::BTreeSet;

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{InternalNoteId, StaffId},
    record::{self, Records},
    text::Check,
};
use serde_json::json;

use crate::{
    domain::{
        entity::Entity,
        notes::{InternalNoteChanged, MENTIONS},
    },
    kinds::works_on,
    limits,
    policy::works_in_inbox,
    ports::{Entities, Onlookers},
    store::internal_note::{Entity as InternalNotes, Model as InternalNote},
};

/// A note to be written.
#[derive(Debug, Clone)]
pub struct AddInternalNote {
    /// Of what.
    pub entity: Entity,
    /// The text.
    pub content: String,
    /// Whether it stands before all others.
    pub is_pinned: bool,
    /// Who is mentioned in it.
    pub mentions: Vec<StaffId>,
}

/// What is to be changed of a note; what is absent stays.
#[derive(Debug, Clone)]
pub struct UpdateInternalNote {
    /// The note.
    pub id: InternalNoteId,
    /// The text.
    pub content: Option<String>,
    /// Whether it stands before all others.
    pub is_pinned: Option<bool>,
    /// Who is mentioned in it.
    pub mentions: Option<Vec<StaffId>>,
}

/// Those of a list, each once, of whom each sees the thing.
async fn mentioned(o: &impl Onlookers, cx: &Cx, entity: Entity, mentions: &[StaffId]) -> Result<Vec<StaffId>> {
    if mentions.len() > MENTIONS {
        let problem = format!("may hold at most {MENTIONS} colleagues");
        return Err(Error::invalid("mentions", ProblemCode::TooLong, problem));
    }
    let mentions: BTreeSet<_> = mentions.iter().copied().collect();
    for who in &mentions {
        if !o.sees(cx, *who, entity).await? {
            let problem = "is no colleague who is active and may see this";
            return Err(Error::invalid("mentions", ProblemCode::NotAvailable, problem));
        }
    }
    Ok(mentions.into_iter().collect())
}

/// Adds a note.
///
/// # Errors
/// [`Error::NotFound`] for the thing; [`Error::Invalid`] for a bad text, a mention of somebody who does not see it, and a thing that
/// takes no more.
pub async fn add_internal_note<S: Records<InternalNotes> + Entities + Emit>(
    s: &S,
    o: &impl Onlookers,
    cx: &Cx,
    cmd: &AddInternalNote,
) -> Result<InternalNote> {
    let staff_id = works_on(cx, cmd.entity.kind)?;
    let mut check = Check::default();
    let content = check.body("content", &cmd.content, limits::CONTENT);
    check.done()?;
    let contact = s.found(cx, cmd.entity).await?;
    contact.takes_more()?;
    let mentions = mentioned(o, cx, cmd.entity, &cmd.mentions).await?;
    let note = InternalNote {
        id: cx.new_id(),
        entity_type: cmd.entity.kind,
        entity_id: cmd.entity.id,
        staff_id,
        content,
        is_pinned: cmd.is_pinned,
        mentions: json!(mentions),
        removed_at: None,
        created_at: cx.now,
        updated_at: cx.now,
    };
    s.insert(&note).await?;
    let author = Some(staff_id);
    s.emit(
        cx,
        &InternalNoteChanged {
            note: note.id,
            entity: cmd.entity,
            mentions,
            visitor: contact.visitor,
            author,
            before: None,
            after: Some(note.clone()),
        },
    );
    Ok(note)
}

/// Changes a note: its author what it says and whom it mentions, whoever works on the thing whether it is pinned.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a bad text, a mention of somebody who does not see the thing, or somebody
/// else's text.
pub async fn update_internal_note<S: Records<InternalNotes> + Entities + Emit>(
    s: &S,
    o: &impl Onlookers,
    cx: &Cx,
    cmd: &UpdateInternalNote,
) -> Result<InternalNote> {
    works_in_inbox(cx)?;
    let before = s.lock(cx, cmd.id).await?;
    let staff = works_on(cx, before.entity_type)?;
    let mut check = Check::default();
    for (field, given) in [("content", cmd.content.is_some()), ("mentions", cmd.mentions.is_some())] {
        if given && before.staff_id != staff {
            check.problem(field, ProblemCode::NotAllowed, "only its author changes what a note says");
        }
    }
    let mut after = before.clone();
    if let Some(content) = &cmd.content {
        after.content = check.body("content", content, limits::CONTENT);
    }
    check.done()?;
    let contact = s.found(cx, before.entity()).await?;
    let earlier = before.mentioned();
    if let Some(mentions) = &cmd.mentions {
        after.mentions = json!(mentioned(o, cx, before.entity(), mentions).await?);
    }
    after.is_pinned = cmd.is_pinned.unwrap_or(before.is_pinned);
    if after == before {
        return Ok(before);
    }
    let after = record::change::<InternalNotes, _>(s, cx, &before, after).await?;
    let mentions = after.mentioned().into_iter().filter(|who| !earlier.contains(who)).collect();
    let (note, entity, author) = (after.id, after.entity(), Some(after.staff_id));
    let told = InternalNoteChanged {
        note,
        entity,
        mentions,
        visitor: contact.visitor,
        author,
        before: Some(before),
        after: Some(after.clone()),
    };
    s.emit(cx, &told);
    Ok(after)
}

/// Takes a note away: nobody is shown it any more; the audit trail keeps what it said.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn remove_internal_note<S: Records<InternalNotes> + Entities + Emit>(
    s: &S,
    cx: &Cx,
    id: InternalNoteId,
) -> Result<InternalNote> {
    works_in_inbox(cx)?;
    let before = s.lock(cx, id).await?;
    works_on(cx, before.entity_type)?;
    let contact = s.found(cx, before.entity()).await?;
    let after = InternalNote { removed_at: Some(cx.now), ..before.clone() };
    let after = record::change::<InternalNotes, _>(s, cx, &before, after).await?;
    let told = InternalNoteChanged {
        note: id,
        entity: before.entity(),
        mentions: Vec::new(),
        visitor: contact.visitor,
        author: Some(before.staff_id),
        before: Some(before),
        after: None,
    };
    s.emit(cx, &told);
    Ok(after)
}
