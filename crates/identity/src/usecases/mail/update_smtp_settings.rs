//! The company sends its mail through another server.

use kernel::{Cx, Error, ProblemCode, Result, crypto::Keyring, db::Emit, net::check_host, text::Check};
use serde_json::{Value as Json, json};

use crate::{
    domain::mail::events::SmtpSettingsChanged,
    mail::{Encryption, is_mail_port},
    policy::{MANAGE_SETTINGS, ceiling, in_session},
    ports::MailSetup,
    queries::mail::server::password_context,
    store::mail::smtp_settings::{Model, ONLY},
};

/// What becomes of a value that may be taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays.
    #[default]
    Keep,
    /// It is taken away.
    Clear,
    /// It becomes this.
    To(T),
}

/// What changes of the company's mail server. Where there is none yet, host, port, encryption and sender are needed.
#[derive(Clone, Default)]
pub struct UpdateSmtpSettings {
    /// Its name or address.
    pub host: Option<String>,
    /// Its port.
    pub port: Option<i32>,
    /// How the connection is protected.
    pub encryption: Option<Encryption>,
    /// The user to sign in as.
    pub username: Change<String>,
    /// The password.
    pub password: Change<String>,
    /// The sender's address.
    pub from_email: Option<String>,
    /// The sender's name.
    pub from_name: Change<String>,
    /// Whether mails go there.
    pub is_active: Option<bool>,
    /// Whether every port is taken, as the installation allows.
    pub any_port: bool,
}

/// Changes the company's mail server, in a session. Whoever changes it answers for it: what lets in somebody who may more
/// than they do goes through the installation's own server.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_SETTINGS`]; [`Error::Invalid`] for what is missing or not valid, for a password
/// that would go over the wire in the clear, and for another server without the password: who does not know it must not
/// have it sent to a server of theirs.
pub async fn update_smtp_settings<S: MailSetup + Emit>(
    s: &S,
    cx: &Cx,
    catalog: &[&str],
    keyring: &Keyring,
    cmd: &UpdateSmtpSettings,
) -> Result<()> {
    cx.require(MANAGE_SETTINGS)?;
    in_session(cx, &[])?;
    let old = s.smtp().await?;
    let mut check = Check::default();
    let was = old.as_ref();
    let host = match (&cmd.host, was) {
        (Some(host), _) => {
            let host = check.line("host", host, 253);
            if !host.is_empty() && check_host(&host).is_err() {
                check.problem("host", ProblemCode::InvalidFormat, "must be a host name such as mail.example.com");
            }
            host
        }
        (None, Some(was)) => was.host.clone(),
        (None, None) => missing(&mut check, "host"),
    };
    let port = cmd.port.or(was.map(|was| was.port)).unwrap_or_else(|| missing(&mut check, "port"));
    if cmd.port.is_some() && !u16::try_from(port).is_ok_and(|port| is_mail_port(port, cmd.any_port)) {
        check.problem("port", ProblemCode::NotAllowed, "must be 25, 465, 587 or 2525");
    }
    let encryption = cmd.encryption.or(was.map(|was| was.encryption));
    if encryption.is_none() {
        check.problem("encryption", ProblemCode::Blank, "must be given");
    }
    let encryption = encryption.unwrap_or(Encryption::Tls);
    let from_email = match (&cmd.from_email, was) {
        (Some(email), _) => check.email("fromEmail", email),
        (None, Some(was)) => was.from_email.clone(),
        (None, None) => missing(&mut check, "fromEmail"),
    };
    let username = line(&mut check, "username", &cmd.username, was.and_then(|was| was.username.clone()));
    let from_name = line(&mut check, "fromName", &cmd.from_name, was.and_then(|was| was.from_name.clone()));
    let sealed = was.and_then(|was| was.password.clone());
    let elsewhere = was.is_some_and(|was| was.host != host || was.port != port || was.encryption != encryption);
    if elsewhere && sealed.is_some() && cmd.password == Change::Keep {
        check.problem("password", ProblemCode::Blank, "must be given again, or cleared, where the server changes");
    }
    if let Change::To(password) = &cmd.password
        && (password.is_empty() || password.len() > 1024 || password.contains(char::is_control))
    {
        let code = if password.is_empty() { ProblemCode::Blank } else { ProblemCode::InvalidFormat };
        check.problem("password", code, "must have 1 to 1024 bytes without control characters; null clears it");
    }
    let has_password = match cmd.password {
        Change::Keep => sealed.is_some(),
        Change::Clear => false,
        Change::To(_) => true,
    };
    if has_password && encryption == Encryption::None {
        check.problem("encryption", ProblemCode::NotAllowed, "a password is only sent over an encrypted connection");
    }
    if has_password && username.is_none() {
        check.problem("username", ProblemCode::Blank, "must be given with a password");
    }
    check.done()?;

    let password = match &cmd.password {
        Change::Keep => sealed,
        Change::Clear => None,
        Change::To(password) => Some(keyring.encrypt(cx.source(), &password_context(cx), password.as_bytes())?),
    };
    let row = Model {
        id: ONLY,
        host,
        port,
        encryption,
        username,
        password,
        from_email,
        from_name,
        is_active: cmd.is_active.or(was.map(|was| was.is_active)).unwrap_or(true),
        ceiling: ceiling(cx, catalog)?,
        updated_by: cx.person().ok().map(|person| person.id),
        updated_at: cx.now,
    };
    if !s.put_smtp(&row, old.is_none()).await? {
        return Err(Error::lost_race("the mail server"));
    }
    let password_changed = cmd.password != Change::Keep;
    s.emit(cx, &SmtpSettingsChanged { old: was.map(shown), new: shown(&row), password_changed });
    Ok(())
}

fn missing<T: Default>(check: &mut Check, field: &str) -> T {
    check.problem(field, ProblemCode::Blank, "must be given");
    T::default()
}

fn line(check: &mut Check, field: &str, change: &Change<String>, was: Option<String>) -> Option<String> {
    match change {
        Change::Keep => was,
        Change::Clear => None,
        Change::To(text) => Some(check.line(field, text, 200)).filter(|text| !text.is_empty()),
    }
}

/// The settings as the audit trail keeps them.
fn shown(row: &Model) -> Json {
    json!({
        "host": row.host,
        "port": row.port,
        "encryption": row.encryption,
        "username": row.username,
        "hasPassword": row.password.is_some(),
        "fromEmail": row.from_email,
        "fromName": row.from_name,
        "isActive": row.is_active,
        "ceiling": row.ceiling,
    })
}
