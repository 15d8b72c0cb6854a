//! The commands of the binary `frontdesk`.

mod archive;
mod audit;
mod backup;
mod demo;
mod erasures;
mod extract;
mod keys;
mod platform_admin;
mod seed;
mod serve;
mod staff;
mod tenant;

use std::{io::IsTerminal, path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};
use kernel::{Actor, Cx, Db, Error, Result, Source, Tenant, crypto::Keyring, db::TenantKey};
use tracing_subscriber::EnvFilter;

use crate::{
    config::{Config, LogFormat},
    wiring::app,
};

/// The front desk of a service business as one GraphQL API.
#[derive(Parser)]
#[command(name = "frontdesk", version)]
struct Cli {
    /// A TOML file with settings.
    #[arg(long, global = true, env = "FRONTDESK_CONFIG")]
    config: Option<PathBuf>,
    /// A setting, such as `--set listen=0.0.0.0:80`; wins over file and environment.
    #[arg(long = "set", global = true, value_name = "NAME=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server, and the background work unless `workers` is off.
    Serve,
    /// Runs the background work alone.
    Worker,
    /// Brings the registry and every tenant up to date.
    Migrate,
    /// Makes, lists, suspends and resumes tenants.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Adds, deactivates and lists those who keep the platform and belong to no tenant.
    #[command(subcommand)]
    PlatformAdmin(platform_admin::Command),
    /// Adds and deactivates staff.
    #[command(subcommand)]
    Staff(staff::Command),
    /// Proves the audit trail.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Reads what was moved out of the database.
    #[command(subcommand)]
    Archive(archive::Command),
    /// Who was erased, and erasing them once more in a database that was restored from a copy of before.
    #[command(subcommand)]
    Erasures(erasures::Command),
    /// Copies the embedded databases into a folder while the server runs.
    Backup {
        /// An empty folder.
        to: PathBuf,
    },
    /// Lists the secret keys with what each still seals, and seals that anew.
    Keys {
        #[command(subcommand)]
        command: Option<keys::Command>,
    },
    /// Fills a tenant with a lot of data, always the same.
    Seed {
        /// The tenant's slug; not needed where there is only one.
        #[arg(long)]
        tenant: Option<String>,
        /// How many messages.
        #[arg(long, default_value_t = 10_000)]
        messages: u64,
        /// How many visitors.
        #[arg(long, default_value_t = 2_000)]
        visitors: u64,
        /// How many staff.
        #[arg(long, default_value_t = 20)]
        staff: u64,
    },
    /// Lists every setting with its value and meaning; secrets are not shown.
    Config,
    /// Prints the GraphQL schema.
    Sdl,
    /// Takes the text out of a file: what the background work starts for each.
    #[command(hide = true)]
    Extract {
        /// How it is read.
        format: String,
    },
}

fn pair(text: &str) -> std::result::Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
        .ok_or_else(|| "must be NAME=VALUE".into())
}

/// Memory comes in small pages. The allocator asks for huge ones, each of which is held whole for whatever little of it is used:
/// measured, they were more than half of what a server held beside its program.
fn without_huge_pages() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        eprintln!("frontdesk: notice: more memory may be held than is used: {error}");
    }
}

/// Takes the text out of a file, where that is what the process was started for.
pub fn extract_alone() -> Option<ExitCode> {
    let mut args = std::env::args().skip(1);
    (args.next()? == "extract").then(|| match Cli::parse().command {
        Command::Extract { format } => extract::run(&format),
        _ => ExitCode::FAILURE,
    })
}

