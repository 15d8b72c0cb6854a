//! A mail server by its parts.

use std::net::SocketAddr;

use lettre::transport::smtp::{
    authentication::Credentials,
    client::{Certificate, Tls, TlsParameters},
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
    /// By whom its certificate may be, beside those whom everybody trusts.
    pub authorities: Option<Authorities>,
}

/// Certificate authorities of one's own, such as a company has in its network.
#[derive(Clone)]
pub struct Authorities(Certificate);

impl Authorities {
    /// Those of a PEM file.
    ///
    /// # Errors
    /// A text for the operator.
    pub fn of(pem: &[u8]) -> Result<Self, String> {
        let none = || "mail_authorities must be a PEM file with certificates".to_owned();
        // What is no PEM at all holds no certificate either, and trusting nobody more is not what was meant.
        if !String::from_utf8_lossy(pem).contains("BEGIN CERTIFICATE") {
            return Err(none());
        }
        Certificate::from_pem(pem).map(Self).map_err(|_| none())
    }
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
        let mut tls = TlsParameters::builder(self.host.clone());
        if let Some(Authorities(more)) = &self.authorities {
            tls = tls.add_root_certificate(more.clone());
        }
        tls.build().map_err(|error| MailError::Never(error.to_string()))
    }

    pub(super) fn credentials(&self) -> Option<Credentials> {
        self.credentials.as_ref().map(|(user, password)| Credentials::new(user.clone(), password.clone()))
    }
}
