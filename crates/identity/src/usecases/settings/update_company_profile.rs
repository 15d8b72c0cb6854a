//! The company presents itself otherwise.

use kernel::{Cx, ProblemCode, Result, db::Emit, text::Check};
use serde_json::json;

use super::set_setting::{remove, store};
use crate::usecases::mail::update_smtp_settings::Change;
use crate::{
    domain::settings::setting::{COMPANY_NAME, COMPANY_REGION, Known},
    policy::MANAGE_SETTINGS,
    ports::Settings,
};

/// What changes of the company's profile.
#[derive(Debug, Clone, Default)]
pub struct UpdateCompanyProfile {
    /// Its name; cleared, it is the tenant's.
    pub name: Change<String>,
    /// Where its logo is.
    pub logo_url: Change<String>,
    /// Its colour.
    pub primary_color: Change<String>,
    /// Where people write for help.
    pub support_email: Change<String>,
    /// The time zone that it works in; cleared, it is UTC.
    pub time_zone: Change<String>,
    /// Where it is; cleared, it is nowhere.
    pub region: Change<String>,
}

/// Changes the company's profile. Each part is a setting, so each change is audited as one.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`MANAGE_SETTINGS`]; [`kernel::Error::Invalid`] for all parts that are not valid.
pub async fn update_company_profile<S: Settings + Emit>(s: &S, cx: &Cx, cmd: UpdateCompanyProfile) -> Result<()> {
    cx.require(MANAGE_SETTINGS)?;
    let mut check = Check::default();
    let parts = [
        ("name", COMPANY_NAME, cmd.name),
        ("logoUrl", "company.logo_url", cmd.logo_url),
        ("primaryColor", "company.primary_color", cmd.primary_color),
        ("supportEmail", "company.support_email", cmd.support_email),
        ("timeZone", "company.time_zone", cmd.time_zone),
        ("region", COMPANY_REGION, cmd.region),
    ];
    let mut changes = Vec::new();
    for (field, key, change) in parts {
        let Some(known) = Known::of(key) else { continue };
        match change {
            Change::Keep => {}
            Change::Clear => changes.push((known, None)),
            Change::To(text) if text.trim().is_empty() => {
                check.problem(field, ProblemCode::Blank, "must not be empty; null clears it");
            }
            Change::To(text) => changes.push((known, Some(known.checked(&mut check, field, &json!(text))))),
        }
    }
    check.done()?;
    for (known, value) in changes {
        match value {
            Some(value) => store(s, cx, known.key, None, known.kind(), value, None).await?,
            None => remove(s, cx, known.key, None).await?,
        }
    }
    Ok(())
}
