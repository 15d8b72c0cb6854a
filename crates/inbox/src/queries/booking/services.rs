//! Services, who holds them, and the hours.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::any_of,
    id::{ServiceId, StaffId},
    record::{Field, Record, Unique},
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, QueryOrder, QuerySelect, entity::prelude::*, sea_query::ExprTrait,
};

use crate::{
    policy::VIEW_CONSULTATIONS,
    store::booking::{
        hours::{self, Model as OpeningHours},
        service::{Column, Entity, Model as Service},
        staff,
    },
};

impl Record for Entity {
    type Id = ServiceId;
    type Row = Service;
    const WHAT: &'static str = "Service";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const UNIQUE: &'static [Unique<Column>] =
        &[Unique { column: Column::NameFolded, field: "name", taken: "another service has this name" }];

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_CONSULTATIONS)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_CONSULTATIONS).then(Condition::all)
    }
}

/// By whether they can be booked.
pub const BY_IS_ACTIVE: Field<Column> = Field::new("isActive", &[Column::IsActive]);
/// By a part of the name or description.
pub const BY_TEXT: Field<Column> = Field::new("text", &[Column::Name, Column::Description]);

/// How many services the website is told of.
const BOOKABLE: u64 = 100;

/// What can be booked, by name: for anybody.
pub async fn bookable_services(conn: &Conn) -> Result<Vec<Service>> {
    let active = Entity::find().filter(Column::IsActive.eq(true));
    let active = active.order_by_asc(Column::Name).order_by_asc(Column::Id).limit(BOOKABLE);
    Ok(active.all(conn).await?)
}

/// Who holds each of these services.
pub async fn staff_of_each(conn: &Conn, cx: &Cx, ids: &[ServiceId]) -> Result<HashMap<ServiceId, Vec<StaffId>>> {
    let mut found: HashMap<ServiceId, Vec<StaffId>> = HashMap::new();
    if !cx.can(VIEW_CONSULTATIONS) {
        return Ok(found);
    }
    let theirs = staff::Entity::find()
        .filter(any_of(conn.get_database_backend(), staff::Column::ServiceId, ids))
        .filter(staff::Column::IsActive.eq(true))
        .order_by_asc(staff::Column::StaffId);
    for row in theirs.all(conn).await? {
        found.entry(row.service_id).or_default().push(row.staff_id);
    }
    Ok(found)
}

/// The opening hours of somebody, or the company's, by day and time.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`VIEW_CONSULTATIONS`].
pub async fn opening_hours(conn: &Conn, cx: &Cx, staff: Option<StaffId>) -> Result<Vec<OpeningHours>> {
    cx.require(VIEW_CONSULTATIONS)?;
    let whose = match staff {
        Some(staff) => Expr::col(hours::Column::StaffId).eq(staff),
        None => hours::Column::StaffId.is_null(),
    };
    let mut found = hours::Entity::find().filter(whose).all(conn).await?;
    found.sort_by_key(|hours| (hours.weekday, hours.from_minute));
    Ok(found)
}
