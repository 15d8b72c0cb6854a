//! One request, one connection. hyper does the HTTP, as everywhere that Frontdesk asks others.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use kernel::{Error, Result};
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

/// Time for connecting.
const CONNECT: Duration = Duration::from_secs(5);

/// How connections are secured: by the authorities that everybody trusts.
pub(super) fn tls() -> Result<TlsConnector> {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// An answer that comes for as long as this is kept.
pub(super) struct Open {
    /// It.
    pub(super) response: Response<Incoming>,
    _driving: JoinSet<Result<(), hyper::Error>>,
}

/// Sends a request. The error says nothing that was sent.
pub(super) async fn send(tls: &TlsConnector, url: &Url, request: Request<Full<Bytes>>) -> Result<Open, String> {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let connecting = timeout(CONNECT, TcpStream::connect((bare.as_str(), port))).await;
    let stream = connecting.map_err(|_| "no connection in time")?.map_err(|error| error.to_string())?;
    if url.scheme() != "https" {
        return exchange(stream, request).await;
    }
    let name = ServerName::try_from(bare).map_err(|error| error.to_string())?;
    let securing = timeout(CONNECT, tls.connect(name, stream)).await;
    exchange(securing.map_err(|_| "no TLS in time")?.map_err(|error| error.to_string())?, request).await
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Full<Bytes>>,
) -> Result<Open, String> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    // Ends with what is returned, whichever way that ends.
    let mut driving = JoinSet::new();
    driving.spawn(connection);
    let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
    Ok(Open { response, _driving: driving })
}
