//! Agents as those see them who may.

use kernel::{
    Cx, Result,
    id::{B2chatAgentId, B2chatDepartmentId},
    record::{Field, Nested, Record},
};
use sea_orm::{
    ColumnTrait, Condition, DbBackend,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    policy::{VIEW_B2CHAT, sees_b2chat},
    store::b2chat::agent::{Column, Entity, Model as B2chatAgent},
};

impl Record for Entity {
    type Id = B2chatAgentId;
    type Row = B2chatAgent;
    const WHAT: &'static str = "B2ChatAgent";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_B2CHAT)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_b2chat(cx).then(Condition::all)
    }
}

/// By whether they answer chats.
pub const BY_IS_ACTIVE: Field<Column> = Field::new("isActive", &[Column::IsActive]);

/// By their department.
pub const BY_DEPARTMENT: Field<Column> = Field::new("departmentId", &[Column::DepartmentId]);

/// By the colleague that they are.
pub const BY_STAFF: Field<Column> = Field::new("staffId", &[Column::StaffId]);

/// By what B2Chat knows them as.
pub const BY_B2CHAT_ID: Field<Column> = Field::new("b2chatId", &[Column::B2chatId]);

/// By their address.
pub const BY_EMAIL: Field<Column> = Field::new("email", &[Column::Email]);

/// By their user name.
pub const BY_USERNAME: Field<Column> = Field::new("username", &[Column::Username]);

/// By a part of their name, address or user name.
pub const BY_TEXT: Field<Column> = Field::new("text", &[Column::Name, Column::Email, Column::Username]);

/// Those that count as deleted, or those that do not.
pub fn is_deleted(deleted: bool) -> Condition {
    // Nearly all do not: no index is to be asked for those.
    let column = Expr::col(Column::IsDeleted.as_column_ref());
    Condition::all().add(if deleted { column.eq(true) } else { column.not() })
}

/// The agents of a department that do not count as deleted, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OfDepartment;

impl Nested for OfDepartment {
    type Parent = B2chatDepartmentId;
    type Of = Entity;
    const NAME: &'static str = "b2chat agents of";
    const PARENT: Column = Column::DepartmentId;
    const ORDER: Column = Column::NameOrder;

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_b2chat(cx).then(|| is_deleted(false))
    }
}
