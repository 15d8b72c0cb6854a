//! The company's own mail server.

use kernel::{Conn, Cx, Error, Result, crypto::Keyring};
use sea_orm::EntityTrait;

use crate::{
    mail::MailServer,
    policy::{MANAGE_SETTINGS, is_below},
    store::mail::smtp_settings::{Entity, Model, ONLY},
};

/// What the password is sealed for: it opens nowhere else.
pub(crate) fn password_context(cx: &Cx) -> Vec<u8> {
    format!("smtp_settings.password of {}", cx.tenant.id).into_bytes()
}

/// The company's mail server as it is set, its password still sealed; `None` where there is none.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_SETTINGS`].
pub async fn smtp_settings(conn: &Conn, cx: &Cx) -> Result<Option<Model>> {
    cx.require(MANAGE_SETTINGS)?;
    Ok(Entity::find_by_id(ONLY).one(conn).await?)
}

/// The server that mails go to, where the company has an active one of its own.
pub async fn active_mail_server(conn: &Conn, cx: &Cx, keyring: &Keyring) -> Result<Option<MailServer>> {
    trusted_mail_server(conn, cx, keyring, &[]).await
}

/// The same for a mail that lets in somebody who may these things: no server whose keeper may less reads it.
pub(crate) async fn trusted_mail_server(
    conn: &Conn,
    cx: &Cx,
    keyring: &Keyring,
    opens: &[String],
) -> Result<Option<MailServer>> {
    let row = Entity::find_by_id(ONLY).one(conn).await?;
    let row = row.filter(|row| row.is_active && is_below(row.ceiling.as_ref(), opens));
    row.map(|row| mail_server(cx, keyring, row)).transpose()
}

/// A server with its password opened.
pub(crate) fn mail_server(cx: &Cx, keyring: &Keyring, row: Model) -> Result<MailServer> {
    let password = row.password.map(|sealed| keyring.decrypt(&password_context(cx), &sealed)).transpose()?;
    let password = password
        .map(|password| String::from_utf8(password).map_err(|_| Error::internal("an SMTP password is no text")))
        .transpose()?;
    Ok(MailServer {
        host: row.host,
        port: u16::try_from(row.port).map_err(Error::internal)?,
        encryption: row.encryption,
        credentials: row.username.zip(password),
        from_email: row.from_email,
        from_name: row.from_name.unwrap_or_default(),
    })
}