/// Runs the command that the process was started with.
pub async fn run() -> ExitCode {
    without_huge_pages();
    let cli = Cli::parse();
    if let Command::Sdl = cli.command {
        print!("{}", crate::graphql::schema::sdl());
        return ExitCode::SUCCESS;
    }
    if let Command::Audit(command) = &cli.command
        && let Some((file, keys)) = command.offline()
    {
        return ended(audit::verify_offline(file, keys));
    }
    let mut config = match Config::load(cli.config, &cli.set) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("frontdesk: {error}");
            return ExitCode::FAILURE;
        }
    };
    log(&config);
    let done = match cli.command {
        Command::Serve => serve::serve(&mut config).await,
        Command::Worker => serve::worker(&config).await,
        Command::Migrate => migrate(&config).await,
        Command::Tenant(command) => tenant::run(&config, command).await,
        Command::PlatformAdmin(command) => platform_admin::run(&config, command).await,
        Command::Staff(command) => staff::run(&config, command).await,
        Command::Backup { to } => backup::run(&config, &to).await,
        Command::Keys { command } => keys::run(&config, command).await,
        Command::Erasures(command) => erasures::run(&config, command).await,
        Command::Archive(command) => archive::run(&config, command).await,
        Command::Audit(command) => audit::run(&config, command).await,
        Command::Seed { tenant, messages, visitors, staff } => {
            fill(&config, tenant, seed::SeedSize { messages, visitors, staff }).await
        }
        Command::Config => {
            for (name, value, meaning) in config.describe() {
                println!("FRONTDESK_{:<28} {value}\n    {meaning}", name.to_uppercase());
            }
            Ok(())
        }
        Command::Sdl | Command::Extract { .. } => Ok(()),
    };
    ended(done)
}

fn ended(done: Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("frontdesk: {}", explain(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error for the operator, who may see what a client may not.
fn explain(error: &Error) -> String {
    match error {
        Error::Internal { detail } | Error::Unavailable { detail } => detail.to_string(),
        Error::Invalid(problems) => problems
            .iter()
            .map(|problem| format!("{}: {}", problem.path.join("."), problem.message))
            .collect::<Vec<_>>()
            .join("; "),
        other => other.to_string(),
    }
}

fn log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        // Where a line cannot be written, on a full disk, there is nobody to tell: telling standard error panics.
        .log_internal_errors(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match config.log_format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
}

/// Opens the databases for a command that needs no keys of its own to work, only the ones that are set.
async fn open(config: &Config) -> Result<(Db, Arc<Source>)> {
    let db = app::open(config, Keyring::parse(&config.secret_key()?)?).await?;
    Ok((db, Arc::new(Source::system())))
}

/// The tenant that a command means.
async fn tenant_of(db: &Db, slug: Option<String>) -> Result<Arc<Tenant>> {
    let found = match slug {
        Some(slug) => db.tenant(TenantKey::Slug(slug)).await?,
        None => db.tenant(TenantKey::Only).await?,
    };
    found.ok_or_else(|| Error::internal("there is no such tenant; where there are several, name one with --tenant"))
}

/// A context for a command.
fn system(source: &Arc<Source>, tenant: Arc<Tenant>, command: &str) -> Cx {
    Cx::new(source.clone(), tenant, Actor::System, format!("cli-{command}"))
}

async fn migrate(config: &Config) -> Result<()> {
    let (db, source) = open(config).await?;
    crate::wiring::tenants::migrate_registry(&db, &config.database_url).await?;
    let total = db.tenants().await?.len();
    println!("registry: up to date, {total} tenants");
    let progress = |slug: &str, error: Option<&str>| match error {
        None => println!("{slug}: up to date"),
        Some(error) => println!("{slug}: FAILED: {error}"),
    };
    let migrated = crate::wiring::tenants::migrate_all(&db, &config.database_url, &source, progress).await?;
    println!("{} of {total} tenants are up to date", migrated.done);
    if migrated.failed.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = migrated.failed.iter().map(|(slug, _)| slug.as_str()).collect();
    Err(Error::internal(format!("{} tenants failed: {}; run it again to go on", names.len(), names.join(", "))))
}

async fn fill(config: &Config, tenant: Option<String>, size: seed::SeedSize) -> Result<()> {
    let (db, source) = open(config).await?;
    serve::prepare(config, &db, &source).await?;
    let tenant = tenant_of(&db, tenant).await?;
    let cx = system(&source, tenant.clone(), "seed");
    // Nobody knows the password of seeded staff.
    let passwords = identity::Passwords::new(&source, 1)?;
    let hash = passwords.hash(&source, &kernel::crypto::hex(&source.bytes::<32>())).await?;
    seed::seed(&db, &cx, size, &hash).await?;
    db.outbox().seal(&db, &tenant).await?;
    Ok(())
}
