//! How bytes come in.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::{StreamExt, stream};
use sea_orm::{ActiveValue::Set, Condition, PaginatorTrait, QueryOrder, entity::prelude::*};
use uuid::Builder;

use super::{
    Content, File, FileUploaded, Files, UploadBegun,
    content::{HEAD, type_of},
    link::{Link, Purpose},
    name, own,
    table::{self, Column, Entity, location},
};
use crate::{
    Conn, Cx, Db, Error, ProblemCode, Result, Tx,
    crypto::{Sha256, hex},
    db::Emit,
    id::{FileId, TypedId, UserId},
    text::Check,
    usage,
};

/// How many files that belong to nothing yet one person may have.
const MOST_WAITING: u64 = 100;

/// What is said of a file without a byte: nobody means to send one.
const EMPTY: &str = "must not be empty";

/// Bytes that are in the storage, all of them. Nothing counts them until a transaction says what becomes of them.
#[derive(Debug, Clone)]
pub struct Received {
    /// The file that they are.
    pub id: FileId,
    /// How many.
    pub size: i64,
    /// What they are, by their content.
    pub content_type: &'static str,
    pub(super) key: String,
    pub(super) sha256: [u8; 32],
    begun: bool,
}

/// What is known of bytes that came by.
#[derive(Default)]
struct Facts {
    size: u64,
    head: Vec<u8>,
    hash: Sha256,
}

impl Files {
    /// Takes in the bytes of a new file. They belong to nobody until [`own::keep_received`] or [`Files::upload`] says so; else
    /// they are swept.
    ///
    /// Goes on by itself where whoever asked goes away: what was begun is brought to an end or taken back.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `file` for more bytes than `most`, and for a person with too many files that wait.
    pub async fn receive(&self, db: &Db, cx: &Cx, name: &str, content: Content, most: u64) -> Result<Received> {
        self.receive_as(db, cx, new_id(cx), name, content, most).await
    }

    /// The same under an id that is known already.
    ///
    /// # Errors
    /// As [`Files::receive`].
    pub async fn receive_as(
        &self,
        db: &Db,
        cx: &Cx,
        id: FileId,
        name: &str,
        content: Content,
        most: u64,
    ) -> Result<Received> {
        let uploader = cx.person().ok().map(|person| person.id);
        if let Some(uploader) = uploader {
            few_waiting(&db.reader(cx).await?, cx, uploader).await?;
        }
        let key = new_key(cx);
        let row = expected(cx, id, name, 0, uploader, cx.now + self.rules.waits, Some(key.clone()));
        Entity::insert(row).exec_without_returning(&db.bookkeeping(cx).await?).await?;
        self.write(db, cx, id, key, limited(content, most), None).await
    }

    /// Writes what comes, in a task of its own.
    async fn write(
        &self,
        db: &Db,
        cx: &Cx,
        id: FileId,
        key: String,
        content: Content,
        exactly: Option<u64>,
    ) -> Result<Received> {
        let (files, db, cx) = (self.clone(), db.clone(), cx.clone());
        let written = tokio::spawn(async move {
            let facts = Arc::new(Mutex::new(Facts::default()));
            let place = location(&cx.tenant, &key);
            match files.storage.put(&place, watched(content, facts.clone(), exactly)).await {
                Ok(()) => {
                    let facts = std::mem::take(&mut *facts.lock().unwrap_or_else(PoisonError::into_inner));
                    let size = i64::try_from(facts.size).map_err(Error::internal)?;
                    let (content_type, sha256) = (type_of(&facts.head), facts.hash.finish());
                    Ok(Received { id, size, content_type, key, sha256, begun: exactly.is_some() })
                }
                Err(error) => {
                    // What cannot be taken back now is swept when its time is up.
                    let taken_back = async {
                        files.storage.remove(&place).await?;
                        forget(&db, &cx, id, &key, exactly.is_some()).await
                    };
                    if let Err(error) = taken_back.await {
                        tracing::warn!(request_id = %cx.request_id, ?error, "an upload that broke off could not be taken back");
                    }
                    Err(error)
                }
            }
        });
        written.await.map_err(Error::internal)?
    }

    /// Takes in a file of whoever asks, which then waits for them to keep it with something.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Invalid`] at `file` for what is empty or too large, or no room left.
    pub async fn upload(&self, db: &Db, cx: &Cx, name: &str, content: Content) -> Result<FileId> {
        let by = cx.user()?.id;
        let received = &self.receive(db, cx, name, content, self.rules.most).await;
        let uploaded = db.transact(cx, "file.upload", |tx| async move {
            let received = received.as_ref().map_err(Clone::clone)?;
            if received.size == 0 {
                return Err(Error::invalid("file", ProblemCode::Blank, EMPTY));
            }
            wait(&tx, cx, received).await?;
            tx.emit(cx, &FileUploaded::of(received, by));
            Ok(received.id)
        });
        let uploaded = uploaded.await;
        // Refused; or sent again under the same idempotency key, and there already.
        if let Ok(received) = received
            && uploaded.as_ref().ok() != Some(&received.id)
        {
            self.take_back(db, cx, received).await;
        }
        uploaded
    }

