//! What holds for all of the schema, the code and the databases, by walking through them: what is added later is
//! covered too, or fails here until somebody says how.

mod elsewhere;
mod fixtures;
mod sdl;
pub mod sql;
pub mod stand;
mod tables;
mod told;

mod architecture;
mod audit;
mod authz;
mod bad_input;
mod clients;
mod drift;
mod graphiql;
mod platform;
mod schema;
mod sql_budget;
mod transport;
