//! A client registers.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{
    Cx, Db, Error, ProblemCode, Result,
    db::Emit,
    jobs::{self, Enqueue, Job, Work},
    limit::Limit,
    text::Check,
};
use serde::{Deserialize, Serialize};

use super::links::{letter, mail_verification, may_mail};
use crate::usecases::people::{
    add_person::{AddPerson, CLIENT, TheirRole, add_person},
    details::Details,
};
use crate::{
    adapters::password::Passwords,
    domain::{
        mail::links::Links,
        people::{person::Person, phone::Region},
        settings::setting::{COMPANY_REGION, REGISTRATION_OPEN},
        sign_in::{
            account_events::RegistrationRequested,
            one_time::{Payload, Registration},
            password_rules,
        },
    },
    mail::Template,
    queries::{access::actor::account, settings::values::SettingsReader},
    store::people::user::Kind,
};

/// Registrations from one address.
const BY_ADDRESS: Limit =
    Limit { name: "registrations by address", attempts: 20, window: Duration::from_secs(10 * 60) };

/// What the form sends.
#[derive(Clone)]
pub struct RegisterClient {
    /// Their address.
    pub email: String,
    /// The password they choose.
    pub password: String,
    /// Who they say they are.
    pub details: Details,
    /// A field that people do not see: whoever fills it is a program.
    pub honeypot: Option<String>,
    /// Whether attempts are limited.
    pub limited: bool,
}

/// The job: register this client, or tell the address's owner that they are registered.
#[derive(Serialize, Deserialize)]
pub struct Register {
    /// A [`Registration`], encrypted.
    sealed: String,
    limited: bool,
}

impl Work for Register {
    const KIND: &'static str = "identity.register";
}

impl Registration {
    /// What they said of themselves.
    fn details(&self) -> Details {
        Details { company: self.company.clone(), phone: self.phone.clone(), ..Details::named(&self.name) }
    }
}

/// What a sealed registration is bound to.
pub(crate) const SEAL: &[u8] = b"identity.register";

/// Takes a registration. Public. Whether the address is known the request does not look: a job does, so that neither
/// answer nor time can tell. Either way the address gets a mail.
///
/// # Errors
/// [`Error::Invalid`] naming every field that is wrong, or where clients cannot register; [`Error::RateLimited`].
pub async fn register_client(
    db: &Db,
    passwords: &Passwords,
    settings: &SettingsReader,
    cx: &Cx,
    cmd: &RegisterClient,
) -> Result<()> {
    if cmd.limited {
        BY_ADDRESS.count(&db.bookkeeping(cx).await?, cx, &cx.origin.limit_key()).await?;
    }
    if cmd.honeypot.as_ref().is_some_and(|text| !text.is_empty()) {
        tracing::info!(request_id = %cx.request_id, "a filled honeypot was discarded");
        return Ok(());
    }
    if !settings.boolean(cx, REGISTRATION_OPEN).await? {
        return Err(Error::invalid("", ProblemCode::NotAllowed, "clients cannot register themselves here"));
    }
    let mut check = Check::default();
    let email = check.email("email", &cmd.email);
    let mut client = Person { kind: Kind::Client, ..Person::nobody() };
    let region = settings.get(cx, COMPANY_REGION).await?.as_str().and_then(Region::of);
    cmd.details.apply(&mut check, &mut client, region);
    let Person { name, company, phone, phone_typed, .. } = client;
    let mut said = Registration { email, name, company, phone, phone_typed, password_hash: String::new() };
    password_rules::check(&mut check, "password", &cmd.password, &[&said.email, &said.name]);
    check.done()?;
    said.password_hash = passwords.hash(cx.source(), &cmd.password).await?;
    let plain = serde_json::to_vec(&said).map_err(Error::internal)?;
    let sealed = STANDARD.encode(db.keyring().encrypt(cx.source(), SEAL, &plain)?);
    let (job, email) = (&Register { sealed, limited: cmd.limited }, &said.email);
    db.transact(cx, "registration.request", |tx| async move {
        tx.enqueue(cx, job).await?;
        tx.emit(cx, &RegistrationRequested { email: email.clone() });
        Ok(())
    })
    .await
}

/// Does what a registration asks for.
///
/// Whoever is new is added without a password: theirs takes hold with the link in the mail. Whoever registered before and
/// has not verified gets another link, which replaces the one before it. Everybody else is told by mail that they have an
/// account.
pub async fn register(db: &Db, links: &Links, cx: &Cx, job: &Job) -> Result<()> {
    let work: Register = job.work()?;
    let sealed = STANDARD.decode(&work.sealed).map_err(Error::internal)?;
    let plain = db.keyring().decrypt(SEAL, &sealed)?;
    let said: Registration =
        serde_json::from_slice(&plain).map_err(|_| Error::internal("a registration cannot be read"))?;
    let send = !work.limited || may_mail(db, cx, &said.email).await?;
    let said = &said;
    db.transact(cx, "registration.complete", |tx| async move {
        let payload = || Payload { registration: Some(said.clone()), ..Payload::default() };
        match account(tx.conn(), Some(&said.email)).await? {
            _ if !send => {}
            None => {
                let client = AddPerson {
                    kind: Kind::Client,
                    email: said.email.clone(),
                    details: said.details(),
                    role: TheirRole::Named(CLIENT.into()),
                    department: None,
                    password_hash: None,
                    must_change_password: false,
                    email_verified: false,
                };
                // Frontdesk itself gives the role, so what it holds need not be spelled out.
                let client = add_person(&tx, cx, &[], client).await.map_err(|error| match error {
                    Error::Invalid(_) => Error::lost_race("the address"),
                    error => error,
                })?;
                mail_verification(&tx, db, links, cx, &said.email, client.id, payload()).await?;
            }
            Some(owner) if !owner.is_active => {}
            Some(owner) if owner.kind == Kind::Client && !owner.verified && owner.password_hash.is_none() => {
                mail_verification(&tx, db, links, cx, &said.email, owner.id, payload()).await?;
            }
            Some(owner) => {
                letter(&tx, db, cx, &owner, Template::AlreadyRegistered, vec![("link", links.forgot_password())])
                    .await?;
            }
        }
        jobs::finish(&tx, job).await
    })
    .await
}
