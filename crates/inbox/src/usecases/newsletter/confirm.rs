//! Whoever reads an address's mail confirms that they want the newsletter.

use kernel::{
    Cx, Result, Tx,
    crypto::{Keyring, token_hash},
    db::Emit,
    record::Records,
};

use super::{LONGEST, bad_token};
use crate::{
    domain::newsletter_events::NewsletterSubscribed,
    ports::{Newsletter, NewsletterMail},
    store::newsletter_subscription::{Entity as Subscriptions, Model as NewsletterSubscription, NewsletterStatus},
};

/// Confirms a subscription by the token that was mailed, and welcomes the subscriber; a second time changes nothing. Public: the
/// token is the proof.
///
/// # Errors
/// [`kernel::Error::Invalid`] for a token that is not good, or not any more.
pub async fn confirm_newsletter_subscription(
    tx: &Tx,
    mail: &dyn NewsletterMail,
    keyring: &Keyring,
    cx: &Cx,
    given: &str,
) -> Result<NewsletterSubscription> {
    let found = if given.len() > LONGEST { None } else { tx.to_confirm(&token_hash(given)).await? };
    let before = found.filter(|known| known.is_open(cx)).ok_or_else(bad_token)?;
    if before.status == NewsletterStatus::Subscribed {
        return Ok(before);
    }
    let (mut after, ending) = (before.clone(), before.ending(keyring, cx));
    after.confirm(cx, &ending);
    Records::<Subscriptions>::update(tx, &before, &after).await?;
    mail.welcome(tx, cx, &after.email, &ending).await?;
    tx.emit(cx, &NewsletterSubscribed { subscription: after.id, email: after.email.clone() });
    Ok(after)
}
