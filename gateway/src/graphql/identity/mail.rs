//! How mail goes out: the company's mail server, and how its mails are worded.

mod template_key;

use async_graphql::{ComplexObject, Context, Enum, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{
    TestSmtp, UpdateEmailTemplate, UpdateSmtpSettings, Worded,
    mail::{Rendered, Step, Template},
};
use kernel::{Cx, id::UserId};

use super::{
    access::permission::Permission,
    people::types::{User, user},
    settings::change,
};
use crate::graphql::{
    directives::requires,
    errors::{Result, UserError, payload},
    scalars::EmailAddress,
    scope::{Scope, scope},
};

pub use template_key::EmailTemplateKey;

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::mail::Encryption")]
pub enum SmtpEncryption {
    /// Encrypted by STARTTLS before anything is said; a server that cannot is refused.
    Tls,
    /// Encrypted from the first byte.
    Ssl,
    /// Not at all. A password is never sent this way.
    None,
}

/// The company's own mail server. Its password is never shown.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct SmtpSettings {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: i32,
    /// How the connection is protected.
    pub encryption: SmtpEncryption,
    /// The user to sign in as.
    pub username: Option<String>,
    /// Whether there is a password.
    pub has_password: bool,
    /// The sender's address.
    pub from_email: EmailAddress,
    /// The sender's name.
    pub from_name: Option<String>,
    /// Whether mails go there; otherwise they go through the installation's own server.
    pub is_active: bool,
    /// What whoever changed it last may; null where that is everything. A link that lets in somebody who may more (another
    /// password, an invitation …) goes through the installation's own server.
    pub ceiling: Option<Vec<Permission>>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    updated_by: Option<UserId>,
}

#[ComplexObject]
impl SmtpSettings {
    /// Who changed it last; null without the permission to see them.
    async fn updated_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.updated_by).await
    }
}

impl From<identity::SmtpSettings> for SmtpSettings {
    fn from(row: identity::SmtpSettings) -> Self {
        Self {
            host: row.host,
            port: row.port,
            encryption: row.encryption.into(),
            username: row.username,
            has_password: row.password.is_some(),
            from_email: EmailAddress(row.from_email),
            from_name: row.from_name,
            is_active: row.is_active,
            ceiling: row.ceiling.map(|ceiling| Permission::known(&ceiling.0)),
            updated_at: row.updated_at,
            updated_by: row.updated_by,
        }
    }
}

/// What changes of the company's mail server; what is absent stays. Where there is none yet, host, port, encryption and
/// fromEmail are needed.
#[derive(Clone, InputObject)]
pub struct UpdateSmtpSettingsInput {
    /// Its name or address, at most 253 characters. It must be on the public internet, unless the installation allows
    /// private networks.
    pub host: Option<String>,
    /// Its port: 25, 465, 587 or 2525, or any where the installation allows private networks.
    pub port: Option<i32>,
    /// How the connection is protected.
    pub encryption: Option<SmtpEncryption>,
    /// The user to sign in as, at most 200 characters; null for none.
    pub username: MaybeUndefined<String>,
    /// The password, at most 1024 bytes; null for none. Where host, port or encryption change it must be given again.
    #[graphql(secret)]
    pub password: MaybeUndefined<String>,
    /// The sender's address.
    pub from_email: Option<EmailAddress>,
    /// The sender's name, at most 200 characters; null for none.
    pub from_name: MaybeUndefined<String>,
    /// Whether mails go there; true where it is new.
    pub is_active: Option<bool>,
}

/// What came of changing the mail server.
#[derive(SimpleObject)]
pub struct UpdateSmtpSettingsPayload {
    /// The mail server as it is set now.
    pub smtp_settings: Option<SmtpSettings>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A test mail is wanted.
#[derive(Clone, InputObject)]
pub struct TestSmtpInput {
    /// To whom.
    pub to: EmailAddress,
}

/// One step of a conversation with a mail server.
#[derive(SimpleObject)]
pub struct SmtpStep {
    /// What was tried, such as `RCPT TO`.
    pub command: String,
    /// Whether it went well.
    pub ok: bool,
    /// The server's words, or why there are none; at most 500 characters.
    pub reply: String,
}

impl From<Step> for SmtpStep {
    fn from(step: Step) -> Self {
        Self { command: step.command, ok: step.ok, reply: step.reply }
    }
}

/// What came of a test mail.
#[derive(SimpleObject)]
pub struct TestSmtpPayload {
    /// Whether the server took the mail; null where none was tried.
    pub delivered: Option<bool>,
    /// The conversation, up to the step that failed.
    pub steps: Vec<SmtpStep>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A place in a mail that is filled when it is sent: `{{name}}`.
#[derive(SimpleObject)]
pub struct EmailVariable {
    /// Its name.
    pub name: String,
    /// What stands there.
    pub description: String,
    /// What stands there in a preview.
    pub sample: String,
    /// Whether it may be where a link leads: `<a href="{{link}}">`.
    pub is_link: bool,
}

/// A mail that Frontdesk sends, with its wording.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct EmailTemplate {
    /// Which mail.
    pub key: EmailTemplateKey,
    /// When it is sent.
    pub description: String,
    /// The subject.
    pub subject: String,
    /// What goes between `<body>` and `</body>` of the HTML part.
    pub html: String,
    /// The plain text.
    pub text: String,
    /// Whether the company words it itself.
    pub is_customized: bool,
    /// Whether it is sent.
    pub is_active: bool,
    /// Whether it may be switched off: not where people could not get in without it.
    pub can_be_switched_off: bool,
    /// When it was last changed; null for one that is as it came.
    pub updated_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    template: Template,
    #[graphql(skip)]
    updated_by: Option<UserId>,
}

#[ComplexObject]
impl EmailTemplate {
    /// What may stand between `{{` and `}}` in it.
    async fn variables(&self) -> Vec<EmailVariable> {
        let shown = |variable: &identity::mail::Variable| EmailVariable {
            name: variable.name.into(),
            description: variable.description.into(),
            sample: variable.sample.into(),
            is_link: variable.is_link,
        };
        self.template.variables().map(shown).collect()
    }

