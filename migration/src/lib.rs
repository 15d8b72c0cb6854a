//! The migrations: frozen history of the registry ([`Control`]) and of every tenant ([`Tenant`]).
//!
//! A migration is never edited once released, so it is written as SQL by hand and never derived from today's
//! entities; a test compares the two instead. It runs on a connection whose unqualified names mean the schema
//! that it migrates, in a transaction together with the note that it ran: after a crash it either happened or
//! did not. What the databases want in different words is in [`dialect`].

pub mod dialect;

mod control;
mod names;
mod tenant;

use sea_orm_migration::{prelude::*, sea_orm::DatabaseConnection};

/// Migrations of the registry.
pub struct Control;

impl MigratorTrait for Control {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(control::m0001_tenants::Migration),
            Box::new(control::m0002_platform::Migration),
            Box::new(control::m0003_key_marks::Migration),
            Box::new(control::m0005_names::Migration),
            Box::new(control::m0006_social_routes::Migration),
        ]
    }
}

/// Migrations of one tenant.
pub struct Tenant;

/// A tenant's history, oldest first: what is run on those that are behind, and what a fresh one is made of.
macro_rules! history {
    ($($migration:path,)+) => {
        impl MigratorTrait for Tenant {
            fn migrations() -> Vec<Box<dyn MigrationTrait>> {
                vec![$(Box::new($migration)),+]
            }
        }

        const HISTORY: &[&str] = &[$(<$migration>::SQL),+];
    };
}

history! {
    tenant::kernel::m0001_events_and_jobs::Migration,
    tenant::identity::m0002_people::Migration,
    tenant::inbox::m0003_messages::Migration,
    tenant::audit::m0004_audit_trail::Migration,
    tenant::identity::m0005_access::Migration,
    tenant::audit::m0006_more_actors::Migration,
    tenant::identity::m0007_second_factor::Migration,
    tenant::identity::m0008_self_service::Migration,
    tenant::identity::m0009_api_keys::Migration,
    tenant::identity::m0010_settings::Migration,
    tenant::identity::m0011_notifications::Migration,
    tenant::identity::m0012_external_identities::Migration,
    tenant::kernel::m0013_usage::Migration,
    tenant::identity::m0014_ceilings::Migration,
    tenant::identity::m0015_notification_mails::Migration,
    tenant::audit::m0016_audit_row::Migration,
    tenant::kernel::m0017_files::Migration,
    tenant::identity::m0018_upkeep::Migration,
    tenant::inbox::m0019_acquaintances::Migration,
    tenant::kernel::m0021_as_typed::Migration,
    tenant::kernel::m0022_names::Migration,
    tenant::inbox::m0023_message_words::Migration,
    tenant::inbox::m0024_desk::Migration,
    tenant::inbox::m0025_chats::Migration,
    tenant::inbox::m0026_consultations::Migration,
    tenant::inbox::m0027_visitors_and_newsletter::Migration,
    tenant::analytics_sync::m0028_analytics_events::Migration,
    tenant::kernel::m0029_concerns::Migration,
    tenant::ticketing::m0030_tickets::Migration,
    tenant::ticketing::m0031_comments::Migration,
    tenant::ticketing::m0032_projects::Migration,
    tenant::ticketing::m0034_help::Migration,
    tenant::ticketing::m0035_assistant::Migration,
    tenant::ticketing::m0036_service_levels::Migration,
    tenant::inbox::m0037_social_accounts::Migration,
    tenant::inbox::m0038_conversations::Migration,
    tenant::inbox::m0039_conversation_replies::Migration,
    tenant::inbox::m0040_conversation_archives::Migration,
    tenant::crm_leads::m0041_leads::Migration,
    tenant::crm_leads::m0042_lead_scores::Migration,
    tenant::crm_leads::m0043_crm_connections::Migration,
    tenant::crm_leads::m0044_crm_syncs::Migration,
    tenant::crm_leads::m0045_ai_tasks::Migration,
    tenant::ticketing::m0046_client_tiers::Migration,
    tenant::analytics_sync::m0047_b2chat::Migration,
    tenant::analytics_sync::m0048_metric_facts::Migration,
    tenant::analytics_sync::m0049_sync::Migration,
    tenant::analytics_sync::m0050_rollups::Migration,
    tenant::analytics_sync::m0051_effectiveness::Migration,
    tenant::analytics_sync::m0052_exports::Migration,
    tenant::audit::m0053_error_logs::Migration,
    tenant::audit::m0054_retention::Migration,
    tenant::audit::m0055_person_exports::Migration,
    tenant::audit::m0056_audit_heads::Migration,
    tenant::audit::m0057_erasures::Migration,
    tenant::audit::m0058_expired_erasures::Migration,
    tenant::analytics_sync::m0059_b2chat_orders::Migration,
    tenant::analytics_sync::m0060_plain_days::Migration,
    tenant::audit::m0061_trail_goes_fast::Migration,
    tenant::crm_leads::m0062_crm_accounts::Migration,
    tenant::ticketing::m0063_kept_hours::Migration,
    tenant::ticketing::m0064_attachments_in_history::Migration,
    tenant::analytics_sync::m0066_sync_attempts::Migration,
    tenant::crm_leads::m0067_lead_addresses::Migration,
    tenant::inbox::m0068_visitors::Migration,
    tenant::audit::m0069_held_erasures::Migration,
    tenant::ticketing::m0070_shown_tickets::Migration,
}

/// Makes all that a tenant has, at once and in one transaction, on a connection whose unqualified names mean its schema.
/// Where something is there already nothing is done, and the answer is `false`: then its history is to be run.
///
/// # Errors
/// What the database says.
pub async fn create_tenant(connection: &DatabaseConnection) -> Result<bool, DbErr> {
    let transaction = dialect::begin(connection).await?;
    if !dialect::is_empty(&transaction).await? {
        return Ok(false);
    }
    Tenant::install(&transaction).await?;
    let mut script = HISTORY.join("\n");
    for migration in Tenant::migrations() {
        let name = migration.name();
        script.push_str(&format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{name}', {{epoch}});\n"));
    }
    dialect::execute(&transaction, &script).await?;
    transaction.commit().await?;
    Ok(true)
}

/// The name of the newest migration of `M`, which a schema must have to be served.
pub fn newest<M: MigratorTrait>() -> String {
    M::migrations().last().map(|migration| migration.name().to_owned()).unwrap_or_default()
}
