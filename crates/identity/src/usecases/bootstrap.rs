//! A new tenant gets its built-in roles and its first administrator.

use kernel::{Cx, Result, db::Emit};

use super::add_staff::{AddStaff, add_staff};
use crate::{
    domain::role::ROLES,
    ports::{People, Seats},
};

/// Makes sure that the built-in roles are there and, where nobody is, adds `admin`. Returns whether it was added.
pub async fn bootstrap<S: People + Seats + Emit>(s: &S, cx: &Cx, admin: Option<AddStaff>) -> Result<bool> {
    for (name, _) in ROLES {
        s.ensure_role(cx.new_id(), name, cx.now).await?;
    }
    let Some(admin) = admin else { return Ok(false) };
    // Of two that start at the same time the second waits here, and sees whom the first has added.
    s.seats_taken().await?;
    if s.anybody().await? {
        return Ok(false);
    }
    add_staff(s, cx, admin).await?;
    Ok(true)
}