    /// Takes received bytes back that no transaction wanted. What cannot be taken back now is swept when its time is up.
    pub async fn take_back(&self, db: &Db, cx: &Cx, received: &Received) {
        let taken_back = async {
            let row = Entity::find_by_id(received.id).one(&db.bookkeeping(cx).await?).await?;
            // A commit that was not heard of is one all the same.
            if row.is_some_and(|row| row.stored_at.is_none() && row.storage_key.as_deref() == Some(&received.key)) {
                self.storage.remove(&location(&cx.tenant, &received.key)).await?;
                forget(db, cx, received.id, &received.key, received.begun).await?;
            }
            Ok::<_, Error>(())
        };
        if let Err(error) = taken_back.await {
            tracing::warn!(request_id = %cx.request_id, ?error, "an upload that was refused could not be taken back");
        }
    }

    /// Begins an upload by its own link: the file is expected, and has the link's life to come.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Invalid`] at `size` or `name`.
    pub async fn begin(&self, db: &Db, cx: &Cx, name: &str, size: f64) -> Result<(FileId, DateTime<Utc>)> {
        let by = cx.user()?.id;
        let (id, expires_at) = (new_id(cx), cx.now + self.rules.waits);
        let most = self.rules.most_direct;
        db.transact(cx, "file.begin_upload", |tx| async move {
            let mut check = Check::default();
            let (name, size) = (check.line("name", name, 255), bytes(&mut check, size, most));
            check.done()?;
            few_waiting(tx.conn(), cx, by).await?;
            if !usage::has_room(tx.conn(), cx, size).await? {
                return Err(usage::full("size"));
            }
            let row = expected(cx, id, &name, size, Some(by), expires_at, None);
            Entity::insert(row).exec_without_returning(tx.conn()).await?;
            tx.emit(cx, &UploadBegun { file: id, by, size });
            // Asked again under the same idempotency key, it is the same upload.
            Ok((id, expires_at))
        })
        .await
    }

    /// Takes in the bytes of an upload that was begun: exactly as many as were announced, once.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a link that is none or has ended; [`Error::Conflict`] where they came already or come
    /// just now; [`Error::Invalid`] for other bytes than were announced, or no room left.
    pub async fn receive_begun(
        &self,
        db: &Db,
        cx: &Cx,
        token: &str,
        announced: Option<u64>,
        content: Content,
    ) -> Result<File> {
        let link = Link::read(db.keyring(), token, Purpose::Upload, cx).ok_or(NONE)?;
        let key = new_key(cx);
        let conn = db.bookkeeping(cx).await?;
        let row =
            Entity::find_by_id(link.file).one(&conn).await?.filter(|row| row.expires_at.is_some_and(|at| at > cx.now));
        let row = row.ok_or(NONE)?;
        if announced.is_some_and(|announced| announced != row.bytes()) {
            return Err(wrong_size(row.bytes()));
        }
        // Whoever sets the key is the one who writes; a repeated or second request is not.
        let begun = Entity::update_many()
            .col_expr(Column::StorageKey, Expr::value(key.as_str()))
            .filter(Column::Id.eq(link.file))
            .filter(Column::StorageKey.is_null())
            .exec(&conn)
            .await?;
        if begun.rows_affected != 1 {
            let message = "this upload is complete or under way".to_owned();
            return Err(Error::Conflict { message, retryable: false });
        }
        let content = limited(content, row.bytes());
        let received = &self.write(db, cx, link.file, key, content, Some(row.bytes())).await?;
        let by = row.uploaded_by;
        let done = db.transact(cx, "file.upload", |tx| async move {
            wait(&tx, cx, received).await?;
            if let Some(by) = by {
                tx.emit(cx, &FileUploaded::of(received, by));
            }
            Ok(())
        });
        if let Err(error) = done.await {
            self.take_back(db, cx, received).await;
            return Err(error);
        }
        own::by_ids(&conn, &[link.file]).await?.remove(&link.file).ok_or(NONE)
    }
}

pub(super) const NONE: Error = Error::NotFound { what: "File" };

fn new_id(cx: &Cx) -> FileId {
    FileId::from_uuid(Builder::from_random_bytes(cx.random()).into_uuid())
}

fn new_key(cx: &Cx) -> String {
    hex(&cx.random::<16>())
}

