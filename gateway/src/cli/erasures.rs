//! Erasures that are noted outside the database, and doing them again where the database knows nothing of them.

use std::sync::Arc;

use clap::Subcommand;
use kernel::{Error, Result, Source};

use super::{explain, system};
use crate::{
    config::Config,
    wiring::{
        app::App,
        erasures::{Contexts, house},
        tenants,
    },
};

/// What can be done with erasures.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Lists the erasures that are noted in the file storage, and how each stands in this database.
    List,
    /// Does those again that this database knows nothing of: before it is served after it was restored.
    Repeat,
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let source = Arc::new(Source::system());
    let app = App::new(config, source.clone()).await?;
    if app.db.postgres().is_none() {
        let failed = tenants::migrate_all(&app.db, &config.database_url, &source, |_, _| {}).await?.failed;
        failed.iter().for_each(|(slug, error)| eprintln!("{slug}: could not be brought up to date: {error}"));
    }
    let desk = Contexts(&app);
    let house = house(&app, &desk);
    let noted = audit::noted_erasures(app.files.storage()).await?;
    let (mut repeated, mut failed) = (0, 0);
    for tenant in app.db.tenants().await? {
        if !noted.iter().any(|noted| noted.tenant == tenant.id) {
            continue;
        }
        let slug = tenant.slug.clone();
        if tenant.schema_version.as_deref() != Some(tenants::version()) {
            return Err(Error::internal(format!("the tenant {slug} is behind; run `frontdesk migrate` first")));
        }
        let tenant = Arc::new(tenant);
        let cx = &system(&source, tenant.clone(), "erasures");
        let missing = audit::erasures_to_repeat(&app.db.reader(cx).await?, tenant.id, &noted).await?;
        if matches!(command, Command::List) {
            for one in noted.iter().filter(|noted| noted.tenant == tenant.id) {
                let state = if missing.contains(one) { "NOT DONE HERE" } else { "known" };
                println!("{slug}  {}  {state}", one.erasure);
            }
            continue;
        }
        for one in &missing {
            match Box::pin(audit::repeat_erasure(house, cx, one)).await {
                Ok(erasure) => {
                    repeated += 1;
                    let rows: i64 = erasure.counts.0.values().sum();
                    let state = if erasure.completed_at.is_some() { "done" } else { "waits for a legal hold" };
                    println!("{slug}  {}  {state}, {rows} rows erased", one.erasure);
                }
                Err(error) => {
                    failed += 1;
                    println!("{slug}  {}  FAILED: {}", one.erasure, explain(&error));
                }
            }
        }
        app.db.outbox().seal(&app.db, &tenant).await?;
    }
    if failed > 0 {
        return Err(Error::internal(format!("{failed} erasures could not be done again; run it again to go on")));
    }
    if matches!(command, Command::Repeat) {
        println!("{repeated} erasures were done again");
    }
    Ok(())
}
