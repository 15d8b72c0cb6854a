//! Who we are at the platforms: what the operator set up there once, for all companies.

use kernel::{Error, Result};
use url::Url;

use crate::store::social::platform::Platform;

/// Our app at one platform.
#[derive(Clone)]
pub struct SocialApp {
    /// Its id; without it nothing can be connected there.
    pub client_id: Option<String>,
    /// Its secret, which the platform signs what it tells us with.
    pub client_secret: Option<String>,
    /// Where the platform's API is.
    pub api: Url,
    /// Where its people are asked whether we may.
    pub consent: Url,
}

/// Our app at every platform.
#[derive(Clone)]
pub struct SocialApps {
    /// At Facebook.
    pub facebook: SocialApp,
    /// At X.
    pub x: SocialApp,
    /// At LinkedIn.
    pub linkedin: SocialApp,
}

impl SocialApp {
    /// An app; an id or a secret that is empty is none.
    ///
    /// # Errors
    /// [`Error::Internal`] for an address that is none.
    pub fn new(client_id: Option<String>, client_secret: Option<String>, api: &str, consent: &str) -> Result<Self> {
        let some = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(Self {
            client_id: some(client_id),
            client_secret: some(client_secret),
            api: address(api)?,
            consent: address(consent)?,
        })
    }

    /// Id and secret, where both are set.
    pub fn credentials(&self) -> Option<(&str, &str)> {
        Some((self.client_id.as_deref()?, self.client_secret.as_deref()?))
    }
}

fn address(text: &str) -> Result<Url> {
    let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| Error::internal("addresses of social platforms must be such as https://graph.facebook.com"))
}

impl SocialApps {
    /// Our app at a platform.
    pub fn of(&self, platform: Platform) -> &SocialApp {
        match platform {
            Platform::Facebook => &self.facebook,
            Platform::X => &self.x,
            Platform::Linkedin => &self.linkedin,
        }
    }
}
