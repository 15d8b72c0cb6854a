//! Who can be given work.

use kernel::{Cx, Error, Permission, ProblemCode, Result, id::StaffId};

use crate::ports::Colleagues;

/// Refuses whoever is not an active colleague, and who may not see what they would be given: it takes this permission.
///
/// # Errors
/// [`Error::Invalid`] at `assigneeId`.
pub(crate) async fn may_have(
    colleagues: &impl Colleagues,
    cx: &Cx,
    to: Option<StaffId>,
    sees: Permission,
) -> Result<()> {
    let refused = |why: &str| Err(Error::invalid("assigneeId", ProblemCode::NotAvailable, why));
    let Some(to) = to else { return Ok(()) };
    if !colleagues.is_active(to).await? {
        return refused("is not an active staff member");
    }
    if !colleagues.would_see(cx, to, sees).await? {
        return refused("may not see it");
    }
    Ok(())
}

/// Who gets work that somebody leaves behind: nobody, where whoever is named would not see it.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub(crate) async fn heir(
    colleagues: &impl Colleagues,
    cx: &Cx,
    to: Option<StaffId>,
    sees: Permission,
) -> Result<Option<StaffId>> {
    match to {
        Some(to) if !colleagues.would_see(cx, to, sees).await? => Ok(None),
        to => Ok(to),
    }
}
