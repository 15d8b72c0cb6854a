//! Reading archives, from the command line.

use std::io::Write;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use kernel::{Error, Result};

use super::{open, system, tenant_of};
use crate::{config::Config, wiring::file_storage::FileStorage};

/// What can be done with archives.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Prints the rows of archives, a line of JSON each, oldest first. Whatever is not what was written is refused by its name.
    Read {
        /// The tenant's slug; not needed where there is only one.
        #[arg(long)]
        tenant: Option<String>,
        /// Where the archive is, as `archives { nodes { path } }` names it.
        #[arg(required_unless_present = "table", conflicts_with = "table")]
        key: Option<String>,
        /// All archives of a table.
        #[arg(long)]
        table: Option<String>,
        /// Only archives with rows of this instant (RFC 3339) or later.
        #[arg(long, requires = "table")]
        from: Option<DateTime<Utc>>,
        /// Only archives with rows of before this instant.
        #[arg(long, requires = "table")]
        to: Option<DateTime<Utc>>,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let Command::Read { tenant, key, table, from, to } = command;
    let (db, source) = open(config).await?;
    let tenant = tenant_of(&db, tenant).await?;
    let cx = &system(&source, tenant, "archive");
    let files = FileStorage::of_settings(config)?;
    let found = audit::archives_to_read(&db.reader(cx).await?, key.as_deref(), table.as_deref(), (from, to)).await?;
    if found.is_empty() {
        return Err(Error::internal("there is no such archive"));
    }
    for archive in found {
        // One at a time is checked as a whole and then printed.
        let rows = audit::archived_rows(&files, &archive).await?;
        let mut out = std::io::stdout().lock();
        for row in rows {
            writeln!(out, "{row}").map_err(Error::internal)?;
        }
    }
    Ok(())
}
