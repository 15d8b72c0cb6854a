//! People who may buy: leads, their scores, and their copies in a CRM.
//!
//! Nothing of this context is built yet. It will have the shape of the others: `domain`, `ports`, `usecases`,
//! `queries`, `policy`, `store`, `adapters`.
