//! All settings that there are.

use super::{
    keys::*,
    setting::{Known, Rule, Scope},
};
use crate::policy::{MANAGE_SETTINGS, MANAGE_SIGN_IN};

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
    company(
        ANALYTICS_SLA_MINUTES,
        Rule::Whole { min: 1, max: 10_080 },
        "5",
        "Above how many minutes a first response time (response_at − opened_at) breaches the service level that metrics count.",
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
    company(B2CHAT_API_URL, Rule::ApiUrl, r#""https://api.b2chat.io""#, "Where B2Chat's API is."),
    company(
        B2CHAT_FIRST_DAY,
        Rule::Day,
        r#""""#,
        "The first day of B2Chat's chats that counts, at most three years ago; empty for three years ago.",
    ),
    company(
        B2CHAT_MEDIA_BACKUP,
        Rule::Boolean,
        "true",
        "Whether images and files are copied that chats of B2Chat point at; copies count to what the company may store.",
    ),
    company(
        B2CHAT_MEDIA_MAX_BYTES,
        Rule::Whole { min: 1_024, max: 67_108_864 },
        "16777216",
        "The largest image or file of a chat of B2Chat that is copied, in bytes; larger ones are given up.",
    ),
    company(
        B2CHAT_PAGE_SIZE,
        Rule::Whole { min: 1, max: 1000 },
        "200",
        "How many records B2Chat is asked for at a time; large pages may take longer than it allows.",
    ),
    company(
        B2CHAT_RAW_DAYS,
        Rule::Whole { min: 1, max: 365 },
        "30",
        "How many days answers of B2Chat are kept as they came; from them records can be made again.",
    ),
    company(
        B2CHAT_RAW_MEGABYTES,
        Rule::Whole { min: 1, max: 1_000_000 },
        "1024",
        "How many megabytes such answers may take, compressed; the oldest go first.",
    ),
    company(
        B2CHAT_SYNC_INTERVAL_HOURS,
        Rule::Whole { min: 0, max: 168 },
        "6",
        "After how many hours what is new at B2Chat is read by itself; 0 for never.",
    ),
    company(
        B2CHAT_TIME_ZONE,
        Rule::TimeZone,
        r#""America/Bogota""#,
        "The time zone in which B2Chat writes times, which name none, as an IANA name.",
    ),
    company(
        B2CHAT_TRAILING_DAYS,
        Rule::Whole { min: 1, max: 60 },
        "3",
        "How many days before the last run are read again, since B2Chat does not say what changed.",
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
    company(
        EXPORT_HOURS,
        Rule::Whole { min: 1, max: 720 },
        "24",
        "How many hours the file of an export is kept once it is whole; an export names what it holds for 90 days.",
    ),
    company(
        OBSERVABILITY_SLOW_OPERATION_MS,
        Rule::Whole { min: 10, max: 60_000 },
        "1000",
        "From how many milliseconds on an operation is kept as a slow one.",
    ),
    company(
        PERSON_EXPORT_HOURS,
        Rule::Whole { min: 1, max: 720 },
        "72",
        "How many hours the file with what is held on a person is kept once it is whole.",
    ),
    company(
        ERASURE_AFTER_DAYS,
        Rule::Whole { min: 0, max: 90 },
        "0",
        "How many days an erasure of a person waits after it was confirmed; until it begins it can be taken back.",
    ),
    company(
        ERASURE_NEEDS_SECOND,
        Rule::Boolean,
        "true",
        "Whether the erasure of a person must be confirmed by somebody else than who planned it.",
    ),
    company(
        ERASURE_PLAN_DAYS,
        Rule::Whole { min: 1, max: 365 },
        "30",
        "How many days the plan of an erasure waits for somebody to confirm it; then it expires, and says of nobody any more whose it was.",
    ),
    sign_in(REGISTRATION_OPEN, Rule::Boolean, "false", "Whether clients may register themselves."),
    company(
        RETENTION_AUDIT_FLOOR_DAYS,
        Rule::Whole { min: 0, max: 36_500 },
        "2555",
        "How many days the law asks for rows of the audit trail to be kept, in the database or archived: no policy may be shorter.",
    ),
    company(
        RETENTION_HOUR,
        Rule::Whole { min: 0, max: 23 },
        "2",
        "From which hour of the day, in the company's time zone, rows are archived and removed that are older than they are kept.",
    ),
    company(
        RETENTION_NIGHTLY,
        Rule::Boolean,
        "true",
        "Whether rows are archived and removed by themselves once a day; where it is off, only runs that somebody asks for do so.",
    ),
    company(
        RETENTION_ROWS_PER_SECOND,
        Rule::Whole { min: 1, max: 1_000_000 },
        "2500",
        "How many rows a second are archived and removed at the most, so that others are not held up.",
    ),
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
