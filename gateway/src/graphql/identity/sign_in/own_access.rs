//! How one signs in oneself: the password and the second factor.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::graphql::identity::{
    access::permission::Permission,
    people::types::{User, user},
    sessions::{types::user_id, viewer::Viewer},
};
use crate::graphql::{
    directives::requires,
    errors::{Result, UserError, payload},
    scope::{Scope, scope},
};

/// Somebody wants another password.
#[derive(Clone, InputObject)]
pub struct ChangePasswordInput {
    /// The present one.
    #[graphql(secret)]
    pub current_password: String,
    /// The one to come: 12 to 1024 characters, and none that is easily guessed.
    #[graphql(secret)]
    pub new_password: String,
}

/// Somebody wants to set up a second factor.
#[derive(Clone, InputObject)]
pub struct BeginTotpEnrolmentInput {
    /// Their password, where they have one.
    #[graphql(secret)]
    pub password: Option<String>,
}

/// Somebody has set up their app.
#[derive(Clone, InputObject)]
pub struct ConfirmTotpInput {
    /// The code that it shows.
    #[graphql(secret)]
    pub code: String,
}

/// Somebody shows once more that it is them.
#[derive(Clone, InputObject)]
pub struct SecondFactorInput {
    /// Their password.
    #[graphql(secret)]
    pub password: String,
    /// A code of their app, or a recovery code.
    #[graphql(secret)]
    pub code: String,
}

/// A colleague lost their second factor.
#[derive(Clone, InputObject)]
pub struct ResetTotpInput {
    /// Who, `stf_…` or `cli_…`.
    pub user_id: ID,
}

/// The secret of a second factor.
#[derive(SimpleObject)]
pub struct TotpEnrolment {
    /// For typing into an authenticator app. Shown this once.
    pub secret: String,
    /// For a picture that an authenticator app reads: `otpauth://totp/…`.
    pub uri: String,
}

/// What came of setting up a second factor.
#[derive(SimpleObject)]
pub struct BeginTotpEnrolmentPayload {
    /// What the app needs.
    pub enrolment: Option<TotpEnrolment>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Recovery codes, and what else came of asking for them.
#[derive(SimpleObject)]
pub struct RecoveryCodesPayload {
    /// Ten codes, each good once instead of a code of the app. Shown this once.
    pub recovery_codes: Option<Vec<String>>,
    /// Who asks, with what they may do now.
    pub viewer: Option<Viewer>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// What came of changing how one signs in.
#[derive(SimpleObject)]
pub struct OwnAccessPayload {
    /// Who asks, with what they may do now.
    pub viewer: Option<Viewer>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// What came of resetting a second factor.
#[derive(SimpleObject)]
pub struct ResetTotpPayload {
    /// The person.
    pub user: Option<User>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Lets a change of the own access be seen at once, by the rest of the request too: a duty that is done is over.
async fn renewed(scope: &Scope) -> kernel::Result<Viewer> {
    let cx = scope.cx();
    if let Ok(person) = cx.person() {
        scope.app.directory.forget(cx.tenant.id, person.id);
        if let Some(session) = person.session {
            scope.app.access.forget(cx.tenant.id, session).await;
        }
    }
    let cx = scope.app.renewed(&cx, scope.credential.as_ref()).await?;
    let viewer = Viewer::of(&cx);
    scope.renew(cx);
    Ok(viewer)
}

/// The viewer after a change that went well.
async fn after<T>(scope: &Scope, changed: Option<&T>) -> kernel::Result<Option<Viewer>> {
    match changed {
        Some(_) => renewed(scope).await.map(Some),
        None => Ok(None),
    }
}

/// How one signs in oneself.
#[derive(Default)]
pub struct OwnAccessMutation;

#[Object]
impl OwnAccessMutation {
    /// Changes one's own password and ends all one's other sessions. Works while the password must be changed.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ChangePasswordInput,
    ) -> Result<OwnAccessPayload> {
        let scope = scope(ctx);
        let (app, cx) = (&scope.app, scope.mutation(ctx));
        let limited = app.rate_limits;
        let cmd = identity::ChangePassword { current: input.current_password, new: input.new_password, limited };
        let changed = identity::change_password(&app.db, &app.passwords, &cx, &cmd).await;
        let (ended, errors) = payload(changed)?;
        for session in ended.iter().flatten() {
            app.access.forget(cx.tenant.id, *session).await;
        }
        Ok(OwnAccessPayload { viewer: after(scope, ended.as_ref()).await?, errors })
    }

