//! Letters go with whom they are to.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{
    Cx, Db, Error, Result, Tx,
    id::{JobId, NotificationId},
    jobs::{self, Job, Work},
};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

use super::queue_mail::{DeliverTemplatedMail, open};
use crate::{
    domain::sign_in::one_time::Registration,
    store::notifications::notification,
    usecases::sign_in::register_client::{Register, SEAL},
};

/// So many at a time.
const BATCH: u64 = 200;

/// Removes the letters and registrations, waiting or given up, of somebody with these addresses, and letters to others that name
/// them by one of these words or tell of a notification that is gone. They are sealed, so each is opened. For Frontdesk itself;
/// returns how many.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn erase_mails(db: &Db, cx: &Cx, emails: &BTreeSet<String>, words: &[String]) -> Result<u64> {
    let mut gone = 0;
    let mut after = None;
    loop {
        let sealed = jobs::Entity::find()
            .filter(jobs::Column::Kind.is_in([DeliverTemplatedMail::KIND, Register::KIND]))
            .order_by_asc(jobs::Column::Id)
            .limit(BATCH);
        let sealed = after.iter().fold(sealed, |found, last: &JobId| found.filter(jobs::Column::Id.gt(*last)));
        let conn = db.reader(cx).await?;
        let found = sealed.all(&conn).await?;
        let mut theirs = Vec::new();
        for job in &found {
            match is_theirs(db, cx, job, emails, words) {
                Ok(Named::Them) => theirs.push(job.id),
                Ok(Named::Notification(id)) => {
                    if notification::Entity::find_by_id(id).count(&conn).await? == 0 {
                        theirs.push(job.id);
                    }
                }
                Ok(Named::Nobody) => {}
                // What cannot be opened is nothing that can be sent either.
                Err(error) => tracing::error!(job = %job.id, ?error, "whose mail it is cannot be read"),
            }
        }
        drop(conn);
        after = found.last().map(|job| job.id);
        if !theirs.is_empty() {
            let theirs = &theirs;
            let remove = |tx: Tx| async move {
                let these = jobs::Entity::delete_many().filter(jobs::Column::Id.is_in(theirs.iter().copied()));
                Ok(these.exec(tx.conn()).await?.rows_affected)
            };
            gone += db.transact(cx, "letter.erase", remove).await?;
        }
        if after.is_none() {
            return Ok(gone);
        }
    }
}

/// Whom something sealed names.
enum Named {
    /// Them.
    Them,
    /// Somebody else, about a notification: theirs where that is gone.
    Notification(NotificationId),
    /// Somebody else.
    Nobody,
}

fn is_theirs(db: &Db, cx: &Cx, job: &Job, emails: &BTreeSet<String>, words: &[String]) -> Result<Named> {
    if job.kind == Register::KIND {
        let sealed = job.payload.get("sealed").and_then(Json::as_str).unwrap_or_default();
        let sealed = STANDARD.decode(sealed).map_err(Error::internal)?;
        let said: Registration =
            serde_json::from_slice(&db.keyring().decrypt(SEAL, &sealed)?).map_err(Error::internal)?;
        return Ok(if emails.contains(&said.email) { Named::Them } else { Named::Nobody });
    }
    let (_, letter, notification) = open(cx, db.keyring(), job)?;
    let says = |word: &String| letter.variables.iter().any(|(_, value)| value.contains(word.as_str()));
    Ok(match notification {
        _ if emails.contains(&letter.to) || words.iter().any(says) => Named::Them,
        Some(id) => Named::Notification(id),
        None => Named::Nobody,
    })
}
