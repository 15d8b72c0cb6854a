//! Departments: lists, by-ids for loaders, and what hangs below each.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::any_of,
    filter::{Criteria, Filter, IdComparator},
    id::DepartmentId,
    page::{Order, Page, Place, Slice},
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, entity::prelude::*,
};

use crate::queries::ranked::{contains, first_of_each};
use crate::{
    domain::{organisation::department::Department, people::person::Person},
    policy::VIEW_STAFF,
    store::{
        organisation::department::{Column, Entity},
        people::user::{self, Kind},
    },
};

/// What departments can be filtered by.
#[derive(Debug, Clone, Default)]
pub struct DepartmentCriteria {
    /// By what they are part of.
    pub parent_id: Option<IdComparator<DepartmentId>>,
    /// By whether they are active.
    pub is_active: Option<bool>,
    /// Part of the name or description.
    pub text: Option<String>,
}

impl Criteria for DepartmentCriteria {
    fn conditions(&self, backend: DbBackend) -> Result<Vec<Condition>> {
        let mut all = Vec::new();
        if let Some(parent) = &self.parent_id {
            all.extend(parent.conditions(backend, "parentId", Column::ParentId)?);
        }
        all.extend(self.is_active.map(|active| Condition::all().add(Column::IsActive.eq(active))));
        all.extend(self.text.as_ref().map(|text| contains(backend, text, &[Column::Name, Column::Description])));
        Ok(all)
    }
}

/// What departments can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepartmentField {
    /// As the tree is read: each before those below it.
    Path,
    /// By name.
    Name,
}

/// An order of departments.
#[derive(Debug, Clone, Copy)]
pub struct DepartmentOrder {
    /// By what.
    pub field: DepartmentField,
    /// Whether from the end.
    pub descending: bool,
}

impl DepartmentOrder {
    /// Where a row stands in this order.
    pub fn place(orders: &[Self], department: &Department) -> Place {
        let key = |order: &Self| match order.field {
            DepartmentField::Path => department.path.as_str().into(),
            DepartmentField::Name => department.name.as_str().into(),
        };
        Place { keys: orders.iter().map(key).collect(), id: department.id.0 }
    }

    fn column(self) -> Column {
        match self.field {
            DepartmentField::Path => Column::Path,
            DepartmentField::Name => Column::Name,
        }
    }
}

/// A page of departments.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`VIEW_STAFF`].
pub async fn departments(
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<DepartmentCriteria>,
    orders: &[DepartmentOrder],
    page: &Page,
) -> Result<Slice<Department>> {
    cx.require(VIEW_STAFF)?;
    let columns = orders.iter().map(|order| (order.column(), order.descending)).collect();
    let select = Entity::find().filter(filter.condition(conn.get_database_backend())?);
    Ok(page.slice(Order { columns, id: Column::Id }.apply(select, page).all(conn).await?))
}

/// How many departments the filter leaves.
pub async fn count_departments(conn: &Conn, cx: &Cx, filter: &Filter<DepartmentCriteria>) -> Result<u64> {
    cx.require(VIEW_STAFF)?;
    Ok(Entity::find().filter(filter.condition(conn.get_database_backend())?).count(conn).await?)
}

