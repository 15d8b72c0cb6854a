//! The gateway: one GraphQL schema in front of all contexts, its transports, its workers and its commands.
//!
//! [`wiring`] puts the parts together and lets one context's port be answered by another, [`http`] speaks the protocols,
//! [`graphql`] holds types and resolvers, [`background`] is what happens without being asked, [`outgoing_mail`] says where
//! mail goes, [`incoming_webhooks`] hear other services, [`routes`] are the pages and answers beside the API, [`cli`] is the
//! binary `frontdesk`.

#![recursion_limit = "512"]

pub mod background;
pub mod cli;
pub mod config;
pub mod graphql;
pub mod http;
pub mod incoming_webhooks;
pub mod outgoing_mail;
pub mod routes;
pub mod wiring;
