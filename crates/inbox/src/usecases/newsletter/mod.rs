//! The newsletter: asked for, confirmed by mail, ended.

pub mod confirm;
pub mod end;
pub mod subscribe;

use std::time::Duration;

use kernel::{Cx, Db, Error, ProblemCode, Result, limit::Limit};

/// Tokens tried from one address.
const TRIES: Limit =
    Limit { name: "newsletter tokens by address", attempts: 100, window: Duration::from_secs(15 * 60) };

/// The longest token that is looked for.
const LONGEST: usize = 128;

/// Counts a try of a token of the newsletter against what one address may try.
///
/// # Errors
/// [`Error::RateLimited`].
pub async fn count_newsletter_try(db: &Db, cx: &Cx) -> Result<()> {
    TRIES.count(&db.bookkeeping(cx).await?, cx, &cx.origin.limit_key()).await
}

fn bad_token() -> Error {
    Error::invalid("token", ProblemCode::InvalidToken, "the link is not good any more: subscribe again")
}
