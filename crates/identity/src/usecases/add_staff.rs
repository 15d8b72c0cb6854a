//! A colleague is added.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{DepartmentId, StaffId},
    text::Check,
};

use crate::{
    domain::events::StaffAdded,
    policy::MANAGE_STAFF,
    ports::{NewStaff, People, Seats},
    usecases::seats::take_seat,
};

/// A colleague to be added.
#[derive(Debug, Clone)]
pub struct AddStaff {
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The name of their role.
    pub role: String,
    /// Their department.
    pub department: Option<DepartmentId>,
    /// The PHC string of their first password's hash; hashing takes too long for a transaction.
    pub password_hash: String,
}

/// Adds a staff member.
///
/// # Errors
/// [`Error::Invalid`] for a bad or taken address, an empty name, an unknown role; where no seat is free.
pub async fn add_staff<S: People + Seats + Emit>(s: &S, cx: &Cx, cmd: AddStaff) -> Result<StaffId> {
    cx.require(MANAGE_STAFF)?;
    let mut check = Check::default();
    let email = check.email("email", &cmd.email);
    let name = check.line("name", &cmd.name, 200);
    check.done()?;
    let role = s
        .role(&cmd.role)
        .await?
        .ok_or_else(|| Error::invalid("role", ProblemCode::NotAvailable, "there is no such role"))?;
    take_seat(s, cx).await?;
    let staff = NewStaff {
        id: cx.new_id(),
        email,
        name,
        password_hash: cmd.password_hash,
        role,
        department: cmd.department,
        created_by: cx.person().ok().map(|person| person.id),
        at: cx.now,
    };
    if !s.add(&staff).await? {
        return Err(Error::invalid("email", ProblemCode::NotAvailable, "somebody has this address already"));
    }
    s.emit(cx, &StaffAdded { staff: staff.id, email: staff.email, role: cmd.role });
    Ok(staff.id)
}
