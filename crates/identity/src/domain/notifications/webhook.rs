//! The address of a webhook: which ones are taken, and what an answer of one means.

use std::time::Duration;

use kernel::{Error, ProblemCode, Result};
use url::{Host, Url};

use super::notification::WEBHOOK_URL;

/// Which addresses are taken.
#[derive(Debug, Clone)]
pub struct WebhookRules {
    /// Hosts, in lower case: `example.com` is that one, `.example.com` those below it, `*` any.
    pub hosts: Vec<String>,
    /// Whether it may lead into the own network, and without TLS: in tests.
    pub allow_private: bool,
}

/// An address that may be used, and the part of it that may be shown.
#[derive(Clone)]
pub struct Webhook {
    /// The whole address. A secret.
    pub url: Url,
    /// Its host.
    pub host: String,
}

impl WebhookRules {
    /// Checks an address. Where its name leads is looked at each time it is used.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `webhookUrl`; the message does not repeat the address.
    pub fn check(&self, text: &str) -> Result<Webhook> {
        let refused = |message: &str| Err(Error::invalid("webhookUrl", ProblemCode::InvalidFormat, message));
        if text.trim().is_empty() {
            return Err(Error::invalid("webhookUrl", ProblemCode::Blank, "must not be empty"));
        }
        if text.len() > WEBHOOK_URL {
            let message = format!("must have at most {WEBHOOK_URL} characters");
            return Err(Error::invalid("webhookUrl", ProblemCode::TooLong, message));
        }
        // The parser would quietly leave some of them out.
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return refused("must not contain blanks or control characters");
        }
        let Ok(url) = Url::parse(text) else { return refused("must be an address such as https://example.com/…") };
        if url.scheme() != "https" && !(self.allow_private && url.scheme() == "http") {
            return refused("must begin with https://");
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return refused("must hold neither a name, nor a password, nor a fragment");
        }
        let Some(host) = url.host() else { return refused("must name a host") };
        let host = match host {
            Host::Domain(name) => name.to_lowercase(),
            address => address.to_string(),
        };
        let taken =
            |rule: &String| rule == "*" || *rule == host || rule.starts_with('.') && host.ends_with(rule.as_str());
        if !self.hosts.iter().any(taken) {
            return refused("leads to a host that no webhook of Microsoft Teams has");
        }
        if !self.allow_private && url.port().is_some() {
            return refused("must not name a port");
        }
        Ok(Webhook { url, host })
    }
}

/// Why a card was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// It may be taken later, not before some time that the other side named.
    #[error("{0}")]
    Later(String, Option<Duration>),
    /// It never will.
    #[error("{0}")]
    Never(String),
    /// Nothing ever will: the webhook is gone.
    #[error("{0}")]
    Gone(String),
}

/// What an answer with this status means; `says` is the beginning of its body.
///
/// # Errors
/// [`PostError`] for everything but 2xx.
pub fn judge(status: u16, retry_after: Option<Duration>, says: &str) -> Result<(), PostError> {
    let why = match says {
        "" => format!("answered {status}"),
        says => format!("answered {status}: {says}"),
    };
    match status {
        200..=299 => Ok(()),
        300..=399 => Err(PostError::Never(format!("answered {status}: redirects are not followed"))),
        408 | 425 | 429 | 500..=599 => Err(PostError::Later(why, retry_after)),
        410 => Err(PostError::Gone(why)),
        _ => Err(PostError::Never(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strict() -> WebhookRules {
        WebhookRules { hosts: vec![".logic.azure.com".into()], allow_private: false }
    }

    #[test]
    fn only_the_hosts_of_the_list_are_taken() {
        let good = "https://prod-01.westeurope.logic.azure.com/workflows/1/triggers?sig=abc";
        assert_eq!(strict().check(good).unwrap().host, "prod-01.westeurope.logic.azure.com");
        assert!(strict().check(&good.replace(".com/", ".com:443/")).is_ok(), "the usual port is no port");
        for bad in [
            "",
            "nonsense",
            "http://prod-01.westeurope.logic.azure.com/",
            "https://logic.azure.com/",
            "https://evillogic.azure.com.example/",
            "https://prod.logic.azure.com./",
            "https://user@prod.logic.azure.com/",
            "https://user:pw@prod.logic.azure.com/",
            "https://prod.logic.azure.com:8443/",
            "https://prod.logic.azure.com/#x",
            "https://example.com/.logic.azure.com",
            "https://example.com\\.logic.azure.com/",
            "https://prod.logic.azure.com@127.0.0.1/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://[::1]/",
            "https://localhost/",
            "file:///etc/passwd",
            "gopher://prod.logic.azure.com/",
            "https://prod.logic.azure.com/\n",
            " https://prod.logic.azure.com/",
            "https:///prod",
        ] {
            assert!(strict().check(bad).is_err(), "{bad}");
        }
        assert!(strict().check(&format!("{good}{}", "x".repeat(3000))).is_err());
    }

    #[test]
    fn an_answer_says_whether_it_is_worth_another_try() {
        assert_eq!(judge(202, None, ""), Ok(()));
        let wait = Some(Duration::from_secs(7));
        assert_eq!(judge(429, wait, "slow"), Err(PostError::Later("answered 429: slow".into(), wait)));
        assert!(matches!(judge(503, None, ""), Err(PostError::Later(..))));
        assert!(matches!(judge(302, None, ""), Err(PostError::Never(_))));
        assert!(matches!(judge(404, None, ""), Err(PostError::Never(_))));
        assert!(matches!(judge(410, None, ""), Err(PostError::Gone(_))));
    }
}
