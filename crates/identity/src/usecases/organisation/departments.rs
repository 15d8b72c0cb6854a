//! Departments are made, changed and moved. None is ever deleted: one that is not in use is deactivated.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::DepartmentId,
    record::{self, Records},
    text::{Check, rename, same_name},
};

use crate::{
    domain::organisation::department::{Department, DepartmentMoved, Departments, Place},
    policy::MANAGE_DEPARTMENTS,
    ports::organisation::departments::DepartmentTree,
};

/// The longest name and description, in characters.
const NAME: usize = 200;
const DESCRIPTION: usize = 2000;

/// A department to be made.
#[derive(Debug, Clone, Default)]
pub struct CreateDepartment {
    /// Its name, unique among those beside it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it is part of.
    pub parent: Option<DepartmentId>,
}

/// What is to be changed of a department; what is absent stays.
#[derive(Debug, Clone)]
pub struct UpdateDepartment {
    /// The department.
    pub id: DepartmentId,
    /// Its name, unique among those beside it.
    pub name: Option<String>,
    /// What it is for; empty clears it.
    pub description: Option<String>,
    /// Whether people and departments can still be put into it.
    pub is_active: Option<bool>,
}

/// A department to be moved.
#[derive(Debug, Clone)]
pub struct MoveDepartment {
    /// The department, which takes all below it along.
    pub id: DepartmentId,
    /// What it is to be part of; `None` makes it a root.
    pub parent: Option<DepartmentId>,
}

/// The department that another one is put into.
async fn parent<S: Records<Departments>>(s: &S, cx: &Cx, id: Option<DepartmentId>) -> Result<Option<Department>> {
    let Some(id) = id else { return Ok(None) };
    let parent = match s.lock(cx, id).await {
        Err(Error::NotFound { .. }) => {
            return Err(Error::invalid("parentId", ProblemCode::NotAvailable, "there is no such department"));
        }
        found => found?,
    };
    parent.check_takes_children()?;
    Ok(Some(parent))
}

/// Makes a department.
///
/// # Errors
/// [`Error::Invalid`] for a bad or taken name, a parent that is not there, not active or too deep.
pub async fn create_department<S: Records<Departments> + DepartmentTree + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &CreateDepartment,
) -> Result<Department> {
    cx.require(MANAGE_DEPARTMENTS)?;
    let mut check = Check::default();
    let name = check.line("name", &cmd.name, NAME);
    let description = check.optional_body("description", cmd.description.as_deref(), DESCRIPTION);
    check.done()?;
    // The parent stays where it is until this has been written.
    s.lock_tree().await?;
    let parent = parent(s, cx, cmd.parent).await?;
    let id = cx.new_id();
    let place = Place::below(parent.as_ref(), id);
    place.check_depth(1)?;
    let department = Department {
        id,
        name_folded: Some(same_name(&name)),
        name,
        description,
        is_active: true,
        parent_id: place.parent,
        path: place.path,
        level: place.level,
        created_at: cx.now,
        updated_at: cx.now,
    };
    record::add::<Departments, _>(s, cx, department).await
}

/// Changes a department.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a bad or taken name.
pub async fn update_department<S: Records<Departments> + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &UpdateDepartment,
) -> Result<Department> {
    cx.require(MANAGE_DEPARTMENTS)?;
    let before = s.lock(cx, cmd.id).await?;
    let mut after = before.clone();
    let mut check = Check::default();
    if let Some(name) = &cmd.name {
        rename(&mut after.name, &mut after.name_folded, check.line("name", name, NAME));
    }
    if let Some(description) = &cmd.description {
        after.description = check.optional_body("description", Some(description), DESCRIPTION);
    }
    check.done()?;
    after.is_active = cmd.is_active.unwrap_or(before.is_active);
    record::save::<Departments, _>(s, cx, before, after).await
}

/// Moves a department, with all below it, below another one or to the top.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a parent that is not there or not active, that is the department itself or
/// below it, so deep that the subtree does not fit, or where another department has its name.
pub async fn move_department<S: Records<Departments> + DepartmentTree + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &MoveDepartment,
) -> Result<Department> {
    cx.require(MANAGE_DEPARTMENTS)?;
    // Two moves at the same time could each be right alone and make a circle together.
    s.lock_tree().await?;
    let mut department = s.lock(cx, cmd.id).await?;
    if department.parent_id == cmd.parent {
        return Ok(department);
    }
    let parent = parent(s, cx, cmd.parent).await?;
    if parent.as_ref().is_some_and(|parent| department.holds(parent)) {
        let message = "a department cannot be moved into itself or below itself";
        return Err(Error::invalid("parentId", ProblemCode::NotAllowed, message));
    }
    let place = Place::below(parent.as_ref(), department.id);
    place.check_depth(s.levels(&department).await?)?;
    s.move_subtree(&department, &place, cx.now).await?;
    s.emit(cx, &DepartmentMoved { department: department.id, from: department.parent_id, to: place.parent });
    (department.parent_id, department.path, department.level) = (place.parent, place.path, place.level);
    department.updated_at = cx.now;
    Ok(department)
}
