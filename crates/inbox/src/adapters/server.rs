//! A mail server by its parts.

use std::net::SocketAddr;

use lettre::transport::smtp::{
    authentication::Credentials,
    client::{Tls, TlsParameters},
};

use crate::ports::MailError;

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// By STARTTLS, before anything is said.
    StartTls,
    /// From the first byte.
    Implicit,
    /// Not at all.
    None,
}

/// A mail server whose address is known, so that it is not looked up a second time with another answer.
#[derive(Clone)]
pub struct MailServer {
    /// Its name, which its certificate must be for.
    pub host: String,
    /// Where it is.
    pub address: SocketAddr,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// User and password.
    pub credentials: Option<(String, String)>,
}

impl MailServer {
    pub(super) fn tls(&self) -> Result<Tls, MailError> {
        Ok(match self.encryption {
            Encryption::None => Tls::None,
            Encryption::StartTls => Tls::Required(self.tls_parameters()?),
            Encryption::Implicit => Tls::Wrapper(self.tls_parameters()?),
        })
    }

    pub(super) fn tls_parameters(&self) -> Result<TlsParameters, MailError> {
        TlsParameters::new(self.host.clone()).map_err(|error| MailError::Never(error.to_string()))
    }

    pub(super) fn credentials(&self) -> Option<Credentials> {
        self.credentials.as_ref().map(|(user, password)| Credentials::new(user.clone(), password.clone()))
    }
}