    /// Who changed it last; null for one that is as it came, or without the permission to see them.
    async fn updated_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.updated_by).await
    }
}

impl From<Worded> for EmailTemplate {
    fn from(worded: Worded) -> Self {
        Self {
            key: worded.template.into(),
            description: worded.template.description().into(),
            subject: worded.wording.subject,
            html: worded.wording.html,
            text: worded.wording.text,
            is_customized: worded.is_own,
            is_active: worded.is_active,
            can_be_switched_off: worded.template.can_be_off(),
            updated_at: worded.changed.map(|(_, at)| at),
            template: worded.template,
            updated_by: worded.changed.and_then(|(by, _)| by),
        }
    }
}

/// A mail as it would go out, with sample values.
#[derive(SimpleObject)]
pub struct EmailPreview {
    /// The subject.
    pub subject: String,
    /// The HTML part, a whole document.
    pub html: String,
    /// The plain text.
    pub text: String,
}

impl From<Rendered> for EmailPreview {
    fn from(rendered: Rendered) -> Self {
        Self { subject: rendered.subject, html: rendered.html, text: rendered.text }
    }
}

/// A mail is to be worded otherwise, or not to be sent; what is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateEmailTemplateInput {
    /// Which mail.
    pub key: EmailTemplateKey,
    /// The subject, one line of at most 200 characters.
    pub subject: Option<String>,
    /// The HTML part, at most 25,000 characters: text, headings, lists, tables, links and pictures; no scripts, forms,
    /// frames, comments or style sheets. A link leads to an address or to one variable that is a link.
    pub html: Option<String>,
    /// The plain text, at most 20,000 characters.
    pub text: Option<String>,
    /// Whether it is sent. What lets people in (links to verify, to reset, to change an address, invitations) always is.
    pub is_active: Option<bool>,
}

/// What came of changing a mail.
#[derive(SimpleObject)]
pub struct UpdateEmailTemplatePayload {
    /// The mail with its wording now.
    pub email_template: Option<EmailTemplate>,
    /// What the person can correct, with line and column.
    pub errors: Vec<UserError>,
}

/// A mail is to have the wording again that it comes with.
#[derive(Clone, InputObject)]
pub struct ResetEmailTemplateInput {
    /// Which mail.
    pub key: EmailTemplateKey,
}

/// What came of resetting a wording.
#[derive(SimpleObject)]
pub struct ResetEmailTemplatePayload {
    /// The mail with its wording now.
    pub email_template: Option<EmailTemplate>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

async fn templates(scope: &Scope, cx: &Cx) -> Result<Vec<EmailTemplate>> {
    let conn = scope.app.db.reader(cx).await?;
    Ok(identity::wordings(&conn, cx).await?.into_iter().map(Into::into).collect())
}

async fn template(scope: &Scope, cx: &Cx, key: EmailTemplateKey) -> Result<Option<EmailTemplate>> {
    Ok(templates(scope, cx).await?.into_iter().find(|template| template.key == key))
}

/// Reading how mail goes out.
#[derive(Default)]
pub struct MailSetupQuery;

#[Object]
impl MailSetupQuery {
    /// The company's own mail server; null where it has none and mails go through the installation's.
    #[graphql(directive = requires::apply(Permission::ManageSettings))]
    async fn smtp_settings(&self, ctx: &Context<'_>) -> Result<Option<SmtpSettings>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let conn = scope.app.db.reader(&cx).await?;
        Ok(identity::smtp_settings(&conn, &cx).await?.map(Into::into))
    }

    /// Every mail that Frontdesk sends, with its wording.
    #[graphql(directive = requires::apply(Permission::ManageSettings))]
    async fn email_templates(&self, ctx: &Context<'_>) -> Result<Vec<EmailTemplate>> {
        let scope = scope(ctx);
        templates(scope, &scope.cx()).await
    }

