//! Errors are recorded.

use std::collections::BTreeMap;

use kernel::{Cx, Result, Tx, db::Emit};
use serde_json::Value as Json;

use crate::{
    domain::errors::{
        Occurrence,
        events::{ErrorGroupAlerted, ErrorGroupReopened},
        fingerprint,
    },
    store::errors::{log, write},
};

/// What more kinds of errors than begin in an hour are counted as.
const TOO_MANY: &str = "TOO_MANY_KINDS";
const TOO_MANY_SAID: &str = "errors of more kinds than are told apart in an hour";

/// Records errors, each in the group of its kind: counted, and some an hour kept as rows. A resolved group is reopened by one that
/// came after, and those who see it are to be told of fatal and critical ones once an hour; events tell of both.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn record_errors(tx: &Tx, cx: &Cx, errors: &[Occurrence]) -> Result<()> {
    // By fingerprint, so that two processes take the groups in one order.
    let mut kinds: BTreeMap<String, Vec<&Occurrence>> = BTreeMap::new();
    for error in errors {
        kinds.entry(error.fingerprint()).or_default().push(error);
    }
    let mut further = Vec::new();
    for (fingerprint, mut errors) in kinds {
        errors.sort_by_key(|error| error.at);
        let Some(first) = errors.first().copied() else { continue };
        match write::find_or_make(tx, cx, &fingerprint, first).await? {
            Some(group) => count(tx, cx, group, &errors).await?,
            None => further.extend(errors),
        }
    }
    further.sort_by_key(|error| error.at);
    let Some(first) = further.first() else { return Ok(()) };
    let first = Occurrence { message: TOO_MANY_SAID.into(), code: Some(TOO_MANY.into()), ..(*first).clone() };
    let group = write::make(tx, cx, &fingerprint("", TOO_MANY, ""), &first).await?;
    count(tx, cx, group, &further).await
}

async fn count(tx: &Tx, cx: &Cx, mut group: crate::ErrorGroup, errors: &[&Occurrence]) -> Result<()> {
    let (mut rows, mut alert, from) = (Vec::new(), false, group.status);
    let mut reopened = false;
    for error in errors {
        let follows = group.take(error);
        reopened |= follows.reopened;
        alert |= follows.alert;
        if follows.keep {
            rows.push(log::Model {
                id: cx.new_id(),
                group_id: group.id,
                at: error.at,
                level: error.level,
                source: error.source,
                code: error.code.clone(),
                message: error.message.clone(),
                stack: error.stack.clone(),
                user_id: error.user,
                request_id: error.request_id.clone(),
                correlation_id: error.correlation_id.clone(),
                metadata: Some(error.metadata.clone()).filter(|more| *more != Json::Null),
                created_at: cx.now,
            });
        }
    }
    write::save(tx, &group).await?;
    write::keep(tx, rows).await?;
    if reopened {
        tx.emit(cx, &ErrorGroupReopened::of(&group, from, true));
    }
    if alert {
        tx.emit(cx, &ErrorGroupAlerted::of(&group, from, true));
    }
    Ok(())
}
