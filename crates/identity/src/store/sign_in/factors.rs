//! [`SecondFactors`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{Result, Tx, id::UserId};
use sea_orm::{ActiveValue::Set, Condition, entity::prelude::*};

use super::recovery_code;
use crate::ports::SecondFactors;
use crate::store::people::user;

/// Changes one person.
async fn change(tx: &Tx, id: UserId, row: user::ActiveModel) -> Result<()> {
    user::Entity::update_many().set(row).filter(user::Column::Id.eq(id)).exec(tx.conn()).await?;
    Ok(())
}

async fn forget_codes(tx: &Tx, id: UserId) -> Result<()> {
    recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(id)).exec(tx.conn()).await?;
    Ok(())
}

impl SecondFactors for Tx {
    async fn set_secret(&self, id: UserId, sealed: Option<Vec<u8>>, at: DateTime<Utc>) -> Result<()> {
        forget_codes(self, id).await?;
        let row = user::ActiveModel {
            totp_secret: Set(sealed),
            totp_confirmed_at: Set(None),
            totp_last_step: Set(None),
            updated_at: Set(at),
            ..Default::default()
        };
        change(self, id, row).await
    }

    async fn confirm_secret(&self, id: UserId, at: DateTime<Utc>) -> Result<()> {
        let row = user::ActiveModel { totp_confirmed_at: Set(Some(at)), updated_at: Set(at), ..Default::default() };
        change(self, id, row).await
    }

    async fn use_step(&self, id: UserId, step: i64) -> Result<bool> {
        let before =
            Condition::any().add(user::Column::TotpLastStep.is_null()).add(user::Column::TotpLastStep.lt(step));
        let used = user::Entity::update_many()
            .col_expr(user::Column::TotpLastStep, Expr::value(step))
            .filter(user::Column::Id.eq(id))
            .filter(before)
            .exec(self.conn())
            .await?;
        Ok(used.rows_affected == 1)
    }

    async fn use_recovery_code(&self, id: UserId, hash: &[u8], at: DateTime<Utc>) -> Result<bool> {
        let used = recovery_code::Entity::update_many()
            .col_expr(recovery_code::Column::UsedAt, Expr::value(at))
            .filter(recovery_code::Column::UserId.eq(id))
            .filter(recovery_code::Column::Hash.eq(hash))
            .filter(recovery_code::Column::UsedAt.is_null())
            .exec(self.conn())
            .await?;
        Ok(used.rows_affected == 1)
    }

    async fn replace_recovery_codes(&self, id: UserId, hashes: Vec<Vec<u8>>, at: DateTime<Utc>) -> Result<()> {
        forget_codes(self, id).await?;
        let rows = hashes.into_iter().map(|hash| recovery_code::ActiveModel {
            user_id: Set(id),
            hash: Set(hash),
            used_at: Set(None),
            created_at: Set(at),
        });
        recovery_code::Entity::insert_many(rows).exec_without_returning(self.conn()).await?;
        Ok(())
    }
}
