//! Which settings there are, and what each may be.

use chrono::NaiveDate;
use kernel::{
    Permission, ProblemCode,
    money::Currency,
    text::{Check, color, time_zone},
};
use serde_json::{Value as Json, json};

pub use super::{keys::*, known::KNOWN};
use crate::{domain::people::phone::Region, store::settings::setting::Kind};

/// Whose a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The company's.
    System,
    /// One person's.
    Personal,
}

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// True or false.
    Boolean,
    /// A whole number in a range.
    Whole {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// A text of one line, at most so many characters.
    Line(usize),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// An e-mail address.
    Email,
    /// An `https://` address.
    HttpsUrl,
    /// Where an API is: an `https://` address, or an `http://` one where private networks may be asked.
    ApiUrl,
    /// A day, `YYYY-MM-DD`; empty for none.
    Day,
    /// `#rrggbb`.
    Color,
    /// An IANA name such as `Europe/Berlin`.
    TimeZone,
    /// Two letters such as `DE`.
    Region,
    /// Three letters such as `EUR`.
    Currency,
}

/// A setting that Frontdesk knows.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Its key.
    pub key: &'static str,
    /// Whose it is.
    pub scope: Scope,
    /// What its value may be.
    pub rule: Rule,
    /// What it is where nobody set it, as JSON; a company's text that is not set is empty.
    pub default: &'static str,
    /// What it decides.
    pub description: &'static str,
    /// What reading and changing the company's takes.
    pub needs: Permission,
}

impl Known {
    /// The setting of that key.
    pub fn of(key: &str) -> Option<&'static Self> {
        KNOWN.iter().find(|known| known.key == key)
    }

    /// What it is where nobody set it.
    pub fn default(&self) -> Json {
        serde_json::from_str(self.default).unwrap_or_default()
    }

    /// The type of its value.
    pub fn kind(&self) -> Kind {
        match self.rule {
            Rule::Boolean => Kind::Boolean,
            Rule::Whole { .. } => Kind::Number,
            Rule::Line(_)
            | Rule::OneOf(_)
            | Rule::Email
            | Rule::HttpsUrl
            | Rule::ApiUrl
            | Rule::Day
            | Rule::Color
            | Rule::TimeZone
            | Rule::Region
            | Rule::Currency => Kind::String,
        }
    }

    /// The value as it is stored; problems are noted at `field`.
    pub fn checked(&self, check: &mut Check, field: &str, value: &Json) -> Json {
        let mut refuse = |message: String| check.problem(field, ProblemCode::InvalidFormat, message);
        match (self.rule, value) {
            (Rule::Boolean, Json::Bool(_)) => return value.clone(),
            (Rule::Boolean, _) => refuse("must be true or false".into()),
            (Rule::Whole { min, max }, _) => match value.as_i64() {
                Some(number) if (min..=max).contains(&number) => return value.clone(),
                _ => refuse(format!("must be a whole number from {min} to {max}")),
            },
            // A text of the company's that is taken away is empty.
            (
                Rule::Line(_) | Rule::Email | Rule::HttpsUrl | Rule::Day | Rule::Color | Rule::Region | Rule::Currency,
                Json::String(text),
            ) if text.trim().is_empty() => {
                return json!("");
            }
            (Rule::Line(max), Json::String(text)) => return json!(check.line(field, text, max)),
            (Rule::Email, Json::String(text)) => return json!(check.email(field, text)),
            (Rule::OneOf(known), Json::String(text)) if known.contains(&text.as_str()) => return value.clone(),
            (Rule::OneOf(known), _) => refuse(format!("must be one of {}", known.join(", "))),
            (Rule::HttpsUrl, Json::String(text)) if is_https(text) => return value.clone(),
            (Rule::HttpsUrl, _) => {
                refuse("must be an address that begins with https://, at most 2000 characters".into())
            }
            (Rule::ApiUrl, Json::String(text)) if is_api(text) => return json!(text.trim_end_matches('/')),
            (Rule::ApiUrl, _) => refuse("must be an address that begins with https://, at most 2000 characters".into()),
            (Rule::Day, Json::String(text)) if let Ok(day) = text.trim().parse::<NaiveDate>() => {
                return json!(day.format("%Y-%m-%d").to_string());
            }
            (Rule::Day, _) => refuse("must be a day such as 2026-01-31".into()),
            (Rule::Color, Json::String(text)) if let Some(color) = color(text) => return json!(color),
            (Rule::Color, _) => refuse("must be a colour such as #1a2b3c".into()),
            (Rule::TimeZone, Json::String(text)) if let Some(name) = time_zone(text) => return json!(name),
            (Rule::TimeZone, _) => refuse("must be the IANA name of a time zone, such as Europe/Berlin".into()),
            (Rule::Region, Json::String(text)) if let Some(region) = Region::of(text.trim()) => {
                return json!(region.code());
            }
            (Rule::Region, _) => refuse("must be the two letters of a country (ISO 3166-1), such as DE".into()),
            (Rule::Currency, Json::String(text)) if let Some(currency) = Currency::of(text) => {
                return json!(currency.code());
            }
            (Rule::Currency, _) => refuse("must be the code of a currency in use (ISO 4217), such as EUR".into()),
            (Rule::Line(_) | Rule::Email, _) => refuse("must be a text".into()),
        }
        Json::Null
    }
}

