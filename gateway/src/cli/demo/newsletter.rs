//! Who gets the newsletter of Harbour & Lane, and who was only asked.

use std::sync::Mutex;

use chrono::TimeDelta;
use inbox::{AskSubscriber, NewsletterMail, ask_owner, confirm_newsletter_subscription};
use kernel::{Cx, Db, Result, Tx};

use super::web;

/// The addresses, where they asked, how many days ago, and whether they confirmed.
const SUBSCRIBERS: [(&str, &str, i64, bool); 4] = [
    ("rosa@duarte-bakery.example", "footer", 40, true),
    ("tom.egan@example.net", "checkout", 21, true),
    ("lucia@example.org", "footer", 6, true),
    ("yara.moreau@example.com", "blog", 1, false),
];

/// Keeps the token of the last letter: no mail is sent for the demo.
#[derive(Default)]
struct Kept(Mutex<String>);

#[async_trait::async_trait]
impl NewsletterMail for Kept {
    async fn ask(&self, _: &Tx, _: &Cx, _: &str, token: &str) -> Result<()> {
        token.clone_into(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        Ok(())
    }

    async fn welcome(&self, _: &Tx, _: &Cx, _: &str, _: &str) -> Result<()> {
        Ok(())
    }
}

/// Writes the list.
///
/// # Errors
/// What the use cases fail with.
pub async fn fill(db: &Db, cx: &Cx) -> Result<()> {
    for (number, (email, source, days, confirmed)) in SUBSCRIBERS.into_iter().enumerate() {
        let visitor = &web(cx, cx.now - TimeDelta::days(days), 60 + number);
        let work = &AskSubscriber {
            email: email.into(),
            source: Some(source.into()),
            address: visitor.origin.address.map(|address| address.to_string()),
            limited: false,
        };
        db.transact(visitor, "newsletter.ask", |tx| async move {
            let mail = Kept::default();
            ask_owner(&tx, &mail, visitor, work).await?;
            let token = mail.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
            if confirmed {
                confirm_newsletter_subscription(&tx, &Kept::default(), db.keyring(), visitor, &token).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}
