//! What a ticket's history says of its tags, which the inbox keeps.

use kernel::{
    Cx, Result,
    id::{TagId, TicketId},
};

use super::keep::change;
use crate::{
    domain::tickets::difference::Difference,
    ports::tickets::TicketBook,
    store::tickets::change::{TicketAction, TicketField},
};

/// Notes which tags a ticket got and lost. Part of tagging it, which is what needs the permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn note_tags<S: TicketBook>(
    s: &S,
    cx: &Cx,
    ticket: TicketId,
    added: &[TagId],
    removed: &[TagId],
) -> Result<()> {
    let one = |action, old: Option<TagId>, new: Option<TagId>| {
        let (old, new) = (old.map(|tag| tag.to_string()), new.map(|tag| tag.to_string()));
        change(cx, ticket, action, Some(Difference { field: TicketField::Tag, old, new }))
    };
    let added = added.iter().map(|tag| one(TicketAction::Tagged, None, Some(*tag)));
    let removed = removed.iter().map(|tag| one(TicketAction::Untagged, Some(*tag), None));
    s.note_changes(added.chain(removed).collect()).await
}
