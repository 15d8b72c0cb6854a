//! Staff from the command line, until the API can do it.

use std::io::BufRead;

use clap::Subcommand;
use identity::{AddPerson, Details, TheirRole, UserKind};
use kernel::{Error, Result, text::Check};

use super::{open, system, tenant_of};
use crate::{config::Config, wiring::bridges::InTransaction};

/// What can be done with staff.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Adds a staff member. The password is read from standard input.
    Add {
        /// The tenant's slug; not needed where there is only one.
        #[arg(long)]
        tenant: Option<String>,
        /// Their address.
        email: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// Their role, by its name: a built-in one, such as SUPER_ADMIN, ADMIN, MANAGER, STAFF, ANALYST or VIEWER, or one of the company's own.
        #[arg(long, default_value = "STAFF")]
        role: String,
        /// They must choose another password before anything else.
        #[arg(long)]
        must_change_password: bool,
    },
    /// Ends a staff member's access within seconds.
    Deactivate {
        /// The tenant's slug; not needed where there is only one.
        #[arg(long)]
        tenant: Option<String>,
        /// Their address.
        email: String,
    },
}

/// A password from the first line of standard input: arguments can be seen by every user of the machine. `personal` is what
/// is known of its owner.
pub(super) fn password(personal: &[&str]) -> Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(Error::internal)?;
    let password = line.trim_end_matches(['\n', '\r']).to_owned();
    let mut check = Check::default();
    identity::check_password(&mut check, "password", &password, personal);
    check.done()?;
    Ok(password)
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let (db, source) = open(config).await?;
    match command {
        Command::Add { tenant, email, name, role, must_change_password } => {
            let tenant = tenant_of(&db, tenant).await?;
            let cx = system(&source, tenant.clone(), "staff");
            let passwords = identity::Passwords::new(&source, 1)?;
            let password_hash = passwords.hash(&source, &password(&[&email, &name])?).await?;
            let staff = AddPerson {
                kind: UserKind::Staff,
                email,
                details: Details::named(name),
                role: TheirRole::Named(role),
                department: None,
                password_hash: Some(password_hash),
                must_change_password,
                email_verified: false,
            };
            let (cx, staff) = (&cx, &staff);
            let added = db
                .transact(cx, "staff.add", |tx| async move { identity::add_person(&tx, cx, &[], staff.clone()).await })
                .await?;
            db.outbox().seal(&db, &tenant).await?;
            println!("{}", added.shown_id());
        }
        Command::Deactivate { tenant, email } => {
            let tenant = tenant_of(&db, tenant).await?;
            let cx = system(&source, tenant.clone(), "staff");
            let id =
                identity::staff_id(&db.reader(&cx).await?, &email).await?.ok_or(Error::NotFound { what: "Staff" })?;
            let cx = &cx;
            db.transact(cx, "staff.deactivate", |tx| async move {
                let work = InTransaction(&tx);
                identity::deactivate_person(&tx, &work, cx, &[], UserKind::Staff, id.into(), None).await
            })
            .await?;
            db.outbox().seal(&db, &tenant).await?;
        }
    }
    Ok(())
}
