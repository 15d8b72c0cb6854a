//! Somebody opens a guide or a document. It is counted, and told to nobody: a page that was read is no change of anything.

use std::time::Duration;

use kernel::{Conn, Cx, Db, Error, Result, limit::Limit, record::visible_ids};

use crate::{
    domain::help::thing::HelpThing,
    policy::keeps_help,
    ports::help::HelpShelf,
    store::help::{document::Entity as HelpDocuments, guide::Entity as Guides},
};

/// What one address may say that it opened.
const BY_ADDRESS: Limit = Limit { name: "help views by address", attempts: 300, window: Duration::from_secs(10 * 60) };
/// Who opens a thing again within the hour has not read it twice.
const ONCE: Limit = Limit { name: "help view", attempts: 1, window: Duration::from_secs(60 * 60) };
/// Into how many parts a count is split: so many readers do not wait for each other at the guide that all read.
const PARTS: u8 = 8;

/// Counts a try of an address, and says whether what it opened counts: not where it was opened from there within the hour, nor
/// where somebody looks at what they keep.
///
/// # Errors
/// [`Error::RateLimited`] for an address that opens too much.
pub async fn admit_help_view(db: &Db, cx: &Cx, thing: HelpThing) -> Result<bool> {
    let (conn, address) = (db.bookkeeping(cx).await?, cx.origin.limit_key());
    BY_ADDRESS.count(&conn, cx, &address).await?;
    if keeps_help(cx) {
        return Ok(false);
    }
    match ONCE.count(&conn, cx, &format!("{address} {}", thing.uuid())).await {
        Ok(()) => Ok(true),
        Err(Error::RateLimited { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether the actor sees a thing.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn sees_help(conn: &Conn, cx: &Cx, thing: HelpThing) -> Result<bool> {
    Ok(match thing {
        HelpThing::Guide(id) => !visible_ids::<Guides>(conn, cx, &[id]).await?.is_empty(),
        HelpThing::Document(id) => !visible_ids::<HelpDocuments>(conn, cx, &[id]).await?.is_empty(),
    })
}

/// Counts that somebody opened a thing which they see. Public.
///
/// # Errors
/// What the database says.
pub async fn record_help_view(s: &impl HelpShelf, cx: &Cx, thing: HelpThing) -> Result<()> {
    s.count_view(thing, i32::from(cx.random::<1>()[0] % PARTS)).await
}