/// Departments by id. A department is shown with the people in it, so who may see the person may see it; what hangs above
/// and below it takes [`VIEW_STAFF`].
pub async fn departments_by_ids(conn: &Conn, ids: &[DepartmentId]) -> Result<HashMap<DepartmentId, Department>> {
    let rows = Entity::find().filter(any_of(conn.get_database_backend(), Column::Id, ids)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Where a department stands among those of its parent: by name.
pub fn child_place(department: &Department) -> Place {
    Place { keys: vec![department.name.as_str().into()], id: department.id.0 }
}

/// A page of the departments right below one.
pub async fn children(conn: &Conn, cx: &Cx, of: DepartmentId, page: &Page) -> Result<Slice<Department>> {
    let filter = Filter {
        criteria: DepartmentCriteria {
            parent_id: Some(IdComparator { eq: Some(of), is_in: None, or_absent: false, is_null: None }),
            ..DepartmentCriteria::default()
        },
        ..Filter::default()
    };
    if !cx.can(VIEW_STAFF) {
        return Ok(page.slice(Vec::new()));
    }
    departments(conn, cx, &filter, &[DepartmentOrder { field: DepartmentField::Name, descending: false }], page).await
}

/// The first (or last) `rows` departments right below each of many; from the end, in reverse.
pub async fn children_of_each(
    conn: &Conn,
    cx: &Cx,
    parents: &[DepartmentId],
    rows: u64,
    from_end: bool,
) -> Result<HashMap<DepartmentId, Vec<Department>>> {
    let mut found: HashMap<_, Vec<_>> = parents.iter().map(|id| (*id, Vec::new())).collect();
    if !parents.is_empty() && cx.can(VIEW_STAFF) {
        let which = Condition::all().add(any_of(conn.get_database_backend(), Column::ParentId, parents));
        let columns = [Column::Name, Column::Id];
        for row in
            first_of_each::<Entity>(Column::ParentId, &[Column::Id], &columns, which, rows, from_end).all(conn).await?
        {
            found.entry(row.parent_id.unwrap_or(row.id)).or_default().push(row);
        }
    }
    Ok(found)
}

/// How many departments are right below each of many.
pub async fn count_children_of_each(
    conn: &Conn,
    cx: &Cx,
    parents: &[DepartmentId],
) -> Result<HashMap<DepartmentId, u64>> {
    if !cx.can(VIEW_STAFF) {
        return Ok(HashMap::new());
    }
    let rows: Vec<(DepartmentId, i64)> = Entity::find()
        .select_only()
        .column(Column::ParentId)
        .column_as(Column::Id.count(), "n")
        .filter(any_of(conn.get_database_backend(), Column::ParentId, parents))
        .group_by(Column::ParentId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, n)| (id, n.unsigned_abs())).collect())
}

fn staff_of(backend: DbBackend, departments: &[DepartmentId]) -> Condition {
    Condition::all().add(user::Column::Kind.eq(Kind::Staff)).add(any_of(
        backend,
        user::Column::DepartmentId,
        departments,
    ))
}

/// Where a colleague stands among those of their department: by name.
pub fn colleague_place(person: &Person) -> Place {
    Place { keys: vec![person.by_name()], id: person.id.0 }
}

/// A page of the staff of one department.
pub async fn staff_of_department(conn: &Conn, cx: &Cx, of: DepartmentId, page: &Page) -> Result<Slice<Person>> {
    if !cx.can(VIEW_STAFF) {
        return Ok(page.slice(Vec::new()));
    }
    let order = Order { columns: vec![(user::Column::Name, false)], id: user::Column::Id };
    let select = user::Entity::find().filter(staff_of(conn.get_database_backend(), &[of]));
    Ok(page.slice(order.apply(select, page).into_partial_model::<Person>().all(conn).await?))
}

/// The first (or last) `rows` colleagues of each of many departments; from the end, in reverse.
pub async fn staff_of_each(
    conn: &Conn,
    cx: &Cx,
    departments: &[DepartmentId],
    rows: u64,
    from_end: bool,
) -> Result<HashMap<DepartmentId, Vec<Person>>> {
    let mut found: HashMap<_, Vec<_>> = departments.iter().map(|id| (*id, Vec::new())).collect();
    if !departments.is_empty() && cx.can(VIEW_STAFF) {
        let which = staff_of(conn.get_database_backend(), departments);
        let (key, columns) = ([user::Column::Id], [user::Column::Name, user::Column::Id]);
        let select = first_of_each::<user::Entity>(user::Column::DepartmentId, &key, &columns, which, rows, from_end);
        for person in select.into_partial_model::<Person>().all(conn).await? {
            if let Some(department) = person.department_id {
                found.entry(department).or_default().push(person);
            }
        }
    }
    Ok(found)
}

/// How many colleagues each of many departments has.
pub async fn count_staff_of_each(
    conn: &Conn,
    cx: &Cx,
    departments: &[DepartmentId],
) -> Result<HashMap<DepartmentId, u64>> {
    if !cx.can(VIEW_STAFF) {
        return Ok(HashMap::new());
    }
    let rows: Vec<(DepartmentId, i64)> = user::Entity::find()
        .select_only()
        .column(user::Column::DepartmentId)
        .column_as(user::Column::Id.count(), "n")
        .filter(staff_of(conn.get_database_backend(), departments))
        .group_by(user::Column::DepartmentId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, n)| (id, n.unsigned_abs())).collect())
}
