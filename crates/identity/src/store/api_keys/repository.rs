//! [`ApiKeys`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{Result, Tx, id::UserId};
use sea_orm::{PaginatorTrait, entity::prelude::*};

use super::api_key::{Column, Entity, Model};
use crate::{domain::api_keys::ApiKey, ports::api_keys::ApiKeys};

impl From<Model> for ApiKey {
    fn from(key: Model) -> Self {
        Self {
            id: key.id,
            user_id: key.user_id,
            name: key.name,
            prefix: key.prefix,
            permissions: key.permissions,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
            revoked_by: key.revoked_by,
            created_at: key.created_at,
        }
    }
}

impl ApiKeys for Tx {
    async fn unrevoked(&self, owner: UserId) -> Result<u64> {
        let keys = Entity::find().filter(Column::UserId.eq(owner)).filter(Column::RevokedAt.is_null());
        Ok(keys.count(self.conn()).await?)
    }

    async fn revoke_all(&self, owner: UserId, at: DateTime<Utc>) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::RevokedAt, Expr::value(at))
            .filter(Column::UserId.eq(owner))
            .filter(Column::RevokedAt.is_null())
            .exec(self.conn())
            .await?;
        Ok(())
    }
}
