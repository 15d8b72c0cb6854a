//! What a password must be: long enough.

use kernel::{ProblemCode, text::Check};

/// Fewest characters of a password.
pub const SHORTEST: usize = 12;
/// Most bytes of a password; the sign-in hashes no longer one.
pub const LONGEST: usize = 1024;

/// Notes at `field` what is wrong with a new password. `personal` is what is known of its owner (name, address).
pub fn check(check: &mut Check, field: &str, password: &str, personal: &[&str]) {
    if password.is_empty() {
        check.problem(field, ProblemCode::Blank, "must not be empty");
    } else if password.len() > LONGEST {
        check.problem(field, ProblemCode::TooLong, "must have at most 1,024 bytes");
    } else if password.chars().count() < SHORTEST {
        check.problem(field, ProblemCode::InvalidFormat, "must have at least 12 characters");
    } else if personal.iter().any(|known| known.eq_ignore_ascii_case(password)) {
        check.problem(field, ProblemCode::NotAllowed, "must not be the name or the address");
    }
}
