//! Settings: defaults, then a TOML file, then the environment, then flags; a key that is not known is refused.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use chrono::TimeDelta;
use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
};
use identity::{SessionPolicy, WebhookRules};
use inbox::{Address, Authorities, MailSettings};
use kernel::{Error, Result, db::Options};
use serde::{Deserialize, Serialize};

use crate::http::HttpConfig;

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
    /// Whether attempts are limited: off only for load tests behind no proxy.
    pub rate_limits: Switch,
    /// How long a session lasts after its last refresh, such as `30d`.
    pub session_idle: String,
    /// How long a session lasts in all, such as `90d`.
    pub session_absolute: String,
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
    /// How long events can be followed from.
    pub events_kept: String,
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

/// On or off; in the environment also 1 and 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Word", into = "String")]
pub struct Switch(bool);

impl Switch {
    /// Whether it is on.
    pub fn is_on(self) -> bool {
        self.0
    }
}

/// What a switch may be written as.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Bool(bool),
    Number(u8),
    Text(String),
}

impl TryFrom<Word> for Switch {
    type Error = String;

    fn try_from(word: Word) -> std::result::Result<Self, String> {
        match word {
            Word::Bool(on) => Ok(Self(on)),
            Word::Number(1) => Ok(Self(true)),
            Word::Number(0) => Ok(Self(false)),
            Word::Text(text) if matches!(text.as_str(), "on" | "true" | "1") => Ok(Self(true)),
            Word::Text(text) if matches!(text.as_str(), "off" | "false" | "0" | "") => Ok(Self(false)),
            _ => Err("must be on or off".into()),
        }
    }
}

