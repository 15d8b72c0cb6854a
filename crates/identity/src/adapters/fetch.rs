//! Asking servers whose addresses somebody configured: one connection a question, to the address that was looked at.
//!
//! The name is resolved once, and the connection goes to that very address, so a name cannot answer twice, first with a
//! public and then with a private one. No redirects, no proxies, no more than so many bytes and seconds. hyper does the
//! HTTP, since the resolver must be ours.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, StatusCode,
    client::conn::http1,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use kernel::{Error, Result, net::resolve_public};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::ServerName},
};
use url::Url;

/// Time for the whole of a question and its answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer that is read, in bytes.
const LONGEST: usize = 256 * 1024;

/// Asks other servers.
#[derive(Clone)]
pub struct Fetch {
    private: bool,
    tls: TlsConnector,
}

/// A form to be posted.
pub struct Form {
    /// The header `Authorization`. A secret.
    pub authorization: Option<String>,
    /// The form's fields, encoded. May hold secrets.
    pub fields: String,
}

impl Fetch {
    /// Where `private` is set, private addresses may be asked too, and without TLS.
    ///
    /// # Errors
    /// [`Error::Internal`] where TLS cannot be set up.
    pub fn new(private: bool) -> Result<Self> {
        let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(Error::internal)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { private, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Whether private addresses may be asked.
    pub fn private(&self) -> bool {
        self.private
    }

    /// Gets a document, or posts a form. Answers with the status and the body.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with what failed, for the log.
    pub async fn ask(&self, url: &Url, form: Option<Form>) -> Result<(StatusCode, Bytes)> {
        let late = |_| Error::unavailable(format!("{}: no answer in time", url.host_str().unwrap_or_default()));
        timeout(PATIENCE, self.send(url, form)).await.map_err(late)?
    }

    async fn send(&self, url: &Url, form: Option<Form>) -> Result<(StatusCode, Bytes)> {
        let host = url.host_str().ok_or_else(|| Error::unavailable("an address without a host"))?;
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = url.port_or_known_default().unwrap_or(443);
        let address = resolve_public(&bare, port, self.private).await.map_err(Error::unavailable)?;
        let stream =
            TcpStream::connect(address).await.map_err(|error| Error::unavailable(format!("{host}: {error}")))?;
        let request = request(url, host, form)?;
        if url.scheme() == "https" {
            let name = ServerName::try_from(bare).map_err(Error::unavailable)?;
            let stream = self.tls.connect(name, stream).await;
            exchange(stream.map_err(|error| Error::unavailable(format!("{host}: {error}")))?, request).await
        } else if self.private {
            exchange(stream, request).await
        } else {
            Err(Error::unavailable(format!("{host} is not asked without TLS")))
        }
    }
}

fn request(url: &Url, host: &str, form: Option<Form>) -> Result<Request<Full<Bytes>>> {
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut request = Request::builder()
        .method(if form.is_some() { "POST" } else { "GET" })
        .uri(path)
        .header(HOST, host)
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, "Frontdesk");
    if let Some(authorization) = form.as_ref().and_then(|form| form.authorization.as_deref()) {
        let mut value = HeaderValue::from_str(authorization).map_err(|_| Error::internal("a bad secret"))?;
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    if form.is_some() {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    let body = form.map(|form| Bytes::from(form.fields)).unwrap_or_default();
    request.body(Full::new(body)).map_err(Error::internal)
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Full<Bytes>>,
) -> Result<(StatusCode, Bytes)> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(Error::unavailable)?;
    // Ends with this function, whichever way it ends.
    let mut driving = JoinSet::new();
    driving.spawn(connection);
    let answer = sender.send_request(request).await.map_err(Error::unavailable)?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), LONGEST).collect().await.map_err(Error::unavailable)?;
    Ok((status, body.to_bytes()))
}
