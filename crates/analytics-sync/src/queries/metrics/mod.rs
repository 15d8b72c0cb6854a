//! Numbers, and the things behind them.

pub mod load;
pub mod numbers;
pub mod rows;
