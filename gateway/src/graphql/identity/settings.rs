//! Settings, and how the company presents itself.

use async_graphql::{ComplexObject, Context, Enum, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{Change, CompanyProfile as Profile, SetSetting, UpdateCompanyProfile};
use kernel::{Cx, id::UserId};

use super::{
    access::permission::Permission,
    people::types::{User, user},
};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError, payload},
        scalars::{EmailAddress, Json},
        scope::{Scope, scope},
    },
    wiring::working_times,
};

/// Whose a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::SettingScope")]
pub enum SettingScope {
    /// The company's.
    System,
    /// The viewer's own.
    Personal,
}

/// The type of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::SettingKind")]
pub enum SettingType {
    /// A text.
    String,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// An object or a list.
    Json,
}

/// A setting with its value.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Setting {
    /// Its key, such as `session.idle_days`. What Frontdesk does not know begins with `custom.`.
    pub key: String,
    /// Whose it is.
    pub scope: SettingScope,
    /// The part of the key before its first dot.
    pub category: String,
    /// The type of its value.
    #[graphql(name = "type")]
    pub kind: SettingType,
    /// Its value.
    pub value: Json,
    /// What it is where nobody set it; null for one that only others know.
    pub default_value: Option<Json>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether somebody set it.
    pub is_set: bool,
    /// When it was last set.
    pub updated_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    updated_by: Option<UserId>,
}

#[ComplexObject]
impl Setting {
    /// Who set it; null where nobody did, or without the permission to see them.
    async fn updated_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.updated_by).await
    }
}

impl From<identity::Setting> for Setting {
    fn from(setting: identity::Setting) -> Self {
        Self {
            category: setting.key.split('.').next().unwrap_or_default().to_owned(),
            key: setting.key,
            scope: setting.scope.into(),
            kind: setting.kind.into(),
            value: Json(setting.value),
            default_value: setting.default.map(Json),
            description: setting.description,
            is_set: setting.changed.is_some(),
            updated_at: setting.changed.map(|(_, at)| at),
            updated_by: setting.changed.and_then(|(by, _)| by),
        }
    }
}

/// How the company presents itself.
#[derive(SimpleObject)]
pub struct CompanyProfile {
    /// Its name.
    pub name: String,
    /// Where its logo is, an `https://` address.
    pub logo_url: Option<String>,
    /// Its colour, `#rrggbb`.
    pub primary_color: Option<String>,
    /// Where people write for help; null for people who are not signed in.
    pub support_email: Option<EmailAddress>,
    /// The time zone that it works in, as an IANA name; null for people who are not signed in.
    pub time_zone: Option<String>,
    /// Where it is, as two letters (ISO 3166-1): telephone numbers of that country need no country code. Null for people who
    /// are not signed in.
    pub region: Option<String>,
}

impl CompanyProfile {
    async fn now(scope: &Scope, cx: &Cx) -> Result<Self> {
        let profile = Profile::of(cx, &*scope.app.settings.all(cx).await?);
        let signed_in = cx.person().is_ok();
        Ok(Self {
            name: profile.name,
            logo_url: profile.logo_url,
            primary_color: profile.primary_color,
            support_email: profile.support_email.filter(|_| signed_in).map(EmailAddress),
            time_zone: Some(profile.time_zone).filter(|_| signed_in),
            region: profile.region.filter(|_| signed_in),
        })
    }
}

/// A setting is to be set.
#[derive(Clone, InputObject)]
pub struct SetSettingInput {
    /// Its key: one of `settings`, or one of your own that begins with `custom.`; at most 100 characters.
    pub key: String,
    /// Its value, of the setting's type; of a setting of your own at most 16,000 bytes as JSON. Every value is shown in the
    /// audit trail: no place for secrets.
    pub value: Json,
    /// Whose it is.
    #[graphql(default_with = "SettingScope::System")]
    pub scope: SettingScope,
    /// What it is for, for a setting of your own; at most 500 characters.
    pub description: Option<String>,
}

