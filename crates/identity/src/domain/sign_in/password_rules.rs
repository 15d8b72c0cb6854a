//! What a password must be: long enough, and not one that is guessed first.
//!
//! How soon a password is guessed is asked of `zxcvbn` (MIT), which carries the lists with it: 30,000 passwords from
//! breaches, the commonest words and names, and what people do with them (repeat, reverse, `p4ssw0rd`, years,
//! neighbouring keys). A list alone would refuse `password1234` and take `password12345`.

use kernel::{ProblemCode, text::Check};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::{Score, zxcvbn};

/// Fewest characters of a password.
pub const SHORTEST: usize = 12;
/// Most bytes of a password; the sign-in hashes no longer one.
pub const LONGEST: usize = 1024;

/// A password in the form in which it is hashed: NFC, so that it is the same however a keyboard puts its letters together
/// (RFC 8265's OpaqueString, without its other mappings).
pub fn stored_form(password: &str) -> String {
    password.nfc().collect()
}

/// Notes at `field` what is wrong with a new password. `personal` is what is known of its owner (name, address): it is
/// guessed first. The problem never repeats the password.
pub fn check(check: &mut Check, field: &str, password: &str, personal: &[&str]) {
    let password = stored_form(password);
    let password = password.as_str();
    if password.is_empty() {
        check.problem(field, ProblemCode::Blank, "must not be empty");
    } else if password.len() > LONGEST {
        check.problem(field, ProblemCode::TooLong, "must have at most 1,024 bytes");
    } else if password.chars().count() < SHORTEST {
        check.problem(field, ProblemCode::InvalidFormat, "must have at least 12 characters");
    } else if guessable(password, personal) || tells(password, personal) {
        check.problem(
            field,
            ProblemCode::NotAllowed,
            "is too easy to guess: it is common, was seen in breaches, or says who you are; a few unusual words are better",
        );
    }
}

/// Whether fewer than 10⁸ guesses find it.
fn guessable(password: &str, personal: &[&str]) -> bool {
    let parts = personal.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()).chain([*text]));
    let known: Vec<&str> = parts.filter(|part| part.chars().count() > 2).collect();
    zxcvbn(password, &known).score() < Score::Three
}

/// Whether it is a name or an address with little around it.
fn tells(password: &str, personal: &[&str]) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
    let password = plain(password);
    let told = |text: String| text.len() > 2 && password.contains(&text) && password.len() - text.len() < 8;
    personal.iter().any(|text| told(plain(text)))
}

#[cfg(test)]
mod tests {
    use kernel::Error;

    use super::*;

    fn code(password: &str) -> Option<ProblemCode> {
        let mut problems = Check::default();
        check(&mut problems, "password", password, &["Ada Lovelace", "ada.lovelace@example.com", ""]);
        match problems.done() {
            Ok(()) => None,
            Err(Error::Invalid(problems)) => {
                assert!(problems.iter().all(|problem| password.is_empty() || !problem.message.contains(password)));
                Some(problems[0].code)
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    #[test]
    fn length_is_counted_in_characters_and_bounded_in_bytes() {
        assert_eq!(code(""), Some(ProblemCode::Blank));
        assert_eq!(code("x8#Lq2!vRt0"), Some(ProblemCode::InvalidFormat));
        assert_eq!(code("x8#Lq2!vRt0z"), None);
        assert_eq!(code("ÄßŸ漢字λж✓é°ð"), Some(ProblemCode::InvalidFormat), "eleven characters of many bytes");
        let longest = "x8#Lq2!vRt0z-Kp5".repeat(64);
        assert_eq!(code(&longest[..1023]), None);
        assert_eq!(code(&format!("{longest}!")), Some(ProblemCode::TooLong));
    }

    #[test]
    fn common_and_breached_passwords_are_refused_however_they_are_dressed() {
        for password in [
            "password1234",
            "Password1234!",
            "p4ssw0rdp4ssw0rd",
            "passwordpassword",
            "123456789012",
            "qwertyuiop12",
            "qwertyuiop[]",
            "iloveyou1234",
            "letmeinletmein",
            "unbelievable",
            "aaaaaaaaaaaa",
            "abcabcabcabcabc",
            "administrator",
            "Welcome12345",
            "1qaz2wsx3edc",
            "trustno1trustno1",
        ] {
            assert_eq!(code(password), Some(ProblemCode::NotAllowed), "{password}");
        }
    }

    #[test]
    fn what_says_who_one_is_is_refused() {
        for password in [
            "ada.lovelace@example.com",
            "ADA.LOVELACE@example.com1",
            "Ada Lovelace",
            "lovelace1815",
            "ecalevolecalevol",
        ] {
            assert_eq!(code(password), Some(ProblemCode::NotAllowed), "{password}");
        }
    }

    #[test]
    fn a_few_words_are_enough() {
        for password in
            ["correct horse battery staple 1", "the quick brown fox 2", "blue kettle seven tram", "Zk3$wq9Lp1xv"]
        {
            assert_eq!(code(password), None, "{password}");
        }
    }
}
