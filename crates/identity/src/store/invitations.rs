//! [`Invitations`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Result, Tx,
    id::{InvitationId, UserId},
};
use sea_orm::{ActiveValue::Set, IntoActiveModel, QuerySelect, entity::prelude::*, sea_query::OnConflict};

use super::{invitation, user};
use crate::ports::self_service::Invitations;

impl Invitations for Tx {
    async fn add_invitation(&self, invitation: &invitation::Model) -> Result<bool> {
        // The index of open invitations is a partial one, which both databases infer only by itself.
        let added = invitation::Entity::insert(invitation.clone().into_active_model())
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(added == 1)
    }

    async fn invitation(&self, id: InvitationId) -> Result<Option<invitation::Model>> {
        Ok(invitation::Entity::find_by_id(id).lock_exclusive().one(self.conn()).await?)
    }

    async fn save_invitation(&self, invitation: &invitation::Model) -> Result<()> {
        invitation::Entity::update_many()
            .set(invitation::ActiveModel {
                hash: Set(invitation.hash.clone()),
                expires_at: Set(invitation.expires_at),
                accepted_at: Set(invitation.accepted_at),
                accepted_as: Set(invitation.accepted_as),
                revoked_at: Set(invitation.revoked_at),
                ..Default::default()
            })
            .filter(invitation::Column::Id.eq(invitation.id))
            .exec(self.conn())
            .await?;
        Ok(())
    }

    async fn invitation_by_hash(&self, hash: &[u8]) -> Result<Option<invitation::Model>> {
        let found = invitation::Entity::find().filter(invitation::Column::Hash.eq(hash)).lock_exclusive();
        Ok(found.one(self.conn()).await?)
    }

    async fn add_invited(
        &self,
        id: UserId,
        name: &str,
        hash: &str,
        of: &invitation::Model,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let row = user::ActiveModel {
            id: Set(id),
            kind: Set(user::Kind::Staff),
            email: Set(of.email.clone()),
            name: Set(name.into()),
            password_hash: Set(hash.into()),
            role_id: Set(of.role_id),
            department_id: Set(of.department_id),
            is_active: Set(true),
            email_verified_at: Set(Some(at)),
            token_version: Set(1),
            created_by: Set(of.invited_by),
            created_at: Set(at),
            updated_at: Set(at),
            ..Default::default()
        };
        let added = user::Entity::insert(row)
            .on_conflict(OnConflict::column(user::Column::Email).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(added == 1)
    }
}
