//! What was erased is noted outside the database as well, in the file storage: a database that is restored from a copy of before knows
//! nothing of it and holds the person again. From there it is done once more.
//!
//! An object an erasure, `erased/<tenant>/<erasure>`, sealed with the secret key. It holds ids and, of each address, a hash with a salt
//! of its own: nothing that says anything of anybody.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use kernel::{
    Conn, Cx, Db, Error, ProblemCode, Result, Source, Tx,
    crypto::{hex, sha256},
    db::{Emit, TENANT},
    files::{Storage, whole},
    held::{By, Kind},
    id::{ErasureId, LegalHoldId, TenantId, UserId},
    jobs::Enqueue,
    record::{self, Records},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{confirm::Erase, plan::ErasureHouse, run::erase_again};
use crate::{
    domain::{
        erasures::{Counts, Lines, Whose, events::ErasureRepeated},
        persons::{Catalogue, Someone, Start},
        retention::events::LegalHoldPlaced,
    },
    queries::{
        erasures::{plan, tasks},
        persons::{find::find, kept::Kept},
    },
    store::{
        erasures::erasure::{Column, Entity as Erasures, ErasureScope, ErasureStatus, Model as Erasure},
        retention::hold::{Entity as Holds, Model as LegalHold},
    },
};

/// The folder of the ledger.
const FOLDER: &str = "erased";
/// So many are noted at a time that were done when there was no ledger.
const BATCH: u64 = 100;

/// A hold that kept something of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct NotedHold {
    id: LegalHoldId,
    kind: String,
    subject: Uuid,
    reason: String,
    placed_at: DateTime<Utc>,
}

/// What is noted of an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    scope: ErasureScope,
    /// Their records, as typed ids.
    records: Vec<String>,
    salt: String,
    /// Of each address.
    emails: BTreeSet<String>,
    done_at: DateTime<Utc>,
    /// What was held then: it stays.
    holds: Vec<NotedHold>,
}

/// An erasure that is noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// In whose database.
    pub tenant: TenantId,
    /// Which.
    pub erasure: ErasureId,
    key: String,
    size: u64,
}

fn key(tenant: TenantId, erasure: ErasureId) -> String {
    format!("{FOLDER}/{tenant}/{erasure}")
}

fn mark(salt: &str, email: &str) -> String {
    hex(&sha256(format!("{salt}\n{email}").as_bytes()))
}

/// Notes an erasure: nothing that is done is not noted.
///
/// # Errors
/// [`Error::Unavailable`] where the storage is away.
pub(super) async fn note(house: ErasureHouse<'_>, cx: &Cx, erasure: &Erasure, holds: &[LegalHold]) -> Result<()> {
    let salt = hex(&cx.source().bytes::<16>());
    let emails = erasure.whose.iter().flat_map(|whose| whose.emails.iter().map(|email| mark(&salt, email))).collect();
    let hold = |hold: &LegalHold| NotedHold {
        id: hold.id,
        kind: hold.subject_kind.clone(),
        subject: hold.subject_id,
        reason: hold.reason.clone(),
        placed_at: hold.placed_at,
    };
    let entry = Entry {
        scope: erasure.scope,
        records: erasure.plan.records.clone(),
        emails,
        salt,
        done_at: erasure.completed_at.unwrap_or(cx.now),
        holds: holds.iter().map(hold).collect(),
    };
    let key = key(cx.tenant.id, erasure.id);
    let plain = serde_json::to_vec(&entry).map_err(Error::internal)?;
    let sealed = house.db.keyring().encrypt(cx.source(), key.as_bytes(), &plain)?;
    house.storage.put(&key, whole(sealed)).await
}

/// Notes erasures that were done when there was no ledger.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`Error::Unavailable`] where the database or the storage is away; the next time goes on.
pub async fn note_erasures(house: ErasureHouse<'_>, cx: &Cx) -> Result<()> {
    loop {
        let rows = Erasures::find().filter(Column::Status.eq(ErasureStatus::Done)).filter(Column::NotedAt.is_null());
        let rows = rows.order_by_asc(Column::Id).limit(BATCH).all(&house.db.reader(cx).await?).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for before in &rows {
            note(house, cx, before, &[]).await?;
            let noted = |tx: Tx| async move {
                let before = Records::<Erasures>::lock(&tx, cx, before.id).await?;
                let after = Erasure { noted_at: Some(cx.now), ..before.clone() };
                record::change::<Erasures, _>(&tx, cx, &before, after).await.map(drop)
            };
            house.db.transact(cx, "erasure.note", noted).await?;
        }
    }
}

