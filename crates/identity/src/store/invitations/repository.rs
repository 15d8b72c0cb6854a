//! [`Invitations`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Result, Tx,
    id::{InvitationId, UserId},
};
use sea_orm::{
    ActiveValue::Set,
    Condition, IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{OnConflict, SimpleExpr},
};

use super::invitation;
use crate::ports::sign_in::Invitations;

impl Invitations for Tx {
    async fn add_invitation(&self, invitation: &invitation::Model) -> Result<bool> {
        // The index of open invitations is a partial one, which both databases infer only by itself.
        let added = invitation::Entity::insert(invitation.clone().into_active_model())
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(added == 1)
    }

    async fn revoke_invitations_of(&self, inviter: UserId, at: DateTime<Utc>) -> Result<Vec<InvitationId>> {
        revoke(self, invitation::Column::InvitedBy.eq(inviter), at).await
    }

    async fn revoke_invitations_to(&self, email: &str, at: DateTime<Utc>) -> Result<Vec<InvitationId>> {
        revoke(self, invitation::Column::Email.eq(email), at).await
    }

    async fn invitation_by_hash(&self, hash: &[u8]) -> Result<Option<invitation::Model>> {
        let found = invitation::Entity::find().filter(invitation::Column::Hash.eq(hash)).lock_exclusive();
        Ok(found.one(self.conn()).await?)
    }
}

/// Revokes those of these that nobody has accepted; returns which.
async fn revoke(tx: &Tx, these: SimpleExpr, at: DateTime<Utc>) -> Result<Vec<InvitationId>> {
    use invitation::Column;
    let open = Condition::all().add(these).add(Column::AcceptedAt.is_null()).add(Column::RevokedAt.is_null());
    // In one order, for whoever does the same at this moment.
    let found = invitation::Entity::find().filter(open.clone()).order_by_asc(Column::Id).lock_exclusive();
    let found = found.all(tx.conn()).await?;
    let revoked = invitation::ActiveModel { revoked_at: Set(Some(at)), ..Default::default() };
    invitation::Entity::update_many().set(revoked).filter(open).exec(tx.conn()).await?;
    Ok(found.into_iter().map(|invitation| invitation.id).collect())
}
