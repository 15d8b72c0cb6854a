//! Departments.

use async_graphql::{ComplexObject, Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{
    CreateDepartment, MoveDepartment, UpdateDepartment, create_department, departments, entities::department,
    move_department, records::Departments, update_department,
};
use kernel::{Error, ProblemCode, id::DepartmentId, page::PageArgs};

use crate::graphql::identity::{
    access::permission::Permission,
    people::types::{IntoId, StaffConnection},
};
use crate::{
    connection, filter,
    graphql::{
        directives::requires,
        errors::{self, Result},
        filters::{IdComparator, OrderDirection},
        loaders::By,
        records::{list, nested, ordered, write},
        scalars::id,
        scope::scope,
    },
    order, payload,
};

/// A department of the company, one of a tree.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Department {
    /// Its id, `dep_…`.
    pub id: ID,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether other departments can still be put into it.
    pub is_active: bool,
    /// How many departments are above it: 0 at the top.
    pub level: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: DepartmentId,
    #[graphql(skip)]
    parent_id: Option<DepartmentId>,
    #[graphql(skip)]
    ancestor_ids: Vec<DepartmentId>,
}

impl From<&identity::Department> for Department {
    fn from(department: &identity::Department) -> Self {
        Self {
            id: department.id.into_id(),
            name: department.name.clone(),
            description: department.description.clone(),
            is_active: department.is_active,
            level: department.level,
            created_at: department.created_at,
            updated_at: department.updated_at,
            key: department.id,
            parent_id: department.parent_id,
            ancestor_ids: department.ancestor_ids(),
        }
    }
}

impl From<identity::Department> for Department {
    fn from(department: identity::Department) -> Self {
        (&department).into()
    }
}

connection!(DepartmentConnection, DepartmentEdge, Department, identity::Department, "departments");

/// A department, where the viewer may see all of them.
pub async fn department(ctx: &Context<'_>, id: Option<DepartmentId>) -> Result<Option<Department>> {
    let scope = scope(ctx);
    match id {
        Some(id) if scope.cx().can(identity::VIEW_STAFF) => {
            Ok(scope.loaders.load_one(By::<Departments>(id)).await?.map(|department| department.as_ref().into()))
        }
        _ => Ok(None),
    }
}

/// What the viewer may do with a department.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct DepartmentViewerCan {
    /// Change it, and move it to another place in the tree.
    pub update: bool,
}

#[ComplexObject]
impl Department {
    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> DepartmentViewerCan {
        DepartmentViewerCan { update: scope(ctx).cx().can(identity::MANAGE_DEPARTMENTS) }
    }

    /// What it is part of; null at the top, or without the permission to see staff.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Department>> {
        Box::pin(department(ctx, self.parent_id)).await
    }

    /// The departments above it, from the top down; at most 15. None without the permission to see staff.
    async fn ancestors(&self, ctx: &Context<'_>) -> Result<Vec<Department>> {
        Box::pin(async move {
            let scope = scope(ctx);
            if self.ancestor_ids.is_empty() || !scope.cx().can(identity::VIEW_STAFF) {
                return Ok(Vec::new());
            }
            let found = self.ancestor_ids.iter().map(|id| scope.loaders.load_one(By::<Departments>(*id)));
            let found = futures_util::future::try_join_all(found).await?;
            Ok(found.into_iter().flatten().map(|known| known.as_ref().into()).collect())
        })
        .await
    }

    /// The departments right below it, by name. None without the permission to see staff.
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<DepartmentConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, departments::Children, self.key, page).await?.into())
        })
        .await
    }

    /// The colleagues in it, by name; not those of the departments below it. None without the permission to see staff.
    async fn staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<StaffConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, departments::Colleagues, self.key, page).await?.into())
        })
        .await
    }
}

filter! {
    /// Which departments. All parts given must hold.
    DepartmentFilter of Departments {
        /// What they are part of; `isNull` finds those at the top.
        parent_id: IdComparator,
        /// Whether they are active.
        is_active: bool,
        /// Part of their name or description, in any spelling; at most 200 characters.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
    }
    |level, leaves| {
        leaves.id::<DepartmentId>(departments::BY_PARENT, level.parent_id)?;
        leaves.is(departments::BY_IS_ACTIVE, level.is_active);
        leaves.text(departments::BY_TEXT, level.text);
    }
}

order! {
    "departments": DepartmentOrder, DepartmentOrderField of Departments, ascending {
        /// As the tree is read: each before those below it.
        Path,
        /// By name.
        Name,
    }
}

