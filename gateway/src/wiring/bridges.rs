//! A port of one context, answered by another.

use inbox::Colleagues;
use kernel::{Cx, Result, Tx, id::StaffId};

/// Answers inside the open transaction, so that no second connection is taken while one is held.
pub struct InTransaction<'a>(pub &'a Tx);

impl Colleagues for InTransaction<'_> {
    async fn is_active(&self, id: StaffId) -> Result<bool> {
        identity::is_active_staff(self.0.conn(), id).await
    }
}

impl identity::Work for InTransaction<'_> {
    async fn hand_over(&self, cx: &Cx, from: StaffId, to: Option<StaffId>) -> Result<u64> {
        inbox::hand_over(self.0, cx, from, to).await
    }
}
