//! The floor that every context stands on.
//!
//! The kernel holds what all contexts need and none of them owns: typed [`id`]s, the one context
//! argument [`Cx`], the two databases behind [`Db`], [`Conn`] and [`Tx`], events with their gap-free
//! sequence, background [`jobs`], [`page`]s and [`filter`]s, [`crypto`] and the small vocabulary of
//! [`Error`]s. It knows no business noun; a message, a ticket or a lead is unknown here.
//!
//! **Writing** happens in one way only: [`Db::transact`] opens a transaction, runs a use case, hands the
//! events it emitted to the [`events::Sink`]s (audit trail, outbox) inside the same transaction, stores the
//! answer under the caller's idempotency key, and commits. **Reading** needs no transaction: [`Db::reader`].
//!
//! **Tenancy**: a tenant is a PostgreSQL schema or an SQLite file. Entities name the marker schema
//! [`db::TENANT`], and only a connection made for a [`Cx`] puts the tenant's own schema in its place.

pub mod anthropic;
pub mod crypto;
pub mod csv;
pub mod cx;
pub mod db;
pub mod error;
pub mod events;
pub mod files;
pub mod filter;
pub mod held;
pub mod id;
pub mod idempotency;
pub mod jobs;
pub mod key_marks;
pub mod limit;
pub mod money;
pub mod net;
pub mod outgoing;
pub mod page;
pub mod personal;
pub mod record;
pub mod retention;
pub mod several;
pub mod source;
pub mod tenant;
pub mod text;
pub mod usage;
pub mod visibility;

pub use cx::{Actor, Cx, Permission, Permissions};
pub use db::{Conn, Db, Tx};
pub use error::{Error, Problem, ProblemCode, Result};
pub use source::Source;
pub use tenant::Tenant;
