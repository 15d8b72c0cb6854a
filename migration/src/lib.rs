//! The migrations: frozen history of the registry ([`Control`]) and of every tenant ([`Tenant`]).
//!
//! A migration is never edited once released, so it is written as SQL by hand and never derived from today's
//! entities; a test compares the two instead. It runs on a connection whose unqualified names mean the schema
//! that it migrates, in a transaction together with the note that it ran: after a crash it either happened or
//! did not. What the databases want in different words is in [`dialect`].

pub mod dialect;

mod control;
mod tenant;

use sea_orm_migration::prelude::*;

/// Migrations of the registry.
pub struct Control;

impl MigratorTrait for Control {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(control::m0001_tenants::Migration),
            Box::new(control::m0002_platform::Migration),
            Box::new(control::m0003_key_marks::Migration),
        ]
    }
}

/// Migrations of one tenant.
pub struct Tenant;

impl MigratorTrait for Tenant {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(tenant::kernel::m0001_events_and_jobs::Migration),
            Box::new(tenant::identity::m0002_people::Migration),
            Box::new(tenant::inbox::m0003_messages::Migration),
            Box::new(tenant::audit::m0004_audit_trail::Migration),
            Box::new(tenant::identity::m0005_access::Migration),
            Box::new(tenant::audit::m0006_more_actors::Migration),
            Box::new(tenant::identity::m0007_second_factor::Migration),
            Box::new(tenant::identity::m0008_self_service::Migration),
            Box::new(tenant::identity::m0009_api_keys::Migration),
            Box::new(tenant::identity::m0010_settings::Migration),
            Box::new(tenant::identity::m0011_notifications::Migration),
            Box::new(tenant::identity::m0012_external_identities::Migration),
            Box::new(tenant::kernel::m0013_usage::Migration),
            Box::new(tenant::identity::m0014_ceilings::Migration),
            Box::new(tenant::identity::m0015_notification_mails::Migration),
            Box::new(tenant::kernel::m0021_as_typed::Migration),
        ]
    }
}

/// The name of the newest migration of `M`, which a schema must have to be served.
pub fn newest<M: MigratorTrait>() -> String {
    M::migrations().last().map(|migration| migration.name().to_owned()).unwrap_or_default()
}
