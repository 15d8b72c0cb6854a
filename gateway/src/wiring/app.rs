//! The application: every part, put together once.

use std::sync::Arc;

use analytics_sync::HttpB2chat;
use audit::{AuditChain, AuditSink};
use crm_leads::{AiSubjectType, subjects::SubjectKind};
use identity::{
    Access, AccessTokens, Cards, Credential, Directory, HttpCards, Passwords, PlatformTokens, SessionPolicy,
    SettingsReader, WebhookRules,
};
use inbox::{
    Authorities, FileMail, MailSettings, Mailer, SmtpMail,
    records::{Chats, ConversationMessages, Messages},
};
use kernel::{
    Actor, Cx, Db, Error, Result, Source, Tenant, crypto::Keyring, db::TenantKey, events::Outbox, files::Files,
    outgoing::Outgoing,
};

use crate::{
    background::{errors::Errors, reads::Reads},
    config::{Ai, Assistant, Config, Introspection, Schedule},
    wiring::{answers::Answers, presence::Presence, request_rates::Rates, social::Social},
};

/// Every part of a running Frontdesk.
pub struct App {
    /// The databases.
    pub db: Db,
    /// Time and randomness.
    pub source: Arc<Source>,
    /// What sessions and API keys may do.
    pub access: Access,
    /// Colleagues, as other things show them.
    pub directory: Directory,
    /// The company's settings, as other code reads them.
    pub settings: SettingsReader,
    /// Access tokens.
    pub tokens: AccessTokens,
    /// Access tokens of platform administrators.
    pub platform_tokens: PlatformTokens,
    /// Requests of the tenants in the last minute.
    pub rates: Rates,
    /// Who is there at this moment.
    pub presence: Arc<Presence>,
    /// Answers of the assistant that are being made.
    pub answers: Answers,
    /// Who makes them.
    pub assistant: Assistant,
    /// Who does tasks for artificial intelligence.
    pub ai: Ai,
    /// Where the databases are, for making tenants. A secret.
    pub database_url: String,
    /// Password hashing.
    pub passwords: Passwords,
    /// Files, outside of the databases.
    pub files: Files,
    /// How long sessions last at the most; a company may want it shorter.
    pub sessions: SessionPolicy,
    /// Where mail goes.
    pub mailer: Arc<dyn Mailer>,
    /// How mail looks.
    pub mail: MailSettings,
    /// The links of the whole installation, below that address; a company's are [`App::links_of`].
    pub links: identity::Links,
    /// By whom the certificates of tenants' mail servers may be, beside those whom everybody trusts.
    pub mail_authorities: Option<Authorities>,
    /// Whether tenants may have connections made to private networks.
    pub allow_private_hosts: bool,
    /// Identity providers, over the network.
    pub oidc: identity::Oidc,
    /// Our apps at the social platforms.
    pub social: Social,
    /// The CRMs, over the network.
    pub crms: Arc<dyn crm_leads::Crms>,
    /// B2Chat, over the network.
    pub b2chat: Arc<dyn analytics_sync::Source>,
    /// Where images and files are that B2Chat points at, over the network.
    pub media: Arc<dyn analytics_sync::MediaHosts>,
    /// Where cards for channels go.
    pub cards: Arc<dyn Cards>,
    /// Which addresses channels may have.
    pub webhooks: WebhookRules,
    /// Who may ask what the API is like.
    pub introspection: Introspection,
    /// Whether attempts are limited.
    pub rate_limits: bool,
    /// How often background work looks, and how long things are kept.
    pub schedule: Schedule,
    /// Who read what, on its way into the trail.
    pub reads: Reads,
    /// What went wrong and what was slow, on its way into the log.
    pub errors: Errors,
    /// The names of all permissions.
    pub catalog: Vec<&'static str>,
}

/// The permissions of all contexts.
pub fn catalog() -> Vec<kernel::Permission> {
    [
        kernel::visibility::PERMISSIONS,
        identity::PERMISSIONS,
        inbox::PERMISSIONS,
        ticketing::PERMISSIONS,
        crm_leads::PERMISSIONS,
        analytics_sync::PERMISSIONS,
        audit::PERMISSIONS,
    ]
    .concat()
}

impl App {
    /// Puts the parts together and opens the databases.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database is away; [`Error::Internal`] for settings that cannot work.
    pub async fn new(config: &Config, source: Arc<Source>) -> Result<Arc<Self>> {
        Self::asking(config, source, |b2chat| Arc::new(b2chat)).await
    }

