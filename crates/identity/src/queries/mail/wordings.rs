//! How mails are worded now.

use chrono::{DateTime, Utc};
use kernel::{Conn, Cx, Result, id::UserId};
use sea_orm::{EntityTrait, QueryFilter, entity::prelude::*};

use crate::{
    mail::{Template, Wording},
    policy::MANAGE_SETTINGS,
    store::mail::email_template,
};

/// A mail with its present wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worded {
    /// Which mail.
    pub template: Template,
    /// Its wording.
    pub wording: Wording,
    /// Whether that is the company's own.
    pub is_own: bool,
    /// Whether it is sent.
    pub is_active: bool,
    /// Who changed it last and when; `None` for one that is as it came.
    pub changed: Option<(Option<UserId>, DateTime<Utc>)>,
}

fn worded(template: Template, row: Option<&email_template::Model>) -> Worded {
    let own = row.and_then(email_template::Model::wording);
    Worded {
        template,
        is_own: own.is_some(),
        wording: own.unwrap_or_else(|| template.default_wording()),
        is_active: row.is_none_or(|row| row.is_active),
        changed: row.map(|row| (row.updated_by, row.updated_at)),
    }
}

/// Every mail that Frontdesk sends, in the order of [`Template::ALL`].
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`MANAGE_SETTINGS`].
pub async fn wordings(conn: &Conn, cx: &Cx) -> Result<Vec<Worded>> {
    cx.require(MANAGE_SETTINGS)?;
    let rows = email_template::Entity::find().all(conn).await?;
    let row = |template: Template| rows.iter().find(|row| row.key == template.key());
    Ok(Template::ALL.into_iter().map(|template| worded(template, row(template))).collect())
}

/// The wording in which a mail goes out, if it does.
pub(crate) async fn wording(conn: &Conn, template: Template) -> Result<Worded> {
    let row = email_template::Entity::find().filter(email_template::Column::Key.eq(template.key())).one(conn).await?;
    Ok(worded(template, row.as_ref()))
}
