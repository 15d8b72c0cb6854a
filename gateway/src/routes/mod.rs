//! Routes beside the API: health and metrics, pictures, the playground.

pub mod avatars;
pub mod files;
pub mod operations;
pub mod playground;
