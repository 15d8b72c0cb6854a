//! Work that we owe: tickets, projects, their comments, attachments and help documents.
//!
//! Nothing of this context is built yet. It will have the shape of the others: `domain`, `ports`, `usecases`,
//! `queries`, `policy`, `store`.
