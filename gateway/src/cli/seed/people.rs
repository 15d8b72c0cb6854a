//! Departments and staff.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Conn, Error, Result, id::TypedId};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::{
    bulk::{Column, Rows},
    dice::{Dice, For},
    history::begin,
    text, to_usize,
};

const DEPARTMENTS: [&str; 6] = ["Bookings", "Plumbing & heating", "Electrical", "Building", "Gardens", "Accounts"];

/// The id of staff member number `index`; a function of that alone, so that rows about them need not look it up.
pub fn staff_id(index: u64) -> Uuid {
    Dice::of(For::Staff, index).id(hired(index))
}

/// Who of `staff` people has messages and writes replies: all but the viewers, who come last.
pub fn workers(staff: u64) -> u64 {
    staff - staff / 10
}

fn hired(index: u64) -> DateTime<Utc> {
    begin() - TimeDelta::hours(24) - TimeDelta::minutes(index.cast_signed())
}

fn role(index: u64, staff: u64) -> &'static str {
    match index {
        0 => "ADMIN",
        n if n >= workers(staff) => "VIEWER",
        n if n <= staff / 20 => "MANAGER",
        _ => "STAFF",
    }
}

/// Adds departments, where they are not there yet, and staff.
pub async fn add(conn: &Conn, staff: u64, password_hash: &str) -> Result<()> {
    let departments = departments(conn).await?;
    let roles = identity::entities::role::Entity::find().all(conn).await?;
    let roles: HashMap<_, _> = roles.into_iter().map(|role| (role.name, role.id.uuid())).collect();
    let indexes = || 0..staff;
    let role_ids = indexes().map(|n| {
        let name = role(n, staff);
        roles.get(name).copied().ok_or_else(|| Error::internal(format!("the role {name} is not there")))
    });
    let len = to_usize(staff);
    let rows = Rows::new(
        "users",
        len,
        vec![
            ("id", Column::Ids(indexes().map(staff_id).collect())),
            ("kind", Column::Words(vec!["staff"; len])),
            ("email", Column::Texts(indexes().map(|n| format!("staff{:04}@seed.frontdesk.example", n + 1)).collect())),
            ("name", Column::Texts(indexes().map(|n| text::person(&mut text::staff_dice(n)).full()).collect())),
            ("password_hash", Column::Texts(vec![password_hash.to_owned(); len])),
            ("role_id", Column::Ids(role_ids.collect::<Result<_>>()?)),
            ("department_id", Column::Ids(indexes().map(|n| departments[to_usize(n) % departments.len()]).collect())),
            ("is_active", Column::Flags(vec![true; len])),
            ("token_version", Column::Numbers(vec![1; len])),
            ("created_at", Column::Times(indexes().map(hired).collect())),
            ("updated_at", Column::Times(indexes().map(hired).collect())),
        ],
    );
    rows.insert(conn).await?;
    let grants = || {
        let holders = indexes().filter(move |n| role(*n, staff) == "STAFF");
        holders.flat_map(|n| identity::WITH_STAFF.iter().map(move |permission| (n, *permission)))
    };
    let rows = Rows::new(
        "user_permissions",
        grants().count(),
        vec![
            ("user_id", Column::Ids(grants().map(|(n, _)| staff_id(n)).collect())),
            ("permission", Column::Words(grants().map(|(_, permission)| permission).collect())),
            ("created_at", Column::Times(grants().map(|(n, _)| hired(n)).collect())),
        ],
    );
    rows.insert(conn).await
}

async fn departments(conn: &Conn) -> Result<Vec<Uuid>> {
    let known = identity::entities::department::Entity::find().all(conn).await?;
    let mut known: HashMap<_, _> =
        known.into_iter().map(|department| (department.name, department.id.uuid())).collect();
    let at = begin() - TimeDelta::days(365);
    let missing: Vec<_> = (0..).zip(DEPARTMENTS).filter(|(_, name)| !known.contains_key(*name)).collect();
    let ids: Vec<_> = missing.iter().map(|&(n, _)| Dice::of(For::Department, n).id(at)).collect();
    known.extend(missing.iter().zip(&ids).map(|((_, name), id)| ((*name).to_owned(), *id)));
    let len = missing.len();
    let folded = missing.iter().map(|(_, name)| kernel::text::same_name(name)).collect();
    let paths = ids.iter().map(|id| format!("{}/", id.simple())).collect();
    let rows = Rows::new(
        "departments",
        len,
        vec![
            ("id", Column::Ids(ids)),
            ("name", Column::Words(missing.into_iter().map(|(_, name)| name).collect())),
            ("name_folded", Column::Texts(folded)),
            ("path", Column::Texts(paths)),
            ("created_at", Column::Times(vec![at; len])),
            ("updated_at", Column::Times(vec![at; len])),
        ],
    );
    rows.insert(conn).await?;
    Ok(DEPARTMENTS.iter().filter_map(|name| known.get(*name).copied()).collect())
}
