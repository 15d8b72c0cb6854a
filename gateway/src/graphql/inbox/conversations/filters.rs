//! The filter and order of conversations.

use inbox::{EntityType, conversations, entities::conversation, records::Conversations};
use kernel::id::SocialAccountId;

use super::{
    super::{
        filters::people,
        tags::{TagsComparator, tagged},
    },
    types::{ConversationStatus, SocialPlatform},
};
use crate::{
    comparator, filter,
    graphql::filters::{DateTimeComparator, IdComparator, OrderDirection},
    order,
};

comparator!(
    /// Comparisons with a conversation's status.
    ConversationStatusComparator of ConversationStatus as inbox::ConversationStatus
);

comparator!(
    /// Comparisons with a platform.
    SocialPlatformComparator of SocialPlatform as inbox::Platform
);

filter! {
    /// Which conversations. All parts given must hold; at most 4 levels and 40 comparisons.
    ConversationFilter of Conversations {
        /// Whether they go on.
        status: ConversationStatusComparator,
        /// The platform that they are on.
        platform: SocialPlatformComparator,
        /// The company's account that was written to.
        account_id: IdComparator,
        /// Who answers: a staff member's id, `"me"` for the viewer, `"none"` for nobody.
        assignee_id: IdComparator,
        /// Which tags they have.
        tags: TagsComparator,
        /// When their first message was written.
        started_at: DateTimeComparator,
        /// When their last message was written.
        last_message_at: DateTimeComparator,
        /// Words in the participant's name and in what the platform calls them, all of them, in any spelling, as for messages.
        /// At most 200 characters.
        text: String,
    }
    |level, leaves| {
        leaves.value::<inbox::ConversationStatus>(conversations::BY_STATUS, level.status)?;
        if let Some(platform) = level.platform {
            leaves.also(Some(conversations::on_platform(&platform.into())?));
        }
        leaves.id::<SocialAccountId>(conversations::BY_ACCOUNT, level.account_id)?;
        let me = leaves.scope.cx().staff_id();
        let assignee = level.assignee_id.map(|by| by.of_with("assigneeId", people(me))).transpose()?;
        leaves.id_of(conversations::BY_ASSIGNEE, assignee)?;
        leaves.also(tagged(EntityType::Conversation, conversation::Column::Id, level.tags)?);
        leaves.time(conversations::BY_STARTED_AT, level.started_at)?;
        leaves.time(conversations::BY_LAST_MESSAGE_AT, level.last_message_at)?;
        leaves.words(level.text)?;
    }
}

order! {
    "conversations": ConversationOrder, ConversationOrderField of Conversations, descending {
        /// By when their last message was written.
        LastMessageAt,
        /// By when their first message was written.
        StartedAt,
    }
}
