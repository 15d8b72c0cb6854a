//! Rows are moved out of the database into the file storage, and archives end.
//!
//! An object is noted before it is written, read back and compared after, and only then its rows are removed here, those alone
//! that are still as they were written there. A process that dies on the way leaves an object that is not sealed, whose rows are all
//! still here; the next one removes it and begins anew.

pub mod end;
pub mod erase;
pub mod object;
pub mod rows;
pub mod trail;