/// A number of bytes as a client says it.
fn bytes(check: &mut Check, size: f64, most: u64) -> i64 {
    #[expect(clippy::cast_precision_loss, reason = "what may be sent is far below 2^53")]
    let too_many = size > most as f64;
    if !size.is_finite() || size < 0.0 || size.fract() != 0.0 {
        check.problem("size", ProblemCode::InvalidFormat, "must be a whole number of bytes");
    } else if size == 0.0 {
        check.problem("size", ProblemCode::Blank, EMPTY);
    } else if too_many {
        check.problem("size", ProblemCode::TooLong, format!("must be at most {most} bytes"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "a whole number, or refused")]
    let size = size as i64;
    size
}

async fn few_waiting(conn: &Conn, cx: &Cx, uploader: UserId) -> Result<()> {
    let waiting = Entity::find().filter(Column::UploadedBy.eq(uploader)).filter(Column::ExpiresAt.gt(cx.now));
    if waiting.clone().count(conn).await? < MOST_WAITING {
        return Ok(());
    }
    let first = waiting.order_by_asc(Column::ExpiresAt).one(conn).await?.and_then(|file| file.expires_at);
    let until = first.unwrap_or(cx.now).to_rfc3339_opts(SecondsFormat::Secs, true);
    let message = format!(
        "{MOST_WAITING} files wait to be used already; use them, or wait until {until}, when the first of them expires"
    );
    Err(Error::invalid("", ProblemCode::NotAllowed, message))
}

fn expected(
    cx: &Cx,
    id: FileId,
    name: &str,
    size: i64,
    uploaded_by: Option<UserId>,
    expires_at: DateTime<Utc>,
    key: Option<String>,
) -> table::ActiveModel {
    table::ActiveModel {
        id: Set(id),
        storage_key: Set(key),
        name: Set(name::clean(name)),
        size: Set(size),
        content_type: Set(None),
        sha256: Set(None),
        stored_at: Set(None),
        uploaded_by: Set(uploaded_by),
        owner_kind: Set(None),
        owner_id: Set(None),
        created_at: Set(cx.now),
        expires_at: Set(Some(expires_at)),
    }
}

/// Notes that the bytes are there, and counts them; they wait.
async fn wait(tx: &Tx, cx: &Cx, received: &Received) -> Result<()> {
    usage::store(tx, cx, received.size).await?;
    own::stored(tx, cx, received, None).await
}

/// Forgets bytes that did not come: a file that came with a request, or of one that was begun only where they were to go.
async fn forget(db: &Db, cx: &Cx, id: FileId, key: &str, begun: bool) -> Result<()> {
    let conn = db.bookkeeping(cx).await?;
    let this = Condition::all().add(Column::Id.eq(id)).add(Column::StorageKey.eq(key)).add(Column::StoredAt.is_null());
    if begun {
        let none = Expr::value(Option::<String>::None);
        Entity::update_many().col_expr(Column::StorageKey, none).filter(this).exec(&conn).await?;
    } else {
        Entity::delete_many().filter(this).exec(&conn).await?;
    }
    Ok(())
}

fn wrong_size(exactly: u64) -> Error {
    Error::invalid(
        "file",
        ProblemCode::InvalidFormat,
        format!("must have {exactly} bytes, as was said when it was begun"),
    )
}

/// The same bytes, but no more than so many.
fn limited(content: Content, most: u64) -> Content {
    let mut size = 0_u64;
    content
        .map(move |bytes| {
            let bytes = bytes?;
            size = size.saturating_add(bytes.len() as u64);
            if size > most {
                return Err(Error::invalid("file", ProblemCode::TooLong, format!("must have at most {most} bytes")));
            }
            Ok(bytes)
        })
        .boxed()
}

/// The same bytes, with what is known of them afterwards; an error at the end where they are not `exactly` so many.
fn watched(content: Content, facts: Arc<Mutex<Facts>>, exactly: Option<u64>) -> Content {
    let seen = facts.clone();
    let watched = content.map(move |bytes: Result<Bytes>| {
        let bytes = bytes?;
        let mut facts = seen.lock().unwrap_or_else(PoisonError::into_inner);
        facts.size += bytes.len() as u64;
        let room = HEAD.saturating_sub(facts.head.len()).min(bytes.len());
        facts.head.extend_from_slice(&bytes[..room]);
        facts.hash.update(&bytes);
        Ok(bytes)
    });
    let check = stream::once(async move {
        let size = facts.lock().unwrap_or_else(PoisonError::into_inner).size;
        exactly.filter(|exactly| *exactly != size).map(|exactly| Err(wrong_size(exactly)))
    });
    watched.chain(check.filter_map(|checked| async move { checked })).boxed()
}
