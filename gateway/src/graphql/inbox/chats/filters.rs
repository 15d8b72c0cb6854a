//! The filters and orders of chats and their lines.

use inbox::{EntityType, chats, entities::chat_session, records::Chats, visitors};
use kernel::id::DepartmentId;

use super::{
    super::{
        filters::people,
        tags::{TagsComparator, tagged},
    },
    types::ChatStatus,
};
use crate::{
    comparator, filter,
    graphql::filters::{DateTimeComparator, IdComparator, OrderDirection},
    order,
};

comparator!(
    /// Comparisons with a chat's status.
    ChatStatusComparator of ChatStatus as inbox::ChatStatus
);

filter! {
    /// Which chats. All parts given must hold; at most 4 levels and 40 comparisons.
    ChatFilter of Chats {
        /// Where they stand.
        status: ChatStatusComparator,
        /// The department that they wait for, or waited for last.
        department_id: IdComparator,
        /// Who has them: a staff member's id, `"me"` for the viewer, `"none"` for nobody.
        assignee_id: IdComparator,
        /// Who began them.
        visitor_id: IdComparator,
        /// Which tags they have.
        tags: TagsComparator,
        /// When they began.
        started_at: DateTimeComparator,
        /// When something was last said.
        last_message_at: DateTimeComparator,
        /// Whether the visitor rated them.
        is_rated: bool,
        /// Words in name, address and feedback, all of them, in any spelling, as for messages. At most 200 characters.
        text: String,
        /// Words that were said in one line, all of them, in any spelling. At most 200 characters; a text without a word
        /// leaves nothing out.
        said: String,
    }
    |level, leaves| {
        leaves.value::<inbox::ChatStatus>(chats::BY_STATUS, level.status)?;
        leaves.id::<DepartmentId>(chats::BY_DEPARTMENT, level.department_id)?;
        let me = leaves.scope.cx().staff_id();
        let assignee = level.assignee_id.map(|by| by.of_with("assigneeId", people(me))).transpose()?;
        leaves.id_of(chats::BY_ASSIGNEE, assignee)?;
        let theirs = |ids: &[_]| visitors::of_visitors(chat_session::Column::VisitorId, ids);
        leaves.id_among(chats::BY_VISITOR, level.visitor_id, theirs)?;
        leaves.also(tagged(EntityType::Chat, chat_session::Column::Id, level.tags)?);
        leaves.time(chats::BY_STARTED_AT, level.started_at)?;
        leaves.time(chats::BY_LAST_MESSAGE_AT, level.last_message_at)?;
        leaves.is_set(chats::BY_RATING, level.is_rated);
        leaves.words(level.text)?;
        if let Some(said) = level.said {
            let backend = leaves.backend();
            leaves.also(chats::said(backend, &said)?);
        }
    }
}

order! {
    "chats": ChatOrder, ChatOrderField of Chats, descending {
        /// By when they began.
        StartedAt,
        /// By when something was last said.
        LastMessageAt,
    }
}