/// All that is noted.
///
/// # Errors
/// [`Error::Unavailable`] where the storage is away.
pub async fn noted_erasures(storage: &dyn Storage) -> Result<Vec<Noted>> {
    let each = storage.list(FOLDER).await?.into_iter().filter_map(|(key, size)| {
        let (tenant, erasure) = key.strip_prefix(FOLDER)?.strip_prefix('/')?.split_once('/')?;
        Some(Noted { tenant: tenant.parse().ok()?, erasure: erasure.parse().ok()?, key: key.clone(), size })
    });
    Ok(each.collect())
}

/// Those of a tenant that its database does not know as begun: it was restored from a copy of before them.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn erasures_to_repeat(conn: &Conn, tenant: TenantId, noted: &[Noted]) -> Result<Vec<Noted>> {
    let mut own: Vec<_> = noted.iter().filter(|noted| noted.tenant == tenant).cloned().collect();
    if own.is_empty() {
        return Ok(own);
    }
    let begun = Erasures::find().select_only().column(Column::Id).filter(Column::StartedAt.is_not_null());
    let begun: BTreeSet<ErasureId> = begun.into_tuple().all(conn).await?.into_iter().collect();
    own.retain(|noted| !begun.contains(&noted.erasure));
    Ok(own)
}

async fn read(db: &Db, storage: &dyn Storage, noted: &Noted) -> Result<Vec<u8>> {
    let content = storage.read(&noted.key, 0..noted.size).await?;
    let sealed = content.try_fold(Vec::new(), |mut all, bytes| async move {
        all.extend_from_slice(&bytes);
        Ok(all)
    });
    let sealed = sealed.await?;
    db.keyring().decrypt(noted.key.as_bytes(), &sealed).map_err(|_| {
        Error::internal(format!(
            "{} does not open: it was altered, or FRONTDESK_SECRET_KEY lacks the key that it was sealed with",
            noted.key
        ))
    })
}

/// Seals what is noted anew under the newest key; returns how much of it older ones sealed.
///
/// # Errors
/// [`Error::Unavailable`] where the storage is away; [`Error::Internal`] for what does not open.
pub async fn seal_noted_erasures(db: &Db, source: &Source, storage: &dyn Storage, tenants: &[TenantId]) -> Result<u64> {
    let newest = db.keyring().ids().next();
    let mut anew = 0;
    for noted in noted_erasures(storage).await?.iter().filter(|noted| tenants.contains(&noted.tenant)) {
        let content = storage.read(&noted.key, 0..noted.size).await?;
        let first: Vec<_> = content.try_collect().await?;
        if kernel::crypto::Keyring::id_of(&first.concat()) == newest {
            continue;
        }
        let plain = read(db, storage, noted).await?;
        let sealed = db.keyring().encrypt(source, noted.key.as_bytes(), &plain)?;
        storage.put(&noted.key, whole(sealed)).await?;
        anew += 1;
    }
    Ok(anew)
}

/// Whose address it is, as far as one stands anywhere here.
async fn addresses(conn: &Conn, catalogue: &Catalogue, entry: &Entry) -> Result<BTreeSet<String>> {
    let roots = catalogue.roots().flat_map(|root| root.emails.iter().map(|column| (root.table, *column)));
    let ties = catalogue.held.iter().flat_map(|(_, held)| held.iter()).flat_map(|held| {
        held.ties
            .iter()
            .filter_map(|tie| if let By::Email(column) = tie.by { Some((held.table, column)) } else { None })
    });
    let places: BTreeSet<_> = roots.chain(ties).collect();
    let mut found = BTreeSet::new();
    for (table, column) in places {
        let mut select = Query::select();
        let column = Expr::col((Alias::new(table), Alias::new(column)));
        select.distinct().expr(column.clone()).from((Alias::new(TENANT), Alias::new(table)));
        for row in conn.query_all(select.and_where(column.is_not_null())).await? {
            let email: String = row.try_get_by_index(0)?;
            if entry.emails.contains(&mark(&entry.salt, &email)) {
                found.insert(email);
            }
        }
    }
    Ok(found)
}

/// Who they are here.
async fn found(house: ErasureHouse<'_>, cx: &Cx, entry: &Entry) -> Result<Someone> {
    let by_email = entry.scope == ErasureScope::Person;
    let mut starts: Vec<_> = entry.records.iter().filter_map(|record| Start::read(record)).collect();
    if by_email && !entry.emails.is_empty() {
        let emails = addresses(&house.db.reader(cx).await?, house.catalogue, entry).await?;
        starts.extend(emails.into_iter().map(Start::Email));
    }
    let mut whose = Someone::default();
    for start in starts {
        let more = match find(house.db, cx, house.catalogue, &start, by_email).await {
            Err(Error::NotFound { .. }) => continue,
            more => more?,
        };
        let known: BTreeSet<_> = whose.records.iter().map(|record| record.id).collect();
        whose.records.extend(more.records.into_iter().filter(|record| !known.contains(&record.id)));
        whose.emails.extend(more.emails);
        more.ids.into_iter().for_each(|(kind, ids)| whose.ids.entry(kind).or_default().extend(ids));
        whose.is_cut |= more.is_cut;
    }
    Ok(whose)
}

