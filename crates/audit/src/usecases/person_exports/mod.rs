//! What is held on people is given out.

pub mod archive;
pub mod cancel;
pub mod expire;
pub mod make;
pub mod request;
pub mod write;
