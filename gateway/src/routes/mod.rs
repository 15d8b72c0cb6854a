//! Routes beside the API: the front page, health and metrics, pictures, files, the playground.

pub mod avatars;
pub mod files;
pub mod front_page;
pub mod operations;
pub mod playground;
