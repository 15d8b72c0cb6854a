//! A port of one context, answered by another.

use inbox::Colleagues;
use kernel::{Result, Tx, id::StaffId};

/// Answers inside the open transaction, so that no second connection is taken while one is held.
pub struct InTransaction<'a>(pub &'a Tx);

impl Colleagues for InTransaction<'_> {
    async fn is_active(&self, id: StaffId) -> Result<bool> {
        identity::is_active_staff(self.0.conn(), id).await
    }
}
