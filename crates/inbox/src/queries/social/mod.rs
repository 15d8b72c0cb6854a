//! Social platforms, and the company's accounts there.

pub mod accounts;
