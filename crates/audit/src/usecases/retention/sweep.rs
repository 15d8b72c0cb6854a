//! What outlives its use by the day is removed whenever things are cleaned up, without a run of its own.

use kernel::{
    Cx, Db, Result,
    retention::{Means, RetentionAction},
};

use super::run::Pace;
use crate::{
    ports::retention::{ROWS_PER_SECOND, RetentionDesk},
    queries::retention::{due::held_owners, policies::decided},
    usecases::archives::rows::remove_rows,
};

/// Carries out the policies that are swept, but for those that the company has archived.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database or the storage is away; the next time goes on.
pub async fn sweep_retention<D: RetentionDesk>(db: &Db, desk: &D, cx: &Cx) -> Result<()> {
    let all = decided(&db.reader(cx).await?, desk, cx).await?;
    let mut pace = Pace::new(desk.whole(cx, ROWS_PER_SECOND).await?);
    for (policy, decided) in all {
        if !policy.is_swept || !decided.is_enabled {
            continue;
        }
        let before = decided.cutoff(cx.now);
        match policy.means {
            Means::Rows if decided.action != RetentionAction::Archive => loop {
                let conn = db.bookkeeping(cx).await?;
                let rows = remove_rows(&conn, policy, before).await?;
                if rows == 0 {
                    break;
                }
                drop(conn);
                pace.keep(rows).await;
            },
            Means::Context => loop {
                let held = held_owners(&db.reader(cx).await?, policy).await?;
                let rows = desk.move_out(cx, policy, before, &held).await?;
                if rows == 0 {
                    break;
                }
                pace.keep(rows).await;
            },
            Means::Rows | Means::Trail => {}
        }
    }
    Ok(())
}
