//! The small vocabulary of errors. A new variant is added only when a caller can act on it differently.

use std::{sync::Arc, time::Duration};

use sea_orm::{DbErr, RuntimeErr};

use crate::cx::Duty;

/// The result of everything that can fail in the kernel.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a caller can act on.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// It does not exist, or the actor may not see it: the two are never told apart.
    #[error("{what} not found")]
    NotFound {
        /// The kind of thing, such as `Message`.
        what: &'static str,
    },
    /// Nobody is signed in, or the session has ended.
    #[error("sign in first")]
    Unauthenticated,
    /// The actor lacks a permission.
    #[error("this needs the permission {permission}")]
    Forbidden {
        /// The permission's name.
        permission: &'static str,
    },
    /// The person must do something else first.
    #[error("{}", match .0 {
        Duty::ChangePassword => "choose another password first",
        Duty::EnrolSecondFactor => "set up a second factor first",
    })]
    Duty(Duty),
    /// Something that the person who sent it can correct; each problem names its field.
    #[error("{}", .0.first().map_or("invalid input", |p| p.message.as_str()))]
    Invalid(Vec<Problem>),
    /// Somebody else was faster, or the state does not allow it.
    #[error("{message}")]
    Conflict {
        /// What stands in the way.
        message: String,
        /// Whether the same request may succeed when sent again.
        retryable: bool,
    },
    /// Somebody else changed it since it was read: what was sent is not on top of what is there.
    #[error("{what} was changed since; it is at version {version} now, or gone where that is 0")]
    Outdated {
        /// The kind of thing, such as `Draft`.
        what: &'static str,
        /// The version that it has now; 0 where it is not there any more.
        version: i32,
    },
    /// Too many attempts.
    #[error("too many attempts; try again in {} s", .retry_after.as_secs().max(1))]
    RateLimited {
        /// When the next attempt is accepted.
        retry_after: Duration,
    },
    /// Events were asked for that are no longer kept: what was missed cannot be told any more.
    #[error("events after this one are no longer kept; read afresh, then follow after {resume_after}")]
    EventsExpired {
        /// The newest event: whoever reads afresh now misses nothing that comes after it.
        resume_after: i64,
    },
    /// A part that Frontdesk stands on (database, tenant, hashing capacity) cannot serve now.
    #[error("temporarily unavailable")]
    Unavailable {
        /// What failed, for the log only.
        detail: Arc<str>,
    },
    /// A fault of ours. The detail is logged with the request id and never sent.
    #[error("internal error")]
    Internal {
        /// What failed, for the log only.
        detail: Arc<str>,
    },
}

/// One thing in the input that a person can correct.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// Where: the path of the field in the mutation's arguments, without `input`.
    pub path: Vec<String>,
    /// What kind of problem.
    pub code: ProblemCode,
    /// What is wrong, as a sentence for a person.
    pub message: String,
}

impl Problem {
    /// Where and what, as one sentence.
    pub fn sentence(&self) -> String {
        if self.path.is_empty() { self.message.clone() } else { format!("{}: {}", self.path.join("."), self.message) }
    }
}

/// The kinds of [`Problem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ProblemCode {
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
    /// E-mail address and password do not match an active account, or a second factor is wrong.
    InvalidCredentials,
    /// The token is unknown, used or expired.
    InvalidToken,
    /// The code of the second factor is asked for.
    TotpRequired,
}

impl Error {
    /// One problem at one field.
    pub fn invalid(field: &str, code: ProblemCode, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Problem {
            path: field.split('.').filter(|part| !part.is_empty()).map(Into::into).collect(),
            code,
            message: message.into(),
        }])
    }

    /// A conflict that goes away when the request is sent again.
    pub fn lost_race(what: &str) -> Self {
        Self::Conflict { message: format!("{what} was changed by somebody else at the same time"), retryable: true }
    }

    /// A fault of ours, with its cause for the log.
    pub fn internal(detail: impl std::fmt::Display) -> Self {
        Self::Internal { detail: detail.to_string().into() }
    }

    /// Something we stand on is away, with its cause for the log.
    pub fn unavailable(detail: impl std::fmt::Display) -> Self {
        Self::Unavailable { detail: detail.to_string().into() }
    }

    /// What failed, for the log only: it may repeat what was asked.
    pub fn detail(&self) -> String {
        match self {
            Self::Unavailable { detail } | Self::Internal { detail } => detail.to_string(),
            other => other.sentence(),
        }
    }

    /// What it says to whoever may know: each problem with its field; nothing internal. At most 500 characters.
    pub fn sentence(&self) -> String {
        let text = match self {
            Self::Invalid(problems) => problems.iter().map(Problem::sentence).collect::<Vec<_>>().join("; "),
            other => other.to_string(),
        };
        text.chars().take(500).collect()
    }

    /// Whether trying the same transaction again at once is worth it: deadlock, serialization failure, busy file.
    pub(crate) fn transient(&self) -> bool {
        matches!(self, Self::Conflict { message, retryable: true } if message.starts_with(TRANSIENT))
    }
}

