//! What people do with their own accounts, signed in or by a link in a mail.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, SimpleObject};
use identity::{Details, Link, RegisterClient};
use kernel::{Cx, id::UserId};

use crate::graphql::identity::{cleared, people::types::User};
use crate::graphql::{
    errors::{Result, UserError, payload},
    scalars::EmailAddress,
    scope::{Scope, scope},
};

/// Somebody wants to become a client.
#[derive(Clone, InputObject)]
pub struct RegisterClientInput {
    /// Their address.
    pub email: EmailAddress,
    /// The password they choose: 12 characters to 1,024 bytes, neither common nor known from breaches, nor their name or
    /// address.
    #[graphql(secret)]
    pub password: String,
    /// Their name, 1–200 characters.
    pub name: String,
    /// The company they buy for, at most 200 characters.
    pub company: Option<String>,
    /// Their telephone number, at most 40 characters; without a country code it is one of the company's region.
    pub phone: Option<String>,
    /// Leave it out. A form shows it to programs only, and what comes with it is discarded.
    pub website: Option<String>,
}

/// What came of registering. It says the same whether the address is known; what follows is in the mail.
#[derive(SimpleObject)]
pub struct RegisterClientPayload {
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Somebody shows that an address is theirs.
#[derive(Clone, InputObject)]
pub struct VerifyEmailInput {
    /// The token of the link in the mail: what stands behind `#token=`.
    #[graphql(secret)]
    pub token: String,
    /// The password that they chose when they registered, so that nobody lets somebody else in who registered with their
    /// address; of those who did not register themselves none is asked.
    #[graphql(secret)]
    pub password: Option<String>,
}

/// What came of verifying.
#[derive(SimpleObject)]
pub struct VerifyEmailPayload {
    /// The address, which can now be signed in with.
    pub email: Option<EmailAddress>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Somebody wants a link by mail.
#[derive(Clone, InputObject)]
pub struct RequestEmailVerificationInput {
    /// The address.
    pub email: EmailAddress,
}

/// What came of asking. It says the same whether anybody has the address.
#[derive(SimpleObject)]
pub struct RequestEmailVerificationPayload {
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Somebody forgot their password.
#[derive(Clone, InputObject)]
pub struct RequestPasswordResetInput {
    /// The address.
    pub email: EmailAddress,
}

/// What came of asking. It says the same whether anybody has the address.
#[derive(SimpleObject)]
pub struct RequestPasswordResetPayload {
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Somebody sets another password.
#[derive(Clone, InputObject)]
pub struct ResetPasswordInput {
    /// The token of the link in the mail: what stands behind `#token=`.
    #[graphql(secret)]
    pub token: String,
    /// The password from now on: 12 characters to 1,024 bytes, neither common nor known from breaches, nor their name or
    /// address.
    #[graphql(secret)]
    pub new_password: String,
}

/// What came of setting another password.
#[derive(SimpleObject)]
pub struct ResetPasswordPayload {
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A person wants another address.
#[derive(Clone, InputObject)]
pub struct RequestEmailChangeInput {
    /// The address they want.
    pub new_email: EmailAddress,
    /// Their password.
    #[graphql(secret)]
    pub password: String,
}

/// What came of asking for another address. It says the same whether anybody has it; both addresses get a mail.
#[derive(SimpleObject)]
pub struct RequestEmailChangePayload {
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// One of the two addresses agrees to the change.
#[derive(Clone, InputObject)]
pub struct ConfirmEmailChangeInput {
    /// The token of the link in the mail: what stands behind `#token=`.
    #[graphql(secret)]
    pub token: String,
}

/// What came of agreeing.
#[derive(SimpleObject)]
pub struct ConfirmEmailChangePayload {
    /// Whether both addresses agreed, and the new one is the person's from now on.
    pub is_changed: Option<bool>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A person changes what is known of them. What is left out stays; what is null goes.
#[derive(Clone, InputObject)]
pub struct UpdateProfileInput {
    /// Their name as others read it, 1–200 characters.
    pub name: Option<String>,
    /// Their first name, at most 200 characters.
    pub first_name: MaybeUndefined<String>,
    /// Their last name, at most 200 characters.
    pub last_name: MaybeUndefined<String>,
    /// Their telephone number, at most 40 characters; without a country code it is one of the company's region.
    pub phone: MaybeUndefined<String>,
    /// The company they buy for, at most 200 characters; clients only.
    pub company: MaybeUndefined<String>,
}

/// What came of changing one's profile.
#[derive(SimpleObject)]
pub struct UpdateProfilePayload {
    /// The person.
    pub user: Option<User>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A person wants a picture.
#[derive(Clone, InputObject)]
pub struct SetAvatarInput {
    /// A PNG, JPEG or WebP of at most 256 KiB and 4096 × 4096 pixels, not animated, in base64. It is made to fit
    /// 256 × 256 pixels, and nothing but the pixels is kept.
    pub image: String,
}

/// What came of setting a picture.
#[derive(SimpleObject)]
pub struct SetAvatarPayload {
    /// The person.
    pub user: Option<User>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// What came of removing a picture.
#[derive(SimpleObject)]
pub struct RemoveAvatarPayload {
    /// The person.
    pub user: Option<User>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// The person as they are after a change of their own.
async fn changed(scope: &Scope, cx: &Cx, answer: kernel::Result<UserId>) -> Result<(Option<User>, Vec<UserError>)> {
    let (id, errors) = payload(answer)?;
    let Some(id) = id else { return Ok((None, errors)) };
    scope.app.directory.forget(cx.tenant.id, id);
    let conn = scope.app.db.reader(cx).await?;
    let found = identity::people_by_ids(&conn, cx, &[id]).await?;
    Ok((found.get(&id).map(Into::into), errors))
}

/// What people do with their own accounts.
#[derive(Default)]
pub struct SelfServiceMutation;

#[Object]
impl SelfServiceMutation {
    /// Public: takes the registration of a client, where the company allows it. The address gets a mail: a link that
    /// verifies it, before which nobody can sign in; or word that it is registered already.
    async fn register_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RegisterClientInput,
    ) -> Result<RegisterClientPayload> {
        let (scope, cx) = (scope(ctx), scope(ctx).mutation(ctx));
        let cmd = RegisterClient {
            email: input.email.0,
            password: input.password,
            details: Details { company: input.company, phone: input.phone, ..Details::named(input.name) },
            honeypot: input.website,
            limited: scope.app.rate_limits,
        };
        let app = &scope.app;
        let taken = identity::register_client(&app.db, &app.passwords, &app.settings, &cx, &cmd).await;
        let (_, errors) = payload(taken)?;
        Ok(RegisterClientPayload { errors })
    }