impl From<Switch> for String {
    fn from(switch: Switch) -> Self {
        if switch.0 { "on" } else { "off" }.into()
    }
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

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
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
            rate_limits: Switch(true),
            session_idle: "30d".into(),
            session_absolute: "90d".into(),
            demo: Switch(false),
            workers: Switch(true),
            cors_origins: String::new(),
            trusted_proxies: String::new(),
            connections: 4096,
            request_timeout_seconds: 15,
            events_kept: "30d".into(),
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

/// What each setting means, as `frontdesk config` lists it.
pub const SETTINGS: &[(&str, &str)] = &[
    ("database_url", "sqlite://path (default: a file under ./data) or postgres://user:password@host/database"),
    ("database_connections", "PostgreSQL: connections of the shared pool"),
    (
        "database_statement_cache",
        "PostgreSQL: prepared statements kept for each connection (memory of the server: some 10–50 KiB each)",
    ),
    ("listen", "address and port to listen on"),
    (
        "secret_key",
        "32 bytes in base64; several, newest first, separated by commas, for rotation; required outside the demo",
    ),
    ("admin_email", "address of the first administrator of the first tenant, where there is none yet"),
    ("admin_password", "password of the first administrator"),
    ("smtp_url", "smtp://host:port, smtps://…; without it, mail is written as .eml files"),
    ("mail_dir", "folder for .eml files"),
    ("mail_from", "sender of mails; the domain of the address is the domain of the Message-IDs"),
    (
        "mail_authorities",
        "PEM file of certificate authorities that mail servers of tenants may have their certificates from, beside the public ones",
    ),
    ("public_url", "address that people reach this installation at, for links in mails; by default http:// and listen"),
    (
        "allow_private_hosts",
        "on: mail servers, webhooks and identity providers of tenants may be in private networks, mail servers on any port, providers \
            without TLS",
    ),
    (
        "notification_hosts",
        "hosts that Teams channels may lead to, separated by commas: .example.com is every host below it, * is any",
    ),
    ("rate_limits", "on, or off for load tests behind no proxy"),
    ("session_idle", "how long a session lasts that is not refreshed: a number and s, m, h or d"),
    ("session_absolute", "how long a session lasts in all, however busy it is: a number and s, m, h or d"),
    ("demo", "1 for a demo tenant with demo data and printed sign-in"),
    ("workers", "on: serve runs background work too; off: only `frontdesk worker` does"),
    ("cors_origins", "origins of other sites' pages that may call the API, separated by commas"),
    ("trusted_proxies", "addresses of proxies whose X-Forwarded-For is believed, separated by commas"),
    ("connections", "connections served at a time"),
    ("request_timeout_seconds", "seconds that an operation may take"),
    (
        "events_kept",
        "how long subscriptions can begin at an event that was missed: a number and s, m, h or d; at least 1d",
    ),
    ("cleaning_interval", "how often what has outlived its use is removed: a number and s, m, h or d"),
    ("sweep_interval", "how soon work is found that a process left behind: a number and s, m, h or d"),
    ("job_lease", "how long a job waits that a worker died over: a number and s, m, h or d; one alive renews it"),
    ("log_format", "text or json"),
    ("log", "what is logged, such as info or info,gateway=debug"),
];

/// Settings that are never shown.
const SECRETS: &[&str] = &["database_url", "secret_key", "admin_password", "smtp_url"];

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
            let value = match SETTINGS_OF_NUMBERS.contains(&name.as_str()) {
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
        let idle = of("session_idle", &self.session_idle)?;
        Ok(SessionPolicy { idle, absolute: of("session_absolute", &self.session_absolute)? })
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

    /// Which addresses notification channels may have.
    pub fn webhooks(&self) -> WebhookRules {
        let hosts = self.notification_hosts.split(',').map(|host| host.trim().to_lowercase());
        WebhookRules {
            hosts: hosts.filter(|host| !host.is_empty()).collect(),
            allow_private: self.allow_private_hosts.is_on(),
        }
    }

    /// How mails look.
    pub fn mail_settings(&self) -> Result<MailSettings> {
        let (name, email) = match self.mail_from.rsplit_once('<') {
            Some((name, email)) => (name.trim().to_owned(), email.trim_end_matches('>').trim().to_owned()),
            None => (String::new(), self.mail_from.trim().to_owned()),
        };
        // Message-IDs are ASCII.
        let domain = kernel::text::on_the_wire(&email)
            .rsplit_once('@')
            .map(|(_, domain)| domain.to_owned())
            .ok_or_else(|| Error::internal("mail_from must hold an address"))?;
        Ok(MailSettings { from: Address { name, email }, domain })
    }

    /// By whom certificates of tenants' mail servers may be, beside those whom everybody trusts.
    ///
    /// # Errors
    /// [`Error::Internal`] for a file that is not there or holds no certificates.
    pub fn mail_authorities(&self) -> Result<Option<Authorities>> {
        let Some(path) = &self.mail_authorities else { return Ok(None) };
        let pem = std::fs::read(path).map_err(|error| Error::internal(format!("mail_authorities: {error}")))?;
        Authorities::of(&pem).map(Some).map_err(Error::internal)
    }

    /// What links begin with: the public address, without a slash at its end.
    ///
    /// # Errors
    /// [`Error::Internal`] for what is not the address of a site.
    pub fn public_url(&self) -> Result<String> {
        let Some(text) = &self.public_url else {
            let mut listen = self.listen;
            if listen.ip().is_unspecified() {
                listen.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
            }
            return Ok(format!("http://{listen}"));
        };
        let bad = || Error::internal("public_url must be an address such as https://desk.example.com");
        let url = url::Url::parse(text.trim()).map_err(|_| bad())?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if plain { Ok(url.as_str().trim_end_matches('/').to_owned()) } else { Err(bad()) }
    }

    /// The transports' settings.
    pub fn http(&self) -> Result<HttpConfig> {
        let list = |text: &str| {
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        let proxies = list(&self.trusted_proxies)
            .iter()
            .map(|proxy| proxy.parse().map_err(|_| Error::internal("trusted_proxies must be addresses")))
            .collect::<Result<_>>()?;
        let mut http = HttpConfig {
            origins: list(&self.cors_origins),
            trusted_proxies: proxies,
            execution_timeout: Duration::from_secs(self.request_timeout_seconds),
            ..HttpConfig::default()
        };
        http.server.connections = self.connections;
        Ok(http)
    }

    /// Every setting with its value, secrets left out, and its meaning.
    pub fn describe(&self) -> Vec<(&'static str, String, &'static str)> {
        let values = serde_json::to_value(self).unwrap_or_default();
        SETTINGS
            .iter()
            .map(|(name, meaning)| {
                let value = match &values[*name] {
                    serde_json::Value::Null => "(not set)".to_owned(),
                    _ if SECRETS.contains(name) => "(set)".to_owned(),
                    serde_json::Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                (*name, value, *meaning)
            })
            .collect()
    }
}

/// The settings that are numbers; all others are texts.
const SETTINGS_OF_NUMBERS: &[&str] =
    &["database_connections", "database_statement_cache", "connections", "request_timeout_seconds"];

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
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_listed_and_no_secret_shown() {
        let config =
            Config { secret_key: Some("hush".into()), smtp_url: Some("smtp://u:hush@h".into()), ..Config::default() };
        let serde_json::Value::Object(fields) = serde_json::to_value(&config).unwrap() else { panic!() };
        assert_eq!(fields.len(), SETTINGS.len());
        let described = config.describe();
        assert!(described.iter().all(|(name, value, _)| fields.contains_key(*name) && !value.contains("hush")));
    }

    #[test]
    fn links_begin_with_one_address() {
        let of = |url: &str| Config { public_url: Some(url.into()), ..Config::default() }.public_url().ok();
        assert_eq!(of("https://Desk.Example.com/"), Some("https://desk.example.com".into()));
        assert_eq!(of("https://example.com/desk//"), Some("https://example.com/desk".into()));
        for bad in [
            "",
            "desk.example.com",
            "ftp://example.com",
            "javascript:alert(1)",
            "https://u:p@example.com",
            "https://example.com/?x",
            "https://example.com/#x",
        ] {
            assert_eq!(of(bad), None, "{bad}");
        }
        assert_eq!(Config::default().public_url().unwrap(), "http://127.0.0.1:8080");
        let everywhere = Config { listen: SocketAddr::from(([0, 0, 0, 0], 80)), ..Config::default() };
        assert_eq!(everywhere.public_url().unwrap(), "http://127.0.0.1:80");
    }

    #[test]
    fn times_are_numbers_with_a_unit() {
        for (text, seconds) in [("1s", Some(1)), ("15m", Some(900)), (" 12h ", Some(43_200)), ("90d", Some(7_776_000))]
        {
            assert_eq!(span(text).map(|time| time.num_seconds()), seconds, "{text}");
        }
        for bad in ["", "d", "30", "0s", "-1d", "1.5h", "30 d", "4000d", "99999999999999999999d", "3é"] {
            assert_eq!(span(bad), None, "{bad}");
        }
    }

    #[test]
    fn unknown_and_wrong_settings_are_refused_by_name() {
        let load = |name: &str, value: &str| Config::load(None, &[(name.into(), value.into())]);
        assert!(load("no_such_thing", "x").err().unwrap().contains("no_such_thing"));
        let error = load("listen", "hush").err().unwrap();
        assert!(error.contains("listen") && !error.contains("hush"), "{error}");
        assert!(load("admin_password", "12345").is_ok(), "a password of digits is a text");
    }
}
