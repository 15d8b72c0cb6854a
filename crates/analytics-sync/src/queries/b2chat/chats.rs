//! Chats as those see them who may.

use kernel::{
    Cx, Result,
    id::{B2chatAgentId, B2chatChatId, B2chatContactId, B2chatDepartmentId},
    record::{Field, Nested, Record},
};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityName,
    sea_query::{Expr, ExprTrait, Func, JoinType, Query, SimpleExpr},
};

use crate::{
    domain::b2chat::tags::folded_tag,
    policy::{VIEW_B2CHAT, sees_b2chat},
    store::b2chat::{
        chat::{Column, Entity, Model as B2chatChat},
        chat_tag, department,
    },
};

impl Record for Entity {
    type Id = B2chatChatId;
    type Row = B2chatChat;
    const WHAT: &'static str = "B2ChatChat";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_B2CHAT)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_b2chat(cx).then(Condition::all)
    }
}

/// By where they stand.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);

/// By through what was written.
pub const BY_PROVIDER: Field<Column> = Field::new("provider", &[Column::Provider]);

/// By how much they matter.
pub const BY_PRIORITY: Field<Column> = Field::new("priority", &[Column::Priority]);

/// By who has them.
pub const BY_AGENT: Field<Column> = Field::new("agentId", &[Column::AgentId]);

/// By who wrote.
pub const BY_CONTACT: Field<Column> = Field::new("contactId", &[Column::ContactId]);

/// By whose they are.
pub const BY_DEPARTMENT: Field<Column> = Field::new("departmentId", &[Column::DepartmentId]);

/// By when they began.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);

/// By when they were over.
pub const BY_CLOSED_AT: Field<Column> = Field::new("closedAt", &[Column::ClosedAt]);

/// By what B2Chat knows them as.
pub const BY_B2CHAT_ID: Field<Column> = Field::new("b2chatId", &[Column::B2chatId]);

/// By the line of the company that was written to.
pub const BY_ALIAS: Field<Column> = Field::new("alias", &[Column::Alias]);

/// By what they are about.
pub const BY_TOPIC: Field<Column> = Field::new("topic", &[Column::Topic]);

/// By when they last changed at B2Chat.
pub const BY_LAST_MODIFIED_AT: Field<Column> = Field::new("lastModifiedAt", &[Column::LastModifiedAt]);

/// Those that count as deleted, or those that do not.
pub fn is_deleted(deleted: bool) -> Condition {
    // The few that do have an index of their own, found by its own words; for the others no index is to be asked.
    let column = || Expr::col(Column::IsDeleted.as_column_ref());
    match deleted {
        true => Condition::all().add(column()).add(column().eq(true)),
        false => Condition::all().add(column().not()),
    }
}

/// Those in which something is unread, or nothing.
pub fn has_unread(unread: bool) -> Condition {
    let count = Expr::col(Column::UnreadCount.as_column_ref());
    Condition::all().add(if unread { count.gt(Expr::cust("0")) } else { count.eq(Expr::cust("0")) })
}

/// Those with a tag, in whatever case.
pub fn tagged(tag: &str) -> Condition {
    let mut chats = Query::select();
    chats.column(chat_tag::Column::ChatId).from(chat_tag::Entity.table_ref());
    chats.and_where(chat_tag::Column::TagFolded.eq(folded_tag(tag)));
    Condition::all().add(Column::Id.in_subquery(chats))
}

/// Those of a department and of all below it.
pub fn in_tree(top: B2chatDepartmentId) -> Condition {
    let path = |of: &'static str| -> SimpleExpr { Expr::col((of, department::Column::Path)) };
    let begins = Func::cust("substr").args([path("below"), Expr::val(1), Func::cust("length").arg(path("top")).into()]);
    let mut tree = Query::select();
    tree.column(("below", department::Column::Id)).from_as(department::Entity.table_ref(), "below");
    let within = Expr::expr(begins).eq(path("top"));
    tree.join_as(JoinType::InnerJoin, department::Entity.table_ref(), "top", within);
    tree.and_where(Expr::col(("top", department::Column::Id)).eq(top.0));
    Condition::all().add(Column::DepartmentId.in_subquery(tree))
}

/// The chats of a contact that do not count as deleted, newest first; so are those below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OfContact;

impl Nested for OfContact {
    type Parent = B2chatContactId;
    type Of = Entity;
    const NAME: &'static str = "b2chat chats of";
    const PARENT: Column = Column::ContactId;
    const ORDER: Column = Column::CreatedAt;
    const DESCENDING: bool = true;

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_b2chat(cx).then(|| is_deleted(false))
    }
}

/// The chats of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OfAgent;

impl Nested for OfAgent {
    type Parent = B2chatAgentId;
    type Of = Entity;
    const NAME: &'static str = "b2chat chats of";
    const PARENT: Column = Column::AgentId;
    const ORDER: Column = Column::CreatedAt;
    const DESCENDING: bool = true;

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_b2chat(cx).then(|| is_deleted(false))
    }
}

/// The chats of a department, without those of the departments below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OfDepartment;

impl Nested for OfDepartment {
    type Parent = B2chatDepartmentId;
    type Of = Entity;
    const NAME: &'static str = "b2chat chats of";
    const PARENT: Column = Column::DepartmentId;
    const ORDER: Column = Column::CreatedAt;
    const DESCENDING: bool = true;

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_b2chat(cx).then(|| is_deleted(false))
    }
}
