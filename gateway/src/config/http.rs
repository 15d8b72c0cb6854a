//! Where people reach this installation, and how they are served.

use std::time::Duration;

use kernel::{Error, Result};

use super::Config;
use crate::http::HttpConfig;

impl Config {
    /// What links begin with: the public address, without a slash at its end.
    ///
    /// # Errors
    /// [`Error::Internal`] for what is not the address of a site.
    pub fn public_url(&self) -> Result<String> {
        let Some(text) = &self.public_url else {
            let mut listen = self.listen;
            if listen.ip().is_unspecified() {
                listen.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
            }
            return Ok(format!("http://{listen}"));
        };
        let bad = || Error::internal("public_url must be an address such as https://desk.example.com");
        let url = url::Url::parse(text.trim()).map_err(|_| bad())?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if plain { Ok(url.as_str().trim_end_matches('/').to_owned()) } else { Err(bad()) }
    }

    /// The transports' settings.
    pub fn http(&self) -> Result<HttpConfig> {
        let list = |text: &str| {
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        let proxies = list(&self.trusted_proxies)
            .iter()
            .map(|proxy| proxy.parse().map_err(|_| Error::internal("trusted_proxies must be addresses")))
            .collect::<Result<_>>()?;
        let mut http = HttpConfig {
            origins: list(&self.cors_origins),
            trusted_proxies: proxies,
            execution_timeout: Duration::from_secs(self.request_timeout_seconds),
            upload_bytes: self.upload_bytes,
            ..HttpConfig::default()
        };
        http.server.connections = self.connections;
        Ok(http)
    }
}