/// An `https://` address with a host and without a user, in printable ASCII.
fn is_https(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    text.len() <= 2000
        && text.chars().all(|c| c.is_ascii_graphic() && !"\"'<>`\\{}|^".contains(c))
        && !host.is_empty()
        && host.chars().all(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(c))
        && host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
}

/// The same, also without TLS: whoever asks it refuses that where it must not be.
fn is_api(text: &str) -> bool {
    is_https(text) || text.strip_prefix("http://").is_some_and(|rest| is_https(&format!("https://{rest}")))
}

/// Whether a key is one that only others know: `custom.`, then parts of lower-case letters, digits and underscores.
pub fn is_custom(key: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    key.len() <= 100 && key.strip_prefix(CUSTOM).is_some_and(|rest| rest.split('.').all(part))
}

/// The longest value of a setting that only others know, as JSON text in bytes.
pub const CUSTOM_VALUE: usize = 16_000;

/// The value of a setting that only others know, with its type.
pub fn checked_custom(check: &mut Check, field: &str, value: &Json) -> Kind {
    let text = value.to_string();
    if text.len() > CUSTOM_VALUE {
        check.problem(field, ProblemCode::TooLong, format!("must have at most {CUSTOM_VALUE} bytes as JSON"));
    }
    // PostgreSQL's jsonb holds no NUL.
    if text.contains("\\u0000") {
        check.problem(field, ProblemCode::InvalidFormat, "must not contain NUL");
    }
    if !is_exact(value) {
        let message = "has a number that cannot be kept exactly: whole numbers have 64 bits, others at most 15 digits; a text keeps all";
        check.problem(field, ProblemCode::InvalidFormat, message);
    }
    match value {
        Json::String(_) => Kind::String,
        Json::Number(_) => Kind::Number,
        Json::Bool(_) => Kind::Boolean,
        Json::Object(_) | Json::Array(_) => Kind::Json,
        Json::Null => {
            check.problem(field, ProblemCode::Blank, "must not be null; resetSetting takes a setting away");
            Kind::Json
        }
    }
}

/// Whether every number in it can be the one that was sent. Whole numbers of 64 bits are; of the others a double keeps 15
/// digits for sure, and one that shows more was rounded to them, or might have been. From 2^53 on a double is a whole number, and one
/// with few digits may have been sent with more.
fn is_exact(value: &Json) -> bool {
    match value {
        Json::Number(number) if number.is_f64() => {
            let text = number.to_string();
            let digits = text.split(['e', 'E']).next().unwrap_or_default().replace(['-', '.'], "");
            let small = number.as_f64().is_some_and(|number| number.abs() < 9_007_199_254_740_992.0);
            small && digits.trim_matches('0').len() <= f64::DIGITS as usize
        }
        Json::Array(values) => values.iter().all(is_exact),
        Json::Object(values) => values.values().all(is_exact),
        _ => true,
    }
}

