//! Files: bytes that people send, kept outside of the database, and the one table that knows of them.
//!
//! The bytes are in a [`Storage`] (a folder, or a bucket) under random keys; a row of the tenant's table `files` says of
//! each what it is called, how long it is, what it is by its content, its SHA-256, and **what it belongs to**: the typed
//! id of a thing ([`Owner`]). Who sees that thing sees its files; nobody else does.
//!
//! A file goes one way, however it comes:
//!
//! ```text
//! expected ──bytes──► waiting ──keep──► kept ──remove──► (swept)
//!     └──────────── nobody keeps it in time ────────────────┘
//! ```
//!
//! Its row is written *before* its first byte, so whatever breaks off, a connection or the whole process, leaves a row that
//! says where bytes may lie; [`Files::sweep`] removes those that ended, bytes first. From the moment it is whole a file
//! counts against what its tenant may store ([`usage`]), in the transaction that says so, until it is removed.
//!
//! A context takes files by their ids: `files::keep(tx, cx, "fileIds", id, Owner::of(ticket))` in the transaction of its
//! use case, shows them by [`of_owners`], and gives them up with [`remove`]. See docs/files.md.

mod content;
mod events;
mod link;
mod name;
mod own;
mod receive;
mod storage;
mod sweep;
mod table;

use std::sync::Arc;

use chrono::TimeDelta;

pub use content::{is_shown, type_of};
pub use events::{FileUploaded, UploadBegun};
pub use link::{Link, Purpose};
pub use name::clean as clean_name;
pub use own::{adopt, by_ids, give_up_waiting, keep, keep_received, of_owners, remove};
pub use receive::Received;
pub use storage::{Content, Storage, whole};
pub use table::{ActiveModel, Column, Entity, Model, Owner, PrimaryKey, Relation};

#[expect(unused_imports, reason = "named by the documentation above")]
use crate::usage;

/// A file as stored.
pub type File = Model;

/// How large files may be, and how long they wait.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Most bytes of a file that comes with a request.
    pub most: u64,
    /// Most bytes of a file that is sent by itself.
    pub most_direct: u64,
    /// How long an upload may take and a file waits to be kept.
    pub waits: TimeDelta,
    /// How long a link to a file is good.
    pub linked: TimeDelta,
}

/// Where files are, and under which rules.
#[derive(Clone)]
pub struct Files {
    storage: Arc<dyn Storage>,
    /// The rules.
    pub rules: Rules,
}

impl Files {
    /// Files in this storage.
    pub fn new(storage: Arc<dyn Storage>, rules: Rules) -> Self {
        Self { storage, rules }
    }

    /// Where the bytes are, for what is kept there beside files.
    pub fn storage(&self) -> &dyn Storage {
        self.storage.as_ref()
    }
}
