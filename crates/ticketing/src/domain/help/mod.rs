//! The help centre: what guides may hold, what is told of them, and what of a text somebody who looks for it is shown.

pub mod documents;
pub mod events;
pub mod excerpt;
pub mod guides;
pub mod html;
pub mod thing;
