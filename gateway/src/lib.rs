//! The gateway: one GraphQL schema in front of all contexts, its transports, its workers and its commands.
//!
//! [`app`] puts the parts together, [`http`] speaks the protocols, [`graphql`] holds types and resolvers,
//! [`post`] says where mail goes, [`bridges`] lets one context's port be answered by another, [`workers`] run what happens in the background,
//! [`cli`] is the binary `frontdesk`.

#![recursion_limit = "512"]

pub mod app;
pub mod avatars;
pub mod backend;
pub mod bridges;
pub mod cli;
pub mod config;
pub mod graphiql;
pub mod graphql;
pub mod http;
pub mod notify;
pub mod operations;
pub mod post;
pub mod rates;
pub mod tenants;
pub mod webhooks;
pub mod workers;
