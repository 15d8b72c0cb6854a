//! The filters and orders of what B2Chat tells of.

use analytics_sync::{
    b2chat::{agents, chats, contacts, departments, messages},
    records::{B2chatAgents, B2chatChats, B2chatContacts, B2chatDepartments, B2chatMessages},
};
use async_graphql::{Enum, ID, InputObject};
use kernel::{
    Result,
    id::{B2chatAgentId, B2chatChatId, B2chatContactId, B2chatDepartmentId, StaffId},
    record::Filter,
};
use sea_orm::EntityTrait;

use super::{
    chats::{B2ChatPriority, B2ChatProvider, B2ChatStatus},
    messages::B2ChatMessageType,
};
use crate::{
    comparator, filter,
    graphql::{
        filters::{DateTimeComparator, FilterInput, IdComparator, OrderDirection, OrderInput, StringComparator},
        scalars,
        scope::Scope,
    },
};

comparator!(
    /// Comparisons with through what a contact writes.
    B2ChatProviderComparator of B2ChatProvider as analytics_sync::ChatProvider
);
comparator!(
    /// Comparisons with where a chat stands.
    B2ChatStatusComparator of B2ChatStatus as analytics_sync::B2chatStatus
);
comparator!(
    /// Comparisons with how much a chat matters.
    B2ChatPriorityComparator of B2ChatPriority as analytics_sync::B2chatPriority
);
comparator!(
    /// Comparisons with what a message is.
    B2ChatMessageTypeComparator of B2ChatMessageType as analytics_sync::B2chatMessageType
);

filter! {
    /// Which departments of B2Chat. All parts given must hold; at most 4 levels and 40 comparisons.
    B2ChatDepartmentFilter of B2chatDepartments {
        /// As B2Chat codes them.
        b2chat_code: StringComparator,
        /// What they are part of; `isNull` finds those at the top.
        parent_id: IdComparator,
        /// Whether nothing is below them.
        is_leaf: bool,
        /// Whether they are in use.
        is_active: bool,
        /// Part of their name or code, in any spelling; at most 200 characters.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
    }
    |level, leaves| {
        leaves.value::<String>(departments::BY_CODE, level.b2chat_code)?;
        leaves.id::<B2chatDepartmentId>(departments::BY_PARENT, level.parent_id)?;
        leaves.is(departments::BY_IS_LEAF, level.is_leaf);
        leaves.is(departments::BY_IS_ACTIVE, level.is_active);
        leaves.text(departments::BY_TEXT, level.text);
    }
}

/// What departments of B2Chat can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum B2ChatDepartmentOrderField {
    /// As the tree is read: each before those below it.
    Path,
    /// By name.
    Name,
}

/// An order of departments of B2Chat.
#[derive(Debug, Clone, InputObject)]
pub struct B2ChatDepartmentOrder {
    /// By what.
    pub field: B2ChatDepartmentOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

impl OrderInput for B2ChatDepartmentOrder {
    type Of = B2chatDepartments;

    fn column(&self) -> (<B2chatDepartments as EntityTrait>::Column, bool) {
        use analytics_sync::entities::department::Column;
        let column = match self.field {
            B2ChatDepartmentOrderField::Path => Column::Path,
            B2ChatDepartmentOrderField::Name => Column::NameOrder,
        };
        (column, self.direction == OrderDirection::Desc)
    }
}

filter! {
    /// Which agents of B2Chat. All parts given must hold; at most 4 levels and 40 comparisons.
    B2ChatAgentFilter of B2chatAgents {
        /// As B2Chat knows them.
        #[graphql(name = "b2chatId")]
        b2chat_id: StringComparator,
        /// In which departments of B2Chat.
        department_id: IdComparator,
        /// Which colleagues they are.
        staff_id: IdComparator,
        /// Their address, in any case.
        email: StringComparator,
        /// Their user name.
        username: StringComparator,
        /// Whether they answer chats.
        is_active: bool,
        /// Whether they count as deleted. Those that do are left out unless this is given somewhere.
        is_deleted: bool,
        /// Part of their name, address or user name, in any spelling; at most 200 characters.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
    }
    |level, leaves| {
        leaves.value::<String>(agents::BY_B2CHAT_ID, level.b2chat_id)?;
        leaves.id::<B2chatDepartmentId>(agents::BY_DEPARTMENT, level.department_id)?;
        leaves.id::<StaffId>(agents::BY_STAFF, level.staff_id)?;
        leaves.value::<String>(agents::BY_EMAIL, level.email.map(StringComparator::of_emails))?;
        leaves.value::<String>(agents::BY_USERNAME, level.username)?;
        leaves.is(agents::BY_IS_ACTIVE, level.is_active);
        leaves.also(level.is_deleted.map(agents::is_deleted));
        leaves.text(agents::BY_TEXT, level.text);
    }
}

/// What agents of B2Chat can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum B2ChatAgentOrderField {
    /// By name.
    Name,
}

