//! Tenants from the command line.

use clap::Subcommand;
use identity::AddStaff;
use kernel::Result;

use super::open;
use crate::{
    config::Config,
    tenants::{self, NewTenant},
};

/// What can be done with tenants.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Makes a tenant with its schema, roles and first administrator. The password is read from standard input.
    Create {
        /// Its short name: a-z, 0-9 and -.
        slug: String,
        /// The company's name.
        #[arg(long)]
        name: Option<String>,
        /// A host name whose requests belong to it.
        #[arg(long)]
        host: Option<String>,
        /// The first administrator's address.
        #[arg(long)]
        admin_email: Option<String>,
    },
    /// Lists the tenants.
    List,
    /// Refuses a tenant's requests from now on; its data stays.
    Suspend {
        /// Its short name.
        slug: String,
    },
    /// Serves a suspended tenant again.
    Resume {
        /// Its short name.
        slug: String,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let (db, source) = open(config).await?;
    match command {
        Command::Create { slug, name, host, admin_email } => {
            tenants::migrate_registry(&db, &config.database_url).await?;
            let admin = match admin_email {
                Some(email) => {
                    let passwords = identity::Passwords::new(&source, 1)?;
                    let password_hash = passwords.hash(&source, &super::staff::password()?).await?;
                    Some(AddStaff {
                        email,
                        name: "Administrator".into(),
                        role: "SUPER_ADMIN".into(),
                        department: None,
                        password_hash,
                        must_change_password: false,
                    })
                }
                None => None,
            };
            let new = NewTenant { name: name.unwrap_or_else(|| slug.clone()), slug, host };
            let tenant = tenants::create(&db, &config.database_url, &source, new, admin).await?;
            db.outbox().seal(&db, &tenant).await?;
            println!("{} {} {}", tenant.slug, tenant.id, tenant.schema_name);
        }
        Command::List => {
            for tenant in db.tenants().await? {
                let state = if tenant.active { "active" } else { "suspended" };
                let version = match (&tenant.schema_version, &tenant.migration_error) {
                    (Some(version), None) if version == tenants::version() => "up to date".to_owned(),
                    (_, Some(error)) => format!("behind: {error}"),
                    _ => "behind".to_owned(),
                };
                println!("{:<40} {state:<10} {version:<12} {}  {}", tenant.slug, tenant.id, tenant.name);
            }
        }
        Command::Suspend { slug } => tenants::set_active(&db, &source, &slug, false).await?,
        Command::Resume { slug } => tenants::set_active(&db, &source, &slug, true).await?,
    }
    Ok(())
}
