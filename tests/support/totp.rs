//! An authenticator app.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;

/// The app with one secret in it. Its clock stands still, so that a story knows which codes it has used.
pub struct Authenticator {
    secret: Vec<u8>,
    step: i64,
}

impl Authenticator {
    /// Takes a secret as a person types it in.
    #[expect(clippy::disallowed_methods, reason = "an authenticator has a clock of its own")]
    pub fn new(secret: &str) -> Self {
        let secret = BASE32_NOPAD.decode(secret.as_bytes()).expect("a secret in base32");
        assert_eq!(secret.len(), 20, "160 bits");
        Self { secret, step: chrono::Utc::now().timestamp() / 30 }
    }

    /// The code of this moment, or of so many steps later (RFC 6238).
    pub fn code(&self, later: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = hmac::sign(&key, &(self.step + later).to_be_bytes());
        let at = usize::from(tag.as_ref()[19] & 15);
        let four: [u8; 4] = tag.as_ref()[at..at + 4].try_into().expect("four bytes");
        format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
    }
}
