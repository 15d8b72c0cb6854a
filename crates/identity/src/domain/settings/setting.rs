//! Which settings there are, and what each may be.

use kernel::{
    Permission, ProblemCode,
    money::Currency,
    text::{Check, color, time_zone},
};
use serde_json::{Value as Json, json};

use crate::{
    domain::people::phone::Region,
    policy::{MANAGE_SETTINGS, MANAGE_SIGN_IN},
    store::settings::setting::Kind,
};

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

/// The key of the company's currency: three letters.
pub const COMPANY_CURRENCY: &str = "company.currency";
/// Whether tasks for artificial intelligence are done: a boolean.
pub const AI_ENABLED: &str = "ai.enabled";
/// How many tokens providers may read and write in a day: a whole number, 0 for any number.
pub const AI_DAILY_TOKENS: &str = "ai.daily_tokens";
/// Whether a lead is made of who wants to buy: a boolean.
pub const AI_MAKE_LEADS: &str = "ai.make_leads";
/// Whether tasks are done for what comes from the website too: a boolean.
pub const AI_WEBSITE: &str = "ai.website";
/// Whether answers are suggested: a boolean.
pub const AI_SUGGEST_REPLIES: &str = "ai.suggest_replies";
/// Whether clients may ask the assistant: a boolean.
pub const ASSISTANT_FOR_CLIENTS: &str = "assistant.for_clients";
/// How many days sessions with the assistant are kept: a whole number.
pub const ASSISTANT_KEEP_DAYS: &str = "assistant.keep_days";
/// How many questions somebody may ask the assistant in an hour: a whole number.
pub const ASSISTANT_QUESTIONS_PER_HOUR: &str = "assistant.questions_per_hour";
/// The key of the company's name.
pub const COMPANY_NAME: &str = "company.name";
/// The key of where the company is: two letters.
pub const COMPANY_REGION: &str = "company.region";
/// How many minutes before a consultation its visitor is reminded of it: a whole number.
pub const CONSULTATION_REMINDER_MINUTES: &str = "consultations.reminder_minutes";
/// Whether clients may register themselves: a boolean.
pub const REGISTRATION_OPEN: &str = "registration.open";
/// After how many days without use a session ends: a whole number.
pub const SESSION_IDLE_DAYS: &str = "session.idle_days";
/// After how many days a session ends even if it is used: a whole number.
pub const SESSION_ABSOLUTE_DAYS: &str = "session.absolute_days";
/// After how many silent minutes a live chat ends: a whole number.
pub const CHAT_END_AFTER_MINUTES: &str = "chat.end_after_minutes";
/// How many live chats of one department a colleague may have at a time: a whole number, 0 for any number.
pub const CHATS_AT_ONCE: &str = "chat.most_at_once";
/// How sure a suggested reply in a conversation must be to be sent by itself, in hundredths: a whole number, 0 for never.
pub const AUTOMATIC_REPLIES_FROM: &str = "conversation.automatic_replies_from";
/// Whether suggested replies are sent by themselves only while the company works: a boolean.
pub const AUTOMATIC_REPLIES_IN_HOURS: &str = "conversation.automatic_replies_in_hours";
/// How many days messages of conversations stay in the database before they are archived: a whole number.
pub const CONVERSATION_KEEP_DAYS: &str = "conversation.keep_days";
/// The key of the time zone that the company works in: an IANA name.
pub const COMPANY_TIME_ZONE: &str = "company.time_zone";
/// For how many minutes after it was written a comment on a ticket may be changed: a whole number.
pub const TICKETS_EDIT_COMMENT_MINUTES: &str = "ticketing.edit_comment_minutes";
/// For how many days a client opens a resolved ticket again: a whole number.
pub const TICKETS_REOPEN_WITHIN_DAYS: &str = "ticketing.reopen_within_days";
/// Whether clients of one company see each other's tickets: a boolean.
pub const CLIENTS_SEE_COMPANY: &str = "ticketing.clients_see_company";
/// What the keys of settings begin with that only others know.
pub const CUSTOM: &str = "custom.";

const fn company(key: &'static str, rule: Rule, default: &'static str, description: &'static str) -> Known {
    Known { key, scope: Scope::System, rule, default, description, needs: MANAGE_SETTINGS }
}

const fn sign_in(key: &'static str, rule: Rule, default: &'static str, description: &'static str) -> Known {
    Known { key, scope: Scope::System, rule, default, description, needs: MANAGE_SIGN_IN }
}

const fn personal(key: &'static str, rule: Rule, default: &'static str, description: &'static str) -> Known {
    Known { key, scope: Scope::Personal, rule, default, description, needs: MANAGE_SETTINGS }
}

