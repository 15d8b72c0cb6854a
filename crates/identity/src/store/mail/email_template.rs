//! The table of the company's own wordings of mails.

use chrono::{DateTime, Utc};
use kernel::id::{EmailTemplateId, UserId};
use sea_orm::entity::prelude::*;

use crate::mail::Wording;

/// The company's own wording of a mail.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "email_templates")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EmailTemplateId,
    /// Of which mail.
    pub key: String,
    /// The subject.
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// The plain text.
    pub text: String,
    /// Who changed it last.
    pub updated_by: Option<UserId>,
    /// When it was first changed.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Model {
    /// The wording alone.
    pub fn wording(&self) -> Wording {
        Wording { subject: self.subject.clone(), html: self.html.clone(), text: self.text.clone() }
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