/// An order of agents of B2Chat.
#[derive(Debug, Clone, InputObject)]
pub struct B2ChatAgentOrder {
    /// By what.
    pub field: B2ChatAgentOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

impl OrderInput for B2ChatAgentOrder {
    type Of = B2chatAgents;

    fn column(&self) -> (<B2chatAgents as EntityTrait>::Column, bool) {
        let B2ChatAgentOrderField::Name = self.field;
        (analytics_sync::entities::agent::Column::NameOrder, self.direction == OrderDirection::Desc)
    }
}

/// The filter of a list: what counts as deleted is left out, unless it is asked for.
///
/// # Errors
/// Where the filter is none.
pub fn which_agents(scope: &Scope, filter: Option<B2ChatAgentFilter>) -> Result<Filter<B2chatAgents>> {
    let filter = filter.unwrap_or_default();
    let asked = filter.asks_for_deleted();
    let filter = filter.build(scope)?;
    Ok(if asked { filter } else { filter.with(agents::is_deleted(false)) })
}

impl B2ChatAgentFilter {
    /// Whether it says anywhere whether what counts as deleted is wanted.
    fn asks_for_deleted(&self) -> bool {
        let mut below = self.and.iter().chain(&self.or).flatten().chain(self.not.as_deref());
        self.is_deleted.is_some() || below.any(Self::asks_for_deleted)
    }
}

filter! {
    /// Which contacts of B2Chat. All parts given must hold; at most 4 levels and 40 comparisons.
    B2ChatContactFilter of B2chatContacts {
        /// As B2Chat knows them.
        #[graphql(name = "b2chatId")]
        b2chat_id: StringComparator,
        /// Their address, in any case.
        email: StringComparator,
        /// Their mobile telephone, as B2Chat has it.
        mobile: StringComparator,
        /// Their landline, as B2Chat has it.
        phone_number: StringComparator,
        /// Whether they count as deleted. Those that do are left out unless this is given somewhere.
        is_deleted: bool,
        /// When they were first told of.
        created_at: DateTimeComparator,
        /// When they were last changed here.
        updated_at: DateTimeComparator,
        /// Words in name, telephone numbers, address for mail, identification, city and company, all of them, in any spelling; the
        /// last may be the beginning of one, unless a blank or a quotation mark follows it. At most 200 characters, of which the
        /// first 16 words count; a text without a word leaves nothing out.
        text: String,
    }
    |level, leaves| {
        leaves.value::<String>(contacts::BY_B2CHAT_ID, level.b2chat_id)?;
        leaves.value::<String>(contacts::BY_EMAIL, level.email.map(StringComparator::of_emails))?;
        leaves.value::<String>(contacts::BY_MOBILE, level.mobile)?;
        leaves.value::<String>(contacts::BY_PHONE_NUMBER, level.phone_number)?;
        leaves.also(level.is_deleted.map(contacts::is_deleted));
        leaves.time(contacts::BY_CREATED_AT, level.created_at)?;
        leaves.time(contacts::BY_UPDATED_AT, level.updated_at)?;
        leaves.words(level.text)?;
    }
}

/// What contacts of B2Chat can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum B2ChatContactOrderField {
    /// By when they were last changed here.
    UpdatedAt,
    /// By when they were first told of.
    CreatedAt,
    /// By name.
    Name,
}

