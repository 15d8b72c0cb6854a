//! What may happen to a subscription to the newsletter.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use kernel::{
    Cx,
    crypto::{Keyring, token_hash},
};

use crate::store::newsletter_subscription::{Model as NewsletterSubscription, NewsletterStatus};

/// How long a subscription may be confirmed.
pub const CONFIRMED_WITHIN: TimeDelta = TimeDelta::days(30);

impl NewsletterSubscription {
    /// One that somebody asks for who reads the mails of the address, or says so.
    pub fn new(cx: &Cx, email: &str) -> Self {
        Self {
            id: cx.new_id(),
            email: email.to_owned(),
            status: NewsletterStatus::Pending,
            source: None,
            ip_address: None,
            confirm_hash: None,
            unsubscribe_hash: None,
            requested_at: cx.now,
            subscribed_at: None,
            unsubscribed_at: None,
            created_at: cx.now,
            updated_at: cx.now,
        }
    }

    /// It is asked for, again perhaps; the token that confirmed it before does so no more. What was ended stays so until it
    /// is confirmed.
    pub fn ask(&mut self, cx: &Cx, source: Option<&str>, address: Option<&str>, token: &str) {
        self.source = source.map(str::to_owned).or_else(|| self.source.take());
        self.ip_address = address.map(str::to_owned);
        self.confirm_hash = Some(token_hash(token));
        self.requested_at = cx.now;
        self.updated_at = cx.now;
    }

    /// The token that ends it: the same in each of its mails, so that an early one ends it however often it is confirmed
    /// after that.
    pub fn ending(&self, keyring: &Keyring, cx: &Cx) -> String {
        let signed = [b"end of newsletter subscription".as_slice(), cx.tenant.id.0.as_bytes(), self.id.0.as_bytes()];
        format!("fdu_{}", URL_SAFE_NO_PAD.encode(keyring.link_mac(&signed.concat())))
    }

    /// Whether it can be confirmed still.
    pub fn is_open(&self, cx: &Cx) -> bool {
        self.requested_at + CONFIRMED_WITHIN > cx.now
    }

    /// It is confirmed; this token ends it from now on. That which confirmed it goes on saying so, to whoever follows the link
    /// twice, until it is ended.
    pub fn confirm(&mut self, cx: &Cx, token: &str) {
        self.status = NewsletterStatus::Subscribed;
        self.unsubscribe_hash = Some(token_hash(token));
        self.subscribed_at = Some(cx.now);
        self.unsubscribed_at = None;
        self.updated_at = cx.now;
    }

    /// It is ended. The token goes on saying so, to whoever follows the link twice. Returns whether that changed anything.
    pub fn end(&mut self, cx: &Cx) -> bool {
        if self.status == NewsletterStatus::Unsubscribed {
            return false;
        }
        self.status = NewsletterStatus::Unsubscribed;
        self.confirm_hash = None;
        self.unsubscribed_at = Some(cx.now);
        self.updated_at = cx.now;
        true
    }
}
