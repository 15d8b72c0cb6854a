//! What can be proved afterwards.
//!
//! Every change leaves one **audit row** in the transaction that makes it: [`AuditSink`] writes it from the
//! event's envelope, so no use case can forget it. What a signed-in person tried and was refused leaves a row
//! too, and so does a failed sign-in. The database itself refuses to change or remove a row.
//!
//! Just after the commit the row gets its number in the tenant's sequence and the **hash** of itself and the
//! row before ([`AuditChain`]), as a row of a table that is append-only too. [`verify`] reads the chain from its
//! beginning and names the first row that does not fit: altered, removed, inserted or reordered. What the chain
//! cannot show by itself is that its newest rows were cut off together with their links; the head's sequence,
//! kept elsewhere (`frontdesk audit verify` prints it with its hash), shows that.
//!
//! Two ways lead out, which the database allows and no others. What a row says of people is sealed under keys of theirs
//! ([`kernel::personal`]): [`forget`] destroys them, and the chain over the sealed bytes stays whole. And rows behind a
//! **checkpoint**, a signed place up to which the trail was proved, may go ([`remove_behind_checkpoint`]).

mod domain;
mod policy;
mod queries;
mod store;
mod usecases;

pub use domain::hash::GENESIS;
pub use policy::{PERMISSIONS, VIEW_AUDIT_LOG};
pub use queries::{
    list::{self, AuditLog, by_id},
    verify::{Broken, Checkpoint, Verified, checkpoint_key, verify},
};
pub use store::{AuditChain, AuditSink};
pub use usecases::{
    checkpoint::{REMOVED, make_checkpoint, remove_behind_checkpoint, sign_anew},
    forget::forget,
};

/// What can be listed.
pub mod records {
    pub use crate::store::log::Entity as AuditLogs;
}

/// The entities of this context, for the test that compares them with the migrations.
pub mod entities {
    pub use crate::store::{chain, checkpoint, log};
}