/// How a conflict that the database itself reported begins; [`Error::transient`] knows it by that.
const TRANSIENT: &str = "the database was busy";

/// The database's own code of an error: a SQLSTATE or SQLite's extended result code.
fn database_code(error: &DbErr) -> Option<String> {
    match sqlx_error(error)? {
        sqlx::Error::Database(database) => database.code().map(|code| code.into_owned()),
        _ => None,
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(e))
        | DbErr::Exec(RuntimeErr::SqlxError(e))
        | DbErr::Query(RuntimeErr::SqlxError(e)) => Some(e),
        _ => None,
    }
}

/// Whether a statement failed because a unique constraint was already taken.
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(database_code(error).as_deref(), Some("23505" | "1555" | "2067"))
}

impl From<DbErr> for Error {
    /// The one seam where database errors are read: lost races, an absent database, the rest.
    fn from(error: DbErr) -> Self {
        if let Some(code) = database_code(&error) {
            return match code.as_str() {
                "40001" | "40P01" | "55P03" | "5" | "6" | "261" | "262" | "517" => {
                    Self::Conflict { message: TRANSIENT.into(), retryable: true }
                }
                "23505" | "1555" | "2067" => Self::lost_race("it"),
                // A parent row that vanished, or never was in this tenant.
                "23503" | "787" => {
                    Self::Conflict { message: "it refers to something that is not there".into(), retryable: false }
                }
                // Text that PostgreSQL cannot hold; the use cases refuse it earlier and name the field.
                "22021" | "22P05" => {
                    Self::invalid("", ProblemCode::InvalidFormat, "the text contains a character that cannot be stored")
                }
                // Connection exceptions, resources, operator intervention; SQLite: disk full, I/O, cannot open.
                code if code.starts_with("08") || code.starts_with("53") || code.starts_with("57") => {
                    Self::unavailable(error)
                }
                "10" | "13" | "14" => Self::unavailable(error),
                code if code.parse::<u32>().is_ok_and(|n| matches!(n & 0xff, 10 | 13 | 14)) && code.len() <= 4 => {
                    Self::unavailable(error)
                }
                _ => Self::internal(error),
            };
        }
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::unavailable(error),
            other => match sqlx_error(other) {
                Some(
                    sqlx::Error::Io(_)
                    | sqlx::Error::Tls(_)
                    | sqlx::Error::Protocol(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::PoolClosed
                    | sqlx::Error::WorkerCrashed,
                ) => Self::unavailable(error),
                _ => Self::internal(error),
            },
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::from(DbErr::Conn(RuntimeErr::SqlxError(error.into())))
    }
}

impl Error {
    /// The stable code of the error, as clients and the audit trail see it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "NOT_FOUND",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden { .. } => "FORBIDDEN",
            Self::Duty(Duty::ChangePassword) => "PASSWORD_CHANGE_REQUIRED",
            Self::Duty(Duty::EnrolSecondFactor) => "SECOND_FACTOR_REQUIRED",
            Self::Invalid(_) => "BAD_USER_INPUT",
            Self::Conflict { .. } | Self::Outdated { .. } => "CONFLICT",
            Self::RateLimited { .. } => "RATE_LIMITED",
            Self::EventsExpired { .. } => "EVENTS_EXPIRED",
            Self::Unavailable { .. } => "UNAVAILABLE",
            Self::Internal { .. } => "INTERNAL_SERVER_ERROR",
        }
    }

    /// Whether the same request may succeed when sent again.
    pub fn retryable(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable { .. } | Self::Conflict { retryable: true, .. })
    }
}
