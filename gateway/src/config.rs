//! Settings: defaults, then a TOML file, then the environment, then flags; a key that is not known is refused.

mod ai;
mod assistant;
mod crm;
mod http;
mod mail;
mod meanings;
mod social;
mod words;

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use chrono::TimeDelta;
use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
};
use identity::{SessionPolicy, WebhookRules};
use kernel::{
    Error, Result,
    db::Options,
    files::{Files, Rules},
};
use serde::{Deserialize, Serialize};

pub use ai::Ai;
pub use assistant::{Assistant, AssistantProvider};
use meanings::{NUMBERS, SECRETS, SETTINGS};
pub use words::{Introspection, LogFormat, Switch};

use crate::wiring::file_storage::FileStorage;

/// All settings. In the environment each is `FRONTDESK_` and its name in capitals.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `sqlite://path` or `postgres://…`.
    pub database_url: String,
    /// PostgreSQL: connections of the shared pool.
    pub database_connections: u32,
    /// PostgreSQL: prepared statements kept for each connection.
    pub database_statement_cache: usize,
    /// Where to listen.
    pub listen: SocketAddr,
    /// 32 bytes in base64; several, newest first, separated by commas.
    pub secret_key: Option<String>,
    /// The first administrator's address, where nobody is there yet.
    pub admin_email: Option<String>,
    /// The first administrator's password.
    pub admin_password: Option<String>,
    /// `smtp://host:port`; without it mail goes to files.
    pub smtp_url: Option<String>,
    /// Where mail goes as `.eml` files when there is no SMTP server.
    pub mail_dir: PathBuf,
    /// The sender of mails, `Name <address>`.
    pub mail_from: String,
    /// A PEM file of authorities that tenants' mail servers may have their certificates from, beside the public ones.
    pub mail_authorities: Option<PathBuf>,
    /// The address that people reach this installation at; the only source of links in mails.
    pub public_url: Option<String>,
    /// Whether tenants may have connections made to private networks.
    pub allow_private_hosts: Switch,
    /// Hosts that notification channels may lead to, separated by commas.
    pub notification_hosts: String,
    /// Who may ask what the API is like.
    pub introspection: Introspection,
    /// Whether attempts are limited: off only for load tests behind no proxy.
    pub rate_limits: Switch,
    /// How long a session lasts after its last refresh, such as `30d`.
    pub session_idle: String,
    /// How long a session lasts in all, such as `90d`.
    pub session_absolute: String,
    /// How long after its first use a refresh token buys another pair, such as `10s`.
    pub refresh_grace: String,
    /// Whether the tenant is a demo with data.
    pub demo: Switch,
    /// Whether this process runs background work too.
    pub workers: Switch,
    /// Origins of other sites' pages that may call the API, separated by commas.
    pub cors_origins: String,
    /// Addresses of proxies whose `X-Forwarded-For` is believed, separated by commas.
    pub trusted_proxies: String,
    /// Connections served at a time.
    pub connections: usize,
    /// Seconds that an operation may take.
    pub request_timeout_seconds: u64,
    /// Where files are kept, unless in a bucket.
    pub files_dir: PathBuf,
    /// The bucket that files are kept in.
    pub files_bucket: Option<String>,
    /// Where the bucket is, where it is not Amazon's.
    pub files_endpoint: Option<String>,
    /// The bucket's region.
    pub files_region: String,
    /// Who we are there.
    pub files_access_key: Option<String>,
    /// And how we show it.
    pub files_secret_key: Option<String>,
    /// Bytes of a file that comes with a request.
    pub upload_bytes: u64,
    /// Bytes of a file that is sent by itself.
    pub direct_upload_bytes: u64,
    /// How long an upload may take, and waits to be used.
    pub uploads_kept: String,
    /// How long a link to a file is good.
    pub file_link_lifetime: String,
    /// Who does tasks, unless somebody asks for another.
    pub ai_provider: AssistantProvider,
    /// Where Anthropic's API is, for tasks.
    pub ai_url: String,
    /// Which of its models does tasks.
    pub ai_model: Option<String>,
    /// The key for it. A secret.
    pub ai_api_key: Option<String>,
    /// The longest answer to a task, in tokens.
    pub ai_max_tokens: u32,
    /// How long a task may take.
    pub ai_time_limit: String,
    /// What a million tokens cost that are read, in US dollars.
    pub ai_input_price: String,
    /// What a million tokens cost that are written, in US dollars.
    pub ai_output_price: String,
    /// Who answers what the assistant is asked.
    pub assistant_provider: AssistantProvider,
    /// Where Anthropic's API is.
    pub assistant_url: String,
    /// Which of its models is asked.
    pub assistant_model: Option<String>,
    /// Who we are there. A secret.
    pub assistant_api_key: Option<String>,
    /// The longest answer, in tokens.
    pub assistant_max_tokens: u32,
    /// How long an answer may take.
    pub assistant_time_limit: String,
    /// Who we are at Facebook: the id of our app there.
    pub social_facebook_client_id: Option<String>,
    /// And how we show it. A secret.
    pub social_facebook_client_secret: Option<String>,
    /// Where Facebook's API is.
    pub social_facebook_url: String,
    /// Where people of Facebook are asked whether we may.
    pub social_facebook_consent_url: String,
    /// Who we are at X: the id of our app there.
    pub social_x_client_id: Option<String>,
    /// And how we show it. A secret.
    pub social_x_client_secret: Option<String>,
    /// Where X's API is.
    pub social_x_url: String,
    /// Where people of X are asked whether we may.
    pub social_x_consent_url: String,
    /// Who we are at LinkedIn: the id of our app there.
    pub social_linkedin_client_id: Option<String>,
    /// And how we show it. A secret.
    pub social_linkedin_client_secret: Option<String>,
    /// Where LinkedIn's API is.
    pub social_linkedin_url: String,
    /// Where people of LinkedIn are asked whether we may.
    pub social_linkedin_consent_url: String,
    /// What Facebook shows when it asks whether our address for webhooks is ours. A secret.
    pub social_facebook_verify_token: Option<String>,
    /// Where people may come back to who connected an account, separated by commas.
    pub social_redirect_uris: String,
    /// Who we are at HubSpot: the id of our app there.
    pub crm_hubspot_client_id: Option<String>,
    /// And how we show it. A secret.
    pub crm_hubspot_client_secret: Option<String>,
    /// Where HubSpot's API is.
    pub crm_hubspot_url: String,
    /// Where people of HubSpot are asked whether we may.
    pub crm_hubspot_consent_url: String,
    /// Who we are at Salesforce: the id of our app there.
    pub crm_salesforce_client_id: Option<String>,
    /// And how we show it. A secret.
    pub crm_salesforce_client_secret: Option<String>,
    /// Where people sign in at Salesforce.
    pub crm_salesforce_url: String,
    /// Which version of its API is spoken.
    pub crm_salesforce_version: String,
    /// Who we are at Zoho: the id of our app there.
    pub crm_zoho_client_id: Option<String>,
    /// And how we show it. A secret.
    pub crm_zoho_client_secret: Option<String>,
    /// Where people sign in at Zoho.
    pub crm_zoho_url: String,
    /// How long events can be followed from.
    pub events_kept: String,
    /// How many of a hundred reads of lists are in the audit trail.
    pub audit_list_reads: u64,
    /// How often what has outlived its use is removed.
    pub cleaning_interval: String,
    /// How often everything is looked at although nobody called.
    pub sweep_interval: String,
    /// How long a job is a worker's own.
    pub job_lease: String,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// What is logged, such as `info` or `info,gateway=debug`.
    pub log: String,
}