/// Does an erasure again that was done before the database was restored from a copy of before it; returns how it stands then. Done
/// twice it is as if done once.
///
/// For who keeps the platform; it asks for no permission.
///
/// # Errors
/// [`Error::Invalid`] for the last active administrator; [`Error::Internal`] for what does not open; [`Error::Unavailable`].
pub async fn repeat_erasure(house: ErasureHouse<'_>, cx: &Cx, noted: &Noted) -> Result<Erasure> {
    let entry: Entry = serde_json::from_slice(&read(house.db, house.storage, noted).await?).map_err(Error::internal)?;
    let whose = found(house, cx, &entry).await?;
    let refused = |why: &str| Error::invalid("erasureId", ProblemCode::NotAllowed, why.to_owned());
    if whose.is_cut {
        return Err(refused("has more records than are looked for at a time"));
    }
    let (entry, whose) = (&entry, &whose);
    let begun = house.db.transact(cx, "erasure.repeat", |tx| async move {
        for id in whose.of(Kind::Person) {
            if house.desk.account(&tx, cx, UserId(id)).await?.is_some_and(|account| account.is_last_administrator) {
                return Err(refused(
                    "is the last active administrator of this copy: add another first (`frontdesk staff add`)",
                ));
            }
        }
        place(&tx, cx, &entry.holds).await?;
        let kept = Kept::of(tx.conn(), house.catalogue, whose).await?;
        let plan = plan(tx.conn(), house.catalogue, whose, &kept).await?;
        let again = Erasure {
            id: noted.erasure,
            subject: None,
            scope: entry.scope,
            status: ErasureStatus::Confirmed,
            whose: Some(Whose::of(whose)),
            digest: plan.digest(),
            tasks: tasks(&plan, whose),
            plan,
            counts: Counts::default(),
            kept: Lines::default(),
            error_message: None,
            planned_by_id: None,
            confirmed_by_id: None,
            cancelled_by_id: None,
            attempts: 0,
            version: 1,
            planned_at: cx.now,
            confirmed_at: Some(cx.now),
            due_at: Some(cx.now),
            started_at: None,
            completed_at: None,
            // It is noted: what is known of them here may be less.
            noted_at: Some(entry.done_at),
            updated_at: cx.now,
        };
        match Records::<Erasures>::lock(&tx, cx, noted.erasure).await {
            // It was planned already when the copy was made.
            Ok(before) => {
                let (version, subject) = (before.version, before.subject.clone());
                record::change::<Erasures, _>(&tx, cx, &before, Erasure { version, subject, ..again }).await?;
            }
            Err(Error::NotFound { .. }) => Records::<Erasures>::insert(&tx, &again).await?,
            Err(error) => return Err(error),
        }
        tx.emit(cx, &ErasureRepeated { erasure: noted.erasure, done_at: entry.done_at });
        // Whoever dies over it leaves that to the workers.
        tx.enqueue(cx, &Erase { erasure: noted.erasure }).await.map(drop)
    });
    begun.await?;
    erase_again(house, cx, noted.erasure).await?;
    let row = Erasures::find_by_id(noted.erasure).one(&house.db.reader(cx).await?).await?;
    row.ok_or(Error::NotFound { what: "Erasure" })
}

/// Places the holds again that stood when something was erased.
async fn place(tx: &Tx, cx: &Cx, holds: &[NotedHold]) -> Result<()> {
    for noted in holds {
        if Holds::find_by_id(noted.id).one(tx.conn()).await?.is_some() {
            continue;
        }
        let hold = LegalHold {
            id: noted.id,
            subject_kind: noted.kind.clone(),
            subject_id: noted.subject,
            reason: noted.reason.clone(),
            placed_by_id: None,
            placed_at: noted.placed_at,
            released_by_id: None,
            released_at: None,
            release_reason: None,
            version: 1,
            updated_at: cx.now,
        };
        Records::<Holds>::insert(tx, &hold).await?;
        tx.emit(cx, &LegalHoldPlaced { hold: hold.id, kind: hold.subject_kind.clone(), subject: hold.subject_id });
    }
    Ok(())
}
