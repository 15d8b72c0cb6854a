//! The tables of the help centre.

pub mod category;
pub mod document;
pub mod guide;
pub mod shelf;
pub mod text;
pub mod view;
