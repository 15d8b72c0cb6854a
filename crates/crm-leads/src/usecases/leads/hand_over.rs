//! A colleague leaves, and their leads go to another, or back to nobody.

use kernel::{Cx, Result, db::Emit, id::StaffId, record::Records};

use super::assign_lead::handed;
use crate::{
    ports::leads::LeadBook,
    store::leads::lead::{Entity as Leads, Model as Lead},
};

/// Hands over every lead that `from` has and that is not over, whoever may see it, and returns how many that were. Part of
/// deactivating somebody, which is what needs the permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn hand_over<S: Records<Leads> + LeadBook + Emit>(
    s: &S,
    cx: &Cx,
    from: StaffId,
    to: Option<StaffId>,
) -> Result<u64> {
    let open = s.open_leads_of(from).await?;
    let count = open.len() as u64;
    for before in open {
        let after = Lead { owner_id: to, ..before.clone() };
        handed(s, cx, before, after).await?;
    }
    Ok(count)
}
