//! Reading people.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use identity::{PersonCriteria, PersonField, PersonOrder, UserKind};
use kernel::{
    filter::Filter,
    id::{ClientId, StaffId, UserId},
    page::Slice,
};

use super::types::{Client, ClientConnection, Staff, StaffConnection, User};
use crate::graphql::identity::{access::permission::Permission, sessions::viewer::Viewer};
use crate::{
    filter_tree,
    graphql::{
        directives::requires,
        errors::Result,
        filters::{DateTimeComparator, IdComparator, OrderDirection},
        paging::{List, orders},
        scope::scope,
    },
};

/// Which staff members. All parts given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct StaffFilter {
    /// Whether they may sign in.
    pub is_active: Option<bool>,
    /// Whether they have a second factor.
    pub has_totp: Option<bool>,
    /// Their role.
    pub role_id: Option<IdComparator>,
    /// Their department.
    pub department_id: Option<IdComparator>,
    /// A team that they belong to.
    pub team_id: Option<ID>,
    /// Since when they are here.
    pub created_at: Option<DateTimeComparator>,
    /// When they last signed in.
    pub last_sign_in_at: Option<DateTimeComparator>,
    /// Part of one of their names, their address or telephone number, in any case; at most 200 characters.
    #[graphql(validator(chars_max_length = 200))]
    pub text: Option<String>,
    /// All of these.
    pub and: Option<Vec<StaffFilter>>,
    /// Any of these; an empty list is none.
    pub or: Option<Vec<StaffFilter>>,
    /// Not this.
    pub not: Option<Box<StaffFilter>>,
}

filter_tree!(StaffFilter, PersonCriteria, |level, _scope| PersonCriteria {
    is_active: level.is_active,
    has_totp: level.has_totp,
    role_id: level.role_id.map(|by| by.of("roleId")).transpose()?,
    department_id: level.department_id.map(|by| by.of("departmentId")).transpose()?,
    team_id: level.team_id.map(|id| crate::graphql::scalars::id("filter.teamId", &id)).transpose()?,
    created_at: level.created_at.map(|by| by.of("createdAt")).transpose()?,
    last_sign_in_at: level.last_sign_in_at.map(|by| by.of("lastSignInAt")).transpose()?,
    text: level.text,
    ..PersonCriteria::default()
});

/// Which clients. All parts given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ClientFilter {
    /// Whether they may sign in.
    pub is_active: Option<bool>,
    /// Whether mail to their address was shown to reach them.
    pub is_verified: Option<bool>,
    /// The department that looks after them.
    pub department_id: Option<IdComparator>,
    /// Since when they are here.
    pub created_at: Option<DateTimeComparator>,
    /// When they last signed in.
    pub last_sign_in_at: Option<DateTimeComparator>,
    /// Part of one of their names, their address, company or telephone number, in any case; at most 200 characters.
    #[graphql(validator(chars_max_length = 200))]
    pub text: Option<String>,
    /// All of these.
    pub and: Option<Vec<ClientFilter>>,
    /// Any of these; an empty list is none.
    pub or: Option<Vec<ClientFilter>>,
    /// Not this.
    pub not: Option<Box<ClientFilter>>,
}

filter_tree!(ClientFilter, PersonCriteria, |level, _scope| PersonCriteria {
    is_active: level.is_active,
    is_verified: level.is_verified,
    department_id: level.department_id.map(|by| by.of("departmentId")).transpose()?,
    created_at: level.created_at.map(|by| by.of("createdAt")).transpose()?,
    last_sign_in_at: level.last_sign_in_at.map(|by| by.of("lastSignInAt")).transpose()?,
    text: level.text,
    ..PersonCriteria::default()
});

macro_rules! order_of_people {
    ($(#[$doc:meta])* $order:ident, $(#[$field_doc:meta])* $field:ident) => {
        $(#[$field_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        pub enum $field {
            /// By name.
            Name,
            /// By when they were added.
            CreatedAt,
        }

        $(#[$doc])*
        #[derive(Debug, Clone, InputObject)]
        pub struct $order {
            /// By what.
            pub field: $field,
            /// In which direction.
            #[graphql(default_with = "OrderDirection::Asc")]
            pub direction: OrderDirection,
        }

        impl From<$order> for PersonOrder {
            fn from(order: $order) -> Self {
                let field = match order.field {
                    $field::Name => PersonField::Name,
                    $field::CreatedAt => PersonField::CreatedAt,
                };
                Self { field, descending: order.direction == OrderDirection::Desc }
            }
        }
    };
}

order_of_people!(
    /// An order of staff members.
    StaffOrder,
    /// What staff members can be ordered by.
    StaffOrderField
);
order_of_people!(
    /// An order of clients.
    ClientOrder,
    /// What clients can be ordered by.
    ClientOrderField
);

const BY_NAME: PersonOrder = PersonOrder { field: PersonField::Name, descending: false };

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
        let id: StaffId = crate::graphql::scalars::id("id", &id)?;
        Ok(match one(ctx, id.into()).await? {
            Some(User::Staff(staff)) => Some(staff),
            Some(User::Client(_)) | None => None,
        })
    }

    /// A client; null where there is none that the viewer may see.
    async fn client(&self, ctx: &Context<'_>, #[graphql(desc = "`cli_…`")] id: ID) -> Result<Option<Client>> {
        let id: ClientId = crate::graphql::scalars::id("id", &id)?;
        Ok(match one(ctx, id.into()).await? {
            Some(User::Client(client)) => Some(client),
            Some(User::Staff(_)) | None => None,
        })
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
        let orders = orders(order_by, BY_NAME)?;
        let list = List::new(scope, &format!("staff {orders:?}"), first, after, last, before)?;
        let slice = people(&list, UserKind::Staff, &filter, &orders).await?;
        let place = |row: &identity::Person| PersonOrder::place(&orders, row);
        let count = list.count(move |conn, cx| {
            let filter = filter.clone();
            async move { identity::count_people(&conn, &cx, UserKind::Staff, &filter).await }
        });
        Ok(StaffConnection::of(list, slice, place, count))
    }

    /// Clients, by name unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewClients))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn clients(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<ClientFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<ClientOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ClientConnection> {
        let scope = scope(ctx);
        scope.cx().require(identity::VIEW_CLIENTS)?;
        let filter = filter.unwrap_or_default().build(scope)?;
        let orders = orders(order_by, BY_NAME)?;
        let list = List::new(scope, &format!("clients {orders:?}"), first, after, last, before)?;
        let slice = people(&list, UserKind::Client, &filter, &orders).await?;
        let place = |row: &identity::Person| PersonOrder::place(&orders, row);
        let count = list.count(move |conn, cx| {
            let filter = filter.clone();
            async move { identity::count_people(&conn, &cx, UserKind::Client, &filter).await }
        });
        Ok(ClientConnection::of(list, slice, place, count))
    }
}

/// A person as they are now, not as they were a moment ago.
async fn one(ctx: &Context<'_>, id: UserId) -> Result<Option<User>> {
    let scope = scope(ctx);
    let cx = scope.cx();
    cx.user()?;
    let conn = scope.app.db.reader(&cx).await?;
    Ok(identity::people_by_ids(&conn, &cx, &[id]).await?.get(&id).map(Into::into))
}

/// A page of people of a kind.
async fn people(
    list: &List,
    kind: UserKind,
    filter: &Filter<PersonCriteria>,
    orders: &[PersonOrder],
) -> Result<Slice<identity::Person>> {
    Ok(identity::people(&list.conn().await?, &list.cx, kind, filter, orders, &list.page).await?)
}