/// An order of contacts of B2Chat.
#[derive(Debug, Clone, InputObject)]
pub struct B2ChatContactOrder {
    /// By what.
    pub field: B2ChatContactOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

impl OrderInput for B2ChatContactOrder {
    type Of = B2chatContacts;

    fn column(&self) -> (<B2chatContacts as EntityTrait>::Column, bool) {
        use analytics_sync::entities::contact::Column;
        let column = match self.field {
            B2ChatContactOrderField::UpdatedAt => Column::UpdatedAt,
            B2ChatContactOrderField::CreatedAt => Column::CreatedAt,
            B2ChatContactOrderField::Name => Column::NameOrder,
        };
        (column, self.direction == OrderDirection::Desc)
    }
}

/// The filter of a list: what counts as deleted is left out, unless it is asked for.
///
/// # Errors
/// Where the filter is none.
pub fn which_contacts(scope: &Scope, filter: Option<B2ChatContactFilter>) -> Result<Filter<B2chatContacts>> {
    let filter = filter.unwrap_or_default();
    let asked = filter.asks_for_deleted();
    let filter = filter.build(scope)?;
    Ok(if asked { filter } else { filter.with(contacts::is_deleted(false)) })
}

impl B2ChatContactFilter {
    /// Whether it says anywhere whether what counts as deleted is wanted.
    fn asks_for_deleted(&self) -> bool {
        let mut below = self.and.iter().chain(&self.or).flatten().chain(self.not.as_deref());
        self.is_deleted.is_some() || below.any(Self::asks_for_deleted)
    }
}

filter! {
    /// Which chats of B2Chat. All parts given must hold; at most 4 levels and 40 comparisons.
    B2ChatChatFilter of B2chatChats {
        /// As B2Chat knows them.
        #[graphql(name = "b2chatId")]
        b2chat_id: StringComparator,
        /// Where they stand.
        status: B2ChatStatusComparator,
        /// Through what was written.
        provider: B2ChatProviderComparator,
        /// How much they matter.
        priority: B2ChatPriorityComparator,
        /// Who has them; `isNull` finds those that nobody has.
        agent_id: IdComparator,
        /// Who wrote.
        contact_id: IdComparator,
        /// Of which departments of B2Chat.
        department_id: IdComparator,
        /// Of this department of B2Chat or one below it.
        department_tree: ID,
        /// The tags that they have, in any case.
        tag: StringComparator,
        /// The line of the company that was written to.
        alias: StringComparator,
        /// What they are about.
        topic: StringComparator,
        /// Whether the contact wrote something that nobody read.
        has_unread: bool,
        /// When they began.
        created_at: DateTimeComparator,
        /// When they were over.
        closed_at: DateTimeComparator,
        /// When they last changed at B2Chat.
        last_modified_at: DateTimeComparator,
        /// Whether they count as deleted. Those that do are left out unless this is given somewhere.
        is_deleted: bool,
    }
    |level, leaves| {
        leaves.value::<String>(chats::BY_B2CHAT_ID, level.b2chat_id)?;
        leaves.value::<analytics_sync::B2chatStatus>(chats::BY_STATUS, level.status)?;
        leaves.value::<analytics_sync::ChatProvider>(chats::BY_PROVIDER, level.provider)?;
        leaves.value::<analytics_sync::B2chatPriority>(chats::BY_PRIORITY, level.priority)?;
        leaves.id::<B2chatAgentId>(chats::BY_AGENT, level.agent_id)?;
        leaves.id::<B2chatContactId>(chats::BY_CONTACT, level.contact_id)?;
        leaves.id::<B2chatDepartmentId>(chats::BY_DEPARTMENT, level.department_id)?;
        let tree = level.department_tree.map(|top| scalars::id("filter.departmentTree", &top)).transpose()?;
        leaves.also(tree.map(chats::in_tree));
        leaves.value_by::<String>("tag", level.tag, |tag| chats::tagged(tag))?;
        leaves.value::<String>(chats::BY_ALIAS, level.alias)?;
        leaves.value::<String>(chats::BY_TOPIC, level.topic)?;
        leaves.also(level.has_unread.map(chats::has_unread));
        leaves.time(chats::BY_CREATED_AT, level.created_at)?;
        leaves.time(chats::BY_CLOSED_AT, level.closed_at)?;
        leaves.time(chats::BY_LAST_MODIFIED_AT, level.last_modified_at)?;
        leaves.also(level.is_deleted.map(chats::is_deleted));
    }
}

/// What chats of B2Chat can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum B2ChatChatOrderField {
    /// By when they began.
    CreatedAt,
    /// By how much they matter; what is urgent is the smallest.
    Priority,
    /// By how many of the contact's messages nobody read.
    UnreadCount,
    /// By when they were over; one that is not counts as over after all others.
    ClosedAt,
    /// By when they last changed at B2Chat; where it does not say so, by when they began.
    LastModifiedAt,
}