/// Reading departments.
#[derive(Default)]
pub struct DepartmentQuery;

#[Object]
impl DepartmentQuery {
    /// A department; null where there is none that the viewer may see.
    #[graphql(name = "department")]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "`dep_…`")] id: ID) -> Result<Option<Department>> {
        let id = crate::graphql::scalars::id("id", &id)?;
        scope(ctx).cx().user()?;
        department(ctx, Some(id)).await
    }

    /// Departments, as the tree is read unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewStaff))]
    async fn departments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<DepartmentFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<DepartmentOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<DepartmentConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (department::Column::Path, false));
        Ok(list(ctx, "departments", filter, order, page).await?.into())
    }
}

/// A department is to be made.
#[derive(Clone, InputObject)]
pub struct CreateDepartmentInput {
    /// Its name, 1–200 characters, unique among the departments at its place.
    pub name: String,
    /// What it is for, at most 2000 characters.
    pub description: Option<String>,
    /// What it is to be part of; without it, it is at the top. The tree has at most 16 levels.
    pub parent_id: Option<ID>,
}

payload! {
    /// What came of making a department.
    CreateDepartmentPayload {
        /// The department.
        department: Department as identity::Department
    }
}

/// A department is to be changed. What is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateDepartmentInput {
    /// The department.
    pub department_id: ID,
    /// Its name, 1–200 characters, unique among the departments at its place.
    pub name: Option<String>,
    /// What it is for, at most 2000 characters; null clears it.
    pub description: MaybeUndefined<String>,
    /// Whether other departments can still be put into it.
    pub is_active: Option<bool>,
}

payload! {
    /// What came of changing a department.
    UpdateDepartmentPayload {
        /// The department.
        department: Department as identity::Department
    }
}

/// A department is to be moved with all below it.
#[derive(Clone, InputObject)]
pub struct MoveDepartmentInput {
    /// The department.
    pub department_id: ID,
    /// What it is to be part of; null moves it to the top. Must be given.
    pub parent_id: MaybeUndefined<ID>,
}

payload! {
    /// What came of moving a department.
    MoveDepartmentPayload {
        /// The department.
        department: Department as identity::Department
    }
}

/// Keeping departments.
#[derive(Default)]
pub struct DepartmentMutation;

#[Object]
impl DepartmentMutation {
    /// Makes a department.
    #[graphql(directive = requires::apply(Permission::ManageDepartments))]
    async fn create_department(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateDepartmentInput,
    ) -> Result<CreateDepartmentPayload> {
        let parent = input.parent_id.as_ref().map(|parent| id("input.parentId", parent)).transpose()?;
        let cmd = CreateDepartment { name: input.name, description: input.description, parent };
        Ok(write(ctx, "department.create", cmd, |tx, cx, cmd| async move { create_department(&tx, &cx, &cmd).await })
            .await?
            .into())
    }

    /// Changes a department. None is ever deleted; one that is not in use is deactivated.
    #[graphql(directive = requires::apply(Permission::ManageDepartments))]
    async fn update_department(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateDepartmentInput,
    ) -> Result<UpdateDepartmentPayload> {
        let cmd = UpdateDepartment {
            id: id("input.departmentId", &input.department_id)?,
            name: input.name,
            description: crate::graphql::identity::cleared(input.description),
            is_active: input.is_active,
        };
        Ok(write(ctx, "department.update", cmd, |tx, cx, cmd| async move { update_department(&tx, &cx, &cmd).await })
            .await?
            .into())
    }

    /// Moves a department, with all below it, below another one or to the top. It cannot go below itself.
    #[graphql(directive = requires::apply(Permission::ManageDepartments))]
    async fn move_department(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: MoveDepartmentInput,
    ) -> Result<MoveDepartmentPayload> {
        let department = id("input.departmentId", &input.department_id)?;
        let parent = match &input.parent_id {
            MaybeUndefined::Value(parent) => Some(id("input.parentId", parent)?),
            MaybeUndefined::Null => None,
            MaybeUndefined::Undefined => {
                let missing = Error::invalid("parentId", ProblemCode::Blank, "must be given; null moves it to the top");
                return Ok(errors::payload::<identity::Department>(Err(missing))?.into());
            }
        };
        let cmd = MoveDepartment { id: department, parent };
        Ok(write(ctx, "department.move", cmd, |tx, cx, cmd| async move { move_department(&tx, &cx, &cmd).await })
            .await?
            .into())
    }
}
