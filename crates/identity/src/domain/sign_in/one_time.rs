//! Tokens that go out in the links of mails and are good once.

use kernel::{
    Error, ProblemCode, Source,
    crypto::{token, token_hash},
};
use serde::{Deserialize, Serialize};

/// How the tokens of links to one's own account begin.
pub const ACCOUNT: &str = "fdo";
/// How the tokens of invitations begin.
pub const INVITATION: &str = "fdi";

/// 256 random bits in base64url.
const RANDOM: usize = 43;

/// A new token, and what is stored of it.
pub fn fresh(source: &Source, prefix: &str) -> (String, Vec<u8>) {
    let token = token(source, prefix);
    let hash = token_hash(&token);
    (token, hash)
}

/// The hash to look a token up by; `None` for a text that never was one (empty, too long, with characters no token
/// has), so that nothing but a whole token ever reaches the database.
pub fn hash_of(text: &str, prefix: &str) -> Option<Vec<u8>> {
    let random = text.strip_prefix(prefix)?.strip_prefix('_')?;
    let whole = random.len() == RANDOM && random.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    whole.then(|| token_hash(text))
}

/// The one answer to a token that is no good, whatever the reason.
pub fn refused() -> Error {
    Error::invalid("token", ProblemCode::InvalidToken, "the link is unknown, used or expired; ask for another one")
}

/// What a token does when it is used.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Payload {
    /// The new address of a change of address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What the person said of themselves when they registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
}

/// What somebody said who registered, before they showed that the address is theirs.
///
/// It takes hold with the link that was mailed for it and the password that is in it, and not before: whoever registers
/// with somebody else's address has chosen no password for them, however the owner comes to show that it is theirs
/// (CVE-2026-44707 elsewhere).
#[derive(Clone, Serialize, Deserialize)]
pub struct Registration {
    /// The address, in its stored form.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The company they buy for.
    pub company: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// The same as they typed it.
    #[serde(default)]
    pub phone_typed: Option<String>,
    /// The PHC string of their password's hash.
    pub password_hash: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_token_is_looked_up() {
        let (token, hash) = fresh(&Source::system(), ACCOUNT);
        assert_eq!(hash_of(&token, ACCOUNT), Some(hash));
        assert_eq!(hash_of(&token, INVITATION), None, "of another kind");
        let other_case: String =
            token.chars().map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c }).collect();
        assert_ne!(hash_of(&other_case, ACCOUNT), hash_of(&token, ACCOUNT));
        for text in [
            String::new(),
            "fdo_".to_owned(),
            "null".to_owned(),
            token[4..].to_owned(),
            token[..token.len() - 1].to_owned(),
            format!("{token}A"),
            format!("{token} "),
            token.replace('_', "\u{0}"),
            format!("fdo_{}", "\u{0}".repeat(RANDOM)),
            format!("fdo_{}", "é".repeat(RANDOM)),
            "x".repeat(1_000_000),
        ] {
            assert_eq!(hash_of(&text, ACCOUNT), None, "{text:.60}");
        }
    }
}
