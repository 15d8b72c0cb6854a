//! How mails look, and whose certificates are good for the servers that take them.

use inbox::{Address, Authorities, MailSettings};
use kernel::{Error, Result};

use super::Config;

impl Config {
    /// How mails look.
    pub fn mail_settings(&self) -> Result<MailSettings> {
        let (name, email) = match self.mail_from.rsplit_once('<') {
            Some((name, email)) => (name.trim().to_owned(), email.trim_end_matches('>').trim().to_owned()),
            None => (String::new(), self.mail_from.trim().to_owned()),
        };
        // Message-IDs are ASCII.
        let domain = kernel::text::on_the_wire(&email)
            .rsplit_once('@')
            .map(|(_, domain)| domain.to_owned())
            .ok_or_else(|| Error::internal("mail_from must hold an address"))?;
        Ok(MailSettings { from: Address { name, email }, domain })
    }

    /// By whom certificates of tenants' mail servers may be, beside those whom everybody trusts.
    ///
    /// # Errors
    /// [`Error::Internal`] for a file that is not there or holds no certificates.
    pub fn mail_authorities(&self) -> Result<Option<Authorities>> {
        let Some(path) = &self.mail_authorities else { return Ok(None) };
        let pem = std::fs::read(path).map_err(|error| Error::internal(format!("mail_authorities: {error}")))?;
        Authorities::of(&pem).map(Some).map_err(Error::internal)
    }
}