    /// Gives the secret of a second factor, once; `confirmTotp` makes it count. Works while a second factor must be set up.
    async fn begin_totp_enrolment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: BeginTotpEnrolmentInput,
    ) -> Result<BeginTotpEnrolmentPayload> {
        let scope = scope(ctx);
        let (app, cx) = (&scope.app, scope.mutation(ctx));
        let begun = identity::begin_totp(&app.db, &app.passwords, &cx, input.password.as_deref(), app.rate_limits);
        let (enrolment, errors) = payload(begun.await)?;
        let enrolment = enrolment.map(|enrolment| TotpEnrolment { secret: enrolment.secret, uri: enrolment.uri });
        Ok(BeginTotpEnrolmentPayload { enrolment, errors })
    }

    /// Makes the second factor count, and gives the recovery codes, once.
    async fn confirm_totp(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ConfirmTotpInput,
    ) -> Result<RecoveryCodesPayload> {
        let scope = scope(ctx);
        let (app, cx) = (&scope.app, scope.mutation(ctx));
        let confirmed = identity::confirm_totp(&app.db, &cx, &input.code, app.rate_limits).await;
        let (recovery_codes, errors) = payload(confirmed)?;
        Ok(RecoveryCodesPayload { viewer: after(scope, recovery_codes.as_ref()).await?, recovery_codes, errors })
    }

    /// Gives up one's second factor.
    async fn disable_totp(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SecondFactorInput,
    ) -> Result<OwnAccessPayload> {
        let scope = scope(ctx);
        let (app, cx) = (&scope.app, scope.mutation(ctx));
        let proof = (input.password.as_str(), input.code.as_str());
        let disabled = identity::disable_totp(&app.db, &app.passwords, &cx, proof, app.rate_limits).await;
        let (disabled, errors) = payload(disabled)?;
        Ok(OwnAccessPayload { viewer: after(scope, disabled.as_ref()).await?, errors })
    }

    /// Gives ten new recovery codes, once; the old ones are no good any more.
    async fn regenerate_recovery_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SecondFactorInput,
    ) -> Result<RecoveryCodesPayload> {
        let scope = scope(ctx);
        let (app, cx) = (&scope.app, scope.mutation(ctx));
        let proof = (input.password.as_str(), input.code.as_str());
        let made = identity::regenerate_recovery_codes(&app.db, &app.passwords, &cx, proof, app.rate_limits).await;
        let (recovery_codes, errors) = payload(made)?;
        Ok(RecoveryCodesPayload { viewer: after(scope, recovery_codes.as_ref()).await?, recovery_codes, errors })
    }

    /// Takes away the second factor of somebody who lost it, and who may nothing that one may not oneself.
    #[graphql(directive = requires::apply(Permission::ManageStaff))]
    async fn reset_totp(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ResetTotpInput,
    ) -> Result<ResetTotpPayload> {
        let (scope, id) = (scope(ctx), user_id("input.userId", &input.user_id)?);
        let (app, cx) = (&scope.app, &scope.mutation(ctx));
        let reset = |tx| async move { identity::reset_totp(&tx, cx, id, &app.catalog).await };
        let (reset, errors) = payload(app.db.transact(cx, "totp.reset", reset).await)?;
        app.directory.forget(cx.tenant.id, id);
        let user = if reset.is_some() { user(ctx, Some(id)).await? } else { None };
        Ok(ResetTotpPayload { user, errors })
    }
}
