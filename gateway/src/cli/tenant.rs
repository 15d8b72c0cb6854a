//! Tenants from the command line.

use clap::Subcommand;
use identity::{AddPerson, OpenTenant};
use kernel::{Db, Error, Result, db::TenantKey, id::TenantId, tenant::Tier};

use super::open;
use crate::{config::Config, wiring::tenants};

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
        /// Its tier: free, pro or enterprise, which has no limits.
        #[arg(long, value_parser = tier, default_value = "enterprise")]
        tier: Tier,
        /// A host name whose requests belong to it; may be given several times. Links in its mails lead to the first.
        #[arg(long)]
        host: Vec<String>,
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
        /// Why; kept in the registry and in the tenant's audit trail.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Serves a suspended tenant again.
    Resume {
        /// Its short name.
        slug: String,
    },
}

fn tier(text: &str) -> std::result::Result<Tier, String> {
    use sea_orm::ActiveEnum;
    Tier::try_from_value(&text.to_owned()).map_err(|_| "must be free, pro or enterprise".into())
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let (db, source) = open(config).await?;
    let cx = tenants::platform(&source, "tenant");
    match command {
        Command::Create { slug, name, tier, host, admin_email } => {
            tenants::migrate_registry(&db, &config.database_url).await?;
            let admin = match admin_email {
                Some(email) => {
                    let passwords = identity::Passwords::new(&source, 1)?;
                    let password_hash = passwords.hash(&source, &super::staff::password(&[&email])?).await?;
                    Some(AddPerson::administrator(email, password_hash))
                }
                None => None,
            };
            let new = OpenTenant { name: name.unwrap_or_else(|| slug.clone()), slug, tier, hosts: host };
            let tenant = tenants::create(&db, &config.database_url, &cx, new, admin).await?.tenant;
            db.outbox().seal(&db, &tenant.clone().into()).await?;
            println!("{} {} {}", tenant.slug, tenant.id, tenant.schema_name);
        }
        Command::List => {
            for tenant in db.tenants().await? {
                let state = match tenant.active {
                    true => "active",
                    false if tenant.is_half_made() => "half made",
                    false => "suspended",
                };
                let version = match (&tenant.schema_version, &tenant.migration_error) {
                    (Some(version), None) if version == tenants::version() => "up to date".to_owned(),
                    (_, Some(error)) => format!("behind: {error}"),
                    _ => "behind".to_owned(),
                };
                println!("{:<40} {state:<10} {version:<12} {}  {}", tenant.slug, tenant.id, tenant.name);
            }
        }
        Command::Suspend { slug, reason } => {
            let id = by_slug(&db, slug).await?;
            let account = identity::suspend_tenant(&db, &cx, id, reason).await?;
            db.outbox().seal(&db, &account.tenant.into()).await?;
        }
        Command::Resume { slug } => {
            let id = by_slug(&db, slug).await?;
            let account = identity::resume_tenant(&db, &cx, id).await?;
            db.outbox().seal(&db, &account.tenant.into()).await?;
        }
    }
    Ok(())
}

async fn by_slug(db: &Db, slug: String) -> Result<TenantId> {
    Ok(db.tenant(TenantKey::Slug(slug)).await?.ok_or(Error::NotFound { what: "Tenant" })?.id)
}
