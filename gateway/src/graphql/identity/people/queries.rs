//! Reading people.

use async_graphql::{Context, ID, Object};
use identity::{UserKind, entities::user::Column, people_by, records::People};
use kernel::{
    id::{ClientId, DepartmentId, RoleId, StaffId, UserId},
    page::{Order, PageArgs},
    record,
};

use super::types::{Client, ClientConnection, ClientTier, Staff, StaffConnection, User};
use crate::graphql::identity::{access::permission::Permission, sessions::viewer::Viewer};
use crate::{
    comparator, filter,
    graphql::{
        directives::requires,
        errors::Result,
        filters::{DateTimeComparator, FilterInput, IdComparator, OrderDirection},
        paging::{List, Listed},
        records::ordered,
        scalars::id,
        scope::scope,
    },
    order,
};

filter! {
    /// Which staff members. All parts given must hold.
    StaffFilter of People {
        /// Whether they may sign in.
        is_active: bool,
        /// Whether they have a second factor.
        has_totp: bool,
        /// Their role.
        role_id: IdComparator,
        /// Their department.
        department_id: IdComparator,
        /// A team that they belong to.
        team_id: ID,
        /// Since when they are here.
        created_at: DateTimeComparator,
        /// When they last signed in.
        last_sign_in_at: DateTimeComparator,
        /// Part of one of their names, their address or telephone number, in any spelling; at most 200 characters.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
    }
    |level, leaves| {
        leaves.is(people_by::IS_ACTIVE, level.is_active);
        leaves.is_set(people_by::HAS_TOTP, level.has_totp);
        leaves.id::<RoleId>(people_by::ROLE, level.role_id)?;
        leaves.id::<DepartmentId>(people_by::DEPARTMENT, level.department_id)?;
        leaves.also(level.team_id.map(|team| id("filter.teamId", &team)).transpose()?.map(people_by::team));
        leaves.time(people_by::CREATED_AT, level.created_at)?;
        leaves.time(people_by::LAST_SIGN_IN_AT, level.last_sign_in_at)?;
        leaves.text(people_by::TEXT, level.text);
    }
}

comparator!(
    /// Comparisons with how much a client is promised.
    ClientTierComparator of ClientTier as identity::ClientTier
);

filter! {
    /// Which clients. All parts given must hold.
    ClientFilter of People {
        /// Whether they may sign in.
        is_active: bool,
        /// Whether mail to their address was shown to reach them.
        is_verified: bool,
        /// The department that looks after them.
        department_id: IdComparator,
        /// How much they are promised; of whom nobody said has none.
        tier: ClientTierComparator,
        /// Since when they are here.
        created_at: DateTimeComparator,
        /// When they last signed in.
        last_sign_in_at: DateTimeComparator,
        /// Part of one of their names, their address, company or telephone number, in any spelling; at most 200 characters.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
    }
    |level, leaves| {
        leaves.is(people_by::IS_ACTIVE, level.is_active);
        leaves.is_set(people_by::IS_VERIFIED, level.is_verified);
        leaves.id::<DepartmentId>(people_by::DEPARTMENT, level.department_id)?;
        leaves.value::<identity::ClientTier>(people_by::TIER, level.tier)?;
        leaves.time(people_by::CREATED_AT, level.created_at)?;
        leaves.time(people_by::LAST_SIGN_IN_AT, level.last_sign_in_at)?;
        leaves.text(people_by::TEXT, level.text);
    }
}

order! {
    "staff members": StaffOrder, StaffOrderField of People, ascending {
        /// By name.
        Name,
        /// By when they were added.
        CreatedAt,
    }
}

order! {
    "clients": ClientOrder, ClientOrderField of People, ascending {
        /// By name.
        Name,
        /// By when they were added.
        CreatedAt,
    }
}

const BY_NAME: (Column, bool) = (Column::Name, false);

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
        let id: StaffId = self::id("id", &id)?;
        Ok(match one(ctx, id.into()).await? {
            Some(User::Staff(staff)) => Some(staff),
            Some(User::Client(_)) | None => None,
        })
    }

    /// A client; null where there is none that the viewer may see.
    async fn client(&self, ctx: &Context<'_>, #[graphql(desc = "`cli_…`")] id: ID) -> Result<Option<Client>> {
        let id: ClientId = self::id("id", &id)?;
        Ok(match one(ctx, id.into()).await? {
            Some(User::Client(client)) => Some(client),
            Some(User::Staff(_)) | None => None,
        })
    }

    /// Staff members, by name unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewStaff))]
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
        scope(ctx).cx().require(identity::VIEW_STAFF)?;
        let page = PageArgs { first, after, last, before };
        Ok(people(ctx, "staff", UserKind::Staff, filter, ordered(order_by, BY_NAME)?, page).await?.into())
    }

    /// Clients, by name unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewClients))]
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
        scope(ctx).cx().require(identity::VIEW_CLIENTS)?;
        let page = PageArgs { first, after, last, before };
        Ok(people(ctx, "clients", UserKind::Client, filter, ordered(order_by, BY_NAME)?, page).await?.into())
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
async fn people<F: FilterInput<Of = People>>(
    ctx: &Context<'_>,
    name: &str,
    kind: UserKind,
    filter: Option<F>,
    order: Order<Column>,
    page: PageArgs,
) -> Result<Listed<identity::Person>> {
    let scope = scope(ctx);
    let filter = filter.unwrap_or_default().build(scope)?;
    let list = List::new(scope, &format!("{name} {:?}", order.columns), &page)?;
    let read = async { identity::people(&list.conn().await?, &list.cx, kind, &filter, &order, &list.page).await };
    let slice = list.rows(ctx, read).await?;
    let count = list.count(move |conn, cx, _| {
        let filter = filter.clone();
        async move { identity::count_people(&conn, &cx, kind, &filter).await }
    });
    Ok(Listed::new(list, slice, |row| record::place::<People>(&order, row), count))
}
