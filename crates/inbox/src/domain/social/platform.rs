//! What the company sets of a platform, and how long a reply may be sent there.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{ProblemCode, text::Check};
use serde::{Deserialize, Serialize};

use crate::store::social::platform::{Model, Platform};

/// Hours that Facebook takes a reply for, once somebody wrote.
const FACEBOOK_HOURS: i64 = 24;
/// Hours that it takes one for that a person writes.
const FACEBOOK_AGENT_HOURS: i64 = 7 * 24;
/// Hours that a company may set.
pub const HOURS: std::ops::RangeInclusive<i32> = 1..=8760;
/// The longest name that a company gives a platform, in characters.
pub const DISPLAY_NAME: usize = 100;

/// What the company sets of a platform; nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PlatformConfig {
    /// Which version of its API is asked; where it is absent, the one that this Frontdesk was made with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// For how many hours after the participant wrote a reply may be sent; where it is absent, as the platform says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_window_hours: Option<i32>,
    /// Whether our app may answer later where a person does (Facebook's `HUMAN_AGENT`); where it is absent, it may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub human_agent: Option<bool>,
}

/// How a reply may go out at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// As every reply.
    Open,
    /// Only since a person answers.
    Agent,
    /// Not any more.
    Closed {
        /// For how many hours it could have been.
        hours: i64,
    },
}

impl PlatformConfig {
    /// As it is stored; what cannot be read is as usual.
    pub fn of(platform: &Model) -> Self {
        serde_json::from_value(platform.config.clone()).unwrap_or_default()
    }

    /// Notes what is wrong.
    pub fn check(&self, check: &mut Check, platform: Platform) {
        if let Some(version) = &self.api_version {
            let digits = |text: &str| !text.is_empty() && text.len() <= 3 && text.bytes().all(|c| c.is_ascii_digit());
            let good = match platform {
                Platform::Facebook => {
                    let parts = version.strip_prefix('v').and_then(|rest| rest.split_once('.'));
                    parts.is_some_and(|(major, minor)| digits(major) && digits(minor))
                }
                Platform::Linkedin => version.len() == 6 && version.bytes().all(|c| c.is_ascii_digit()),
                Platform::X => version == "2",
            };
            if !good {
                let wanted = match platform {
                    Platform::Facebook => "must be such as v25.0",
                    Platform::X => "must be 2",
                    Platform::Linkedin => "must be a year and a month, such as 202608",
                };
                check.problem("apiVersion", ProblemCode::InvalidFormat, wanted);
            }
        }
        if self.reply_window_hours.is_some_and(|hours| !HOURS.contains(&hours)) {
            let message = format!("must be {} to {}", HOURS.start(), HOURS.end());
            check.problem("replyWindowHours", ProblemCode::InvalidFormat, message);
        }
    }

    /// The version of the platform's API that is asked.
    pub fn version(&self, platform: Platform) -> &str {
        self.api_version.as_deref().unwrap_or(match platform {
            Platform::Facebook => "v25.0",
            Platform::X => "2",
            Platform::Linkedin => "202608",
        })
    }

    /// How a reply may go out now to somebody who wrote last at an instant. Who never wrote may be written to where the platform
    /// has no such rule.
    pub fn window(
        &self,
        platform: Platform,
        wrote_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        by_person: bool,
    ) -> Window {
        let usual = (platform == Platform::Facebook).then_some(FACEBOOK_HOURS);
        let Some(hours) = self.reply_window_hours.map(i64::from).or(usual) else { return Window::Open };
        let within = |hours| wrote_at.is_some_and(|at| now - at <= TimeDelta::hours(hours));
        let agent = platform == Platform::Facebook && self.human_agent != Some(false) && by_person;
        // However long the company's own window is, Facebook takes the rest of it from a person only.
        if within(if agent { hours.min(FACEBOOK_HOURS) } else { hours }) {
            return Window::Open;
        }
        if !agent {
            return Window::Closed { hours };
        }
        let hours = hours.max(FACEBOOK_AGENT_HOURS);
        if within(hours) { Window::Agent } else { Window::Closed { hours } }
    }
}

impl Platform {
    /// The longest reply that it takes, in characters.
    pub fn longest(self) -> usize {
        match self {
            Self::Facebook => 2_000,
            Self::X => 10_000,
            Self::Linkedin => 1_250,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_goes_out_within_the_window() {
        let now = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
        let ago = |hours| Some(now - TimeDelta::hours(hours));
        let usual = PlatformConfig::default();
        let own = PlatformConfig { reply_window_hours: Some(2), human_agent: Some(false), ..PlatformConfig::default() };
        let long = PlatformConfig { reply_window_hours: Some(200), ..PlatformConfig::default() };
        let (facebook, x) = (Platform::Facebook, Platform::X);
        for (config, platform, wrote_at, by_person, expected) in [
            (&usual, facebook, ago(24), false, Window::Open),
            (&usual, facebook, ago(25), false, Window::Closed { hours: 24 }),
            (&usual, facebook, ago(25), true, Window::Agent),
            (&usual, facebook, ago(169), true, Window::Closed { hours: 168 }),
            (&usual, facebook, None, true, Window::Closed { hours: 168 }),
            (&own, facebook, ago(3), true, Window::Closed { hours: 2 }),
            (&long, facebook, ago(24), true, Window::Open),
            (&long, facebook, ago(25), true, Window::Agent),
            (&long, facebook, ago(200), true, Window::Agent),
            (&long, facebook, ago(201), true, Window::Closed { hours: 200 }),
            (&long, facebook, ago(25), false, Window::Open),
            (&usual, x, ago(10_000), false, Window::Open),
            (&usual, x, None, false, Window::Open),
            (&own, x, ago(3), true, Window::Closed { hours: 2 }),
        ] {
            assert_eq!(config.window(platform, wrote_at, now, by_person), expected, "{wrote_at:?} {by_person}");
        }
    }

    #[test]
    fn versions_have_the_form_of_the_platform() {
        for (platform, version, good) in [
            (Platform::Facebook, "v25.0", true),
            (Platform::Facebook, "25", false),
            (Platform::Facebook, "v25.0/../x", false),
            (Platform::Linkedin, "202608", true),
            (Platform::Linkedin, "2026-8", false),
            (Platform::X, "2", true),
            (Platform::X, "", false),
        ] {
            let config = PlatformConfig { api_version: Some(version.into()), ..PlatformConfig::default() };
            let mut check = Check::default();
            config.check(&mut check, platform);
            assert_eq!(check.done().is_ok(), good, "{version}");
        }
    }
}