    /// Public: verifies an address by the link that was mailed to it.
    async fn verify_email(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: VerifyEmailInput,
    ) -> Result<VerifyEmailPayload> {
        let (scope, cx) = (scope(ctx), scope(ctx).mutation(ctx));
        let (app, VerifyEmailInput { token, password }) = (&scope.app, &input);
        let verified =
            identity::verify_email(&app.db, &app.passwords, &cx, token, password.as_deref(), app.rate_limits).await;
        let (verified, errors) = payload(verified)?;
        if let Some(verified) = &verified {
            scope.app.directory.forget(cx.tenant.id, verified.user);
        }
        Ok(VerifyEmailPayload { email: verified.map(|verified| EmailAddress(verified.email)), errors })
    }

    /// Public: mails another link that verifies an address, where somebody has it and has not verified it.
    async fn request_email_verification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RequestEmailVerificationInput,
    ) -> Result<RequestEmailVerificationPayload> {
        let errors = request(ctx, Link::VerifyEmail, &input.email).await?;
        Ok(RequestEmailVerificationPayload { errors })
    }

    /// Public: mails a link that sets another password, where somebody has the address. The link is good once, for an hour.
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RequestPasswordResetInput,
    ) -> Result<RequestPasswordResetPayload> {
        let errors = request(ctx, Link::ResetPassword, &input.email).await?;
        Ok(RequestPasswordResetPayload { errors })
    }

