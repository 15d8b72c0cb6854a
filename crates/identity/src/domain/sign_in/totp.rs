//! Codes of a second factor: time-based ones (RFC 6238: SHA-1, 6 digits, 30 seconds) and those that stand in for them.

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use kernel::crypto::{same, token_hash};

/// Seconds of one step.
const PERIOD: i64 = 30;
/// How many steps a clock may be wrong, to either side.
const DRIFT: i64 = 1;
/// How many recovery codes somebody has.
pub const RECOVERY_CODES: usize = 10;

/// The code of a step: the HMAC's truncation of RFC 4226, section 5.3.
fn code(secret: &[u8], step: i64) -> String {
    // SHA-1 is what authenticator apps can do; its collisions are no weakness of the HMAC.
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag.last().copied().unwrap_or_default() & 0x0f);
    let four = tag.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()).unwrap_or_default();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

/// The step that a typed code is good for at this instant; none where it is wrong, or its step is not after `last`.
pub fn step(secret: &[u8], now: DateTime<Utc>, typed: &str, last: Option<i64>) -> Option<i64> {
    let present = now.timestamp().div_euclid(PERIOD);
    let steps = (present - DRIFT..=present + DRIFT).filter(|step| last.is_none_or(|last| *step > last));
    // Every step is looked at, so that the time taken tells nothing.
    steps.fold(
        None,
        |found, step| if same(code(secret, step).as_bytes(), typed.as_bytes()) { Some(step) } else { found },
    )
}

/// A secret as people type it into an app.
pub fn shown(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// The address that an app reads from a picture (the Key URI Format of Google Authenticator).
pub fn uri(issuer: &str, account: &str, secret: &[u8]) -> String {
    let (issuer, account) = (percent(issuer), percent(account));
    format!(
        "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period={PERIOD}",
        shown(secret)
    )
}

/// Percent-encoding of everything but unreserved characters; apps show a `+` as it is.
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => drop(write!(out, "%{byte:02X}")),
        }
        out
    })
}

/// A recovery code of 80 random bits, in groups of four.
pub fn recovery_code(random: [u8; 10]) -> String {
    let text = BASE32_NOPAD.encode(&random).to_lowercase();
    let groups: Vec<_> = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    groups.join("-")
}

/// What is stored of a recovery code, however it is typed.
pub fn recovery_hash(code: &str) -> Vec<u8> {
    token_hash(&bare(code))
}

fn bare(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_lowercase()
}

/// What somebody typed where a code is asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    /// Six digits.
    Code(String),
    /// The hash of a recovery code.
    Recovery(Vec<u8>),
}

impl Typed {
    /// What it is; none for what can be neither.
    pub fn of(text: &str) -> Option<Self> {
        if text.len() > 64 {
            return None;
        }
        let bare = bare(text);
        match bare.len() {
            6 if bare.bytes().all(|byte| byte.is_ascii_digit()) => Some(Self::Code(bare)),
            16 => Some(Self::Recovery(recovery_hash(&bare))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn the_codes_are_the_standards() {
        let secret = b"12345678901234567890";
        for (seconds, wanted) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(secret, seconds / 30), wanted);
            assert_eq!(step(secret, at(seconds), wanted, None), Some(seconds / 30));
        }
    }

    #[test]
    fn a_clock_may_be_a_step_wrong_and_a_used_step_is_over() {
        let secret = b"12345678901234567890";
        let now = at(3_000_000);
        let present = 100_000;
        for (drift, good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let found = step(secret, now, &code(secret, present + drift), None);
            assert_eq!(found, good.then_some(present + drift), "{drift}");
        }
        assert_eq!(step(secret, now, &code(secret, present), Some(present)), None, "the same step");
        assert_eq!(step(secret, now, &code(secret, present - 1), Some(present)), None, "one before it");
        assert_eq!(step(secret, now, &code(secret, present + 1), Some(present)), Some(present + 1));
        assert_eq!(step(secret, now, "", None), None);
    }

    #[test]
    fn what_is_typed_is_a_code_or_a_recovery_code_or_nothing() {
        let recovery = recovery_code([7; 10]);
        assert_eq!(recovery.len(), 19);
        let hash = recovery_hash(&recovery);
        assert_eq!(Typed::of("123 456"), Some(Typed::Code("123456".into())));
        assert_eq!(Typed::of(&recovery.to_uppercase().replace('-', " ")), Some(Typed::Recovery(hash)));
        for nothing in ["", "12345", "1234567", "abcdef", "\0\0\0\0\0\0", &"x".repeat(10_000)] {
            assert_eq!(Typed::of(nothing), None, "{nothing:.20}");
        }
    }

    #[test]
    fn the_address_escapes_names() {
        let uri = uri("Müller & Co", "ada+desk@example.com", b"12345678901234567890");
        assert_eq!(
            uri,
            "otpauth://totp/M%C3%BCller%20%26%20Co:ada%2Bdesk%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=M%C3%BCller%20%26%20Co&algorithm=SHA1&digits=6&period=30"
        );
    }
}