/// All settings that Frontdesk knows, by key.
pub const KNOWN: &[Known] = &[
    company(
        AI_DAILY_TOKENS,
        Rule::Whole { min: 0, max: 1_000_000_000 },
        "1000000",
        "How many tokens tasks for artificial intelligence may read and write in a day (UTC); 0 for any number. The built-in provider counts none.",
    ),
    company(
        AI_ENABLED,
        Rule::Boolean,
        "true",
        "Whether Frontdesk says what people want, scores who may buy and suggests answers; where it is off, such tasks fail and nothing is queued.",
    ),
    company(AI_MAKE_LEADS, Rule::Boolean, "true", "Whether a lead is made of somebody who wants to buy."),
    company(
        AI_SUGGEST_REPLIES,
        Rule::Boolean,
        "false",
        "Whether answers are suggested to who writes on a social platform.",
    ),
    company(
        AI_WEBSITE,
        Rule::Boolean,
        "false",
        "Whether Frontdesk says what people want who write on the website too, in a message or a chat.",
    ),
    company(ASSISTANT_FOR_CLIENTS, Rule::Boolean, "true", "Whether clients may ask the assistant."),
    company(
        ASSISTANT_KEEP_DAYS,
        Rule::Whole { min: 1, max: 3650 },
        "365",
        "How many days a session with the assistant is kept in which nothing more is said.",
    ),
    company(
        ASSISTANT_QUESTIONS_PER_HOUR,
        Rule::Whole { min: 1, max: 1000 },
        "60",
        "How many questions somebody may ask the assistant in an hour.",
    ),
    company(
        CHAT_END_AFTER_MINUTES,
        Rule::Whole { min: 1, max: 1440 },
        "30",
        "After how many minutes in which nothing is said a live chat ends by itself.",
    ),
    company(
        CHATS_AT_ONCE,
        Rule::Whole { min: 0, max: 100 },
        "0",
        "How many live chats of one department a colleague may have at a time; 0 for any number.",
    ),
    company(
        COMPANY_CURRENCY,
        Rule::Currency,
        r#""""#,
        "The currency of amounts that name none, as three letters (ISO 4217); empty for none.",
    ),
    company("company.logo_url", Rule::HttpsUrl, r#""""#, "Where the company's logo is; empty for none."),
    company(COMPANY_NAME, Rule::Line(200), r#""""#, "The company's name; where it is empty, the tenant's."),
    company("company.primary_color", Rule::Color, r#""""#, "The company's colour, #rrggbb; empty for none."),
    company(
        COMPANY_REGION,
        Rule::Region,
        r#""""#,
        "Where the company is, as two letters (ISO 3166-1): telephone numbers of that country need no country code; empty for none.",
    ),
    company("company.support_email", Rule::Email, r#""""#, "Where people write for help; empty for none."),
    company(COMPANY_TIME_ZONE, Rule::TimeZone, r#""UTC""#, "The time zone that the company works in, as an IANA name."),
    company(
        CONSULTATION_REMINDER_MINUTES,
        Rule::Whole { min: 0, max: 20_160 },
        "1440",
        "How many minutes before a consultation its visitor is reminded of it; 0 for not at all.",
    ),
    company(
        AUTOMATIC_REPLIES_FROM,
        Rule::Whole { min: 0, max: 100 },
        "0",
        "How sure a suggested reply in a conversation must be to be sent by itself, in hundredths; 0 for never.",
    ),
    company(
        AUTOMATIC_REPLIES_IN_HOURS,
        Rule::Boolean,
        "true",
        "Whether suggested replies are sent by themselves only in the company's opening hours.",
    ),
    company(
        CONVERSATION_KEEP_DAYS,
        Rule::Whole { min: 7, max: 3650 },
        "90",
        "How many days messages of conversations stay at hand before they are archived; archived ones can be read back.",
    ),
    sign_in(REGISTRATION_OPEN, Rule::Boolean, "false", "Whether clients may register themselves."),
    sign_in(
        SESSION_ABSOLUTE_DAYS,
        Rule::Whole { min: 1, max: 365 },
        "90",
        "After how many days a session ends even if it is used.",
    ),
    sign_in(
        SESSION_IDLE_DAYS,
        Rule::Whole { min: 1, max: 90 },
        "30",
        "After how many days without use a session ends.",
    ),
    company(
        CLIENTS_SEE_COMPANY,
        Rule::Boolean,
        "false",
        "Whether clients see the tickets of others who buy for the same company, as far as colleagues wrote that they do.",
    ),
    company(
        TICKETS_EDIT_COMMENT_MINUTES,
        Rule::Whole { min: 0, max: 10_080 },
        "15",
        "For how many minutes after they wrote it somebody may change a comment on a ticket; 0 for not at all.",
    ),
    company(
        TICKETS_REOPEN_WITHIN_DAYS,
        Rule::Whole { min: 0, max: 365 },
        "14",
        "For how many days after a ticket was resolved its client opens it again; after them an answer begins a new one.",
    ),
    personal(
        "ui.language",
        Rule::Line(35),
        r#""""#,
        "The language to be addressed in, as a BCP 47 tag; empty for the browser's.",
    ),
    personal("ui.theme", Rule::OneOf(&["system", "light", "dark"]), r#""system""#, "Light or dark."),
];

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
                Rule::Line(_) | Rule::Email | Rule::HttpsUrl | Rule::Color | Rule::Region | Rule::Currency,
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
        let message =
            "has a number that cannot be kept exactly: at most 15 digits count, in whole numbers 19; a text keeps all";
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

/// Whether every number in it is the one that was sent. Whole numbers of 64 bits are; of the others a double keeps 15
/// digits for sure, and one that shows more was rounded to them, or might have been.
fn is_exact(value: &Json) -> bool {
    match value {
        Json::Number(number) if number.is_f64() => {
            let text = number.to_string();
            let digits = text.split(['e', 'E']).next().unwrap_or_default().replace(['-', '.'], "");
            digits.trim_matches('0').len() <= f64::DIGITS as usize
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
            ["0", "-7", "9007199254740993", "18446744073709551615", "0.1", "-1.25e-7", "123456789.012345", "1e23"]
        {
            assert!(is_exact(&read(exact)), "{exact}");
        }
        for rounded in [
            "18446744073709551616",
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