/// What came of setting a setting.
#[derive(SimpleObject)]
pub struct SetSettingPayload {
    /// The setting as it is now.
    pub setting: Option<Setting>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A setting is to be what it is where nobody sets it.
#[derive(Clone, InputObject)]
pub struct ResetSettingInput {
    /// Its key.
    pub key: String,
    /// Whose it is.
    #[graphql(default_with = "SettingScope::System")]
    pub scope: SettingScope,
}

/// What came of resetting a setting.
#[derive(SimpleObject)]
pub struct ResetSettingPayload {
    /// The setting as it is now; null for one that only others know, which is gone.
    pub setting: Option<Setting>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// What changes of the company's profile; what is absent stays, null clears.
#[derive(Clone, InputObject)]
pub struct UpdateCompanyProfileInput {
    /// Its name, at most 200 characters; null for the tenant's.
    pub name: MaybeUndefined<String>,
    /// Where its logo is: an `https://` address of at most 2000 characters.
    pub logo_url: MaybeUndefined<String>,
    /// Its colour, `#rrggbb`.
    pub primary_color: MaybeUndefined<String>,
    /// Where people write for help.
    pub support_email: MaybeUndefined<EmailAddress>,
    /// The time zone that it works in, as an IANA name such as `Europe/Berlin`; null for UTC.
    pub time_zone: MaybeUndefined<String>,
    /// Where it is, as two letters (ISO 3166-1) such as `DE`: telephone numbers of that country need no country code.
    pub region: MaybeUndefined<String>,
}

/// What came of changing the company's profile.
#[derive(SimpleObject)]
pub struct UpdateCompanyProfilePayload {
    /// The profile as it is now.
    pub company_profile: Option<CompanyProfile>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Absent keeps, null clears.
pub fn change<T>(value: MaybeUndefined<T>) -> Change<T> {
    match value {
        MaybeUndefined::Undefined => Change::Keep,
        MaybeUndefined::Null => Change::Clear,
        MaybeUndefined::Value(value) => Change::To(value),
    }
}

/// Reading settings.
#[derive(Default)]
pub struct SettingsQuery;

#[Object]
impl SettingsQuery {
    /// The viewer's own settings and those of the company that they may change, set or not, by key. There are few of
    /// them: what Frontdesk knows, and at most 200 of your own in each scope.
    async fn settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the company's or only the viewer's own.")] scope: Option<SettingScope>,
        #[graphql(desc = "Only those of this category.")] category: Option<String>,
    ) -> Result<Vec<Setting>> {
        let of = self::scope(ctx);
        let cx = of.cx();
        let conn = of.app.db.reader(&cx).await?;
        let found = identity::settings(&conn, &cx, scope.map(Into::into), category.as_deref()).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// One setting; null where there is none that the viewer may see.
    async fn setting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its key.")] key: String,
        #[graphql(desc = "Whose it is.", default_with = "SettingScope::System")] scope: SettingScope,
    ) -> Result<Option<Setting>> {
        let of = self::scope(ctx);
        setting(of, &of.cx(), &key, scope).await
    }

    /// How the company presents itself. Public, since a sign-in page shows it.
    async fn company_profile(&self, ctx: &Context<'_>) -> Result<CompanyProfile> {
        let scope = scope(ctx);
        CompanyProfile::now(scope, &scope.cx()).await
    }
}

async fn setting(of: &Scope, cx: &Cx, key: &str, scope: SettingScope) -> Result<Option<Setting>> {
    let conn = of.app.db.reader(cx).await?;
    Ok(identity::setting(&conn, cx, key, scope.into()).await?.map(Into::into))
}

/// Changing settings.
#[derive(Default)]
pub struct SettingsMutation;

#[Object]
impl SettingsMutation {
    /// Sets a setting: the viewer's own, or one of the company's, which takes MANAGE_SETTINGS or, where it decides how
    /// people sign in, MANAGE_SIGN_IN.
    async fn set_setting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetSettingInput,
    ) -> Result<SetSettingPayload> {
        let of = scope(ctx);
        let cx = &of.mutation(ctx);
        let cmd = &SetSetting {
            key: input.key.clone(),
            scope: input.scope.into(),
            value: input.value.0,
            description: input.description,
        };
        let set = of
            .app
            .db
            .transact(cx, "setting.set", |tx| async move {
                identity::set_setting(&tx, cx, cmd.clone()).await?;
                working_times::changed_with(&tx, cx, &cmd.key).await
            })
            .await;
        let (set, errors) = payload(set)?;
        of.app.settings.forget(cx.tenant.id).await;
        let setting = if set.is_some() { setting(of, cx, &input.key, input.scope).await? } else { None };
        Ok(SetSettingPayload { setting, errors })
    }

    /// Makes a setting what it is where nobody sets it; takes what setting it takes.
    async fn reset_setting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ResetSettingInput,
    ) -> Result<ResetSettingPayload> {
        let of = scope(ctx);
        let cx = &of.mutation(ctx);
        let (key, whose) = (&input.key, input.scope.into());
        let reset = of
            .app
            .db
            .transact(cx, "setting.reset", |tx| async move {
                identity::reset_setting(&tx, cx, key, whose).await?;
                working_times::changed_with(&tx, cx, key).await
            })
            .await;
        let (reset, errors) = payload(reset)?;
        of.app.settings.forget(cx.tenant.id).await;
        let setting = if reset.is_some() { setting(of, cx, key, input.scope).await? } else { None };
        Ok(ResetSettingPayload { setting, errors })
    }

    /// Changes how the company presents itself.
    #[graphql(directive = requires::apply(Permission::ManageSettings))]
    async fn update_company_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateCompanyProfileInput,
    ) -> Result<UpdateCompanyProfilePayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let cmd = &UpdateCompanyProfile {
            name: change(input.name),
            logo_url: change(input.logo_url),
            primary_color: change(input.primary_color),
            support_email: change(input.support_email.map_value(|email| email.0)),
            time_zone: change(input.time_zone),
            region: change(input.region),
        };
        let updated = scope
            .app
            .db
            .transact(cx, "company_profile.update", |tx| async move {
                identity::update_company_profile(&tx, cx, cmd.clone()).await?;
                match cmd.time_zone {
                    Change::Keep => Ok(()),
                    Change::Clear | Change::To(_) => working_times::changed(&tx, cx).await,
                }
            })
            .await;
        let (updated, errors) = payload(updated)?;
        scope.app.settings.forget(cx.tenant.id).await;
        let company_profile = match updated {
            Some(()) => Some(CompanyProfile::now(scope, cx).await?),
            None => None,
        };
        Ok(UpdateCompanyProfilePayload { company_profile, errors })
    }
}
