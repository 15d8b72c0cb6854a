//! Platform administrators, who are made here and nowhere else.

use clap::Subcommand;
use kernel::Result;

use super::open;
use crate::{config::Config, wiring::tenants};

/// What can be done with platform administrators.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Adds one, or gives one who is there another password. The password is read from standard input.
    Add {
        /// Their address.
        email: String,
    },
    /// Ends the access of one at once.
    Deactivate {
        /// Their address.
        email: String,
    },
    /// Lists them.
    List,
    /// Lists what was done to the platform last, newest first.
    Events {
        /// How many.
        #[arg(long, default_value_t = 100)]
        most: u64,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let (db, source) = open(config).await?;
    tenants::migrate_registry(&db, &config.database_url).await?;
    let cx = tenants::platform(&source, "platform-admin");
    match command {
        Command::Add { email } => {
            let passwords = identity::Passwords::new(&source, 1)?;
            let hash = passwords.hash(&source, &super::staff::password(&[&email])?).await?;
            println!("{}", identity::add_platform_admin(&db, &cx, &email, hash).await?);
        }
        Command::Deactivate { email } => identity::deactivate_platform_admin(&db, &cx, &email).await?,
        Command::List => {
            for admin in identity::platform_admins(&db).await? {
                let state = if admin.is_active { "active" } else { "deactivated" };
                let last = admin.last_sign_in_at.map_or_else(|| "never".to_owned(), |at| at.to_rfc3339());
                println!("{:<40} {state:<12} {}  last sign-in {last}", admin.email, admin.id);
            }
        }
        Command::Events { most } => {
            for event in identity::platform_events(&db, most).await? {
                let outcome = if event.success { "ok" } else { "refused" };
                let who = event.actor_email.unwrap_or(event.actor_kind);
                let tenant = event.tenant_id.map(|id| id.to_string()).unwrap_or_default();
                println!("{} {} {outcome} {who} {tenant} {}", event.at.to_rfc3339(), event.kind, event.details);
            }
        }
    }
    Ok(())
}
