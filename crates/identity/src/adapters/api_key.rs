//! The text of API keys: `fd_live_<tenant>_<secret>`.
//!
//! The tenant is its id in 32 hexadecimal digits, so that a key finds its own rows and no table of all tenants' keys is
//! needed; the secret is 256 random bits in base64url. Nothing in a key is believed: it is known by the SHA-256 of the
//! whole text, and one with another tenant in it is another text.

use kernel::{
    Cx,
    crypto::{sha256, token},
    id::TenantId,
};

/// How every key begins, so that a person, and a scanner of leaked secrets, knows one.
pub const KEY_PREFIX: &str = "fd_live_";
/// The base64url digits of 256 bits.
const SECRET: usize = 43;
/// How much of the secret is shown afterwards: enough to tell keys apart, and 208 bits are left to be guessed.
const SHOWN: usize = 8;

/// What a key says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyClaims {
    /// The tenant in which it may be one.
    pub tenant: TenantId,
    /// The SHA-256 of its text.
    pub hash: [u8; 32],
}

impl KeyClaims {
    /// Reads the text of a key; `None` for what cannot be one.
    pub fn read(text: &str) -> Option<Self> {
        let (tenant, secret) = parts(text)?;
        let base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let digits = tenant.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if !digits || secret.len() != SECRET || !secret.bytes().all(base64url) {
            return None;
        }
        Some(Self { tenant: TenantId(uuid::Uuid::try_parse(tenant).ok()?), hash: sha256(text.as_bytes()) })
    }
}

fn parts(text: &str) -> Option<(&str, &str)> {
    let (tenant, rest) = text.strip_prefix(KEY_PREFIX)?.split_at_checked(32)?;
    Some((tenant, rest.strip_prefix('_')?))
}

/// A new key of the tenant of `cx`, and what is shown of it afterwards.
pub fn new_key(cx: &Cx) -> (String, String) {
    let text = token(cx.source(), &format!("{KEY_PREFIX}{}", cx.tenant.id.0.simple()));
    let shown = parts(&text).and_then(|(_, secret)| secret.get(..SHOWN)).unwrap_or_default().to_owned();
    (text, shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_the_form_of_a_key_is_looked_for() {
        let tenant = "0190a5f0000070008000000000000000";
        let secret = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN-_0";
        let good = format!("fd_live_{tenant}_{secret}");
        let read = KeyClaims::read(&good).expect("a key");
        assert_eq!(read.tenant.0.simple().to_string(), tenant);
        assert_eq!(read.hash, sha256(good.as_bytes()));
        for bad in [
            String::new(),
            "fd_live_".into(),
            format!("fd_test_{tenant}_{secret}"),
            format!("fd_live_{tenant}{secret}"),
            format!("fd_live_{}_{secret}", tenant.to_uppercase()),
            format!("fd_live_{tenant}_{secret}x"),
            format!("fd_live_{tenant}_{}", &secret[1..]),
            format!("fd_live_{tenant}_{} ", &secret[1..]),
            format!("fd_live_{}é_{secret}", &tenant[1..]),
            format!("{good}{}", "x".repeat(100_000)),
        ] {
            assert_eq!(KeyClaims::read(&bad), None, "{bad:.80}");
        }
    }
}
