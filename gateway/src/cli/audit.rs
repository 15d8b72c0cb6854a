//! Proving the audit trail from the command line.

use clap::Subcommand;
use kernel::{Error, Result};

use super::{open, system, tenant_of};
use crate::config::Config;

/// What can be done with the audit trail.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Reads the whole chain and names the first row that does not fit.
    Verify {
        /// The tenant's slug; not needed where there is only one.
        #[arg(long)]
        tenant: Option<String>,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let Command::Verify { tenant } = command;
    let (db, source) = open(config).await?;
    let tenant = tenant_of(&db, tenant).await?;
    let cx = system(&source, tenant.clone(), "audit");
    // What a crash left unsealed belongs to the chain too.
    db.outbox().seal(&db, &tenant).await?;
    let head = db.outbox().end(&db, &cx).await?;
    match audit::verify(&db.reader(&cx).await?, &head).await? {
        Ok(whole) => {
            println!("whole: {} rows, end {}, {} unsealed", whole.sequence, whole.hash, whole.unsealed);
            Ok(())
        }
        Err(broken) => {
            let row = broken.audit_log.map(|id| format!(", audit row {id}")).unwrap_or_default();
            Err(Error::internal(format!("BROKEN at sequence {}{row}: {}", broken.sequence, broken.reason)))
        }
    }
}
