//! [`Newsletter`] on the table.

use chrono::{DateTime, Utc};
use kernel::{Conn, Error, Result, Tx};
use sea_orm::{
    Condition, IntoActiveModel, QuerySelect,
    entity::prelude::*,
    sea_query::{LockType, OnConflict},
};

use super::newsletter_subscription::{Column, Entity, Model, NewsletterStatus};
use crate::ports::Newsletter;

impl Newsletter for Tx {
    async fn or_new(&self, new: &Model) -> Result<Model> {
        // Of several who ask at once one makes it, for whom the others wait here.
        Entity::insert(new.clone().into_active_model())
            .on_conflict(OnConflict::column(Column::Email).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        let found = find(self, Column::Email.eq(&new.email)).await?;
        found.ok_or_else(|| Error::lost_race("NewsletterSubscription"))
    }

    async fn to_confirm(&self, hash: &[u8]) -> Result<Option<Model>> {
        find(self, Column::ConfirmHash.eq(hash)).await
    }

    async fn to_end(&self, hash: &[u8]) -> Result<Option<Model>> {
        find(self, Column::UnsubscribeHash.eq(hash)).await
    }
}

async fn find(tx: &Tx, by: impl Into<Expr>) -> Result<Option<Model>> {
    let found = Entity::find().filter(Condition::all().add(by.into())).lock(LockType::NoKeyUpdate);
    Ok(found.one(tx.conn()).await?)
}

/// Removes what was asked for before an instant and never confirmed; who had subscribed before keeps that.
pub async fn purge_newsletter(conn: &Conn, before: DateTime<Utc>) -> Result<()> {
    let old = Condition::all().add(Column::Status.eq(NewsletterStatus::Pending)).add(Column::RequestedAt.lt(before));
    Entity::delete_many().filter(old).exec(conn).await?;
    Ok(())
}
