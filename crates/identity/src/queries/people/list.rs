//! Staff members and clients: lists, and by-ids for loaders.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Permission, Result,
    id::{ClientId, StaffId, UserId},
    page::{Order, Page, Slice},
    part_of,
    record::{Filter, Record},
};
use sea_orm::{Condition, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, entity::prelude::*};

use crate::{
    domain::people::person::Person,
    policy::{MANAGE_STAFF, VIEW_CLIENTS, VIEW_STAFF},
    store::people::user::{self, ClientTier, Kind},
};

impl Record for user::Entity {
    type Id = UserId;
    type Row = Person;
    const WHAT: &'static str = "User";
    const ID: user::Column = user::Column::Id;

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        Some(visible_people(cx))
    }
}

part_of!(Person: user::Entity {
    Id: id, Name: name, CreatedAt: created_at, DepartmentId: department_id
});

/// What people are found by.
pub mod people_by {
    use kernel::{id::TeamId, record::Field};
    use sea_orm::{Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, entity::prelude::*};

    use crate::store::{organisation::team_member, people::user::Column};

    /// By whether they may sign in.
    pub const IS_ACTIVE: Field<Column> = Field::new("isActive", &[Column::IsActive]);
    /// By whether mail to their address was shown to reach them.
    pub const IS_VERIFIED: Field<Column> = Field::new("isVerified", &[Column::EmailVerifiedAt]);
    /// By whether they have a second factor.
    pub const HAS_TOTP: Field<Column> = Field::new("hasTotp", &[Column::TotpConfirmedAt]);
    /// By role.
    pub const ROLE: Field<Column> = Field::new("roleId", &[Column::RoleId]);
    /// By department.
    pub const DEPARTMENT: Field<Column> = Field::new("departmentId", &[Column::DepartmentId]);
    /// By how much they are promised.
    pub const TIER: Field<Column> = Field::new("tier", &[Column::Tier]);
    /// Since when they are here.
    pub const CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);
    /// When they last signed in.
    pub const LAST_SIGN_IN_AT: Field<Column> = Field::new("lastSignInAt", &[Column::LastSignInAt]);
    /// Part of a name, the address, the company or the telephone number.
    pub const TEXT: Field<Column> = Field::new(
        "text",
        &[
            Column::Name,
            Column::FirstName,
            Column::LastName,
            Column::Email,
            Column::Company,
            Column::Phone,
            Column::PhoneTyped,
        ],
    );

    /// Those who belong to a team.
    pub fn team(team: TeamId) -> Condition {
        let members = team_member::Entity::find().select_only().column(team_member::Column::UserId);
        let members = members.filter(team_member::Column::TeamId.eq(team)).into_query();
        Condition::all().add(Column::Id.in_subquery(members))
    }
}

/// What seeing all people of a kind needs.
fn view(kind: Kind) -> Permission {
    match kind {
        Kind::Staff => VIEW_STAFF,
        Kind::Client => VIEW_CLIENTS,
    }
}

fn of_kind(kind: Kind) -> Select<user::Entity> {
    user::Entity::find().filter(user::Column::Kind.eq(kind))
}

/// A page of the people of a kind.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`VIEW_STAFF`] or [`VIEW_CLIENTS`].
pub async fn people(
    conn: &Conn,
    cx: &Cx,
    kind: Kind,
    filter: &Filter<user::Entity>,
    order: &Order<user::Column>,
    page: &Page,
) -> Result<Slice<Person>> {
    cx.require(view(kind))?;
    let select = of_kind(kind).filter(filter.condition());
    let rows = order.apply(select, page).into_partial_model::<Person>().all(conn).await?;
    Ok(page.slice(rows))
}

/// How many people of a kind the filter leaves.
pub async fn count_people(conn: &Conn, cx: &Cx, kind: Kind, filter: &Filter<user::Entity>) -> Result<u64> {
    cx.require(view(kind))?;
    Ok(of_kind(kind).filter(filter.condition()).count(conn).await?)
}

