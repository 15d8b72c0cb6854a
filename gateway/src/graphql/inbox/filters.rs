//! The filters and orders of messages and visitors.

use async_graphql::{Enum, ID, InputObject};
use inbox::{MessageCriteria, MessageField, VisitorCriteria, VisitorField};
use kernel::{filter::ValueComparator, id::StaffId};

use super::types::MessageStatus;
use crate::{
    filter_tree,
    graphql::filters::{DateTimeComparator, IdComparator, OrderDirection, StringComparator},
};

/// Comparisons with a message's status.
#[derive(Debug, Clone, Default, InputObject)]
pub struct MessageStatusComparator {
    /// Equals.
    pub eq: Option<MessageStatus>,
    /// Differs.
    pub ne: Option<MessageStatus>,
    /// Is one of.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<MessageStatus>>,
}

impl From<MessageStatusComparator> for ValueComparator<inbox::MessageStatus> {
    fn from(by: MessageStatusComparator) -> Self {
        Self {
            eq: by.eq.map(Into::into),
            ne: by.ne.map(Into::into),
            is_in: by.is_in.map(|all| all.into_iter().map(Into::into).collect()),
        }
    }
}

/// Which messages. All parts given must hold; at most 4 levels and 40 comparisons.
#[derive(Debug, Clone, Default, InputObject)]
pub struct MessageFilter {
    /// Where they stand.
    pub status: Option<MessageStatusComparator>,
    /// Who has them: a staff member's id, `"me"` for the viewer, `"none"` for nobody.
    pub assignee_id: Option<IdComparator>,
    /// Who wrote them.
    pub visitor_id: Option<IdComparator>,
    /// When they came.
    pub created_at: Option<DateTimeComparator>,
    /// When they were last changed.
    pub updated_at: Option<DateTimeComparator>,
    /// Words in name, address, company, service and text, all of them, each as the beginning of a word; at most 200
    /// characters, of which the first 16 words count.
    pub text: Option<String>,
    /// All of these.
    pub and: Option<Vec<MessageFilter>>,
    /// Any of these; an empty list is none.
    pub or: Option<Vec<MessageFilter>>,
    /// Not this.
    pub not: Option<Box<MessageFilter>>,
}

/// Knows "me" and "none".
fn people(me: Option<StaffId>) -> impl Fn(&ID) -> Result<Option<StaffId>, &ID> {
    move |id| match (id.as_str(), me) {
        ("me", Some(me)) => Ok(Some(me)),
        ("none", _) => Ok(None),
        _ => Err(id),
    }
}

filter_tree!(MessageFilter, MessageCriteria, |level, scope| MessageCriteria {
    status: level.status.map(Into::into),
    assignee_id: level.assignee_id.map(|by| by.of_with("assigneeId", people(scope.cx().staff_id()))).transpose()?,
    visitor_id: level.visitor_id.map(|by| by.of("visitorId")).transpose()?,
    created_at: level.created_at.map(|by| by.of("createdAt")).transpose()?,
    updated_at: level.updated_at.map(|by| by.of("updatedAt")).transpose()?,
    text: level.text,
});

/// What messages can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum MessageOrderField {
    /// By when they came.
    CreatedAt,
    /// By when they were last changed.
    UpdatedAt,
}

/// An order of messages.
#[derive(Debug, Clone, InputObject)]
pub struct MessageOrder {
    /// By what.
    pub field: MessageOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

impl From<MessageOrder> for inbox::MessageOrder {
    fn from(order: MessageOrder) -> Self {
        let field = match order.field {
            MessageOrderField::CreatedAt => MessageField::CreatedAt,
            MessageOrderField::UpdatedAt => MessageField::UpdatedAt,
        };
        Self { field, descending: order.direction == OrderDirection::Desc }
    }
}

/// Which visitors. All parts given must hold; at most 4 levels and 40 comparisons.
#[derive(Debug, Clone, Default, InputObject)]
pub struct VisitorFilter {
    /// Their address, in any case, its domain in letters or in ASCII.
    pub email: Option<StringComparator>,
    /// What brought them here first.
    pub source: Option<StringComparator>,
    /// When they first came.
    pub first_visit_at: Option<DateTimeComparator>,
    /// When they last came.
    pub last_visit_at: Option<DateTimeComparator>,
    /// All of these.
    pub and: Option<Vec<VisitorFilter>>,
    /// Any of these; an empty list is none.
    pub or: Option<Vec<VisitorFilter>>,
    /// Not this.
    pub not: Option<Box<VisitorFilter>>,
}

filter_tree!(VisitorFilter, VisitorCriteria, |level, _scope| VisitorCriteria {
    email: level.email.map(StringComparator::of_emails),
    source: level.source.map(Into::into),
    first_visit_at: level.first_visit_at.map(|by| by.of("firstVisitAt")).transpose()?,
    last_visit_at: level.last_visit_at.map(|by| by.of("lastVisitAt")).transpose()?,
});

/// What visitors can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum VisitorOrderField {
    /// By when they last came.
    LastVisitAt,
    /// By when they first came.
    FirstVisitAt,
}

/// An order of visitors.
#[derive(Debug, Clone, InputObject)]
pub struct VisitorOrder {
    /// By what.
    pub field: VisitorOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

impl From<VisitorOrder> for inbox::VisitorOrder {
    fn from(order: VisitorOrder) -> Self {
        let field = match order.field {
            VisitorOrderField::LastVisitAt => VisitorField::LastVisitAt,
            VisitorOrderField::FirstVisitAt => VisitorField::FirstVisitAt,
        };
        Self { field, descending: order.direction == OrderDirection::Desc }
    }
}
