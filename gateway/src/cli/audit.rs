//! Proving the audit trail, letting its oldest rows go, and forgetting somebody in it, from the command line.

use chrono::{DateTime, TimeDelta};
use clap::Subcommand;
use kernel::{
    Cx, Db, Error, Result,
    events::Resource,
    id::{UserId, VisitorId},
    personal::Subject,
};

use super::{open, system, tenant_of};
use crate::config::Config;

/// What can be done with the audit trail.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Reads the chain from its newest checkpoint on and names the first row that does not fit.
    Verify {
        /// The tenant's slug; not needed where there is only one.
        #[arg(long)]
        tenant: Option<String>,
        /// Reads all that is there, from before the checkpoint too.
        #[arg(long)]
        all: bool,
    },
    /// Signs the trail up to a time, once it is proved up to there; with --remove, lets the rows up to there go.
    Checkpoint {
        /// The tenant's slug; not needed where there is only one.
        #[arg(long)]
        tenant: Option<String>,
        /// Up to when: an instant (RFC 3339), or how many days ago, such as 730d.
        #[arg(long)]
        before: String,
        /// Removes the rows behind the newest checkpoint.
        #[arg(long)]
        remove: bool,
    },
    /// Destroys the keys of a person or visitor, so that what the trail said of them is unreadable. There is no way back.
    Forget {
        /// The tenant's slug; not needed where there is only one.
        #[arg(long)]
        tenant: Option<String>,
        /// Who: `stf_…`, `cli_…` or `vis_…`.
        id: String,
        /// The e-mail addresses that they had.
        #[arg(long)]
        email: Vec<String>,
        /// The network addresses from which nobody else asks.
        #[arg(long)]
        address: Vec<String>,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let (db, source) = open(config).await?;
    let named = match &command {
        Command::Verify { tenant, .. } | Command::Checkpoint { tenant, .. } | Command::Forget { tenant, .. } => {
            tenant.clone()
        }
    };
    let tenant = tenant_of(&db, named).await?;
    let cx = &system(&source, tenant.clone(), "audit");
    match command {
        Command::Verify { all, .. } => verify(&db, cx, all).await,
        Command::Checkpoint { before, remove, .. } => checkpoint(&db, cx, &before, remove).await,
        Command::Forget { id, email, address, .. } => forget(&db, cx, &id, email, address).await,
    }
}

async fn verify(db: &Db, cx: &Cx, all: bool) -> Result<()> {
    // What a crash left unsealed belongs to the chain too.
    db.outbox().seal(db, &cx.tenant).await?;
    let head = db.outbox().end(db, cx).await?;
    match audit::verify(&db.reader(cx).await?, cx, db.keyring(), &head, all).await? {
        Ok(whole) => {
            let from = match whole.from {
                0 => String::new(),
                from => format!(", those up to {from} by a checkpoint"),
            };
            println!("whole: {} rows{from}, end {}, {} unsealed", whole.sequence, whole.hash, whole.unsealed);
            Ok(())
        }
        Err(broken) => {
            let row = broken.audit_log.map(|id| format!(", audit row {id}")).unwrap_or_default();
            Err(Error::internal(format!("BROKEN at sequence {}{row}: {}", broken.sequence, broken.reason)))
        }
    }
}

async fn checkpoint(db: &Db, cx: &Cx, before: &str, remove: bool) -> Result<()> {
    let days = before.strip_suffix('d').and_then(|days| days.parse().ok()).and_then(TimeDelta::try_days);
    let before = match days {
        Some(days) => cx.now - days,
        None => DateTime::parse_from_rfc3339(before)
            .map_err(|_| Error::internal("--before must be an instant (RFC 3339) or a number of days such as 730d"))?
            .to_utc(),
    };
    db.outbox().seal(db, &cx.tenant).await?;
    let keyring = db.keyring();
    let work = |tx| async move {
        let made = audit::make_checkpoint(&tx, cx, keyring, before).await?;
        Ok(made.map(|made| (made.sequence, made.hash)))
    };
    match db.transact(cx, "audit.checkpoint", work).await? {
        Some((sequence, hash)) => println!("checkpoint at {sequence}, hash {}", kernel::crypto::hex(&hash)),
        None => println!("nothing new to sign"),
    }
    if remove {
        let mut removed = 0;
        loop {
            let work = |tx| async move { audit::remove_behind_checkpoint(&tx, cx, keyring).await };
            let some = db.transact(cx, "audit.remove", work).await?;
            removed += some;
            if some < audit::REMOVED {
                break;
            }
        }
        println!("{removed} rows removed");
    }
    db.outbox().seal(db, &cx.tenant).await?;
    Ok(())
}

async fn forget(db: &Db, cx: &Cx, id: &str, emails: Vec<String>, addresses: Vec<String>) -> Result<()> {
    let wrong = || Error::internal("who is forgotten is named by stf_…, cli_… or vis_…");
    let (who, subject) = match kernel::id::prefix(id) {
        Some("vis") => {
            let visitor = id.parse::<VisitorId>().map_err(|_| wrong())?;
            (Resource::new("Visitor", visitor), Subject::Visitor(visitor))
        }
        Some(kind) => {
            let person = UserId::from_shown(id).map_err(|_| wrong())?;
            let what = if kind == "cli" { "Client" } else { "Staff" };
            (Resource { kind: what, id: person.0 }, Subject::Person(person))
        }
        None => return Err(wrong()),
    };
    let emails = emails.into_iter().map(|email| Subject::Email(kernel::text::email(&email).unwrap_or(email)));
    let subjects: Vec<_> =
        [subject].into_iter().chain(emails).chain(addresses.into_iter().map(Subject::Origin)).collect();
    let subjects = &subjects;
    let forget = |tx: kernel::Tx| async move {
        for subject in subjects {
            // What somebody asked the assistant is theirs alone, so it goes with them.
            if let Subject::Person(person) = subject {
                ticketing::forget_conversations(tx.conn(), *person).await?;
            }
        }
        audit::forget(db, &tx, cx, who, subjects).await
    };
    let keys = db.transact(cx, "person.forget", forget).await?;
    db.outbox().seal(db, &cx.tenant).await?;
    println!("{keys} keys destroyed");
    Ok(())
}
