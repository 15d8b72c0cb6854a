//! The filters and orders of messages and visitors.

use async_graphql::ID;
use inbox::{
    EntityType,
    entities::message,
    messages,
    records::{Messages, Visitors},
    visitors,
};
use kernel::id::StaffId;

use super::{
    tags::{TagsComparator, tagged},
    types::MessageStatus,
};
use crate::{
    comparator, filter,
    graphql::filters::{DateTimeComparator, IdComparator, OrderDirection, StringComparator},
    order,
};

comparator!(
    /// Comparisons with a message's status.
    MessageStatusComparator of MessageStatus as inbox::MessageStatus
);

/// Knows "me" and "none".
pub(super) fn people(me: Option<StaffId>) -> impl Fn(&ID) -> Result<Option<StaffId>, &ID> {
    move |id| match (id.as_str(), me) {
        ("me", Some(me)) => Ok(Some(me)),
        ("none", _) => Ok(None),
        _ => Err(id),
    }
}

filter! {
    /// Which messages. All parts given must hold; at most 4 levels and 40 comparisons.
    MessageFilter of Messages {
        /// Where they stand.
        status: MessageStatusComparator,
        /// Who has them: a staff member's id, `"me"` for the viewer, `"none"` for nobody.
        assignee_id: IdComparator,
        /// Who wrote them.
        visitor_id: IdComparator,
        /// Which tags they have.
        tags: TagsComparator,
        /// When they came.
        created_at: DateTimeComparator,
        /// When they were last changed.
        updated_at: DateTimeComparator,
        /// Words in name, address, company, service and text, all of them, in any spelling; the last may be the beginning of
        /// one, unless a blank or a quotation mark follows it. At most 200 characters, of which the first 16 words count; a
        /// text without a word leaves nothing out.
        text: String,
    }
    |level, leaves| {
        leaves.value::<inbox::MessageStatus>(messages::BY_STATUS, level.status)?;
        let me = leaves.scope.cx().staff_id();
        let assignee = level.assignee_id.map(|by| by.of_with("assigneeId", people(me))).transpose()?;
        leaves.id_of(messages::BY_ASSIGNEE, assignee)?;
        let theirs = |ids: &[_]| visitors::of_visitors(message::Column::VisitorId, ids);
        leaves.id_among(messages::BY_VISITOR, level.visitor_id, theirs)?;
        leaves.also(tagged(EntityType::Message, message::Column::Id, level.tags)?);
        leaves.time(messages::BY_CREATED_AT, level.created_at)?;
        leaves.time(messages::BY_UPDATED_AT, level.updated_at)?;
        leaves.words(level.text)?;
    }
}

order! {
    "messages": MessageOrder, MessageOrderField of Messages, descending {
        /// By when they came.
        CreatedAt,
        /// By when they were last changed.
        UpdatedAt,
    }
}

filter! {
    /// Which visitors. All parts given must hold; at most 4 levels and 40 comparisons.
    VisitorFilter of Visitors {
        /// Words in their name and address, or in those of somebody who was merged into them, all of them, in any spelling;
        /// the last may be the beginning of one, unless a blank or a quotation mark follows it. At most 200 characters, of
        /// which the first 16 words count; a text without a word leaves nobody out.
        text: String,
        /// Their address, or one of somebody who was merged into them; in any case, its domain in letters or in ASCII.
        email: StringComparator,
        /// What brought them here first.
        source: StringComparator,
        /// When they first came.
        first_visit_at: DateTimeComparator,
        /// When they last came.
        last_visit_at: DateTimeComparator,
    }
    |level, leaves| {
        if let Some(text) = level.text {
            let backend = leaves.backend();
            leaves.also(visitors::by_words(backend, &text)?);
        }
        leaves.value_among::<String>("email", level.email.map(StringComparator::of_emails), visitors::of_addresses)?;
        leaves.value::<String>(visitors::BY_SOURCE, level.source)?;
        leaves.time(visitors::BY_FIRST_VISIT_AT, level.first_visit_at)?;
        leaves.time(visitors::BY_LAST_VISIT_AT, level.last_visit_at)?;
    }
}

order! {
    "visitors": VisitorOrder, VisitorOrderField of Visitors, descending {
        /// By when they last came.
        LastVisitAt,
        /// By when they first came.
        FirstVisitAt,
    }
}
