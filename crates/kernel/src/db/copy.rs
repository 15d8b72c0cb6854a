//! A copy of the embedded databases, made while they are in use.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{migration_connection, open::tenant_dir};
use crate::{Error, Result, Tenant};

/// Copies the registry (`None`) or one tenant of the embedded database at `url` into the folder `to`, as it is at one
/// moment, while others go on reading and writing. The files there are named as they are here, so that the folder can be
/// put in the place of the old one. Returns the new file, readable by its owner only.
///
/// # Errors
/// [`Error::Internal`] where the database is not an embedded one, or the file is there already.
pub async fn copy_file(url: &str, tenant: Option<&Tenant>, to: &Path) -> Result<PathBuf> {
    let name = super::open::sqlite_path(url).and_then(|path| Some(path.file_name()?.to_owned()));
    let name =
        name.ok_or_else(|| Error::internal("only the embedded database is copied; use pg_dump for PostgreSQL"))?;
    let registry = to.join(name);
    let file = match tenant {
        None => registry,
        Some(tenant) => tenant_dir(&registry).join(format!("{}.db", tenant.schema_name)),
    };
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent).map_err(Error::unavailable)?;
    }
    if file.exists() {
        return Err(Error::internal(format!("{} is there already; give an empty folder", file.display())));
    }
    private(&file)?;
    let connection = migration_connection(url, tenant).await?;
    let path = file.to_string_lossy().into_owned();
    connection.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [path.into()])).await?;
    connection.close().await?;
    Ok(file)
}

/// Makes an empty file that only its owner reads, for the database to fill.
fn private(file: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    made.map(drop).map_err(Error::unavailable)
}
