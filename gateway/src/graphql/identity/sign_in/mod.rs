//! How one signs in: passwords, second factors, links in mails.

pub mod own_access;
pub mod self_service;
