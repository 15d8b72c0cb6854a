//! What somebody may, whoever asks: those who give work or tell of it need not see whom.

use std::sync::Arc;

use kernel::{Actor, Conn, Cx, Result, id::UserId};

/// What somebody may who is active; `None` for anybody else.
pub async fn as_active(conn: &Conn, cx: &Cx, catalog: &[&str], who: UserId) -> Result<Option<Cx>> {
    let found = identity::standing(conn, &cx.acting_as(Actor::System), catalog, who).await?;
    Ok(found.filter(|found| found.is_active).map(|found| cx.acting_as(Actor::User(Arc::new(found.actor)))))
}

/// The same of somebody who is given work: a colleague stays active until the transaction ends, so that nobody gets work whose
/// work is handed over at that moment.
pub async fn as_taker(conn: &Conn, cx: &Cx, catalog: &[&str], who: UserId) -> Result<Option<Cx>> {
    let Some(theirs) = as_active(conn, cx, catalog, who).await? else { return Ok(None) };
    let stays = match theirs.staff_id() {
        Some(staff) => identity::is_active_staff(conn, staff).await?,
        None => true,
    };
    Ok(stays.then_some(theirs))
}
