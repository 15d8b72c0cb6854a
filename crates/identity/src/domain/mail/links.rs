//! The addresses that mails and answers point to.

use kernel::{Tenant, id::TenantId};
use uuid::Uuid;

/// Links below the configured public address, or the same under a host name that the registry gives to a company; never
/// below what a request calls us.
#[derive(Debug, Clone)]
pub struct Links {
    base: String,
    /// What names the company to a page that many share.
    query: String,
}

impl Links {
    /// Below this address, such as `https://desk.example.com`.
    pub fn new(public_url: &str) -> Self {
        Self { base: public_url.trim_end_matches('/').to_owned(), query: String::new() }
    }

    /// Those of one company: below its own host name where it has one, since that says whose page it is; else below the
    /// address of all, with the company's slug.
    #[must_use]
    pub fn of(&self, tenant: &Tenant, host: Option<&str>) -> Self {
        match host {
            Some(host) => Self { base: under(&self.base, host), query: String::new() },
            None => Self { base: self.base.clone(), query: format!("?tenant={}", tenant.slug) },
        }
    }

    /// Where people begin.
    pub fn home(&self) -> String {
        format!("{}/{}", self.base, self.query)
    }

    /// Confirms an address. The token stands behind `#`: what a browser sends to servers, and servers to logs, is
    /// without it.
    pub fn verify_email(&self, token: &str) -> String {
        self.page("verify-email", token)
    }

    /// Sets another password.
    pub fn reset_password(&self, token: &str) -> String {
        self.page("reset-password", token)
    }

    /// Asks for a link that sets another password.
    pub fn forgot_password(&self) -> String {
        format!("{}/forgot-password{}", self.base, self.query)
    }

    /// Agrees to a change of address.
    pub fn confirm_email(&self, token: &str) -> String {
        self.page("confirm-email", token)
    }

    /// Moves or cancels a consultation.
    pub fn consultation(&self, token: &str) -> String {
        self.page("consultation", token)
    }

    /// Accepts an invitation.
    pub fn accept_invitation(&self, token: &str) -> String {
        self.page("accept-invitation", token)
    }

    /// Confirms a subscription to the newsletter.
    pub fn confirm_newsletter(&self, token: &str) -> String {
        self.page("confirm-newsletter", token)
    }

    /// Ends a subscription to the newsletter: a page of ours, and no page of the company's site, since mail programs ask for it
    /// by themselves. They send nothing that stands behind `#`.
    pub fn end_newsletter(&self, token: &str) -> String {
        let and = if self.query.is_empty() { '?' } else { '&' };
        format!("{}/newsletter/unsubscribe{}{and}token={token}", self.base, self.query)
    }

    fn page(&self, name: &str, token: &str) -> String {
        format!("{}/{name}{}#token={token}", self.base, self.query)
    }

    /// Somebody's picture. It names the tenant because an `<img>` sends no header that could.
    pub fn avatar(&self, tenant: TenantId, id: Uuid) -> String {
        format!("{}/avatars/{tenant}/{}", self.base, id.simple())
    }

    /// A file, by a link that is good by itself.
    pub fn file(&self, token: &str) -> String {
        format!("{}/files/{token}", self.base)
    }

    /// Where the bytes of a file are sent to, by a link that is good by itself.
    pub fn upload(&self, token: &str) -> String {
        format!("{}/uploads/{token}", self.base)
    }
}

/// The same address under another host name: scheme, port and path stay.
fn under(base: &str, host: &str) -> String {
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", base));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // Behind the brackets of an IPv6 address, too.
    let port = authority.rsplit_once(':').map(|(_, port)| port).filter(|port| port.bytes().all(|b| b.is_ascii_digit()));
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://{host}{port}{path}")
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn a_link_says_whose_page_it_leads_to() {
        let acme = Tenant { slug: "acme".into(), ..Tenant::platform(DateTime::UNIX_EPOCH) };
        let all = Links::new("https://desk.example.com/app/");
        let shared = all.of(&acme, None);
        assert_eq!(shared.reset_password("t"), "https://desk.example.com/app/reset-password?tenant=acme#token=t");
        assert_eq!(shared.forgot_password(), "https://desk.example.com/app/forgot-password?tenant=acme");
        let ends = "https://desk.example.com/app/newsletter/unsubscribe?tenant=acme&token=t";
        assert_eq!(shared.end_newsletter("t"), ends);
        assert_eq!(shared.home(), "https://desk.example.com/app/?tenant=acme");
        let own = all.of(&acme, Some("help.acme.example"));
        assert_eq!(own.reset_password("t"), "https://help.acme.example/app/reset-password#token=t");
        assert_eq!(own.end_newsletter("t"), "https://help.acme.example/app/newsletter/unsubscribe?token=t");
        assert_eq!(own.home(), "https://help.acme.example/app/");
        for (base, moved) in [
            ("http://127.0.0.1:8080", "http://a.example:8080"),
            ("http://[::1]:8080/x", "http://a.example:8080/x"),
            ("http://[::1]", "http://a.example"),
        ] {
            assert_eq!(under(base, "a.example"), moved);
        }
    }
}
