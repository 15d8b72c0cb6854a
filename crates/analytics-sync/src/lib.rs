//! What happened, in numbers: synchronised chats, metrics, exports.
//!
//! Nothing of this context is built yet. It will have the shape of the others: `domain`, `ports`, `usecases`,
//! `queries`, `policy`, `store`, `adapters`.
