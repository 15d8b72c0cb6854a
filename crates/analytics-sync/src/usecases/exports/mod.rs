//! Data are exported to files.

pub mod cancel;
pub mod expire;
pub mod make;
pub mod request;
pub mod write;
