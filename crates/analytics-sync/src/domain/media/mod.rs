//! Our copies of images and files that B2Chat only points at.

pub mod copy;
pub mod events;
