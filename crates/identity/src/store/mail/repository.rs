//! [`MailSetup`] on its tables.

use kernel::{Result, Tx, id::EmailTemplateId};
use sea_orm::{IntoActiveModel, entity::prelude::*, sea_query::OnConflict};

use super::{email_template, smtp_settings};
use crate::{mail::Template, ports::MailSetup};

impl MailSetup for Tx {
    async fn smtp(&self) -> Result<Option<smtp_settings::Model>> {
        Ok(smtp_settings::Entity::find_by_id(smtp_settings::ONLY).one(self.conn()).await?)
    }

    async fn put_smtp(&self, row: &smtp_settings::Model, is_new: bool) -> Result<bool> {
        if is_new {
            let added = smtp_settings::Entity::insert(row.clone().into_active_model())
                .on_conflict(OnConflict::new().do_nothing().to_owned())
                .exec_without_returning(self.conn())
                .await?;
            return Ok(added == 1);
        }
        smtp_settings::Entity::update(row.clone().into_active_model().reset_all()).exec(self.conn()).await?;
        Ok(true)
    }

    async fn wording(&self, template: Template) -> Result<Option<email_template::Model>> {
        let of = email_template::Column::Key.eq(template.key());
        Ok(email_template::Entity::find().filter(of).one(self.conn()).await?)
    }

    async fn put_wording(&self, row: &email_template::Model, is_new: bool) -> Result<bool> {
        if is_new {
            let added = email_template::Entity::insert(row.clone().into_active_model())
                .on_conflict(OnConflict::new().do_nothing().to_owned())
                .exec_without_returning(self.conn())
                .await?;
            return Ok(added == 1);
        }
        email_template::Entity::update(row.clone().into_active_model().reset_all()).exec(self.conn()).await?;
        Ok(true)
    }

    async fn remove_wording(&self, id: EmailTemplateId) -> Result<()> {
        email_template::Entity::delete_by_id(id).exec(self.conn()).await?;
        Ok(())
    }
}
