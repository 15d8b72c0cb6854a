//! The server, and the workers alone.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use identity::{AddPerson, OpenTenant};
use kernel::{Db, Error, Result, Source, Tenant, key_marks, tenant::Tier, text::Check};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{demo, system};
use crate::{
    background::{errors, panics, reads, workers},
    config::Config,
    http,
    incoming_webhooks::{social, user_sync},
    routes::{avatars, files, front_page, newsletter, operations, playground},
    wiring::{app::App, backend::Product, erasures, tenants},
};

/// How long a process that stops tries to write what went wrong.
const CLOSING: Duration = Duration::from_secs(3);

/// Makes sure that there is something to serve: migrates the embedded database by itself; gives an empty PostgreSQL
/// database its registry and first tenant; leaves one with tenants to `frontdesk migrate`.
pub(super) async fn prepare(config: &Config, db: &Db, source: &Arc<Source>) -> Result<()> {
    let embedded = db.postgres().is_none();
    if embedded || !tenants::any(db).await {
        tenants::migrate_registry(db, &config.database_url).await?;
    }
    if tenants::registry_is_current(db).await {
        key_marks::check(db, source).await?;
    }
    let known = db.tenants().await?;
    // None yet, or a first start that broke off.
    if known.iter().all(Tenant::is_half_made) {
        let name = if config.demo.is_on() { "Harbour & Lane" } else { "Main" };
        // Who runs Frontdesk for themselves has no limits.
        let new = OpenTenant { slug: "main".into(), name: name.into(), tier: Tier::Enterprise, hosts: Vec::new() };
        let made = tenants::create(db, &config.database_url, &tenants::platform(source, "serve"), new, None).await;
        // Another process that starts at the same time may have been faster.
        if let Err(error) = made
            && !db.tenants().await?.iter().any(|tenant| tenant.active)
        {
            return Err(error);
        }
    } else if embedded {
        let failed = tenants::migrate_all(db, &config.database_url, source, |_, _| {}).await?.failed;
        for (slug, error) in failed {
            tracing::error!(tenant = slug, error, "the tenant could not be migrated and is refused");
        }
    }
    first_administrator(config, db, source).await
}

/// Adds the configured first administrator to the first tenant, where nobody is there yet.
async fn first_administrator(config: &Config, db: &Db, source: &Arc<Source>) -> Result<()> {
    let (Some(email), Some(password)) = (&config.admin_email, &config.admin_password) else { return Ok(()) };
    let Some(tenant) = db.tenants().await?.into_iter().min_by_key(|tenant| tenant.created_at) else { return Ok(()) };
    if tenant.schema_version.as_deref() != Some(tenants::version()) {
        return Ok(());
    }
    let cx = system(source, Arc::new(tenant), "bootstrap");
    if identity::anybody(&db.reader(&cx).await?).await? {
        return Ok(());
    }
    let mut check = Check::default();
    identity::check_password(&mut check, "admin_password", password, &[email]);
    check.done()?;
    let passwords = identity::Passwords::new(source, 1)?;
    let admin = AddPerson::administrator(email.clone(), passwords.hash(source, password).await?);
    let (cx, admin) = (&cx, &admin);
    db.transact(cx, "tenant.bootstrap", |tx| async move { identity::bootstrap(&tx, cx, Some(admin.clone())).await })
        .await?;
    Ok(())
}

/// The parts put together; those of a demo have its own B2Chat among them.
async fn app(config: &Config, source: Arc<Source>) -> Result<Arc<App>> {
    match config.demo.is_on() {
        true => App::asking(config, source.clone(), |real| Arc::new(demo::SampleB2chat::new(real, source))).await,
        false => App::new(config, source).await,
    }
}