/// How often background work looks, and how long things are kept.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// How long events are kept.
    pub events_kept: TimeDelta,
    /// How often what has outlived its use is removed.
    pub cleaning: Duration,
    /// How often everything is looked at although nobody called.
    pub sweep: Duration,
    /// How long a job is a worker's own.
    pub lease: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database_url: "sqlite://data/frontdesk.db".into(),
            database_connections: 16,
            database_statement_cache: 1000,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            secret_key: None,
            admin_email: None,
            admin_password: None,
            smtp_url: None,
            mail_dir: "data/mail".into(),
            mail_from: "Frontdesk <frontdesk@localhost.localdomain>".into(),
            mail_authorities: None,
            public_url: None,
            allow_private_hosts: Switch(false),
            notification_hosts: ".logic.azure.com,.api.powerplatform.com".into(),
            introspection: Introspection::Open,
            rate_limits: Switch(true),
            session_idle: "30d".into(),
            session_absolute: "90d".into(),
            refresh_grace: "10s".into(),
            demo: Switch(false),
            workers: Switch(true),
            cors_origins: String::new(),
            trusted_proxies: String::new(),
            connections: 4096,
            request_timeout_seconds: 15,
            files_dir: "data/files".into(),
            files_bucket: None,
            files_endpoint: None,
            files_region: "us-east-1".into(),
            files_access_key: None,
            files_secret_key: None,
            upload_bytes: 10 * 1024 * 1024,
            direct_upload_bytes: 1024 * 1024 * 1024,
            uploads_kept: "24h".into(),
            file_link_lifetime: "15m".into(),
            ai_provider: AssistantProvider::Builtin,
            ai_url: "https://api.anthropic.com".into(),
            ai_model: None,
            ai_api_key: None,
            ai_max_tokens: 1024,
            ai_time_limit: "40s".into(),
            ai_input_price: "0".into(),
            ai_output_price: "0".into(),
            assistant_provider: AssistantProvider::Builtin,
            assistant_url: "https://api.anthropic.com".into(),
            assistant_model: None,
            assistant_api_key: None,
            assistant_max_tokens: 1024,
            assistant_time_limit: "60s".into(),
            social_facebook_client_id: None,
            social_facebook_client_secret: None,
            social_facebook_url: "https://graph.facebook.com".into(),
            social_facebook_consent_url: "https://www.facebook.com".into(),
            social_x_client_id: None,
            social_x_client_secret: None,
            social_x_url: "https://api.x.com".into(),
            social_x_consent_url: "https://x.com".into(),
            social_linkedin_client_id: None,
            social_linkedin_client_secret: None,
            social_linkedin_url: "https://api.linkedin.com".into(),
            social_linkedin_consent_url: "https://www.linkedin.com".into(),
            social_facebook_verify_token: None,
            social_redirect_uris: String::new(),
            crm_hubspot_client_id: None,
            crm_hubspot_client_secret: None,
            crm_hubspot_url: "https://api.hubapi.com".into(),
            crm_hubspot_consent_url: "https://app.hubspot.com/oauth/authorize".into(),
            crm_salesforce_client_id: None,
            crm_salesforce_client_secret: None,
            crm_salesforce_url: "https://login.salesforce.com".into(),
            crm_salesforce_version: "v67.0".into(),
            crm_zoho_client_id: None,
            crm_zoho_client_secret: None,
            crm_zoho_url: "https://accounts.zoho.com".into(),
            events_kept: "30d".into(),
            audit_list_reads: 100,
            cleaning_interval: "1h".into(),
            sweep_interval: "10s".into(),
            job_lease: "30s".into(),
            log_format: LogFormat::Text,
            log: "info,sqlx=warn,sea_orm_migration=warn".into(),
        }
    }
}

