//! The table of what the company decided about its mails: its own wordings, and which are switched off.

use chrono::{DateTime, Utc};
use kernel::id::{EmailTemplateId, UserId};
use sea_orm::entity::prelude::*;

use crate::mail::Wording;

/// What the company decided about a mail.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "email_templates")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EmailTemplateId,
    /// Of which mail.
    pub key: String,
    /// The subject; like the other parts `None` where it has the wording that it comes with.
    pub subject: Option<String>,
    /// The HTML part.
    pub html: Option<String>,
    /// The plain text.
    pub text: Option<String>,
    /// Whether it is sent.
    pub is_active: bool,
    /// Who changed it last.
    pub updated_by: Option<UserId>,
    /// When it was first changed.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Model {
    /// The company's own wording, where it has one.
    pub fn wording(&self) -> Option<Wording> {
        Some(Wording { subject: self.subject.clone()?, html: self.html.clone()?, text: self.text.clone()? })
    }

    /// The same row with this wording.
    #[must_use]
    pub fn worded(self, wording: Option<Wording>) -> Self {
        let (subject, html, text) = match wording {
            Some(Wording { subject, html, text }) => (Some(subject), Some(html), Some(text)),
            None => (None, None, None),
        };
        Self { subject, html, text, ..self }
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
