//! Departments as those see them who may.

use kernel::{
    Cx, Result,
    id::B2chatDepartmentId,
    record::{Field, Nested, Record},
};
use sea_orm::{Condition, DbBackend};

use crate::{
    policy::{VIEW_B2CHAT, sees_b2chat},
    store::b2chat::department::{Column, Entity, Model as B2chatDepartment},
};

impl Record for Entity {
    type Id = B2chatDepartmentId;
    type Row = B2chatDepartment;
    const WHAT: &'static str = "B2ChatDepartment";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_B2CHAT)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_b2chat(cx).then(Condition::all)
    }
}

/// By their code.
pub const BY_CODE: Field<Column> = Field::new("b2chatCode", &[Column::Code]);

/// By what they are a part of.
pub const BY_PARENT: Field<Column> = Field::new("parentId", &[Column::ParentId]);

/// By whether nothing is below them.
pub const BY_IS_LEAF: Field<Column> = Field::new("isLeaf", &[Column::IsLeaf]);

/// By a part of their name or code.
pub const BY_TEXT: Field<Column> = Field::new("text", &[Column::Name, Column::Code]);

/// By whether they are in use.
pub const BY_IS_ACTIVE: Field<Column> = Field::new("isActive", &[Column::IsActive]);

/// The departments right below one, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Children;

impl Nested for Children {
    type Parent = B2chatDepartmentId;
    type Of = Entity;
    const NAME: &'static str = "b2chat departments below";
    const PARENT: Column = Column::ParentId;
    const ORDER: Column = Column::NameOrder;
}