/// An order of chats of B2Chat.
#[derive(Debug, Clone, InputObject)]
pub struct B2ChatChatOrder {
    /// By what.
    pub field: B2ChatChatOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

impl OrderInput for B2ChatChatOrder {
    type Of = B2chatChats;

    fn column(&self) -> (<B2chatChats as EntityTrait>::Column, bool) {
        use analytics_sync::entities::chat::Column;
        let column = match self.field {
            B2ChatChatOrderField::CreatedAt => Column::CreatedAt,
            B2ChatChatOrderField::Priority => Column::PriorityOrder,
            B2ChatChatOrderField::UnreadCount => Column::UnreadCount,
            B2ChatChatOrderField::ClosedAt => Column::ClosedOrder,
            B2ChatChatOrderField::LastModifiedAt => Column::ModifiedOrder,
        };
        (column, self.direction == OrderDirection::Desc)
    }
}

/// The filter of a list: what counts as deleted is left out, unless it is asked for.
///
/// # Errors
/// Where the filter is none.
pub fn which_chats(scope: &Scope, filter: Option<B2ChatChatFilter>) -> Result<Filter<B2chatChats>> {
    let filter = filter.unwrap_or_default();
    let asked = filter.asks_for_deleted();
    let filter = filter.build(scope)?;
    Ok(if asked { filter } else { filter.with(chats::is_deleted(false)) })
}

impl B2ChatChatFilter {
    /// Whether it says anywhere whether what counts as deleted is wanted.
    fn asks_for_deleted(&self) -> bool {
        let mut below = self.and.iter().chain(&self.or).flatten().chain(self.not.as_deref());
        self.is_deleted.is_some() || below.any(Self::asks_for_deleted)
    }
}

filter! {
    /// Which messages of chats of B2Chat. All parts given must hold; at most 4 levels and 40 comparisons.
    B2ChatMessageFilter of B2chatMessages {
        /// Of which chats.
        chat_id: IdComparator,
        /// What they are.
        #[graphql(name = "type")]
        kind: B2ChatMessageTypeComparator,
        /// Whether the contact wrote them; else they came from the company.
        is_incoming: bool,
        /// When they were sent.
        sent_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.id::<B2chatChatId>(messages::BY_CHAT, level.chat_id)?;
        leaves.value::<analytics_sync::B2chatMessageType>(messages::BY_TYPE, level.kind)?;
        leaves.is(messages::BY_INCOMING, level.is_incoming);
        leaves.time(messages::BY_SENT_AT, level.sent_at)?;
    }
}

/// What messages of chats of B2Chat can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum B2ChatMessageOrderField {
    /// By when they were sent.
    SentAt,
}

/// An order of messages of chats of B2Chat.
#[derive(Debug, Clone, InputObject)]
pub struct B2ChatMessageOrder {
    /// By what.
    pub field: B2ChatMessageOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

impl OrderInput for B2ChatMessageOrder {
    type Of = B2chatMessages;

    fn column(&self) -> (<B2chatMessages as EntityTrait>::Column, bool) {
        use analytics_sync::entities::message::Column;
        let B2ChatMessageOrderField::SentAt = self.field;
        (Column::SentAt, self.direction == OrderDirection::Desc)
    }
}
