//! The registry of tenants: `public.tenants` on PostgreSQL, the main file on SQLite.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use serde_json::json;

use crate::id::{TenantId, TypedId};

/// A tenant's tier: what it may use, unless its own limits say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Small teams.
    Free,
    /// Paying teams.
    Pro,
    /// Companies with a contract.
    Enterprise,
}

/// How much of what costs money a tenant may use; `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Active staff members.
    pub staff_seats: Option<u64>,
    /// Requests of signed-in people in any 60 seconds, and as many again of people who are not.
    pub requests_per_minute: Option<u64>,
    /// Bytes of uploaded files.
    pub storage_bytes: Option<u64>,
}

impl Tier {
    /// What each tier allows.
    pub const fn limits(self) -> Limits {
        let (seats, requests, gibibytes) = match self {
            Self::Free => (5, 600, 1),
            Self::Pro => (50, 6_000, 100),
            Self::Enterprise => return Limits { staff_seats: None, requests_per_minute: None, storage_bytes: None },
        };
        Limits {
            staff_seats: Some(seats),
            requests_per_minute: Some(requests),
            storage_bytes: Some(gibibytes * 1024 * 1024 * 1024),
        }
    }
}

/// One tenant, as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "~control", table_name = "tenants")]
pub struct Model {
    /// The tenant's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TenantId,
    /// The short name in headers and commands; unique, never changed.
    pub slug: String,
    /// The company's name; unique.
    pub name: String,
    /// The name in the form in which names are compared; none where another company had it before that was refused.
    pub name_folded: Option<String>,
    /// The tier.
    pub tier: Tier,
    /// The PostgreSQL schema, or the stem of the SQLite file, that holds the tenant's rows.
    pub schema_name: String,
    /// Further settings of the tenant; read and written through [`Model::own_limits`] and its like.
    pub settings: Json,
    /// A suspended tenant's requests are refused; its data stays untouched.
    pub active: bool,
    /// Since when it is suspended. A tenant that is neither active nor suspended is still being made.
    pub suspended_at: Option<DateTime<Utc>>,
    /// Why, for the platform's administrators.
    pub suspended_reason: Option<String>,
    /// The name of the newest migration that the tenant's schema has.
    pub schema_version: Option<String>,
    /// Why the last migration of this tenant failed, if it did.
    pub migration_error: Option<String>,
    /// When the tenant was made.
    pub created_at: DateTime<Utc>,
    /// When the tenant was last changed.
    pub updated_at: DateTime<Utc>,
}

