//! A copy of the embedded databases, made while the server runs.

use std::path::Path;

use kernel::{Result, db::copy_file};

use super::open;
use crate::config::Config;

pub(super) async fn run(config: &Config, to: &Path) -> Result<()> {
    let (db, _) = open(config).await?;
    // The registry first: a tenant that is made meanwhile is in neither, and none is in it whose file is not copied.
    copy_file(&config.database_url, None, to).await?;
    let tenants = db.tenants().await?;
    for tenant in &tenants {
        copy_file(&config.database_url, Some(tenant), to).await?;
    }
    println!("copied the registry and {} tenants to {}", tenants.len(), to.display());
    Ok(())
}
