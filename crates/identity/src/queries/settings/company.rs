//! How the company presents itself.

use std::collections::HashMap;

use kernel::{Conn, Cx, Result};
use sea_orm::{EntityTrait, QueryFilter, entity::prelude::*};

use crate::{
    domain::settings::setting::{COMPANY_NAME, COMPANY_REGION},
    store::settings::setting,
};

/// How the company presents itself. Each part is a setting; what is not set is `None`, the name the tenant's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyProfile {
    /// Its name.
    pub name: String,
    /// Where its logo is.
    pub logo_url: Option<String>,
    /// Its colour, `#rrggbb`.
    pub primary_color: Option<String>,
    /// Where people write for help.
    pub support_email: Option<String>,
    /// The time zone that it works in, as an IANA name.
    pub time_zone: String,
    /// Where it is, as two letters.
    pub region: Option<String>,
}

/// The name that the company goes by: its own, else the tenant's.
///
/// # Errors
/// [`Error::Unavailable`](kernel::Error) where the database is away.
pub async fn company_name(conn: &Conn, cx: &Cx) -> Result<String> {
    let row = setting::Entity::find()
        .filter(setting::Column::UserId.is_null())
        .filter(setting::Column::Key.eq(COMPANY_NAME))
        .one(conn)
        .await?;
    let name = row.as_ref().and_then(|row| row.value.as_str()).filter(|name| !name.is_empty());
    Ok(name.unwrap_or(&cx.tenant.name).to_owned())
}

impl CompanyProfile {
    /// The profile that these settings make.
    pub fn of(cx: &Cx, settings: &HashMap<String, Json>) -> Self {
        let text =
            |key: &str| settings.get(key).and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        Self {
            name: text(COMPANY_NAME).unwrap_or_else(|| cx.tenant.name.clone()),
            logo_url: text("company.logo_url"),
            primary_color: text("company.primary_color"),
            support_email: text("company.support_email"),
            region: text(COMPANY_REGION),
            time_zone: text("company.time_zone").unwrap_or_else(|| "UTC".into()),
        }
    }
}
