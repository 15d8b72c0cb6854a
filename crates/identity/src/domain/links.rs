//! The addresses that mails and answers point to.

use kernel::id::TenantId;
use uuid::Uuid;

/// Links below the configured public address; never below what a request calls us.
#[derive(Debug, Clone)]
pub struct Links(String);

impl Links {
    /// Below this address, such as `https://desk.example.com`.
    pub fn new(public_url: &str) -> Self {
        Self(public_url.trim_end_matches('/').to_owned())
    }

    /// Confirms an address. The token stands behind `#`: what a browser sends to servers, and servers to logs, is
    /// without it.
    pub fn verify_email(&self, token: &str) -> String {
        format!("{}/verify-email#token={token}", self.0)
    }

    /// Sets another password.
    pub fn reset_password(&self, token: &str) -> String {
        format!("{}/reset-password#token={token}", self.0)
    }

    /// Asks for a link that sets another password.
    pub fn forgot_password(&self) -> String {
        format!("{}/forgot-password", self.0)
    }

    /// Agrees to a change of address.
    pub fn confirm_email(&self, token: &str) -> String {
        format!("{}/confirm-email#token={token}", self.0)
    }

    /// Accepts an invitation.
    pub fn accept_invitation(&self, token: &str) -> String {
        format!("{}/accept-invitation#token={token}", self.0)
    }

    /// Somebody's picture. It names the tenant because an `<img>` sends no header that could.
    pub fn avatar(&self, tenant: TenantId, id: Uuid) -> String {
        format!("{}/avatars/{tenant}/{}", self.0, id.simple())
    }
}
