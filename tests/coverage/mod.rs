//! What holds for all of the schema, the code and the databases, by walking through them: what is added later is
//! covered too, or fails here until somebody says how.

pub mod ai_tasks;
mod fixtures;
mod fresh_tenant;
pub mod harness;
mod notified;
mod refusals;
mod sdl;
mod service_levels;
mod single_sign_on;
mod social;
pub mod sql;
mod tables;
mod things;
mod website;

mod architecture;
mod assistant;
mod audit;
mod authz;
mod bad_input;
mod bookings;
mod clients;
mod comments;
mod compression;
mod conversations;
mod crm;
mod desk;
mod drift;
mod example_website;
mod graphiql;
mod guides_in_a_browser;
mod help;
mod leads;
mod nodes;
mod own_access;
mod platform;
mod projects;
mod roles;
mod schema;
mod seeds;
mod sql_budget;
mod tickets;
mod transport;
