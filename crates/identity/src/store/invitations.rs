//! [`Invitations`] on the tables.

use kernel::{Result, Tx, id::InvitationId};
use sea_orm::{ActiveValue::Set, IntoActiveModel, QuerySelect, entity::prelude::*, sea_query::OnConflict};

use super::invitation;
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
}