/// The people that the actor may see, of both kinds: all of those kinds that they may see, and themselves.
pub(crate) fn visible_people(cx: &Cx) -> Condition {
    let kinds = [Kind::Staff, Kind::Client].into_iter().filter(|kind| cx.can(view(*kind)));
    let any = Condition::any().add(user::Column::Kind.is_in(kinds));
    match cx.person() {
        Ok(own) => any.add(user::Column::Id.eq(own.id)),
        Err(_) => any,
    }
}

/// People by id, as far as the actor may see them.
pub async fn people_by_ids(conn: &Conn, cx: &Cx, ids: &[UserId]) -> Result<HashMap<UserId, Person>> {
    kernel::record::by_ids::<user::Entity>(conn, cx, ids).await
}

/// The colleague with this address who was deactivated, for those who may bring them back and see them.
pub async fn deactivated_colleague(conn: &Conn, cx: &Cx, email: &str) -> Result<Option<Person>> {
    let Some(email) = kernel::text::email(email).filter(|_| cx.can(MANAGE_STAFF)) else { return Ok(None) };
    let gone = of_kind(Kind::Staff)
        .filter(user::Column::Email.eq(email))
        .filter(user::Column::IsActive.eq(false))
        .filter(visible_people(cx));
    Ok(gone.into_partial_model::<Person>().one(conn).await?)
}

/// The active client with this address, for other contexts that know somebody by it, where the actor sees clients.
pub async fn client_with_address(conn: &Conn, cx: &Cx, email: &str) -> Result<Option<ClientId>> {
    let active = of_kind(Kind::Client).filter(user::Column::Email.eq(email)).filter(user::Column::IsActive.eq(true));
    let found = active.filter(visible_people(cx)).one(conn).await?;
    Ok(found.map(|person| ClientId(person.id.0)))
}

/// The same of many addresses.
pub async fn clients_with_addresses(conn: &Conn, cx: &Cx, emails: &[String]) -> Result<HashMap<String, ClientId>> {
    if emails.is_empty() {
        return Ok(HashMap::new());
    }
    let with = user::Column::Email.is_in(emails.iter().map(String::as_str));
    let active = of_kind(Kind::Client).filter(with).filter(user::Column::IsActive.eq(true));
    let found = active.filter(visible_people(cx)).all(conn).await?;
    Ok(found.into_iter().map(|person| (person.email, ClientId(person.id.0))).collect())
}

/// Whether a staff member is there and active, for other contexts that hand work to them: in a transaction they stay so until
/// it ends, so that nobody gets work whose work is handed over at that moment.
pub async fn is_active_staff(conn: &Conn, id: StaffId) -> Result<bool> {
    let staff = of_kind(Kind::Staff).filter(user::Column::Id.eq(id)).filter(user::Column::IsActive.eq(true));
    Ok(staff.lock_shared().one(conn).await?.is_some())
}

/// How much a client is promised, for other contexts that promise it; none where nobody said.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn tier_of_client(conn: &Conn, id: ClientId) -> Result<Option<ClientTier>> {
    let client = of_kind(Kind::Client).filter(user::Column::Id.eq(id)).select_only().column(user::Column::Tier);
    Ok(client.into_tuple::<Option<ClientTier>>().one(conn).await?.flatten())
}

/// Whether anybody signs in here, for the first start.
pub async fn anybody(conn: &Conn) -> Result<bool> {
    Ok(user::Entity::find().count(conn).await? > 0)
}

/// The staff members with these addresses, for other contexts that link what they know of somebody.
pub async fn staff_with_addresses(conn: &Conn, emails: &[String]) -> Result<HashMap<String, StaffId>> {
    if emails.is_empty() {
        return Ok(HashMap::new());
    }
    let with = user::Column::Email.is_in(emails.iter().map(String::as_str));
    let found = of_kind(Kind::Staff).filter(with).all(conn).await?;
    Ok(found.into_iter().map(|person| (person.email, StaffId(person.id.0))).collect())
}

/// The staff member with this address, for the command line.
pub async fn staff_id(conn: &Conn, email: &str) -> Result<Option<StaffId>> {
    let Some(email) = kernel::text::email(email) else { return Ok(None) };
    Ok(of_kind(Kind::Staff).filter(user::Column::Email.eq(email)).one(conn).await?.map(|user| StaffId(user.id.0)))
}