    /// A mail that Frontdesk sends, with its wording.
    #[graphql(directive = requires::apply(Permission::ManageSettings))]
    async fn email_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which mail.")] key: EmailTemplateKey,
    ) -> Result<Option<EmailTemplate>> {
        let scope = scope(ctx);
        template(scope, &scope.cx(), key).await
    }

    /// A mail as it would go out, with sample values; nothing is stored. What is wrong with the wording is answered as
    /// updateEmailTemplate answers it, as an error.
    #[graphql(directive = requires::apply(Permission::ManageSettings))]
    async fn preview_email_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which mail.")] key: EmailTemplateKey,
        #[graphql(desc = "The subject instead of the present one.")] subject: Option<String>,
        #[graphql(desc = "The HTML part instead of the present one.")] html: Option<String>,
        #[graphql(desc = "The plain text instead of the present one.")] text: Option<String>,
    ) -> Result<EmailPreview> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let conn = scope.app.db.reader(&cx).await?;
        let cmd = UpdateEmailTemplate { template: key.into(), subject, html, text, is_active: None };
        Ok(identity::preview(&conn, &cx, &cmd).await?.into())
    }
}

/// Changing how mail goes out.
#[derive(Default)]
pub struct MailSetupMutation;

#[Object]
impl MailSetupMutation {
    /// Changes the company's own mail server. The password is stored encrypted and never shown again.
    #[graphql(directive = requires::apply(Permission::ManageSettings))]
    async fn update_smtp_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateSmtpSettingsInput,
    ) -> Result<UpdateSmtpSettingsPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let app = &scope.app;
        let cmd = &UpdateSmtpSettings {
            host: input.host,
            port: input.port,
            encryption: input.encryption.map(Into::into),
            username: change(input.username),
            password: change(input.password),
            from_email: input.from_email.map(|email| email.0),
            from_name: change(input.from_name),
            is_active: input.is_active,
            any_port: app.allow_private_hosts,
        };
        let keyring = app.db.keyring();
        let updated = app
            .db
            .transact(cx, "smtp_settings.update", |tx| async move {
                identity::update_smtp_settings(&tx, cx, &app.catalog, keyring, cmd).await
            })
            .await;
        let (updated, errors) = payload(updated)?;
        let smtp_settings = match updated {
            Some(()) => identity::smtp_settings(&app.db.reader(cx).await?, cx).await?.map(Into::into),
            None => None,
        };
        Ok(UpdateSmtpSettingsPayload { smtp_settings, errors })
    }

    /// Sends a test mail through the company's own mail server, active or not, and tells what the server said at each
    /// step. At most 20 in 10 minutes.
    #[graphql(directive = requires::apply(Permission::ManageSettings))]
    async fn test_smtp(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: TestSmtpInput,
    ) -> Result<TestSmtpPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let app = &scope.app;
        let cmd = TestSmtp { to: input.to.0, limited: app.rate_limits };
        let tested = identity::test_smtp(&app.db, app.as_ref(), app.db.keyring(), cx, &cmd).await;
        let (steps, errors) = payload(tested)?;
        let delivered = steps.as_ref().map(|steps| steps.iter().all(|step| step.ok));
        let steps = steps.unwrap_or_default().into_iter().map(Into::into).collect();
        Ok(TestSmtpPayload { delivered, steps, errors })
    }

    /// Words a mail otherwise, or switches it off or on. A variable that is not the mail's and markup that is broken or could do harm are refused.
    #[graphql(directive = requires::apply(Permission::ManageSettings))]
    async fn update_email_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateEmailTemplateInput,
    ) -> Result<UpdateEmailTemplatePayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let cmd = &UpdateEmailTemplate {
            template: input.key.into(),
            subject: input.subject,
            html: input.html,
            text: input.text,
            is_active: input.is_active,
        };
        let updated =
            scope
                .app
                .db
                .transact(cx, "email_template.update", |tx| async move {
                    identity::update_email_template(&tx, cx, cmd).await
                })
                .await;
        let (updated, errors) = payload(updated)?;
        let email_template = if updated.is_some() { template(scope, cx, input.key).await? } else { None };
        Ok(UpdateEmailTemplatePayload { email_template, errors })
    }

    /// Gives a mail back the wording that it comes with. One that is switched off stays so.
    #[graphql(directive = requires::apply(Permission::ManageSettings))]
    async fn reset_email_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ResetEmailTemplateInput,
    ) -> Result<ResetEmailTemplatePayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let of = input.key.into();
        let reset = scope
            .app
            .db
            .transact(cx, "email_template.reset", |tx| async move { identity::reset_email_template(&tx, cx, of).await })
            .await;
        let (reset, errors) = payload(reset)?;
        let email_template = if reset.is_some() { template(scope, cx, input.key).await? } else { None };
        Ok(ResetEmailTemplatePayload { email_template, errors })
    }
}
