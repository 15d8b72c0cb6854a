//! Routes beside the API: the front page, health and metrics, pictures, files, the newsletter's end, the playground.

pub mod avatars;
pub mod files;
pub mod front_page;
pub mod newsletter;
pub mod operations;
pub mod playground;
