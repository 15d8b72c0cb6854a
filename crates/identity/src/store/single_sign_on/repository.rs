//! [`ExternalIdentities`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Result, Tx,
    id::{IdentityProviderId, SessionId, UserId},
};
use sea_orm::{
    ActiveValue::Set, Condition, IntoActiveModel, PaginatorTrait, QuerySelect, entity::prelude::*,
    sea_query::OnConflict,
};

use super::{external_identity, identity_provider, webhook_delivery};
use crate::store::{people::user, sessions::session};
use crate::{
    domain::people::person::Person,
    ports::{ExternalIdentities, Who},
};

impl ExternalIdentities for Tx {
    async fn provider(&self, id: IdentityProviderId) -> Result<Option<identity_provider::Model>> {
        Ok(identity_provider::Entity::find_by_id(id).lock_exclusive().one(self.conn()).await?)
    }

    async fn providers_like(&self, new: &identity_provider::Model) -> Result<(u64, Vec<identity_provider::Model>)> {
        let all = identity_provider::Entity::find().count(self.conn()).await?;
        // What is missing is like nothing.
        let alike = Condition::any()
            .add(identity_provider::Column::Id.eq(new.id))
            .add_option(new.name_folded.as_deref().map(|name| identity_provider::Column::NameFolded.eq(name)))
            .add_option(new.issuer.as_deref().map(|issuer| identity_provider::Column::Issuer.eq(issuer)));
        Ok((all, identity_provider::Entity::find().filter(alike).all(self.conn()).await?))
    }

    async fn save_provider(&self, provider: &identity_provider::Model, new: bool) -> Result<()> {
        let row = provider.clone().into_active_model();
        if new {
            identity_provider::Entity::insert(row).exec_without_returning(self.conn()).await?;
        } else {
            identity_provider::Entity::update(row.reset_all()).exec(self.conn()).await?;
        }
        Ok(())
    }

    async fn identity(&self, new: &external_identity::Model) -> Result<external_identity::Model> {
        use external_identity::Column;
        external_identity::Entity::insert(new.clone().into_active_model())
            .on_conflict(OnConflict::columns([Column::ProviderId, Column::Subject]).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        // Two deliveries about one person, or a delivery and a sign-in, take turns here.
        let found = external_identity::Entity::find()
            .filter(Column::ProviderId.eq(new.provider_id))
            .filter(Column::Subject.eq(&new.subject))
            .lock_exclusive()
            .one(self.conn())
            .await?;
        found.ok_or_else(|| kernel::Error::lost_race("the account"))
    }

    async fn identities_of(&self, user: UserId) -> Result<Vec<external_identity::Model>> {
        let own = external_identity::Entity::find().filter(external_identity::Column::UserId.eq(user));
        Ok(own.lock_exclusive().all(self.conn()).await?)
    }

    async fn save_identity(&self, identity: &external_identity::Model) -> Result<()> {
        external_identity::Entity::update(identity.clone().into_active_model().reset_all()).exec(self.conn()).await?;
        Ok(())
    }

    async fn first_delivery(&self, provider: IdentityProviderId, id: &str, at: DateTime<Utc>) -> Result<bool> {
        use webhook_delivery::Column;
        let row = webhook_delivery::ActiveModel {
            provider_id: Set(provider),
            delivery_id: Set(id.into()),
            received_at: Set(at),
        };
        let noted = webhook_delivery::Entity::insert(row)
            .on_conflict(OnConflict::columns([Column::ProviderId, Column::DeliveryId]).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(noted == 1)
    }

    async fn find_person(&self, who: Who<'_>) -> Result<Option<Person>> {
        let find = match who {
            Who::Id(id) => user::Entity::find_by_id(id),
            Who::Email(email) => user::Entity::find().filter(user::Column::Email.eq(email)),
        };
        Ok(find.lock_exclusive().into_partial_model::<Person>().one(self.conn()).await?)
    }

    async fn trust_factor(&self, session: SessionId) -> Result<()> {
        session::Entity::update_many()
            .col_expr(session::Column::TrustedFactor, Expr::value(true))
            .filter(session::Column::Id.eq(session))
            .exec(self.conn())
            .await?;
        Ok(())
    }
}
