//! Posting to webhooks whose addresses people gave: one connection a card, to the very address that was looked at.
//!
//! The name is resolved once and the connection pinned to what it said, so that it cannot say two things. No redirects,
//! no proxies, no more than so many bytes of an answer, and so many seconds for all of it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT},
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

use crate::{
    domain::webhook::{PostError, Webhook, judge},
    ports::Cards,
};

/// Time for the whole of it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is read, in bytes.
const READ: usize = 2048;
/// How much of an answer is shown, in characters.
const SHOWN: usize = 200;
/// The longest pause that another server is granted.
const PAUSE: Duration = Duration::from_secs(3600);

/// Posts cards by HTTP.
pub struct HttpCards {
    private: bool,
    tls: TlsConnector,
}

impl HttpCards {
    /// Where `private` is set, it posts to private addresses too, and without TLS.
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

    async fn send(&self, webhook: &Webhook, delivery: &str, message: String) -> Result<(), PostError> {
        let Webhook { url, host } = webhook;
        let later = |why: &dyn std::fmt::Display| PostError::Later(why.to_string(), None);
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = url.port_or_known_default().unwrap_or(443);
        // A name may be known again, and lead to a better place, at the next try.
        let address =
            resolve_public(&bare, port, self.private).await.map_err(|error| later(&format!("{host}: {error}")))?;
        let stream = TcpStream::connect(address).await.map_err(|error| later(&format!("{host}: {error}")))?;
        let request = request(url, delivery, message).map_err(|error| PostError::Never(error.to_string()))?;
        let (answer, says) = if url.scheme() == "https" {
            let name = ServerName::try_from(bare).map_err(|error| PostError::Never(error.to_string()))?;
            let stream = self.tls.connect(name, stream).await.map_err(|error| later(&format!("{host}: {error}")))?;
            exchange(stream, request).await
        } else if self.private {
            exchange(stream, request).await
        } else {
            return Err(PostError::Never("it is not posted to without TLS".into()));
        }
        .map_err(|error| later(&format!("{host}: {error}")))?;
        judge(answer.status().as_u16(), retry_after(&answer), &shown(url, &says))
    }
}

#[async_trait::async_trait]
impl Cards for HttpCards {
    async fn post(&self, webhook: &Webhook, delivery: &str, message: String) -> Result<(), PostError> {
        let late = |_| PostError::Later(format!("{}: no answer within {} s", webhook.host, PATIENCE.as_secs()), None);
        timeout(PATIENCE, self.send(webhook, delivery, message)).await.map_err(late)?
    }
}

fn request(url: &Url, delivery: &str, message: String) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let host = url.host_str().unwrap_or_default();
    Request::post(path)
        .header(HOST, url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, "Frontdesk")
        // The same at each try, so that whoever reads can tell a second one.
        .header("X-Frontdesk-Delivery", delivery)
        .body(Full::new(message.into()))
}

/// The answer and the beginning of its body.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Full<Bytes>>,
) -> Result<(Response<()>, Vec<u8>), hyper::Error> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Ends with this function, whichever way it ends.
    let mut driving = JoinSet::new();
    driving.spawn(connection);
    let (head, mut body) = sender.send_request(request).await?.into_parts();
    let says = beginning(&mut body).await;
    Ok((Response::from_parts(head, ()), says))
}

async fn beginning(body: &mut Incoming) -> Vec<u8> {
    let mut read = Vec::new();
    while read.len() < READ {
        // What was answered counts, also where its body breaks off.
        let Some(Ok(frame)) = body.frame().await else { break };
        read.extend(frame.into_data().unwrap_or_default());
    }
    read.truncate(READ);
    read
}

fn retry_after(answer: &Response<()>) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(PAUSE))
}

/// What an answer says, in one line; nothing of it where it repeats a part of the address, which is a secret.
fn shown(url: &Url, says: &[u8]) -> String {
    let says = String::from_utf8_lossy(says);
    let segments = url.path_segments().into_iter().flatten().map(str::to_owned);
    let mut secrets = segments.chain(url.query_pairs().map(|(_, value)| value.into_owned()));
    if secrets.any(|secret| secret.len() >= 8 && says.contains(&secret)) {
        return String::new();
    }
    let line: String = says.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_repeats_the_address_is_not_shown() {
        let url = Url::parse("https://a.example/workflows/1234567890abcdef?sp=x&sig=se%2Dcret-of-it").unwrap();
        assert_eq!(shown(&url, b"come\nback later"), "come back later");
        assert_eq!(shown(&url, b"no workflow 1234567890abcdef"), "");
        assert_eq!(shown(&url, b"bad signature se-cret-of-it"), "");
        assert_eq!(shown(&url, &[0xff; 5000]).chars().count(), SHOWN);
    }
}
