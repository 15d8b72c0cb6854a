//! Reading people.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use identity::{StaffCriteria, StaffField};

use super::types::{Permission, Staff, StaffConnection, Viewer};
use crate::{
    filter_tree,
    graphql::{
        errors::Result,
        filters::{DateTimeComparator, IdComparator, OrderDirection},
        paging::{List, orders},
        schema::requires,
        scope::scope,
    },
};

/// Which staff members. All parts given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct StaffFilter {
    /// Whether they may sign in.
    pub is_active: Option<bool>,
    /// Their role.
    pub role_id: Option<IdComparator>,
    /// Their department.
    pub department_id: Option<IdComparator>,
    /// Since when they are here.
    pub created_at: Option<DateTimeComparator>,
    /// Part of their name or address, in any case; at most 200 characters.
    #[graphql(validator(chars_max_length = 200))]
    pub text: Option<String>,
    /// All of these.
    pub and: Option<Vec<StaffFilter>>,
    /// Any of these; an empty list is none.
    pub or: Option<Vec<StaffFilter>>,
    /// Not this.
    pub not: Option<Box<StaffFilter>>,
}

filter_tree!(StaffFilter, StaffCriteria, |level, _scope| StaffCriteria {
    is_active: level.is_active,
    role_id: level.role_id.map(|by| by.of("roleId")).transpose()?,
    department_id: level.department_id.map(|by| by.of("departmentId")).transpose()?,
    created_at: level.created_at.map(|by| by.of("createdAt")).transpose()?,
    text: level.text,
});

/// What staff members can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum StaffOrderField {
    /// By name.
    Name,
    /// By when they were added.
    CreatedAt,
}

/// An order of staff members.
#[derive(Debug, Clone, InputObject)]
pub struct StaffOrder {
    /// By what.
    pub field: StaffOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

impl From<StaffOrder> for identity::StaffOrder {
    fn from(order: StaffOrder) -> Self {
        let field = match order.field {
            StaffOrderField::Name => StaffField::Name,
            StaffOrderField::CreatedAt => StaffField::CreatedAt,
        };
        Self { field, descending: order.direction == OrderDirection::Desc }
    }
}

/// Reading people.
#[derive(Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// Who asks, in which company, with which permissions. Works signed out too.
    async fn viewer(&self, ctx: &Context<'_>) -> Viewer {
        Viewer::of(&scope(ctx).cx())
    }

    /// A staff member; null where there is none that the viewer may see.
    async fn staff(&self, ctx: &Context<'_>, #[graphql(desc = "`stf_…`")] id: ID) -> Result<Option<Staff>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.staff()?;
        let id = crate::graphql::scalars::id("id", &id)?;
        let conn = scope.app.db.reader(&cx).await?;
        Ok(identity::staff_by_ids(&conn, &cx, &[id]).await?.remove(&id).map(Into::into))
    }

    /// Staff members, by name unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewStaff))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn staff_members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<StaffFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<StaffOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<StaffConnection> {
        let scope = scope(ctx);
        scope.cx().require(identity::VIEW_STAFF)?;
        let filter = filter.unwrap_or_default().build(scope)?;
        let orders = orders(order_by, identity::StaffOrder { field: StaffField::Name, descending: false })?;
        let list = List::new(scope, &format!("staff {orders:?}"), first, after, last, before)?;
        let slice = identity::staff_members(&list.conn().await?, &list.cx, &filter, &orders, &list.page).await?;
        let look = ctx.look_ahead();
        super::prime(scope, &slice.rows, &[look.field("nodes"), look.field("edges").field("node")]).await?;
        let place = |row: &identity::Staff| identity::StaffOrder::place(&orders, row);
        let count = list.count(move |conn, cx| {
            let filter = filter.clone();
            async move { identity::count(&conn, &cx, &filter).await }
        });
        Ok(StaffConnection::of(list, slice, place, count))
    }
}
