//! The picture that somebody has at their provider becomes theirs here, unless they have one.

use kernel::{
    Cx, Db, Error, Result,
    db::Emit,
    files::{Files, whole},
    id::UserId,
    jobs::{self, Job, Work},
};
use serde::{Deserialize, Serialize};

use crate::usecases::people::set_avatar::{MOST, NAME, drawn};
use crate::{
    adapters::oidc::Oidc,
    domain::sign_in::account_events::AvatarChanged,
    ports::{ExternalIdentities, People, Who, sign_in::Accounts},
};

/// The job: take over this picture.
#[derive(Serialize, Deserialize)]
pub struct TakePicture {
    /// Whose it is.
    pub user: UserId,
    /// Where it is.
    pub address: String,
}

impl Work for TakePicture {
    const KIND: &'static str = "identity.take_picture";
}

/// Fetches a picture, as every address that somebody else named is asked, and keeps it. One that is none, or that the
/// company has no room for, is let be; where the other side is away it is tried again.
///
/// # Errors
/// When trying again helps.
pub async fn take_picture(db: &Db, files: &Files, oidc: &Oidc, cx: &Cx, job: &Job) -> Result<()> {
    let TakePicture { user, address } = job.work()?;
    let png = match oidc.picture(&address).await? {
        Some(bytes) => match drawn(bytes).await {
            Err(Error::Invalid(_)) => None,
            png => Some(png?),
        },
        None => None,
    };
    let received = match png {
        Some(png) => match files.receive(db, cx, NAME, whole(png), MOST).await {
            Err(Error::Invalid(_)) => None,
            received => Some(received?),
        },
        None => None,
    };
    let picture = received.as_ref();
    let kept = db
        .transact(cx, "account.take_picture", |tx| async move {
            jobs::finish(&tx, job).await?;
            tx.lock_account(user).await?;
            let person = tx.find_person(Who::Id(user)).await?;
            if let (Some(picture), Some(_)) = (picture, person.filter(|person| person.avatar_id.is_none())) {
                let had = tx.picture(cx, user, Some(picture)).await?;
                tx.emit(cx, &AvatarChanged { user, had, has: true });
            }
            Ok(())
        })
        .await;
    match kept {
        Err(Error::Invalid(_)) => db.transact(cx, "job.finish", |tx| async move { jobs::finish(&tx, job).await }).await,
        kept => kept,
    }
}