/// A time such as `90s`, `15m`, `12h` or `30d`: a second to ten years.
fn span(text: &str) -> Option<TimeDelta> {
    let text = text.trim();
    let (number, seconds) = match text.char_indices().last()? {
        (at, 's') => (&text[..at], 1),
        (at, 'm') => (&text[..at], 60),
        (at, 'h') => (&text[..at], 3600),
        (at, 'd') => (&text[..at], 86_400),
        _ => return None,
    };
    let seconds = number.parse::<u32>().ok().map(|number| i64::from(number) * seconds)?;
    (1..=3650 * 86_400).contains(&seconds).then(|| TimeDelta::seconds(seconds))
}

impl Config {
    /// Reads the settings; `flags` win over everything.
    ///
    /// # Errors
    /// A text for the operator that names the setting and does not repeat its value.
    pub fn load(file: Option<PathBuf>, flags: &[(String, String)]) -> std::result::Result<Self, String> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(format!("the settings file {} is not there", file.display()));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        // As text, always: a password of digits is not a number.
        let environment =
            std::env::vars().filter_map(|(name, value)| Some((name.strip_prefix("FRONTDESK_")?.to_lowercase(), value)));
        for (name, value) in environment.filter(|(name, _)| name != "config").chain(flags.iter().cloned()) {
            if !SETTINGS.iter().any(|(known, _)| *known == name) {
                return Err(format!("there is no setting `{name}`; `frontdesk config` lists them"));
            }
            let value = match NUMBERS.contains(&name.as_str()) {
                true => value
                    .parse::<u64>()
                    .map(figment::value::Value::from)
                    .map_err(|_| format!("the setting `{name}` must be a whole number"))?,
                false => figment::value::Value::from(value),
            };
            figment = figment.merge(Serialized::global(&name, value));
        }
        figment.extract().map_err(|error| {
            let name = error.path.join(".");
            format!("the setting `{name}` cannot be read: {}", kind(&error))
        })
    }

    /// The secret key; an error where there is none.
    pub fn secret_key(&self) -> Result<String> {
        self.secret_key.clone().ok_or_else(|| {
            Error::internal(
                "FRONTDESK_SECRET_KEY is required: 32 random bytes in base64, such as `openssl rand -base64 32` prints",
            )
        })
    }

    /// Bounds of the database connections.
    pub fn database_options(&self) -> Options {
        Options {
            max_connections: self.database_connections,
            statement_cache: self.database_statement_cache,
            ..Options::default()
        }
    }

    /// How long sessions last.
    ///
    /// # Errors
    /// [`Error::Internal`] for a setting that is no time.
    pub fn session_policy(&self) -> Result<SessionPolicy> {
        let of = |name: &str, text: &str| {
            span(text)
                .ok_or_else(|| Error::internal(format!("{name} must be a time such as 12h or 30d, 10 years at most")))
        };
        let grace = match self.refresh_grace.trim() {
            "0s" => Some(TimeDelta::zero()),
            text => span(text).filter(|grace| *grace <= TimeDelta::minutes(5)),
        };
        let too_long = || Error::internal("refresh_grace must be a time such as 10s, 5m at most, or 0s for none");
        Ok(SessionPolicy {
            idle: of("session_idle", &self.session_idle)?,
            absolute: of("session_absolute", &self.session_absolute)?,
            grace: grace.ok_or_else(too_long)?,
        })
    }

    /// How often background work looks, and how long things are kept.
    ///
    /// # Errors
    /// [`Error::Internal`] for a setting that is no time, or events that are kept for less than a day.
    pub fn schedule(&self) -> Result<Schedule> {
        let of = |name: &str, text: &str| {
            span(text).ok_or_else(|| Error::internal(format!("{name} must be a time such as 30s, 12h or 30d")))
        };
        let every = |name: &str, text: &str| of(name, text)?.to_std().map_err(Error::internal);
        let events_kept = of("events_kept", &self.events_kept)?;
        if events_kept < TimeDelta::days(1) {
            return Err(Error::internal("events_kept must be 1d at least"));
        }
        Ok(Schedule {
            events_kept,
            cleaning: every("cleaning_interval", &self.cleaning_interval)?,
            sweep: every("sweep_interval", &self.sweep_interval)?,
            lease: every("job_lease", &self.job_lease)?,
        })
    }

    /// Where files are kept, and how large they may be.
    ///
    /// # Errors
    /// [`Error::Internal`] for a bucket without keys or a setting that is no time; [`Error::Unavailable`] for a folder that
    /// cannot be made.
    pub fn files(&self) -> Result<Files> {
        let of = |name: &str, text: &str| {
            span(text).ok_or_else(|| Error::internal(format!("{name} must be a time such as 30s, 12h or 30d")))
        };
        let rules = Rules {
            most: self.upload_bytes,
            most_direct: self.direct_upload_bytes,
            waits: of("uploads_kept", &self.uploads_kept)?,
            linked: of("file_link_lifetime", &self.file_link_lifetime)?,
        };
        Ok(Files::new(Arc::new(FileStorage::of_settings(self)?), rules))
    }

    /// Which addresses notification channels may have.
    pub fn webhooks(&self) -> WebhookRules {
        let hosts = self.notification_hosts.split(',').map(|host| host.trim().to_lowercase());
        WebhookRules {
            hosts: hosts.filter(|host| !host.is_empty()).collect(),
            allow_private: self.allow_private_hosts.is_on(),
        }
    }

    /// Every setting with its value, secrets left out, and its meaning.
    pub fn describe(&self) -> Vec<(&'static str, String, &'static str)> {
        let values = serde_json::to_value(self).unwrap_or_default();
        let usual = serde_json::to_value(Self::default()).unwrap_or_default();
        SETTINGS
            .iter()
            .map(|(name, meaning)| {
                let value = match &values[*name] {
                    serde_json::Value::Null => "(not set)".to_owned(),
                    // What holds unless it is set is no secret.
                    value if SECRETS.contains(name) && *value != usual[*name] => "(set)".to_owned(),
                    serde_json::Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                (*name, value, *meaning)
            })
            .collect()
    }
}

/// What is wrong, without the value: it may be a secret.
fn kind(error: &figment::Error) -> String {
    match &error.kind {
        figment::error::Kind::UnknownField(name, _) => format!("there is no setting `{name}`"),
        figment::error::Kind::InvalidType(_, expected) => format!("must be {expected}"),
        figment::error::Kind::Message(message) => message.clone(),
        _ => "its value is not valid".into(),
    }
}

#[cfg(test)]
mod tests;