    /// The same with something else in the place of B2Chat, or before it.
    ///
    /// # Errors
    /// As of [`new`](Self::new).
    pub async fn asking(
        config: &Config,
        source: Arc<Source>,
        b2chat: impl FnOnce(HttpB2chat) -> Arc<dyn analytics_sync::Source>,
    ) -> Result<Arc<Self>> {
        inbox::kinds::register(vec![
            super::tickets::KIND,
            super::help::GUIDES,
            super::help::DOCUMENTS,
            super::leads::KIND,
        ]);
        crm_leads::subjects::register(vec![
            SubjectKind::record::<Messages>(AiSubjectType::Message),
            SubjectKind::record::<Chats>(AiSubjectType::Chat),
            SubjectKind::record::<ConversationMessages>(AiSubjectType::ConversationMessage),
        ]);
        let keyring = Keyring::parse(&config.secret_key()?)?;
        let db = open(config, keyring.clone()).await?;
        let catalog: Vec<_> = catalog().into_iter().map(|permission| permission.name).collect();
        let mailer: Arc<dyn Mailer> = match &config.smtp_url {
            Some(url) => Arc::new(SmtpMail::new(url).map_err(Error::internal)?),
            None => {
                std::fs::create_dir_all(&config.mail_dir).map_err(Error::unavailable)?;
                Arc::new(FileMail::new(config.mail_dir.clone()))
            }
        };
        // A storm of sign-ins leaves a core to everything else.
        let hashing = std::thread::available_parallelism().map_or(1, |cores| cores.get() - 1);
        let outgoing = Outgoing::new(config.allow_private_hosts.is_on())?;
        Ok(Arc::new(Self {
            access: Access::new(db.clone(), catalog.clone()),
            directory: Directory::default(),
            settings: SettingsReader::new(db.clone()),
            tokens: AccessTokens::new(&keyring)?,
            platform_tokens: PlatformTokens::new(&keyring)?,
            rates: Rates::new(kernel::crypto::hex(&source.bytes::<8>())),
            presence: Arc::new(Presence::new(kernel::crypto::hex(&source.bytes::<8>()))),
            answers: Answers::new(kernel::crypto::hex(&source.bytes::<8>()), source.clone()),
            ai: config.ai(&outgoing)?,
            assistant: config.assistant(&source)?,
            database_url: config.database_url.clone(),
            passwords: Passwords::new(&source, hashing)?,
            files: config.files()?,
            sessions: config.session_policy()?,
            mailer,
            mail: config.mail_settings()?,
            links: identity::Links::new(&config.public_url()?),
            mail_authorities: config.mail_authorities()?,
            allow_private_hosts: config.allow_private_hosts.is_on(),
            oidc: identity::Oidc::new(outgoing.clone()),
            b2chat: b2chat(HttpB2chat::new(outgoing.clone())),
            crms: Arc::new(crm_leads::HttpCrms::new(config.crms()?, &outgoing)),
            social: config.social(outgoing.clone())?,
            media: Arc::new(analytics_sync::HttpMedia::new(outgoing.clone())),
            cards: Arc::new(HttpCards::new(outgoing)),
            webhooks: config.webhooks(),
            introspection: config.introspection,
            rate_limits: config.rate_limits.is_on(),
            schedule: config.schedule()?,
            reads: Reads::new(config.audit_list_reads)?,
            errors: Errors::default(),
            catalog,
            db,
            source,
        }))
    }

    /// A tenant that is served now: active, and of this version.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the registry is away.
    pub async fn served(&self, key: TenantKey) -> Result<Option<Arc<Tenant>>> {
        let found = self.db.tenant(key).await?.filter(|tenant| tenant.active);
        Ok(found.filter(|tenant| tenant.schema_version.as_deref() == Some(crate::wiring::tenants::version())))
    }

    /// A context for work of Frontdesk itself.
    pub fn system(&self, tenant: Arc<Tenant>) -> Cx {
        let id = format!("sys-{}", kernel::crypto::hex(&self.source.bytes::<8>()));
        Cx::new(self.source.clone(), tenant, Actor::System, id)
    }

    /// Where the mails of the tenant of `cx` lead.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the registry is away.
    pub async fn links_of(&self, cx: &Cx) -> Result<identity::Links> {
        identity::links_of(&self.db, &cx.tenant, &self.links).await
    }

    /// A context at this instant for the same caller, with the rights that the session or key has now.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when the token, the session or the key has ended, or the tenant was suspended.
    pub async fn renewed(&self, cx: &Cx, credential: Option<&Credential>) -> Result<Cx> {
        let now = cx.at_present();
        if !self.db.tenant(TenantKey::Id(cx.tenant.id)).await?.is_some_and(|tenant| tenant.active) {
            return Err(Error::Unauthenticated);
        }
        let Some(credential) = credential else { return Ok(now) };
        if credential.expires_at().is_some_and(|at| at <= now.now) {
            return Err(Error::Unauthenticated);
        }
        let actor = Actor::User(self.access.actor(&now, *credential).await?);
        Ok(now.acting_as(actor))
    }
}

/// Opens the databases with the sinks that every change goes to.
pub async fn open(config: &Config, keyring: Keyring) -> Result<Db> {
    let outbox = Outbox::new(vec![Box::new(AuditSink)], Box::new(AuditChain));
    Ok(Db::open(&config.database_url, &config.database_options(), keyring).await?.with_outbox(outbox))
}