/// Runs the server until it is told to stop.
pub(super) async fn serve(config: &mut Config) -> Result<()> {
    let source = Arc::new(Source::system());
    if config.secret_key.is_none() && config.demo.is_on() {
        config.secret_key = Some(demo_key(config, &source)?);
    }
    let metrics = operations::metrics()?;
    let app = app(config, source.clone()).await?;
    prepare(config, &app.db, &source).await?;
    erasures::check(&app).await?;
    let demo = match config.demo.is_on() {
        true => {
            let tenant = super::tenant_of(&app.db, None).await?;
            demo::demo(&app, &system(&source, tenant, "demo")).await?
        }
        false => None,
    };

    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone())?);
    panics::remember();
    let tasks = workers::start(&app, config.workers.is_on(), &stop);
    let reads = tokio::spawn(reads::write(app.clone()));
    let errors = tokio::spawn(errors::write(app.clone()));
    let http = config.http()?;
    let others = operations::router(app.clone(), metrics)
        .merge(avatars::router(app.clone()))
        .merge(files::router(app.clone()))
        .merge(newsletter::router(app.clone()))
        .merge(user_sync::router(app.clone()))
        .merge(social::router(app.clone()))
        .merge(front_page::router(config.introspection))
        .merge(playground::router());
    let routes =
        http::router(Arc::new(Product::new(app.clone())?), http.clone(), stop.clone()).merge(http::edge(others, &http));
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| Error::unavailable(format!("{}: {error}", config.listen)))?;
    let address = listener.local_addr().map_err(Error::internal)?;
    println!("listening on http://{address}");
    if let Some(demo) = demo {
        println!(
            "\n  GraphiQL   http://{address}/graphiql\n  sign in    {}\n  or as      {}, a client\n  password   {}\n",
            demo.email, demo.client, demo.password
        );
    }
    http::serve(listener, routes, &http.server, stop.clone()).await;
    stop.cancel();
    // Nothing is read any more: what was goes into the trail.
    app.reads.close();
    if reads.await.is_err() {
        tracing::error!("what was read last could not be recorded");
    }
    tasks.join_all().await;
    close(&app, errors).await;
    tracing::info!("stopped");
    Ok(())
}

/// Runs the background work until it is told to stop.
pub(super) async fn worker(config: &Config) -> Result<()> {
    let app = app(config, Arc::new(Source::system())).await?;
    if tenants::registry_is_current(&app.db).await {
        key_marks::check(&app.db, &app.source).await?;
        erasures::check(&app).await?;
    }
    let stop = CancellationToken::new();
    panics::remember();
    let tasks = workers::start(&app, true, &stop);
    let stopped = stop_on_signal(stop.clone())?;
    let errors = tokio::spawn(errors::write(app.clone()));
    println!("working");
    stopped.await;
    tasks.join_all().await;
    close(&app, errors).await;
    Ok(())
}

/// Nothing goes wrong any more: what did goes into the log, as far as there is a database.
async fn close(app: &App, errors: JoinHandle<()>) {
    app.errors.close();
    if !matches!(tokio::time::timeout(CLOSING, errors).await, Ok(Ok(()))) {
        tracing::error!("what went wrong last could not be recorded");
    }
}

/// Cancels `stop` at SIGINT or SIGTERM. Both are heard from this call on, before anybody is told that we are ready.
fn stop_on_signal(stop: CancellationToken) -> Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::internal)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        stop.cancel();
    })
}

/// The demo's own key, made at its first start and kept beside its database, readable by its owner only.
fn demo_key(config: &Config, source: &Source) -> Result<String> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let folder = config.mail_dir.parent().map_or_else(|| "data".into(), std::path::Path::to_path_buf);
    let path = folder.join("demo.key");
    if let Ok(key) = std::fs::read_to_string(&path) {
        return Ok(key.trim().to_owned());
    }
    let key = STANDARD.encode(source.bytes::<32>());
    std::fs::create_dir_all(&folder).map_err(Error::unavailable)?;
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(Error::unavailable)?;
    file.write_all(key.as_bytes()).map_err(Error::unavailable)?;
    Ok(key)
}
