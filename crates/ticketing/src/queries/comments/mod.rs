//! Reading comments.

pub mod comments_of;
pub mod hanging;
pub mod post;
