//! Images and files over the network. Whoever writes to a company decides where they are, so each address that a server leads to is
//! looked at, nothing of ours is sent, and no more is read than a copy may have.

use std::time::Duration;

use hyper::{
    HeaderMap, Method, StatusCode,
    header::{LOCATION, RETRY_AFTER},
};
use kernel::{
    Error, ProblemCode,
    net::resolve_public,
    outgoing::{Answer, Ask, Bounds, NoAnswer, Outgoing},
};
use url::Url;

use crate::ports::media::{MediaHosts, NoMedia};

/// Time for all of it, wherever it leads.
const PATIENCE: Duration = Duration::from_secs(30);
/// So often a server may lead to another address.
const REDIRECTS: usize = 5;
/// The longest pause that a server is granted.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// Fetches over the network. Clones are the same.
#[derive(Clone)]
pub struct HttpMedia(Outgoing);

impl HttpMedia {
    /// By way of these.
    pub fn new(outgoing: Outgoing) -> Self {
        Self(outgoing)
    }

    async fn follow(&self, address: &str, most: u64) -> Result<Vec<u8>, NoMedia> {
        let mut url = Url::parse(address).map_err(|_| NoMedia::Never("its address is none".into()))?;
        for _ in 0..=REDIRECTS {
            let answer = self.ask(&url, most).await?;
            let led = answer.status.is_redirection().then(|| answer.headers.get(LOCATION)).flatten();
            match led.map(|to| to.to_str()) {
                Some(Ok(to)) => {
                    url = url.join(to).map_err(|_| NoMedia::Never("it leads to an address that is none".into()))?;
                }
                Some(Err(_)) => return Err(NoMedia::Never("it leads to an address that is none".into())),
                None => return read(&url, answer, most),
            }
        }
        Err(NoMedia::Never("it leads from one address to the next".into()))
    }

    async fn ask(&self, url: &Url, most: u64) -> Result<Answer, NoMedia> {
        let host = match url.host_str() {
            Some(host) if matches!(url.scheme(), "https" | "http") => host,
            _ => return Err(NoMedia::Never("its address is none of the web".into())),
        };
        // Looked at here to say at once that it never comes; the connection looks again.
        let port = url.port_or_known_default().unwrap_or(443);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Err(Error::Invalid(problems)) = resolve_public(bare, port, self.0.private()).await
            && problems.iter().any(|problem| problem.code != ProblemCode::NotAvailable)
        {
            return Err(NoMedia::Never(format!("{host}: this host is not on the public internet")));
        }
        let ask = Ask { method: Method::GET, headers: HeaderMap::new(), body: Vec::new().into() };
        let bounds = Bounds { patience: PATIENCE, read: usize::try_from(most).unwrap_or(usize::MAX) };
        self.0.send(url, ask, bounds).await.map_err(|error| match error {
            NoAnswer::Away(why) => NoMedia::Away(why),
            NoAnswer::Never(why) => NoMedia::Never(why),
        })
    }
}

#[async_trait::async_trait]
impl MediaHosts for HttpMedia {
    async fn fetch(&self, address: &str, most: u64) -> Result<Vec<u8>, NoMedia> {
        let late = |_| NoMedia::Away(format!("it did not come within {} s", PATIENCE.as_secs()));
        tokio::time::timeout(PATIENCE, self.follow(address, most)).await.map_err(late)?
    }
}

/// The body of an answer that has one, all of it.
fn read(url: &Url, answer: Answer, most: u64) -> Result<Vec<u8>, NoMedia> {
    let host = url.host_str().unwrap_or_default();
    let said = || format!("{host}: it answered {}", answer.status.as_u16());
    match answer.status {
        status if status.is_success() => {}
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => return Err(NoMedia::Away(said())),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let asked = answer.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
            let pause = asked.map_or(Duration::ZERO, Duration::from_secs).min(LONGEST_PAUSE);
            return Err(NoMedia::Later(pause, said()));
        }
        status if status.is_server_error() => return Err(NoMedia::Away(said())),
        _ => return Err(NoMedia::Never(said())),
    }
    match answer.is_whole {
        true => Ok(answer.body),
        // What is more than is read was cut there.
        false if answer.body.len() as u64 >= most => {
            Err(NoMedia::Never(format!("it has more than {most} bytes: see the setting b2chat.media_max_bytes")))
        }
        false => Err(NoMedia::Away(format!("{host}: the answer broke off"))),
    }
}
