//! The secret keys: which are known here, what each still seals, and sealing that anew.

use std::{collections::BTreeMap, sync::Arc};

use clap::Subcommand;
use kernel::{Db, Error, Result, Source, key_marks};

use super::{open, system};
use crate::{config::Config, wiring::file_storage::FileStorage};

/// What can be done with the keys.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Lists the keys by their short ids, with how many secrets each still seals.
    List,
    /// Seals what older keys seal under the first one, so that they can be dropped.
    Reseal,
}

pub(super) async fn run(config: &Config, command: Option<Command>) -> Result<()> {
    let (db, source) = open(config).await?;
    key_marks::check(&db, &source).await?;
    match command.unwrap_or(Command::List) {
        Command::List => list(&db, &source).await,
        Command::Reseal => reseal(config, &db, &source).await,
    }
}

/// How many secrets each key seals, of which kind, in all tenants.
async fn sealed(db: &Db, source: &Arc<Source>) -> Result<BTreeMap<String, BTreeMap<&'static str, u64>>> {
    let mut all: BTreeMap<String, BTreeMap<&'static str, u64>> = BTreeMap::new();
    for tenant in db.tenants().await? {
        if tenant.schema_version.as_deref() != Some(crate::wiring::tenants::version()) {
            return Err(Error::internal(format!(
                "the tenant {} is behind; run `frontdesk migrate` first",
                tenant.slug
            )));
        }
        let cx = system(source, Arc::new(tenant), "keys");
        let conn = db.reader(&cx).await?;
        for ((key, what), count) in identity::sealed_secrets(&conn).await? {
            *all.entry(key).or_default().entry(what).or_default() += count;
        }
        for (key, count) in crm_leads::sealed_crm_credentials(&conn).await? {
            *all.entry(key).or_default().entry("credentials of CRMs").or_default() += count;
        }
        for (key, count) in analytics_sync::sealed_b2chat_credentials(&conn).await? {
            *all.entry(key).or_default().entry("credentials of B2Chat").or_default() += count;
        }
        for key in inbox::sealed_social_tokens(&conn).await? {
            *all.entry(key).or_default().entry("tokens of social accounts").or_default() += 1;
        }
        if let Some(key) = audit::checkpoint_key(&conn).await? {
            *all.entry(key).or_default().entry("checkpoints of audit trails").or_default() += 1;
        }
    }
    Ok(all)
}

async fn list(db: &Db, source: &Arc<Source>) -> Result<()> {
    let mut sealed = sealed(db, source).await?;
    let given: Vec<_> = db.keyring().ids().collect();
    let known = key_marks::known(db).await?;
    let missing = known.iter().map(|row| row.id.clone()).chain(sealed.keys().cloned()).filter(|id| !given.contains(id));
    let mut missing: Vec<_> = missing.collect();
    missing.sort_unstable();
    missing.dedup();
    let rows = given.iter().enumerate().map(|(n, id)| (id, if n == 0 { "given, seals what is new" } else { "given" }));
    for (id, state) in rows.chain(missing.iter().map(|id| (id, "NOT GIVEN"))) {
        let what = sealed.remove(id).unwrap_or_default();
        let what: Vec<_> = what.iter().map(|(what, count)| format!("{count} {what}")).collect();
        println!("{id}  {state}: {}", if what.is_empty() { "seals nothing".to_owned() } else { what.join(", ") });
    }
    Ok(())
}

async fn reseal(config: &Config, db: &Db, source: &Arc<Source>) -> Result<()> {
    let tenants: Vec<_> = db.tenants().await?.iter().map(|tenant| tenant.id).collect();
    let files = FileStorage::of_settings(config)?;
    let mut total = audit::seal_noted_erasures(db, source, &files, &tenants).await?;
    for tenant in db.tenants().await? {
        let tenant = Arc::new(tenant);
        let cx = &system(source, tenant.clone(), "keys");
        let keyring = db.keyring();
        total += db
            .transact(cx, "secrets.reseal", |tx| async move {
                let crms = crm_leads::reseal_crm_credentials(&tx, cx, keyring).await?;
                let b2chat = analytics_sync::reseal_b2chat_credentials(&tx, cx, keyring).await?;
                Ok(crms + b2chat + identity::reseal_secrets(&tx, cx, keyring).await?)
            })
            .await?;
        total += db
            .transact(cx, "secrets.reseal", |tx| async move { inbox::reseal_social_tokens(&tx, cx, keyring).await })
            .await?;
        let anew = db.transact(cx, "audit.checkpoint", |tx| async move { audit::sign_anew(&tx, cx, keyring).await });
        total += u64::from(anew.await?);
        db.outbox().seal(db, &tenant).await?;
    }
    println!("{total} secrets are sealed under the first key now");
    // A key that seals nothing any more is no key of this database any more.
    let sealed = sealed(db, source).await?;
    let newest = db.keyring().ids().next().unwrap_or_default();
    for row in key_marks::known(db).await? {
        if row.id != newest && !sealed.contains_key(&row.id) {
            key_marks::forget(db, &row.id).await?;
            println!(
                "{} seals nothing any more; access tokens of it end within 15 minutes, answers under idempotency keys \
                within 24 hours: then leave it out of FRONTDESK_SECRET_KEY",
                row.id
            );
        }
    }
    Ok(())
}
