//! A subscriber wants the newsletter no more.

use kernel::{Cx, Result, crypto::token_hash, db::Emit, record::Records};

use super::{LONGEST, bad_token};
use crate::{
    domain::newsletter_events::NewsletterUnsubscribed,
    ports::Newsletter,
    store::newsletter_subscription::{Entity as Subscriptions, Model as NewsletterSubscription},
};

/// Ends a subscription by the token of its mails; one that is ended already stays so. Public: the token is the proof.
///
/// # Errors
/// [`kernel::Error::Invalid`] for a token that is not good.
pub async fn unsubscribe_from_newsletter<S: Records<Subscriptions> + Newsletter + Emit>(
    s: &S,
    cx: &Cx,
    given: &str,
) -> Result<NewsletterSubscription> {
    let found = if given.len() > LONGEST { None } else { s.to_end(&token_hash(given)).await? };
    let before = found.ok_or_else(bad_token)?;
    let mut after = before.clone();
    if after.end(cx) {
        s.update(&before, &after).await?;
        s.emit(cx, &NewsletterUnsubscribed { subscription: after.id, email: after.email.clone() });
    }
    Ok(after)
}
