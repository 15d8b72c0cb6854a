//! Asking servers whose addresses somebody gave: one connection a request, to the very address that was looked at.
//!
//! The name is resolved once, and the connection goes to what it said, so a name cannot answer twice, first with a public
//! and then with a private address. No redirects, no proxies, no more than so many bytes and seconds. hyper does the HTTP,
//! since the resolver must be ours.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{Error, Result, net::resolve_public};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Method, Request, StatusCode,
    body::Incoming,
    client::conn::http1,
    header::{HOST, HeaderValue, USER_AGENT},
};
use hyper_util::rt::TokioIo;
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

/// Asks other servers. Clones are the same.
#[derive(Clone)]
pub struct Outgoing {
    private: bool,
    tls: TlsConnector,
}

/// What is asked.
pub struct Ask {
    /// How.
    pub method: Method,
    /// The headers beside `Host` and `User-Agent`.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// How much of an answer there may be.
pub struct Bounds {
    /// Time for the whole of it.
    pub patience: Duration,
    /// How much of its body is read, in bytes.
    pub read: usize,
}

/// An answer.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, or the beginning of it.
    pub body: Vec<u8>,
    /// Whether that is all of it.
    pub is_whole: bool,
}

/// Why there is no answer, for the log and for whoever gave the address.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// There may be one later.
    #[error("{0}")]
    Away(String),
    /// There will never be one.
    #[error("{0}")]
    Never(String),
}

/// When another attempt may go better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It would fail in the same way.
    Never,
    /// After a pause that grows.
    Soon,
    /// Not before so much time is over: the other side asks for it.
    After(Duration),
}

/// Why there is no answer to something that must not be said twice.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// It was not said.
    #[error("{0}")]
    Unsaid(NoAnswer),
    /// It may have been heard.
    #[error("{0}")]
    Unknown(String),
}

impl Outgoing {
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

    /// Asks, once.
    pub async fn send(&self, url: &Url, ask: Ask, bounds: Bounds) -> Result<Answer, NoAnswer> {
        self.within(url, ask, bounds, &AtomicBool::new(false)).await
    }

    /// The same of what must not be said twice: where there is no answer, it tells whether it may have been heard.
    pub async fn say(&self, url: &Url, ask: Ask, bounds: Bounds) -> Result<Answer, Unanswered> {
        let said = AtomicBool::new(false);
        let answered = self.within(url, ask, bounds, &said).await;
        answered.map_err(|error| match (error, said.load(Ordering::Relaxed)) {
            (NoAnswer::Away(why), true) => Unanswered::Unknown(why),
            (error, _) => Unanswered::Unsaid(error),
        })
    }

    async fn within(&self, url: &Url, ask: Ask, bounds: Bounds, said: &AtomicBool) -> Result<Answer, NoAnswer> {
        let seconds = bounds.patience.as_secs();
        let late = |_| NoAnswer::Away(format!("{}: no answer within {seconds} s", host(url)));
        timeout(bounds.patience, self.exchange(url, ask, bounds.read, said)).await.map_err(late)?
    }

    async fn exchange(&self, url: &Url, ask: Ask, read: usize, said: &AtomicBool) -> Result<Answer, NoAnswer> {
        let host = host(url);
        let away = |error: &dyn std::fmt::Display| NoAnswer::Away(format!("{host}: {error}"));
        let never = |error: &dyn std::fmt::Display| NoAnswer::Never(format!("{host}: {error}"));
        if url.scheme() != "https" && !self.private {
            return Err(never(&"is not asked without TLS"));
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = url.port_or_known_default().unwrap_or(443);
        let request = request(url, ask).map_err(|error| never(&error))?;
        // A name may be known again, and lead to a better place, at the next try.
        let address = resolve_public(&bare, port, self.private).await.map_err(|error| away(&error))?;
        let stream = TcpStream::connect(address).await.map_err(|error| away(&error))?;
        let answered = if url.scheme() == "https" {
            let name = ServerName::try_from(bare).map_err(|error| never(&error))?;
            let stream = self.tls.connect(name, stream).await.map_err(|error| away(&error))?;
            said.store(true, Ordering::Relaxed);
            converse(stream, request, read).await
        } else {
            said.store(true, Ordering::Relaxed);
            converse(stream, request, read).await
        };
        answered.map_err(|error| away(&error))
    }
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

fn request(url: &Url, ask: Ask) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let host = url.port().map_or_else(|| host(url).to_owned(), |port| format!("{}:{port}", host(url)));
    let mut request = Request::builder().method(ask.method).uri(path).body(Full::new(ask.body))?;
    *request.headers_mut() = ask.headers;
    request.headers_mut().insert(HOST, HeaderValue::try_from(host)?);
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static("Frontdesk"));
    Ok(request)
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Full<Bytes>>,
    read: usize,
) -> Result<Answer, hyper::Error> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Ends with this function, whichever way it ends.
    let mut driving = JoinSet::new();
    driving.spawn(connection);
    let (head, body) = sender.send_request(request).await?.into_parts();
    let (body, is_whole) = beginning(body, read).await;
    Ok(Answer { status: head.status, headers: head.headers, body, is_whole })
}

/// As much of a body as is read, and whether that is all. What was answered counts, also where its body breaks off.
async fn beginning(mut body: Incoming, read: usize) -> (Vec<u8>, bool) {
    let mut begun = Vec::new();
    loop {
        match body.frame().await {
            None => return (begun, true),
            Some(Err(_)) => return (begun, false),
            Some(Ok(frame)) => begun.extend(frame.into_data().unwrap_or_default()),
        }
        if begun.len() > read {
            begun.truncate(read);
            return (begun, false);
        }
    }
}
