//! Conversations.

use kernel::{
    Cx, Result,
    filter::ValueComparator,
    id::ConversationId,
    record::{Field, Record},
};
use sea_orm::{Condition, DbBackend, QuerySelect, QueryTrait, entity::prelude::*};

use crate::{
    policy::{VIEW_CONVERSATIONS, visible_conversations},
    store::{
        conversations::conversation::{Column, Entity, Model as Conversation},
        social::{account, platform::Platform},
    },
};

impl Record for Entity {
    type Id = ConversationId;
    type Row = Conversation;
    const WHAT: &'static str = "Conversation";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_CONVERSATIONS)
    }

    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        visible_conversations(cx, backend)
    }
}

/// By status.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By the account that was written to.
pub const BY_ACCOUNT: Field<Column> = Field::new("accountId", &[Column::SocialAccountId]);
/// By who answers.
pub const BY_ASSIGNEE: Field<Column> = Field::new("assigneeId", &[Column::AssigneeId]);
/// By when it began.
pub const BY_STARTED_AT: Field<Column> = Field::new("startedAt", &[Column::StartedAt]);
/// By when somebody wrote last.
pub const BY_LAST_MESSAGE_AT: Field<Column> = Field::new("lastMessageAt", &[Column::LastMessageAt]);

/// Those on these platforms.
///
/// # Errors
/// As the comparison refuses.
pub fn on_platform(by: &ValueComparator<Platform>) -> Result<Condition> {
    let of = by.conditions("platform", account::Column::Platform)?;
    let accounts = account::Entity::find().select_only().column(account::Column::Id);
    let accounts = accounts.filter(of.into_iter().fold(Condition::all(), Condition::add)).into_query();
    Ok(Condition::all().add(Column::SocialAccountId.in_subquery(accounts)))
}