/// The part of a key before its first dot.
pub fn category(key: &str) -> &str {
    key.split('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(key: &str, value: Json) -> Result<Json, String> {
        let mut check = Check::default();
        let stored = Known::of(key).unwrap().checked(&mut check, "value", &value);
        check.done().map(|()| stored).map_err(|error| error.to_string())
    }

    #[test]
    fn every_default_is_a_value_of_its_setting_and_keys_are_in_order() {
        for known in KNOWN {
            assert_eq!(verdict(known.key, known.default()), Ok(known.default()), "{}", known.key);
        }
        assert!(KNOWN.is_sorted_by_key(|known| known.key));
    }

    #[test]
    fn a_value_has_its_settings_form() {
        assert_eq!(verdict("company.primary_color", json!("#1A2b3C")), Ok(json!("#1a2b3c")));
        assert_eq!(verdict("company.support_email", json!(" Help@Example.com ")), Ok(json!("help@example.com")));
        assert_eq!(
            verdict("company.time_zone", json!("America/Argentina/Buenos_Aires")),
            Ok(json!("America/Argentina/Buenos_Aires"))
        );
        assert_eq!(verdict("company.time_zone", json!("europe/berlin")), Ok(json!("Europe/Berlin")));
        assert_eq!(verdict("company.currency", json!("eur")), Ok(json!("EUR")));
        assert!(verdict("company.logo_url", json!("https://cdn.example.com/a.png?x=1")).is_ok());
        for (key, value) in [
            ("session.idle_days", json!(0)),
            ("session.idle_days", json!(1.5)),
            ("session.idle_days", json!("30")),
            ("session.idle_days", json!(u64::MAX)),
            ("registration.open", json!("true")),
            ("registration.open", Json::Null),
            ("ui.theme", json!("pink")),
            ("company.name", json!(7)),
            ("company.name", json!("a\nb")),
            ("company.name", json!("x".repeat(201))),
            ("company.primary_color", json!("red")),
            ("company.primary_color", json!("#12345g")),
            ("company.logo_url", json!("http://example.com/a.png")),
            ("company.logo_url", json!("javascript:alert(1)")),
            ("company.logo_url", json!("https://u:p@example.com/")),
            ("company.logo_url", json!("https:///a.png")),
            ("company.logo_url", json!("https://example.com/\"onerror=")),
            ("company.time_zone", json!("")),
            ("company.time_zone", json!("../etc/passwd")),
            ("company.time_zone", json!("GMT+2")),
            ("company.support_email", json!("nobody")),
            ("company.currency", json!("€")),
            ("company.currency", json!("DEM")),
        ] {
            assert!(verdict(key, value.clone()).is_err(), "{key} = {value}");
        }
    }

    #[test]
    fn numbers_are_kept_as_they_are_or_not_at_all() {
        let read = |text: &str| serde_json::from_str::<Json>(text).unwrap();
        for exact in
            ["0", "-7", "9007199254740993", "18446744073709551615", "0.1", "-1.25e-7", "123456789.012345", "1e15"]
        {
            assert!(is_exact(&read(exact)), "{exact}");
        }
        for rounded in [
            "18446744073709551616",
            "100000000000000000001",
            "-100000000000000000001",
            "1e23",
            "12345678901234567890123",
            "0.1234567890123456789",
            "[{\"a\":3.14159265358979323846}]",
        ] {
            assert!(!is_exact(&read(rounded)), "{rounded}");
        }
    }

    #[test]
    fn keys_of_others_have_a_form() {
        assert!(is_custom("custom.a") && is_custom("custom.billing.iban_2"));
        for bad in [
            "custom.",
            "custom",
            "custom..a",
            "custom.A",
            "custom.a b",
            "custom.a.",
            "ui.theme",
            "custom.ä",
            "custom.a\u{0}",
        ] {
            assert!(!is_custom(bad), "{bad:?}");
        }
    }
}
