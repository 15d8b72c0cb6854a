//! What a new password must be.

use kernel::{Error, ProblemCode, Result};

/// Refuses a password that is too short or too long. `about` holds what others know of the person.
///
/// # Errors
/// [`Error::Invalid`] at `password`; a caller whose field has another name puts that there.
pub fn check(password: &str, about: &[&str]) -> Result<()> {
    let refuse = |code, message: &str| Err(Error::invalid("password", code, message));
    match password.chars().count() {
        0 => refuse(ProblemCode::Blank, "must not be empty"),
        ..12 => refuse(ProblemCode::NotAllowed, "must have at least 12 characters"),
        1025.. => refuse(ProblemCode::TooLong, "must have at most 1024 characters"),
        _ if about.iter().any(|known| known.eq_ignore_ascii_case(password)) => {
            refuse(ProblemCode::NotAllowed, "must not be the address or the name")
        }
        _ => Ok(()),
    }
}