/// One tenant, as the registry knows it.
pub type Tenant = Model;

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
/// No relation: tenants are found by key.
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether this is what stands in a tenant's place where the platform itself is asked.
    pub fn is_platform(&self) -> bool {
        self.id.0.is_nil()
    }

    /// What stands in a tenant's place where the platform itself is asked: no schema and no file has its name, so no
    /// row of any tenant is in reach.
    pub fn platform(now: DateTime<Utc>) -> Self {
        Self {
            id: TenantId::from_uuid(Uuid::nil()),
            slug: String::new(),
            name: String::new(),
            name_folded: None,
            tier: Tier::Enterprise,
            schema_name: "~platform".into(),
            settings: json!({}),
            active: true,
            suspended_at: None,
            suspended_reason: None,
            schema_version: None,
            migration_error: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether its making was begun and not ended.
    pub fn is_half_made(&self) -> bool {
        !self.active && self.suspended_at.is_none()
    }

    /// The limits that it has instead of its tier's.
    pub fn own_limits(&self) -> Limits {
        let own = |name: &str| self.settings["limits"][name].as_u64();
        Limits {
            staff_seats: own("staff_seats"),
            requests_per_minute: own("requests_per_minute"),
            storage_bytes: own("storage_bytes"),
        }
    }

    /// What it may use: its own limits, else its tier's.
    pub fn limits(&self) -> Limits {
        let (own, tier) = (self.own_limits(), self.tier.limits());
        Limits {
            staff_seats: own.staff_seats.or(tier.staff_seats),
            requests_per_minute: own.requests_per_minute.or(tier.requests_per_minute),
            storage_bytes: own.storage_bytes.or(tier.storage_bytes),
        }
    }

    /// Its settings with these limits of its own and everything else as it is.
    pub fn settings_with(&self, own: Limits) -> Json {
        let mut settings = if self.settings.is_object() { self.settings.clone() } else { json!({}) };
        settings["limits"] = json!({
            "staff_seats": own.staff_seats,
            "requests_per_minute": own.requests_per_minute,
            "storage_bytes": own.storage_bytes,
        });
        settings
    }
}

/// The host names whose requests belong to a tenant.
pub mod host {
    use super::*;

    /// One host name; no two tenants have the same.
    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(schema_name = "~control", table_name = "tenant_hosts")]
    pub struct Model {
        /// The name in the form that [`host_name`](super::host_name) gives it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub host: String,
        /// Whose it is.
        pub tenant_id: TenantId,
        /// Since when.
        pub created_at: DateTime<Utc>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    /// No relation.
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A host name in the form that is stored and compared: lower case, international names in their ASCII form
/// (`xn--…`), no dot at the end. `None` for what is no host name.
pub fn host_name(text: &str) -> Option<String> {
    // A name of 253 bytes has no more characters before it is encoded; looking at more is the sender's wish only.
    if text.len() > 1024 {
        return None;
    }
    idna::domain_to_ascii_strict(text.strip_suffix('.').unwrap_or(text)).ok()
}

/// The key by which the tenant of a request's `Host` is looked up: without the port, in the stored form. Browsers
/// send names in ASCII, so nothing is encoded here.
pub fn host_key(host: &str) -> Option<String> {
    let name = host.split(':').next().unwrap_or(host);
    let name = name.strip_suffix('.').unwrap_or(name);
    let good =
        (1..=253).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    good.then(|| name.to_ascii_lowercase())
}

/// Whether `slug` may name a tenant: 1–40 characters of `a-z`, `0-9`, `-`, beginning with a letter.
pub fn is_slug(slug: &str) -> bool {
    (1..=40).contains(&slug.len())
        && slug.starts_with(|c: char| c.is_ascii_lowercase())
        && !slug.ends_with('-')
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_have_one_form() {
        for (text, stored) in [
            ("Desk.Example.COM", "desk.example.com"),
            ("desk.example.com.", "desk.example.com"),
            ("b\u{fc}cher.example", "xn--bcher-kva.example"),
            ("BU\u{308}CHER.example", "xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(host_name(text).as_deref(), Some(stored), "{text}");
            assert_eq!(host_key(stored).as_deref(), Some(stored), "what is stored is found");
        }
        let long = ["a".repeat(64), "a.".repeat(127) + "a", "a".repeat(10_000), "\u{fc}".repeat(10_000)];
        let bad = [
            "",
            ".",
            "..",
            "a..b",
            "-a.example",
            "a-.example",
            "a b.example",
            "a\u{0}b",
            "a/b",
            "a:80",
            "*.example",
            "a_b.example",
            "user@example.com",
            "xn--\u{fc}.example",
            "xn--zzzzzzzzz",
            "\u{202e}a.example",
            "[::1]",
        ];
        for text in bad.into_iter().map(str::to_owned).chain(long) {
            assert_eq!(host_name(&text), None, "{text:.40}");
        }
    }

    #[test]
    fn the_port_and_the_case_of_a_request_do_not_count() {
        for host in ["Desk.Example", "desk.example:8443", "desk.example.", "DESK.EXAMPLE.:80"] {
            assert_eq!(host_key(host).as_deref(), Some("desk.example"), "{host}");
        }
        for host in ["", ":80", "[::1]:80", "a\u{0}b", "b\u{fc}cher.example", &"a".repeat(254)] {
            assert_eq!(host_key(host), None, "{host:.40}");
        }
    }

    #[test]
    fn own_limits_win_over_the_tiers() {
        let mut tenant =
            Model { tier: Tier::Free, settings: json!({ "other": 1 }), ..Model::platform(DateTime::UNIX_EPOCH) };
        assert_eq!(tenant.limits(), Tier::Free.limits());
        let own = Limits { staff_seats: Some(7), ..Limits::default() };
        tenant.settings = tenant.settings_with(own);
        assert_eq!((tenant.own_limits(), tenant.settings["other"].as_i64()), (own, Some(1)));
        assert_eq!(tenant.limits(), Limits { staff_seats: Some(7), ..Tier::Free.limits() });
        tenant.settings = json!({ "limits": { "staff_seats": "many", "storage_bytes": -1 } });
        assert_eq!(tenant.limits(), Tier::Free.limits(), "what is no number is no limit of its own");
        tenant.settings = json!("damaged");
        assert_eq!(tenant.limits(), Tier::Free.limits());
        assert_eq!(tenant.settings_with(own)["limits"]["staff_seats"], 7);
    }
}
