//! The keys of settings that other code reads.

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
/// Above how many minutes a first response came too late: a whole number.
pub const ANALYTICS_SLA_MINUTES: &str = "analytics.sla_threshold_minutes";
/// How many hours files of exports are kept: a whole number.
pub const EXPORT_HOURS: &str = "exports.expire_hours";
/// How many hours files are kept with all that is held on a person: a whole number.
pub const PERSON_EXPORT_HOURS: &str = "person_exports.expire_hours";
/// Whether clients may ask the assistant: a boolean.
pub const ASSISTANT_FOR_CLIENTS: &str = "assistant.for_clients";
/// How many days sessions with the assistant are kept: a whole number.
pub const ASSISTANT_KEEP_DAYS: &str = "assistant.keep_days";
/// How many questions somebody may ask the assistant in an hour: a whole number.
pub const ASSISTANT_QUESTIONS_PER_HOUR: &str = "assistant.questions_per_hour";
/// The key of where B2Chat's API is.
pub const B2CHAT_API_URL: &str = "b2chat.api_url";
/// The key of the first day of B2Chat's chats that counts.
pub const B2CHAT_FIRST_DAY: &str = "b2chat.first_day";
/// Whether images and files are copied that B2Chat points at: a boolean.
pub const B2CHAT_MEDIA_BACKUP: &str = "b2chat.media_backup";
/// The largest image or file that is copied, in bytes: a whole number.
pub const B2CHAT_MEDIA_MAX_BYTES: &str = "b2chat.media_max_bytes";
/// How many records are asked for at a time: a whole number.
pub const B2CHAT_PAGE_SIZE: &str = "b2chat.page_size";
/// How many days answers of B2Chat are kept as they came: a whole number.
pub const B2CHAT_RAW_DAYS: &str = "b2chat.raw_days";
/// How many megabytes of them are kept: a whole number.
pub const B2CHAT_RAW_MEGABYTES: &str = "b2chat.raw_megabytes";
/// After how many hours the schedule begins runs: a whole number, 0 for never.
pub const B2CHAT_SYNC_INTERVAL_HOURS: &str = "b2chat.sync_interval_hours";
/// The key of the zone in which B2Chat writes times: an IANA name.
pub const B2CHAT_TIME_ZONE: &str = "b2chat.time_zone";
/// How many days before the last run are read again: a whole number.
pub const B2CHAT_TRAILING_DAYS: &str = "b2chat.trailing_days";
/// The key of the company's name.
pub const COMPANY_NAME: &str = "company.name";
/// The key of where the company is: two letters.
pub const COMPANY_REGION: &str = "company.region";
/// How many minutes before a consultation its visitor is reminded of it: a whole number.
pub const CONSULTATION_REMINDER_MINUTES: &str = "consultations.reminder_minutes";
/// From how many milliseconds on an operation is kept as a slow one: a whole number.
pub const OBSERVABILITY_SLOW_OPERATION_MS: &str = "observability.slow_operation_ms";
/// How many days lie between the confirmation of an erasure and the erasure: a whole number.
pub const ERASURE_AFTER_DAYS: &str = "privacy.erasure_after_days";
/// Whether an erasure is confirmed by somebody else than who planned it: a boolean.
pub const ERASURE_NEEDS_SECOND: &str = "privacy.erasure_needs_second";
/// How many days the plan of an erasure is kept that nobody confirms: a whole number.
pub const ERASURE_PLAN_DAYS: &str = "privacy.erasure_plan_days";
/// Whether clients may register themselves: a boolean.
pub const REGISTRATION_OPEN: &str = "registration.open";
/// How many days the law asks for rows of the audit trail to be kept, here or archived.
pub const RETENTION_AUDIT_FLOOR_DAYS: &str = "retention.audit_floor_days";
/// At which hour of the night old rows are archived and removed, in the company's time zone.
pub const RETENTION_HOUR: &str = "retention.hour";
/// Whether they are by themselves.
pub const RETENTION_NIGHTLY: &str = "retention.nightly";
/// How many rows a second are archived and removed at the most.
pub const RETENTION_ROWS_PER_SECOND: &str = "retention.rows_per_second";
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
