//! What a visitor did, made fit to keep.

use chrono::TimeDelta;
use kernel::{Cx, ProblemCode, id::VisitorId, text::Check};
use serde_json::Value as Json;
use url::Url;

use crate::{limits, store::event::Model as AnalyticsEvent};

/// The type that counts as a look at a page.
pub const PAGE_VIEW: &str = "page_view";

/// The source of who came by themselves.
const DIRECT: &str = "direct";
/// The source of who came from a page of the same site.
const INTERNAL: &str = "internal";

/// What a website says of something that happened there.
#[derive(Debug, Clone, Default)]
pub struct NewEvent {
    /// What.
    pub event_type: String,
    /// On which page.
    pub page_url: Option<String>,
    /// From which page they came.
    pub referrer: Option<String>,
    /// What the browser calls its session.
    pub session_id: Option<String>,
    /// What else there is to know.
    pub data: Option<Json>,
    /// How many seconds ago.
    pub seconds_ago: Option<i32>,
}

impl NewEvent {
    /// The event as it is kept, its problems named by its number in the batch.
    pub fn checked(&self, cx: &Cx, check: &mut Check, number: usize, visitor: Option<VisitorId>) -> AnalyticsEvent {
        let field = |name: &str| format!("events.{number}.{name}");
        let typed = check.optional_line(&field("type"), Some(&self.event_type), limits::TYPE);
        match &typed {
            Some(typed) if !is_type(typed) => {
                let how = "must be made of a–z, 0–9, _, -, . and :, and begin with a letter";
                check.problem(&field("type"), ProblemCode::InvalidFormat, how);
            }
            // What is too long, or has what no line has, was said already.
            None if self.event_type.chars().count() <= limits::TYPE && !self.event_type.contains(char::is_control) => {
                check.problem(&field("type"), ProblemCode::Blank, "must not be empty");
            }
            _ => {}
        }
        let event_type = typed.unwrap_or_default();
        let ago = self.seconds_ago.unwrap_or_default();
        if !(0..=limits::AGO).contains(&ago) {
            let how = format!("must be from 0 to {}", limits::AGO);
            check.problem(&field("secondsAgo"), ProblemCode::InvalidFormat, how);
        }
        let data = self.data.as_ref().filter(|data| !data.is_null()).map(Json::to_string);
        if data.as_ref().is_some_and(|data| data.len() > limits::DATA) {
            let how = format!("must have at most {} bytes", limits::DATA);
            check.problem(&field("data"), ProblemCode::TooLong, how);
        }
        AnalyticsEvent {
            id: cx.new_id(),
            visitor_id: visitor,
            event_type,
            event_data: data,
            page_url: check.optional_link(&field("pageUrl"), self.page_url.as_deref(), limits::URL),
            referrer: check.optional_link(&field("referrer"), self.referrer.as_deref(), limits::URL),
            session_id: check.optional_line(&field("sessionId"), self.session_id.as_deref(), limits::SESSION),
            address: cx.origin.address.map(|address| address.to_string()),
            agent: cx.origin.agent.clone(),
            created_at: cx.now - TimeDelta::seconds(ago.into()),
        }
    }
}

/// Whether a text may name a type: one way to write each, so that what is one is counted as one.
fn is_type(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.:".contains(c))
}

impl AnalyticsEvent {
    /// The page as it is counted: host and path; empty where none was told.
    pub fn page(&self) -> String {
        let Some(text) = &self.page_url else { return String::new() };
        let page = match Url::parse(text) {
            Ok(url) => format!("{}{}", url.host_str().unwrap_or_default(), url.path()),
            Err(_) => text.split(['?', '#']).next().unwrap_or_default().to_owned(),
        };
        page.chars().take(limits::PAGE).collect()
    }

    /// What brought the visitor: what the page's address says (`utm_source`), else the site that they came from.
    pub fn source(&self) -> String {
        let page = self.page_url.as_deref().and_then(absolute);
        let said = page.as_ref().and_then(|url| {
            let (_, source) = url.query_pairs().find(|(name, _)| name == "utm_source")?;
            // Whatever an address holds, it is counted as one line.
            Some(kernel::text::one_line(&source).to_lowercase()).filter(|source| !source.is_empty())
        });
        let host = |url: &Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
        let from = self.referrer.as_deref().and_then(absolute);
        let from = from.as_ref().and_then(host).map(|from| {
            // Both made by us of a path are of the same site.
            if page.as_ref().and_then(host).is_some_and(|own| own == from) || from == NOWHERE {
                INTERNAL.into()
            } else {
                from
            }
        });
        said.or(from).unwrap_or_else(|| DIRECT.into()).chars().take(limits::SOURCE).collect()
    }
}

/// The host of what is given as a path only.
const NOWHERE: &str = "site.invalid";

/// An address, also of a path below the site.
fn absolute(text: &str) -> Option<Url> {
    Url::parse(text).or_else(|_| Url::parse(&format!("https://{NOWHERE}"))?.join(text)).ok()
}

#[cfg(test)]
mod tests {
    use kernel::id::AnalyticsEventId;

    use super::*;

    fn event(page: Option<&str>, referrer: Option<&str>) -> AnalyticsEvent {
        AnalyticsEvent {
            id: AnalyticsEventId(uuid::Uuid::nil()),
            visitor_id: None,
            event_type: PAGE_VIEW.into(),
            event_data: None,
            page_url: page.map(Into::into),
            referrer: referrer.map(Into::into),
            session_id: None,
            address: None,
            agent: None,
            created_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn pages_and_sources_are_what_they_are_counted_as() {
        for (page, referrer, counted, source) in [
            (None, None, "", "direct"),
            (Some("/prices?x=1#y"), None, "/prices", "direct"),
            (
                Some("https://Example.com/a?b#c"),
                Some("https://www.google.com/search?q=x"),
                "example.com/a",
                "google.com",
            ),
            (Some("https://example.com/a"), Some("https://www.example.com/"), "example.com/a", "internal"),
            (Some("/a"), Some("/b"), "/a", "internal"),
            (Some("/a?utm_source=News%0ALetter"), Some("https://google.com/"), "/a", "news letter"),
            (Some("/a?utm_source="), Some("https://google.com/"), "/a", "google.com"),
        ] {
            let event = event(page, referrer);
            assert_eq!((event.page().as_str(), event.source().as_str()), (counted, source), "{page:?} {referrer:?}");
        }
        assert_eq!(event(Some(&format!("/{}", "x".repeat(1_000))), None).page().chars().count(), limits::PAGE);
    }

    #[test]
    fn types_are_written_in_one_way() {
        for good in ["page_view", "a", "cart.add:2-x"] {
            assert!(is_type(good), "{good}");
        }
        for bad in ["Page_view", "page view", "1st", "_x", "käse", ""] {
            assert!(!is_type(bad), "{bad}");
        }
    }
}
