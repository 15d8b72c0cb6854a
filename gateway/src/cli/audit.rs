//! Proving the audit trail, letting its oldest rows go, and forgetting somebody in it, from the command line.

use std::{
    io::{BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Subcommand;
use kernel::{
    Cx, Db, Error, Result,
    crypto::Keyring,
    events::{Envelope, Note, Resource, Severity},
    id::{UserId, VisitorId},
    personal::Subject,
};
use serde_json::json;

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
        /// Proves an exported trail instead, with nothing but the file and the public keys.
        #[arg(long, requires = "public_key", conflicts_with_all = ["tenant", "all"])]
        file: Option<PathBuf>,
        /// A public key as `frontdesk audit key` prints it, or a file with one in PEM; several may be given.
        #[arg(long, requires = "file")]
        public_key: Vec<String>,
    },
    /// Prints the public keys by which heads, checkpoints and exports are verified, with their short ids, newest first.
    Key {
        /// As PEM.
        #[arg(long)]
        pem: bool,
    },
    /// Writes the trail to a file that proves itself: see `verify --file`.
    Export {
        /// The tenant's slug; not needed where there is only one.
        #[arg(long)]
        tenant: Option<String>,
        /// A new file, with JSON on each line.
        #[arg(long)]
        file: PathBuf,
        /// From when on: an instant (RFC 3339), or how many days ago, such as 730d.
        #[arg(long)]
        from: Option<String>,
        /// Before when.
        #[arg(long)]
        until: Option<String>,
        /// Puts what is sealed beside the rows, opened, as far as nobody was forgotten.
        #[arg(long)]
        opened: bool,
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

impl Command {
    /// The file and the keys of a proof that needs nothing else.
    pub(super) fn offline(&self) -> Option<(&Path, &[String])> {
        match self {
            Self::Verify { file: Some(file), public_key, .. } => Some((file, public_key)),
            _ => None,
        }
    }
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    if let Command::Key { pem } = command {
        return key(&Keyring::parse(&config.secret_key()?)?, pem);
    }
    let (db, source) = open(config).await?;
    let named = match &command {
        Command::Verify { tenant, .. }
        | Command::Checkpoint { tenant, .. }
        | Command::Export { tenant, .. }
        | Command::Forget { tenant, .. } => tenant.clone(),
        Command::Key { .. } => None,
    };
    let tenant = tenant_of(&db, named).await?;
    let cx = &system(&source, tenant.clone(), "audit");
    match command {
        Command::Verify { all, .. } => verify(&db, cx, all).await,
        Command::Key { .. } => Ok(()),
        Command::Export { file, from, until, opened, .. } => {
            let instant = |name: &str, text: Option<String>| text.map(|text| instant(cx, name, &text)).transpose();
            export(&db, cx, &file, instant("--from", from)?, instant("--until", until)?, opened).await
        }
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

/// An instant, or how many days ago.
fn instant(cx: &Cx, name: &str, text: &str) -> Result<DateTime<Utc>> {
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok()).and_then(TimeDelta::try_days);
    let wrong = || Error::internal(format!("{name} must be an instant (RFC 3339) or a number of days such as 730d"));
    match days {
        Some(days) => cx.now.checked_sub_signed(days).ok_or_else(wrong),
        None => DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).map_err(|_| wrong()),
    }
}

/// Proves an exported trail, with nothing but the file and the public keys.
pub(super) fn verify_offline(file: &Path, keys: &[String]) -> Result<()> {
    let key = |text: &String| {
        let read = std::fs::read_to_string(text);
        audit::public_key(read.as_ref().unwrap_or(text)).ok_or_else(|| {
            Error::internal(format!("--public-key {text}: is neither 32 bytes in base64 nor a file with a key in PEM"))
        })
    };
    let keys = keys.iter().map(key).collect::<Result<Vec<_>>>()?;
    let open = std::fs::File::open(file);
    let open = open.map_err(|error| Error::internal(format!("{} cannot be opened: {error}", file.display())))?;
    let read = BufReader::with_capacity(1 << 20, open);
    let whole = audit::verify_file(read, &keys).map_err(|refused| Error::internal(refused.to_string()))?;
    println!(
        "whole: rows {} to {}, end {}, {} heads, {} checkpoints, tenant {}",
        whole.after + 1,
        whole.sequence,
        whole.hash,
        whole.heads,
        whole.checkpoints,
        whole.tenant,
    );
    Ok(())
}

fn key(keyring: &Keyring, pem: bool) -> Result<()> {
    for (id, public) in keyring.public_keys() {
        match pem {
            true => print!("{}", audit::pem(&public)),
            false => println!("{id}:{}", STANDARD.encode(public)),
        }
    }
    Ok(())
}

/// Writes the trail into a new file, which is there whole or not at all.
async fn export(
    db: &Db,
    cx: &Cx,
    file: &Path,
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    opened: bool,
) -> Result<()> {
    let fault = |error: std::io::Error| Error::internal(format!("{} cannot be written: {error}", file.display()));
    // Nothing that is there is written over.
    drop(std::fs::File::create_new(file).map_err(fault)?);
    db.outbox().seal(db, &cx.tenant).await?;
    let place = audit::trail_between(&db.reader(cx).await?, cx, from, until).await?;
    let note = Note {
        kind: "data.export",
        severity: Severity::Medium,
        failure: None,
        resource: None,
        details: json!({ "rows": place.rows(), "from": from, "until": until, "opened": opened }),
    };
    // It is on record before the first row is out.
    db.record(cx, vec![Envelope::note(cx, note)]).await?;
    let part = file.with_added_extension("part");
    let written = async {
        let mut out = BufWriter::new(std::fs::File::create(&part).map_err(fault)?);
        let (mut next, mut rows) = (Some(place), 0);
        while let Some(place) = next {
            let lines = audit::trail_lines(db, cx, &place, opened).await?;
            out.write_all(lines.text.as_bytes()).map_err(fault)?;
            rows += lines.rows;
            next = lines.next;
        }
        out.into_inner().map_err(|error| fault(error.into_error()))?.sync_all().map_err(fault)?;
        std::fs::rename(&part, file).map_err(fault)?;
        Ok(rows)
    };
    match written.await {
        Ok(rows) => {
            db.outbox().seal(db, &cx.tenant).await?;
            println!("{rows} rows");
            Ok(())
        }
        Err(error) => {
            let _ = std::fs::remove_file(&part);
            let _ = std::fs::remove_file(file);
            Err(error)
        }
    }
}

async fn checkpoint(db: &Db, cx: &Cx, before: &str, remove: bool) -> Result<()> {
    let before = instant(cx, "--before", before)?;
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
    if let Some(hold) = audit::holds_on(&db.reader(cx).await?, &[(who.kind, who.id)]).await?.first() {
        return Err(Error::internal(format!("they are under the legal hold {}: {}", hold.id, hold.reason)));
    }
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
