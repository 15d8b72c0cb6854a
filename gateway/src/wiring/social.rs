//! Our apps at the social platforms.

use identity::{AUTOMATIC_REPLIES_FROM, AUTOMATIC_REPLIES_IN_HOURS, company_setting};
use inbox::{AutomaticReplies, Automation, Networks, Platform, SocialApps};
use kernel::{Conn, Cx, Result, outgoing::Outgoing};

use super::working_times::zone;

/// Who we are at the social platforms, and what they know us by.
pub struct Social {
    /// The platforms themselves, over the network.
    pub networks: Networks,
    /// The pages that people may come back to who connected an account.
    pub redirects: Vec<String>,
    apps: SocialApps,
    /// What Facebook shows when it asks whether our address for webhooks is ours.
    verify_token: Option<String>,
}

impl Social {
    /// Of what the operator set.
    pub fn new(outgoing: Outgoing, apps: SocialApps, redirects: Vec<String>, verify_token: Option<String>) -> Self {
        let networks = Networks::new(outgoing, apps.clone());
        Self { networks, redirects, apps, verify_token: verify_token.filter(|token| !token.is_empty()) }
    }

    /// What a platform signs with what it tells us; `None` where we have no app there, and then nothing from there is believed.
    pub fn app_secret(&self, platform: Platform) -> Option<&str> {
        self.apps.of(platform).client_secret.as_deref()
    }

    /// What Facebook shows when it asks whether our address for webhooks is ours.
    pub fn verify_token(&self) -> Option<&str> {
        self.verify_token.as_deref()
    }
}

#[async_trait::async_trait]
impl Automation for Social {
    async fn automatic_replies(&self, conn: &Conn, cx: &Cx) -> Result<AutomaticReplies> {
        automatic_replies(conn, cx).await
    }
}

/// Which suggested replies the company lets go out by themselves at this moment.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn automatic_replies(conn: &Conn, cx: &Cx) -> Result<AutomaticReplies> {
    let from = company_setting(conn, AUTOMATIC_REPLIES_FROM).await?.as_u64().filter(|from| (1..=100).contains(from));
    let Some(from) = from.and_then(|from| u8::try_from(from).ok()) else {
        return Ok(AutomaticReplies { from: None, now: false });
    };
    let in_hours = company_setting(conn, AUTOMATIC_REPLIES_IN_HOURS).await?.as_bool() != Some(false);
    let now = if in_hours {
        let (hours, holidays) = inbox::company_calendar(conn).await?;
        inbox::is_open(&hours, &holidays, zone(conn).await?, cx.now)
    } else {
        true
    };
    Ok(AutomaticReplies { from: Some(f64::from(from) / 100.0), now })
}
