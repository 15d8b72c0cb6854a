//! All platforms behind the ports.

use chrono::{DateTime, Utc};
use kernel::outgoing::Outgoing;
use url::Url;

use super::{apps::SocialApps, facebook, linkedin, x};
use crate::{
    domain::social::grant::{Granted, Tokens},
    ports::social::{Consent, Outbound, Redeem, SocialError, SocialNetworks, SocialSender},
    store::social::platform::Platform,
};

/// Speaks with the platforms.
pub struct Networks {
    pub(super) outgoing: Outgoing,
    pub(super) apps: SocialApps,
}

impl Networks {
    /// Speaks with them through `outgoing`, as these apps.
    pub fn new(outgoing: Outgoing, apps: SocialApps) -> Self {
        Self { outgoing, apps }
    }

    /// Id and secret of our app.
    pub(super) fn credentials(&self, platform: Platform) -> Result<(&str, &str), SocialError> {
        let none = || SocialError::Permanent("Frontdesk has no app there any more".into());
        self.apps.of(platform).credentials().ok_or_else(none)
    }
}

#[async_trait::async_trait]
impl SocialNetworks for Networks {
    fn consent_url(&self, consent: &Consent<'_>) -> Option<String> {
        let app = self.apps.of(consent.platform);
        let (id, _) = app.credentials()?;
        let (path, scopes) = match consent.platform {
            Platform::Facebook => (format!("/{}/dialog/oauth", consent.version), facebook::SCOPES),
            Platform::X => ("/i/oauth2/authorize".to_owned(), x::SCOPES),
            Platform::Linkedin => ("/oauth/v2/authorization".to_owned(), linkedin::SCOPES),
        };
        // As text: its address may have a path of its own.
        let mut url = Url::parse(&format!("{}{path}", app.consent.as_str().trim_end_matches('/'))).ok()?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", id)
            .append_pair("redirect_uri", consent.redirect_uri)
            .append_pair("scope", scopes)
            .append_pair("state", consent.state);
        if let Some(challenge) = consent.challenge {
            url.query_pairs_mut().append_pair("code_challenge", challenge).append_pair("code_challenge_method", "S256");
        }
        Some(url.into())
    }

    async fn redeem(&self, redeem: &Redeem<'_>) -> Result<Vec<Granted>, SocialError> {
        match redeem.platform {
            Platform::Facebook => facebook::redeem(self, redeem).await,
            Platform::X => x::redeem(self, redeem).await,
            Platform::Linkedin => linkedin::redeem(self, redeem).await,
        }
    }

    async fn renew(&self, platform: Platform, refresh: &str, now: DateTime<Utc>) -> Result<Tokens, SocialError> {
        match platform {
            Platform::Facebook => Err(SocialError::Permanent("Facebook has no tokens that renew others".into())),
            Platform::X => x::renew(self, refresh, now).await,
            Platform::Linkedin => linkedin::renew(self, refresh, now).await,
        }
    }

    async fn name(
        &self,
        platform: Platform,
        version: &str,
        account: &str,
        access: &str,
    ) -> Result<Option<String>, SocialError> {
        match platform {
            Platform::Facebook => facebook::name(self, version, account, access).await,
            Platform::X => x::name(self, access).await,
            Platform::Linkedin => linkedin::name(self, version, account, access).await,
        }
    }
}

#[async_trait::async_trait]
impl SocialSender for Networks {
    async fn send(&self, reply: &Outbound<'_>) -> Result<String, SocialError> {
        let named = match reply.platform {
            Platform::Facebook => facebook::send(self, reply).await,
            Platform::X => x::send(self, reply).await,
            Platform::Linkedin => linkedin::send(self, reply).await,
        }?;
        // It was taken, whatever it is called there.
        match named.filter(|name| !name.is_empty() && name.len() <= 255) {
            Some(name) => Ok(name),
            None => Err(SocialError::Unknown("it took the reply and did not say how it names it".into())),
        }
    }
}
