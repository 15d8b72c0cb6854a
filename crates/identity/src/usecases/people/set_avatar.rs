//! A person gets a picture, or has none any more.

use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{
    Cx, Db, Error, ProblemCode, Result,
    db::Emit,
    files::{Files, Received, whole},
    id::UserId,
};
use tokio::sync::Semaphore;

use crate::{
    domain::{people::picture, sign_in::account_events::AvatarChanged},
    policy::in_session,
    ports::{People, sign_in::Accounts},
};

/// What the file of a picture is called.
pub(crate) const NAME: &str = "avatar.png";
/// Most bytes of a picture of 256 × 256 pixels: what they are, and a little more.
pub(crate) const MOST: u64 = 512 * 1024;

/// Pictures decoded at a time: each may take tens of megabytes for a moment.
static TURNS: Semaphore = Semaphore::const_new(2);

/// Sets the picture of the person who asks, from base64 of a PNG, JPEG or WebP.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Invalid`] for what is no picture.
pub async fn set_avatar(db: &Db, files: &Files, cx: &Cx, base64: &str) -> Result<UserId> {
    // Nobody's picture is decoded before it is known whose it would be.
    let user = in_session(cx, &[])?.id;
    let picture = async { files.receive(db, cx, NAME, whole(decoded(base64).await?), MOST).await };
    let picture = &picture.await;
    let set = db.transact(cx, "account.set_avatar", |tx| async move {
        change(&tx, cx, user, Some(picture.as_ref().map_err(Clone::clone)?)).await
    });
    let set = set.await;
    if let (Ok(picture), Err(_)) = (picture, &set) {
        files.take_back(db, cx, picture).await;
    }
    set
}

/// Removes the picture of the person who asks.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub async fn remove_avatar<S: People + Accounts + Emit>(s: &S, cx: &Cx) -> Result<UserId> {
    let user = in_session(cx, &[])?.id;
    change(s, cx, user, None).await
}

async fn change<S: People + Accounts + Emit>(
    s: &S,
    cx: &Cx,
    user: UserId,
    picture: Option<&Received>,
) -> Result<UserId> {
    s.lock_account(user).await?.ok_or(Error::Unauthenticated)?;
    let had = s.picture(cx, user, picture).await?;
    s.emit(cx, &AvatarChanged { user, had, has: picture.is_some() });
    Ok(user)
}

async fn decoded(base64: &str) -> Result<Vec<u8>> {
    // A third more than its bytes; nobody need decode what is too large anyway.
    if base64.len() > picture::MOST_BYTES / 3 * 4 + 8 {
        return Err(Error::invalid("image", ProblemCode::TooLong, "must have at most 256 KiB"));
    }
    let bytes = STANDARD
        .decode(base64)
        .map_err(|_| Error::invalid("image", ProblemCode::InvalidFormat, "must be base64 of a PNG, JPEG or WebP"))?;
    drawn(bytes).await
}

/// The picture that is kept of these bytes.
///
/// # Errors
/// [`Error::Invalid`] for what is no picture.
pub(crate) async fn drawn(bytes: Vec<u8>) -> Result<Vec<u8>> {
    let _turn = TURNS.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || picture::portrait(&bytes)).await.map_err(Error::internal)?
}
