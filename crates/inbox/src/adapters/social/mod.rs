//! The social platforms, over the network.

pub mod apps;
mod facebook;
mod http;
mod linkedin;
pub mod networks;
mod x;
