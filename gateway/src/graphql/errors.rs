//! The one place where the kernel's errors become GraphQL's.

use std::sync::Arc;

use async_graphql::{Enum, ErrorExtensions, SimpleObject};
use kernel::{Error, Problem, ProblemCode};

/// An error on its way to the client. Not `Display` on purpose: async-graphql would take any text as it is.
#[derive(Clone)]
pub struct Fault(Error);

/// The result of a resolver.
pub type Result<T> = std::result::Result<T, Fault>;

impl Fault {
    /// Whether it is what was given that is wrong.
    pub const fn is_of_input(&self) -> bool {
        matches!(self.0, Error::Invalid(_))
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Fault> for async_graphql::Error {
    fn from(Fault(error): Fault) -> Self {
        match &error {
            Error::Internal { detail } => tracing::error!(%detail, "internal error"),
            Error::Unavailable { detail } => tracing::warn!(%detail, "unavailable"),
            _ => {}
        }
        let message = match &error {
            Error::Invalid(problems) => problems.iter().map(Problem::sentence).collect::<Vec<_>>().join("; "),
            other => other.to_string(),
        };
        let mut answer = Self::new(message).extend_with(|_, extensions| {
            extensions.set("code", error.code());
            extensions.set("retryable", error.retryable());
            if let Error::RateLimited { retry_after } = &error {
                extensions.set("retryAfterSeconds", retry_after.as_secs().max(1));
            }
            if let Error::EventsExpired { resume_after } = &error {
                extensions.set("resumeAfter", resume_after.to_string());
            }
            if let Error::Outdated { version, .. } = &error {
                extensions.set("currentVersion", *version);
            }
            if let Error::Forbidden { permission } = &error {
                extensions.set("permission", *permission);
            }
            if let Error::Invalid(problems) = &error {
                let fields: Vec<_> = problems.iter().map(|problem| problem.path.join(".").into()).collect();
                extensions.set("fields", async_graphql::Value::List(fields));
            }
        });
        // For the log of errors; nobody is shown it.
        if matches!(error, Error::Internal { .. } | Error::Unavailable { .. }) {
            answer.source = Some(Arc::new(error));
        }
        answer
    }
}

/// What kind of thing a person can correct.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum UserErrorCode {
    /// A required value is empty.
    Blank,
    /// A value is longer than its limit.
    TooLong,
    /// A value does not have the required form.
    InvalidFormat,
    /// The state of the thing does not allow it.
    NotAllowed,
    /// The person or thing named is not there or not active.
    NotAvailable,
    /// E-mail address and password do not match an active account, or the password or code is wrong.
    InvalidCredentials,
    /// The token is unknown, used or expired.
    InvalidToken,
    /// The password is right, and the code of the second factor is asked for.
    TotpRequired,
}

impl From<ProblemCode> for UserErrorCode {
    fn from(code: ProblemCode) -> Self {
        match code {
            ProblemCode::Blank => Self::Blank,
            ProblemCode::TooLong => Self::TooLong,
            ProblemCode::InvalidFormat => Self::InvalidFormat,
            ProblemCode::NotAllowed => Self::NotAllowed,
            ProblemCode::NotAvailable => Self::NotAvailable,
            ProblemCode::InvalidCredentials => Self::InvalidCredentials,
            ProblemCode::InvalidToken => Self::InvalidToken,
            ProblemCode::TotpRequired => Self::TotpRequired,
        }
    }
}

/// Something in the input that a person can correct. Whoever gets one knows that nothing was changed.
#[derive(Debug, Clone, SimpleObject)]
pub struct UserError {
    /// What kind of thing.
    pub code: UserErrorCode,
    /// What is wrong, as a sentence for a person.
    pub message: String,
    /// Where: the path in the mutation's arguments, such as `["input", "content"]`.
    pub path: Vec<String>,
}

impl From<Problem> for UserError {
    fn from(problem: Problem) -> Self {
        let path = std::iter::once("input".to_owned()).chain(problem.path).collect();
        Self { code: problem.code.into(), message: problem.message, path }
    }
}

/// Splits what a use case answered into the payload's thing and its `errors`; other errors stay errors.
pub fn payload<T>(answer: kernel::Result<T>) -> Result<(Option<T>, Vec<UserError>)> {
    match answer {
        Ok(thing) => Ok((Some(thing), Vec::new())),
        Err(Error::Invalid(problems)) => Ok((None, problems.into_iter().map(Into::into).collect())),
        Err(error) => Err(error.into()),
    }
}
