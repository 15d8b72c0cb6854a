//! A colleague loses access.

use kernel::{Cx, Error, ProblemCode, Result, db::Emit, id::StaffId};

use crate::{domain::events::StaffDeactivated, policy::MANAGE_STAFF, ports::People};

/// Deactivates a staff member: no sign-in, and every session ends within [`ACCESS_TTL`](crate::ACCESS_TTL).
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for the last active administrator.
pub async fn deactivate_staff<S: People + Emit>(s: &S, cx: &Cx, id: StaffId) -> Result<()> {
    cx.require(MANAGE_STAFF)?;
    let account = s.account_by_id(id.into()).await?.ok_or(Error::NotFound { what: "Staff" })?;
    if !account.is_active {
        return Ok(());
    }
    let mut admins = Vec::new();
    for name in ["SUPER_ADMIN", "ADMIN"] {
        admins.extend(s.role(name).await?);
    }
    if s.role_of(id.into()).await?.is_some_and(|role| admins.contains(&role)) && s.active_others(&admins, id.into()).await? == 0 {
        return Err(Error::invalid(
            "staffId",
            ProblemCode::NotAllowed,
            "the last active administrator cannot be deactivated",
        ));
    }
    s.deactivate(id.into(), cx.now).await?;
    s.emit(cx, &StaffDeactivated { staff: id });
    Ok(())
}
