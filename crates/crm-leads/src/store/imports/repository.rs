//! [`ImportBook`] on the tables.

use std::collections::HashSet;

use kernel::{
    Cx, Result, Tx,
    files::{self, File, Owner},
    id::{FileId, LeadImportId},
};
use sea_orm::{EntityTrait, IntoActiveModel};

use super::error;
use crate::{ports::imports::ImportBook, queries::imports::taken};

impl ImportBook for Tx {
    async fn keep_import_file(&self, cx: &Cx, id: FileId, of: LeadImportId) -> Result<File> {
        files::keep(self, cx, "fileId", id, Owner::of(of)).await
    }

    async fn give_up_import_file(&self, cx: &Cx, id: FileId) -> Result<()> {
        files::remove(self, cx, id).await.map(drop)
    }

    async fn taken_by_leads(&self, emails: &[String], phones: &[String]) -> Result<HashSet<String>> {
        taken(self.conn(), emails, phones).await
    }

    async fn note_import_errors(&self, errors: Vec<error::Model>) -> Result<()> {
        if !errors.is_empty() {
            let rows = errors.into_iter().map(IntoActiveModel::into_active_model);
            error::Entity::insert_many(rows).exec_without_returning(self.conn()).await?;
        }
        Ok(())
    }
}
