//! Departments: who sees them, what they are found by, and what hangs below each.

use kernel::{
    Cx, Result,
    id::DepartmentId,
    record::{Field, Nested, Record, Unique},
};
use sea_orm::{Condition, DbBackend, entity::prelude::*};

use crate::{
    domain::organisation::department::Department,
    policy::VIEW_STAFF,
    store::{
        organisation::department::{Column, Entity},
        people::user::{self, Kind},
    },
};

/// What is said of a name that a department beside it has.
pub(crate) const NAME_TAKEN: &str = "another department at this place has this name";

impl Record for Entity {
    type Id = DepartmentId;
    type Row = Department;
    const WHAT: &'static str = "Department";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const UNIQUE: &'static [Unique<Column>] =
        &[Unique { column: Column::NameFolded, field: "name", taken: NAME_TAKEN }];

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_STAFF)
    }

    /// A department is shown with the people in it, so who may see the person may see it; what hangs above and below it
    /// takes [`VIEW_STAFF`].
    fn visible(_: &Cx, _: DbBackend) -> Option<Condition> {
        Some(Condition::all())
    }
}

/// By what they are part of.
pub const BY_PARENT: Field<Column> = Field::new("parentId", &[Column::ParentId]);
/// By whether they are active.
pub const BY_IS_ACTIVE: Field<Column> = Field::new("isActive", &[Column::IsActive]);
/// By a part of the name or description.
pub const BY_TEXT: Field<Column> = Field::new("text", &[Column::Name, Column::Description]);

/// The departments right below one, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Children;

impl Nested for Children {
    type Parent = DepartmentId;
    type Of = Entity;
    const NAME: &'static str = "children";
    const PARENT: Column = Column::ParentId;
    const ORDER: Column = Column::Name;

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_STAFF).then(Condition::all)
    }
}

/// The colleagues in a department, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colleagues;

impl Nested for Colleagues {
    type Parent = DepartmentId;
    type Of = user::Entity;
    const NAME: &'static str = "staff of";
    const PARENT: user::Column = user::Column::DepartmentId;
    const ORDER: user::Column = user::Column::Name;

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_STAFF).then(|| Condition::all().add(user::Column::Kind.eq(Kind::Staff)))
    }
}
