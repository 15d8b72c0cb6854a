//! Our apps at the social platforms.

use inbox::{SocialApp, SocialApps};
use kernel::{Result, outgoing::Outgoing};

use super::Config;
use crate::wiring::social::Social;

impl Config {
    /// Our apps at the social platforms.
    ///
    /// # Errors
    /// [`kernel::Error::Internal`] for an address that is none.
    pub fn social(&self, outgoing: Outgoing) -> Result<Social> {
        let apps = SocialApps {
            facebook: SocialApp::new(
                self.social_facebook_client_id.clone(),
                self.social_facebook_client_secret.clone(),
                &self.social_facebook_url,
                &self.social_facebook_consent_url,
            )?,
            x: SocialApp::new(
                self.social_x_client_id.clone(),
                self.social_x_client_secret.clone(),
                &self.social_x_url,
                &self.social_x_consent_url,
            )?,
            linkedin: SocialApp::new(
                self.social_linkedin_client_id.clone(),
                self.social_linkedin_client_secret.clone(),
                &self.social_linkedin_url,
                &self.social_linkedin_consent_url,
            )?,
        };
        Ok(Social::new(outgoing, apps, self.social_redirects()?, self.social_facebook_verify_token.clone()))
    }

    /// The pages that people may come back to who connected an account at a social platform.
    ///
    /// # Errors
    /// [`kernel::Error::Internal`] for a public address that is none.
    fn social_redirects(&self) -> Result<Vec<String>> {
        let given = self.social_redirect_uris.split(',').map(str::trim).filter(|uri| !uri.is_empty());
        let given: Vec<_> = given.map(str::to_owned).collect();
        if given.is_empty() { Ok(vec![format!("{}/social/callback", self.public_url()?)]) } else { Ok(given) }
    }
}
