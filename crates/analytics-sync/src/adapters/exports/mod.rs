//! Workbooks and reports.

pub mod book;
mod pdf;
mod xlsx;