    /// Public: sets another password by the link that was mailed. All sessions of the person end.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ResetPasswordInput,
    ) -> Result<ResetPasswordPayload> {
        let (scope, cx) = (scope(ctx), scope(ctx).mutation(ctx));
        let app = &scope.app;
        let reset =
            identity::reset_password(&app.db, &app.passwords, &cx, &input.token, &input.new_password, app.rate_limits);
        let (reset, errors) = payload(reset.await)?;
        if let Some(reset) = reset {
            app.directory.forget(cx.tenant.id, reset.user);
            for session in reset.ended {
                app.access.forget(cx.tenant.id, session).await;
            }
        }
        Ok(ResetPasswordPayload { errors })
    }

    /// Asks for another address of one's own. Both addresses get a mail with a link; when both were confirmed, it changes.
    async fn request_email_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RequestEmailChangeInput,
    ) -> Result<RequestEmailChangePayload> {
        let (scope, cx) = (scope(ctx), scope(ctx).mutation(ctx));
        let app = &scope.app;
        let links = app.links_of(&cx).await?;
        let asked = identity::request_email_change(
            &app.db,
            &app.passwords,
            &links,
            &cx,
            &input.new_email.0,
            &input.password,
            app.rate_limits,
        );
        let (_, errors) = payload(asked.await)?;
        Ok(RequestEmailChangePayload { errors })
    }

    /// Public: agrees to a change of address by one of the two links that were mailed.
    async fn confirm_email_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ConfirmEmailChangeInput,
    ) -> Result<ConfirmEmailChangePayload> {
        let (scope, cx) = (scope(ctx), scope(ctx).mutation(ctx));
        let confirmed = identity::confirm_email_change(&scope.app.db, &cx, &input.token, scope.app.rate_limits).await;
        let (confirmed, errors) = payload(confirmed)?;
        if let Some(confirmed) = &confirmed {
            scope.app.directory.forget(cx.tenant.id, confirmed.user);
        }
        Ok(ConfirmEmailChangePayload { is_changed: confirmed.map(|confirmed| confirmed.changed), errors })
    }

    /// Changes what is known of oneself.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateProfileInput,
    ) -> Result<UpdateProfilePayload> {
        let (scope, cx) = (scope(ctx), &scope(ctx).mutation(ctx));
        let details = &Details {
            name: input.name,
            first_name: cleared(input.first_name),
            last_name: cleared(input.last_name),
            company: cleared(input.company),
            phone: cleared(input.phone),
        };
        let updated = scope.app.db.transact(cx, "account.update_profile", |tx| async move {
            identity::update_profile(&tx, cx, details).await
        });
        let (user, errors) = changed(scope, cx, updated.await).await?;
        Ok(UpdateProfilePayload { user, errors })
    }

    /// Sets one's own picture.
    async fn set_avatar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetAvatarInput,
    ) -> Result<SetAvatarPayload> {
        let (scope, cx) = (scope(ctx), scope(ctx).mutation(ctx));
        let set = identity::set_avatar(&scope.app.db, &scope.app.files, &cx, &input.image).await;
        let (user, errors) = changed(scope, &cx, set).await?;
        Ok(SetAvatarPayload { user, errors })
    }

    /// Removes one's own picture.
    async fn remove_avatar(&self, ctx: &Context<'_>) -> Result<RemoveAvatarPayload> {
        let (scope, cx) = (scope(ctx), &scope(ctx).mutation(ctx));
        let removed = scope
            .app
            .db
            .transact(cx, "account.remove_avatar", |tx| async move { identity::remove_avatar(&tx, cx).await });
        let (user, errors) = changed(scope, cx, removed.await).await?;
        Ok(RemoveAvatarPayload { user, errors })
    }
}

/// Asks for a link by mail.
async fn request(ctx: &Context<'_>, link: Link, email: &EmailAddress) -> Result<Vec<UserError>> {
    let (scope, cx) = (scope(ctx), scope(ctx).mutation(ctx));
    Ok(payload(identity::request_link(&scope.app.db, &cx, link, &email.0, scope.app.rate_limits).await)?.1)
}
